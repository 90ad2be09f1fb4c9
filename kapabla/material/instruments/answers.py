"""One posted page to answers, reasons for missing ones, and coded faults. The web owns the sentences about faults."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from kapabla.material.instruments.definition import Item, MissingReason
from kapabla.material.instruments.path import QuestionnairePage
from kapabla.material.instruments.ranking import entry
from kapabla.material.texts import Text

Value = int | float | str | list[int]
Form = Mapping[str, list[str]]

# What the radio button or box "Vill inte svara" posts.
DECLINED = str(MissingReason.DECLINED.value)
DEFAULT_MAX_LENGTH = 2000
# The three fields of a date are called by the item and these.
DATE_PARTS = ("ar", "manad", "dag")
# The box at a field for words is called by the item and this.
QUOTED = "citat"
_ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


@dataclass(frozen=True)
class AnswerFault:
    """`code` is unknown_option, several_options, declined_and_chosen, not_a_number, too_many_decimals, too_small,
    too_large, not_a_date, too_long, place_used_twice, place_left_out or not_alone; `context` holds what a
    sentence about it needs."""

    item: str
    code: str
    context: Mapping[str, int | str | Text] = field(default_factory=dict)


@dataclass(frozen=True)
class PageAnswers:
    values: dict[str, Value] = field(default_factory=dict)
    missing: dict[str, MissingReason] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)  # apart: free text never stands in the submission
    may_be_quoted: list[str] = field(default_factory=list)  # of the texts, those whose box was ticked
    faults: list[AnswerFault] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)


def read_page(page: QuestionnairePage, form: Form, shown_items: Iterable[Item] | None = None) -> PageAnswers:
    """Read what was posted for the page. Items of the page that are not among `shown_items` are `not_shown`, whatever
    was posted for them. An item with a fault is in none of the other lists."""
    shown = {item.code: item for item in (page.items if shown_items is None else shown_items)}
    read = PageAnswers(missing=dict.fromkeys(page.not_shown, MissingReason.NOT_SHOWN))
    for item in page.items:
        if item.code not in shown:
            read.missing[item.code] = MissingReason.NOT_SHOWN
        elif item.is_asked:
            _read_item(item, [value.strip() for value in _posted(item, form) if value.strip()], read)
            if item.quotation and item.code in read.texts and form.get(f"{item.code}-{QUOTED}"):
                read.may_be_quoted.append(item.code)
    return read


def _posted(item: Item, form: Form) -> list[str]:
    """What stands under the item's name, and for a date what stands in its three fields, as one."""
    given = list(form.get(item.code, []))
    if item.kind == "date":
        year, month, day = ("".join(form.get(f"{item.code}-{part}", [""])[0].split()) for part in DATE_PARTS)
        if year or month or day:
            given.append(f"{year}-{month:0>2}-{day:0>2}")
    return given


def _read_item(item: Item, given: list[str], read: PageAnswers) -> None:
    if not given:
        read.missing[item.code] = MissingReason.SKIPPED
        read.skipped.append(item.code)
    elif item.may_decline and DECLINED in given:
        if set(given) == {DECLINED}:
            read.missing[item.code] = MissingReason.DECLINED
        else:
            read.faults.append(AnswerFault(item.code, "declined_and_chosen"))
    elif item.is_text:
        _read_text(item, given, read)
    elif item.is_choice:
        _read_choice(item, given, read)
    elif item.kind == "rank":
        _read_rank(item, given, read)
    elif item.kind == "number":
        _keep(item, _number(item, given[0]), read)
    else:
        _keep(item, _date(item, given[0]), read)


def _read_choice(item: Item, given: list[str], read: PageAnswers) -> None:
    known = {str(option.value): option for option in item.options}
    if any(value not in known for value in given):
        read.faults.append(AnswerFault(item.code, "unknown_option"))
    elif item.kind == "multi":
        alone = next((known[value] for value in given if known[value].alone), None)
        if alone and len(set(given)) > 1:
            read.faults.append(AnswerFault(item.code, "not_alone", {"option": alone.text}))
        else:
            read.values[item.code] = sorted({int(value) for value in given})
    elif len(set(given)) > 1:
        read.faults.append(AnswerFault(item.code, "several_options"))
    elif known[given[0]].missing is not None:
        read.missing[item.code] = MissingReason.NO_OPINION
    else:
        read.values[item.code] = int(given[0])


def _read_rank(item: Item, given: list[str], read: PageAnswers) -> None:
    """The options with a place, first to last. Fewer than there are places is an answer; a gap or a tie is none."""
    allowed = {
        entry(option.value, place): (place, option.value)
        for option in item.options
        for place in range(1, item.places_to_give + 1)
    }
    if any(text not in allowed for text in given):
        read.faults.append(AnswerFault(item.code, "unknown_option"))
        return
    places = sorted({allowed[text] for text in given})
    numbers, options = [place for place, _ in places], [option for _, option in places]
    if len(set(numbers)) < len(places) or len(set(options)) < len(places):
        read.faults.append(AnswerFault(item.code, "place_used_twice"))
    elif numbers != list(range(1, len(places) + 1)):
        read.faults.append(AnswerFault(item.code, "place_left_out"))
    else:
        read.values[item.code] = options


def _read_text(item: Item, given: list[str], read: PageAnswers) -> None:
    longest = item.max_length or DEFAULT_MAX_LENGTH
    text = given[0].replace("\r\n", "\n")
    if len(text) > longest:
        read.faults.append(AnswerFault(item.code, "too_long", {"maximum": longest, "length": len(text)}))
    else:
        read.texts[item.code] = text


def _keep(item: Item, value: int | float | str | AnswerFault, read: PageAnswers) -> None:
    if isinstance(value, AnswerFault):
        read.faults.append(value)
    else:
        read.values[item.code] = value


def _number(item: Item, given: str) -> int | float | AnswerFault:
    """A Swedish number: decimal comma, space as thousands separator, either kind of minus."""
    plain = "".join(given.split()).replace("\N{MINUS SIGN}", "-").replace(",", ".")
    whole, _, decimals = plain.partition(".")
    digits = whole.removeprefix("-")
    if not (digits.isascii() and digits.isdigit() and (decimals == "" or (decimals.isascii() and decimals.isdigit()))):
        return AnswerFault(item.code, "not_a_number")
    if len(decimals) > item.decimals:
        return AnswerFault(item.code, "too_many_decimals", {"decimals": item.decimals})
    number = float(plain) if item.decimals else int(whole)
    if item.minimum is not None and number < item.minimum:
        return AnswerFault(item.code, "too_small", {"minimum": item.minimum})
    if item.maximum is not None and number > item.maximum:
        return AnswerFault(item.code, "too_large", {"maximum": item.maximum})
    return number


def _date(item: Item, given: str) -> str | AnswerFault:
    try:
        return date.fromisoformat(given if _ISO_DATE.fullmatch(given) else "").isoformat()
    except ValueError:
        return AnswerFault(item.code, "not_a_date")
