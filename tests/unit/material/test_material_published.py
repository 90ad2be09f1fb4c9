"""What lies in the published store is read after the folder by every process, and only as it was approved."""

from datetime import UTC, datetime, timedelta

import pytest

from kapabla.material import MaterialFaults, default_root, load_material
from kapabla.material.differences import Difference, differences
from kapabla.material.instruments.loader import to_toml
from kapabla.material.library import Library
from kapabla.material.published import publish, read_published
from kapabla.store import Store

ROOT = default_root()
AT = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
PLACE = "instruments/til/v2.toml"


def second(material, **changes):
    return to_toml(material.instruments["til", 1].model_copy(update={"version": 2} | changes), whole=True).encode()


def library(folder):
    return Library(ROOT, folder, lambda added: load_material(ROOT, added))


def test_what_is_published_is_read_beside_the_folder_and_no_later_than_a_minute(material, tmp_path):
    running = library(tmp_path)
    assert ("til", 2) not in running.material(AT).instruments
    publish(Store(tmp_path), PLACE, {PLACE: second(material)}, approval="a")
    assert ("til", 2) not in running.material(AT + timedelta(seconds=59)).instruments
    assert ("til", 2) in running.material(AT + timedelta(seconds=60)).instruments
    assert ("til", 1) in running.material(AT).instruments
    assert ("til", 2) in library(tmp_path).material(AT).instruments


def test_publishing_twice_is_the_same_as_once(material, tmp_path):
    for _ in range(2):
        publish(Store(tmp_path), PLACE, {PLACE: second(material)}, approval="a")
    assert read_published(tmp_path, ROOT).files == {PLACE: second(material)}


def test_a_tampered_file_is_left_out_whole_and_told(material, tmp_path):
    files = {"courses/x/v1/course.toml": b"a", "courses/x/v1/modules/m/module.toml": b"b"}
    publish(Store(tmp_path), "courses/x/v1", files, approval="a")
    assert read_published(tmp_path, ROOT).files == files
    one = next(path for path in (tmp_path / "files").rglob("*/*") if path.read_bytes() == b"b")
    one.write_bytes(b"c")
    found = read_published(tmp_path, ROOT)
    assert found.files == {}
    assert [fault.file for fault in found.faults] == ["material-courses.x.v1"]


def test_what_no_longer_fits_with_the_rest_is_left_out_and_a_start_is_not_stopped(material, tmp_path):
    publish(Store(tmp_path), PLACE, {PLACE: second(material, form_name="Ett Två")}, approval="a")
    assert library(tmp_path).material(AT).instruments.keys() == material.instruments.keys()


def test_a_fault_of_the_folder_itself_stops_the_start(tmp_path):
    with pytest.raises(MaterialFaults):
        Library(tmp_path / "nothing", tmp_path, lambda added: load_material(tmp_path / "nothing", added))


# --- What is new in a version ---


def test_two_versions_that_say_the_same_differ_in_nothing(material):
    til = material.instruments["til", 1]
    assert differences(til, til.model_copy(update={"version": 2, "status": "published"})) == []


def test_a_changed_word_is_told_with_its_place_and_language(material):
    til = material.instruments["til", 1]
    first = til.items[0]
    changed = first.model_copy(update={"text": first.text.model_copy(update={"en": "other words"})})
    assert differences(til, til.model_copy(update={"items": (changed, *til.items[1:])})) == [
        Difference((("items", "til_1"), ("text", ""), ("language", "en")), first.text.en, "other words")
    ]


def test_a_question_that_is_gone_or_new_is_one_line_with_its_words(material):
    til = material.instruments["til", 1]
    fewer = til.model_copy(update={"items": til.items[:-1]})
    last = til.items[-1]
    gone = Difference((("items", last.code),), last.text.sv, None)
    assert gone in differences(til, fewer)
    assert Difference(gone.place, None, last.text.sv) in differences(fewer, til)
    assert len([found for found in differences(til, fewer) if found.place[0] == ("items", last.code)]) == 1


def test_a_condition_and_an_order_are_told_in_words(material):
    bet = material.instruments["bet", 1]
    free = bet.items[1].model_copy(update={"show_if": None})
    turned = bet.model_copy(update={"items": (bet.items[0], free, *reversed(bet.items[2:]))})
    told = {found.place: (found.old, found.new) for found in differences(bet, turned)}
    assert told[("items", "bet_1"), ("show_if", "")] == ("bet_0 equals 1", None)
    assert told[("items", ""), ("order", "")][1].startswith("bet_0, bet_1, bet_7, bet_6")
