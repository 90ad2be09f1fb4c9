"""When a filter may be answered, and when a figure keeps its former value: differences between two answers (C5.4-5)."""

from collections.abc import Sequence, Set

from kapabla.release.disclosure.rules import MAX_FILTERS, Thresholds, Withheld
from kapabla.release.disclosure.suppression import protect_who_line


def check_filters(n: int, parents: Sequence[int], *, thresholds: Thresholds) -> None:
    """Raise `Withheld` unless a group of `n` people may be answered about; nothing and too few are refused alike.

    n: people that all filters leave. parents: for each filter, how many people are left when that one is removed (so
    as many numbers as there are filters, at most two). Rule (`privacy.md` C5.4): n >= T, and each parent less n is 0 or
    >= T. Numbers are never rounded and never random: the researcher holds the rows.

    >>> check_filters(12, [30, 17], thresholds=Thresholds(5))
    >>> check_filters(12, [30, 14], thresholds=Thresholds(5))
    Traceback (most recent call last):
    kapabla.release.disclosure.rules.Withheld: withheld (reason=filters)
    """
    if len(parents) > MAX_FILTERS:
        raise Withheld(reason="too_many_filters")
    if any(parent < n for parent in parents):
        raise Withheld(reason="not_a_parent")
    if n < thresholds.cell or any(0 < parent - n < thresholds.cell for parent in parents):
        raise Withheld(reason="filters")


def answerable(counts: Sequence[int], *, thresholds: Thresholds) -> tuple[bool, ...]:
    """Which values of one filter may be answered about, given that the group that they divide is answered about.

    counts: people for each value, in order; together they are the whole group. `check_filters` looks at one value and
    its parent; the parent less *all* answered values is a difference too. The rules of a *who* table decide: a value is
    answered about where its count would be shown in a line with its total. Where the line is withheld, none is.

    >>> answerable([13, 14, 3], thresholds=Thresholds(5))
    (False, False, False)
    >>> answerable([13, 14, 12], thresholds=Thresholds(5))
    (True, True, True)
    """
    names = [str(place) for place in range(len(counts))]
    try:
        table = protect_who_line("", names, counts, thresholds=thresholds)
    except Withheld:
        return (False,) * len(counts)
    return tuple(bool(row[1]) for row in table.rows[:-1])


def keeps_former_figure(former: Set[str], present: Set[str], *, thresholds: Thresholds) -> bool:
    """Whether a shown group's figures must stay as they were in the release before (`privacy.md` C5.5).

    former, present: who was in the group then and is now, by anything that lasts (subjects, at build). True where 1 to
    T-1 people have come or gone, counted together: two means with n and n + 1 give that one person's value away.

    >>> keeps_former_figure({"a"}, {"a", "b"}, thresholds=Thresholds(5))
    True
    """
    return 0 < len(former ^ present) < thresholds.cell
