"""Random order, only where an instrument says so: a pure function of the seed that is saved with each page.

What may move is sorted by the SHA-256 of "seed|where|what", so any program can make the order again. There are few
seeds: one for each person would be a name that all releases share (`privacy.md` C3).
"""

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import replace
from itertools import groupby
from typing import TypeVar

from kapabla.material.instruments.definition import Group, Instrument, Item, Option, Page
from kapabla.material.instruments.path import Questionnaire, QuestionnairePage

FIXED, ORDERS = 0, 24  # seeds go from 1 to ORDERS; 0 stands for the order as written
Unit = TypeVar("Unit")


def in_order(questionnaire: Questionnaire, seed: int) -> Questionnaire:
    """The questionnaire as a person with this seed meets it. Pages keep their numbers, which stand in addresses."""
    if seed == FIXED or not any(instrument.is_random for instrument in questionnaire.instruments):
        return questionnaire
    pages: list[QuestionnairePage] = []
    for instrument in questionnaire.instruments:
        own = [page for page in questionnaire.pages if page.instrument_id == instrument.id]
        by_page = {page.page.items: page for page in own}
        order = _pages(instrument, [page.page for page in own], seed)
        pages += [_page(by_page[page.items], instrument, seed) for page in order]
    return replace(questionnaire, pages=tuple(pages))


def shown_order(instrument: Instrument, seed: int) -> str:
    """The order in words, for the codebook: pages apart by " / ", options in brackets. `x_2, x_1 (3 1 2) / x_3`."""
    by_code = {item.code: item for item in instrument.items}
    return " / ".join(
        ", ".join(_in_words(item, seed) for item in _items(page, [by_code[c] for c in page.items], instrument, seed))
        for page in _pages(instrument, instrument.pages, seed)
    )


def _in_words(item: Item, seed: int) -> str:
    if not item.random_options:
        return item.code
    return f"{item.code} ({' '.join(str(option.value) for option in _options(item, seed))})"


def _pages(instrument: Instrument, pages: Iterable[Page], seed: int) -> list[Page]:
    return _shuffled(pages, seed, instrument.id, lambda page: page.items[0]) if instrument.random_pages else list(pages)


def _page(page: QuestionnairePage, instrument: Instrument, seed: int) -> QuestionnairePage:
    items = _items(page.page, page.items, instrument, seed)
    turned = (item.model_copy(update={"options": tuple(_options(item, seed))}) for item in items)
    return replace(page, items=tuple(turned))


def _items(page: Page, items: Iterable[Item], instrument: Instrument, seed: int) -> list[Item]:
    """A group moves as one; within it only what says so itself moves."""
    groups = {code: group for group in instrument.groups for code in group.items}
    blocks = [
        (name, list(own)) for name, own in groupby(items, lambda i: groups[i.code].code if i.code in groups else i.code)
    ]
    if page.random_items:
        blocks = _shuffled(blocks, seed, page.items[0], lambda block: block[0])
    return [item for _, own in blocks for item in _in_group(groups.get(own[0].code), own, seed)]


def _in_group(group: Group | None, items: list[Item], seed: int) -> list[Item]:
    return _shuffled(items, seed, group.code, lambda item: item.code) if group and group.random_items else items


def _options(item: Item, seed: int) -> list[Option]:
    if not item.random_options:
        return list(item.options)
    moving = [option for option in item.options if not option.is_last]
    staying = [option for option in item.options if option.is_last]
    return _shuffled(moving, seed, item.code, lambda option: str(option.value)) + staying


def _shuffled(units: Iterable[Unit], seed: int, where: str, name: Callable[[Unit], str]) -> list[Unit]:
    if seed == FIXED:
        return list(units)
    return sorted(units, key=lambda unit: hashlib.sha256(f"{seed}|{where}|{name(unit)}".encode()).digest())
