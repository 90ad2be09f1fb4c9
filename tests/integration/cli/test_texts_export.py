"""`kapabla texts export`: the whole product's words in one list, readable by Excel and by a program."""

import csv
import io
import re

import pytest

from kapabla.cli.text_list import HEADINGS, Row, as_csv, text_rows
from kapabla.web import language
from kapabla.web.interface_messages import all_messages
from kapabla.web.public.processing import processing
from tests.material_once import our_material


@pytest.fixture(scope="module")
def material():
    return our_material()


@pytest.fixture(scope="module")
def rows(material):
    return list(text_rows(material))


def test_list_is_one_csv_that_excel_opens(rows):
    body = as_csv(rows)
    assert body.startswith(b"\xef\xbb\xbffil;plats;")
    read = list(csv.reader(io.StringIO(body.decode("utf-8-sig"), newline=""), delimiter=";"))
    assert tuple(read[0]) == HEADINGS
    assert len(read) == len(rows) + 1
    assert {len(line) for line in read} == {len(HEADINGS)}


def test_every_kind_of_text_is_in_the_list(rows, material):
    texts = {(row.language, row.text) for row in rows}
    course = material.courses["kapabla", 1]
    consent = material.consents["kapabla-forskning", 1]
    for tongue in ("sv", "sv_easy", "en"):
        for module in course.modules:
            assert (tongue, module.goal.get(tongue)) in texts
            for step in module.every_step():
                if step.kind == "text":
                    assert (tongue, step.source.get(tongue)) in texts
        assert (tongue, consent.confirmation.get(tongue)) in texts
        for box in material.safety.values():
            assert {(tongue, line.get(tongue)) for line in box.lines} <= texts
        assert (tongue, material.contacts[0].audience.get(tongue)) in texts
    for instrument in material.instruments.values():
        assert {(tongue, item.text.get(tongue)) for item in instrument.items for tongue in ("sv", "en")} <= texts
    for cycle in material.promises:
        assert {("sv", promise.text.sv) for promise in cycle.promises} <= texts
    assert {("sv", message.text) for message in all_messages()} <= texts
    assert {("en", english) for english in language.catalogue("en").values()} <= texts
    assert {
        (tongue, purpose.data.get(tongue)) for purpose in processing().purposes for tongue in ("sv", "sv_easy", "en")
    } <= texts
    for tongue in ("sv", "sv_easy", "en"):
        assert {(tongue, part.get(tongue)) for part in material.messages.invitation.paragraphs} <= texts


def test_what_is_said_of_a_drawing_is_in_the_list_and_its_markup_is_not(rows):
    assert [row for row in rows if row.place.endswith("drawing")]
    assert not [row for row in rows if re.search(r"<(?:p|svg|h2)\b", row.text)]


def test_lix_is_told_of_swedish_that_is_long_enough(rows):
    long = "Du möter många människor. Det kan vara arbetskamrater också. " * 3
    assert Row("f", "p", "sv", long).lix == Row("f", "p", "sv_easy", long).lix == 27
    assert Row("f", "p", "en", long).lix is None
    assert Row("f", "p", "sv", "Du möter många människor.").lix is None
    assert {row.language for row in rows if row.lix is not None} == {"sv", "sv_easy"}


def test_a_text_that_begins_like_a_formula_is_text():
    line = as_csv([Row("f", "p", "sv", "=1+1"), Row("f", "p", "sv", "– ett streck")]).decode("utf-8-sig").splitlines()
    assert line[1:] == ["f;p;sv;'=1+1;2;;", "f;p;sv;– ett streck;2;;"]


def test_command_writes_the_list_to_a_file(run, tmp_path):
    file = tmp_path / "texter.csv"
    said = run("texts", "export", "--out", file)
    assert (said.status, said.out.strip()) == (0, str(file))
    assert file.read_bytes().startswith(b"\xef\xbb\xbffil;")
