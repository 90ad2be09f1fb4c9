"""Free text on its way: screened by the guard, read by a person, then cleared or kept back (B9).

Nobody reads what cannot leave: shown to a reader are texts of the items that their study releases, of people who are
in the research now and have sent the questionnaire in. A reader never learns whose a text is, from which wave, place or
day.
"""

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, update
from sqlalchemy.orm import Session

from kapabla.answers.consents import RESEARCH, Consent, quotable
from kapabla.answers.placement import Placement
from kapabla.answers.submissions import FreeText, WaveState
from kapabla.audit import Chain, Event
from kapabla.guard import Finding, Kind, find_words, joined, must_be_hidden
from kapabla.vaults import table_of

_texts, _placed, _waves, _consents = (table_of(model) for model in (FreeText, Placement, WaveState, Consent))

HELD, CLEARED, REFUSED = "held", "cleared", "refused"
# From a state to those that may follow: what was cleared by mistake can be kept back, what is kept back stays so.
ALLOWED = {HELD: {CLEARED, REFUSED}, CLEARED: {REFUSED}, REFUSED: set[str]()}

# By study, the items whose texts it releases.
Readable = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class ScreenedText:
    """A text and what the guard found in it. `mark` changes with what was found."""

    id: str
    study: str
    item: str
    is_test: bool
    text: str
    findings: tuple[Finding, ...]
    hidden: tuple[Finding, ...] = ()

    @property
    def mark(self) -> str:
        return _mark(self.findings)


@dataclass(frozen=True)
class Decision:
    """What a reader decides of a text that was shown to them with this mark: which of its findings are hidden, and
    which words besides. Whatever the guard is sure of is hidden in any case."""

    state: str
    mark: str
    hide: frozenset[tuple[int, int]] = frozenset()  # where they begin and end
    words: tuple[str, ...] = ()


class Outcome(Enum):
    DONE = "done"
    KNOWN = "known"  # the very same was decided before: pressed twice
    TAKEN = "taken"  # another reader was first, or the guard has found more since
    GONE = "gone"  # the text was taken back or erased


# --- Screening ---


def unscreened(session: Session, *, on: date) -> list[tuple[str, str, str]]:
    """(subject, id, text) of what the guard has not looked at today: somebody may have been enrolled since."""
    is_due = or_(_texts.c.screened_on.is_(None), _texts.c.screened_on < on)
    query = select(_texts.c.subject, _texts.c.id, _texts.c.text).where(_texts.c.state == HELD, is_due)
    return [(row.subject, row.id, row.text) for row in session.execute(query)]


def note_findings(session: Session, found: Iterable[tuple[str, str, tuple[Finding, ...]]], *, on: date) -> None:
    """Of texts that still wait. One that was taken back meanwhile is not there."""
    for subject, text_id, findings in found:
        same = and_(_texts.c.subject == subject, _texts.c.id == text_id, _texts.c.state == HELD)
        session.execute(update(_texts).where(same).values(findings=_as_json(findings), screened_on=on))


# --- Reading ---


def waiting(session: Session, readable: Readable, *, limit: int, ids: Iterable[str] = ()) -> list[ScreenedText]:
    """At most so many texts that wait for a reader, or of these ids those that still do. In the order of their random
    ids, which tells nothing of who wrote when."""
    query = _readable_texts(readable, HELD)
    if ids:
        query = query.where(_texts.c.id.in_(list(ids)))
    return [_screened(row) for row in session.execute(query.order_by(_texts.c.id).limit(limit))]


def cleared(session: Session, readable: Readable, *, limit: int) -> list[ScreenedText]:
    """What may leave with the next release, for a reader who wants to keep something back after all."""
    query = _readable_texts(readable, CLEARED).order_by(_texts.c.id).limit(limit)
    return [_screened(row) for row in session.execute(query)]


def cleared_of(
    session: Session, subjects: Collection[str], readable: Readable
) -> list[tuple[str, str, tuple[Finding, ...], bool]]:
    """(item, text, hidden, may be quoted) of what these people have written and a person has cleared: for a release."""
    query = _readable_texts(readable, CLEARED).add_columns(_texts.c.subject, _texts.c.wave)
    may_be_quoted = quotable(session)
    return [
        (row.item, row.text, _as_findings(row.hidden), (row.subject, row.wave, row.item) in may_be_quoted)
        for row in session.execute(query)
        if row.subject in subjects
    ]


def count(session: Session, readable: Readable, state: str) -> int:
    return session.scalar(select(func.count()).select_from(_readable_texts(readable, state).subquery())) or 0


def _readable_texts(readable: Readable, state: str) -> Select[Any]:
    items = [
        and_(_placed.c.study == study, _texts.c.item.in_(list(codes))) for study, codes in readable.items() if codes
    ]
    sent = and_(_waves.c.subject == _texts.c.subject, _waves.c.wave == _texts.c.wave, _waves.c.state == "sent")
    return (
        select(
            _texts.c.id, _texts.c.item, _texts.c.text, _texts.c.findings, _texts.c.hidden, _placed.c.study,
            _placed.c.is_test,
        )
        .join(_placed, _placed.c.subject == _texts.c.subject)
        .join(_waves, sent)
        .where(
            or_(*items) if items else _texts.c.id.is_(None),
            _texts.c.state == state, _texts.c.findings.is_not(None),
            _placed.c.left == "none", _placed.c.is_restricted.is_(False), _says_yes_to_research(),
        )
    )  # fmt: skip


def _says_yes_to_research() -> ColumnElement[bool]:
    """The latest answer to the choice holds."""
    later = _consents.alias()
    mine = and_(later.c.subject == _texts.c.subject, later.c.choice == RESEARCH)
    latest = select(func.max(later.c.number)).where(mine).correlate(_texts).scalar_subquery()
    return (
        select(_consents.c.subject)
        .where(
            _consents.c.subject == _texts.c.subject, _consents.c.choice == RESEARCH, _consents.c.number == latest,
            _consents.c.answer.is_(True),
        )
        .correlate(_texts)
        .exists()
    )  # fmt: skip


# --- Deciding ---


def decide(
    session: Session, chain: Chain, text_id: str, decision: Decision, *, actor: str, role: str, at: datetime, on: date
) -> Outcome:
    """One reader's word on one text, logged with it. Safe to repeat; of two at once the first holds."""
    row = session.execute(select(_texts).where(_texts.c.id == text_id).with_for_update()).one_or_none()
    if row is None:
        return Outcome.GONE
    hidden = _as_json(_hidden_by(row, decision))
    if row.state == decision.state and (row.hidden or []) == hidden:
        return Outcome.KNOWN
    if decision.state not in ALLOWED[row.state] or _mark(_as_findings(row.findings)) != decision.mark:
        return Outcome.TAKEN
    session.execute(
        update(_texts)
        .where(_texts.c.subject == row.subject, _texts.c.id == text_id)
        .values(state=decision.state, hidden=hidden, reviewed_on=on)
    )
    event = Event(actor, role, "text_review", f"text:{text_id}", outcome=decision.state)
    chain.append(session, event, at=at, date_only=True)
    return Outcome.DONE


def _hidden_by(row: Any, decision: Decision) -> tuple[Finding, ...]:
    """What is kept back whole needs no places in it."""
    if decision.state != CLEARED:
        return ()
    findings = _as_findings(row.findings)
    chosen = [finding for finding in findings if (finding.start, finding.end) in decision.hide]
    besides = [finding for words in decision.words for finding in find_words(row.text, words)]
    return joined([*must_be_hidden(findings), *chosen, *besides])


# --- In the row ---


def _screened(row: Any) -> ScreenedText:
    return ScreenedText(
        row.id, row.study, row.item, row.is_test, row.text, _as_findings(row.findings), _as_findings(row.hidden)
    )


def _mark(findings: Iterable[Finding]) -> str:
    return hashlib.sha256(json.dumps(_as_json(findings)).encode()).hexdigest()[:12]


def _as_json(findings: Iterable[Finding]) -> list[list[Any]]:
    return [[finding.start, finding.end, finding.kind.value] for finding in findings]


def _as_findings(written: list[list[Any]] | None) -> tuple[Finding, ...]:
    return tuple(Finding(start, end, Kind(kind)) for start, end, kind in written or [])
