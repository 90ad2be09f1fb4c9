"""Commands of authors: one questionnaire out and in, and the check in Swedish."""

# ruff: noqa: E501 - a case a line is easier to compare than a case over six

import shutil

import pytest

from kapabla.material import default_root, load_material

TIL = "instruments/til/v1.toml"


@pytest.fixture
def root(tmp_path):
    return shutil.copytree(default_root(), tmp_path / "course_material")


@pytest.fixture
def call(run, root):
    return lambda *words: run(*words, KAPABLA_MATERIAL_DIR=str(root))


def test_an_instrument_goes_out_and_in_as_one_file(call, root, tmp_path):
    own = tmp_path / "til.toml"
    assert call("instruments", "export", "til", "--out", own).status == 0
    before = load_material(root).instruments["til", 1]
    text = own.read_text("utf-8").replace("version = 1", "version = 2", 1)
    own.write_text(text, "utf-8")
    assert call("instruments", "import", own).out == "instruments/til/v2.toml\n"
    assert load_material(root).instruments["til", 2] == before.model_copy(update={"version": 2})
    assert call("instruments", "export", "til").out == text
    assert call("instruments", "export", "til", "--version", 1).out == text.replace("version = 2", "version = 1", 1)


def test_a_version_that_is_there_is_not_written_over_unless_it_is_a_draft_and_asked_for(call, root, tmp_path):
    own = tmp_path / "til.toml"
    call("instruments", "export", "til", "--out", own)
    assert call("instruments", "import", own).status == 1
    assert call("instruments", "import", own, "--replace").status == 0
    path = root / TIL
    path.write_text(path.read_text("utf-8").replace('status = "draft"', 'status = "published"'), "utf-8")
    assert call("material", "checksums").status == 0
    refused = call("instruments", "import", own, "--replace")
    assert refused.status == 1
    assert load_material(root).instruments["til", 1].status == "published"


def test_a_dictionary_goes_out_with_what_is_lost_and_comes_in(call, root, tmp_path):
    own = tmp_path / "bet.csv"
    said = call("instruments", "export", "bet", "--format", "redcap", "--out", own)
    assert said.status == 0
    assert "- fråga bet_7: Vid vilka tillfällen frågan inte ställs är inte med i filen." in said.err
    text = own.read_text("utf-8").replace("bet_", "ny_")
    own.write_text(text, "utf-8")
    said = call("instruments", "import", own, "--id", "ny", "--title", "Ny", "--measures", "action")
    assert (said.status, said.out) == (0, "instruments/ny/v1.toml\n")
    new = load_material(root).instruments["ny", 1]
    assert (new.title.sv, new.form_name, len(new.items)) == ("Ny", "handlande", 8)


@pytest.mark.parametrize(
    ("name", "text", "sentence"),
    [
        ("a.csv", "field_name,form_name,field_type,field_label\nq,f,calc,Poäng\n", "- rad 2, Field Type: Poäng räknas med"),
        ("a.toml", "id = ", "- rad 1: Värdet går inte att läsa."),
        ("a.toml", "roles = []", "- Filen är inget frågeformulär. Välj en annan."),
        ("a.csv", "field_name,form_name,field_type,field_label\nhin_1,f,notes,Vad?\n", "Formuläret hin har redan den koden"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_read_in_changes_nothing(call, root, tmp_path, name, text, sentence):
    own = tmp_path / name
    own.write_text(text, "utf-8")
    before = sorted(root.rglob("*"))
    said = call("instruments", "import", own)
    assert said.status == 1
    assert sentence in said.err
    assert sorted(root.rglob("*")) == before


def test_an_instrument_that_is_not_there_is_told_so(call):
    assert call("instruments", "export", "finnsinte").status == 1
    assert "There is no questionnaire til (version 9)." in call("instruments", "export", "til", "--version", 9).err


def test_the_check_speaks_swedish_to_those_who_ask_for_it(call, root):
    path = root / TIL
    path.write_text(path.read_text("utf-8").replace("min_answered = 3", "min_answered = 8"), "utf-8")
    assert call("material", "check", path, "--language", "sv").out == (
        f"{TIL}: skala til_mean: min_answered är 8. Skriv ett tal från 1 till 5.\n"
    )
    assert "write a number from 1 to 5" in call("material", "check", path).out
