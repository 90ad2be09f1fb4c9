"""Whether rules can ever decide: what they look at must exist, come before, and suit the operator."""

from collections.abc import Iterator, Mapping

from kapabla.material.faults import say
from kapabla.material.instruments.definition import Instrument, Item
from kapabla.material.instruments.rules import Rule, comparisons_of, faults_of
from kapabla.material.unread import as_far_as_read

Found = Iterator[tuple[str, str]]

_ORDERED = ("less_than", "at_most", "greater_than", "at_least")
_NOT_COMPARED = ("rank", "date")


@as_far_as_read
def check_rules(instrument: Instrument) -> Found:
    known = {item.code: item for item in instrument.items}
    order = [code for page in instrument.pages for code in page.items]
    for item in instrument.items:
        if item.show_if is not None:
            place = f"item {item.code}, show_if"
            earlier = order[: order.index(item.code)] if item.code in order else order
            yield from _check(place, item.show_if, known, set(earlier), item)
    for scale in instrument.scales:
        if scale.only_if is not None:
            yield from _check(f"scale {scale.code}, only_if", scale.only_if, known, set(order), None)


@as_far_as_read
def check_comparison(rule: Rule, item: Item) -> Iterator[str]:
    """Whether the operator suits the kind of item that it looks at, in words for the author."""
    if item.is_text:
        yield say("item {item} is free text, which no rule may read; look at another item.", item=item.code)
    elif not item.is_asked:
        yield say("item {item} is information and has no answer; look at another item.", item=item.code)
    elif not item.enabled:
        yield say("item {item} is switched off; look at another item.", item=item.code)
    elif rule.op != "answered":
        yield from _check_operator(rule, item)


@as_far_as_read
def _check(place: str, rule: Rule, known: Mapping[str, Item], earlier: set[str], asking: Item | None) -> Found:
    for fault in faults_of(rule):
        yield place, fault
    for part in comparisons_of(rule):
        if part.item is None:
            continue
        if part.wave is not None:
            # What another wave asks is known to the study alone, which checks the rest. Scores are of one wave.
            if asking is None:
                yield place, "a scale is scored from one wave; remove `wave`."
            continue
        found = known.get(part.item)
        if found is None:
            yield place, say("item {item} does not exist; write one of the item codes of this file.", item=part.item)
        elif part.item not in earlier:
            yield place, say("item {item} does not come before this item; look at an item that does.", item=part.item)
        else:
            for fault in check_comparison(part, found):
                yield place, fault
            for wave in sorted(set(found.not_at) - set(asking.not_at if asking else found.not_at)):
                yield (
                    place,
                    say(
                        "item {item} is not asked at {wave}; write {wave} in not_at of this item too.",
                        item=part.item,
                        wave=wave,
                    ),
                )


@as_far_as_read
def _check_operator(rule: Rule, item: Item) -> Iterator[str]:
    if (rule.op == "chose") != (item.kind == "multi") or item.kind in _NOT_COMPARED:
        yield say(_suits(item), op=rule.op, kind=item.kind)
        return
    if not item.is_choice or item.options_from is not None:
        return
    values = rule.value if isinstance(rule.value, tuple) else () if rule.value is None else (rule.value,)
    for value in values:
        if rule.op not in _ORDERED and value not in item.scored_values:
            yield say(
                "item {item} has no answer {value}; write the value of one of its options.", item=item.code, value=value
            )


def _suits(item: Item) -> str:
    if item.kind == "multi":
        return 'op "{op}" does not suit a {kind} item; write op = "answered" or "chose".'
    if item.kind in _NOT_COMPARED:
        return 'op "{op}" does not suit a {kind} item; write op = "answered".'
    return 'op "{op}" does not suit a {kind} item; write op = "answered" or a comparison such as "equals".'
