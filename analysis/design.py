"""From a data frame to the rows and the design matrix of a model: levels, complete rows, terms, reference levels.

A formula is split at its signs and looked up; nothing in it is ever evaluated.
"""

import itertools
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from analysis.columns import Columns, Floats, check_binary, check_rows, check_some, floats
from analysis.envelope import Misuse, Refused

Ints = npt.NDArray[np.int64]
Term = tuple[str, ...]

INTERCEPT = "Intercept"
MISSING_TEXTS = frozenset({"", "NA", "NaN"})
WHOLE = re.compile(r"([+-]?\d+)[.,]0+")


@dataclass(frozen=True)
class Factor:
    """A categorical column: its levels, the reference first, and the place of each row's level among them."""

    levels: list[str]
    codes: Ints

    def referenced(self, name: str, level: str | None) -> "Factor":
        """The same with `level` first, the others in sorted order. Raises Refused (level_not_found).

        >>> found = Factor(["a", "b", "c"], np.array([0, 1, 2])).referenced("group", "c")
        >>> found.levels, found.codes.tolist()
        (['c', 'a', 'b'], [1, 2, 0])
        """
        if level is None:
            return self
        if level_text(level) not in self.levels:
            raise Refused("level_not_found", f"column {name} has no level {level} among the rows that are used")
        first = self.levels.index(str(level_text(level)))
        order = [first, *(place for place in range(len(self.levels)) if place != first)]
        moved = np.empty(len(order), dtype=np.int64)
        moved[order] = np.arange(len(order))
        return Factor([self.levels[place] for place in order], moved[self.codes])


@dataclass(frozen=True)
class Rows:
    """The complete rows of a model, in an order that is the same in whatever order the file has them."""

    n_rows: int
    numbers: dict[str, Floats]
    factors: dict[str, Factor]

    @property
    def n(self) -> int:
        columns = [*self.numbers.values(), *(factor.codes for factor in self.factors.values())]
        return len(columns[0])


def level_text(value: Any) -> str | None:
    """A level as text, None where it is missing; whole numbers have no decimals.

    >>> [level_text(value) for value in (" b ", 1.0, "1.0", 2.5, True, float("nan"), None, "NA")]
    ['b', '1', '1', '2.5', '1', None, None, None]
    """
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, str):
        text = value.strip()
        whole = WHOLE.fullmatch(text)
        return None if text in MISSING_TEXTS else whole[1] if whole else text
    if isinstance(value, bool | int):
        return str(int(value))
    if isinstance(value, float):
        return None if value != value else str(int(value)) if value.is_integer() else repr(value)
    # None, and the missing marks of data-frame libraries, which call themselves so.
    return None if value is None or type(value).__name__ in ("NAType", "NaTType") else str(value)


def factor(values: Any) -> Factor:
    """A column as a factor with its levels sorted; the code of a missing one is -1.

    >>> found = factor(["b", None, "a", "b"])
    >>> found.levels, found.codes.tolist()
    (['a', 'b'], [1, -1, 0, 1])
    """
    cells = values.tolist() if hasattr(values, "tolist") else list(values)
    texts = {cell: level_text(cell) for cell in set(cells)}
    levels = sorted({text for text in texts.values() if text is not None})
    places = {text: place for place, text in enumerate(levels)}
    known = {cell: -1 if text is None else places[text] for cell, text in texts.items()}
    return Factor(levels, np.fromiter(map(known.__getitem__, cells), dtype=np.int64, count=len(cells)))


def columns_of(
    frame: Columns, numbers: Sequence[str], factors: Sequence[str], binary: Sequence[str] = (),
    two_levels: Sequence[str] = (), allowed: Collection[str | None] | None = None,
) -> tuple[dict[str, Floats], dict[str, Factor]]:  # fmt: skip
    """The named columns with their missing values, checked in the contract's order.

    Raises Refused: column_not_found, no_rows, out_of_range (a level not among `allowed`), not_binary (a number of
    `binary` that is not 0 or 1, or more than two levels of one of `two_levels`), all_missing; Misuse for columns of
    unequal length.
    """
    names = list(dict.fromkeys([*numbers, *factors]))
    for name in names:
        if name not in frame:
            raise Refused("column_not_found", f"there is no column {name}")
    found = {name: floats(frame[name]) for name in dict.fromkeys(numbers)}
    labelled = {name: factor(frame[name]) for name in dict.fromkeys(factors)}
    marks = {name: np.where(held.codes < 0, np.nan, 0.0) for name, held in labelled.items()}
    if len({len(values) for values in [*found.values(), *marks.values()]}) > 1:
        raise Misuse("the columns differ in length")
    check_rows(found | marks)
    for name, held in labelled.items():
        if allowed is not None and not set(held.levels) <= set(allowed):
            raise Refused("out_of_range", f"column {name} has a level that is not among those named")
    check_binary({name: found[name] for name in binary})
    for name in two_levels:
        if len(labelled[name].levels) > 2:
            raise Refused("not_binary", f"column {name} has {len(labelled[name].levels)} levels; two are compared")
    check_some(found | marks)
    return found, labelled


def complete_rows(
    frame: Columns, numbers: Sequence[str], factors: Sequence[str] = (), *, binary: Sequence[str] = (),
    two_levels: Sequence[str] = (), needed: int = 3,
) -> Rows:  # fmt: skip
    """The rows where every named column has a value, levels that are left without rows dropped.

    Raises what `columns_of` raises, and Refused (too_few_rows) where fewer than `needed` rows are complete.
    """
    found, labelled = columns_of(frame, numbers, factors, binary, two_levels)
    has = [~np.isnan(values) for values in found.values()] + [held.codes >= 0 for held in labelled.values()]
    used = np.flatnonzero(np.logical_and.reduce(has))
    if len(used) < needed:
        raise Refused("too_few_rows", f"{len(used)} complete rows; {needed} are needed")
    keys = [labelled[name].codes[used] for name in sorted(labelled)] + [found[name][used] for name in sorted(found)]
    used = used[np.lexsort(keys)]
    return Rows(
        len(has[0]),
        {name: values[used] for name, values in found.items()},
        {name: _present(Factor(held.levels, held.codes[used])) for name, held in labelled.items()},
    )


def _present(held: Factor) -> Factor:
    counts = np.bincount(held.codes, minlength=len(held.levels))
    moved = np.cumsum(counts > 0) - 1
    levels = [level for level, count in zip(held.levels, counts.tolist(), strict=True) if count]
    return Factor(levels, moved[held.codes])


def parse_formula(text: str) -> list[Term]:
    """The terms of the right-hand side of a formula, each a tuple of column names; the intercept is always there.

    Knows `+`, `*`, `:` and `1`. `a*b` is `a + b + a:b`. Terms are in the order of their size and then by name, so that
    the order they are written in changes no digit. Misuse: an empty name, or `0`, which would take the intercept away.

    >>> parse_formula("time*group + age"), parse_formula("1")
    ([('age',), ('group',), ('time',), ('time', 'group')], [])
    """
    found: dict[frozenset[str], Term] = {}
    for part in text.split("+"):
        for term in _expanded(part.strip(), text):
            found.setdefault(frozenset(term), term)
    return sorted(found.values(), key=lambda term: (len(term), term))


def _expanded(part: str, text: str) -> list[Term]:
    if part == "1":
        return []
    crossed = [tuple(name.strip() for name in piece.split(":")) for piece in part.split("*")]
    if not all(name and name not in "01" for piece in crossed for name in piece):
        raise Misuse(f"--fixed knows column names and the signs + * : and 1; it does not know {text!r}")
    sizes = range(1, len(crossed) + 1)
    chosen = itertools.chain.from_iterable(itertools.combinations(crossed, size) for size in sizes)
    return [tuple(dict.fromkeys(itertools.chain.from_iterable(pieces))) for pieces in chosen]


def names_in(terms: Iterable[Term]) -> list[str]:
    """The columns that a formula needs, in alphabetical order.

    >>> names_in([("time",), ("time", "group")])
    ['group', 'time']
    """
    return sorted(set(itertools.chain.from_iterable(terms)))


def check_reference(reference: Mapping[str, str], factors: Sequence[str]) -> None:
    """Misuse where a reference level is named of a column that is no factor."""
    unknown = sorted(set(reference) - set(factors))
    if unknown:
        raise Misuse(f"--reference names {unknown[0]}, which is not categorical here")


def check_levels(rows: Rows, factors: Sequence[str]) -> None:
    """Refuse a factor of which one level is left (too_few_groups)."""
    for name in factors:
        if len(rows.factors[name].levels) < 2:
            raise Refused("too_few_groups", f"column {name} has one level among the rows that are used")


def referenced(rows: Rows, reference: Mapping[str, str], factors: Sequence[str]) -> Rows:
    """The rows with the reference levels first. Raises Refused: too_few_groups (of one level), level_not_found."""
    check_levels(rows, factors)
    moved = {name: rows.factors[name].referenced(name, reference.get(name)) for name in factors}
    return Rows(rows.n_rows, rows.numbers, rows.factors | moved)


def design_matrix(rows: Rows, terms: Sequence[Term]) -> tuple[list[str], Floats]:
    """Names and columns: the intercept, then each term; an interaction is the product of its columns.

    A factor has one 0/1 column a level but the first. Nothing is left out silently: what is not of full rank is for
    the fit to refuse.

    >>> rows = Rows(3, {"age": np.array([1.0, 2, 3])}, {"g": Factor(["a", "b"], np.array([0, 1, 1]))})
    >>> names, matrix = design_matrix(rows, [("age",), ("age", "g")])
    >>> names, matrix.tolist()
    (['Intercept', 'age', 'age:g[b]'], [[1.0, 1.0, 0.0], [1.0, 2.0, 2.0], [1.0, 3.0, 3.0]])
    """
    columns: dict[str, Floats] = {INTERCEPT: np.ones(rows.n)}
    for term in terms:
        for parts in itertools.product(*(_coded(rows, name) for name in term)):
            name = ":".join(part for part, _ in parts)
            columns[name] = np.prod([values for _, values in parts], axis=0)
    return list(columns), np.column_stack(list(columns.values()))


def _coded(rows: Rows, name: str) -> list[tuple[str, Floats]]:
    if name not in rows.factors:
        return [(name, rows.numbers[name])]
    held = rows.factors[name]
    return [
        (f"{name}[{level}]", (held.codes == place).astype(np.float64))
        for place, level in enumerate(held.levels)
        if place
    ]
