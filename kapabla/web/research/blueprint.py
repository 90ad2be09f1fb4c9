"""The audience's blueprint, by itself so that its view modules can be read in any order."""

from flask import Blueprint

from kapabla.web.research.choosing import in_the_language_asked_for, in_the_same_language
from kapabla.web.research.numerals import decimal

blueprint = Blueprint("research", __name__)
blueprint.before_request(in_the_language_asked_for)


@blueprint.context_processor
def words_of_pages() -> dict[str, object]:
    return {"same_tongue": in_the_same_language, "decimal": decimal}
