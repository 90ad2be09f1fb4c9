"""Attack 4: the order of rows, or of ids, against the order of enrolment."""

from scipy.stats import spearmanr

from kapabla.release.pseudonyms import release_ids


def test_the_order_of_ids_says_nothing_of_the_order_of_enrolment():
    """C7.4: Spearman within 4 / sqrt(n)."""
    enrolled = [f"{n:05d}" for n in range(1000)]
    ids = release_ids(bytes(range(32)), "s", enrolled)
    exported = sorted(enrolled, key=ids.__getitem__)
    rank = [exported.index(subject) for subject in enrolled]
    assert abs(spearmanr(range(len(rank)), rank).statistic) < 4 / len(rank) ** 0.5
