"""A form told as a list of fields: read with all its faults at once, and shown again with what was typed."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

_LINK = re.compile(r"https://\S+")
_YEARS = range(1990, 2100)
_DECIMAL = re.compile(r"\d{1,9}(?:[.,]\d{1,3})?")


@dataclass(frozen=True)
class Field:
    """`name` is the field of the form, `column` what it becomes, empty where it is called the same. `kind`: line, text,
    day, number, decimal, choice, link, yes."""

    name: str
    column: str
    label: str
    kind: str = "line"
    needed: bool = True
    most: int = 200
    hint: str = ""
    options: tuple[tuple[str, str], ...] = ()

    @property
    def shown_label(self) -> str:
        return self.label if self.needed or self.kind == "yes" else f"{self.label} (frivilligt)"


@dataclass
class Reading:
    """`values` by column: what can be stored, where there are no errors."""

    given: dict[str, str] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    values: dict[str, Any] = field(default_factory=dict)


def read(fields: Sequence[Field], form: Mapping[str, str]) -> Reading:
    reading = Reading()
    for one in fields:
        typed = form.get(one.name, "")
        given = typed.replace("\r\n", "\n").strip() if one.kind == "text" else " ".join(typed.split())
        reading.given[one.name] = given
        error, value = _value(one, given)
        if error:
            reading.errors[one.name] = error
        reading.values[one.column or one.name] = value
    return reading


def written(fields: Sequence[Field], record: Any) -> dict[str, str]:
    """What stands in the form when it is opened."""
    return {one.name: _as_typed(getattr(record, one.column)) for one in fields}


def _as_typed(value: Any) -> str:
    if isinstance(value, bool):
        return "1" if value else ""
    if isinstance(value, float):
        return f"{value:g}".replace(".", ",")
    return "" if value is None else str(value)


def _value(one: Field, given: str) -> tuple[str, Any]:
    if one.kind == "yes":
        return "", given == "1"
    if not given:
        empty = None if one.kind in ("day", "number", "decimal") else ""
        return (_missing(one), empty) if one.needed else ("", empty)
    if one.kind == "day":
        return _day(given)
    if one.kind == "number":
        return ("", int(given)) if given.isdecimal() and 0 < int(given) < 2100 else ("Skriv talet med siffror.", None)
    if one.kind == "decimal":
        is_number = _DECIMAL.fullmatch(given)
        return ("", float(given.replace(",", "."))) if is_number else ("Skriv talet så här: 12 eller 12,5.", None)
    if one.kind == "choice":
        return ("", given) if given in dict(one.options) else (_missing(one), "")
    if len(given) > one.most:
        return f"Texten är längre än {one.most} tecken. Korta den.", given
    if one.kind == "link" and not _LINK.fullmatch(given):
        return "Skriv hela adressen, så här: https://www.vindeln.se. Den ska börja med https.", given
    return "", given


def _missing(one: Field) -> str:
    return f"{'Välj' if one.kind == 'choice' else 'Fyll i'}: {one.label}."


def _day(given: str) -> tuple[str, date | None]:
    try:
        day = date.fromisoformat(given)
    except ValueError:
        return "Skriv dagen så här: 2026-09-12.", None
    return ("", day) if day.year in _YEARS else ("Skriv en dag mellan 1990 och 2099.", None)
