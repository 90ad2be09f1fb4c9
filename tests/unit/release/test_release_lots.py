"""By lot is what was done, as `arm_by_lot` of the release says, and not what the study meant to do (R04)."""

import pytest

from analysis.evaluation import release_of
from kapabla.release.lots import arms_by_lot
from tests.analysis.evaluated import BOOK, column, files, make_rows

ROWS = make_rows(24)


def by_lot(told, rows=ROWS):
    rows = [{**row, "arm_by_lot": told(row)} for row in rows]
    return arms_by_lot(release_of(*files(rows, book=[*BOOK, column("arm_by_lot", "flag")])))


@pytest.mark.parametrize(
    ("told", "is_by_lot"),
    [
        (lambda _: 1, True),
        (lambda _: 0, False),
        (lambda row: int(row["arm"] == "direct"), False),
        (lambda row: 1 if row["arm"] == "direct" else "", False),
        (lambda _: "", False),
    ],
    ids=["everybody", "nobody", "one arm by hand", "one arm does not say", "withheld"],
)
def test_the_lot_decided_only_where_every_row_says_so(told, is_by_lot):
    assert by_lot(told) == is_by_lot


def test_a_release_without_the_column_or_with_one_arm_has_no_lot():
    assert not arms_by_lot(release_of(*files(ROWS)))
    assert not by_lot(lambda _: 1, [row for row in ROWS if row["arm"] == "direct"])
