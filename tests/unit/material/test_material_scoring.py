"""Every scale of every instrument by hand, and with every pattern of blanks; what is scored and what never is."""

from itertools import combinations

import pytest

from kapabla.material import pomp, score
from kapabla.material.instruments.definition import MissingReason
from kapabla.release.build import _given
from kapabla.release.columns import Kind
from kapabla.release.study_columns import columns_of

# (instrument, scale): answers in the order of the scale's items, the score worked out on paper, its POMP.
# Reversed items: 6 minus the answer, then the sum divided by the number of items.
BY_HAND = {
    ("se", "se_mean"): ([1, 2, 3, 4, 5, 4, 3, 2], 24 / 8, 50.0),
    ("se_then", "se_then_mean"): ([2, 2, 2, 2, 3, 3, 3, 3], 20 / 8, 37.5),
    ("avs", "avs_mean"): ([5, 5, 4, 4, 3, 2], (5 + 5 + 4 + 4 + 3 + 4) / 6, 100 * (25 / 6 - 1) / 4),
    ("roll", "roll_mean"): ([4, 2, 5, 5, 1, 3], (4 + 4 + 5 + 5 + 5 + 3) / 6, 100 * (26 / 6 - 1) / 4),
    ("hin", "hin_mean"): ([1, 1, 2, 2, 3, 3, 4, 4], 20 / 8, 37.5),
    ("til", "til_mean"): ([5, 4, 3, 2, 1], 3.0, 50.0),
    ("att", "att_mean"): ([1, 2, 4, 2, 5, 4, 1, 3], (5 + 4 + 4 + 4 + 5 + 4 + 5 + 3) / 8, 81.25),
    ("soc", "soc_exaggerating_mean"): ([5, 4, 3], 4.0, 75.0),
    ("soc", "soc_hiding_mean"): ([1, 2, 3], (5 + 4 + 3) / 3, 75.0),
    ("kurs", "kurs_mean"): ([5, 4, 4, 3, 5, 3], 4.0, 75.0),
    ("kun_a", "kun_a_sum"): ([2, 3, 1, 2, 3, 1, 4, 4, 4, 2, 1, 5], 10.0, 100 * 10 / 12),
    ("kun_b", "kun_b_sum"): ([1, 4, 3, 4, 2, 3, 1, 3, 4, 1, 2, 2], 12.0, 100.0),
    ("bet", "bet_index"): ([0, 3, 1, 0], 2.0, 50.0),
    ("att", "uppm_pass"): ([4], 1.0, 100.0),
}  # fmt: skip


def all_scales(material):
    return [(instrument, scale) for instrument in material.instruments.values() for scale in instrument.scales]


def gates(instrument, scale):
    """What has to be answered for the scale to exist at all."""
    return {} if scale.only_if is None else {scale.only_if.item: scale.only_if.value}


def test_every_scale_is_worked_out_by_hand(material):
    assert {(instrument.id, scale.code) for instrument, scale in all_scales(material)} == set(BY_HAND)


@pytest.mark.parametrize("name", sorted(BY_HAND))
def test_a_scale_gives_what_was_worked_out_by_hand(material, name):
    answers, by_hand, percent = BY_HAND[name]
    instrument = material.instruments[name[0], 1]
    scale = instrument.scale(name[1])
    assert len(answers) == len(scale.items)
    values = dict(zip(scale.items, answers, strict=True)) | gates(instrument, scale)
    found = score(scale, instrument, values)
    assert found == pytest.approx(by_hand, abs=1e-12)
    assert pomp(found, scale.minimum, scale.maximum) == pytest.approx(percent, abs=1e-12)


@pytest.mark.parametrize("name", sorted(BY_HAND))
def test_every_pattern_of_blanks(material, name):
    """All 2ⁿ: below the minimum there is no score, from it on the answered items alone decide."""
    answers, _, _ = BY_HAND[name]
    instrument = material.instruments[name[0], 1]
    scale = instrument.scale(name[1])
    given = dict(zip(scale.items, answers, strict=True))
    worth = {code: _worth(instrument.item(code), scale, value) for code, value in given.items()}
    seen = set()
    for count in range(len(scale.items) + 1):
        for kept in combinations(scale.items, count):
            values = {code: given[code] for code in kept} | gates(instrument, scale)
            found = score(scale, instrument, values)
            if count < scale.min_answered:
                assert found is None, kept
            else:
                total = sum(worth[code] for code in kept)
                assert found == pytest.approx(total / count if scale.score == "mean" else total, abs=1e-12), kept
                assert scale.minimum <= found <= scale.maximum
            seen.add(kept)
    assert len(seen) == 2 ** len(scale.items)


def _worth(item, scale, value):
    """What an answer adds, written anew and not as the product writes it."""
    if scale.score == "mean":
        ladder = sorted(item.scored_values)
        return ladder[-1 - ladder.index(value)] if item.reversed else value
    return int(value == item.correct) if scale.score == "sum_correct" else int(value >= 1)


def test_the_ends_of_every_scale_are_0_and_100(material):
    for instrument, scale in all_scales(material):
        ends = scale.minimum, scale.maximum
        assert [pomp(end, *ends) for end in ends] == [0.0, 100.0], scale.code
        items = [instrument.item(code) for code in scale.items]
        best = {item.code: _end(item, scale, best=True) for item in items} | gates(instrument, scale)
        worst = {item.code: _end(item, scale, best=False) for item in items} | gates(instrument, scale)
        assert score(scale, instrument, best) == scale.maximum, scale.code
        assert score(scale, instrument, worst) == scale.minimum, scale.code


def _end(item, scale, *, best):
    if scale.score == "sum_correct":
        return item.correct if best else next(value for value in item.scored_values if value != item.correct)
    return max(item.scored_values) if best != item.reversed else min(item.scored_values)


def test_the_parallel_forms_fill_the_same_twelve_cells(material):
    a, b = (material.instruments[name, 1].items for name in ("kun_a", "kun_b"))
    assert [item.cell for item in a] == [item.cell for item in b]
    assert sorted(item.cell for item in a) == list(range(1, 13))
    assert [len(item.options) for item in a] == [len(item.options) for item in b]
    assert (
        material.instruments["kun_a", 1].scales[0].min_answered
        == material.instruments["kun_b", 1].scales[0].min_answered
    )


def test_the_attention_line_is_in_no_scale_of_attitudes(material):
    att = material.instruments["att", 1]
    assert [scale.code for scale in att.scales if "uppm" in scale.items] == ["uppm_pass"]
    answered = {f"att_{number}": 3 for number in range(1, 9)}
    for careless in ({}, {"uppm": 1}, {"uppm": 4}):
        assert score(att.scale("att_mean"), att, answered | careless) == 3.0
    assert score(att.scale("att_mean"), att, {f"att_{n}": 3 for n in range(1, 6)} | {"uppm": 4}) is None


def test_reversed_items_leave_as_they_were_answered(material):
    columns = {column.name: column for column in columns_of(material.studies["kapabla-2026"], material)}
    reversed_items = [i for instrument in material.instruments.values() for i in instrument.items if i.reversed]
    assert len(reversed_items) == 11
    for item in reversed_items:
        column = columns[item.code]
        assert column.is_reversed
        assert column.kind is Kind.CATEGORY
        assert [_given(column, value) for value in item.scored_values] == list(item.scored_values)
        assert dict(column.categories) == {
            option.value: option.text.sv for option in item.options if not option.missing
        }


def test_there_are_six_reasons_and_no_answer_of_ours_looks_like_one(material):
    assert len(MissingReason) == 6
    codes = {reason.value for reason in MissingReason}
    for instrument in material.instruments.values():
        for item in instrument.items:
            assert not codes & set(item.scored_values), item.code
