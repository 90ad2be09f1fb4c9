"""Rules, the path recomputed from answers, posted pages and scores."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from kapabla.material import (
    DECLINED,
    MissingReason,
    Questionnaire,
    Rule,
    hidden_items,
    pages_to_show,
    pomp,
    read_page,
    score,
    scores,
)
from kapabla.material.instruments.definition import Item, Page
from kapabla.material.instruments.path import QuestionnairePage
from kapabla.material.instruments.rules import is_true
from kapabla.material.texts import Text

OPS = ["equals", "not_equals", "less_than", "at_most", "greater_than", "at_least"]
BEHIND_THE_GATE = {f"bet_{number}" for number in range(1, 7)}


@pytest.fixture(scope="module")
def before(material) -> Questionnaire:
    return material.studies["kapabla-2026"].questionnaire(material, "t0", "ABA")


def page_with(*items: Item) -> QuestionnairePage:
    page = Page(items=tuple(item.code for item in items))
    return QuestionnairePage(1, 1, "x", 1, page, items)


def item(kind: str, **fields) -> Item:
    return Item(code="x_1", kind=kind, text=Text(sv="Fråga"), **fields)


@pytest.mark.parametrize(
    ("op", "true_for"),
    [
        ("equals", {2}),
        ("not_equals", {1, 3}),
        ("less_than", {1}),
        ("at_most", {1, 2}),
        ("greater_than", {3}),
        ("at_least", {2, 3}),
    ],
)
def test_comparisons(op, true_for):
    rule = Rule(op=op, item="a", value=2)
    assert {value for value in (1, 2, 3) if is_true(rule, {"a": value})} == true_for


@pytest.mark.parametrize("op", [*OPS, "one_of", "chose", "answered"])
def test_a_comparison_with_a_missing_answer_is_false(op):
    value = (1, 2) if op == "one_of" else 1
    assert not is_true(Rule(op=op, item="a", value=value), {})


def test_lists_of_rules_and_choices():
    one, two = Rule(op="equals", item="a", value=1), Rule(op="chose", item="b", value=2)
    assert is_true(Rule(op="all", rules=(one, two)), {"a": 1, "b": [2, 3]})
    assert not is_true(Rule(op="all", rules=(one, two)), {"a": 1, "b": [3]})
    assert is_true(Rule(op="any", rules=(one, two)), {"b": [2]})
    assert is_true(Rule(op="one_of", item="a", value=(1, 4)), {"a": 4})
    assert is_true(Rule(op="answered", item="a"), {"a": 0})


def test_a_rule_can_look_at_an_earlier_wave():
    rule = Rule(op="equals", item="a", value=1, wave="t0")
    assert is_true(rule, {}, {"t0": {"a": 1}})
    assert not is_true(rule, {"a": 1}, {"t0": {}})
    assert not is_true(rule, {"a": 1})


def test_operators_are_a_closed_set():
    with pytest.raises(ValidationError):
        Rule(op="matches", item="a", value=1)


def test_the_gate_hides_what_lies_behind_it(before):
    assert hidden_items(before, {}) == BEHIND_THE_GATE
    assert hidden_items(before, {"bet_0": 2}) == BEHIND_THE_GATE
    assert hidden_items(before, {"bet_0": 3}) == BEHIND_THE_GATE
    assert hidden_items(before, {"bet_0": 1}) == set()


def test_pages_keep_their_numbers_and_say_what_is_hidden(before):
    pages = pages_to_show(before, {})
    assert [page.number for page in pages] == list(range(1, 13))
    assert {page.total for page in pages} == {12}
    assert set(next(page for page in pages if page.instrument_id == "bet").not_shown) == BEHIND_THE_GATE


def test_an_answer_behind_a_closed_gate_does_not_open_the_next():
    gate = item("number")
    second = gate.model_copy(update={"code": "x_2", "show_if": Rule(op="equals", item="x_1", value=1)})
    third = gate.model_copy(update={"code": "x_3", "show_if": Rule(op="equals", item="x_2", value=1)})
    page = page_with(gate, second, third)
    all_of = Questionnaire("s", "t0", "fore", Text(sv="x"), "", (), (page,), 1)
    assert hidden_items(all_of, {"x_1": 2, "x_2": 1}) == {"x_2", "x_3"}
    assert hidden_items(all_of, {"x_1": 1, "x_2": 1}) == set()


def test_a_page_with_nothing_to_show_is_left_out():
    hidden = item("number", show_if=Rule(op="equals", item="y", value=1))
    all_of = Questionnaire("s", "t0", "fore", Text(sv="x"), "", (), (page_with(hidden),), 1)
    assert pages_to_show(all_of, {}) == []
    assert len(pages_to_show(all_of, {"y": 1})) == 1


@settings(max_examples=60)
@given(st.dictionaries(st.sampled_from(["bet_0", "bet_2", "se_1", "til_3"]), st.integers(-5, 6)))
def test_shown_and_hidden_items_are_together_all(material, answers):
    asked = material.studies["kapabla-2026"].questionnaire(material, "t3", "ABA")
    shown = [item.code for page in pages_to_show(asked, answers) for item in page.items]
    hidden = hidden_items(asked, answers)
    assert sorted([*shown, *hidden]) == sorted(item.code for item in asked.items)
    assert (answers.get("bet_0") == 1) == (not hidden)


# posted pages


def test_a_posted_page_is_read_into_values_and_reasons(before):
    til = next(page for page in before.pages if page.instrument_id == "til")
    read = read_page(til, {"til_1": ["4"], "til_2": ["-95"], "til_3": [DECLINED], "til_4": [""]})
    assert read.values == {"til_1": 4}
    assert read.missing == {
        "til_2": MissingReason.NO_OPINION,
        "til_3": MissingReason.DECLINED,
        "til_4": MissingReason.SKIPPED,
        "til_5": MissingReason.SKIPPED,
    }
    assert read.skipped == ["til_4", "til_5"]
    assert read.faults == []


def test_what_is_not_shown_is_not_read(before):
    page = next(page for page in pages_to_show(before, {}) if page.instrument_id == "bet")
    read = read_page(page, {"bet_0": ["2"], "bet_2": ["3"]})
    assert read.values == {"bet_0": 2}
    assert {code for code, why in read.missing.items() if why is MissingReason.NOT_SHOWN} == BEHIND_THE_GATE
    assert read.skipped == []


def test_items_outside_the_given_shown_ones_are_not_shown(before):
    page = before.pages[0]
    read = read_page(page, {"se_1": ["1"], "se_2": ["1"]}, page.items[:1])
    assert read.values == {"se_1": 1}
    assert read.missing["se_2"] is MissingReason.NOT_SHOWN


@pytest.mark.parametrize(
    ("kind", "fields", "posted", "code"),
    [
        ("single", {}, ["9"], "unknown_option"),
        ("single", {}, ["x"], "unknown_option"),
        ("single", {}, ["1", "2"], "several_options"),
        ("multi", {}, ["1", "9"], "unknown_option"),
        ("multi", {"may_decline": True}, ["1", DECLINED], "declined_and_chosen"),
        ("single", {}, [DECLINED], "unknown_option"),
        ("number", {}, ["tre"], "not_a_number"),
        ("number", {}, ["-"], "not_a_number"),
        ("number", {}, ["²"], "not_a_number"),
        ("number", {}, ["1,5"], "too_many_decimals"),
        ("number", {"minimum": 0}, ["−1"], "too_small"),
        ("number", {"maximum": 10}, ["11"], "too_large"),
        ("date", {}, ["2026-02-30"], "not_a_date"),
        ("short_text", {"max_length": 3}, ["fyra"], "too_long"),
    ],
)
def test_a_fault_is_coded_and_nothing_is_kept(kind, fields, posted, code):
    options = [{"value": value, "text": {"sv": str(value)}} for value in (1, 2)] if kind in ("single", "multi") else []
    asked = Item.model_validate({"code": "x_1", "kind": kind, "text": {"sv": "?"}, "options": tuple(options), **fields})
    read = read_page(page_with(asked), {"x_1": posted})
    assert [fault.code for fault in read.faults] == [code]
    assert (read.values, read.missing, read.texts, read.skipped) == ({}, {}, {}, [])


@pytest.mark.parametrize(("posted", "value"), [("3", 3), ("1 200", 1200), ("-4", -4), ("007", 7)])
def test_whole_numbers(posted, value):
    assert read_page(page_with(item("number")), {"x_1": [posted]}).values == {"x_1": value}


def test_decimal_comma():
    assert read_page(page_with(item("number", decimals=2)), {"x_1": ["1,25"]}).values == {"x_1": 1.25}


def test_several_choices_are_kept_sorted_and_once():
    options = tuple({"value": value, "text": {"sv": str(value)}} for value in (1, 2, 3))
    asked = Item.model_validate({"code": "x_1", "kind": "multi", "text": {"sv": "?"}, "options": options})
    assert read_page(page_with(asked), {"x_1": ["3", "1", "3"]}).values == {"x_1": [1, 3]}


def test_free_text_stands_apart_from_values():
    read = read_page(page_with(item("long_text")), {"x_1": ["rad ett\r\nrad två"]})
    assert read.values == {}
    assert read.texts == {"x_1": "rad ett\nrad två"}


@pytest.mark.parametrize(
    ("posted", "may_be_quoted"),
    [({"x_1": ["ja"], "x_1-citat": ["1"]}, ["x_1"]), ({"x_1": ["ja"]}, []), ({"x_1": [" "], "x_1-citat": ["1"]}, [])],
)
def test_words_may_be_quoted_where_their_own_box_is_ticked(posted, may_be_quoted):
    """E1.2: and no box without words, nor one that the item does not have."""
    asked = item("long_text", quotation=Text(sv="Får citeras"))
    assert read_page(page_with(asked), posted).may_be_quoted == may_be_quoted
    assert read_page(page_with(item("long_text")), posted).may_be_quoted == []


def test_information_is_neither_answered_nor_skipped():
    read = read_page(page_with(item("information")), {})
    assert (read.missing, read.skipped) == ({}, [])


@settings(max_examples=200)
@given(st.lists(st.text(max_size=8), max_size=3))
def test_whatever_is_posted_an_item_ends_in_exactly_one_place(posted):
    for kind in ("number", "date", "short_text"):
        read = read_page(page_with(item(kind, may_decline=True)), {"x_1": posted})
        assert len(read.values) + len(read.missing) + len(read.texts) + len(read.faults) == 1


# scores


def test_the_example_in_the_docstring(material):
    roll = material.instruments["roll", 1]
    values = {"roll_1": 4, "roll_2": 2, "roll_4": 5, "roll_5": 1}
    assert score(roll.scale("roll_mean"), roll, values) == 4.5
    assert pomp(4.5, 1, 5) == 87.5


def test_a_mean_needs_its_minimum(material):
    se = material.instruments["se", 1]
    answered = {f"se_{number}": 3 for number in range(1, 7)}
    assert scores(se, answered) == {"se_mean": 3.0}
    answered.pop("se_1")
    assert scores(se, answered) == {"se_mean": None}


def test_do_not_know_is_an_answer_scored_zero_and_a_blank_counts_zero_from_ten_answers(material):
    kun = material.instruments["kun_a", 1]
    right = {item.code: item.correct for item in kun.items}
    assert scores(kun, right) == {"kun_a_sum": 12.0}
    assert scores(kun, {**right, "kun_a_01": 5}) == {"kun_a_sum": 11.0}
    ten = {code: right[code] for code in list(right)[:10]}
    assert scores(kun, ten) == {"kun_a_sum": 10.0}
    ten.pop("kun_a_01")
    assert scores(kun, ten) == {"kun_a_sum": None}


def test_the_behaviour_index_counts_kinds_of_act_among_those_with_an_opportunity(material):
    bet = material.instruments["bet", 1]
    done = {"bet_2": 0, "bet_3": 3, "bet_4": 1, "bet_5": 0, "bet_6": 2}
    assert scores(bet, {"bet_0": 1, **done}) == {"bet_index": 2.0}
    assert scores(bet, {"bet_0": 2, **done}) == {"bet_index": None}
    assert scores(bet, done) == {"bet_index": None}


def test_the_attention_line_passes_fails_or_is_missing(material):
    att = material.instruments["att", 1]
    scale = att.scale("uppm_pass")
    assert [score(scale, att, values) for values in ({"uppm": 4}, {"uppm": 1}, {})] == [1.0, 0.0, None]


def test_hiding_is_scored_from_reversed_items(material):
    soc = material.instruments["soc", 1]
    values = {"soc_1": 5, "soc_2": 5, "soc_3": 5, "soc_4": 1, "soc_5": 1, "soc_6": 1}
    assert scores(soc, values) == {"soc_exaggerating_mean": 5.0, "soc_hiding_mean": 5.0}


@settings(max_examples=100)
@given(st.dictionaries(st.sampled_from([f"att_{n}" for n in range(1, 9)]), st.integers(1, 5)))
def test_turning_every_answer_turns_the_mean(material, values):
    att = material.instruments["att", 1]
    scale = att.scale("att_mean")
    straight, turned = score(scale, att, values), score(scale, att, {code: 6 - value for code, value in values.items()})
    if len(values) < 6:
        assert (straight, turned) == (None, None)
    else:
        assert straight is not None
        assert turned is not None
        assert straight + turned == pytest.approx(6)
        assert 1 <= straight <= 5


@pytest.mark.parametrize("boxes", [(), ("if_it_stirs",), ("not_a_report", "if_it_stirs")])
@pytest.mark.parametrize("kind", ["short_text", "long_text", "single"])
def test_a_page_with_words_always_says_that_it_is_no_report(boxes, kind):
    """B9, `texts-sv.md` 1.1: whoever writes an instrument cannot forget it."""
    text = Text(sv="Skriv")
    item = Item(code="a", kind=kind, text=text)
    page = QuestionnairePage(1, 1, "prov", 1, Page(items=("a",), boxes=boxes), (item,))
    is_there = kind != "single" or "not_a_report" in boxes
    assert ("not_a_report" in page.boxes) is is_there
    assert len(page.boxes) == len(set(page.boxes))
