"""Aggregates from a CSV file: our own columns, or those of Kolada and Brå by the names that they usually have.

Long files have a row for each place and period; Kolada's own export is wide, with a column for each year. Rows of
places that are not ours, and of one gender alone, are left out and counted. One faulty row and nothing is taken.
"""

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from kapabla.errors import Refused
from kapabla.material.registers import Municipality
from kapabla.material.series import KINDS

# What each column is called, folded: ours, Kolada's API and export, Brå's tables.
_NAMES = {
    "series": ("serie", "series", "kpi", "nyckeltal", "brottstyp", "brott", "indikator"),
    "place": ("kommun", "municipality", "municipality_id", "region", "område"),
    "period": ("period", "år", "year", "månad", "tid", "tidsperiod"),
    "count": ("antal", "antal brott", "antal anmälda brott"),
    "value": ("värde", "value"),
    "rate": (
        "per 100 000", "/100 000 inv", "per 100 000 inv",
        "per 100 000 invånare", "antal per 100 000 invånare", "antal/100 000 inv",
    ),
    "gender": ("gender", "kön"),
    "status": ("status",),
}  # fmt: skip
_MISSING = frozenset({"", "..", ".", "na", "nan", "null", "saknas"})
_NIL = frozenset({"-", "\u2013", "\u2212"})  # how statistical tables write none at all
_BOTH = frozenset({"", "t", "totalt", "total", "samtliga", "alla"})
_MONTHS = ("jan", "feb", "mar", "apr", "maj", "jun", "jul", "aug", "sep", "okt", "nov", "dec")
_YEAR = re.compile(r"(?:19|20)\d\d")
_MONTH = re.compile(r"((?:19|20)\d\d)[-M](0[1-9]|1[0-2])")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)?")
TOLD_ROWS = 5
_CODE = re.compile(r"[a-z0-9][a-z0-9-]{0,59}")


# Kinds that count people, or what they have been through: one odd decimal must not make shares of small counts.
COUNTED = ("calls", "concern", "crime", "support")


@dataclass(frozen=True)
class About:
    """Where a file comes from. `code` and `name`: where the file has one series; else each is called as it calls it."""

    kind: str
    source: str
    retrieved_on: date
    code: str = ""
    name: str = ""
    name_en: str = ""
    unit: str = ""

    @property
    def is_count(self) -> bool | None:
        """What the unit says that a column of values holds; None where it says nothing."""
        return self.unit.strip().lower() in ("antal", "st") if self.unit else None


def code_of(name: str) -> str:
    """
    >>> code_of("Misshandel mot kvinna, bekant gärningsperson")
    'misshandel-mot-kvinna-bekant-garningsperson'
    """
    plain = unicodedata.normalize("NFKD", name.lower()).encode("ascii", "ignore").decode()
    return "-".join(re.findall(r"[a-z0-9]+", plain))[:60].strip("-")


@dataclass(frozen=True)
class Place:
    """A municipality: its code and what it may be called."""

    code: str
    names: tuple[str, ...]


def places_of(municipalities: Iterable[Municipality]) -> list[Place]:
    return [Place(one.code, (one.name, *one.aliases)) for one in municipalities]


@dataclass(frozen=True)
class Observation:
    """`series`: as the file names it, empty where it has one alone. `is_count`: how many, and not a share or a rate."""

    series: str
    place: str
    period: str
    value: float | None
    rate: float | None
    is_count: bool


@dataclass(frozen=True)
class Found:
    observations: tuple[Observation, ...]
    elsewhere: int
    of_one_gender: int


def read_file(body: bytes, places: Sequence[Place], *, is_count: bool | None = None) -> Found:
    """`is_count`: what a column of values holds; where it is not told, whole numbers throughout are counts.

    Raises Refused: series_unreadable, series_columns_lacking, series_rows_faulty, series_empty, series_period_twice,
    series_periods_mixed.
    """
    header, rows = _cells(body)
    at = {role: places_at for role, names in _NAMES.items() if (places_at := _first(header, names)) is not None}
    years = {cell: place for place, cell in enumerate(header) if _YEAR.fullmatch(cell)}
    measures = [role for role in ("value", "count", "rate") if role in at]
    if "place" not in at or not (("period" in at and measures) or years):
        raise Refused("series_columns_lacking", columns=", ".join(header) or "none")
    wide = "period" not in at
    known = {_folded(name): place.code for place in places for name in (place.code, *place.names)}
    found: list[Observation] = []
    elsewhere, of_one_gender, faulty = 0, 0, list[int]()
    for number, row in enumerate(rows, start=2):
        place = _place(row[at["place"]], known)
        if place is None:
            elsewhere += 1
        elif "gender" in at and _folded(row[at["gender"]]) not in _BOTH:
            of_one_gender += 1
        else:
            try:
                found += _wide(row, at, years, place) if wide else [_long(row, at, measures, place)]
            except ValueError:
                faulty.append(number)
    if faulty:
        raise Refused("series_rows_faulty", rows=", ".join(map(str, faulty[:TOLD_ROWS])), count=len(faulty))
    if not found:
        raise Refused("series_empty", elsewhere=elsewhere)
    if measures[:1] != ["count"]:
        found = _as_told(found, is_count)
    _check(found)
    return Found(tuple(found), elsewhere, of_one_gender)


def codes_of(found: Found, about: About, *, today: date) -> dict[str, str]:
    """What each series of the file is called in addresses, by its own name.

    Raises Refused: series_kind_unknown, series_source_lacking, series_retrieved_later, series_code_lacking,
    series_code_wrong, series_code_for_one, series_unit_lacking.
    """
    _check_about(about, today)
    is_told = about.unit or about.kind not in COUNTED
    if not is_told and any(one.value is not None and not one.is_count for one in found.observations):
        raise Refused("series_unit_lacking")
    names = sorted({one.series for one in found.observations})
    if about.code and len(names) > 1:
        raise Refused("series_code_for_one", count=len(names))
    codes = {name: about.code or code_of(name) for name in names}
    for code in codes.values():
        if not code:
            raise Refused("series_code_lacking")
        if not _CODE.fullmatch(code):
            raise Refused("series_code_wrong", series=code)
    return codes


def _check_about(about: About, today: date) -> None:
    if about.kind not in KINDS:
        raise Refused("series_kind_unknown", kind=about.kind, known=", ".join(KINDS))
    if not about.source.strip():
        raise Refused("series_source_lacking")
    if about.retrieved_on > today:
        raise Refused("series_retrieved_later", day=about.retrieved_on)


def _cells(body: bytes) -> tuple[list[str], Iterator[list[str]]]:
    """The header, folded, and the rows at its width. UTF-8, or the Windows letters that older exports have."""
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = body.decode("cp1252", errors="replace")
    first = text.partition("\n")[0]
    separator = max(";,\t", key=first.count)
    try:
        lines = [
            line for line in csv.reader(io.StringIO(text), delimiter=separator, strict=True) if "".join(line).strip()
        ]
    except csv.Error as error:
        raise Refused("series_unreadable") from error
    if not lines:
        raise Refused("series_empty", elsewhere=0)
    header = [_folded(cell) for cell in lines[0]]
    return header, (line + [""] * (len(header) - len(line)) for line in lines[1:])


def _first(header: Sequence[str], names: Sequence[str]) -> int | None:
    return next((header.index(name) for name in names if name in header), None)


def _folded(text: str) -> str:
    """
    >>> _folded("  Per\u00a0100 000  INV. ")
    'per 100 000 inv'
    """
    return " ".join(unicodedata.normalize("NFC", text).split()).lower().removesuffix(".")


def _place(text: str, known: dict[str, str]) -> str | None:
    """
    >>> known = {"2404": "2404", "vindeln": "2404"}
    >>> [_place(text, known) for text in ("2404", "2404 Vindeln", "Vindelns kommun", "Vindeln", "Riket")]
    ['2404', '2404', '2404', '2404', None]
    """
    folded = _folded(text).removesuffix(" kommun")
    tried = (folded, folded.removesuffix("s"), folded.partition(" ")[0])
    return next((known[name] for name in tried if name in known), None)


def _long(row: Sequence[str], at: dict[str, int], measures: Sequence[str], place: str) -> Observation:
    # A table that has value beside count is Kolada's, where the count is of something else.
    main = measures[0]
    is_missing = "status" in at and _folded(row[at["status"]]) in ("missing", "private")
    value = None if is_missing else _number(row[at[main]])
    rate = _number(row[at["rate"]]) if "rate" in at and main != "rate" else None
    series = row[at["series"]].strip() if "series" in at else ""
    return Observation(series, place, _period(row[at["period"]]), value, rate, main == "count")


def _wide(row: Sequence[str], at: dict[str, int], years: dict[str, int], place: str) -> Iterator[Observation]:
    series = row[at["series"]].strip() if "series" in at else ""
    for year, column in years.items():
        yield Observation(series, place, year, _number(row[column]), None, is_count=False)


def _number(text: str) -> float | None:
    """
    >>> _number("1\u00a0234,5"), _number(".."), _number("-"), _number("7")
    (1234.5, None, 0.0, 7.0)
    """
    folded = "".join(text.split()).lower()
    if folded in _MISSING:
        return None
    if folded in _NIL:
        return 0.0
    if not _NUMBER.fullmatch(folded):
        raise ValueError
    return float(folded.replace(",", "."))


def _period(text: str) -> str:
    """
    >>> _period("2024"), _period("2024M03"), _period("2024 mars"), _period("mar 2024"), _period("2024-03")
    ('2024', '2024-03', '2024-03', '2024-03', '2024-03')
    """
    folded = " ".join(text.split())
    if _YEAR.fullmatch(folded):
        return folded
    if month := _MONTH.fullmatch(folded.upper()):
        return f"{month[1]}-{month[2]}"
    words = {_YEAR.fullmatch(word) is not None: word.lower() for word in folded.split()}
    if len(words) == 2 and words[False][:3] in _MONTHS:
        return f"{words[True]}-{_MONTHS.index(words[False][:3]) + 1:02}"
    raise ValueError


def _as_told(found: Sequence[Observation], is_count: bool | None) -> list[Observation]:
    """Each series by itself: a file may hold a count and a share."""
    whole = {one.series for one in found} - {
        one.series for one in found if one.value is not None and not one.value.is_integer()
    }
    counted = {one.series for one in found} if is_count else whole if is_count is None else set()
    return [
        Observation(one.series, one.place, one.period, one.value, one.rate, one.series in counted) for one in found
    ]  # fmt: skip


def _check(found: Sequence[Observation]) -> None:
    """A place has one value a period; years beside their months would give away a month that is hidden."""
    kinds: dict[str, int] = {}
    seen: set[tuple[str, str, str]] = set()
    for one in found:
        key = (one.series, one.place, one.period)
        if key in seen:
            raise Refused("series_period_twice", place=one.place, period=one.period)
        seen.add(key)
        if kinds.setdefault(one.series, len(one.period)) != len(one.period):
            raise Refused("series_periods_mixed")
