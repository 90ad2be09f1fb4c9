"""What must hold between the parts of one instrument. Each check yields (place, message) and none stops the others."""

import re
from collections import Counter
from collections.abc import Hashable, Iterable, Iterator
from typing import TypeVar

from kapabla.material.faults import say
from kapabla.material.instruments.definition import (
    LOWEST_NUMBER,
    MAX_ITEMS_ON_PAGE,
    Instrument,
    Item,
    MissingReason,
    Page,
    Scale,
)
from kapabla.material.instruments.group_checks import check_groups, check_random_order
from kapabla.material.instruments.rule_checks import check_rules
from kapabla.material.texts import texts_in
from kapabla.material.unread import as_far_as_read, read_ones

Value = TypeVar("Value", bound=Hashable)
Found = Iterator[tuple[str, str]]
_FILLED = frozenset({"roll"})
_IS_FILLED = re.compile(r"^pages \d+, (heading|intro|stem)$|^(items|groups) \w+, text$")


@as_far_as_read
def check_instrument(instrument: Instrument) -> Found:
    yield from _check_codes(instrument)
    yield from _check_cells(instrument)
    yield from _check_placeholders(instrument)
    yield from _check_pages(instrument)
    yield from _check_items(instrument)
    yield from check_groups(instrument)
    yield from check_rules(instrument)
    yield from check_random_order(instrument)
    yield from _check_scales(instrument)
    yield from _check_indicators(instrument)


def twice(values: Iterable[Value]) -> list[Value]:
    return [value for value, count in Counter(read_ones(values)).items() if count > 1]


@as_far_as_read
def _check_codes(instrument: Instrument) -> Found:
    named = [item.code for item in instrument.items] + [scale.code for scale in instrument.scales]
    for code in twice(named):
        yield f"item {code}", "the code is used twice; give each item and scale a code of its own."
    for code in twice([*(group.code for group in instrument.groups), *set(named)]):
        yield f"group {code}", "the code is used twice; give each group a code that no item, scale or group has."
    for item in instrument.items:
        if "__" in item.code or item.code.endswith("_"):
            yield f"item {item.code}", "REDCap refuses a double or final underscore; write the code without."


@as_far_as_read
def _check_cells(instrument: Instrument) -> Found:
    for cell in twice(item.cell for item in instrument.items if item.cell is not None):
        codes = [item.code for item in instrument.items if item.cell == cell]
        yield (
            f"item {codes[-1]}, cell",
            say("item {code} fills cell {cell} already; give each item its own.", code=codes[0], cell=cell),
        )


@as_far_as_read
def _check_placeholders(instrument: Instrument) -> Found:
    """`{roll}` becomes the trade of whoever reads, in what stands above the answers; nothing else is filled in."""
    for place, text in texts_in(instrument):
        known = _FILLED if _IS_FILLED.search(place) else frozenset()
        for name in sorted(text.placeholders() - known):
            yield place, say("nobody fills in {{{name}}}; remove the braces.", name=name)


@as_far_as_read
def _check_pages(instrument: Instrument) -> Found:
    known = {item.code for item in instrument.items}
    placed = [code for page in instrument.pages for code in page.items]
    for number, page in enumerate(instrument.pages, start=1):
        yield from _check_page(f"page {number}", page, known)
    for code in twice(placed):
        yield f"item {code}", "the item stands on two pages; remove it from one."
    for code in sorted(known - set(placed)):
        yield f"item {code}", "the item stands on no page; add it to one."


@as_far_as_read
def _check_page(place: str, page: Page, known: set[str]) -> Found:
    if not page.items:
        yield place, "the page has no items; write the codes of its items."
    if len(page.items) > MAX_ITEMS_ON_PAGE:
        yield (
            place,
            say(
                "the page has {count} items; split it, at most {highest} a page.",
                count=len(page.items),
                highest=MAX_ITEMS_ON_PAGE,
            ),
        )
    for code in page.items:
        if code not in known:
            yield place, say("item {code} does not exist; write one of the item codes of this file.", code=code)


@as_far_as_read
def _check_items(instrument: Instrument) -> Found:
    for item in instrument.items:
        yield from _check_options(item)
        yield from _check_kind(item)
        yield from _check_number(item, instrument)


@as_far_as_read
def _check_options(item: Item) -> Found:
    place = f"item {item.code}"
    for value in twice(option.value for option in item.options):
        yield place, say("option value {value} is used twice; give each option a value of its own.", value=value)
    for number, option in enumerate(item.options, start=1):
        is_reason = option.value == MissingReason.NO_OPINION.value
        if (option.missing == "no_opinion") != is_reason:
            yield (
                f"{place}, option {number}",
                'value -95 and missing = "no_opinion" belong together; write both or neither.',
            )
        elif option.value < 0 and not is_reason:
            yield f"{place}, option {number}", "values below 0 are kept for missing answers; write 0 or more."
        if option.alone and item.kind != "multi":
            yield f"{place}, option {number}", "only an option of a multi item can stand alone; remove `alone`."


@as_far_as_read
def _check_kind(item: Item) -> Found:
    place = f"item {item.code}"
    if item.has_options and len(item.options) < 2 and not _has_lost_its_scale(item):
        yield (
            place,
            say("a {kind} item needs at least two options; write them, or name a response_scale.", kind=item.kind),
        )
    if not item.has_options and item.options:
        yield place, say('a {kind} item has no options; remove them, or write kind = "single".', kind=item.kind)
    if item.kind == "knowledge" and item.correct is None:
        yield place, "a knowledge item needs `correct`; write the value of the best option."
    if item.kind == "knowledge" and item.feedback is None:
        yield place, "a knowledge item needs `feedback`; write one sentence that explains the answer."
    if item.correct is not None and item.option(item.correct) is None and not _has_lost_its_scale(item):
        yield (
            f"{place}, correct",
            say("no option has the value {value}; write the value of the best option.", value=item.correct),
        )
    if item.kind == "knowledge" and item.may_decline:
        yield place, 'a knowledge item has "Vet inte" instead of declining; remove may_decline.'
    if item.reversed and item.kind != "single":
        yield place, "only a single-choice item can be reversed; remove `reversed`."
    if item.kind == "information" and item.may_decline:
        yield place, "an information item is not answered; remove may_decline."
    if item.places is not None and (item.kind != "rank" or item.places > len(item.options)):
        yield f"{place}, places", "only a rank item has places, at most as many as options; mend the number."
    if item.kind == "rank" and any(option.missing for option in item.options):
        yield place, "all options of a rank item are ranked; remove the one with `missing`."
    if item.max_length is not None and not item.is_text:
        yield f"{place}, max_length", "only a text item has a longest answer; remove max_length."
    if item.quotation is not None and not item.is_text:
        yield f"{place}, quotation", "only what is written in words can be quoted; remove quotation."


@as_far_as_read
def _check_number(item: Item, instrument: Instrument) -> Found:
    place = f"item {item.code}"
    low, high = item.minimum, item.maximum
    if item.kind != "number":
        if low is not None or high is not None or item.decimals:
            yield place, "only a number item has minimum, maximum and decimals; remove them."
        if item.slider is not None:
            yield f"{place}, slider", 'a slider stands beside a number field; remove it, or write kind = "number".'
        return
    if low is None or high is None:
        yield place, "a number item needs minimum and maximum; write the lowest and highest answer that can be true."
        return
    if low > high:
        yield place, "the minimum is above the maximum; change places."
    if low < LOWEST_NUMBER:
        yield (
            f"{place}, minimum",
            say("answers from -99 to -91 mean missing ones; write {lowest} or more.", lowest=LOWEST_NUMBER),
        )
    if item.slider is not None:
        if item.decimals or high <= low or (high - low) % item.slider.step:
            yield (
                f"{place}, slider",
                "a slider goes in whole steps from minimum to maximum; mend the step or the range.",
            )
        if any(item.code in scale.items for scale in instrument.scales):
            yield f"{place}, slider", "an item of a scale is answered with options, never a slider; remove the slider."


def _has_lost_its_scale(item: Item) -> bool:
    """Its response scale is missing or broken, which is reported there: not once more for each item."""
    return item.response_scale is not None and not item.options


@as_far_as_read
def _check_scales(instrument: Instrument) -> Found:
    for scale in instrument.scales:
        yield from _check_scale(scale, instrument)


@as_far_as_read
def _check_scale(scale: Scale, instrument: Instrument) -> Found:
    place = f"scale {scale.code}"
    known = {item.code: item for item in instrument.items}
    for code in scale.items:
        if code not in known:
            yield place, say("item {code} does not exist; write one of the item codes of this file.", code=code)
    for code in twice(scale.items):
        yield place, say("item {code} stands twice in the scale; remove one.", code=code)
    if not scale.items:
        yield place, "the scale has no items; write their codes."
        return
    if not 0 < scale.min_answered <= len(scale.items):
        yield (
            place,
            say(
                "min_answered is {min_answered}; write a number from 1 to {count}.",
                min_answered=scale.min_answered,
                count=len(scale.items),
            ),
        )
    if scale.minimum >= scale.maximum:
        yield place, "minimum is not below maximum; write the lowest and the highest score that can occur."
    items = [known[code] for code in scale.items if code in known]
    yield from _check_scale_items(scale, items)


def _has_range_of(scale: Scale, item: Item) -> bool:
    values = item.scored_values
    return bool(values) and (min(values), max(values)) == (scale.minimum, scale.maximum)


@as_far_as_read
def _check_scale_items(scale: Scale, items: list[Item]) -> Found:
    place = f"scale {scale.code}"
    others = [item.code for item in items if not _has_lost_its_scale(item) and not _has_range_of(scale, item)]
    if scale.score == "mean" and others:
        yield (
            place,
            say(
                "not from {minimum} to {maximum}: {items}; write one range for all items of a mean.",
                minimum=scale.minimum,
                maximum=scale.maximum,
                items=", ".join(others),
            ),
        )
    for item in items:
        if _has_lost_its_scale(item):
            continue
        if scale.score == "sum_correct" and item.correct is None:
            yield (
                place,
                say("item {item} has no `correct`, which a sum of correct answers needs; write it.", item=item.code),
            )
    if scale.score != "mean" and (scale.minimum, scale.maximum) != (0, len(scale.items)):
        yield (
            place,
            say(
                "a {score} score goes from 0 to {count}; write minimum and maximum so.",
                score=scale.score,
                count=len(scale.items),
            ),
        )


@as_far_as_read
def _check_indicators(instrument: Instrument) -> Found:
    for code in twice(indicator.code for indicator in instrument.indicators):
        yield f"indicator {code}", "the code is used twice; give each indicator a code of its own."
    items = {item.code: item for item in instrument.items}
    for indicator in instrument.indicators:
        item = items.get(indicator.item)
        if item is None or item.kind != "single":
            yield f"indicator {indicator.code}, item", "it is no item with one answer; write the code of one."
        elif not set(indicator.values) < set(item.scored_values):
            yield f"indicator {indicator.code}, values", "they are not some of the options; write values of the item."
    for margin in twice(item.margin for item in instrument.items if item.margin is not None):
        yield "items", say("two items have the margin {margin}; keep it at one.", margin=margin)
