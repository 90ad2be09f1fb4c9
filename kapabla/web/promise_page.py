"""A year of promises as citizens read it: the same for the public page, its files, and those who sign it beforehand.

One list of rows (`rows_of`) is behind the page and its CSV and JSON twins, so they cannot differ. What is not known is
None in a row and said in words on the page; nothing is ever filled in.
"""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import date, timedelta
from typing import Any

from kapabla.material.promise_editions import (
    Edition,
    PublishedActivity,
    PublishedEdition,
    PublishedPromise,
    Verdict,
)
from kapabla.web.promise_figures import shown_series, told_series

VERDICTS: dict[Verdict, str] = {
    "kept": "Uppfyllt",
    "partly_kept": "Delvis uppfyllt",
    "not_kept": "Inte uppfyllt",
    "cannot_judge": "Går inte att bedöma",
    "no_followup": "Ingen uppföljning gjord",
}
ACTIVITY_STATES = {
    "planned": "Planerad", "ongoing": "Pågår", "done": "Genomförd", "delayed": "Försenad", "cancelled": "Inställd",
}  # fmt: skip
SOURCES = {
    "police": "Polisens lägesbild",
    "municipality": "Kommunens lägesbild",
    "survey": "Trygghetsundersökning",
    "citizen_dialogue": "Medborgardialog",
    "staff_dialogue": "Medarbetardialog",
}
CHANNELS = {
    "website": "På en webbplats", "social": "I sociala medier", "press": "I massmedier", "meeting": "På ett möte",
    "staff": "Till dem som arbetar med löftena",
}  # fmt: skip
SIGNATORIES = {"signatory_municipality": "Kommunen", "signatory_police": "Polisen"}
# Of this site alone: what the municipality has followed up elsewhere is not known here.
NOT_ENTERED = "Ingen gemensam uppföljning är inlagd på den här webbplatsen."
# What a change is told of, in the order of the page.
_TOLD = {
    "title": "Område", "text": "Löftet", "problem": "Problemet", "causes": "Orsakerna", "owner": "Ansvarig",
    "indicator": "Mått", "baseline": "Utgångsläge", "target": "Mål", "due_on": "Klart senast",
    "activities": "Vad gjorde vi?", "observations": "Mätvärden", "series": "Mätserier", "verdict": "Hur gick det?",
    "reason": "Skälet", "feedback": "Återkoppling",
}  # fmt: skip


@dataclass(frozen=True)
class Row:
    """One promise in one year, with everything that the page says of it."""

    municipality_code: str
    municipality: str
    from_year: int
    to_year: int
    year: int
    number: int
    title: str
    promise: str
    activities: str | None
    indicator: str | None
    baseline: str | None
    target: str | None
    due_on: str | None
    verdict: str
    verdict_text: str
    reason: str | None
    course: str | None
    source: str
    owner: str | None
    problem: str | None
    causes: str | None
    observations: str | None
    feedback: str | None
    version: int
    published_on: str | None


COLUMNS = tuple(field.name for field in fields(Row))


@dataclass(frozen=True)
class Period:
    """What the agreement says of its time. `prolonged_from` only where it prolongs itself and its end has passed."""

    from_on: date | None
    to_on: date | None
    prolonged_from: date | None


def period_of(edition: Edition, today: date, *, is_replaced: bool = False) -> Period:
    """A period that another has taken over is prolonged no more, whatever its own agreement says."""
    agreement = edition.agreement
    prolongs = agreement.prolonged_until_replaced and edition.status == "prolonged" and not is_replaced
    ended = agreement.to_on is not None and agreement.to_on < today
    start = agreement.to_on + timedelta(days=1) if agreement.to_on and prolongs and ended else None
    return Period(agreement.from_on, agreement.to_on, start)


def rows_of(edition: Edition, municipality: str, published_on: date | None) -> list[Row]:
    return [
        Row(
            municipality_code=edition.municipality, municipality=municipality, from_year=edition.from_year,
            to_year=edition.to_year, year=edition.year, number=promise.number, title=promise.title,
            promise=promise.text, activities="; ".join(map(told_activity, promise.activities)) or None,
            indicator=promise.indicator, baseline=promise.baseline, target=promise.target,
            due_on=_iso(promise.due_on), verdict=promise.verdict, verdict_text=VERDICTS[promise.verdict],
            reason=promise.reason or (NOT_ENTERED if promise.verdict == "no_followup" else None),
            course=promise.course, source=edition.source, owner=promise.owner, problem=promise.problem,
            causes=promise.causes, observations="; ".join(_told_observations(promise)) or None,
            feedback=promise.feedback, version=edition.version, published_on=_iso(published_on),
        )
        for promise in edition.promises
    ]  # fmt: skip


def told_activity(activity: PublishedActivity) -> str:
    """ "Fältvandring (Genomförd, Vindelns kommun, 2026-05-02–2026-09-30)"."""
    days = "–".join(day.isoformat() for day in (activity.starts_on, activity.due_on) if day)
    parts = [ACTIVITY_STATES[activity.status], activity.owner, *([days] if days else [])]
    evidence = f": {activity.evidence}" if activity.evidence else ""
    return f"{activity.title} ({', '.join(parts)}){evidence}"


def _told_observations(promise: PublishedPromise) -> Iterator[str]:
    for one in promise.observations:
        yield f"{one.period}: {one.value} ({one.source}, hämtat {one.retrieved_on.isoformat()})"
    for series in promise.series:
        yield from told_series(series)


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def overdue(edition: Edition, today: date) -> list[PublishedActivity]:
    """What should have been done by now, or by the end of a year that is over; what says itself that it is late is not
    told so twice."""
    day = min(today, date(edition.year, 12, 31))
    return [
        one
        for promise in edition.promises
        for one in promise.activities
        if one.status in ("planned", "ongoing") and one.due_on is not None and one.due_on < day
    ]


def changes_between(former: Edition, later: Edition) -> list[str]:
    """What a reader of the former edition finds changed, promise by promise (I7)."""
    found = []
    for name, told in (
        ("agreement", "Avtalet är ändrat."), ("picture", "Underlaget är ändrat."), ("source", "Källan är ändrad."),
        ("told", "Vad som är berättat för invånarna är ändrat."),
    ):  # fmt: skip
        if getattr(former, name) != getattr(later, name):
            found.append(told)
    before = {promise.number: promise for promise in former.promises}
    for promise in later.promises:
        if promise.number not in before:
            found.append(f"Löfte {promise.number} är nytt.")
        else:
            found += _changed(before[promise.number], promise)
    gone = before.keys() - {promise.number for promise in later.promises}
    return found + [f"Löfte {number} är borttaget." for number in sorted(gone)]


def _changed(before: PublishedPromise, after: PublishedPromise) -> list[str]:
    verdicts = f": {VERDICTS[before.verdict]} blev {VERDICTS[after.verdict]}"
    names = [name for name in _TOLD if getattr(before, name) != getattr(after, name)]
    return [
        f"Löfte {after.number}, {_TOLD[name].rstrip('?')}{verdicts if name == 'verdict' else ' är ändrat'}."
        for name in names
    ]


def view_of(
    edition: Edition, municipality: str, *, today: date, published: PublishedEdition | None = None,
    replaced_by: Edition | None = None,
) -> dict[str, Any]:  # fmt: skip
    """What the template of a year asks for."""
    published_on = published.published_on if published else None
    return {
        "edition": edition, "name": municipality, "rows": rows_of(edition, municipality, published_on),
        "promises": {promise.number: promise for promise in edition.promises}, "published": published,
        "period": period_of(edition, today, is_replaced=replaced_by is not None), "replaced_by": replaced_by,
        "series": shown_series(edition, municipality),
        "overdue": overdue(edition, today), "states": ACTIVITY_STATES, "sources": SOURCES, "signatories": SIGNATORIES,
        "channels": CHANNELS,
    }  # fmt: skip
