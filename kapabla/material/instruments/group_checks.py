"""What must hold of matrices and vignettes, and where chance may decide the order."""

from collections.abc import Iterator

from kapabla.material.faults import say
from kapabla.material.instruments.definition import MAX_WORDS_IN_VIGNETTE, Group, Instrument, Page
from kapabla.material.instruments.rules import items_of
from kapabla.material.unread import as_far_as_read

Found = Iterator[tuple[str, str]]

# "order_" and the id are a column of the release, and a wave comes behind it.
MAX_RANDOM_ID = 20


@as_far_as_read
def check_groups(instrument: Instrument) -> Found:
    taken: dict[str, str] = {}
    for group in instrument.groups:
        yield from _check_group(group, instrument)
        for code in group.items:
            other = taken.setdefault(code, group.code)
            if other != group.code:
                yield (
                    f"group {group.code}",
                    say("item {code} is in group {other} already; remove it from one.", code=code, other=other),
                )


@as_far_as_read
def _check_group(group: Group, instrument: Instrument) -> Found:
    place = f"group {group.code}"
    known = {item.code: item for item in instrument.items}
    for code in group.items:
        if code not in known:
            yield place, say("item {code} does not exist; write one of the item codes of this file.", code=code)
    if len(group.items) < (2 if group.kind == "matrix" else 1):
        yield place, say("a {kind} has too few items; write the codes of its items.", kind=group.kind)
    if not any(_stand_together(group, page) for page in instrument.pages):
        yield place, "its items do not stand together, in the same order, on one page; write them so in `pages`."
    items = [known[code] for code in group.items if code in known]
    if group.kind == "matrix":
        if any(item.kind != "single" or item.options != items[0].options for item in items):
            yield place, "the items of a matrix are single choices with the same options; name one response_scale."
    else:
        if group.title is None:
            yield place, "a vignette needs a `title`, which stands above it and in the codebook; write it."
        if len(group.text.sv.split()) > MAX_WORDS_IN_VIGNETTE:
            yield (
                place,
                say("the story is too long for a page; shorten it to {highest} words.", highest=MAX_WORDS_IN_VIGNETTE),
            )


def _stand_together(group: Group, page: Page) -> bool:
    length = len(group.items)
    return any(page.items[start : start + length] == group.items for start in range(len(page.items)))


@as_far_as_read
def check_random_order(instrument: Instrument) -> Found:
    if instrument.is_random and len(instrument.id) > MAX_RANDOM_ID:
        yield (
            "id",
            say(
                "an instrument in random order has an id of at most {highest} characters; shorten it.",
                highest=MAX_RANDOM_ID,
            ),
        )
    for item in instrument.items:
        if item.random_options and (not item.has_options or item.response_scale is not None):
            yield f"item {item.code}, random_options", "only options that are no scale can change places; remove it."
    if instrument.random_pages:
        yield from _check_unit("random_pages", [code for page in instrument.pages for code in page.items], instrument)
    for number, page in enumerate(instrument.pages, start=1):
        if page.random_items:
            yield from _check_unit(f"page {number}, random_items", list(page.items), instrument)
            for code in page.items:
                if any(item.code == code and not item.is_asked for item in instrument.items):
                    yield (
                        f"page {number}, random_items",
                        say("information {code} has its place; put it on another page.", code=code),
                    )
    for group in instrument.groups:
        if group.random_items:
            yield from _check_unit(f"group {group.code}, random_items", list(group.items), instrument)


@as_far_as_read
def _check_unit(place: str, codes: list[str], instrument: Instrument) -> Found:
    """Nothing whose place chance decides may look at another whose place it decides: the gate could come last."""
    by_code = {item.code: item for item in instrument.items}
    for code in codes:
        rule = by_code[code].show_if if code in by_code else None
        for wave, looked_at in items_of(rule) if rule is not None else ():
            if wave is None and looked_at in codes and not _on_one_page(instrument, code, looked_at, place):
                yield (
                    place,
                    say(
                        "item {code} is shown by the answer to {looked_at}, which may come later; remove it.",
                        code=code,
                        looked_at=looked_at,
                    ),
                )


def _on_one_page(instrument: Instrument, code: str, other: str, place: str) -> bool:
    """Whole pages that change places keep what stands on each."""
    return place == "random_pages" and any({code, other} <= set(page.items) for page in instrument.pages)
