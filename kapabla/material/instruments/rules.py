"""The closed set of conditions under which an item is shown. A comparison with a missing answer is false, always."""

import operator
from collections.abc import Callable, Mapping
from typing import Any, Literal

from kapabla.material.faults import say
from kapabla.material.texts import Frozen

Value = int | float | str | list[int]
Answers = Mapping[str, Value]

Comparison = Literal["equals", "not_equals", "less_than", "at_most", "greater_than", "at_least"]
Op = Literal[Comparison, "one_of", "chose", "answered", "all", "any", "not"]

_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "equals": operator.eq,
    "not_equals": operator.ne,
    "less_than": operator.lt,
    "at_most": operator.le,
    "greater_than": operator.gt,
    "at_least": operator.ge,
}


class Rule(Frozen):
    """`{op = "equals", item = "bet_0", value = 1}`; `all`, `any`, `not` take `rules`; `wave` looks at an earlier wave.

    `not` is true where its rule is not, a missing answer included; `not_equals` is false for a missing answer.
    """

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
    if rule.op == "not":
        return not any(is_true(part, answers, earlier) for part in rule.rules)
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
    if rule.op in ("all", "any", "not"):
        return _faults_of_list(rule) + [fault for part in rule.rules for fault in faults_of(part)]
    found: list[str] = (
        [] if rule.item else [say('op "{op}" needs `item`; write the code of the item it looks at.', op=rule.op)]
    )
    if rule.rules:
        found.append(say('op "{op}" takes no `rules`; remove them, or write op = "all".', op=rule.op))
    if rule.op == "answered" and rule.value is not None:
        found.append('op "answered" takes no `value`; remove it, or write op = "equals".')
    if rule.op == "one_of" and not isinstance(rule.value, tuple):
        found.append('op "one_of" needs a list of values; write value = [1, 2].')
    if rule.op not in ("one_of", "answered") and not isinstance(rule.value, int):
        found.append(say('op "{op}" needs one whole number; write value = 1.', op=rule.op))
    return found


def _faults_of_list(rule: Rule) -> list[str]:
    found: list[str] = [] if rule.rules else [say('op "{op}" needs `rules`; write at least one.', op=rule.op)]
    if rule.op == "not" and len(rule.rules) > 1:
        found.append('op "not" takes one rule; put the others in an "all" or an "any".')
    if rule.item is not None or rule.value is not None or rule.wave is not None:
        found.append(say('op "{op}" takes only `rules`; move item, value and wave into one of them.', op=rule.op))
    return found


def comparisons_of(rule: Rule) -> list[Rule]:
    """Every rule in it that looks at an item itself."""
    if rule.op in ("all", "any", "not"):
        return [found for part in rule.rules for found in comparisons_of(part)]
    return [rule]


def items_of(rule: Rule) -> list[tuple[str | None, str]]:
    """Every (wave, item) that the rule looks at; wave is None for the present one."""
    return [(part.wave, part.item) for part in comparisons_of(rule) if part.item]
