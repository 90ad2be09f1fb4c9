"""What the loader says of items, groups, rules and orders that cannot work: one planted fault a rule."""

# ruff: noqa: E501 - a case a line is easier to compare than a case over six

import shutil
from pathlib import Path

import pytest

from kapabla.material import check_material
from tests.trial import make_root

PROV, SEN = "instruments/prov/v1.toml", "instruments/prov_sen/v1.toml"
GATE = 'show_if = {op = "equals", item = "prov_gate", value = 1}'
WAVE = 'show_if = {op = "chose", item = "prov_multi", value = 3, wave = "t0"}'


def gate(rule):
    return f"show_if = {{{rule}}}"


BAD = [
    # numbers, sliders, ranks, texts
    (PROV, "maximum = 500\n", "", "item prov_number: a number item needs minimum and maximum; write the lowest and highest answer that can be true."),
    (PROV, "minimum = 0\nmaximum = 500", "minimum = -95\nmaximum = 500", "item prov_number, minimum: answers from -99 to -91 mean missing ones; write -90 or more."),
    (PROV, "minimum = 0\nmaximum = 500", "minimum = 501\nmaximum = 500", "item prov_number: the minimum is above the maximum; change places."),
    (PROV, 'high = {sv = "Helt"}}', 'high = {sv = "Helt"}, step = 3}', "item prov_slider, slider: a slider goes in whole steps from minimum to maximum; mend the step or the range."),
    (PROV, 'items = ["prov_m1", "prov_m2"]\nscore = "mean"', 'items = ["prov_slider"]\nscore = "count_done"', "item prov_slider, slider: an item of a scale is answered with options, never a slider; remove the slider."),
    (PROV, 'kind = "date"', 'kind = "date"\nslider = {low = {sv = "x"}, high = {sv = "y"}}', 'item prov_date, slider: a slider stands beside a number field; remove it, or write kind = "number".'),
    (PROV, 'kind = "date"', 'kind = "date"\nminimum = 1', "item prov_date: only a number item has minimum, maximum and decimals; remove them."),
    (PROV, "places = 3", "places = 5", "item prov_rank, places: only a rank item has places, at most as many as options; mend the number."),
    (PROV, '{value = 4, text = {sv = "Rum"}}', '{value = -95, text = {sv = "Vet inte"}, missing = "no_opinion"}', "item prov_rank: all options of a rank item are ranked; remove the one with `missing`."),
    (PROV, 'kind = "information"\nmay_decline = false', 'kind = "information"', "item prov_info: an information item is not answered; remove may_decline."),
    (PROV, 'kind = "date"', 'kind = "date"\nmax_length = 3', "item prov_date, max_length: only a text item has a longest answer; remove max_length."),
    # groups
    (PROV, 'items = ["prov_m1", "prov_m2"]', 'items = ["prov_m1", "prov_x"]', "group prov_work: item prov_x does not exist; write one of the item codes of this file."),
    (PROV, 'items = ["prov_m1", "prov_m2"]', 'items = ["prov_m1"]', "group prov_work: a matrix has too few items; write the codes of its items."),
    (PROV, 'items = ["prov_m1", "prov_m2"]', 'items = ["prov_m1", "prov_number"]', "group prov_work: its items do not stand together, in the same order, on one page; write them so in `pages`."),
    (PROV, 'items = ["prov_m1", "prov_m2"]', 'items = ["prov_m2", "prov_single"]', "group prov_work: the items of a matrix are single choices with the same options; name one response_scale."),
    (PROV, 'title = {sv = "Anna i kassan", en = "Anna at the till"}\n', "", "group prov_anna: a vignette needs a `title`, which stands above it and in the codebook; write it."),
    (PROV, "Bo är påhittad.", "Bo är påhittad. " + "och " * 250, "group prov_bo: the story is too long for a page; shorten it to 250 words."),
    (PROV, 'items = ["prov_w1"]', 'items = ["prov_v2", "prov_w1"]', "group prov_bo: item prov_v2 is in group prov_anna already; remove it from one."),
    (PROV, 'code = "prov_work"', 'code = "prov_m1"', "group prov_m1: the code is used twice; give each group a code that no item, scale or group has."),
    # rules within a wave
    (PROV, GATE, gate('op = "equals", item = "prov_x", value = 1'), "item prov_behind, show_if: item prov_x does not exist; write one of the item codes of this file."),
    (PROV, GATE, gate('op = "equals", item = "prov_r1", value = 1'), "item prov_behind, show_if: item prov_r1 does not come before this item; look at an item that does."),
    (PROV, GATE, gate('op = "equals", item = "prov_behind", value = 1'), "item prov_behind, show_if: item prov_behind does not come before this item; look at an item that does."),
    (PROV, GATE, gate('op = "equals", item = "prov_gate", value = 7'), "item prov_behind, show_if: item prov_gate has no answer 7; write the value of one of its options."),
    (PROV, GATE, gate('op = "equals", item = "prov_single", value = -95'), "item prov_behind, show_if: item prov_single has no answer -95; write the value of one of its options."),
    (PROV, GATE, gate('op = "one_of", item = "prov_gate", value = [1, 7]'), "item prov_behind, show_if: item prov_gate has no answer 7; write the value of one of its options."),
    (PROV, GATE, gate('op = "equals", item = "prov_multi", value = 1'), 'item prov_behind, show_if: op "equals" does not suit a multi item; write op = "answered" or "chose".'),
    (PROV, GATE, gate('op = "chose", item = "prov_gate", value = 1'), 'item prov_behind, show_if: op "chose" does not suit a single item; write op = "answered" or a comparison such as "equals".'),
    (PROV, GATE, gate('op = "at_least", item = "prov_rank", value = 1'), 'item prov_behind, show_if: op "at_least" does not suit a rank item; write op = "answered".'),
    (PROV, GATE, gate('op = "at_least", item = "prov_date", value = 1'), 'item prov_behind, show_if: op "at_least" does not suit a date item; write op = "answered".'),
    (PROV, GATE, gate('op = "answered", item = "prov_long"'), "item prov_behind, show_if: item prov_long is free text, which no rule may read; look at another item."),
    (PROV, GATE, gate('op = "answered", item = "prov_info"'), "item prov_behind, show_if: item prov_info is information and has no answer; look at another item."),
    (PROV, GATE, gate('op = "answered", item = "prov_gate", value = 1'), 'item prov_behind, show_if: op "answered" takes no `value`; remove it, or write op = "equals".'),
    (PROV, GATE, gate('op = "at_most", item = "prov_number", value = [1]'), 'item prov_behind, show_if: op "at_most" needs one whole number; write value = 1.'),
    (PROV, GATE, gate('op = "not", item = "prov_gate", rules = [{op = "answered", item = "prov_gate"}]'), 'item prov_behind, show_if: op "not" takes only `rules`; move item, value and wave into one of them.'),
    (PROV, GATE, gate('op = "not"'), 'item prov_behind, show_if: op "not" needs `rules`; write at least one.'),
    (PROV, GATE, gate('op = "not", rules = [{op = "answered", item = "prov_gate"}, {op = "answered", item = "prov_know"}]'), 'item prov_behind, show_if: op "not" takes one rule; put the others in an "all" or an "any".'),
    (PROV, GATE, gate('op = "answered", item = "prov_gate", rules = [{op = "answered", item = "prov_know"}]'), 'item prov_behind, show_if: op "answered" takes no `rules`; remove them, or write op = "all".'),
    (PROV, 'code = "prov_gate"\n', 'code = "prov_gate"\nnot_at = ["t3"]\n', "item prov_behind, show_if: item prov_gate is not asked at t3; write t3 in not_at of this item too."),
    (PROV, 'code = "prov_gate"\n', 'code = "prov_gate"\nenabled = false\n', "item prov_behind, show_if: item prov_gate is switched off; look at another item."),
    (PROV, 'only_if = {op = "equals", item = "prov_gate", value = 1}', 'only_if = {op = "equals", item = "prov_x", value = 1}', "scale prov_more_count, only_if: item prov_x does not exist; write one of the item codes of this file."),
    (PROV, 'only_if = {op = "equals", item = "prov_gate", value = 1}', 'only_if = {op = "equals", item = "prov_gate", value = 1, wave = "t0"}', "scale prov_more_count, only_if: a scale is scored from one wave; remove `wave`."),
    # rules across waves
    (SEN, WAVE, WAVE.replace('"t0"', '"t9"'), "there is no wave t9; write the code of one."),
    (SEN, WAVE, WAVE.replace('"t0"', '"t1"'), "wave t1 does not come before t1, where the item is asked; look at an earlier one."),
    (SEN, WAVE, WAVE.replace('"t0"', '"t6"'), "wave t6 does not come before t1, where the item is asked; look at an earlier one."),
    (SEN, WAVE, WAVE.replace("prov_multi", "prov_x"), "there is no item prov_x in the study; write the code of one."),
    (SEN, WAVE, WAVE.replace("prov_multi", "hin_1"), "item hin_1 is not asked at t0; look at a wave that asks it."),
    (SEN, WAVE, WAVE.replace("value = 3", "value = 9"), "item prov_multi has no answer 9; write the value of one of its options."),
    (SEN, WAVE, WAVE.replace("chose", "at_least"), 'op "at_least" does not suit a multi item; write op = "answered" or "chose".'),
    # random order
    (PROV, 'code = "prov_m1"\n', 'code = "prov_m1"\nrandom_options = true\n', "item prov_m1, random_options: only options that are no scale can change places; remove it."),
    (PROV, 'kind = "date"', 'kind = "date"\nrandom_options = true', "item prov_date, random_options: only options that are no scale can change places; remove it."),
    (PROV, 'items = ["prov_gate", "prov_behind"]', 'random_items = true\nitems = ["prov_gate", "prov_behind"]', "page 6, random_items: item prov_behind is shown by the answer to prov_gate, which may come later; remove it."),
    (PROV, 'items = ["prov_info", "prov_rank", "prov_know"]', 'random_items = true\nitems = ["prov_info", "prov_rank", "prov_know"]', "page 3, random_items: information prov_info has its place; put it on another page."),
    (PROV, 'title = {sv = "Prov av frågor", en', 'random_pages = true\ntitle = {sv = "Prov av frågor", en', "random_pages: item prov_more is shown by the answer to prov_gate, which may come later; remove it."),
]  # fmt: skip


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    return make_root(tmp_path_factory.mktemp("faulty"))


@pytest.fixture(scope="module")
def bare(root):
    """Only what faults of instruments need: courses and consents take long to read, and are not looked at here."""
    for folder in ("courses", "consents"):
        shutil.rmtree(root / folder)
    return root


def faults_with(root: Path, file: str, old: str, new: str) -> list[str]:
    path = root / file
    text = path.read_text("utf-8")
    assert old in text, f"{file} has no {old!r}"
    path.write_text(text.replace(old, new, 1), "utf-8")
    try:
        return [str(fault) for fault in check_material(root)]
    finally:
        path.write_text(text, "utf-8")


@pytest.mark.parametrize(("file", "old", "new", "message"), BAD)
def test_each_fault_is_told_in_the_authors_words(bare, file, old, new, message):
    found = faults_with(bare, file, old, new)
    place = "studies/kapabla-2026.toml: item sen_2, show_if" if file == SEN else file
    assert f"{place}: {message}" in found


def test_the_trial_itself_has_no_fault(bare):
    assert [fault for fault in map(str, check_material(bare)) if "prov" in fault or "sen_" in fault] == []
