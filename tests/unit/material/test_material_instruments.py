"""The instruments as authored: their size, keys and order, and the round trip of feature C3."""

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from kapabla.material import MissingReason, default_root
from kapabla.material.instruments.loader import parse_instrument, to_toml
from kapabla.material.reading import Shelf

KEYS = {"kun_a": "b c a b c a d b d b a c", "kun_b": "a d c d b c a c d a b b"}
ITEMS = {
    "se": 8, "se_then": 8, "avs": 6, "roll": 6, "hin": 8, "til": 5, "att": 9, "kun_a": 12, "kun_b": 12, "bak": 8,
    "soc": 6, "bet": 8, "kurs": 7,
    "tu": 20,  # of the open surveys, not of the study
}  # fmt: skip
REVERSED = {"avs_6", "roll_2", "roll_5", "att_1", "att_2", "att_4", "att_7", "att_8", "soc_4", "soc_5", "soc_6"}


def all_items(material):
    return [item for instrument in material.instruments.values() for item in instrument.items]


def test_every_instrument_has_the_items_of_the_specification(material):
    assert {key[0]: len(instrument.items) for key, instrument in material.instruments.items()} == ITEMS


def test_the_reversed_items_are_those_of_the_specification(material):
    assert {item.code for item in all_items(material) if item.reversed} == REVERSED


@pytest.mark.parametrize("name", ["kun_a", "kun_b"])
def test_keys_of_the_knowledge_test(material, name):
    letters = ["abcd"[item.correct - 1] for item in material.instruments[name, 1].items]
    assert letters == KEYS[name].split()


def test_every_item_and_option_is_written_in_both_languages(material):
    for item in all_items(material):
        assert item.text.en, item.code
        assert all(option.text.en for option in item.options), item.code


def test_only_the_emotional_burden_is_marked_sensitive(material):
    of_the_study = [item for item in all_items(material) if not item.code.startswith("tu_")]
    assert [item.code for item in of_the_study if item.sensitive] == ["hin_8"]


def test_declining_is_offered_where_the_specification_says(material):
    without = {instrument.id for instrument in material.instruments.values() if not instrument.items[0].may_decline}
    assert without == {"kun_a", "kun_b", "soc", "kurs", "tu"}


def test_knowledge_items_end_with_do_not_know_and_have_feedback(material):
    for item in all_items(material):
        if item.kind == "knowledge":
            assert item.options[-1].text.sv == "Vet inte"
            assert item.correct != item.options[-1].value
            assert item.feedback


def test_the_attention_line_stands_after_the_fifth_attitude(material):
    att = material.instruments["att", 1]
    codes = [code for page in att.pages for code in page.items]
    assert codes[4:7] == ["att_5", "uppm", "att_6"]


def test_the_course_comment_is_switched_off(material):
    assert not material.instruments["kurs", 1].item("kurs_comment").enabled


@pytest.mark.parametrize("name", sorted(ITEMS))
def test_an_instrument_survives_the_way_out_and_in(material, name):
    instrument = material.instruments[name, 1]
    shelf = Shelf(default_root())
    again = parse_instrument(shelf, f"instruments/{name}/v1.toml", to_toml(instrument))
    assert again == instrument
    assert shelf.faults == []


def test_the_written_file_names_response_scales_once_instead_of_repeating_options(material):
    written = tomllib.loads(to_toml(material.instruments["se", 1]))
    assert written["items"][0]["response_scale"] == "s_saker"
    assert "options" not in written["items"][0]


def test_missing_reasons_carry_the_codes_of_the_files():
    assert {reason.slug: (reason.value, reason.stata) for reason in MissingReason} == {
        "not_reached": (-91, "a"),
        "not_shown": (-92, "b"),
        "skipped": (-93, "c"),
        "declined": (-94, "d"),
        "no_opinion": (-95, "e"),
        "withheld": (-97, "f"),
    }
    assert MissingReason.of_slug("declined") is MissingReason.DECLINED


def test_material_loads_without_a_data_frame_library():
    code = (
        "import sys; from kapabla.material import load_material, default_root; load_material(default_root());"
        "sys.exit(bool({'pandas', 'numpy', 'flask', 'sqlalchemy'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=Path(__file__).parents[3], check=False).returncode == 0
