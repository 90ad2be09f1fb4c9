"""The codebook of a release as a page: what each column means, what can stand in it, and what protection did to it."""

from collections.abc import Mapping
from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue

from kapabla.release import published
from kapabla.release.columns import Kind
from kapabla.release.figures.telling import Told
from kapabla.web.auth import needs
from kapabla.web.research.blueprint import blueprint
from kapabla.web.research.choosing import chosen_release, told_in, tongue
from kapabla.web.research.risk_report import PROTECTIONS
from kapabla.web.unit_of_work import service

Column = Mapping[str, Any]
_NEW_IDS = Told("nytt i varje utgåva", "new in every release")
# What nobody has answered: the wave, the arm, how far somebody came.
_AS_IT_IS = Told("som det är", "as it is")
_TEXTS = {
    Kind.ID: Told("KP och 14 tecken", "KP and 14 characters"),
    Kind.WEEKS: Told("hela veckor", "whole weeks"),
}


@blueprint.get("/forskning/kodbok")
@needs("see_results")
def codebook() -> ResponseReturnValue:
    found, chosen = chosen_release()
    if chosen is None:
        return render_template("research/no_release.html")
    columns = published.codebook(service().config.release_dir, chosen.id)
    return render_template(
        "research/codebook.html", release=chosen, releases=found, rows=[_row(column, tongue()) for column in columns]
    )


def _row(column: Column, tongue: str) -> tuple[Any, ...]:
    return (
        column["name"], column["labels"][tongue], _values(column, tongue), column["kirkpatrick_level"] or "–",
        told_in(tongue, _protection(column)), column["instrument_version"] or "–",
    )  # fmt: skip


def _values(column: Column, tongue: str) -> str:
    """Each value with what it means, or the range of a number."""
    low, high, kind = column["minimum"], column["maximum"], Kind(column["kind"])
    values = (tongue == "en" and column["values_en"]) or column["values"]
    if column["disclosure"] == "withheld":
        return "–"
    if values:
        return "; ".join(f"{value} = {label}" for value, label in values.items())
    if low is not None and high is not None:
        return f"{low:g}–{high:g}"
    if low is not None:
        return told_in(tongue, Told(f"från {low:g}", f"from {low:g}"))
    return told_in(tongue, _TEXTS[kind]) if kind in _TEXTS else "–"


def _protection(column: Column) -> Told:
    """What stands in a column of no questionnaire was never answered."""
    if column["disclosure"] == "kept" and not column["instrument_version"]:
        return _NEW_IDS if column["kind"] == Kind.ID.value else _AS_IT_IS
    return PROTECTIONS[column["disclosure"]]
