"""The audience's blueprint, by itself so that its view modules can be read in any order."""

from flask import Blueprint

from kapabla.web.research.choosing import in_the_language_asked_for, in_the_same_language, tongue
from kapabla.web.research.menu import menu
from kapabla.web.research.numerals import decimal

blueprint = Blueprint("research", __name__)
blueprint.before_request(in_the_language_asked_for)


@blueprint.context_processor
def words_of_pages() -> dict[str, object]:
    found: dict[str, object] = {"same_tongue": in_the_same_language, "decimal": decimal}
    return found | {"nav_items": menu()} if tongue() == "en" else found
