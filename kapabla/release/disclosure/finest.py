"""Columns that somebody who was there would know, each at the finest of its steps that k people share."""

from collections.abc import Sequence
from dataclasses import replace

from kapabla.release.disclosure.company import in_company, lonely
from kapabla.release.disclosure.groups import Pattern, Person, Values, groups_by_arm, without
from kapabla.release.disclosure.rules import MAX_BLANK_PEOPLE, MAX_BLANK_SHARE_OF_PACE


def few(rows: Sequence[Values], people: Sequence[Person], *, k: int) -> frozenset[int]:
    """Who is alike fewer than k people of the arm by the row and how far they came, or all of whose group by the row
    give a sensitive answer away (C4.5)."""
    groups, kinds = groups_by_arm(rows, people), dict[tuple[Values, Pattern, str], list[int]]()
    for number, (row, person) in enumerate(zip(rows, people, strict=True)):
        kinds.setdefault((row, person.pattern, person.arm), []).append(number)
    return frozenset(
        number
        for (row, pattern, arm), numbers in kinds.items()
        if groups[arm].size_with(row, pattern) < k or groups[arm].is_uniform(row, k)
        for number in numbers
    )


def shared(rows: Sequence[Values], people: Sequence[Person], *, k: int) -> list[Values] | None:
    """The rows with the last value blanked where fewer than k are alike by the row, or all of them answer alike. None
    where that takes too many, or where a few blanks would stand alone in an arm.

    >>> shared([("x", "1")] * 9 + [("x", "2")], [Person({}, lot=str(n)) for n in range(10)], k=5)[5:]
    [('x', '1'), ('x', '1'), ('x', '1'), ('x', '1'), ('x', None)]
    """
    last = len(rows[0]) - 1
    # What the release explains of other columns is nothing to this one.
    people, names = [replace(person, explained=frozenset()) for person in people], [""] * (last + 1)
    after = list(rows)
    while True:
        alone = {number for number in few(after, people, k=k) if after[number][last] is not None}
        made = [without(row, [last]) if number in alone else row for number, row in enumerate(after)]
        if not alone:
            made = in_company(made, people, names, [(last,)], k)
        if made == after:
            break
        after = made
    blank = sum(row[last] is None for row in after)
    is_too_many = blank > max(MAX_BLANK_PEOPLE, int(len(rows) * MAX_BLANK_SHARE_OF_PACE))
    return None if is_too_many or any(lonely(after, people, names, [(last,)], k)) else after
