"""The lot: balanced within strata, drawn again exactly, and deaf to the order in which units are given (E7)."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kapabla.identity.allocation import Lot, draw, list_hash, mark_of

SEEDS = st.binary(min_size=32, max_size=32)
DESIGNS = st.sampled_from(
    [
        ({"direct": 1, "waitlist": 1}, (2, 4)),
        ({"direct": 1, "waitlist": 1}, (4,)),
        ({"direct": 2, "waitlist": 1}, (3, 6)),
        ({"a": 1, "b": 1, "c": 2}, (4, 8)),
    ]
)
UNITS = st.dictionaries(st.text("abcdef0123", min_size=1, max_size=8), st.sampled_from("XYZ"), max_size=60)


def drawn(units, lot):
    """Arm by unit, through the marks."""
    marks = {unit: mark_of(lot.seed, unit) for unit in units}
    arms = draw({marks[unit]: stratum for unit, stratum in units.items()}, lot)
    return {unit: arms[mark] for unit, mark in marks.items()}


@given(units=UNITS, seed=SEEDS, design=DESIGNS)
def test_arms_are_balanced_within_each_stratum_to_one_unfinished_block(units, seed, design):
    ratio, blocks = design
    found = drawn(units, Lot(seed, ratio, blocks))
    assert set(found) == set(units)
    for stratum in set(units.values()):
        counts = Counter(found[unit] for unit, where in units.items() if where == stratum)
        # Whole blocks have their shares exactly; the unfinished one has at most its own places of an arm.
        for arm, share in ratio.items():
            for other, its_share in ratio.items():
                most = max(blocks) // sum(ratio.values())
                assert counts[arm] / share - counts[other] / its_share <= most


@given(units=UNITS, seed=SEEDS, design=DESIGNS, data=st.data())
def test_the_same_seed_gives_the_same_list_in_any_order(units, seed, design, data):
    lot = Lot(seed, *design)
    turned = dict(data.draw(st.permutations(list(units.items()))))
    other = Lot(seed, dict(reversed(design[0].items())), tuple(reversed(design[1])))
    assert drawn(units, lot) == drawn(turned, lot) == drawn(turned, other)


@given(units=UNITS, seed=SEEDS, design=DESIGNS)
def test_another_stratum_changes_nothing_in_this_one(units, seed, design):
    lot = Lot(seed, *design)
    alone = {unit: stratum for unit, stratum in units.items() if stratum == "X"}
    assert drawn(alone, lot).items() <= drawn(units, lot).items()


def test_each_unit_comes_to_either_arm_about_as_often():
    """Over 2 000 seeds; the limit is four standard deviations."""
    units = dict.fromkeys("abcdef", "s")
    first = Counter(
        arm for number in range(2000)
        for arm in [drawn(units, Lot(number.to_bytes(32, "big"), {"x": 1, "y": 1}, (2, 4)))["a"]]
    )  # fmt: skip
    assert abs(first["x"] - 1000) < 90


def test_blocks_of_two_sizes_are_both_used():
    """With blocks of two alone, whoever knows one of a pair would know the other."""
    lot = Lot(bytes(range(32)), {"x": 1, "y": 1}, (2, 4))
    units = dict.fromkeys((str(number) for number in range(400)), "s")
    arms = draw({mark_of(lot.seed, unit): "s" for unit in units}, lot)
    in_order = [arms[mark] for mark in sorted(arms)]
    pairs = [in_order[place] == in_order[place + 1] for place in range(0, 400, 2)]
    assert any(pairs)
    assert not all(pairs)


@pytest.mark.parametrize("change", ["seed", "ratio", "blocks", "arm", "stratum", "unit"])
def test_the_hash_tells_any_change_of_a_list(change):
    lot = Lot(bytes(32), {"x": 1, "y": 1}, (2, 4))
    strata = {mark_of(lot.seed, unit): "s" for unit in "abcd"}
    arms = draw(strata, lot)
    first = sorted(strata)[0]
    other = {
        "seed": (strata, arms, Lot(bytes([1]) * 32, lot.ratio, lot.block_sizes)),
        "ratio": (strata, arms, Lot(lot.seed, {"x": 1, "y": 2}, lot.block_sizes)),
        "blocks": (strata, arms, Lot(lot.seed, lot.ratio, (2,))),
        "arm": (strata, arms | {first: "x" if arms[first] == "y" else "y"}, lot),
        "stratum": (strata | {first: "t"}, arms, lot),
        "unit": (strata | {"0" * 64: "s"}, arms | {"0" * 64: "x"}, lot),
    }[change]
    assert list_hash(strata, arms, lot) == list_hash(dict(reversed(strata.items())), arms, lot)
    assert list_hash(*other) != list_hash(strata, arms, lot)
