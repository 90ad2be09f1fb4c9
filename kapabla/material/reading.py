"""Reads one authored file: TOML to a frozen object, or faults that name table and key as the author wrote them."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from kapabla.material.faults import Fault, say
from kapabla.material.toml import read_toml
from kapabla.material.unread import UNREAD, Unread

Model = TypeVar("Model", bound=BaseModel)

_KINDS_OF_VALUE = {"int", "str", "tuple[int, ...]", "Text"}  # named by the checker where a value may be of two kinds
_NAMES = {
    "entries": "entry", "boxes": "box", "municipalities": "municipality",
    "families": "family", "hypotheses": "hypothesis",
}  # fmt: skip


class Shelf:
    """The folder of authored files, and the faults found so far while it is read.

    `added` stands on the shelf as if it lay in the folder, by its name there: an upload, or what has been published.
    Of the file or folder `replaced`, nothing but what is added counts.
    """

    def __init__(self, root: Path, added: Mapping[str, bytes] | None = None, *, replaced: str = "") -> None:
        self.root = root
        self.added = dict(added or {})
        self._replaced = replaced
        self.faults: list[Fault] = []
        # What an author has to mend, and no start waits for: something that is published may have it.
        self.remarks: list[Fault] = []

    def fault(self, file: str, place: str, message: str) -> None:
        self.faults.append(Fault(file, place, message))

    def tell(self, file: str, found: Iterator[tuple[str, str]]) -> None:
        """The faults of a check, as far as it comes."""
        with suppress(Unread):
            for place, message in found:
                self.fault(file, place, message)

    def remark(self, file: str, found: Iterator[tuple[str, str]]) -> None:
        self.remarks += [Fault(file, place, message) for place, message in found]

    def files(self, pattern: str) -> list[str]:
        """Names that match, part by part: a `*` never stands for a slash."""
        found = self._on_disk(self.root.glob(pattern))
        return sorted(found | {name for name in self.added if matches(name, pattern)})

    def within(self, folder: str) -> list[str]:
        """Every file of a folder, however deep."""
        found = self._on_disk((self.root / folder).rglob("*"))
        return sorted(found | {name for name in self.added if not folder or name.startswith(f"{folder}/")})

    def has(self, file: str) -> bool:
        return file in self.added or (not self._is_replaced(file) and (self.root / file).is_file())

    def _on_disk(self, paths: Iterable[Path]) -> set[str]:
        names = (path.relative_to(self.root).as_posix() for path in paths if path.is_file())
        return {name for name in names if not self._is_replaced(name)}

    def _is_replaced(self, file: str) -> bool:
        return bool(self._replaced) and (file == self._replaced or file.startswith(f"{self._replaced}/"))

    def body(self, file: str) -> bytes:
        return self.added[file] if file in self.added else (self.root / file).read_bytes()

    def text(self, file: str) -> str | None:
        if not self.has(file):
            self.fault(file, "", "the file is missing; write it, or remove what refers to it.")
            return None
        try:
            # As Python reads a text file: line ends of Windows are line ends.
            return self.body(file).decode().replace("\r\n", "\n").removeprefix("\ufeff")
        except UnicodeDecodeError:
            self.fault(file, "", "the file is not UTF-8; save it as UTF-8.")
            return None

    def toml(self, file: str) -> dict[str, Any] | None:
        text = self.text(file)
        return None if text is None else self.parse(file, text)

    def parse(self, file: str, text: str, first_line: int = 1) -> dict[str, Any] | None:
        """The table, as far as it can be read."""
        raw, mistakes = read_toml(text, first_line)
        for place, message in mistakes:
            self.fault(file, place, message)
        return raw

    def build(self, model: type[Model], file: str, raw: Mapping[str, Any], within: str = "") -> Model | None:
        """The object; where a part is faulty, which is told, with `UNREAD` in its place. None where that is all of it.

        Who meets what could not be read raises `Unread`. No process runs on an object with such a part: a fault stops
        the loading of all.
        """
        try:
            return model.model_validate(raw)
        except ValidationError as error:
            told: set[str] = set()
            for detail in error.errors(include_url=False):
                place = ", ".join(part for part in (within, place_of(raw, detail["loc"])) if part)
                # What may be of two kinds and is neither is one fault, not two.
                if place not in told and not _is_told(detail):
                    self.fault(file, place, _message(detail))
                told.add(place)
        return _with_unread(model, raw)

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
        elif step not in _KINDS_OF_VALUE:
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
    key, given, context = str(detail["loc"][-1]) if detail["loc"] else "", detail["input"], detail.get("ctx", {})
    kind = detail["type"]
    if kind == "missing":
        return say("`{key}` is missing; write it.", key=key)
    if kind == "string_too_short":
        return say("`{key}` is empty; write the text.", key=key)
    if kind == "too_short":
        return say("`{key}` is an empty list; write at least one.", key=key)
    if kind == "extra_forbidden":
        return say("`{key}` is not a known key; remove it or mend the spelling.", key=key)
    if kind == "literal_error":
        return say("{given!r} is not allowed; write one of {known}.", given=given, known=context["expected"])
    if kind == "value_error":
        return str(context["error"])
    if kind in _WANTED:
        return say(_WANTED[kind], given=given, **{name: context[name] for name in context if name != "error"})
    if kind == "string_pattern_mismatch" and context["pattern"] in _PATTERNS:
        return say(_PATTERNS[context["pattern"]], given=given)
    if kind == "model_type" and context["class_name"] == "Text":
        return say('{given!r} is not a table; a text is written {{sv = "…", en = "…"}}.', given=given)
    if kind in ("model_type", "dict_type"):
        return say("{given!r} is not a table; write its keys and values in braces.", given=given)
    return say("{what}, not {given!r}.", what=f"{detail['msg'][:1].lower()}{detail['msg'][1:]}", given=given)


def _is_told(detail: ErrorDetails) -> bool:
    """Whether it only follows from what could not be read, which was told where it stands."""
    return detail["input"] is UNREAD or isinstance(detail.get("ctx", {}).get("error"), Unread)


def _with_unread(model: type[Model], raw: Mapping[str, Any]) -> Model | None:
    """`UNREAD` where a value is faulty; where none may stand there, as in a list of numbers, in place of the list."""
    here: object = raw
    while here is not UNREAD:
        try:
            return model.model_validate(here)
        except ValidationError as error:
            faulty = {(_path_to(here, detail), detail["type"] == "extra_forbidden") for detail in error.errors()}
        for path, is_extra in sorted(faulty, key=lambda found: -len(found[0])):
            here = _replaced(here, path, is_extra=is_extra)
    return None


def _path_to(raw: object, detail: ErrorDetails) -> tuple[int | str, ...]:
    """The way to the faulty value; to what holds it, where it has been tried with `UNREAD` already."""
    path: list[int | str] = []
    here = raw
    for step in detail["loc"]:
        is_missing = detail["type"] == "missing" and step not in _KINDS_OF_VALUE
        if isinstance(here, Mapping) and (step in here or is_missing):
            path.append(step)
            here = here.get(step)
        elif isinstance(here, tuple) and isinstance(step, int):
            path.append(step)
            here = here[step]
    return tuple(path[:-1] if here is UNREAD else path)


def _replaced(here: object, path: tuple[int | str, ...], *, is_extra: bool) -> object:
    if not path or here is UNREAD:
        return UNREAD
    step, rest = path[0], path[1:]
    if isinstance(here, tuple):
        return tuple(
            _replaced(entry, rest, is_extra=is_extra) if index == step else entry for index, entry in enumerate(here)
        )
    assert isinstance(here, Mapping)
    if is_extra and not rest:
        return {key: value for key, value in here.items() if key != step}
    return {**here, step: _replaced(here.get(step), rest, is_extra=is_extra)}


_WANTED = {
    "int_type": "{given!r} is not a whole number; write digits alone, without quotation marks.",
    "bool_type": "{given!r} is neither yes nor no; write true or false, without quotation marks.",
    "string_type": "{given!r} is not a text; write it in quotation marks.",
    "tuple_type": "{given!r} is not a list; write it in square brackets.",
    "date_type": "{given!r} is not a date; write it like 2026-09-12, without quotation marks.",
    "greater_than_equal": "{given!r} is too low; write a number from {ge} and up.",
    "less_than_equal": "{given!r} is too high; write a number of at most {le}.",
    "string_too_long": "{given!r} is too long; write at most {max_length} characters.",
}
_PATTERNS = {
    r"^[a-z][a-z0-9_]*$": "{given!r} cannot be a code; write a-z, digits and _, and begin with a letter.",
    r"^[a-z0-9_]+$": "{given!r} cannot be a code; write a-z, digits and _ alone.",
    r"^[a-z_]+$": "{given!r} cannot be a code; write a-z and _ alone.",
    r"^[a-z0-9]+$": "{given!r} cannot stand in an address; write a-z and digits alone.",
    r"^[a-z0-9]+(-[a-z0-9]+)*$": "{given!r} cannot be a name; write a-z and digits, with - between words.",
    r"^\d{4}$": "{given!r} is not the code of a municipality; write its four digits.",
}


def matches(name: str, pattern: str) -> bool:
    parts, wanted = name.split("/"), pattern.split("/")
    return len(parts) == len(wanted) and all(map(fnmatchcase, parts, wanted))
