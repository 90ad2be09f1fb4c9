"""A year of a municipality's promises as municipality and police signed it: in the published store, for every process
to read. An edition never changes: what was wrong is put right in the next one, and both stay (I7)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from kapabla.errors import KapablaError
from kapabla.material.promises import PromiseCycle
from kapabla.store import Store

PREFIX = "promises-"
Verdict = Literal["kept", "partly_kept", "not_kept", "cannot_judge", "no_followup"]
ActivityStatus = Literal["planned", "ongoing", "done", "delayed", "cancelled"]
SourceKind = Literal["police", "municipality", "survey", "citizen_dialogue", "staff_dialogue"]
Channel = Literal["website", "social", "press", "meeting", "staff"]
CycleStatus = Literal["draft", "active", "prolonged", "closed"]


class SignedPart(BaseModel):
    """A part of a document of the store: strict, immutable, and closed to keys that nobody has defined."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Source(SignedPart):
    """One ground of the situation picture. Of an agreement signed earlier kind and day may be unknown."""

    summary: str
    kind: SourceKind | None = None
    as_of: date | None = None
    link: str = ""


class PublishedActivity(SignedPart):
    title: str
    owner: str
    status: ActivityStatus
    starts_on: date | None = None
    due_on: date | None = None
    evidence: str = ""
    link: str = ""


class PublishedObservation(SignedPart):
    """A value of the indicator as it was when it was fetched: a later revision is a later edition (I3)."""

    period: str
    value: str
    source: str
    retrieved_on: date


class SeriesValue(SignedPart):
    """None is not shown: small, or missing at the source."""

    period: str
    value: float | None
    source: str
    retrieved_on: date


class SeriesChange(SignedPart):
    """A value that the source has changed since it was first fetched."""

    period: str
    before: float | None
    before_on: date
    now: float | None
    now_on: date


class PublishedSeries(SignedPart):
    """A series of the municipality as it was known when the year was signed: the source may change it afterwards, and
    this stays (I3). `compared`: the period that the newest value is held against."""

    code: str
    kind: str
    name: str
    unit: str
    values: tuple[SeriesValue, ...]
    changes: tuple[SeriesChange, ...] = ()
    compared: str | None = None
    target: float | None = None


class PublishedFeedback(SignedPart):
    """A way that residents, or those who do the work, were told how a year went."""

    year: int
    channel: Channel
    told_on: date
    link: str = ""


class PublishedPromise(SignedPart):
    """What is not known is None, and said in words on the page."""

    number: Annotated[int, Field(ge=1)]
    title: str
    text: str
    problem: str | None = None
    causes: str | None = None
    owner: str | None = None
    indicator: str | None = None
    baseline: str | None = None
    target: str | None = None
    due_on: date | None = None
    course: str | None = None
    activities: tuple[PublishedActivity, ...] = ()
    observations: tuple[PublishedObservation, ...] = ()
    series: tuple[PublishedSeries, ...] = ()
    verdict: Verdict = "no_followup"
    reason: str | None = None
    feedback: str | None = None


class PublishedAgreement(SignedPart):
    """Offices sign, never names."""

    purpose: str | None = None
    signed_on: date | None = None
    signed_in: str | None = None
    signed_by: tuple[str, ...] = ()
    from_on: date | None = None
    to_on: date | None = None
    prolonged_until_replaced: bool = False
    feedback: tuple[str, ...] = ()


class Edition(SignedPart):
    """`version` 0 is what the agreement alone says: no follow-up of that year has been published."""

    municipality: str
    from_year: int
    to_year: int
    year: int
    version: Annotated[int, Field(ge=0)]
    status: CycleStatus
    agreement: PublishedAgreement
    source: str
    picture: tuple[Source, ...] = ()
    promises: tuple[PublishedPromise, ...]
    told: tuple[PublishedFeedback, ...] = ()
    note: str = ""  # of a correction: what was put right, in the editor's words

    @property
    def is_followed_up(self) -> bool:
        """It says how it went; or that nobody followed it up, and why."""
        return any(promise.verdict != "no_followup" or promise.reason for promise in self.promises)


@dataclass(frozen=True)
class PublishedEdition:
    """`signed`: by the role of each that signed, the day."""

    edition: Edition
    published_on: date
    signed: Mapping[str, date]


def to_bytes(edition: Edition) -> bytes:
    return edition.model_dump_json(indent=1).encode()


def from_bytes(body: bytes) -> Edition:
    return Edition.model_validate_json(body)


def publish_edition(
    store: Store, body: bytes, *, signed: Mapping[str, str], approval: str, published_on: date
) -> None:  # fmt: skip
    """The bytes that were signed, and the index last. The same once more changes nothing, not even the day."""
    edition = from_bytes(body)
    name = f"{PREFIX}{edition.municipality}-{edition.from_year}-{edition.year}-{edition.version:04d}"
    if store.index(name) is not None:
        return
    told = {"signed": dict(signed), "approval": approval, "published_on": published_on.isoformat()}
    store.put_index(name, {"document": store.put(body), **told})


def news_of_editions(folder: Path) -> frozenset[str]:
    return frozenset(Store(folder).names(PREFIX))


def read_editions(folder: Path) -> tuple[tuple[PublishedEdition, ...], tuple[str, ...]]:
    """Every edition, the oldest version first, and the names of those that are not what they were: left out whole."""
    store, found, damaged = Store(folder), list[PublishedEdition](), list[str]()
    for name in sorted(news_of_editions(folder)):
        try:
            found.append(_read(store, store.index(name) or {}))
        except (KapablaError, ValidationError, KeyError, ValueError):
            damaged.append(name)
    return tuple(found), tuple(damaged)


def _read(store: Store, index: Mapping[str, Any]) -> PublishedEdition:
    signed = {role: date.fromisoformat(day) for role, day in index["signed"].items()}
    return PublishedEdition(
        from_bytes(store.get(index["document"])), date.fromisoformat(index["published_on"]), signed
    )  # fmt: skip


def edition_of_file(cycle: PromiseCycle, year: int) -> Edition:
    """A year of which no follow-up has been published, as the agreement on file has it."""
    signed = cycle.agreement
    return Edition(
        municipality=cycle.municipality, from_year=cycle.from_year, to_year=cycle.to_year, year=year, version=0,
        status=cycle.status, source=cycle.source,
        agreement=PublishedAgreement(
            signed_on=signed.signed_on, signed_in=signed.signed_in, from_on=signed.from_on, to_on=signed.to_on,
            signed_by=tuple(office.sv for office in signed.signed_by),
            prolonged_until_replaced=signed.prolonged_until_replaced,
            feedback=tuple(way.sv for way in signed.feedback),
        ),
        picture=tuple(Source(summary=text.sv) for text in cycle.basis),
        promises=tuple(
            PublishedPromise(number=one.number, title=one.title.sv, text=one.text.sv, course=one.course)
            for one in cycle.promises
        ),
    )  # fmt: skip


def unfollowed(edition: Edition, year: int) -> Edition:
    """Another year of the same period, of which nothing has been published: what was promised, and nothing else."""
    blank = {
        "activities": (),
        "observations": (),
        "series": (),
        "verdict": "no_followup",
        "reason": None,
        "feedback": None,
    }
    promises = tuple(promise.model_copy(update=blank) for promise in edition.promises)
    return edition.model_copy(update={"year": year, "version": 0, "note": "", "told": (), "promises": promises})
