"""A form of the editor's: drawn with what was typed, and never saved over what somebody else saved meanwhile (D12)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from flask import render_template, request

from kapabla.office import promises
from kapabla.office.promises import CycleRecord
from kapabla.web.admin.typed_fields import Field, Reading
from kapabla.web.auth import staff
from kapabla.web.unit_of_work import now, service, work

# What stood in the form when it was opened, as a mark of each field: the form brings them back.
STOOD = "stod"


@dataclass(frozen=True)
class Overtaken:
    """What somebody else has saved since the form was opened: label and text of each field that it concerns."""

    differs: tuple[tuple[str, str], ...]


def mark_of(standing: Mapping[str, str]) -> str:
    """ "bedomning-1:9f86d081 skal-1:60303ae2"."""
    return " ".join(f"{name}:{_mark(text)}" for name, text in standing.items())


def _mark(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:16]


def _stood() -> dict[str, str]:
    parts = (part.partition(":") for part in request.form.get(STOOD, "").split())
    return {name: mark for name, _, mark in parts}


def merged(standing: Mapping[str, str], given: Mapping[str, str]) -> dict[str, str]:
    """What this editor never touched keeps what another has saved in it meanwhile."""
    stood = _stood()
    return {name: standing[name] if stood.get(name) == _mark(text) else text for name, text in given.items()}


def find_overtaken(
    fields: Sequence[Field], standing: Mapping[str, str], given: Mapping[str, str], *,
    whole: Callable[[str], str] = str,
) -> Overtaken | None:  # fmt: skip
    """None where no two have been at the same thing since the form was opened, or have saved the very same. `whole`: by
    the name of a field, what it is a part of that is read together."""
    stood = _stood()
    moved = {name for name, text in standing.items() if stood.get(name) != _mark(text)}
    differing = {one.name for one in fields if standing[one.name] != given[one.name]}
    quarrels = {whole(name) for name in moved} & {whole(name) for name in differing}
    told = [one for one in fields if whole(one.name) in quarrels and one.name in moved | differing]
    return Overtaken(tuple((one.label, _told(one, standing[one.name])) for one in told)) if told else None


def _told(field: Field, value: str) -> str:
    """As a reader knows it: a choice by its words, a tick by yes or no."""
    if field.kind == "yes":
        return "Ja" if value else "Nej"
    return dict(field.options).get(value, value) if field.kind == "choice" else value


def form_page(
    title: str, crumbs: list[tuple[str, str]], fields: tuple[Field, ...], reading: Reading, *, action: str,
    button: str, lead: str = "", may_remove: bool = False, standing: Mapping[str, str] | None = None,
    overtaken: Overtaken | None = None, owner: str = "",
) -> str:  # fmt: skip
    """`standing`: what is saved of it now, where it is something that is changed. `owner`: what the part belongs to,
    for whoever finds it gone."""
    return render_template(
        "admin/promise_form.html", title=title, crumbs=crumbs, fields=fields, given=reading.given,
        found=reading.errors, action=action, send=button, lead=lead, may_remove=may_remove, overtaken=overtaken,
        stood=None if standing is None else mark_of(standing), owner=owner,
    )  # fmt: skip


def change(record: Any, values: Mapping[str, Any], object_: str) -> None:
    for column, value in values.items():
        setattr(record, column, value)
    trace("promise_part_change", object_)


def trace(action: str, object_: str) -> None:
    promises.trace(work().office, service().office_chain, action, object_, by=staff(), at=now())


def locked(cycle: CycleRecord) -> CycleRecord:
    """Two who save at the very same moment come one after the other, and the second is told."""
    work().office.refresh(cycle, with_for_update=True)
    return cycle
