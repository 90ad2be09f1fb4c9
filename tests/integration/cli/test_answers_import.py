"""E9: answers on paper from a typed file, by code or number: checked whole, kept whole, and never told of anybody."""

import json
from datetime import date

import pytest
from sqlalchemy import select

from kapabla.answers.consents import Consent
from kapabla.answers.submissions import FreeText, Submission, WaveState
from kapabla.identity import entry
from kapabla.jobs import paper
from tests.factories import STUDY, make_cohort, make_person, saved_rows, take_part

DAY = "2026-11-20"


@pytest.fixture
def made(service):
    found = make_person(service)
    take_part(service, found, on=date(2026, 11, 18))
    return found


@pytest.fixture
def keep(run, made, service, tmp_path):
    with service.vaults.reading() as work:
        cohort = entry.find_by_person(work.identity, made.id).cohort_id

    def call(*lines, on=DAY, wave="t0", cohort=cohort, encoding="utf-8"):
        path = tmp_path / "svar.csv"
        path.write_bytes("\n".join(lines).encode(encoding))
        return run("answers", "import", path, "--cohort", cohort, "--wave", wave, "--mode", "paper", "--date", on,
                   "--json")  # fmt: skip

    return call


def rows(service, model):
    with service.vaults.reading() as work:
        return list(work.answers.scalars(select(model)))


def told(said):
    assert said.status == 1
    return [(fault["row"], fault["column"], fault["code"]) for fault in json.loads(said.out)["rejected"]]


def test_a_sheet_is_kept_with_its_mode_and_day_and_sent_in(keep, made, service):
    """By the code of the letter, however it was typed; what is blank was skipped, and -94 was declined."""
    said = keep("code;se_1;se_2;se_3", "", f"{made.code[:5].lower()}-{made.code[5:]};5;-94;")
    assert (said.status, json.loads(said.out)) == (0, {"sheets": 1, "kept": 1, "rejected": []})
    saved = rows(service, Submission)
    assert {(row.mode, row.saved_on.isoformat(), row.subject) for row in saved} == {("paper", DAY, made.subject)}
    first = saved_rows(service, made.subject, "t0")[1]
    assert first["values"] == {"se_1": 5}
    assert (first["missing"]["se_2"], first["missing"]["se_3"]) == ("declined", "skipped")
    assert [(row.wave, row.state, row.reached_on) for row in rows(service, WaveState)] == [
        ("t0", "sent", date(2026, 11, 20))
    ]
    with service.vaults.reading() as work:
        assert "fore" in entry.steps_over(work.identity, made.id)
    assert told(keep("code;se_1", f"{made.number};4")) == [(2, "", "questions_closed")], "sent in once"
    assert made.number not in said.out


def test_typed_by_two_the_rows_agree_or_nothing_is_kept(keep, made, service):
    header, first = "code,entry,se_1,se_2", f"{made.number},1,5,4"
    assert told(keep(header, first, f"{made.number},2,5,3")) == [(3, "se_2", "entries_differ")]
    assert told(keep(header, first)) == [(2, "entry", "entries_incomplete")]
    assert rows(service, Submission) == []
    assert keep(header, first, f"{made.number},2,5,4").status == 0
    assert saved_rows(service, made.subject, "t0")[1]["values"] == {"se_1": 5, "se_2": 4}


def test_every_fault_is_told_by_row_and_column_and_nothing_is_kept(keep, made, service):
    other, elsewhere = make_person(service, name="Bo", email="bo@example.com"), make_cohort(service, name="Omgång 2")
    outside = make_person(service, name="Cia", email="cia@example.com", cohort=elsewhere)
    said = keep(
        "code\tse_1\tse_2", f"{made.number}\t9\t1|2", f"{other.number}\t3\t3", f"{outside.number}\t3\t3",
        "K-0000\t3\t3", "\t3\t3", f"{made.number}\t3\t3\t3",
    )  # fmt: skip
    assert told(said) == [
        (2, "se_1", "unknown_option"), (2, "se_2", "several_options"), (3, "", "questions_closed"),
        (4, "code", "code_unknown"), (5, "code", "code_unknown"), (6, "code", "code_missing"),
        (7, "", "cells_differ"), (7, "code", "code_twice"),
    ]  # fmt: skip
    assert rows(service, Submission) == rows(service, WaveState) == []


def test_a_sheet_with_nothing_on_it_is_refused_and_closes_no_questions(keep, made, service):
    assert told(keep("code,se_1", f"{made.number},")) == [(2, "", "sheet_empty")]
    assert keep("code,se_1").status == 1
    assert rows(service, Submission) == []


def test_what_was_chosen_on_the_sheet_is_the_consent_and_a_no_has_no_answers(keep, service, made):
    """E1.2: no answer before the choice; its text, its channel and its day are kept."""
    yes, no = (make_person(service, name=name, email=f"{name}@example.com") for name in ("ja", "nej"))
    header = "code;choice_1;choice_2;choice_3;se_1"
    assert told(keep(header, f"{yes.number};ja;kanske;;5", f"{made.number};ja;ja;ja;5")) == [
        (2, "choice_2", "choice_unclear"), (2, "choice_3", "choice_unclear"), (3, "choice_1", "chosen_before"),
    ]  # fmt: skip
    assert told(keep(header, f"{no.number};nej;nej;nej;5")) == [(2, "", "questions_closed")]
    assert keep(header, f"{yes.number};ja;nej;ja;5").status == 0
    kept = {row.choice: row for row in rows(service, Consent) if row.subject == yes.subject}
    assert {choice: row.answer for choice, row in kept.items()} == {1: True, 2: False, 3: True}
    assert {(row.channel, f"{row.given_on}") for row in kept.values()} == {("paper", DAY)}


def test_an_item_of_the_other_form_is_not_asked_and_words_are_held_back(keep, service, made):
    columns = sorted(paper.columns_of(service, service.material.studies[STUDY], "t0"))
    knowledge = [name for name in columns if name.startswith("kun_")]
    asked = told(keep(f"code;{';'.join(knowledge)}", f"{made.number};{';'.join('1' for _ in knowledge)}"))
    assert asked
    assert {code for _, _, code in asked} == {"not_asked"}
    assert len(asked) == len(knowledge) / 2
    assert rows(service, FreeText) == []


@pytest.mark.parametrize(
    ("lines", "settings", "sentence"),
    [
        ((), {}, "The file is empty."),
        (("se_1", "5"), {}, "There is no column called code."),
        (("code;se_99", "K-1;5"), {}, "These columns are no questions of the wave: se_99."),
        (("code;se_1;se_1", "K-1;5;5"), {}, "The column se_1 is there twice."),
        (("code;å",), {"encoding": "latin-1"}, "The file is not in UTF-8."),
        (("code;se_1",), {"on": "2099-01-01"}, "2099-01-01 has not been yet."),
        (("code;se_1",), {"wave": "t9"}, "The study has no wave t9."),
        (("code;se_1",), {"cohort": "nix"}, "There is no cohort nix."),
    ],
)
def test_a_file_that_is_not_one_is_refused_with_what_to_do(keep, lines, settings, sentence):
    said = keep(*lines, **settings)
    assert said.status == 1
    assert sentence in said.err
