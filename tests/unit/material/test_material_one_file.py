"""An instrument as one file (C3), and a published version that nobody edits (C4)."""

import tomllib

import pytest
from hypothesis import given, settings
from pydantic import ValidationError

from kapabla.material import check_material, default_root, load_material
from kapabla.material.checksums import VersionIsPublished, write_checksums, write_instrument
from kapabla.material.instruments.checks import check_instrument
from kapabla.material.instruments.loader import parse_instrument, to_toml
from kapabla.material.reading import Shelf
from tests.made_instruments import instruments

SCALES = "instruments/response_scales.toml"


def read_again(written, root=None):
    shelf = Shelf(root or default_root())
    again = parse_instrument(shelf, "one.toml", written)
    return again, [str(fault) for fault in shelf.faults]


@settings(max_examples=60)
@given(instruments())
def test_any_sound_instrument_survives_the_way_out_and_in(instrument):
    assert list(check_instrument(instrument)) == []
    for whole in (False, True):
        assert read_again(to_toml(instrument, whole=whole)) == (instrument, [])


@pytest.mark.parametrize("whole", [False, True])
def test_each_of_ours_survives_the_way_out_and_in(material, whole):
    for instrument in material.instruments.values():
        assert read_again(to_toml(instrument, whole=whole)) == (instrument, [])


def test_a_whole_file_means_the_same_where_no_response_scale_is_known(material, tmp_path):
    (tmp_path / SCALES).parent.mkdir(parents=True)
    (tmp_path / SCALES).write_text("scales = []", "utf-8")
    se = material.instruments["se", 1]
    assert read_again(to_toml(se, whole=True), tmp_path) == (se, [])
    assert read_again(to_toml(se), tmp_path)[0] != se


def test_one_changed_word_is_one_changed_line(material):
    """A difference that a person can read."""
    se = material.instruments["se", 1]
    other = se.items[0].model_copy(update={"text": se.items[0].text.model_copy(update={"sv": "Något annat."})})
    old, new = (to_toml(one).splitlines() for one in (se, se.model_copy(update={"items": (other, *se.items[1:])})))
    assert len(old) == len(new)
    assert sum(a != b for a, b in zip(old, new, strict=True)) == 1


def test_what_has_been_read_cannot_be_changed(material):
    se = material.instruments["se", 1]
    with pytest.raises(ValidationError):
        se.version = 2
    with pytest.raises(ValidationError):
        se.items[0].text.sv = "x"


def test_a_draft_is_written_over_and_a_published_version_is_not(copy):
    se = load_material(copy).instruments["se", 1]
    changed = se.model_copy(update={"construct_name": "something"})
    assert write_instrument(copy, changed) == "instruments/se/v1.toml"
    assert load_material(copy).instruments["se", 1] == changed
    write_instrument(copy, se.model_copy(update={"status": "published"}))
    with pytest.raises(VersionIsPublished):
        write_instrument(copy, changed)
    write_instrument(copy, changed.model_copy(update={"version": 2}))
    assert tomllib.loads((copy / "instruments/se/v1.toml").read_text("utf-8"))["construct_name"] == se.construct_name


def test_the_response_scale_of_a_published_instrument_is_locked_with_it(copy):
    path, file = copy / SCALES, copy / "instruments/se/v1.toml"
    file.write_text(file.read_text("utf-8").replace('status = "draft"', 'status = "published"'), "utf-8")
    write_checksums(copy)
    assert check_material(copy) == []
    text = path.read_text("utf-8")
    start = text.index('code = "s_saker"')
    for changed in (
        text[:start] + text[start:].replace('sv = "', 'sv = "Nog ', 1),
        text.replace('"s_halla"', '"s_hall"'),
    ):
        path.write_text(changed, "utf-8")
        told = [str(fault) for fault in check_material(copy) if fault.place == "scale s_saker"]
        locked = "instruments/se/v1.toml is published and asks with this scale; put it back, and write a new scale."
        assert told == ([f"{SCALES}: scale s_saker: {locked}"] if '"s_halla"' in changed else [])
    write_checksums(copy)
    path.write_text(text[:start] + text[start:].replace('sv = "', 'sv = "Nog ', 1), "utf-8")
    write_checksums(copy)
    assert [fault.place for fault in check_material(copy)] == ["scale s_saker"]


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ('text = {sv = "Att jag kan ha fel"', 'text = {sv = "Att jag som {yrke} kan ha fel"', "items hin_1, text"),
        ('title = {sv = "', 'title = {sv = "{roll} ', "title"),
    ],
)
def test_braces_that_nobody_fills_in_are_told(spoil, old, new, place):
    """They would stop a participant's page."""
    name = "yrke" if "yrke" in new else "roll"
    assert f"instruments/hin/v1.toml: {place}: nobody fills in {{{name}}}; remove the braces." in spoil(
        "instruments/hin/v1.toml", old, new
    )


def test_the_trade_may_stand_in_a_question(spoil):
    assert spoil("instruments/hin/v1.toml", 'text = {sv = "Att jag kan', 'text = {sv = "Att jag som {roll} kan') == []
