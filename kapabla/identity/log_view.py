"""The log of the identity vault as staff read it: who did what, when, and whom it was about, by number alone.

What a participant did is not in it, and not how somebody has left: both would tell who said yes to the research (D05).
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import literal, select, union_all
from sqlalchemy.orm import Session

from kapabla.audit import Chain, Search
from kapabla.identity.cohorts import Cohort
from kapabla.identity.look_reasons import REASONS as LOOK_REASONS
from kapabla.identity.look_reasons import matter_of
from kapabla.identity.meetings import Meeting
from kapabla.identity.messages import MessageBatch
from kapabla.identity.people import Person

PARTICIPANT = "participant"
LATEST = 10
# Why a row was written, where it says more than its action does and nothing of a choice.
_TELLING = re.compile(
    r"\d+ (?:people|rows|invitations|messages)|created \d+|technical|meeting|other|arrived|sent again"
    r"|accuracy|unlawful|claim|objection|settled|wish|access|erasure|rectification|restriction"
    r"|carried_out|refused|taken_back"
)
_COHORT = re.compile(r"cohort:\w+")


@dataclass(frozen=True)
class LogRow:
    """`about` is a participant's number or the name of a cohort; None where it is gone, or about nobody.
    `actor` is an account's id, or "cli"."""

    at: datetime
    actor: str
    role: str
    action: str
    kind: str
    about: str | None
    detail: str
    # By name, where somebody was moved: from which cohort to which.
    places: tuple[str, ...] = ()


def search_for(
    session: Session, actions: Sequence[str], *, number: str = "", actor: str = "", since: datetime | None = None,
    before: datetime | None = None,
) -> Search | None:  # fmt: skip
    """None where there is no participant with the number."""
    object_ = ""
    if number:
        person_id = session.scalar(select(Person.id).where(Person.number == number.strip().upper()))
        if person_id is None:
            return None
        object_ = f"person:{person_id}"
    return Search(tuple(actions), PARTICIPANT, actor, object_, since, before)


def log_rows(session: Session, chain: Chain, search: Search, *, limit: int | None, offset: int = 0) -> list[LogRow]:
    found = chain.search(session, search, limit=limit, offset=offset)
    names = _names(session, [name for row in found for name in (row["object"], *_places(row))])
    return [_row(row, names) for row in found]


def events_of_cohort(session: Session, chain: Chain, cohort: Cohort, actions: Sequence[str]) -> list[LogRow]:
    """The latest that was done with the cohort as a whole: its lists, messages and meetings."""
    own = union_all(
        select(literal(f"cohort:{cohort.id}")),
        select(literal("batch:").concat(MessageBatch.id)).where(MessageBatch.cohort_id == cohort.id),
        select(literal("meeting:").concat(Meeting.id)).where(Meeting.cohort_id == cohort.id),
    )
    return _latest(session, chain, own, actions)


def events_of_person(session: Session, chain: Chain, person: Person, actions: Sequence[str]) -> list[LogRow]:
    return _latest(session, chain, select(literal(f"person:{person.id}")), actions)


def _latest(session: Session, chain: Chain, objects: Any, actions: Sequence[str]) -> list[LogRow]:
    found = chain.latest_of(session, objects, Search(tuple(actions), PARTICIPANT), limit=LATEST)
    names = _names(session, [place for row in found for place in _places(row)])
    return [_row(row, names) for row in found]


def _places(row: Any) -> list[str]:
    return _COHORT.findall(row["reason"])


def _row(row: Any, names: dict[str, str]) -> LogRow:
    return LogRow(
        at=datetime.fromisoformat(row["at"]), actor=row["actor"], role=row["role"], action=row["action"],
        kind=row["object"].partition(":")[0], about=names.get(row["object"]),
        detail=row["reason"] if _tells(row["reason"]) else "",
        places=tuple(names.get(place, "–") for place in _places(row)),
    )  # fmt: skip


def _tells(reason: str) -> bool:
    return reason in LOOK_REASONS or matter_of(reason) is not None or _TELLING.fullmatch(reason) is not None


def _names(session: Session, objects: Iterable[str]) -> dict[str, str]:
    """`person:x` by number, and cohorts, batches and meetings by the name of the cohort: a statement for each kind."""
    ids: dict[str, set[str]] = {}
    for object_ in objects:
        kind, _, own = object_.partition(":")
        ids.setdefault(kind, set()).add(own)
    return {
        f"{kind}:{own}": name
        for kind, wanted in ids.items()
        if kind in _NAMED
        for own, name in session.execute(_NAMED[kind].where(_ID[kind].in_(wanted)))
    }


_ID: dict[str, Any] = {"person": Person.id, "cohort": Cohort.id, "batch": MessageBatch.id, "meeting": Meeting.id}
_NAMED: dict[str, Any] = {
    "person": select(Person.id, Person.number),
    "cohort": select(Cohort.id, Cohort.name),
    "batch": select(MessageBatch.id, Cohort.name).join(Cohort, Cohort.id == MessageBatch.cohort_id),
    "meeting": select(Meeting.id, Cohort.name).join(Cohort, Cohort.id == Meeting.cohort_id),
}
