"""Answers as they are stored: four reasons for a missing one, nothing before a yes, nothing lost by a fault."""

from datetime import date

import pytest
from sqlalchemy import select, update

from kapabla.answers import saving
from kapabla.answers.submissions import FreeText, Submission
from kapabla.identity.sessions import ParticipantSession
from tests import factories as make


@pytest.fixture
def service(any_app):
    return any_app.extensions["kapabla"]


def pages_of(service, wave, form_order="ABA"):
    study = service.material.studies[make.STUDY]
    return study.questionnaire(service.material, wave, form_order).pages


def page_with(service, wave, code):
    return next(page.number for page in pages_of(service, wave) if any(item.code == code for item in page.items))


def test_declined_skipped_and_not_shown_are_told_apart(any_client, service):
    """C11: somebody who would not, somebody who passed by, and somebody who was never asked."""
    made = make.make_person(service)
    make.start_course(any_client, made)
    number = page_with(service, "t0", "bet_0")
    any_client.get(f"/fragor/fore/{number}")
    options = make.answers_on(any_client.text)
    assert "bet_0" in options
    item = next(i for page in pages_of(service, "t0") for i in page.items if i.code == "bet_0")
    no = next(str(option.value) for option in item.options if option.value != 1)
    any_client.fill(bet_0=no, anda="1")
    saved = make.saved_rows(service, made.subject, "t0")[number]
    hidden = {i.code for page in pages_of(service, "t0") for i in page.items if i.show_if and page.number == number}
    assert hidden
    assert {saved["missing"][code] for code in hidden} == {"not_shown"}
    any_client.get("/fragor/fore/1")
    any_client.fill(se_1="-94", se_2="3", anda="1")
    first = make.saved_rows(service, made.subject, "t0")[1]
    assert (first["missing"]["se_1"], first["missing"]["se_3"], first["values"]) == ("declined", "skipped", {"se_2": 3})


def test_an_answer_that_opens_more_of_a_page_shows_it_whole(any_client, service):
    made = make.make_person(service)
    make.start_course(any_client, made)
    number = page_with(service, "t0", "bet_0")
    any_client.get(f"/fragor/fore/{number}")
    before = set(make.answers_on(any_client.text))
    any_client.fill(bet_0="1", anda="1")
    assert any_client.path == f"/fragor/fore/{number}"
    assert set(make.answers_on(any_client.text)) > before
    assert 'name="bet_0" id="bet_0" value="1" checked' in any_client.text
    assert "Det du svarade är sparat. Nu finns det fler frågor på sidan." in any_client.text
    any_client.fill(bet_0="1", anda="1")
    assert "not_shown" not in make.saved_rows(service, made.subject, "t0")[number]["missing"].values()


@pytest.mark.parametrize("wrong", ["9", "-1", "1.5", "<script>", "1' OR '1'='1", "١"])
def test_an_answer_that_is_not_offered_stores_nothing_and_keeps_the_rest(any_client, service, wrong):
    """C6."""
    made = make.make_person(service)
    make.start_course(any_client, made)
    any_client.get("/fragor/fore/1")
    any_client.fill(status=400, se_1=wrong, se_2="4", se_3="-94")
    assert 'id="se_2-4" value="4" checked' in any_client.text
    assert 'value="-94" checked' in any_client.text
    assert any_client.text.count('aria-invalid="true"') >= 1 or "error" in any_client.text
    assert make.saved_rows(service, made.subject, "t0") == {}
    any_client.fill(se_1="1", se_2="4", se_3="-94", anda="1")
    assert any_client.path == "/fragor/fore/2"


def test_what_is_not_asked_is_not_kept(any_client, service):
    """A field that the page does not have is dropped, not stored."""
    made = make.make_person(service)
    make.start_course(any_client, made)
    any_client.get("/fragor/fore/1")
    any_client.fill(se_1="1", namn="Testa", se_99="1", bet_0="1", anda="1")
    assert make.saved_rows(service, made.subject, "t0")[1]["values"] == {"se_1": 1}


@pytest.mark.parametrize("how", ["before the choice", "said no", "left"])
def test_no_answer_is_taken_from_who_is_not_in_the_research(any_client, service, how):
    """E1.2: a form that was made elsewhere with a right token stores nothing."""
    from tests.page_client import HIDDEN

    made = make.make_person(service)
    if how == "before the choice":
        any_client.get(f"/k/{made.token}")
        any_client.fill()
        any_client.get("/start/samtycke")
    else:
        make.start_course(any_client, made, research="nej" if how == "said no" else "ja")
        any_client.get("/mina-uppgifter/avsluta")
        if how == "left":
            any_client.fill(vad="forskning", svar="bort")
            any_client.get("/mina-uppgifter/avsluta")
    token = dict(HIDDEN.findall(any_client.text))["csrf"]
    status = 200 if how == "before the choice" else 409
    any_client.post("/fragor/fore/1", {"csrf": token, "nyckel": "b" * 16, "se_1": "3", "anda": "1"}, status=status)
    if status == 409:
        heading = "Du är inte med i forskningen" if how == "said no" else "Du har slutat vara med i forskningen"
        assert f"<h1>{heading}</h1>" in any_client.text
        assert "Det du fyllde i på den här sidan sparades inte." in any_client.text
    any_client.post("/fragor/fore/skicka", {"csrf": token})
    with service.vaults.reading() as work:
        assert work.answers.scalars(select(Submission)).all() == []


def test_a_comment_that_is_switched_off_is_neither_asked_for_nor_kept(any_client, service):
    """Who reads comments, and how fast, is not decided: until then nobody is asked to write one."""
    made = make.make_person(service)
    make.start_course(any_client, made)
    make.answer_wave(any_client, "fore")
    make.finish_course(service, made)
    any_client.get(f"/fragor/efter/{page_with(service, 't1', 'kurs_1')}")
    assert "<textarea" not in any_client.text
    any_client.fill(kurs_comment="Hemligt ord", kurs_1="3", anda="1")
    with service.vaults.reading() as work:
        assert work.answers.scalars(select(FreeText)).all() == []
        documents = work.answers.scalars(select(Submission)).all()
    assert "Hemligt" not in str([(row.values, row.missing) for row in documents])


def test_free_text_stands_apart_and_the_latest_wording_holds(any_service, clock):
    def save(key, text):
        page = saving.PageSave("t1", 1, "kurs", 1, {}, {}, "sv", "web", "other", clock().date())
        with any_service.vaults.unit() as work:
            return saving.save_page(work.answers, "a" * 64, key, page, {"kurs_comment": text})

    assert save("key-0001", "Första")
    assert not save("key-0001", "Första")
    assert save("key-0002", "Andra")
    with any_service.vaults.reading() as work:
        text = work.answers.scalars(select(FreeText)).one()
    assert (text.item, text.text, text.state) == ("kurs_comment", "Andra", "held")
    assert save("key-0003", " ")
    with any_service.vaults.reading() as work:
        assert work.answers.scalars(select(FreeText)).all() == []


def test_a_save_holds_a_day_a_duration_and_no_clock(any_client, service, clock):
    made = make.make_person(service)
    make.start_course(any_client, made)
    any_client.get("/fragor/fore/1")
    clock.tick(seconds=42)
    any_client.fill(se_1="1", anda="1")
    any_client.get("/fragor/fore/2")
    clock.tick(seconds=7200)
    any_client.post(f"/k/{made.token}")
    with service.vaults.reading() as work:
        row = work.answers.scalars(select(Submission)).one()
    assert (row.duration_seconds, row.saved_on.isoformat(), row.language, row.mode) == (42, "2026-11-25", "sv", "web")


def test_a_forged_duration_is_left_out(any_client, service):
    make.start_course(any_client, make.make_person(service))
    any_client.get("/fragor/fore/1")
    any_client.fill(se_1="1", anda="1", gjord="1.AAAA")
    with service.vaults.reading() as work:
        assert work.answers.scalars(select(Submission)).one().duration_seconds is None


def test_the_day_follows_people_in_vasterbotten(any_client, service, clock):
    """Half past eleven in the evening there is the same day, whatever the server's clock is set to."""
    make.start_course(any_client, make.make_person(service))
    clock.tick(hours=14, minutes=30)
    any_client.post(f"/k/{make.make_person(service, name='Nattlig', email='natt@example.com').token}")
    any_client.fill(telefon="egen")
    any_client.fill()
    any_client.get("/start/samtycke")
    any_client.fill(val1="ja", val2="ja", val3="nej")
    any_client.fill(kontakt="email")
    any_client.get("/fragor/fore/1")
    any_client.fill(se_1="1", anda="1")
    with service.vaults.reading() as work:
        assert work.answers.scalars(select(Submission)).one().saved_on.isoformat() == "2026-11-26"


def test_a_pause_keeps_what_was_answered(any_client, service):
    made = make.make_person(service)
    make.start_course(any_client, made)
    any_client.get("/fragor/fore/1")
    any_client.fill(se_1="2", paus="1")
    assert any_client.path == "/paus"
    assert make.saved_rows(service, made.subject, "t0")[1]["values"] == {"se_1": 2}


def after_the_course(client, service):
    """At the last questions, on the last day of their window."""
    made = make.make_person(service)
    make.start_course(client, made)
    make.answer_wave(client, "fore", pick=1)
    make.finish_course(service, made, on=date(2026, 11, 11))
    return made


def test_the_last_questions_that_were_begun_in_time_can_be_finished_late(client, clock):
    """E4: what is typed the day after the window is kept."""
    service = client.app.extensions["kapabla"]
    made = after_the_course(client, service)
    client.get("/fragor/efter/1")
    client.fill(se_1="5", anda="1")
    clock.tick(days=1)
    client.post("/k", {"kod": made.code})
    client.fill(telefon="egen")
    client.fill()
    assert client.path == "/fragor/efter/2"
    client.fill(**make.answers_on(client.text))
    days = {row.page: row.saved_on.isoformat() for row in saves(service, "t1")}
    assert days == {1: "2026-11-25", 2: "2026-11-26"}


def test_who_comes_too_late_is_told_so_and_that_nothing_was_saved(client, clock):
    """Nothing typed is lost without a word: the window closed while the page stood open."""
    service = client.app.extensions["kapabla"]
    after_the_course(client, service)
    client.get("/fragor/efter/1")
    clock.tick(hours=15)
    with service.vaults.unit() as work:
        work.identity.execute(update(ParticipantSession).values(last_seen=int(clock().timestamp())))
    client.fill(se_1="5", anda="1", status=409)
    assert "Tiden för frågorna har gått ut" in client.text
    assert "Det du fyllde i på den här sidan sparades inte." in client.text
    assert saves(service, "t1") == []


def saves(service, wave):
    with service.vaults.reading() as work:
        return list(work.answers.scalars(select(Submission).where(Submission.wave == wave).order_by(Submission.number)))
