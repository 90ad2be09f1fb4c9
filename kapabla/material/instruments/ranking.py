"""Ranking by buttons and numbers, never by dragging. A form holds `3:1` for option 3 in place 1."""

from kapabla.material.instruments.definition import Item


def entry(option: int, place: int) -> str:
    """
    >>> entry(3, 1)
    '3:1'
    """
    return f"{option}:{place}"


def placed(item: Item, given: list[str]) -> list[int]:
    """The options that have a place, first to last, however untidily the places were given: what a page can show."""
    known = {entry(option.value, place): (place, option.value) for option in item.options for place in _places(item)}
    in_order = [known[text][1] for text in sorted((text for text in given if text in known), key=lambda t: known[t][0])]
    return list(dict.fromkeys(in_order))[: item.places_to_give]


def moved(item: Item, given: list[str], option: int, *, up: bool) -> list[str]:
    """The form after "Flytta upp" or "Flytta ner": one step, into the last place from below, and out of it."""
    order = placed(item, given)
    if option not in order:
        if up and len(order) < item.places_to_give:
            order.append(option)
    else:
        at = order.index(option)
        order.remove(option)
        if up or at < len(order):
            order.insert(max(at - 1, 0) if up else at + 1, option)
    return [entry(value, place) for place, value in enumerate(order, start=1)]


def _places(item: Item) -> range:
    return range(1, item.places_to_give + 1)
