"""Medborgarlöften: what each municipality and the police promised, and how it went, year by year.

Only the material and the published store are read, so that these pages stay up whatever else is down.
"""

from collections.abc import Iterable, Set
from dataclasses import dataclass
from datetime import date

from flask import abort, render_template, request
from flask.typing import ResponseReturnValue

from kapabla.clock import local_date
from kapabla.material import Material
from kapabla.material.promise_editions import Edition, PublishedEdition, edition_of_file, unfollowed
from kapabla.web import language
from kapabla.web.page_cache import same_for_everybody
from kapabla.web.promise_page import Row, changes_between, rows_of, view_of
from kapabla.web.public.blueprint import blueprint
from kapabla.web.public.course_results import shown_results
from kapabla.web.unit_of_work import now, service

ORDERS = {"nummer": "number", "omrade": "title"}
_PLAIN = str.maketrans("åäöÅÄÖ", "aaoAAO")


@dataclass(frozen=True)
class Year:
    """A year of a period. `versions`: what has been published of it, the oldest first; the last one holds."""

    edition: Edition
    versions: tuple[PublishedEdition, ...] = ()

    @property
    def year(self) -> int:
        return self.edition.year

    @property
    def latest(self) -> PublishedEdition | None:
        return self.versions[-1] if self.versions else None

    @property
    def published_on(self) -> date | None:
        return self.latest.published_on if self.latest else None


@dataclass(frozen=True)
class Cycle:
    """The promises of a municipality and a period, with the years that there is something to say of."""

    municipality: str
    from_year: int
    to_year: int
    years: tuple[Year, ...]


def slug_of(name: str) -> str:
    return name.translate(_PLAIN).lower()


def name_of(code: str) -> str:
    return service().material.municipality(code).name


def cycles_by_place() -> dict[str, list[Cycle]]:
    """By the slug of the municipality, the newest period first."""
    found: dict[str, list[Cycle]] = {}
    for cycle in sorted(_cycles(service().material, local_date(now()).year), key=lambda cycle: -cycle.from_year):
        found.setdefault(slug_of(name_of(cycle.municipality)), []).append(cycle)
    return dict(sorted(found.items()))


def _cycles(material: Material, this_year: int) -> Iterable[Cycle]:
    files = {(cycle.municipality, cycle.from_year): cycle for cycle in material.promises}
    published: dict[tuple[str, int], list[PublishedEdition]] = {}
    for one in material.promise_editions:
        published.setdefault((one.edition.municipality, one.edition.from_year), []).append(one)
    known = files.keys() | published.keys()
    for key in known:
        editions = published.get(key, [])
        # What is shown of a year without an edition is what was promised when the period began.
        first = edition_of_file(files[key], key[1]) if key in files else editions[0].edition
        last = max([_last_year(first, key, known, this_year), *(one.edition.year for one in editions)])
        shown = {one.edition.year for one in editions} | set(range(key[1], max(key[1], min(last, this_year)) + 1))
        years = tuple(_year(first, year, [one for one in editions if one.edition.year == year]) for year in shown)
        yield Cycle(*key, first.to_year, tuple(sorted(years, key=lambda one: one.year)))


def _last_year(first: Edition, key: tuple[str, int], known: Set[tuple[str, int]], this_year: int) -> int:
    """What is prolonged has more years than its agreement names, until the next one takes over; nothing said of such a
    year is shown as missing too."""
    newer = [year for municipality, year in known if municipality == key[0] and year > key[1]]
    if first.status != "prolonged":
        return first.to_year
    return max(first.to_year, min(newer) - 1 if newer else this_year)


def _year(first: Edition, year: int, versions: list[PublishedEdition]) -> Year:
    return Year(versions[-1].edition if versions else unfollowed(first, year), tuple(versions))


def cycles_of(place: str) -> list[Cycle]:
    return cycles_by_place().get(place) or abort(404)


def year_of(place: str, year: int) -> tuple[Cycle, Year]:
    found = ((cycle, one) for cycle in cycles_of(place) for one in cycle.years if one.year == year)
    return next(found, None) or abort(404)


def rows_of_years(years: Iterable[Year]) -> list[Row]:
    return [
        row for one in years for row in rows_of(one.edition, name_of(one.edition.municipality), one.published_on)
    ]  # fmt: skip


@blueprint.get("/medborgarloften")
@same_for_everybody()
def promises() -> ResponseReturnValue:
    language.narrow(("sv",))  # The agreements are in Swedish.
    places = [(slug, name_of(cycles[0].municipality), cycles) for slug, cycles in cycles_by_place().items()]
    return render_template("public/promises.html", places=places)


@blueprint.get("/medborgarloften/jamfor")
@same_for_everybody()
def compare_promises() -> ResponseReturnValue:
    """The last year that there is something to say of."""
    return compare_promises_of_year(year=_all_years()[0])


@blueprint.get("/medborgarloften/jamfor/<int:year>")
@same_for_everybody()
def compare_promises_of_year(year: int) -> ResponseReturnValue:
    """Side by side in the order of the alphabet, without sums and ranks: they have promised different things."""
    language.narrow(("sv",))
    if year not in _all_years():
        abort(404)
    places = [
        (slug, name_of(cycles[0].municipality), rows_of_years(_one_of(cycles, year)))
        for slug, cycles in cycles_by_place().items()
    ]
    return render_template("public/promises_compared.html", places=places, year=year, years=_all_years())


def _all_years() -> list[int]:
    years = {one.year for cycles in cycles_by_place().values() for cycle in cycles for one in cycle.years}
    return sorted(years, reverse=True) or abort(404)


def _one_of(cycles: list[Cycle], year: int) -> list[Year]:
    return [one for cycle in cycles for one in cycle.years if one.year == year][:1]


@blueprint.get("/medborgarloften/<place>")
@same_for_everybody("ordning=nummer", "ordning=omrade")
def promises_of_place(place: str) -> ResponseReturnValue:
    """The newest agreement, and the way to every year of it and of those before."""
    cycles = cycles_of(place)
    years = [one.year for cycle in cycles for one in reversed(cycle.years)]
    return _page(place, cycles[0].years[-1], year=None, years=years)


@blueprint.get("/medborgarloften/<place>/<int:year>")
@same_for_everybody("ordning=nummer", "ordning=omrade")
def promises_of_year(place: str, year: int) -> ResponseReturnValue:
    cycle, one = year_of(place, year)
    return _page(place, one, year=year, years=[other.year for other in cycle.years])


@blueprint.get("/medborgarloften/<place>/<int:year>/version/<int:number>")
@same_for_everybody()
def promises_as_they_were(place: str, year: int, number: int) -> ResponseReturnValue:
    """Every version that has been published stays readable at its own address (I7)."""
    _, one = year_of(place, year)
    found = next((version for version in one.versions if version.edition.version == number), None) or abort(404)
    return _page(place, Year(found.edition, (found,)), year=year, years=[], now_holds=one.edition.version)


def _page(place: str, one: Year, *, year: int | None, years: list[int], now_holds: int | None = None) -> str:
    language.narrow(("sv",))
    order = request.args.get("ordning", "nummer")
    if order not in ORDERS:
        abort(404)
    newer = [cycle for cycle in cycles_of(place) if cycle.from_year > one.edition.from_year]
    view = view_of(
        one.edition, name_of(one.edition.municipality), today=local_date(now()), published=one.latest,
        replaced_by=newer[-1].years[-1].edition if newer else None,
    )  # fmt: skip
    # What was signed stands as it was; how the course went is told beside the version that holds.
    courses = [] if now_holds is not None else [one.course for one in one.edition.promises if one.course]
    if now_holds is not None:
        view["overdue"] = []  # A later version may tell that it was done.
    rows = sorted(view.pop("rows"), key=lambda row: getattr(row, ORDERS[order]))
    return render_template(
        "public/promises_of_place.html", place=place, year=year, years=years, order=order, here=request.path,
        versions=_told_versions(one) if now_holds is None else [], now_holds=now_holds, rows=rows,
        results=shown_results(courses), **view,
    )  # fmt: skip


def _told_versions(one: Year) -> list[tuple[PublishedEdition, list[str]]]:
    """The newest first, each with what it changed in the one before."""
    pairs = zip(one.versions, (None, *one.versions), strict=False)
    told = [(later, changes_between(former.edition, later.edition) if former else []) for later, former in pairs]
    return told[::-1]
