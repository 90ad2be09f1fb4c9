"""The audience's blueprint, by itself so that its view modules can be read in any order."""

from flask import Blueprint

from kapabla.office.access import can

blueprint = Blueprint("research", __name__)

_PAGES = (
    ("see_results", "/forskning/resultat", "Resultat"),
    ("see_releases", "/forskning/data", "Datautgåvor"),
    ("see_results", "/forskning/kodbok", "Kodbok"),
    ("see_results", "/forskning/plan", "Analysplan"),
)


def navigation(role: str) -> list[tuple[str, str]]:
    """The pages that the role may open."""
    return [(address, text) for right, address, text in _PAGES if can(role, right)]
