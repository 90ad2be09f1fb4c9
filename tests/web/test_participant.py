"""The participant's journey without script, page by page."""

import io
import threading

import pypdf
import pytest
from sqlalchemy import func, select, text

from kapabla.answers.consents import Consent
from kapabla.answers.learning import LearningEvent
from kapabla.answers.submissions import Submission
from kapabla.identity import entry
from kapabla.identity.codes import format_code
from kapabla.identity.people import Person, StepOver, Tombstone
from kapabla.identity.sessions import ParticipantSession
from kapabla.journals import Journal
from tests import factories as make
from tests.page_client import PageClient


@pytest.fixture
def service(app):
    return app.extensions["kapabla"]


def count(service, vault, model, *where):
    with service.vaults.reading() as work:
        return getattr(work, vault).scalar(select(func.count()).select_from(model).where(*where))


def test_whole_journey_ends_with_a_certificate(client, service):
    """A2, D6, D10: link, choices, questions, course, questions, certificate; every page is checked by the client."""
    made = make.make_person(service)
    make.start_course(client, made)
    make.answer_wave(client, "fore", pick=1)
    make.read_course(client)
    make.answer_wave(client, "efter", pick=3)
    client.get("/intyg")
    client.fill(namn="Åsa Ek")
    assert "Åsa Ek" in client.text
    assert "har gått utbildningen Kapabla" in client.text
    rows = make.saved_rows(service, made.subject, "t1")
    assert rows[1]["values"]["se_1"] == 4
    steps = {"opened", "kontakt", "fore", "delar"}
    with service.vaults.reading() as work:
        assert set(work.identity.scalars(select(StepOver.step))) == steps


def test_a_hundred_fetches_of_a_link_change_nothing(client, service, config):
    """A3: mail scanners fetch links; only a POST from the page redeems."""
    made = make.make_person(service)
    before = _dump(service)
    for _ in range(50):
        client.get(f"/k/{made.token}")
        client.browser.head(f"/k/{made.token}")
    assert _dump(service) == before
    client.fill()
    assert _dump(service) != before


def _dump(service):
    found = []
    for vault, engine in service.vaults.engines.items():
        with engine.connect() as connection:
            for name in connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'table'")).scalars():
                found.append((vault, name, connection.execute(text(f'SELECT count(*) FROM "{name}"')).scalar()))  # noqa: S608
    return found


def test_wrong_foreign_and_withdrawn_codes_are_answered_alike(client, service):
    """A2: nobody learns from the answer whether a code exists."""
    made = make.make_person(service)
    other = make.make_person(service, name="Prova Provlund", email="prova@example.com")
    make.start_course(client, other, research="nej")
    client.get("/mina-uppgifter/avsluta")
    client.fill(vad="allt", svar="kvar")
    replies = []
    for code in ("2222222222", other.code):
        client.post("/k", {"kod": code}, status=400)
        replies.append(client.text.replace(code, ""))
    assert replies[0] == replies[1]
    assert "Vi hittar inte koden" in replies[0]
    client.post("/k", {"kod": format_code(made.code).lower()})
    assert client.path == "/start/telefon"


def test_a_mistyped_code_is_told_apart_and_kept(client, service):
    made = make.make_person(service)
    wrong = made.code[:-1] + ("2" if made.code[-1] != "2" else "3")
    client.post("/k", {"kod": wrong}, status=400)
    assert "skrivfel i koden" in client.text
    assert wrong in client.text
    client.post("/k", {"kod": " "}, status=400)
    assert "Skriv koden som står i brevet." in client.text


def test_thirty_wrong_codes_make_a_pause_of_a_minute(client, service, clock):
    made = make.make_person(service)
    for _ in range(30):
        client.post("/k", {"kod": "2222222222"}, status=400)
    client.post("/k", {"kod": made.code}, status=429)
    clock.tick(seconds=62)
    client.post("/k", {"kod": made.code})
    assert client.path == "/start/telefon"


def test_no_answer_is_stored_before_the_choice(client, service):
    """E1.2: no consent, no submission."""
    made = make.make_person(service)
    client.get(f"/k/{made.token}")
    client.fill()
    client.post("/fragor/fore/1", {"se_1": "3"}, status=400)
    assert count(service, "answers", Submission) == 0


def test_who_says_no_takes_the_whole_course(client, service):
    """B3: every module and the certificate, no question, and staff see the step as over."""
    made = make.make_person(service)
    make.start_course(client, made, research="nej")
    assert client.path == "/delar"
    client.get("/fragor/fore/1")
    assert client.path == "/delar"
    make.read_course(client)
    client.get("/intyg")
    client.fill()
    assert count(service, "answers", Submission) == 0
    assert count(service, "identity", StepOver, StepOver.step == "fore") == 1


def test_the_course_waits_for_the_start_questions(client, service):
    """D5: the gate stands on the server."""
    make.start_course(client, make.make_person(service))
    client.get("/delar/1/1")
    assert client.path == "/fragor/fore/0"


def test_every_choice_must_be_made(client, service):
    """B1: three separate choices, none pre-chosen; what was chosen is kept on the page."""
    made = make.make_person(service)
    client.get(f"/k/{made.token}")
    client.fill()
    client.get("/start/samtycke")
    assert "checked" not in client.text
    client.fill(status=400)
    assert "Svara ja eller nej på fråga 1." in client.text
    assert "Svara ja eller nej på fråga 2." not in client.text, "it is asked only after a yes"
    client.fill(status=400, val1="ja")
    assert "Svara ja eller nej på fråga 2." in client.text
    assert 'value="ja" checked' in client.text
    client.fill(val1="ja", val2="ja", val3="nej")
    with service.vaults.reading() as work:
        rows = work.answers.execute(select(Consent.choice, Consent.answer, Consent.text_hash)).all()
    assert [(row.choice, row.answer) for row in rows] == [(1, True), (2, True), (3, False)]
    client.get("/start/om")
    assert len({row.text_hash for row in rows}) == 1
    assert f"SHA-256 {rows[0].text_hash}" in client.text


def test_skipped_questions_are_asked_about_once(client, service):
    """P10: a calm note, what was answered is kept, and then the way leads on."""
    made = make.make_person(service)
    make.start_course(client, made)
    client.get("/fragor/fore/1")
    client.fill(se_1="3")
    assert "Du har hoppat över 7 frågor" in client.text
    assert 'id="se_1-3" value="3" checked' in client.text
    client.fill(se_1="3", anda="1")
    assert client.path == "/fragor/fore/2"
    assert make.saved_rows(service, made.subject, "t0")[1]["values"] == {"se_1": 3}


def test_missing_answers_have_their_reasons(client, service):
    """C11: declined is not skipped."""
    made = make.make_person(service)
    make.start_course(client, made)
    client.get("/fragor/fore/1")
    client.fill(se_1="-94", se_2="4", anda="1")
    missing = make.saved_rows(service, made.subject, "t0")[1]["missing"]
    assert missing["se_1"] == "declined"
    assert missing["se_3"] == "skipped"


def test_an_answer_that_is_not_offered_is_refused_and_the_page_kept(client, service):
    """C6: the same rules on the server; no answer on the page is lost."""
    made = make.make_person(service)
    make.start_course(client, made)
    client.get("/fragor/fore/1")
    client.fill(status=400, se_1="9", se_2="4")
    assert "Välj ett av svaren i listan." in client.text
    assert 'id="se_2-4" value="4" checked' in client.text
    assert make.saved_rows(service, made.subject, "t0") == {}


def test_a_saved_page_is_never_shown_again(client, service):
    """C8: on another device the journey goes on, and no answer is shown."""
    made = make.make_person(service)
    make.start_course(client, made)
    client.get("/fragor/fore/1")
    client.fill(se_1="5", anda="1")
    second = PageClient(client.app)
    second.post("/k", {"kod": made.code})
    second.fill(telefon="egen")
    second.fill()
    assert second.path == "/fragor/fore/2"
    second.get("/fragor/fore/1")
    assert "Du har svarat på den här sidan" in second.text
    assert "checked" not in second.text
    second.get("/fragor/fore/1?om=1")
    assert "checked" not in second.text


def test_the_same_questions_afterwards_begin_empty(client, service):
    """P9: what was said before is never shown again, on no later occasion; the confirmed trade alone is known."""
    made = make.make_person(service)
    make.start_course(client, made)
    make.answer_wave(client, "fore", pick=1)
    make.finish_course(service, made)
    study = service.material.studies[make.STUDY]
    pages = study.questionnaire(service.material, "t1", "ABA").pages
    assert {item.code for page in pages for item in page.items} >= {"se_1", "avs_1", "til_1"}
    for page in pages:
        client.get(f"/fragor/efter/{page.number}")
        assert "checked" not in client.text, page.number
        assert " selected" not in client.text


def test_twenty_posts_at_once_and_replays_leave_one_row(client, service):
    """C9: exactly one response, the same answer to all."""
    made = make.make_person(service)
    make.start_course(client, made)
    client.get("/fragor/fore/1")
    from tests.page_client import HIDDEN

    data = dict(HIDDEN.findall(client.text)) | make.answers_on(client.text)
    cookies = {c.key: c.value for c in client.browser._cookies.values()}
    places: list[tuple[int, str]] = []

    def post():
        browser = client.app.test_client()
        for key, value in cookies.items():
            browser.set_cookie(key, value)
        reply = browser.post("/fragor/fore/1", data=data)
        places.append((reply.status_code, reply.headers.get("Location", "")))

    threads = [threading.Thread(target=post) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for _ in range(20):
        post()
    assert set(places) == {(303, "/fragor/fore/2")}
    assert count(service, "answers", Submission) == 1


def test_the_first_answer_and_choice_are_kept(client, service):
    """D2, D3: feedback may be asked for again; the first answer stays."""
    made = make.make_person(service)
    make.start_course(client, made, research="nej")
    course = next(iter(service.material.courses.values()))
    module, step = next((m, s) for m in course.modules for s in m.steps if s.kind == "check")
    question = step.questions[0]
    wrong = 1 if question.correct == 0 else 0
    client.get(f"/delar/{module.number}/{step.number}")
    client.fill(**{question.code: str(wrong)}, gor="svara")
    assert "Inte riktigt." in client.text
    client.fill(**{question.code: str(question.correct)}, gor="svara")
    assert "Ja, det stämmer." in client.text
    with service.vaults.reading() as work:
        from kapabla.answers.progress import read_progress

        first = read_progress(work.answers, made.subject).first_choices
    assert first[module.number, step.number, question.code] == str(wrong)


def test_modules_stay_open_and_change_nothing_after_completion(client, service):
    """D7."""
    made = make.make_person(service)
    make.start_course(client, made, research="nej")
    make.finish_course(service, made)
    before = count(service, "answers", LearningEvent)
    client.get("/delar/1/1")
    client.get("/delar/2/2")
    assert count(service, "answers", LearningEvent) == before
    client.get("/delar")
    course = next(iter(service.material.courses.values()))
    assert f"Du är klar med {len(course.modules)} av {len(course.modules)} delar" in client.text


def test_stories_can_be_skipped_at_no_cost(client, service):
    """D12, S13: the note comes first, and skipping costs nothing."""
    make.start_course(client, make.make_person(service), research="nej")
    client.get("/delar/1/1")
    assert "Innan du läser" in client.text
    client.fill(gor="hoppa")
    assert "Hoppa över" not in client.text
    course = next(iter(service.material.courses.values()))
    for module in course.modules:
        for step in module.steps:
            if step.kind in ("text", "check", "checklist"):
                client.get(f"/delar/{module.number}/{step.number}")
                client.fill(gor="klar")
        client.get(f"/delar/{module.number}/1")
        client.fill(gor="hoppa")
    client.get("/intyg")
    assert client.path == "/intyg"


def test_certificate_is_checked_by_its_signature(client, service):
    """D6: the statement holds; a changed one is not known; the PDF is tagged, named and in Swedish; no name is kept."""
    made = make.make_person(service)
    make.start_course(client, made, research="nej")
    make.finish_course(service, made)
    client.get("/intyg")
    reply = client.fill(namn="Åsa #link <b> Ek", pdf="1")
    pdf = pypdf.PdfReader(io.BytesIO(reply.data))
    assert pdf.trailer["/Root"]["/Lang"] == "sv"
    assert pdf.metadata.title == "Intyg"
    assert "Åsa #link <b> Ek" in pdf.pages[0].extract_text()
    from kapabla.web.participant.certificate import Statement

    with service.vaults.reading() as work:
        from kapabla.answers.progress import find_certificate

        serial, day = find_certificate(work.answers, made.subject, course="kapabla", course_version=1)
    signed = Statement("kapabla", day, "ÅE", serial).sign(service.keys.get("certificate"))
    client.get(f"/intyg/{signed}")
    assert "Intyget är äkta" in client.text
    client.get(f"/intyg/{signed[:-2]}xx", status=404)


@pytest.mark.parametrize(("svar", "left"), [("kvar", True), ("bort", False)])
def test_leaving_the_research_is_obeyed_at_once(client, service, config, svar, left):
    """B4: two clicks; the course stays open; the journals are written before the receipt."""
    made = make.make_person(service)
    make.start_course(client, made)
    client.get("/fragor/fore/1")
    client.fill(se_1="5", anda="1")
    client.get("/mina-uppgifter/avsluta")
    client.fill(vad="forskning", svar=svar)
    assert "Ditt val är sparat" in client.text
    assert bool(make.saved_rows(service, made.subject, "t0")) is left
    assert [row["who"] for row in Journal(config.data_dir, "answers").entries()] == [made.subject]
    client.get("/delar")
    assert client.path in ("/delar", "/fragor/fore/0")


def test_leaving_everything_with_erasure_leaves_only_tombstones(client, service, config):
    """B4, B6: the person's row and the subject's rows are gone. A tombstone each of address, name and link."""
    made = make.make_person(service)
    make.start_course(client, made)
    client.get("/fragor/fore/1")
    client.fill(se_1="5", anda="1")
    client.get("/mina-uppgifter/avsluta")
    client.fill(vad="allt", svar="bort")
    assert "Din länk och din kod har slutat fungera." in client.text
    assert count(service, "identity", Person) == 0
    assert count(service, "identity", Tombstone) == 3
    assert count(service, "answers", Submission) == 0
    assert count(service, "answers", Consent) == 0
    client.get("/delar")
    assert client.path == "/k"
    client.post(f"/k/{made.token}", status=410)
    for vault in ("identity", "answers"):
        assert b"testa@example.com" not in (config.data_dir / f"{vault}.db").read_bytes()


@pytest.mark.parametrize("method", ["get", "post"])
def test_leaving_ends_the_session_and_changes_the_cookie(client, service, method):
    """D13, S02, S05: without a token, by link or by script."""
    make.start_course(client, make.make_person(service), research="nej")
    assert count(service, "identity", ParticipantSession) == 1
    reply = getattr(client.browser, method)("/lamna")
    assert reply.status_code == (303 if method == "get" else 204)
    assert any(cookie.startswith("k=-") for cookie in reply.headers.getlist("Set-Cookie"))
    assert count(service, "identity", ParticipantSession) == 0
    client.get("/delar")
    assert client.path == "/k"


def test_a_session_without_its_companion_is_dead(client, service):
    """S06: "Lämna sidan" works without coverage."""
    make.start_course(client, make.make_person(service), research="nej")
    client.browser.delete_cookie("kx")
    client.get("/delar")
    assert client.path == "/k"
    assert "Du är utloggad." in client.text


def test_a_shared_device_is_left_after_twenty_minutes(client, service, clock):
    """A12, S08."""
    make.start_course(client, make.make_person(service), research="nej")
    clock.tick(minutes=19)
    client.get("/delar")
    clock.tick(minutes=21)
    client.get("/delar")
    assert client.path == "/k"


def test_a_closed_cohort_says_until_when(client, service, clock):
    made = make.make_person(service)
    clock.tick(days=400)
    client.get(f"/k/{made.token}")
    client.fill(status=410)
    assert "Inbjudan gällde till och med 31 januari 2027" in client.text


def test_every_participant_page_leads_to_help_and_out(client, service):
    """D12, D13: support and exit stand on every page."""
    make.start_course(client, make.make_person(service))
    for path in ("/fragor/fore/1", "/mina-uppgifter", "/paus", "/k"):
        client.get(path)
        assert 'href="/stod"' in client.text
        assert client.text.count('href="/lamna"') == 3


def test_a_lost_link_is_always_answered_alike(client, service):
    """A15."""
    make.make_person(service)
    client.post("/ny-lank", {"epost": "testa@example.com"})
    known = client.text
    client.post("/ny-lank", {"epost": "ingen@example.com"})
    assert client.text == known


@pytest.mark.parametrize("typed", ["", "x", "a@b a@b", "testa@"])
def test_a_slip_in_the_address_for_a_lost_link_is_told(client, typed):
    client.post("/ny-lank", {"epost": typed}, status=400)
    assert "Skriv din e-postadress så här: namn@example.com" in client.text
    assert not typed or f'value="{typed}"' in client.text


def test_a_post_from_another_site_is_refused(client, service):
    made = make.make_person(service)
    client.post(f"/k/{made.token}", status=400, headers={"Sec-Fetch-Site": "cross-site"})
    make.start_course(client, made, research="nej")
    client.post("/mina-uppgifter/avsluta", {"vad": "allt", "svar": "bort"}, status=400)


def test_who_is_erased_elsewhere_is_not_told_that_all_is_kept(client, service):
    """The session is gone and nobody knows why: what is said must be true of who was away and of who was erased."""
    made = make.make_person(service)
    make.start_course(client, made, research="nej")
    with service.vaults.unit() as work:
        entry.end_sessions_of(work.identity, made.id)
    client.get("/delar")
    assert "Du är utloggad." in client.text
    assert "om du inte har valt att ta bort det" in client.text
    assert "Allt du har sparat finns kvar" not in client.text


def test_who_says_no_is_thanked_once(client, service):
    make.start_course(client, make.make_person(service), research="nej")
    assert client.path == "/delar"
    assert "Tack för ditt svar. Välkommen till utbildningen." in client.text
    client.get("/delar")
    assert "Tack för ditt svar" not in client.text


def test_who_leaves_the_research_is_not_thanked_for_an_answer(client, service):
    make.start_course(client, make.make_person(service))
    make.answer_wave(client, "fore")
    client.get("/mina-uppgifter/avsluta")
    client.fill(vad="forskning", svar="kvar")
    client.get("/delar")
    assert client.path == "/delar"
    assert "Tack för ditt svar" not in client.text
