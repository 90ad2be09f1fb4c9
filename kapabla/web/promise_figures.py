"""The series of a promise, drawn: a sentence, a picture and a table that tell the same, as when the two signed.

What the source has changed since then is told beside them, and never put in their place (I3)."""

from collections.abc import Iterator
from dataclasses import dataclass

import structlog

from kapabla.errors import KapablaError
from kapabla.material.promise_editions import Edition, PublishedSeries, SeriesChange, SeriesValue
from kapabla.material.series import Series, one_series
from kapabla.web.context import long_date, number
from kapabla.web.drawing.series import panels
from kapabla.web.drawing.svg import Drawing
from kapabla.web.unit_of_work import service

HIDDEN = "visas inte"
log = structlog.get_logger("kapabla.web")


@dataclass(frozen=True)
class ShownSeries:
    """`rows` and `changed`: cells as they stand in their tables; `later`: what has been changed after the signing."""

    id: str
    kind: str
    title: str
    sentence: str
    rows: list[list[str]]
    changed: list[list[str]]
    later: list[list[str]]
    drawing: Drawing


def shown_series(edition: Edition, municipality: str) -> dict[int, list[ShownSeries]]:
    """By the number of the promise."""
    now = _as_of_now(edition)
    return {
        promise.number: [
            _shown(f"serie-{promise.number}-{place}", series, municipality, edition.municipality, now.get(series.code))
            for place, series in enumerate(promise.series, 1)
        ]
        for promise in edition.promises
    }


def _shown(id_: str, series: PublishedSeries, name: str, place: str, now: Series | None) -> ShownSeries:
    values = {one.period: one.value for one in series.values}
    target = None if series.target is None else (series.target, f"Mål {told_number(series.target)}")
    return ShownSeries(
        id=id_, kind=series.kind, title=f"{series.name}, {series.unit}" if series.unit else series.name,
        sentence=" ".join(_sentences(series)),
        rows=[
            [one.period, _cell(one.value), one.source, long_date(one.retrieved_on)] for one in reversed(series.values)
        ],
        changed=[_change(one) for one in series.changes],
        later=[_change(one) for one in _later(series, place, now)],
        drawing=panels([(name, values)], sorted(values), hidden=HIDDEN, told=told_number, target=target),
    )  # fmt: skip


def _sentences(series: PublishedSeries) -> Iterator[str]:
    values = {one.period: one.value for one in series.values}
    if series.compared:
        before = values[series.compared]
        yield f"Värdet för {series.compared} {'visas inte' if before is None else f'är {told_number(before)}'}."
    newest = series.values[-1]
    if newest.value is None:
        yield f"Det senaste värdet, för {newest.period}, visas inte."
    else:
        yield f"Det senaste värdet är {told_number(newest.value)} och gäller {newest.period}."
    if series.target is not None:
        yield f"Målet är {told_number(series.target)}."


def _later(series: PublishedSeries, place: str, now: Series | None) -> Iterator[SeriesChange]:
    held = now.values if now else {}
    for one in series.values:
        key = (place, one.period)
        if now and key in held and held[key][0] != one.value:
            yield _changed_since(one, held[key][0], now, key)


def _changed_since(one: SeriesValue, value: float | None, now: Series, key: tuple[str, str]) -> SeriesChange:
    return SeriesChange(
        period=one.period, before=one.value, before_on=one.retrieved_on, now=value, now_on=now.fetched(key).retrieved_on
    )  # fmt: skip


def _change(one: SeriesChange) -> list[str]:
    return [one.period, _cell(one.before), long_date(one.before_on), _cell(one.now), long_date(one.now_on)]


def _cell(value: float | None) -> str:
    return HIDDEN if value is None else told_number(value)


def told_number(value: float) -> str:
    return number(value, 0 if value.is_integer() else 1)


def told_series(series: PublishedSeries) -> Iterator[str]:
    """For a cell of the open data: "Misshandel 2024: 31 antal (Brå, hämtat 2026-03-01)"."""
    for one in series.values:
        told = "" if one.value is None else f"{told_number(one.value)} {series.unit}".strip()
        yield f"{series.name} {one.period}: {told or HIDDEN} ({one.source}, hämtat {one.retrieved_on.isoformat()})"


def shelf(code: str) -> Series | None:
    """A series as it lies in the store now. One that is damaged is not there, and stops no page."""
    try:
        return one_series(service().config.release_dir, code)
    except (KapablaError, KeyError, ValueError) as error:
        log.error("series_left_out", series=code, fault=type(error).__name__)
        return None


def _as_of_now(edition: Edition) -> dict[str, Series]:
    found = {series.code: shelf(series.code) for promise in edition.promises for series in promise.series}
    return {code: seen for code, held in found.items() if held and (seen := held.for_public())}
