"""Attack 4: the order of rows, or of ids, against the order of enrolment. On a release: `test_truth_of_a_release`."""

import pytest
from scipy.stats import spearmanr

from kapabla.release.pseudonyms import release_ids

ENROLLED = [f"{n:05d}" for n in range(1000)]


def tells_the_order(exported):
    """C7.4: Spearman beyond 4 / sqrt(n)."""
    place = {subject: number for number, subject in enumerate(exported)}
    rank = [place[subject] for subject in ENROLLED]
    return abs(spearmanr(range(len(rank)), rank).statistic) >= 4 / len(rank) ** 0.5


def test_the_order_of_ids_says_nothing_of_the_order_of_enrolment():
    ids = release_ids(bytes(range(32)), "s", ENROLLED)
    assert not tells_the_order(sorted(ENROLLED, key=ids.__getitem__))


@pytest.mark.parametrize("order", [list, reversed, lambda subjects: [*subjects[500:], *subjects[:500]]])
def test_rows_in_the_order_of_the_vault_would_be_found(order):
    """The mutants: as they were enrolled, the last first, and one cohort after the other."""
    assert tells_the_order(list(order(ENROLLED)))
