"""The closed set of conditions under which an item is shown. A comparison with a missing answer is false, always."""

import operator
from collections.abc import Callable, Mapping
from typing import Any, Literal

from kapabla.material.texts import Frozen

Value = int | float | str | list[int]
Answers = Mapping[str, Value]

Comparison = Literal["equals", "not_equals", "less_than", "at_most", "greater_than", "at_least"]
Op = Literal[Comparison, "one_of", "chose", "answered", "all", "any"]

_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "equals": operator.eq,
    "not_equals": operator.ne,
    "less_than": operator.lt,
    "at_most": operator.le,
    "greater_than": operator.gt,
    "at_least": operator.ge,
}


class Rule(Frozen):
    """`{op = "equals", item = "bet_0", value = 1}`; `all` and `any` take `rules`; `wave` looks at an earlier wave."""

    op: Op
    item: str | None = None
    value: int | tuple[int, ...] | None = None
    wave: str | None = None
    rules: tuple["Rule", ...] = ()


def is_true(rule: Rule, answers: Answers, earlier: Mapping[str, Answers] | None = None) -> bool:
    if rule.op == "all":
        return all(is_true(part, answers, earlier) for part in rule.rules)
    if rule.op == "any":
        return any(is_true(part, answers, earlier) for part in rule.rules)
    given = (answers if rule.wave is None else (earlier or {}).get(rule.wave, {})).get(rule.item or "")
    if given is None:
        return False
    return _holds(rule, given)


def _holds(rule: Rule, given: Value) -> bool:
    if rule.op == "answered":
        return True
    if rule.op == "one_of":
        return isinstance(rule.value, tuple) and given in rule.value
    if rule.op == "chose":
        return isinstance(given, list) and rule.value in given
    if not isinstance(given, int | float) or not isinstance(rule.value, int):
        return False
    return _COMPARE[rule.op](given, rule.value)


def faults_of(rule: Rule) -> list[str]:
    """What is wrong in the shape of the rule, in words for its author."""
    if rule.op in ("all", "any"):
        own = [] if rule.rules else [f'op "{rule.op}" needs `rules`; write at least one.']
        return own + [fault for part in rule.rules for fault in faults_of(part)]
    found = [] if rule.item else [f'op "{rule.op}" needs `item`; write the code of the item it looks at.']
    if rule.op == "one_of" and not isinstance(rule.value, tuple):
        found.append('op "one_of" needs a list of values; write value = [1, 2].')
    if rule.op not in ("one_of", "answered") and not isinstance(rule.value, int):
        found.append(f'op "{rule.op}" needs one whole number; write value = 1.')
    return found


def items_of(rule: Rule) -> list[tuple[str | None, str]]:
    """Every (wave, item) that the rule looks at; wave is None for the present one."""
    own = [(rule.wave, rule.item)] if rule.item else []
    return own + [pair for part in rule.rules for pair in items_of(part)]
