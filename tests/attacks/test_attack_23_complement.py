"""Attack 23: 97 of 100 said yes, so it is known who the three are."""

import pytest

from kapabla.release.disclosure import (
    Thresholds,
    Withheld,
    hiding,
    protect_answers,
    protect_who,
    protect_who_line,
    response_rate,
)

T = Thresholds(5)


@pytest.mark.parametrize("counts", [[97, 3], [3, 97], [100, 0], [96, 4]])
def test_all_but_a_few_is_not_shown(counts):
    """C7.23, F8: neither as a table of who, nor as answers, nor as a share."""
    with pytest.raises(Withheld):
        protect_who_line("", ["ja", "nej"], counts, thresholds=T)
    with pytest.raises(Withheld):
        protect_answers(["ja", "nej"], counts, thresholds=T)


@pytest.mark.parametrize("answered", [97, 3])
def test_a_share_of_all_but_a_few_is_not_shown(answered):
    """C7.23."""
    with pytest.raises(Withheld):
        response_rate(answered, 100, thresholds=T)


def test_a_row_that_nearly_all_share_hides_the_many_as_well():
    """C7.23: the 97 of the one row, with the 3."""
    counts = [[97, 3, 0, 0], [50, 40, 30, 30], [50, 40, 30, 30], [50, 40, 30, 30], [50, 40, 30, 30]]
    table = protect_who(list("vwxyz"), list("abcd"), counts, thresholds=T)
    assert table.rows[0][1:3] == (None, None)


def test_enough_on_both_sides_is_shown():
    """The positive twin."""
    assert protect_answers(["ja", "nej"], [95, 5], thresholds=T).rows == (("ja", 95), ("nej", 5))
    assert protect_who_line("", ["ja", "nej"], [95, 5], thresholds=T).rows[0] == ("ja", 95)


def test_without_the_rule_of_the_complement_all_of_a_hundred_would_be_shown(monkeypatch):
    """The mutant: only small cells are hidden."""
    monkeypatch.setattr(hiding, "primary_cells", hiding.small_cells)
    assert protect_who_line("", ["ja", "nej"], [100, 0], thresholds=T).rows[0] == ("ja", 100)
