"""Planning of a next round: how many people, or cohorts, it takes; with what the newest release says of this one.

`analysis` counts. Each field that is left out has its default, so that the page always shows a whole example.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import sqrt
from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue

from kapabla.release import published
from kapabla.web.auth import needs
from kapabla.web.drawing.curve import curve as drawn_curve
from kapabla.web.language import translated
from kapabla.web.research.blueprint import blueprint
from kapabla.web.research.choosing import chosen_release, ended_agreement, tongue
from kapabla.web.research.numerals import decimal, of_the_language, percent, read
from kapabla.web.unit_of_work import service

# What stands in the address, and what `analysis` calls it.
DESIGNS = {"parvis": "paired", "tva-grupper": "two-sample", "kluster": "cluster", "stegvis": "stepped-wedge"}
_CLUSTERED = ("kluster", "stegvis")


@dataclass(frozen=True)
class Field:
    """`least` and `most`: what may be written. `designs`: where it is asked; everywhere if empty."""

    name: str
    default: str
    least: float
    most: float
    is_whole: bool = False
    designs: tuple[str, ...] = ()


FIELDS = (
    Field("effekt", "0,3", 0.05, 3),
    Field("samband", "0,5", 0, 0.95, designs=("parvis", "tva-grupper")),
    Field("styrka", "80", 50, 99),
    Field("niva", "5", 0.1, 20),
    Field("bortfall", "30", 0, 90),
    Field("storlek", "10", 2, 500, is_whole=True, designs=_CLUSTERED),
    Field("icc", "0,05", 0, 0.9, designs=_CLUSTERED),
    Field("tillfallen", "4", 3, 13, is_whole=True, designs=("stegvis",)),
)


@blueprint.get("/forskning/planering")
@needs("see_results")
def planning() -> ResponseReturnValue:
    _, release = chosen_release()
    # Where the agreement has ended nothing is taken from a release: the fields are empty.
    release = None if ended_agreement() else release
    told = published.dashboard(service().config.release_dir, release.id).get("planning", {}) if release else {}
    design = request.args.get("upplagg", "parvis")
    design = design if design in DESIGNS else "parvis"
    asked = [field for field in FIELDS if not field.designs or design in field.designs]
    measured = _from_release(told)
    defaults = {field.name: field.default for field in FIELDS} | measured
    typed = {field.name: request.args.get(field.name, of_the_language(defaults[field.name])) for field in asked}
    errors = {field.name: fault for field in asked if (fault := _fault(field, typed[field.name]))}
    found = None if errors else _found(design, {name: read(value) or 0.0 for name, value in typed.items()})
    if found is not None and found["size"] is None:
        errors, found = {"effekt": "out_of_reach"}, None
    return render_template(
        "research/planning.html", design=design, typed=typed, errors=errors, found=found, release=release,
        measured={name: of_the_language(value) for name, value in measured.items()}, scales=_scales(told),
    ), (400 if errors else 200)  # fmt: skip


def _from_release(told: Mapping[str, Any]) -> dict[str, str]:
    """What a release says of this round is where the planning of the next begins."""
    found = {}
    if told.get("loss") is not None:
        found["bortfall"] = decimal(min(100 * told["loss"], 90), 0)
    scales = told.get("scales", [])
    if scales:
        found["samband"] = decimal(min(max(scales[0]["r"], 0), 0.95))
        if scales[0].get("icc") is not None:
            found["icc"] = decimal(min(max(scales[0]["icc"], 0), 0.9))
    return found


def _fault(field: Field, typed: str) -> str | None:
    number = read(typed)
    if number is None or (field.is_whole and number != int(number)):
        return "no_number"
    return None if field.least <= number <= field.most else "out_of_range"


def _found(design: str, given: Mapping[str, float]) -> dict[str, Any]:
    from analysis.sample_size import Round, curve, needed

    effect = given["effekt"]
    if design == "parvis":
        # In standard deviations of the differences, where both times have the same spread.
        effect /= sqrt(2 * (1 - given["samband"]))
    elif design == "tva-grupper":
        # What the answer before explains is no spread in an analysis of covariance (Borm et al. 2007).
        effect /= sqrt(1 - given["samband"] ** 2)
    planned = Round(
        DESIGNS[design], effect, alpha=given["niva"] / 100, wanted=given["styrka"] / 100, loss=given["bortfall"] / 100,
        cluster_size=int(given.get("storlek", 10)), icc=given.get("icc", 0.0), periods=int(given.get("tillfallen", 4)),
    )  # fmt: skip
    size = needed(planned)
    if size is None:
        return {"size": None}
    points, is_wedge = curve(planned, size), design == "stegvis"
    names = {
        "parvis": translated("Personer som svarar"),
        "tva-grupper": translated("Personer som svarar, i varje grupp"),
        "kluster": translated("Omgångar i varje grupp"),
        "stegvis": translated("Omgångar"),
    }
    drawing = drawn_curve(
        points, chosen=size, wanted=planned.wanted, x_label=names[design], y_label=translated("Styrka")
    )
    return {
        "size": size,
        "given": {name: of_the_language(f"{number:g}".replace(".", ",")) for name, number in given.items()},
        "begin": planned.to_begin(size),
        "once": planned.to_begin(size) // planned.periods,
        "effect": decimal(given["effekt"]),
        "d_z": decimal(effect, 3),
        "power": percent(planned.power_at(size)),
        "answering": decimal(planned.answering, 1),
        "headers": [
            names[design],
            translated("Personer vid varje tillfälle") if is_wedge else translated("Personer som behöver börja"),
            translated("Styrka"),
        ],
        "rows": [
            [at, planned.to_begin(at) // (planned.periods if is_wedge else 1), percent(share)] for at, share in points
        ],
        "drawing": drawing,
        "call": _call(planned, size),
    }


def _call(planned: Any, size: int) -> str:
    """The command that gives the same power."""
    call = f"python -m analysis power --design {planned.design} --effect {planned.effect:.6g} --alpha {planned.alpha:g}"
    if planned.design == "cluster":
        return f"{call} --clusters {size} --cluster-size {planned.answering:g} --icc {planned.icc:g} --json"
    if planned.design == "stepped-wedge":
        return (
            f"{call} --clusters {size} --periods {planned.periods} --cluster-size {planned.answering:g} "
            f"--var-residual {1 - planned.icc:g} --var-cluster {planned.icc:g} --json"
        )
    return f"{call} --n {size} --json"


def _scales(told: Mapping[str, Any]) -> list[list[Any]]:
    """What 0.3 standard deviations are on each scale, and how alike people of one cohort are."""
    return [
        [
            scale["label"][tongue()], scale["n"], *_spread(scale["sd"]), decimal(scale["r"]),
            None if scale.get("icc") is None else decimal(scale["icc"], 3),
        ]
        for scale in told.get("scales", [])
    ]  # fmt: skip


def _spread(sd: float | None) -> list[str | None]:
    return [None, None] if sd is None else [decimal(sd), decimal(0.3 * sd)]
