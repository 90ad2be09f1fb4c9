"""What an author is told about a file, in Swedish: the sentence, and the place of it."""

import re
import tomllib
from functools import cache
from pathlib import Path

from kapabla.material import Fault
from kapabla.material.faults import Sentence

# The names of tables in a file, as a reader of the page calls what they hold. Keys keep their names: they are written.
WORDS = {
    "arm": "arm", "box": "ruta", "choice": "val", "contact": "kontakt", "entry": "punkt", "group": "grupp",
    "item": "fråga", "items": "fråga", "line": "rad", "column": "kolumn", "municipality": "kommun", "node": "ställe",
    "option": "svarsalternativ", "options": "svarsalternativ", "page": "sida", "pages": "sida",
    "parallel form": "parallell form", "promise": "löfte", "question": "fråga", "role": "roll", "row": "rad",
    "scale": "skala", "source": "källa", "step": "steg", "wave": "mättillfälle", "modules": "del", "module": "del",
    "groups": "grupp", "variants": "yrke", "scales": "skala", "nodes": "ställe", "choices": "val", "questions": "fråga",
    "scenario": "situation", "steps": "steg", "entries": "punkt", "sources": "källa", "paragraph": "stycke",
    "family": "familj", "indicator": "mått", "indicators": "mått",
}  # fmt: skip
_WORD = re.compile(rf"(?P<word>{'|'.join(sorted(WORDS, key=len, reverse=True))}) (?=\S)")


def told(fault: Fault) -> tuple[str, str]:
    """Place and sentence."""
    return place_in_swedish(fault.place), in_swedish(fault.message)


def in_swedish(message: str) -> str:
    """
    >>> in_swedish("the page has no items; write the codes of its items.")
    'Sidan har inga frågor. Skriv frågornas koder.'
    """
    if isinstance(message, Sentence):
        found = _sentences().get(message.template)
        return str(message) if found is None else found.format(**message.values)
    return _sentences().get(message, message)


def place_in_swedish(place: str) -> str:
    """
    >>> place_in_swedish("item se_3, option 4, value")
    'fråga se_3, svarsalternativ 4, value'
    """
    parts = place.split(", ")
    return ", ".join(_WORD.sub(lambda found: f"{WORDS[found['word']]} ", part, count=1) for part in parts)


@cache
def _sentences() -> dict[str, str]:
    return tomllib.loads(Path(__file__).with_name("author_sentences.toml").read_text(encoding="utf-8"))
