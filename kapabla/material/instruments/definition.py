"""What an instrument is: pages of items, their options, and the scales scored from them. Values only; no reading."""

from enum import Enum
from functools import cached_property
from typing import Annotated, Literal

from pydantic import Field

from kapabla.material.instruments.rules import Rule
from kapabla.material.texts import Frozen, Language, Text, languages_of

# 26 characters: SPSS and Stata names must hold a wave and a REDCap checkbox suffix as well (`redcap-api.md` A5).
Code = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=26)]
Status = Literal["draft", "published"]
Kind = Literal["single", "multi", "knowledge", "number", "date", "short_text", "long_text", "rank", "information"]
Box = Literal["not_a_report", "if_it_stirs", "content_note_questions"]

MAX_ITEMS_ON_PAGE = 8
MAX_WORDS_IN_VIGNETTE = 250  # as a page of the course
# An answer inside the range of the codes of missing answers would be read as one.
LOWEST_NUMBER = -90
CHOICES: tuple[Kind, ...] = ("single", "multi", "knowledge")
TEXTS: tuple[Kind, ...] = ("short_text", "long_text")


class MissingReason(Enum):
    """Why a cell is blank: value in .sav, letter in .dta, and the two labels of the codebook."""

    NOT_REACHED = (-91, "a", "Kom inte så långt", "Not reached")
    NOT_SHOWN = (-92, "b", "Visades inte", "Not shown")
    SKIPPED = (-93, "c", "Hoppade över", "Skipped")
    DECLINED = (-94, "d", "Vill inte svara", "Prefer not to answer")
    NO_OPINION = (-95, "e", "Har ingen uppfattning", "No opinion")
    WITHHELD = (-97, "f", "Lämnas inte ut", "Withheld")

    stata: str
    label_sv: str
    label_en: str

    # By identity, as equality is. An enum would hash its name, in Python: for each blank cell of a release, many times.
    __hash__ = object.__hash__

    def __new__(cls, code: int, stata: str, label_sv: str, label_en: str) -> "MissingReason":
        reason = object.__new__(cls)
        reason._value_ = code
        reason.stata = stata
        reason.label_sv = label_sv
        reason.label_en = label_en
        return reason

    @property
    def slug(self) -> str:
        """As it stands in `missing.csv` and in the answers vault."""
        return self.name.lower()

    @classmethod
    def of_slug(cls, slug: str) -> "MissingReason":
        return cls[slug.upper()]


class Option(Frozen):
    value: int
    text: Text
    missing: Literal["no_opinion"] | None = None  # chosen, stored as a reason, never scored
    code: str | None = None  # what the value stands for in a placement: a role or municipality code
    stays_last: bool = False  # where the order of options is random: "Annat", "Vet inte"
    alone: bool = False  # of a multi item: none of the others, so it is chosen with nothing else

    @property
    def is_last(self) -> bool:
        return self.stays_last or self.missing is not None


class Slider(Frozen):
    """Beside a number field, with script only; it holds no answer of its own. What its two ends are called."""

    low: Text
    high: Text
    step: Annotated[int, Field(ge=1)] = 1


class Item(Frozen):
    code: Code
    kind: Kind
    text: Text
    response_scale: str | None = None  # where `options` came from, if they are a shared response scale
    options: tuple[Option, ...] = ()
    # The study's municipalities, or the named places of a survey's municipality, come before the written options.
    options_from: Literal["study_municipalities", "survey_places"] | None = None
    confirms: Literal["role", "municipality"] | None = None  # shown as "Stämmer det här?" with the placement's value
    reversed: bool = False
    may_decline: bool = False
    correct: int | None = None
    feedback: Text | None = None  # of knowledge items: never in a questionnaire (`texts-sv.md` 7.1.6)
    source: str | None = None
    cell: int | None = None  # which of the twelve parallel cells a knowledge item fills
    sensitive: bool = False
    quasi_identifier: bool = False
    margin: Literal["age", "sex", "area"] | None = None  # of an open survey: known totals, and groups that are told of
    then_of: Code | None = None
    show_if: Rule | None = None
    not_at: tuple[str, ...] = ()  # waves where the item is not part of the questionnaire
    enabled: bool = True  # an item may be written and stay switched off until somebody has decided
    minimum: int | None = None
    maximum: int | None = None
    decimals: int = 0
    slider: Slider | None = None
    max_length: int | None = None
    quotation: Text | None = None  # the box at a field for words, unticked: may this be quoted without a name
    places: Annotated[int, Field(ge=1)] | None = None  # of a rank item: how many options get a place; None: all
    random_options: bool = False
    released_as: Literal["value", "at_least_once"] = "value"  # BET5, BET6: a count would point at the reporter

    def option(self, value: int) -> Option | None:
        return next((option for option in self.options if option.value == value), None)

    @property
    def scored_values(self) -> tuple[int, ...]:
        return tuple(option.value for option in self.options if option.missing is None)

    @property
    def is_choice(self) -> bool:
        return self.kind in CHOICES

    @property
    def has_options(self) -> bool:
        return self.is_choice or self.kind == "rank"

    @property
    def places_to_give(self) -> int:
        return min(self.places or len(self.options), len(self.options))

    @property
    def is_text(self) -> bool:
        return self.kind in TEXTS

    @property
    def is_asked(self) -> bool:
        return self.kind != "information"


class Group(Frozen):
    """Items of one page under a common text: the stem of a matrix, always shown stacked, or the story of a vignette.

    `title` is a vignette's heading, and how its items are told apart from another's in the codebook.
    """

    code: Code
    kind: Literal["matrix", "vignette"]
    title: Text | None = None
    text: Text
    items: tuple[Code, ...]
    random_items: bool = False


class Page(Frozen):
    items: tuple[Code, ...]
    heading: Text | None = None
    intro: Text | None = None
    stem: Text | None = None
    no_right_or_wrong: bool = False
    boxes: tuple[Box, ...] = ()
    random_items: bool = False  # a group moves as one


class Scale(Frozen):
    code: Code
    label: Text
    items: tuple[Code, ...]
    score: Literal["mean", "sum_correct", "count_done"]
    min_answered: int
    minimum: int
    maximum: int
    high_means: Text
    only_if: Rule | None = None  # the score exists only for those for whom the rule is true


class Indicator(Frozen):
    """What an open survey tells of an item: the share of those who have answered it who gave one of the values."""

    code: Code
    item: Code
    values: tuple[int, ...]
    label: Text


class Instrument(Frozen):
    id: Code
    version: int = Field(ge=1)
    status: Status
    construct_name: str  # what it measures; pydantic keeps the plain word for itself
    kirkpatrick_level: Annotated[int, Field(ge=1, le=4)] | None = None
    title: Text
    form_name: Code  # the form of its fields in REDCap
    pages: tuple[Page, ...]
    items: tuple[Item, ...]
    groups: tuple[Group, ...] = ()
    scales: tuple[Scale, ...] = ()
    indicators: tuple[Indicator, ...] = ()
    random_pages: bool = False

    @property
    def key(self) -> tuple[str, int]:
        return (self.id, self.version)

    @cached_property
    def languages(self) -> tuple[Language, ...]:
        """Whole in these: an instrument is asked in one language from its first item to its last."""
        return languages_of(self)

    @cached_property
    def is_random(self) -> bool:
        """Whether anything in it stands in an order that chance has given."""
        units: tuple[Page | Group, ...] = (*self.pages, *self.groups)
        return (
            self.random_pages
            or any(unit.random_items for unit in units)
            or any(item.random_options for item in self.items)
        )

    def item(self, code: str) -> Item:
        return next(item for item in self.items if item.code == code)

    def group_of(self, item_code: str) -> Group | None:
        return next((group for group in self.groups if item_code in group.items), None)

    def item_of_margin(self, margin: str) -> Item | None:
        return next((item for item in self.items if item.margin == margin), None)

    def scale(self, code: str) -> Scale:
        return next(scale for scale in self.scales if scale.code == code)


class ResponseScale(Frozen):
    code: Code
    options: tuple[Option, ...]


class ResponseScales(Frozen):
    scales: tuple[ResponseScale, ...]
