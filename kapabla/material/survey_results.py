"""What is published of an open survey: shares with their margin of error, how many answered and how it was counted."""

from collections.abc import Collection
from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from kapabla.material.promise_editions import SignedPart
from kapabla.material.texts import Text

Margin = Literal["sex", "age", "area"]
MARGINS: tuple[Margin, ...] = ("sex", "age", "area")


class Figure(SignedPart):
    """The share of a group that an indicator holds for, in whole percent. `group`: empty for everybody. `n`: how
    many have answered at least, of everybody alone. A figure that is not shown has none of n, percent and plus_minus,
    whatever the cause."""

    indicator: str
    margin: Margin | None = None
    group: str = ""
    n: int | None = None
    percent: Annotated[int, Field(ge=0, le=100)] | None = None
    plus_minus: int | None = None


class Group(SignedPart):
    """The options of a margin that are told of together. `group` is their values, for example "1" or "1-2"."""

    margin: Margin
    group: str
    labels: tuple[Text, ...]


class Told(SignedPart):
    """An indicator, or a place that people feel unsafe at. `is_none`: the answer that there is no such place."""

    indicator: str
    label: Text
    is_none: bool = False


class Method(SignedPart):
    """`web` and `paper`: None where one of them is too few to be told. `like`: how many people who all weigh the same
    would tell as much. `weighted_by`: none where too few answered to weight them."""

    people: int | None
    web: int | None
    paper: int | None
    population: int
    source: str
    as_of: date
    retrieved_on: date
    weighted_by: tuple[Margin, ...]
    design_effect: float | None
    like: int | None
    confidence: float
    smallest: int


class SurveyResult(SignedPart):
    """`version`: above 1 a correction of the one before, and `note` what it puts right."""

    slug: str
    version: Annotated[int, Field(ge=1)] = 1
    note: str = ""
    municipality: str
    opens_on: date
    closes_on: date
    is_example: bool
    instrument: str
    instrument_version: int
    method: Method
    indicators: tuple[Told, ...]
    places: tuple[Told, ...]
    groups: tuple[Group, ...]
    figures: tuple[Figure, ...]

    @property
    def year(self) -> int:
        return self.closes_on.year

    @property
    def has_figures(self) -> bool:
        return any(figure.percent is not None for figure in self.figures)

    def figure(self, indicator: str, margin: Margin | None = None, group: str = "") -> Figure | None:
        wanted = (indicator, margin, group)
        return next((one for one in self.figures if (one.indicator, one.margin, one.group) == wanted), None)


def without_figures(result: SurveyResult, *, note: str, of: Collection[str]) -> SurveyResult:
    """A correction: the next version, with a note, and nothing more told of these indicators and places."""
    figures = tuple(_blank(one) if one.indicator in of else one for one in result.figures)
    return result.model_copy(update={"version": result.version + 1, "note": note, "figures": figures})


def only_takes_away(former: SurveyResult, later: SurveyResult) -> bool:
    """Whoever holds both knows nothing that the former did not tell: each figure is the same, or gone."""
    free = {"version": former.version + 1, "note": later.note, "figures": later.figures}
    return former.model_copy(update=free) == later and all(
        now in (before, _blank(before)) for before, now in zip(former.figures, later.figures, strict=True)
    )


def _blank(figure: Figure) -> Figure:
    return Figure(indicator=figure.indicator, margin=figure.margin, group=figure.group)


def to_bytes(result: SurveyResult) -> bytes:
    return result.model_dump_json(indent=1).encode()


def from_bytes(body: bytes) -> SurveyResult:
    return SurveyResult.model_validate_json(body)
