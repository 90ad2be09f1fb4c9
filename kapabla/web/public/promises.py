"""Medborgarlöften: what each municipality and the police promised, as pages and as open data with the same content."""

import csv
import io
from typing import Any

from flask import Response, abort, jsonify, render_template
from flask.typing import ResponseReturnValue

from kapabla.material import PromiseCycle
from kapabla.web.public.blueprint import blueprint
from kapabla.web.unit_of_work import service

_PLAIN = str.maketrans("åäöÅÄÖ", "aaoAAO")


def slug_of(name: str) -> str:
    return name.translate(_PLAIN).lower()


def _cycles() -> dict[str, list[PromiseCycle]]:
    """By the slug of the municipality, the newest period first."""
    found: dict[str, list[PromiseCycle]] = {}
    for cycle in sorted(service().material.promises, key=lambda cycle: -cycle.from_year):
        found.setdefault(slug_of(_name(cycle)), []).append(cycle)
    return found


def _name(cycle: PromiseCycle) -> str:
    return service().material.municipality(cycle.municipality).name


def _cycle(place: str, year: int | None = None) -> PromiseCycle:
    for cycle in _cycles().get(place, []):
        if year is None or cycle.from_year <= year <= cycle.to_year:
            return cycle
    abort(404)


@blueprint.get("/medborgarloften")
def promises() -> ResponseReturnValue:
    places = [(slug, _name(cycles[0]), cycles) for slug, cycles in sorted(_cycles().items())]
    return render_template("public/promises.html", places=places)


@blueprint.get("/medborgarloften/<place>")
def promises_of_place(place: str) -> ResponseReturnValue:
    return _page(place, None)


@blueprint.get("/medborgarloften/<place>/<int:year>")
def promises_of_year(place: str, year: int) -> ResponseReturnValue:
    return _page(place, year)


def _page(place: str, year: int | None) -> str:
    cycle = _cycle(place, year)
    years = range(cycle.from_year, cycle.to_year + 1)
    return render_template(
        "public/promises_of_place.html", cycle=cycle, name=_name(cycle), place=place, year=year, years=years
    )


@blueprint.get("/medborgarloften/<place>.csv")
def promises_csv(place: str) -> ResponseReturnValue:
    out = io.StringIO()
    rows = _rows(_cycle(place))
    writer = csv.DictWriter(out, fieldnames=list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return Response(out.getvalue(), mimetype="text/csv")


@blueprint.get("/medborgarloften/<place>.json")
def promises_json(place: str) -> ResponseReturnValue:
    cycle = _cycle(place)
    return jsonify({"municipality": _name(cycle), "source": cycle.source, "promises": _rows(cycle)})


def _rows(cycle: PromiseCycle) -> list[dict[str, Any]]:
    """What is not known is empty, never invented."""
    return [
        {
            "municipality": _name(cycle), "from_year": cycle.from_year, "to_year": cycle.to_year,
            "number": promise.number, "title": promise.title.sv, "promise": promise.text.sv, "indicator": "",
            "baseline": "", "target": "", "verdict": "",
        }
        for promise in cycle.promises
    ]  # fmt: skip
