"""The analysis plan: outcomes, families, exclusions and models, decided before there are data (G7)."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from kapabla.errors import NotFound
from kapabla.material.faults import say
from kapabla.material.instruments.definition import Code, Instrument
from kapabla.material.texts import Frozen, Text
from kapabla.material.unread import as_far_as_read

if TYPE_CHECKING:
    from kapabla.material.material import Material
    from kapabla.material.studies.definition import Study

EXPLORATORY = "exploratory"
_NO_OR_YES = frozenset({0, 1})
# Columns that say how somebody took part, beside the answers, with their values: what an exclusion may look at.
FLAGS: Mapping[str, frozenset[int]] = {
    "arm_by_lot": _NO_OR_YES,
    "contaminated": _NO_OR_YES,
    "fast_page": _NO_OR_YES,
    "gate_overridden": _NO_OR_YES,
    "wave_timing": frozenset({1, 2, 3}),
}


class Hypothesis(Frozen):
    text: Text


class Outcome(Frozen):
    """`before`: the wave that is held against it. `waiting`: the wave of those who wait. `model`: a command of
    `python -m analysis`."""

    column: Code
    wave: Code
    before: Code | None = None
    waiting: Code | None = None
    model: Literal["paired", "independent", "ancova", "did", "mixed", "steppedwedge", "mcnemar"]


class Family(Frozen):
    code: Code
    kind: Literal["primary", "secondary"]
    correction: Literal["none", "holm"]
    outcomes: Annotated[tuple[Outcome, ...], Field(min_length=1)]


class Exclusion(Frozen):
    column: Code
    value: int
    analysis: Literal["main", "sensitivity"]
    why: Text


class Plan(Frozen):
    study: str
    hypotheses: Annotated[tuple[Hypothesis, ...], Field(min_length=1)]
    families: Annotated[tuple[Family, ...], Field(min_length=1)]
    exclusions: tuple[Exclusion, ...] = ()

    @property
    def outcomes(self) -> Iterator[tuple[Family, Outcome]]:
        for family in self.families:
            for outcome in family.outcomes:
                yield family, outcome

    def role_of(self, column: str, wave: str) -> str:
        """primary, secondary or exploratory."""
        kinds = [family.kind for family, outcome in self.outcomes if (outcome.column, outcome.wave) == (column, wave)]
        return kinds[0] if kinds else EXPLORATORY


def frozen_document(study: "Study", material: "Material") -> bytes:
    """The plan with all of the design that it leans on: waves, arms, lots, forms, instruments and how they are scored.

    Its SHA-256 is what is frozen: any later change of them gives another. Texts that only the consent names are left
    out, and so are which free texts are released, when people are reminded, and whether a file is a draft.
    """
    left_out = {"facts", "title", "status", "consent", "estimates", "released_texts", "reminders"}
    design = study.model_dump(mode="json", exclude=left_out)
    instruments = {
        f"{code} v{version}": _hash(material.instruments[code, version].model_dump(mode="json", exclude={"status"}))
        for code, version in study.instrument_versions.items()
    }
    told = {"plan": material.plans[study.id].model_dump(mode="json"), "design": design, "instruments": instruments}
    return (json.dumps(told, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


def plan_hash(study: "Study", material: "Material") -> str:
    return hashlib.sha256(frozen_document(study, material)).hexdigest()


def _hash(value: object) -> str:
    return hashlib.sha256(json.dumps(value, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


@as_far_as_read
def check_plan(plan: Plan, study: "Study", instruments: Mapping[str, Instrument]) -> Iterator[tuple[str, str]]:
    """`instruments`: those of the study, by id."""
    yield from _check_primary(plan, study)
    yield from _check_outcomes(plan, study, instruments)
    yield from _check_corrections(plan)
    yield from _check_exclusions(plan, instruments)


@as_far_as_read
def _check_primary(plan: Plan, study: "Study") -> Iterator[tuple[str, str]]:
    primary = [family for family in plan.families if family.kind == "primary"]
    if len(primary) != 1:
        yield "families", say("there are {count} primary families; write one.", count=len(primary))
    elif study.primary_outcome not in {outcome.column for outcome in primary[0].outcomes}:
        yield (
            "families",
            say("{name} is the study's primary_outcome; put it in the primary family.", name=study.primary_outcome),
        )


@as_far_as_read
def _check_outcomes(plan: Plan, study: "Study", instruments: Mapping[str, Instrument]) -> Iterator[tuple[str, str]]:
    seen = set[tuple[str, str]]()
    for family, outcome in plan.outcomes:
        yield from _check_outcome(family, outcome, study, instruments, seen)


@as_far_as_read
def _check_outcome(
    family: Family, outcome: Outcome, study: "Study", instruments: Mapping[str, Instrument], seen: set[tuple[str, str]]
) -> Iterator[tuple[str, str]]:
    place = f"family {family.code}, outcome {outcome.column} at {outcome.wave}"
    if (outcome.column, outcome.wave) in seen:
        yield place, "it stands twice; remove one."
    seen.add((outcome.column, outcome.wave))
    for wave in (outcome.wave, outcome.before, outcome.waiting):
        if wave is not None:
            yield from ((place, message) for message in _check_asked(outcome.column, wave, study, instruments))
    yield from ((place, message) for message in _check_compared(outcome, study))


@as_far_as_read
def _check_corrections(plan: Plan) -> Iterator[tuple[str, str]]:
    for family in plan.families:
        if len(family.outcomes) > 1 and family.correction == "none":
            yield f"family {family.code}, correction", "more than one outcome needs a correction; write holm."


@as_far_as_read
def _check_exclusions(plan: Plan, instruments: Mapping[str, Instrument]) -> Iterator[tuple[str, str]]:
    for exclusion in plan.exclusions:
        yield from _check_exclusion(exclusion, instruments)


@as_far_as_read
def _check_compared(outcome: Outcome, study: "Study") -> Iterator[str]:
    """A wave is held against an earlier one, and against what those say who have not had the course yet."""
    order = [wave.code for wave in study.waves]
    if outcome.wave in order and outcome.before in order and order.index(outcome.before) >= order.index(outcome.wave):
        yield say("{before} does not come before {wave}; change places.", before=outcome.before, wave=outcome.wave)
    if outcome.waiting in order and not study.wave(outcome.waiting).is_while_waiting:
        yield say(
            "{wave} is not asked of those who wait before they get the course; write the code of a wave that is.",
            wave=outcome.waiting,
        )


@as_far_as_read
def _check_exclusion(exclusion: Exclusion, instruments: Mapping[str, Instrument]) -> Iterator[tuple[str, str]]:
    place = f"exclusion {exclusion.column}"
    if exclusion.column not in FLAGS.keys() | _columns(instruments.values()):
        known = ", ".join(sorted(FLAGS))
        yield place, say("there is no such column; write an item or one of {known}.", known=known)
        return
    values = FLAGS.get(exclusion.column) or _chosen_values(exclusion.column, instruments.values())
    if values and exclusion.value not in values:
        yield (
            f"{place}, value",
            say(
                "the column never has the value {value}; write one of {known}.",
                value=exclusion.value,
                known=", ".join(map(str, sorted(values))),
            ),
        )


def _chosen_values(column: str, instruments: Iterable[Instrument]) -> frozenset[int]:
    """What a choice is released as; empty where the values are not written in the instrument alone."""
    items = {item.code: item for instrument in instruments for item in instrument.items}
    item = items.get(column)
    if item is None or item.kind not in ("single", "knowledge") or item.options_from is not None:
        return frozenset()
    return _NO_OR_YES if item.released_as == "at_least_once" else frozenset(item.scored_values)


@as_far_as_read
def _check_asked(column: str, wave: str, study: "Study", instruments: Mapping[str, Instrument]) -> Iterator[str]:
    if wave not in {known.code for known in study.waves}:
        yield say("there is no wave {code}; write the code of one.", code=wave)
        return
    try:
        asked = {code for order in study.form_orders or ("",) for code in study.instrument_ids(wave, order)}
    except NotFound:
        # Told with the study, of its parallel forms: what is asked is not known before.
        return
    if column not in _columns(instrument for code, instrument in instruments.items() if code in asked):
        yield say("{name} is not asked at {wave}; write a scale or an item that is.", name=column, wave=wave)


def _columns(instruments: Iterable[Instrument]) -> set[str]:
    found: set[str] = set()
    for instrument in instruments:
        found |= {scale.code for scale in instrument.scales} | {item.code for item in instrument.items}
    return found
