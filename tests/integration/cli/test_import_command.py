"""Lists from the command line: what was done, what was not, and what else there is to know, a sentence each."""

import json

import pytest
from sqlalchemy import func, select

from kapabla.cli.list_messages import FILES, ROWS
from kapabla.identity.people import Person
from kapabla.web.admin.list_messages import _FILES, _ROWS
from tests.factories import make_cohort, make_person

HEADER = "namn;e-post;telefon;adress;kommun;yrke\n"
ANNA, HER_HUSBAND = "Anna Ask;anna@example.com;;;Vindeln;frisör\n", "Ej Ask;anna@example.com;;;Vindeln;jägare\n"


@pytest.fixture
def import_list(run, service, tmp_path):
    cohort = make_cohort(service)

    def call(content, *options, cohort=cohort):
        path = tmp_path / "lista.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return run("participants", "import", path, "--cohort", cohort, *options)

    return call


def people(service):
    with service.vaults.reading() as work:
        return work.identity.scalar(select(func.count()).select_from(Person))


def test_each_note_is_a_sentence(import_list, service):
    """A1: a household, and somebody who is in another cohort."""
    made = make_person(service, name="Dan Dunge", email="d@example.com", cohort=make_cohort(service, name="Omgång 2"))
    said = import_list(HEADER + ANNA + HER_HUSBAND + "Dan Dunge;d@example.com;;;Vindeln;frisör\n")
    assert said.status == 0
    assert said.out.splitlines() == [
        "3 rows, 2 created, 0 unchanged",
        "row 3: same e-mail or telephone as row 2; gets a letter or a code instead of e-mail",
        f"row 4: is {made.number} in another cohort, and stays there",
    ]


def test_the_sentences_are_in_the_json_too(import_list):
    notes = json.loads(import_list(HEADER + ANNA + HER_HUSBAND, "--json").out)["notes"]
    assert [(note["row"], note["code"], note["value"]) for note in notes] == [(3, "shared_address", "2")]
    assert notes[0]["message"].startswith("row 3: same e-mail or telephone as row 2;")


def test_a_list_without_anything_to_note_says_how_many_and_no_more(import_list):
    assert import_list(HEADER + ANNA).out == "1 rows, 1 created, 0 unchanged\n"


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "The file is empty."),
        (b"%PDF-1.7 something", "The file cannot be read as a list. Save it as xlsx or csv"),
        (b"PK\x03\x04 but no workbook", "The file cannot be read as a list."),
        (b"hej\nhopp\n", "There is no header."),
        (b"namn;e-post;kommun\nA;a@example.com;Vindeln\n", "The column yrke is missing. Add it."),
        (b"x" * (10 * 1024 * 1024 + 1), "The file is larger than 10 MB."),
    ],
    ids=["empty", "pdf", "broken xlsx", "no header", "no trade", "too large"],
)
def test_a_file_that_is_no_list_is_refused_with_what_to_do(import_list, service, content, sentence):
    said = import_list(content)
    assert said.status == 1
    assert said.out == ""
    assert said.err.startswith(sentence)
    assert people(service) == 0


def test_one_bad_row_means_nothing_is_written(import_list, service):
    said = import_list(HEADER + ANNA + "Bo Björk;bo.example.com;;;Vindeln;jägare\n")
    assert said.status == 1
    assert "row 3, email: the e-mail address has no @" in said.out
    assert people(service) == 0
    assert import_list(HEADER + ANNA).status == 0
    assert people(service) == 1


def test_every_fault_of_a_row_has_a_sentence_as_on_the_page():
    assert ROWS.keys() == _ROWS.keys()


def test_an_unknown_cohort_is_named(import_list, service):
    said = import_list(HEADER + ANNA, cohort="nobody-knows")
    assert said.status == 1
    assert "nobody-knows" in said.err
    assert people(service) == 0


def test_every_reason_to_refuse_a_file_has_its_sentence_here_as_on_the_page():
    assert FILES.keys() == _FILES.keys()
