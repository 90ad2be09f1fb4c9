"""The path as a property: whatever is answered, in whatever order, it ends, and shows nothing that does not apply."""

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kapabla.material import load_material
from kapabla.material.instruments import (
    DECLINED,
    ORDERS,
    answers_that_count,
    hidden_items,
    in_order,
    pages_to_show,
    read_page,
)
from kapabla.material.instruments.ranking import entry, moved, placed
from kapabla.material.instruments.rules import is_true
from kapabla.material.studies.questionnaire import answers_by_wave
from kapabla.release.shown_answers import Saved, Waves, settled

STUDY = "kapabla-2026"
# A whole history is too long to be drawn piece by piece: hypothesis draws the seed that it is made from.
HISTORIES = st.integers(0, 2**32)
OURS = ("t0", "t0b", "t1", "t3", "t6", "t12")


@pytest.fixture(scope="module")
def trial(trial_root):
    return load_material(trial_root)


def posted(chance, item):
    """What a form may hold of an item: right, wrong, declined, twice, or nothing at all."""
    values = [str(option.value) for option in item.options]
    if item.kind == "rank":
        values = [entry(option.value, place) for option in item.options for place in range(1, 5)]
    if item.kind == "number":
        values = ["0", "5", "99", "100", "2,5"]
    if item.kind == "date":
        values = ["2026-09-12", "i går"]
    if item.is_text:
        values = ["ord", "x" * 50]
    odd = [DECLINED, "", "-7"]
    return [
        chance.choice(values if values and chance.random() < 0.8 else odd)
        for _ in range(chance.choice((0, 1, 1, 1, 2)))
    ]


def walk(chance, questionnaire, earlier=None):
    """As the page does it: after each save the next page that applies; now and then somebody goes back."""
    saved, steps = {}, 0
    values = {}
    pages = pages_to_show(questionnaire, values, earlier)
    number = pages[0].number if pages else None
    order = [page.number for page in questionnaire.pages]
    backs = chance.randrange(4)
    while number is not None:
        steps += 1
        assert steps <= 5 * len(order), "the walk does not end"
        page = next(page for page in pages_to_show(questionnaire, values, earlier) if page.number == number)
        counted = answers_that_count(questionnaire, values, earlier)
        for item in page.items:
            assert item.show_if is None or is_true(item.show_if, counted, earlier), "a question that does not apply"
        read = read_page(page, {item.code: posted(chance, item) for item in page.items})
        faulty = {fault.item for fault in read.faults}
        places = [set(read.values), set(read.missing), set(read.texts), faulty]
        everything = [code for place in places for code in place]
        asked = {item.code for item in page.items if item.is_asked} | set(page.not_shown)
        assert sorted(everything) == sorted(asked), "an item is in two places, or in none"
        saved[number] = read
        values = {code: value for save in saved.values() for code, value in save.values.items()}
        shown = [page.number for page in pages_to_show(questionnaire, values, earlier)]
        at = order.index(number)
        number = next((other for other in order[at + 1 :] if other in shown), None)
        if number is None and backs:
            backs -= 1
            number = chance.choice(shown) if shown else None
    return values, saved


@pytest.mark.parametrize("wave", OURS)
@settings(max_examples=25)
@given(seed=HISTORIES)
def test_no_history_leads_astray_in_our_own_questionnaires(material, wave, seed):
    study, chance = material.studies[STUDY], Random(seed)  # noqa: S311  (the same walk every time)
    order = chance.choice(study.form_orders)
    asked = study.questionnaire(material, wave, order)
    values, _ = walk(chance, asked)
    hidden = hidden_items(asked, values)
    assert not hidden & set(answers_that_count(asked, values))


@settings(max_examples=150)
@given(seed=HISTORIES)
def test_no_history_leads_astray_with_every_kind_of_question_and_across_waves(trial, seed):
    study, chance = trial.studies[STUDY], Random(seed)  # noqa: S311  (the same walk every time)
    seed = chance.randrange(ORDERS + 1)
    first = in_order(study.questionnaire(trial, "t0", "ABA"), seed)
    values, saved = walk(chance, first)
    earlier = answers_by_wave(study, {"t0": values}, lambda wave: study.questionnaire(trial, wave, "ABA"))
    later = in_order(study.questionnaire(trial, "t1", "ABA"), seed)
    later_values, _ = walk(chance, later, earlier)
    assert ("sen_2" in later_values) <= (3 in values.get("prov_multi", []))
    # And what is released of it: no answer to what was hidden in the end, and one place for each item.
    rows = Saved()
    for number, read in saved.items():
        rows.add(number, read.values, {code: reason.slug for code, reason in read.missing.items()})
    out = settled({"t0": rows}, {"t0"}, Waves(study, trial), "ABA")["t0"]
    hidden = hidden_items(first, values)
    assert not set(out.values) & set(out.reasons)
    assert {code for code, reason in out.reasons.items() if reason == "not_shown"} >= hidden
    assert out.values == answers_that_count(first, values)


@settings(max_examples=60)
@given(seed=st.integers(1, ORDERS))
def test_an_order_loses_nothing_and_comes_out_the_same(trial, seed):
    study = trial.studies[STUDY]
    for wave in ("t0", "t1"):
        written = study.questionnaire(trial, wave, "ABA")
        turned = in_order(written, seed)
        assert turned == in_order(written, seed)
        assert sorted(page.number for page in turned.pages) == [page.number for page in written.pages]
        for page in written.pages:
            other = turned.page(page.number)
            assert sorted(item.code for item in other.items) == sorted(item.code for item in page.items)
            for item in page.items:
                assert sorted(o.value for o in turned.item(item.code).options) == sorted(o.value for o in item.options)
            groups = [next((g.code for g in page.groups if item.code in g.items), item.code) for item in other.items]
            assert [g for i, g in enumerate(groups) if i == 0 or groups[i - 1] != g] == list(dict.fromkeys(groups))


def test_the_orders_differ_and_ours_has_none(material, trial):
    written = trial.studies[STUDY].questionnaire(trial, "t0", "ABA")
    orders = {tuple(item.code for item in in_order(written, seed).page(8).items) for seed in range(1, ORDERS + 1)}
    assert len(orders) > 8
    assert not any(instrument.is_random for instrument in material.instruments.values())
    ours = material.studies[STUDY].questionnaire(material, "t0", "ABA")
    assert in_order(ours, 5) is ours


@settings(max_examples=100)
@given(data=st.data())
def test_moving_rows_keeps_a_ranking_that_can_be_saved(trial, data):
    """However the buttons are pressed, what the form then holds is an answer."""
    item = trial.instruments["prov", 1].item("prov_rank")
    form = []
    for _ in range(data.draw(st.integers(1, 8))):
        option = data.draw(st.sampled_from([1, 2, 3, 4]))
        before = placed(item, form)
        form = moved(item, form, option, up=data.draw(st.booleans()))
        after = placed(item, form)
        assert len(set(after)) == len(after) <= item.places_to_give
        assert abs(len(after) - len(before)) <= 1
    page = next(p for p in trial.studies[STUDY].questionnaire(trial, "t0", "ABA").pages if item in p.items)
    read = read_page(page, {"prov_rank": form})
    assert read.faults == []
    assert read.values.get("prov_rank", []) == placed(item, form)
