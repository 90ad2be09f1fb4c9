"""Attack 22: who somebody is, from what was written in words."""

import csv
import io
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select

from kapabla import guard
from kapabla.answers import consents
from kapabla.answers.submissions import FreeText, WaveState
from kapabla.jobs.population import make_population
from kapabla.jobs.releases import build_release
from kapabla.jobs.runner import run_once
from kapabla.office import release_register, sign_in
from kapabla.release import published
from kapabla.release.free_text import to_release
from tests import factories as make
from tests.planted_texts import is_caught, lines, planted_texts

SURE = ("pnr", "email")


def share_caught(find):
    """By kind of what was planted: how much of it a detector finds."""
    found = {}
    for text in planted_texts():
        findings = find(text.text)
        for planted in text.planted:
            found.setdefault(planted.kind, []).append(is_caught(text.text, planted, findings))
    every = [one for kind in found.values() for one in kind]
    return sum(every) / len(every), {kind: sum(ones) / len(ones) for kind, ones in found.items()}


def holds(find):
    share, by_kind = share_caught(find)
    return share >= 0.95 and all(by_kind[kind] == 1 for kind in SURE)


@pytest.fixture(scope="module")
def names():
    return guard.NameIndex(lines("roster"))


def test_planted_identities_are_found(names):
    """C7.22."""
    assert holds(lambda text: guard.find(text, names))


@pytest.mark.parametrize("off", ["all", "personal_number", "email", "phone", "name"])
def test_a_guard_that_is_switched_off_is_noticed(names, off):
    """The mutants: none of it, or one kind of it."""
    assert not holds(
        lambda text: () if off == "all" else tuple(one for one in guard.find(text, names) if one.kind.value != off)
    )


# --- What leaves ---

WRITTEN = [
    ("Zebran av Tuva", "held"),
    ("=Kort, 070-174 06 05", "cleared"),
    ("Bra kurs", "cleared"),
    ("Nej tack", "refused"),
]
# What its writer lets be quoted; the second is never read.
QUOTABLE = ("Bra kurs", "Zebran av Tuva")


def write(service):
    """By test people who have sent their last questions; what a reader had decided is put there as decided."""
    make_population(service, people=40, seed=2, study=make.STUDY, today=date(2026, 11, 25), effect=0.7, attrition=0.1)
    with service.vaults.unit() as work:
        sent = work.answers.scalars(select(WaveState.subject).where(WaveState.wave == "t1", WaveState.state == "sent"))
        for subject, (words, state) in zip(sorted(sent), WRITTEN, strict=False):
            text = FreeText(subject=subject, id="x" * 16, wave="t1", item="kurs_comment", text=words, state=state)
            text.findings = [] if state == "cleared" else None
            work.answers.add(text)
            if words in QUOTABLE:
                consents.record_quotation(
                    work.answers, subject, True, wave="t1", channel="web", on=date(2026, 11, 25),
                    text=consents.ConsentText("kurs_comment", 1, "sv", "Min kommentar får citeras utan namn."),
                )  # fmt: skip
    run_once(service)


def release_of(service, name):
    with service.vaults.unit() as work:
        by = sign_in.get_staff(work.office, "researcher@example.com")
        release_register.order(
            work.office, service.office_chain, release=name, study=make.STUDY, purpose="evaluation", is_test=True,
            by=by, at=service.clock(),
        )  # fmt: skip
    with service.vaults.unit() as work:
        assert build_release(service, work, name).state == "built"
    folder = service.config.release_dir
    return {file.name: published.read(folder, file) for file in published.files(folder, name)}


def test_what_leaves_is_what_a_person_has_cleared_where_the_study_says_so(service, config, texts_root, open_any):
    """C7.22, C4.7: none in the default release; otherwise in a file of its own, whose order tells nothing, with what
    the guard is sure of hidden all the same."""
    make.make_staff(service, "researcher")
    write(service)
    for name, body in (default := release_of(service, "r1")).items():
        for words, _ in WRITTEN:
            assert words.encode() not in body, name
    assert "texts.csv" not in default
    assert b'"free_text": "not included"' in default["manifest.json"]

    files = release_of(open_any(replace(config, material_dir=texts_root)), "r2")
    rows = list(csv.reader(io.StringIO(files["texts.csv"].decode())))
    assert rows == [
        ["item", "text", "may_be_quoted"], ["kurs_comment", "'=Kort, [telefonnummer]", "0"],
        ["kurs_comment", "Bra kurs", "1"],
    ]  # fmt: skip
    assert b"texts.csv" in files["SHA256SUMS"]
    assert "De som har 1 i may_be_quoted får citeras, utan namn." in files["README.txt"].decode()
    for name, body in files.items():
        assert b"Zebran" not in body
        assert b"Nej tack" not in body
        assert name == "texts.csv" or b"Bra kurs" not in body, name


def test_a_release_that_forgets_to_look_once_more_is_noticed(monkeypatch):
    """The mutant: what the reader let through by a slip stands in the file."""
    monkeypatch.setattr("kapabla.release.free_text.must_be_hidden", lambda _findings: ())
    assert to_release([("kurs_comment", "070-174 06 05", (), False)])[0].text == "070-174 06 05"
    monkeypatch.undo()
    assert to_release([("kurs_comment", "070-174 06 05", (), False)])[0].text == "[telefonnummer]"
