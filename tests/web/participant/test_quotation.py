"""The box "Min kommentar får citeras utan namn" (E1.2): unticked, a choice of its own with the text it answered, for
the words it came with, and taken back at any time."""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select

from kapabla.answers import consents, saving, standing
from kapabla.answers.consents import QUOTATION, Consent
from kapabla.answers.submissions import FreeText
from tests import factories as make
from tests.page_client import HIDDEN, PageClient
from tests.telephone import kit_on, seal, send

SV, EN = "Min kommentar får citeras utan namn.", "My comment may be quoted without my name."


@pytest.fixture
def client(request, texts_root, make_app):
    config = request.getfixturevalue(getattr(request, "param", "config"))
    return PageClient(make_app(replace(config, material_dir=texts_root)))


@pytest.fixture
def service(client):
    return client.app.extensions["kapabla"]


@pytest.fixture
def made(service):
    return make.make_person(service)


def address(service):
    study = service.material.studies[make.STUDY]
    pages = study.questionnaire(service.material, "t1", "ABA").pages
    number = next(page.number for page in pages if any(item.code == "kurs_comment" for item in page.items))
    return f"/fragor/efter/{number}"


def at_comment(client, service, made, *, phone="delad", language="sv"):
    """The end questions are open, and the page with the comment is shown."""
    make.start_course(client, made, phone=phone)
    with service.vaults.unit() as work:
        saving.send_in(work.answers, made.subject, "t0", on=date(2026, 11, 25))
    make.finish_course(service, made)
    if language != "sv":
        client.post("/sprak", {"sprak": language, "till": "/delar"})
    client.get(address(service))


def said(service, made):
    """Every word on it, in order: answer, item, version, language, wave and the text that was read."""
    with service.vaults.reading() as work:
        rows = work.answers.scalars(select(Consent).where(Consent.choice == QUOTATION).order_by(Consent.number)).all()
        return [
            (row.answer, row.text_id, row.text_version, row.language, row.wave,
             consents.find_agreed(work.answers, made.subject, row.number).text)
            for row in rows
        ]  # fmt: skip


@pytest.mark.parametrize(("language", "words"), [("sv", SV), ("en", EN)])
def test_the_box_is_unticked_and_its_yes_is_kept_with_its_text(client, service, made, language, words):
    at_comment(client, service, made, language=language)
    assert words in client.text
    assert 'name="kurs_comment-citat" id="kurs_comment-citat" value="1">' in client.text
    client.fill(kurs_comment="Mer tid, tack", **{"kurs_comment-citat": "1"}, anda="1")
    assert said(service, made) == [(True, "kurs_comment", 1, language, "t1", words)]
    with service.vaults.reading() as work:
        assert [row["action"] for row in service.answers_chain.latest(work.answers, 1)] == ["consent"]
        assert service.answers_chain.verify(work.answers) is None


def test_a_box_that_is_not_ticked_or_has_no_words_leaves_no_row(client, service, made):
    at_comment(client, service, made)
    client.fill(kurs_comment="Mer tid, tack", anda="1")
    client.get(f"{address(service)}?om=1")
    client.fill(kurs_comment=" ", **{"kurs_comment-citat": "1"}, anda="1")
    assert said(service, made) == []


def test_words_written_anew_without_the_box_may_not_be_quoted(client, service, made):
    at_comment(client, service, made)
    client.fill(kurs_comment="Mer tid, tack", **{"kurs_comment-citat": "1"}, anda="1")
    client.get(f"{address(service)}?om=1")
    client.fill(kurs_comment="Något annat", anda="1")
    assert [row[0] for row in said(service, made)] == [True, False]


def test_a_page_that_comes_back_with_a_fault_has_the_box_as_it_was(client, service, made):
    at_comment(client, service, made)
    client.fill(kurs_comment="a" * 2001, **{"kurs_comment-citat": "1"}, status=400)
    assert 'id="kurs_comment-citat" value="1" checked>' in client.text
    assert said(service, made) == []


@pytest.mark.parametrize("client", ["config", pytest.param("pg_config", marks=pytest.mark.postgres)], indirect=True)
def test_it_is_taken_back_under_mina_uppgifter_and_pressing_twice_is_once(client, service, made):
    at_comment(client, service, made)
    client.fill(kurs_comment="Mer tid, tack", **{"kurs_comment-citat": "1"}, anda="1")
    client.get("/mina-uppgifter")
    assert "Din kommentar får citeras utan namn." in client.text
    number = max(row.number for row in rows(service, Consent))
    client.get(f"/mina-uppgifter/val/{number}")
    assert SV in client.text
    assert "Rutan vid din kommentar" in client.text
    client.get("/mina-uppgifter")
    action = f"/mina-uppgifter/val/{number}/citat"
    hidden = client.hidden(action=action)
    for _ in range(2):
        client.post(action, hidden)
    assert "Din kommentar får citeras" not in client.text
    assert [row[0] for row in said(service, made)] == [True, False]
    client.post("/mina-uppgifter/val/99/citat", hidden, status=404)


def rows(service, model):
    with service.vaults.reading() as work:
        return list(work.answers.scalars(select(model)))


def test_it_changes_nothing_of_who_is_in_the_research(client, service, made):
    """The latest day of the choices tells whether somebody first said no: a comment's box is none of them."""
    at_comment(client, service, made)

    def stands():
        with service.vaults.reading() as work:
            return standing.read_standing(work.answers, made.subject, standing.Terms("direct", date(2026, 11, 1)))

    before = stands()
    client.fill(kurs_comment="Mer tid, tack", **{"kurs_comment-citat": "1"}, anda="1")
    after = stands()
    assert (after.choices, after.in_research) == (before.choices, before.in_research)
    assert QUOTATION not in after.choices


def test_a_box_ticked_without_coverage_counts_when_it_comes_in(client, service, made):
    """B05: sealed on a telephone of one's own, and read by what reads a posted form."""
    at_comment(client, service, made, phone="egen")
    kit, form = kit_on(client.text), dict(HIDDEN.findall(client.text))
    given = {name: [value] for name, value in form.items()}
    given |= {"kurs_comment": ["Mer tid, tack"], "kurs_comment-citat": ["1"]}
    assert send(client.app, kit, seal(kit, address(service), given, key=form["nyckel"])) == (200, "saved")
    assert [row[0] for row in said(service, made)] == [True]
    assert [row.text for row in rows(service, FreeText)] == ["Mer tid, tack"]
    # An empty page without coverage takes back neither the words nor the box.
    empty = {name: [value] for name, value in form.items() if name != "nyckel"} | {"kurs_comment": [""]}
    assert send(client.app, kit, seal(kit, address(service), empty)) == (200, "saved")
    assert [row[0] for row in said(service, made)] == [True]
    assert [row.text for row in rows(service, FreeText)] == ["Mer tid, tack"]
