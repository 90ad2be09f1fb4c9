"""What a new version says otherwise than the one before: item by item, old and new, for a reader who knows no TOML."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from kapabla.material.instruments.rules import Rule
from kapabla.material.texts import LANGUAGES, Text

_NAMES = ("code", "id", "slug", "number", "value")
# Markup that is made from the source, and what every new version says otherwise.
_LEFT_OUT = {"html", "version", "status"}
# What tells an entry apart when all of it is new or gone.
_TELLING = ("text", "title", "heading", "label", "question", "cite", "source")


@dataclass(frozen=True)
class Difference:
    """`place` is a path of (what, which): `(("items", "se_3"), ("text", ""), ("language", "sv"))`. None: not there."""

    place: tuple[tuple[str, str], ...]
    old: str | None
    new: str | None


Leaves = dict[tuple[tuple[str, str], ...], str]


def differences(old: BaseModel, new: BaseModel) -> list[Difference]:
    """In the order of the new version; what is gone comes where it was."""
    before, after = _leaves(old), _leaves(new)
    found: list[Difference] = []
    told: set[tuple[tuple[str, str], ...]] = set()
    for place in [*after, *(place for place in before if place not in after)]:
        if before.get(place) == after.get(place):
            continue
        entry = _whole_entry(place, before, after)
        if entry is None:
            found.append(Difference(place, before.get(place), after.get(place)))
        elif entry not in told:
            told.add(entry)
            found.append(Difference(entry, _summary(entry, before), _summary(entry, after)))
    return found


def _leaves(value: object) -> Leaves:
    return dict(_walk(value, ()))


def _walk(value: object, place: tuple[tuple[str, str], ...]) -> Iterator[tuple[tuple[tuple[str, str], ...], str]]:
    if isinstance(value, Text):
        for language in LANGUAGES:
            if (written := getattr(value, language)) is not None:
                yield (*place, ("language", language)), written
    elif isinstance(value, Rule):
        yield place, rule_as_written(value)
    elif isinstance(value, BaseModel):
        for name in type(value).model_fields:
            if name not in _LEFT_OUT:
                yield from _walk(getattr(value, name), (*place, (name, "")))
    elif isinstance(value, tuple) and any(isinstance(entry, BaseModel | tuple) for entry in value):
        yield from _walk_entries(value, place)
    elif isinstance(value, tuple):
        if value:
            yield place, ", ".join(map(str, value))
    elif value is not None and value is not False:
        yield place, "ja" if value is True else str(value)


def _walk_entries(
    entries: tuple[Any, ...], place: tuple[tuple[str, str], ...]
) -> Iterator[tuple[tuple[tuple[str, str], ...], str]]:
    *outer, (kind, _) = place
    names = [_name_of(entry, number) for number, entry in enumerate(entries, start=1)]
    for name, entry in zip(names, entries, strict=True):
        inner = entry[1] if isinstance(entry, tuple) else entry
        yield from _walk(inner, (*outer, (kind, name)))
    yield (*outer, (kind, ""), ("order", "")), ", ".join(names)


def _name_of(entry: object, number: int) -> str:
    if isinstance(entry, tuple):
        return str(entry[0])
    if isinstance(entry, Text):
        return str(number)
    return next((str(found) for name in _NAMES if (found := getattr(entry, name, None)) is not None), str(number))


def _whole_entry(
    place: tuple[tuple[str, str], ...], before: Mapping[Any, str], after: Mapping[Any, str]
) -> tuple[tuple[str, str], ...] | None:
    """The outermost named entry on the way that one of the two does not have at all."""
    for length in range(1, len(place)):
        entry = place[:length]
        if entry[-1][1] and any(not _has(entry, leaves) for leaves in (before, after)):
            return entry
    return None


def _has(entry: tuple[tuple[str, str], ...], leaves: Mapping[Any, str]) -> bool:
    return any(place[: len(entry)] == entry for place in leaves)


def _summary(entry: tuple[tuple[str, str], ...], leaves: Mapping[Any, str]) -> str | None:
    inside = {place[len(entry) :]: text for place, text in leaves.items() if place[: len(entry)] == entry}
    if not inside:
        return None
    for name in _TELLING:
        if (said := inside.get(((name, ""), ("language", "sv")))) is not None:
            return said
    return next(iter(inside.values()))


def rule_as_written(rule: Rule) -> str:
    """
    >>> rule_as_written(Rule(op="equals", item="bet_0", value=1))
    'bet_0 equals 1'
    """
    if rule.rules:
        return f"{rule.op} ({'; '.join(map(rule_as_written, rule.rules))})"
    value = " ".join(map(str, rule.value)) if isinstance(rule.value, tuple) else rule.value
    at = f" at {rule.wave}" if rule.wave else ""
    return " ".join(str(part) for part in (rule.item, rule.op, value) if part is not None) + at
