"""Reads one authored file: TOML to a frozen object, or faults that name table and key as the author wrote them."""

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from kapabla.material.faults import Fault

Model = TypeVar("Model", bound=BaseModel)

_AT_LINE = re.compile(r"^(?P<what>.*?) \((?:at )?(?P<where>line \d+, column \d+|end of document)\)$")
_NAMES = {"entries": "entry", "boxes": "box", "municipalities": "municipality"}


class Shelf:
    """The folder of authored files, and the faults found so far while it is read."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.faults: list[Fault] = []
        self.read: set[str] = set()

    def fault(self, file: str, place: str, message: str) -> None:
        self.faults.append(Fault(file, place, message))

    def name(self, path: Path) -> str:
        return path.relative_to(self.root).as_posix()

    def files(self, pattern: str) -> list[str]:
        return sorted(self.name(path) for path in self.root.glob(pattern) if path.is_file())

    def text(self, file: str) -> str | None:
        self.read.add(file)
        try:
            return (self.root / file).read_text(encoding="utf-8")
        except FileNotFoundError:
            self.fault(file, "", "the file is missing; write it, or remove what refers to it.")
        except UnicodeDecodeError:
            self.fault(file, "", "the file is not UTF-8; save it as UTF-8.")
        return None

    def toml(self, file: str) -> dict[str, Any] | None:
        text = self.text(file)
        return None if text is None else self.parse(file, text)

    def parse(self, file: str, text: str, first_line: int = 1) -> dict[str, Any] | None:
        try:
            raw = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            self.fault(file, *_toml_fault(str(error), first_line))
            return None
        frozen = _with_tuples(raw)
        assert isinstance(frozen, dict)
        return frozen

    def build(self, model: type[Model], file: str, raw: Mapping[str, Any], within: str = "") -> Model | None:
        try:
            return model.model_validate(raw)
        except ValidationError as error:
            for detail in error.errors(include_url=False):
                place = ", ".join(part for part in (within, place_of(raw, detail["loc"])) if part)
                self.fault(file, place, _message(detail))
            return None

    def object(self, model: type[Model], file: str) -> Model | None:
        raw = self.toml(file)
        return None if raw is None else self.build(model, file, raw)


def place_of(raw: object, loc: tuple[int | str, ...]) -> str:
    """`("items", 2, "options", 3, "value")` as `item se_3, option 4, value`."""
    parts: list[str] = []
    here = raw
    for step in loc:
        if isinstance(step, int):
            here = here[step] if isinstance(here, list | tuple) and step < len(here) else None
            parts[-1:] = [f"{_singular(parts[-1]) if parts else 'entry'} {_own_name(here) or step + 1}"]
        else:
            here = here.get(step) if isinstance(here, Mapping) else None
            parts.append(step)
    return ", ".join(parts)


def _own_name(entry: object) -> str | None:
    if not isinstance(entry, Mapping):
        return None
    return next((str(entry[key]) for key in ("code", "id", "number") if key in entry), None)


def _singular(name: str) -> str:
    return _NAMES.get(name, name.removesuffix("s"))


def _message(detail: ErrorDetails) -> str:
    key = str(detail["loc"][-1]) if detail["loc"] else ""
    kind = detail["type"]
    if kind == "missing":
        return f"`{key}` is missing; write it."
    if kind == "string_too_short":
        return f"`{key}` is empty; write the text."
    if kind == "extra_forbidden":
        return f"`{key}` is not a known key; remove it or mend the spelling."
    if kind == "literal_error":
        return f"{detail['input']!r} is not allowed; write one of {detail['ctx']['expected']}."
    if kind == "string_pattern_mismatch":
        return f"{detail['input']!r} does not match; write it like the pattern {detail['ctx']['pattern']}."
    if kind == "value_error":
        return str(detail["ctx"]["error"])
    if kind == "model_type":
        return f'{detail["input"]!r} is not a table; a text is written {{sv = "…", en = "…"}}.'
    return f"{detail['msg'][:1].lower()}{detail['msg'][1:]}, not {detail['input']!r}."


def _toml_fault(error: str, first_line: int) -> tuple[str, str]:
    match = _AT_LINE.match(error)
    if match is None:
        return "", f"not TOML: {error}."
    where = re.sub(r"line (\d+)", lambda line: f"line {int(line[1]) + first_line - 1}", match["where"])
    return where, f"not TOML: {match['what'][:1].lower()}{match['what'][1:]}."


def _with_tuples(value: object) -> object:
    """Strict models take tuples where TOML has arrays; what is read may not be changed afterwards."""
    if isinstance(value, dict):
        return {key: _with_tuples(entry) for key, entry in value.items()}
    if isinstance(value, list):
        return tuple(_with_tuples(entry) for entry in value)
    return value
