"""Rules as branching logic and back. The two differ in what a blank is: ours is in no comparison, REDCap's may be.

So each comparison is written with its guard, `([x] <> '' and [x] < 3)`, and is read with or without it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from kapabla.errors import KapablaError
from kapabla.material.faults import say
from kapabla.material.instruments.definition import Item, MissingReason
from kapabla.material.instruments.rules import Comparison, Rule, comparisons_of

Items = Mapping[str, Item]

NO_OPINION = str(MissingReason.NO_OPINION.value)
MAX_DEPTH = 20
_SIGNS: dict[Comparison, str] = {
    "equals": "=", "not_equals": "<>", "less_than": "<", "at_most": "<=", "greater_than": ">", "at_least": ">=",
}  # fmt: skip
_OPS: dict[str, Comparison] = {sign: op for op, sign in _SIGNS.items()}
_INVERSE = {"=": "<>", "<>": "=", "<": ">=", "<=": ">", ">": "<=", ">=": "<"}
_TOKEN = re.compile(
    r"\s*(?:(?P<field>\[[^\]]*\])|(?P<sign><=|>=|<>|!=|=|<|>)|(?P<text>'[^']*'|\"[^\"]*\")|(?P<number>-?\d+)(?![\d.])"
    r"|(?P<word>and|or)\b|(?P<bracket>[()])|(?P<other>\S))",
    re.IGNORECASE,
)
_FIELD = re.compile(r"\[(?P<item>[a-z][a-z0-9_]*)(?:\((?P<box>-?\w+)\))?\]")


class LogicNotSaid(KapablaError):
    """Branching logic that no rule of ours says. `sentence` is for its author."""

    code = "logic_not_said"

    def __init__(self, sentence: str) -> None:
        super().__init__()
        self.sentence = sentence


@dataclass(frozen=True)
class Compared:
    """One comparison; `box` is the code of a box of a checkbox field."""

    item: str
    box: str | None
    sign: str
    value: str


@dataclass(frozen=True)
class Joined:
    kind: Literal["and", "or"]
    parts: tuple["Compared | Joined", ...]


# --- Out ---


def can_be_written(rule: Rule, items: Items) -> bool:
    """An earlier wave is an event, whose name the study has; what is not in the file cannot be looked at."""
    return all(part.wave is None and part.item in items for part in comparisons_of(rule))


def written(rule: Rule, items: Items) -> str:
    """
    >>> written(Rule(op="equals", item="bet_0", value=1), {})
    "[bet_0] = '1'"
    """
    text = _written(_inward(rule), items)
    return text[1:-1] if text.startswith("(") and _closes_last(text) else text


def _inward(rule: Rule, *, turned: bool = False) -> Rule:
    """`not` moved to the comparisons: branching logic has none."""
    if rule.op == "not":
        return _inward(rule.rules[0], turned=not turned)
    if rule.op in ("all", "any"):
        op: Literal["all", "any"] = "all" if (rule.op == "all") != turned else "any"
        return Rule(op=op, rules=tuple(_inward(part, turned=turned) for part in rule.rules))
    return Rule(op="not", rules=(rule,)) if turned else rule


def _written(rule: Rule, items: Items) -> str:
    if rule.op in ("all", "any"):
        return _joined("and" if rule.op == "all" else "or", [_written(part, items) for part in rule.rules])
    if rule.op == "not":
        return _not_written(rule.rules[0], items)
    name, guards = rule.item or "", _guards(rule, items, "<>")
    if rule.op == "answered":
        boxes = _boxes(rule, items)
        return _joined("or", [f"[{name}({box})] = '1'" for box in boxes]) if boxes else _joined("and", guards)
    if rule.op == "chose":
        return f"[{name}({rule.value})] = '1'"
    if rule.op == "equals":
        return f"[{name}] = '{rule.value}'"
    if rule.op == "one_of":
        return _joined("or", [f"[{name}] = '{value}'" for value in _values(rule)])
    return _joined("and", [*guards, _compared(name, _sign(rule), rule.value)])


def _not_written(rule: Rule, items: Items) -> str:
    name, guards = rule.item or "", _guards(rule, items, "=")
    if rule.op == "answered":
        boxes = _boxes(rule, items)
        return _joined("and", [f"[{name}({box})] <> '1'" for box in boxes]) if boxes else _joined("or", guards)
    if rule.op == "chose":
        return f"[{name}({rule.value})] <> '1'"
    if rule.op == "equals":
        return f"[{name}] <> '{rule.value}'"
    if rule.op == "one_of":
        return _joined("and", [f"[{name}] <> '{value}'" for value in _values(rule)])
    return _joined("or", [*guards, _compared(name, _INVERSE[_sign(rule)], rule.value)])


def _guards(rule: Rule, items: Items, sign: str) -> list[str]:
    item = items.get(rule.item or "")
    values = ["", NO_OPINION] if item and any(option.missing for option in item.options) else [""]
    return [f"[{rule.item}] {sign} '{value}'" for value in values]


def _boxes(rule: Rule, items: Items) -> list[int]:
    item = items.get(rule.item or "")
    return list(item.scored_values) if item and item.kind == "multi" else []


def _values(rule: Rule) -> tuple[int, ...]:
    return rule.value if isinstance(rule.value, tuple) else ()


def _sign(rule: Rule) -> str:
    return next(sign for op, sign in _SIGNS.items() if op == rule.op)


def _compared(name: str, sign: str, value: object) -> str:
    """Quotation marks make REDCap compare texts: they stand where only sameness counts."""
    return f"[{name}] {sign} '{value}'" if sign in ("=", "<>") else f"[{name}] {sign} {value}"


def _joined(word: str, parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"({f' {word} '.join(parts)})"


def _closes_last(text: str) -> bool:
    """Whether the first bracket is closed by the last one. (No text in our logic holds a bracket.)"""
    depth = 0
    for at, character in enumerate(text):
        depth += {"(": 1, ")": -1}.get(character, 0)
        if depth == 0:
            return at == len(text) - 1
    return False


# --- In ---


def read(text: str) -> Rule:
    """The rule that the branching logic says. Raises `LogicNotSaid` with what to write instead."""
    tokens = [(found.lastgroup or "", found.group(found.lastgroup or 0)) for found in _TOKEN.finditer(text.strip())]
    for kind, part in tokens:
        if kind == "other" or (kind == "field" and not _FIELD.fullmatch(part)):
            raise LogicNotSaid(say("{part} has no counterpart; compare one field with a number or a code.", part=part))
    reader = _Reader(tokens)
    return _rule(reader.whole())


class _Reader:
    """`or` of `and` of comparisons and brackets: the whole of the grammar."""

    def __init__(self, tokens: list[tuple[str, str]]) -> None:
        self._tokens = tokens
        self._at = 0

    def whole(self) -> Compared | Joined:
        found = self._any(0)
        if self._at < len(self._tokens):
            raise _unfinished(self._tokens[self._at][1])
        return found

    def _any(self, depth: int) -> Compared | Joined:
        return self._chain("or", depth)

    def _chain(self, word: Literal["and", "or"], depth: int) -> Compared | Joined:
        parts = [self._chain("and", depth) if word == "or" else self._one(depth)]
        while self._peek("word").lower() == word:
            self._at += 1
            parts.append(self._chain("and", depth) if word == "or" else self._one(depth))
        return parts[0] if len(parts) == 1 else Joined(word, tuple(parts))

    def _one(self, depth: int) -> Compared | Joined:
        if depth > MAX_DEPTH:
            raise LogicNotSaid(
                say("the brackets stand too deep; write at most {depth} within another.", depth=MAX_DEPTH)
            )
        if self._peek("bracket") == "(":
            self._at += 1
            found = self._any(depth + 1)
            if self._peek("bracket") != ")":
                raise LogicNotSaid("a bracket is not closed; write ) where it ends.")
            self._at += 1
            return found
        field, sign = _FIELD.fullmatch(self._take("field")), self._take("sign")
        value = self._take("text", "number").strip("'\"")
        assert field is not None  # `read` has looked at every field
        return Compared(field["item"], field["box"], "<>" if sign == "!=" else sign, value)

    def _peek(self, kind: str) -> str:
        if self._at < len(self._tokens) and self._tokens[self._at][0] == kind:
            return self._tokens[self._at][1]
        return ""

    def _take(self, *kinds: str) -> str:
        found = self._tokens[self._at] if self._at < len(self._tokens) else ("", "")
        if found[0] not in kinds:
            raise _unfinished(found[1] or "the end")
        self._at += 1
        return found[1]


def _unfinished(part: str) -> LogicNotSaid:
    return LogicNotSaid(say("at {part} a comparison is not whole; write it like [field] = '1'.", part=part))


def _rule(node: Compared | Joined) -> Rule:
    if isinstance(node, Compared):
        return _leaf(node)
    folded = _folded(node)
    if folded is not None:
        return folded
    parts = tuple(_rule(part) for part in node.parts)
    if node.kind == "or" and all(part.op == "equals" and part.item == parts[0].item for part in parts):
        return Rule(op="one_of", item=parts[0].item, value=tuple(v for p in parts if isinstance(v := p.value, int)))
    return Rule(op="all" if node.kind == "and" else "any", rules=parts)


def _folded(node: Joined) -> Rule | None:
    """A comparison with its guard, as one rule; None where it is something else."""
    parts = [part for part in node.parts if isinstance(part, Compared) and part.box is None]
    if len(parts) < len(node.parts) or len({part.item for part in parts}) > 1:
        return None
    guard = "<>" if node.kind == "and" else "="
    rest = [part for part in parts if (part.sign, part.value) not in ((guard, ""), (guard, NO_OPINION))]
    is_guarded = any((part.sign, part.value) == (guard, "") for part in parts)
    if not is_guarded or len(rest) > 1 or any(part.value in ("", NO_OPINION) for part in rest):
        return None
    rule = Rule(op="answered", item=parts[0].item)
    if rest:
        sign = rest[0].sign if node.kind == "and" else _INVERSE[rest[0].sign]
        rule = Rule(op=_OPS[sign], item=rest[0].item, value=_whole_number(rest[0].value))
    return rule if node.kind == "and" else Rule(op="not", rules=(rule,))


def _leaf(node: Compared) -> Rule:
    if node.box is not None:
        rule = Rule(op="chose", item=node.item, value=_whole_number(node.box))
        if node.sign not in ("=", "<>") or node.value not in ("0", "1"):
            raise LogicNotSaid("a box is ticked or not; write = '1' or = '0'.")
        return rule if (node.sign == "=") == (node.value == "1") else Rule(op="not", rules=(rule,))
    if node.value == "":
        answered = Rule(op="answered", item=node.item)
        if node.sign not in ("=", "<>"):
            raise LogicNotSaid("a blank is neither less nor more; write = '' or <> ''.")
        return answered if node.sign == "<>" else Rule(op="not", rules=(answered,))
    value = _whole_number(node.value)
    if node.value == NO_OPINION:
        raise LogicNotSaid("-95 is a missing answer here; write <> '' to ask whether there is one.")
    if node.sign == "<>":
        return Rule(op="not", rules=(Rule(op="equals", item=node.item, value=value),))
    return Rule(op=_OPS[node.sign], item=node.item, value=value)


def _whole_number(text: str) -> int:
    if not re.fullmatch(r"-?\d+", text):
        raise LogicNotSaid(say("{given!r} is not a whole number; compare with one, or with ''.", given=text))
    return int(text)
