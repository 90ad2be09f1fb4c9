"""Each released column described once: every file, the codebook and the research API read it from here."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from kapabla.errors import KapablaError
from kapabla.material.instruments import MissingReason

_NAME = re.compile(r"[a-z][a-z0-9_]*")
# Room for `_t12` or a checkbox's `___9001`, and still within the 32 characters of Stata (`redcap-api.md` A5).
MAX_NAME, MAX_WIDE_NAME = 26, 32


class ColumnUnsound(KapablaError):
    """A column that some file could not hold, or that nobody has described."""

    code = "column_unsound"


class Kind(Enum):
    ID = "id"
    WAVE = "wave"
    WEEKS = "weeks"
    DATE_STEP = "date_step"  # the first day of the released step, as text
    PLACE = "place"  # a code of the placement
    CATEGORY = "category"
    NUMBER = "number"
    SCORE = "score"
    FLAG = "flag"  # 0 or 1
    RANK = "rank"  # the place that an option was given; 0 where it got none
    ORDER = "order"  # which of the random orders was shown


_TEXTS = {Kind.ID, Kind.WAVE, Kind.PLACE, Kind.DATE_STEP}
_WHOLE = {Kind.WEEKS, Kind.CATEGORY, Kind.FLAG, Kind.RANK, Kind.ORDER}


@dataclass(frozen=True)
class Scoring:
    """How a score is computed: of which columns, by which rule (mean, sum_correct, count_done), from how many answers
    on. only_if: the condition under which there is a score, as the instrument writes it; empty: always.
    key: of a test, the right answer to each item."""

    items: tuple[str, ...]
    rule: str
    min_answered: int
    high_means: Mapping[str, str]
    only_if: Mapping[str, object] = field(default_factory=dict)
    key: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class ColumnSpec:
    """A released column. Example: ColumnSpec("se_mean", Kind.SCORE, {"sv": "…", "en": "…"}, minimum=1, maximum=5).

    form_labels: the title of its form; option: of a checkbox, what the option says; both by language. slugs: of the
    waves, the name of each in addresses and in REDCap.

    labels: by language (sv, en). categories, categories_en: value to label, in order. minimum, maximum: inclusive, in
    the column's own unit. waves: where it can hold a value (empty: all). missing: reasons that can stand in it.
    importance: place among the quasi-identifiers, 1 the most important. part_of: the item of a checkbox, or the column
    that a wide one was spread from. group: the matrix or vignette that an item stands in. orders: for a random order,
    what each seed shows. is_per_person: says the same at every wave, and stands once in the wide table. planned: by
    wave, primary or secondary where the frozen plan names it as an outcome; all else is exploratory. then_of: for what
    was asked afterwards about the time before, the column of the same question about now. disclosure: what protection
    did to it (kept, at_least_once, recoded, withheld). scoring: of a score. scales: the scores that an item counts in.
    Raises `ColumnUnsound`.
    """

    name: str
    kind: Kind
    labels: Mapping[str, str]
    categories: Mapping[int | str, str] = field(default_factory=dict)
    categories_en: Mapping[int | str, str] = field(default_factory=dict)
    minimum: float | None = None
    maximum: float | None = None
    decimals: int = 0
    construct: str = ""
    kirkpatrick_level: int | None = None
    form: str = ""
    form_labels: Mapping[str, str] = field(default_factory=dict)
    instrument_version: str = ""
    waves: tuple[str, ...] = ()
    missing: tuple[MissingReason, ...] = ()
    is_quasi_identifier: bool = False
    importance: int | None = None
    is_reversed: bool = False
    is_ordered: bool = False
    is_sensitive: bool = False
    part_of: str = ""
    option: Mapping[str, str] = field(default_factory=dict)
    slugs: Mapping[str, str] = field(default_factory=dict)
    group: str = ""
    orders: Mapping[int, str] = field(default_factory=dict)
    disclosure: str = "kept"
    is_per_person: bool = False
    planned: Mapping[str, str] = field(default_factory=dict)
    then_of: str = ""
    scoring: Scoring | None = None
    scales: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        longest = MAX_WIDE_NAME if self.part_of else MAX_NAME
        if not _NAME.fullmatch(self.name) or len(self.name) > longest:
            raise ColumnUnsound(column=self.name, fault="name", longest=longest)
        if not self.labels.get("sv") or not self.labels.get("en"):
            raise ColumnUnsound(column=self.name, fault="label")
        if self.categories_en and list(self.categories_en) != list(self.categories):
            raise ColumnUnsound(column=self.name, fault="categories")

    @property
    def is_text(self) -> bool:
        return self.kind in _TEXTS

    @property
    def is_whole(self) -> bool:
        """Whole numbers without a decimal point in every file."""
        return self.kind in _WHOLE or (self.kind is Kind.NUMBER and self.decimals == 0)

    @property
    def measure(self) -> str:
        """The measure level that SPSS knows."""
        if self.kind in (Kind.SCORE, Kind.WEEKS, Kind.NUMBER):
            return "scale"
        return "ordinal" if self.is_ordered else "nominal"

    def category_labels(self, language: str) -> Mapping[int | str, str]:
        return self.categories_en if language == "en" and self.categories_en else self.categories
