"""Known totals from a file: how many inhabitants of each age and sex, in years or bands, as statistics have them."""

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence

from kapabla.errors import Refused
from kapabla.material.instruments.definition import Instrument
from kapabla.material.surveys import Count

_NAMES = {
    "age": ("ålder", "age", "åldersgrupp"),
    "sex": ("kön", "sex", "gender"),
    "people": ("antal", "folkmängd", "people", "invånare"),
}
_SEXES = {1: ("kvinna", "kvinnor", "k", "woman", "women", "female"), 2: ("man", "män", "m", "men", "male")}
_AGES = re.compile(r"(\d{1,3})(?:\s*[-–]\s*(\d{1,3})|\s*(\+))?")
_OLDEST = 999
MOST_ROWS = 1_000
Band = tuple[int, int]


def read_totals(body: bytes, instrument: Instrument) -> tuple[Count, ...]:
    """Summed to the bands of the instrument. Whoever is younger than the youngest band is left out.

    Raises Refused: totals_unreadable, totals_columns, totals_row (`row` is the line of the file), totals_empty
    (`lacking`: an age and sex that nobody is of).
    """
    bands = bands_of(instrument)
    youngest = min(first for first, _ in bands.values())
    sums: dict[tuple[int, int], int] = {}
    for number, (age, sex, people) in _rows(body):
        ages, option = _ages(age), _sex(sex)
        count = re.sub(r"\s", "", people)
        if ages is None or option is None or not (count.isascii() and count.isdigit()):
            raise Refused("totals_row", row=number)
        if ages[1] < youngest:
            continue
        band = next((value for value, held in bands.items() if held[0] <= ages[0] and ages[1] <= held[1]), None)
        if band is None:
            raise Refused("totals_row", row=number)
        sums[band, option] = sums.get((band, option), 0) + int(count)
    for band in bands:
        for option in _SEXES:
            if not sums.get((band, option)):
                raise Refused("totals_empty", lacking=f"{_label(instrument, 'age', band)}, {_SEXES[option][0]}")
    return tuple(Count(age=age, sex=sex, people=people) for (age, sex), people in sorted(sums.items()))


def bands_of(instrument: Instrument) -> Mapping[int, Band]:
    """The years of each option of age, from its Swedish words: "16–29 år", "80 år eller äldre"."""
    item = instrument.item_of_margin("age")
    found: dict[int, Band] = {}
    for option in item.options if item else ():
        years = [int(number) for number in re.findall(r"\d+", option.text.sv)]
        found[option.value] = (years[0], years[1] if len(years) > 1 else _OLDEST)
    return found


def _label(instrument: Instrument, margin: str, value: int) -> str:
    item = instrument.item_of_margin(margin)
    option = item.option(value) if item else None
    return option.text.sv if option else str(value)


def _rows(body: bytes) -> Iterator[tuple[int, tuple[str, str, str]]]:
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = body.decode("cp1252", errors="replace")
    separator = max(";,\t", key=text.partition("\n")[0].count)
    try:
        lines = list(csv.reader(io.StringIO(text), delimiter=separator, strict=True))[: MOST_ROWS + 1]
    except csv.Error as error:
        raise Refused("totals_unreadable") from error
    header = [cell.strip().lower() for cell in lines[0]] if lines else []
    at = [_place(header, _NAMES[name]) for name in ("age", "sex", "people")]
    if any(place is None for place in at):
        raise Refused("totals_columns")
    for number, line in enumerate(lines[1:], start=2):
        if "".join(line).strip():
            cells = [line[place].strip() if place is not None and place < len(line) else "" for place in at]
            yield number, (cells[0], cells[1], cells[2])


def _place(header: Sequence[str], names: Sequence[str]) -> int | None:
    return next((header.index(name) for name in names if name in header), None)


def _ages(text: str) -> Band | None:
    """
    >>> _ages("16–29 år"), _ages("17"), _ages("100+ år"), _ages("80 år eller äldre"), _ages("okänd")
    ((16, 29), (17, 17), (100, 999), (80, 999), None)
    """
    found = _AGES.match(text)
    if found is None:
        return None
    first = int(found[1])
    if found[3] or "äldre" in text or "older" in text:
        return first, _OLDEST
    return first, int(found[2]) if found[2] else first


def _sex(text: str) -> int | None:
    return next((option for option, words in _SEXES.items() if text.lower() in words), None)
