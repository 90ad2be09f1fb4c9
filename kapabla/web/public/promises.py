"""Medborgarlöften: what each municipality and the police promised, and how it went.

One list of rows (`rows_of`) is behind the pages and their CSV and JSON twins, so they cannot differ. What is not known
is None in a row and said in words on the page; nothing is ever filled in.
"""

from dataclasses import asdict, dataclass, fields
from datetime import date
from typing import Any

from flask import abort, render_template, request
from flask.typing import ResponseReturnValue

from kapabla.clock import local_date
from kapabla.material import PromiseCycle
from kapabla.web import language
from kapabla.web.public.blueprint import blueprint
from kapabla.web.unit_of_work import now, service

VERDICTS = {
    "kept": "Uppfyllt",
    "partly_kept": "Delvis uppfyllt",
    "not_kept": "Inte uppfyllt",
    "cannot_judge": "Går inte att bedöma",
    "no_followup": "Ingen uppföljning gjord",
}
ORDERS = {"nummer": "number", "omrade": "title"}
_PLAIN = str.maketrans("åäöÅÄÖ", "aaoAAO")


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


# Of this site alone: what the municipality has followed up elsewhere is not known here.
NOT_ENTERED = "Ingen gemensam uppföljning är inlagd på den här webbplatsen."

COLUMNS = tuple(field.name for field in fields(Row))


@dataclass(frozen=True)
class Period:
    """What the agreement says of its time. `prolonged_from` only where it prolongs itself and its end has passed."""

    from_on: date | None
    to_on: date | None
    prolonged_from: date | None


def slug_of(name: str) -> str:
    return name.translate(_PLAIN).lower()


def cycles_by_place() -> dict[str, list[PromiseCycle]]:
    """By the slug of the municipality, the newest period first."""
    found: dict[str, list[PromiseCycle]] = {}
    for cycle in sorted(service().material.promises, key=lambda cycle: -cycle.from_year):
        found.setdefault(slug_of(name_of(cycle)), []).append(cycle)
    return dict(sorted(found.items()))


def name_of(cycle: PromiseCycle) -> str:
    return service().material.municipality(cycle.municipality).name


def cycles_of(place: str) -> list[PromiseCycle]:
    return cycles_by_place().get(place) or abort(404)


def cycle_of_year(place: str, year: int) -> PromiseCycle:
    return next((cycle for cycle in cycles_of(place) if cycle.from_year <= year <= cycle.to_year), None) or abort(404)


def period_of(cycle: PromiseCycle, today: date) -> Period:
    agreement = cycle.agreement
    prolonged = agreement.prolonged_until_replaced and cycle.status == "prolonged"
    ended = agreement.to_on is not None and agreement.to_on < today
    start = date.fromordinal(agreement.to_on.toordinal() + 1) if agreement.to_on and prolonged and ended else None
    return Period(agreement.from_on, agreement.to_on, start)


def rows_of(cycle: PromiseCycle, years: range) -> list[Row]:
    """The agreements of 2023–2025 name neither measure, target nor date, and no follow-up has been entered."""
    return [
        Row(
            municipality_code=cycle.municipality, municipality=name_of(cycle), from_year=cycle.from_year,
            to_year=cycle.to_year, year=year, number=promise.number, title=promise.title.sv, promise=promise.text.sv,
            activities=None, indicator=None, baseline=None, target=None, due_on=None, verdict="no_followup",
            verdict_text=VERDICTS["no_followup"], reason=NOT_ENTERED, course=promise.course, source=cycle.source,
        )
        for year in years
        for promise in cycle.promises
    ]  # fmt: skip


def all_years(cycle: PromiseCycle) -> range:
    return range(cycle.from_year, cycle.to_year + 1)


def as_values(row: Row) -> dict[str, Any]:
    return asdict(row)


@blueprint.get("/medborgarloften")
def promises() -> ResponseReturnValue:
    language.narrow(("sv",))  # The agreements are in Swedish.
    places = [(slug, name_of(cycles[0]), cycles) for slug, cycles in cycles_by_place().items()]
    return render_template("public/promises.html", places=places)


@blueprint.get("/medborgarloften/<place>")
def promises_of_place(place: str) -> ResponseReturnValue:
    """The newest agreement, and the way to every year of it and of those before."""
    cycles = cycles_of(place)
    years = [year for cycle in cycles for year in reversed(all_years(cycle))]
    return _page(place, cycles[0], rows_of(cycles[0], all_years(cycles[0])[-1:]), year=None, years=years)


@blueprint.get("/medborgarloften/<place>/<int:year>")
def promises_of_year(place: str, year: int) -> ResponseReturnValue:
    cycle = cycle_of_year(place, year)
    return _page(place, cycle, rows_of(cycle, range(year, year + 1)), year=year, years=list(all_years(cycle)))


def _page(place: str, cycle: PromiseCycle, rows: list[Row], *, year: int | None, years: list[int]) -> str:
    language.narrow(("sv",))
    order = request.args.get("ordning", "nummer")
    if order not in ORDERS:
        abort(404)
    return render_template(
        "public/promises_of_place.html", cycle=cycle, name=name_of(cycle), place=place, year=year, years=years,
        rows=sorted(rows, key=lambda row: getattr(row, ORDERS[order])), order=order,
        period=period_of(cycle, local_date(now())), here=request.path,
    )  # fmt: skip
