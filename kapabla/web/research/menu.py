"""The menu of staff on a page that is read in English: the pages of research by their English names, in English."""

from flask import g

from kapabla.web.language import translated
from kapabla.web.navigation import pages_of
from kapabla.web.research.choosing import in_the_same_language


def menu() -> list[tuple[str, str]]:
    """Address and name, as in Swedish; pages of others are in Swedish alone and stay so."""
    found = g.get("signed_in")
    if not found or not found.is_full:
        return []
    names = {
        "/forskning/resultat": translated("Resultat"),
        "/forskning/serier": translated("Serier"),
        "/forskning/data": translated("Datautgåvor"),
        "/forskning/nedladdningar": translated("Nedladdningar"),
        "/forskning/kodbok": translated("Kodbok"),
        "/forskning/plan": translated("Analysplan"),
        "/forskning/planering": translated("Planering"),
        "/forskning/api-nycklar": translated("API-nycklar"),
    }
    return [
        (in_the_same_language(address), names[address]) if address in names else (address, name)
        for address, name in pages_of(found.staff.role)
    ]
