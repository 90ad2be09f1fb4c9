"""Attack 16: hidden cells recovered from the margins of random tables."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kapabla.release.disclosure import Thresholds, Withheld, protect_who
from kapabla.release.disclosure.cells import Audit
from tests.unit.release.auditor import intervals


@st.composite
def tables(draw):
    """Roles by municipality as they are: most people in a few cells, some small ones, and zeros."""
    width, height = draw(st.integers(2, 5)), draw(st.integers(2, 8))
    cell = st.one_of(st.integers(8, 60), st.integers(8, 60), st.integers(8, 60), st.integers(0, 7))
    return draw(st.lists(st.lists(cell, min_size=width, max_size=width), min_size=height, max_size=height))


def protected(counts, cell):
    rows, columns = [f"r{n}" for n in range(len(counts))], [f"c{n}" for n in range(len(counts[0]))]
    try:
        return protect_who(rows, columns, counts, thresholds=Thresholds(cell))
    except Withheld:
        return None


@pytest.mark.parametrize("cell", [5, 10])
def test_no_hidden_small_cell_is_known_to_within_the_threshold(cell):
    """C7.16, F8: an auditor of its own, that reads the printed table and nothing else."""
    tried = []

    @settings(deadline=None, max_examples=60)
    @given(tables())
    def attack(counts):
        table = protected(counts, cell)
        if table is None:
            return
        full = [[*row, sum(row)] for row in counts]
        full.append([sum(column) for column in zip(*full, strict=True)])
        for (r, c), (least, greatest) in intervals(table.headers, table.rows).items():
            assert least - 1e-6 <= full[r][c] <= greatest + 1e-6
            assert not 0 < full[r][c] < cell or greatest - least >= cell - 1e-6
        assert all(printed is None or printed == 0 or printed >= cell for row in table.rows for printed in row[1:])
        tried.append(table.as_json["rows"])

    attack()
    with_holes = [rows for rows in tried if any(None in row for row in rows)]
    assert len(with_holes) >= 5  # the positive twin: there was something to attack


def test_without_the_second_hidden_cell_the_attack_succeeds():
    """The positive twin: subtraction gives a cell that is hidden alone."""
    rows = [["x", None, 20, 23], ["y", 20, 20, 40], ["Alla", 23, 40, 63]]
    assert intervals(["", "a", "b", "Alla"], rows) == {(0, 0): (3.0, 3.0)}


TIGHT = [[2, 1, 1, 20], [3, 30, 0, 0], [25, 4, 25, 2], [25, 30, 3, 30], [30, 30, 12, 20]]


def tight_cells(table):
    """Hidden cells of few people that are known to within five."""
    return [
        (r, c) for (r, c), (least, greatest) in intervals(table.headers, table.rows).items()
        if r < len(TIGHT) and c < len(TIGHT[0]) and 0 < TIGHT[r][c] < 5 and greatest - least < 5 - 1e-6
    ]  # fmt: skip


def test_without_the_audit_the_attack_succeeds(monkeypatch):
    """The mutant: a second cell in every line, and nobody looks how well the first is known."""
    monkeypatch.setattr(Audit, "width", lambda _audit, _target: float("inf"))
    assert tight_cells(protected(TIGHT, 5))


def test_with_the_audit_it_does_not():
    assert tight_cells(protected(TIGHT, 5)) == []
