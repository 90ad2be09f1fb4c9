"""`kapabla material check`, without the command line around it: all that is authored, or one piece of it."""

import json
import shutil

import pytest

from kapabla.cli.material import run_check
from kapabla.material import default_root
from kapabla.material.pieces import check_path

PAGE = "courses/kapabla/v1/modules/01-din-roll/02-fem-steg.sv.md"
TIL = "instruments/til/v1.toml"


def told(path):
    return [str(fault) for fault in check_path(path, default_root())]


def change(path, old, new):
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


def test_check_command_prints_each_fault_and_ends_with_one(copy, capsys):
    (copy / PAGE).unlink()
    assert run_check(copy, as_json=False) == 1
    assert capsys.readouterr().out == f"{PAGE}: the file is missing; write it, or remove what refers to it.\n"


def test_check_command_says_so_when_nothing_is_wrong(copy, capsys):
    assert run_check(copy, as_json=False) == 0
    assert capsys.readouterr().out == "No faults.\n"


def test_check_command_gives_json(copy, capsys):
    (copy / PAGE).unlink()
    assert run_check(copy, as_json=True) == 1
    assert json.loads(capsys.readouterr().out)["faults"][0]["file"] == PAGE


@pytest.fixture
def own(tmp_path):
    """An instrument on somebody's desk, called what she likes."""
    return shutil.copy(default_root() / TIL, tmp_path / "min enkät.toml")


def test_a_sound_file_from_anywhere_has_no_fault(own):
    assert told(own) == []


def test_faults_of_a_file_are_told_with_the_name_that_its_author_knows(own):
    change(own, "min_answered = 3", "min_answered = 8")
    change(own, 'code = "til_5"', 'code = "til_5_"')
    assert told(own)[0] == (
        "min enkät.toml: item til_5_: REDCap refuses a double or final underscore; write the code without."
    )
    assert "min enkät.toml: scale til_mean: min_answered is 8; write a number from 1 to 5." in told(own)


def test_a_file_is_judged_with_all_else_around_it(own):
    """A code that another instrument has, a response scale of ours: neither is in the file."""
    change(own, 'id = "til"', 'id = "tillit"')
    assert "min enkät.toml: item til_1: instrument til has this code already; write another." in told(own)


def test_what_a_file_breaks_elsewhere_is_told_too(tmp_path):
    own = shutil.copy(default_root() / "instruments/se/v1.toml", tmp_path / "se.toml")
    change(own, "avgöra när du", "se när du")
    assert told(own) == [
        "studies/kapabla-2026.toml: item se_2t, then_of: the words differ from se_2, and a then-test asks the same; "
        "write the same words in both."
    ]


@pytest.mark.parametrize("file", [TIL, "instruments/response_scales.toml", "roles.toml", "safety.toml",
                                  "organisation.toml", "support_contacts.toml", "municipalities.toml",
                                  "studies/kapabla-2026.toml", "consents/kapabla-forskning/v1.toml",
                                  "promises/vindeln-2023-2025.toml"])  # fmt: skip
def test_every_kind_of_file_is_known_by_what_stands_in_it(tmp_path, file):
    own = shutil.copy(default_root() / file, tmp_path / "fil.toml")
    own.write_text(own.read_text("utf-8") + '\n[nonsense]\nmore = "x"\n', "utf-8")
    assert [fault for fault in told(own) if "`nonsense` is not a known key" in fault] != []


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            'hello = "there"',
            "fil.toml: nothing in it tells what it is; check the folder of the course that it lies in.",
        ),
        ("hello there", "fil.toml: line 1, column 7: the key has no value; write = and the value after it."),
        ("modules = []", "fil.toml: a course is a folder; check the folder that the file lies in."),
    ],
)
def test_a_file_that_nobody_can_place_is_told_what_to_do(tmp_path, text, sentence):
    own = tmp_path / "fil.toml"
    own.write_text(text, "utf-8")
    assert told(own) == [sentence]


@pytest.fixture
def own_course(tmp_path):
    return shutil.copytree(default_root() / "courses/kapabla/v1", tmp_path / "min kurs")


def test_the_folder_of_a_course_stands_in_for_the_installed_one(own_course):
    """A page that is missing here is missing, though the installed course has it."""
    assert told(own_course) == []
    (own_course / "modules/01-din-roll/02-fem-steg.sv.md").unlink()
    assert told(own_course) == [
        "min kurs/modules/01-din-roll/02-fem-steg.sv.md: the file is missing; write it, or remove what refers to it."
    ]


def test_one_file_of_a_course_is_told_its_own_faults_alone(own_course):
    change(own_course / "modules/01-din-roll/04-vid-vagen.toml", 'next = "telefonen"', 'next = "kvar"')
    change(own_course / "modules/02-vad-ar-vald/06-kontrollera.toml", "correct = true\n", "")
    found = told(own_course / "modules/01-din-roll/04-vid-vagen.toml")
    assert found != []
    assert all(fault.startswith("min kurs/modules/01-din-roll/04-vid-vagen.toml: node ") for fault in found)
    assert len(told(own_course)) > len(found)


def test_a_file_of_a_folder_of_material_is_checked_where_it_lies(copy):
    change(copy / TIL, "min_answered = 3", "min_answered = 8")
    (copy / PAGE).unlink()
    assert told(copy / TIL) == [f"{TIL}: scale til_mean: min_answered is 8; write a number from 1 to 5."]
    assert [fault.split(":")[0] for fault in told(copy / PAGE)] == [PAGE]


def test_no_fault_of_a_list_hides_those_of_what_it_lists(copy):
    """`course.toml` and `module.toml` cannot be read, and their pages are checked all the same."""
    change(copy / "courses/kapabla/v1/course.toml", "modules = [", "moduls = [")
    change(copy / "courses/kapabla/v1/modules/01-din-roll/module.toml", "minutes = 7", "minutes = 0")
    change(copy / "courses/kapabla/v1/modules/01-din-roll/04-vid-vagen.toml", 'next = "telefonen"', 'next = "kvar"')
    found = "\n".join(told(copy))
    for said in ("`moduls` is not a known key", "0 is too low", "there is no node kvar"):
        assert said in found
