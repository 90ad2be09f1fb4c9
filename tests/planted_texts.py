"""The planted texts (`tests/data/free_texts`): what each says, and where in it is what must be found."""

import re
from dataclasses import dataclass
from pathlib import Path

from kapabla.guard import Finding

FOLDER = Path(__file__).parent / "data" / "free_texts"
_MARKED = re.compile(r"\{(\w+):([^}]*)\}")


@dataclass(frozen=True)
class Planted:
    kind: str
    start: int
    end: int


@dataclass(frozen=True)
class PlantedText:
    text: str
    planted: tuple[Planted, ...]


def lines(name: str) -> list[str]:
    written = (FOLDER / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    return [line for line in written if line and not line.startswith("#")]


def planted_texts(name: str = "planted") -> list[PlantedText]:
    """`planted` was written before the detector; `second` is hard on purpose, and `third` was held out."""
    return [_read(line) for line in lines(name)]


def _read(line: str) -> PlantedText:
    text, planted, at = "", [], 0
    for match in _MARKED.finditer(line):
        text += line[at : match.start()]
        planted.append(Planted(match.group(1), len(text), len(text) + len(match.group(2))))
        text, at = text + match.group(2), match.end()
    return PlantedText(text + line[at:], tuple(planted))


def is_caught(text: str, planted: Planted, findings: tuple[Finding, ...]) -> bool:
    """Whether every letter and digit of it is marked: what is marked in part can still be read."""
    marked = {place for finding in findings for place in range(finding.start, finding.end)}
    return all(place in marked for place in range(planted.start, planted.end) if text[place].isalnum())
