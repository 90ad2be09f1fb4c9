"""`filterLogic`: a text becomes tokens, a tree and a predicate over released columns. Nothing is evaluated as code.

    or        = and { "or" and }
    and       = single { "and" single }
    single    = "(" or ")" | operand sign operand
    operand   = [field] | [field(code)] | [event][field] | [event][field(code)] | 'text' | "text" | number

A filter that cannot be read is refused, never left out: whoever asked would get everybody.
"""

import operator
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from kapabla.release.redcap.project import Project
from kapabla.release.redcap.refusals import Refusal

MAX_LENGTH, MAX_DEPTH = 2_000, 20

# The cells of a record by event and by column, and the event that is asked about.
Record = Mapping[str, Sequence[str]]
Predicate = Callable[[Record, str], bool]
_Value = Callable[[Record, str], str]

_TOKEN = re.compile(
    r"\s*(?:(?P<name>\[[^\[\]]*\])|(?P<sign><=|>=|<>|!=|=|<|>)|(?P<text>'[^']*'|\"[^\"]*\")"
    r"|(?P<number>-?\d+(?:\.\d+)?)(?![\w.])|(?P<word>and|or)\b|(?P<bracket>[()]))",
    re.IGNORECASE | re.ASCII,
)
_NAME = re.compile(r"\[\s*(?P<name>[a-z][a-z0-9_]*)\s*(?:\(\s*(?P<code>-?\w+)\s*\)\s*)?\]", re.ASCII)
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?", re.ASCII)
_ORDERED: Mapping[str, Callable[[float | str, float | str], bool]] = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip


@dataclass(frozen=True)
class Named:
    """A field, or one box of it, at an event; without one, at the event of the row."""

    field: str
    code: str | None = None
    event: str | None = None


@dataclass(frozen=True)
class Constant:
    text: str


@dataclass(frozen=True)
class Compared:
    left: Named | Constant
    sign: str
    right: Named | Constant


@dataclass(frozen=True)
class Joined:
    kind: Literal["and", "or"]
    parts: "tuple[Tree, ...]"


Tree = Compared | Joined


def refused(why: str) -> Refusal:
    return Refusal(f'The value of the parameter "filterLogic" is not valid: {why}')


def make_predicate(text: str, project: Project) -> Predicate:
    """What a row has to satisfy. Raises `Refusal` for all that is not of the grammar or not in the release."""
    return _bound(parse(text), project)


# --- Text to tree ---


def parse(text: str) -> Tree:
    """Example: `[se_1] > 3 and [fore_arm_1][arm] = 'direct'`."""
    if len(text) > MAX_LENGTH:
        raise refused(f"it is longer than {MAX_LENGTH} characters")
    reader = _Reader(list(_tokens(text)))
    tree = reader.any_of(0)
    if reader.kind:
        raise refused("something follows that belongs to nothing")
    return tree


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    place, end = 0, len(text.rstrip())
    while place < end:
        found = _TOKEN.match(text, place)
        if found is None or found.lastgroup is None:
            raise refused(f"it cannot be read from character {place + 1}")
        yield found.lastgroup, found[found.lastgroup]
        place = found.end()


class _Reader:
    def __init__(self, tokens: list[tuple[str, str]]) -> None:
        self._tokens = tokens
        self._place = 0

    @property
    def kind(self) -> str:
        """Of the next token; empty at the end."""
        return self._tokens[self._place][0] if self._place < len(self._tokens) else ""

    def any_of(self, depth: int) -> Tree:
        return self._joined("or", lambda: self._joined("and", lambda: self._single(depth)))

    def _joined(self, kind: Literal["and", "or"], part: Callable[[], Tree]) -> Tree:
        parts = [part()]
        while self._next_is("word", kind):
            self._take()
            parts.append(part())
        return parts[0] if len(parts) == 1 else Joined(kind, tuple(parts))

    def _single(self, depth: int) -> Tree:
        if not self._next_is("bracket", "("):
            return self._comparison()
        if depth == MAX_DEPTH:
            raise refused(f"more than {MAX_DEPTH} brackets stand in one another")
        self._take()
        inner = self.any_of(depth + 1)
        if not self._next_is("bracket", ")"):
            raise refused("a bracket is not closed")
        self._take()
        return inner

    def _comparison(self) -> Compared:
        left = self._operand()
        if self.kind != "sign":
            raise refused("two things are compared with one of = <> != < <= > >=")
        sign = self._take()
        return Compared(left, "<>" if sign == "!=" else sign, self._operand())

    def _operand(self) -> Named | Constant:
        if self.kind == "name":
            first = self._name()
            if self.kind != "name":
                return first
            second = self._name()
            if first.code is not None:
                raise refused("an event has no code")
            return Named(second.field, second.code, first.field)
        if self.kind == "number":
            return Constant(self._take())
        if self.kind == "text":
            return Constant(self._take()[1:-1])
        raise refused("a field, a text or a number is missing")

    def _name(self) -> Named:
        found = _NAME.fullmatch(self._take())
        if found is None:
            raise refused("what stands in square brackets is no field")
        return Named(found["name"], found["code"])

    def _next_is(self, kind: str, word: str) -> bool:
        return self.kind == kind and self._tokens[self._place][1].lower() == word

    def _take(self) -> str:
        self._place += 1
        return self._tokens[self._place - 1][1]


# --- Tree to predicate ---


def _bound(tree: Tree, project: Project) -> Predicate:
    if isinstance(tree, Joined):
        parts = [_bound(part, project) for part in tree.parts]
        if tree.kind == "and":
            return lambda record, event: all(part(record, event) for part in parts)
        return lambda record, event: any(part(record, event) for part in parts)
    left, right = _value(tree.left, project), _value(tree.right, project)
    holds = _signed(tree.sign)
    return lambda record, event: holds(left(record, event), right(record, event))


def _value(operand: Named | Constant, project: Project) -> _Value:
    if isinstance(operand, Constant):
        constant = operand.text
        return lambda _record, _event: constant
    place, at = _place(operand, project), operand.event
    if at is None:
        return lambda record, event: record[event][place]
    if at not in {event.name for event in project.events}:
        raise refused(f"there is no event {at}")
    return lambda record, _event: record[at][place] if at in record else ""


def _place(operand: Named, project: Project) -> int:
    """Where the column stands among the exported ones. A box needs its code, and nothing else has one."""
    names = {column.name: place for place, column in enumerate(project.columns)}
    found = project.fields.get(operand.field)
    if found is not None and found.kind == "checkbox":
        box = next((column.name for column in found.columns if column.choice == operand.code), None)
        if box is None:
            raise refused(f"the field {operand.field} has no box {operand.code or 'without a code'}")
        return names[box]
    is_status = operand.field in {form.status.name for form in project.forms}
    if operand.code is not None or not (found or is_status):
        raise refused(f"there is no field {operand.field}")
    return names[operand.field]


def _signed(sign: str) -> Callable[[str, str], bool]:
    if sign == "=":
        return _equal
    if sign == "<>":
        return lambda left, right: not _equal(left, right)
    holds = _ORDERED[sign]

    def ordered(left: str, right: str) -> bool:
        """Numbers as numbers, texts as texts; a blank is in no order, nor is a number beside a text."""
        if left == "" or right == "":
            return False
        a, b = _number(left), _number(right)
        if a is not None and b is not None:
            return holds(a, b)
        return a is None and b is None and holds(left, right)

    return ordered


def _equal(left: str, right: str) -> bool:
    if left == right:
        return True
    a, b = _number(left), _number(right)
    return a is not None and a == b


def _number(text: str) -> float | None:
    return float(text) if _NUMBER.fullmatch(text) else None
