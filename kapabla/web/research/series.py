"""Series of the municipalities (level 4): context beside the evaluation, with the cautions of what is counted.

Nothing is compared, tested or predicted here: the numbers are of everybody in a municipality, and say nothing of what
the course did.
"""

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import Response, abort, render_template
from flask.typing import ResponseReturnValue

from kapabla.release.series import Revised, Series, all_series, one_series
from kapabla.web.auth import needs
from kapabla.web.drawing.series import panels
from kapabla.web.drawing.svg import Drawing
from kapabla.web.language import translated
from kapabla.web.research.blueprint import blueprint
from kapabla.web.research.choosing import tongue
from kapabla.web.research.numerals import decimal
from kapabla.web.research.shown_figures import light_colours
from kapabla.web.unit_of_work import service

HEADS = ("series", "municipality", "period", "value", "per_100000", "source", "retrieved_on")


@dataclass(frozen=True)
class ShownSeries:
    """`rows`: a period each, the newest first; None is not shown."""

    code: str
    kind: str
    title: str
    unit: str
    sentence: str
    headers: list[str]
    rows: list[list[Any]]
    revised: list[list[Any]]
    sources: list[tuple[str, str]]
    drawing: Drawing


@blueprint.get("/forskning/serier")
@needs("see_results")
def series() -> ResponseReturnValue:
    found = [_shown(one) for one in all_series(service().config.release_dir)]
    return render_template("research/series.html", series=found, least=service().config.min_cell)


@blueprint.get("/forskning/serier/<code>.csv")
@needs("see_results")
def series_table(code: str) -> ResponseReturnValue:
    """The numbers of one series with the source of each; what is not shown is blank."""
    found, out = _found(code), io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(HEADS)
    for (place, period), (value, rate) in sorted(found.values.items()):
        held = found.fetched((place, period))
        cells = ["" if cell is None else f"{cell:g}" for cell in (value, rate)]
        writer.writerow([found.code, place, period, *cells, held.source, held.retrieved_on])
    return _file(out.getvalue(), "text/csv", f"kapabla_{code}.csv")


@blueprint.get("/forskning/serier/<code>.svg")
@needs("see_results")
def series_drawing(code: str) -> ResponseReturnValue:
    shown = _shown(_found(code))
    return _file(
        shown.drawing.file(shown.title, shown.sentence, light_colours()), "image/svg+xml", f"kapabla_{code}.svg"
    )


def _found(code: str) -> Series:
    found = one_series(service().config.release_dir, code)
    if found is None:
        abort(404)
    return found


def _shown(found: Series) -> ShownSeries:
    names, values, periods = _place_names(), found.values, found.periods
    places = {place: names.get(place, place) for place in found.places}
    headers = [translated("Period"), *places.values()]
    if found.has_rate:
        headers += [translated("{}, per 100 000 invånare").format(name) for name in places.values()]
    rows = []
    for period in reversed(periods):
        held = [values.get((place, period), (None, None)) for place in places]
        rates = [_cell(rate) for _, rate in held] if found.has_rate else []
        rows.append([period, *(_cell(value) for value, _ in held), *rates])
    hidden = translated("visas inte")
    drawn = [(name, {period: values.get((place, period), (None, None))[0] for period in periods}) for place, name in
             places.items()]  # fmt: skip
    return ShownSeries(
        found.code, found.kind, found.names.get(tongue(), found.names["sv"]), _unit(found),
        _sentence(found, places, hidden), headers, rows, [_change(one, names, hidden) for one in found.revised],
        list(dict.fromkeys((held.source, f"{held.retrieved_on}") for held in reversed(found.revisions))),
        panels(drawn, periods, hidden=hidden, told=_number),
    )  # fmt: skip


def _place_names() -> Mapping[str, str]:
    return {one.code: one.name for one in service().material.municipalities}


def _unit(found: Series) -> str:
    return translated("Antal") if found.is_count else found.unit


def _sentence(found: Series, places: Mapping[str, str], hidden: str) -> str:
    """The newest period and the one before it, place by place. That they differ is told, and never why."""
    newest, before = found.periods[-1], found.periods[-2] if len(found.periods) > 1 else None

    def told(period: str) -> str:
        cells = {name: _cell(found.values.get((place, period), (None, None))[0]) for place, name in places.items()}
        return ", ".join(f"{name} {hidden if cell is None else cell}" for name, cell in cells.items())

    periods = [newest] if before is None else [newest, before]
    return " ".join(f"{period}: {told(period)}." for period in periods)


def _change(one: Revised, names: Mapping[str, str], hidden: str) -> list[Any]:
    cells = (_cell(one.before), f"{one.before_on}", _cell(one.now), f"{one.now_on}")
    return [names.get(one.place, one.place), one.period, *(hidden if cell is None else cell for cell in cells)]


def _cell(value: float | None) -> str | None:
    return None if value is None else _number(value)


def _number(value: float) -> str:
    return decimal(value, 0 if value.is_integer() else 1)


def _file(body: str | bytes, mimetype: str, name: str) -> Response:
    reply = Response(body, mimetype=mimetype)
    reply.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return reply
