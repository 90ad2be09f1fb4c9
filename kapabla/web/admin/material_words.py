"""What editors are told: why a file is no upload, and the places of a difference, in Swedish."""

from kapabla.material.differences import Difference
from kapabla.material.uploads import UploadRefused
from kapabla.web.author_words import WORDS
from kapabla.web.language import NAMES

_REFUSED = {
    "empty": "Välj en fil.",
    "too_large": "Filen är större än {maximum_mb} MB. Ta bort det som inte hör till kursen och välj filen igen.",
    "odd_version": "Versionen ”{given}” är inget nummer. Skriv ett heltal från 1, till exempel 2, och välj filen igen.",
    "wrong_kind": "Vi kan inte läsa filen. Välj ett frågeformulär som toml eller csv, eller en kurs som zip.",
    "not_a_zip": "Zip-filen går inte att öppna. Packa kursens mapp på nytt och välj den filen.",
    "locked_zip": "Zip-filen är låst med lösenord. Packa mappen utan lösenord.",
    "odd_path": "Zip-filen har en fil med ett namn som inte går att använda: {file}. Packa bara kursens mapp. "
    "Skriv filnamn med a–z, siffror, punkt och bindestreck.",
    "odd_file": "Zip-filen har en fil som inte hör till en kurs: {file}. Packa bara filer som slutar på toml, md "
    "och svg.",
    "too_many_files": "Zip-filen har fler än {maximum} filer. Packa bara kursens mapp.",
    "file_too_large": "Filen {file} i zip-filen är större än {maximum_kb} kB. Dela texten på flera sidor.",
    "unpacks_too_large": "Zip-filen blir större än {maximum_mb} MB när den packas upp. Packa bara kursens mapp.",
    "file_twice": "Zip-filen har två filer som heter {file}. Packa mappen på nytt.",
}
_KEYS = {
    "text": "text", "title": "titel", "heading": "rubrik", "intro": "inledning", "stem": "text före frågorna",
    "label": "namn", "order": "ordning", "options": "svarsalternativ", "show_if": "visas när",
    "may_decline": "går att låta bli att svara på", "reversed": "vänds i skalan", "kind": "slag",
    "feedback": "förklaring", "correct": "rätt svar", "minimum": "lägst", "maximum": "högst", "boxes": "rutor",
    "goal": "mål", "in_short": "kort sagt", "minutes": "minuter", "summary": "sammanfattning", "why": "varför",
    "what_else": "vad man kan göra i stället", "quality": "bedömning", "next": "leder till", "start": "börjar med",
    "languages": "språk", "sensitive": "känslig", "enabled": "används", "min_answered": "minsta antal svar",
    "response_scale": "svarsskala", "construct_name": "det som mäts", "form_name": "formulärets namn",
    "missing": "betyder att svar saknas", "max_length": "längsta svar", "not_at": "ställs inte vid",
    "question": "fråga", "role": "roll", "cite": "källa", "year": "år", "address": "adress", "items": "frågor",
    "score": "poäng", "high_means": "vad höga poäng betyder", "has_stories": "innehåller berättelser",
    "content_note": "varning före", "random_items": "frågor i slumpvis ordning", "slug": "filnamn",
    "scenario": "situation", "questions": "frågor", "entries": "punkter", "steps": "steg", "modules": "delar",
    "pages": "sidor", "scales": "skalor", "groups": "grupper", "nodes": "ställen", "choices": "val",
    "sources": "källor", "source": "källa", "variants": "yrken",
}  # fmt: skip


def refused_message(refused: UploadRefused) -> str:
    return _REFUSED[refused.code].format(**refused.context)


def place_of(difference: Difference) -> str:
    """`fråga se_3, text (English)`. The name of the language is its own, as on the button that chooses it."""
    parts: list[str] = []
    for what, which in difference.place:
        if what == "language":
            if parts and parts[-1] == _KEYS["source"]:
                parts[-1] = _KEYS["text"]  # of a page: what it was written as
            parts[-1:] = [f"{parts[-1] if parts else 'text'} ({_language(which)})"]
        elif which:
            parts.append(f"{WORDS.get(what, _KEYS.get(what, what))} {which}")
        elif what == "variants" or (what == "order" and parts):
            parts[-1:] = [f"{parts[-1]}: {_KEYS[what]}"] if what == "order" else parts[-1:]
        else:
            parts.append(_KEYS.get(what, what))
    return ", ".join(parts)


def _language(code: str) -> str:
    known: dict[str, str] = {str(tongue): name for tongue, name in NAMES.items()}
    return known[code]


def name_of(place: str) -> str:
    """
    >>> name_of("instruments/til/v2.toml")
    'frågeformuläret til, version 2'
    """
    kind, name, version = place.removesuffix(".toml").split("/")
    called = {"instruments": "frågeformuläret", "courses": "utbildningen"}[kind]
    return f"{called} {name}, version {version.removeprefix('v')}"
