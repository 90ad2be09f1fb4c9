"""The course: gates, what is kept of it, completion counted from events, and the certificate."""

import base64
import io
import json
import re
from datetime import date

import pypdf
import pytest
from sqlalchemy import select

from kapabla.answers import journey
from kapabla.answers.learning import LearningEvent
from kapabla.answers.placement import correct_place
from kapabla.answers.progress import Event, find_certificate, progress_of, read_progress
from kapabla.web.participant.certificate import Statement
from tests import factories as make


@pytest.fixture
def service(any_app):
    return any_app.extensions["kapabla"]


@pytest.fixture
def course(service):
    return next(iter(service.material.courses.values()))


def events(service, subject):
    with service.vaults.reading() as work:
        query = select(LearningEvent).where(LearningEvent.subject == subject).order_by(LearningEvent.number)
        return list(work.answers.scalars(query))


@pytest.mark.parametrize("path", ["/delar", "/delar/1/1", "/delar/3/2"])
def test_nothing_of_the_course_is_shown_before_the_start_questions(any_client, service, path):
    """D5: also by a typed address, and a POST does nothing."""
    made = make.make_person(service)
    make.start_course(any_client, made)
    any_client.get(path)
    assert any_client.path == "/fragor/fore/0"
    any_client.get("/mina-uppgifter/avsluta")
    from tests.page_client import HIDDEN

    token = dict(HIDDEN.findall(any_client.text))["csrf"]
    any_client.post("/delar/1/1", {"csrf": token, "nyckel": "a" * 16, "gor": "klar"})
    assert events(service, made.subject) == []


def test_the_first_choice_of_a_story_is_kept_whatever_is_tried_then(any_client, service, course):
    """D2."""
    made = make.make_person(service)
    make.start_course(any_client, made, research="nej")
    module, step = next((m, s) for m in course.modules for s in m.every_step() if s.kind == "scenario")
    node = step.scenario.node(step.scenario.start)
    for choice in node.choices:
        any_client.get(f"/delar/{module.number}/{step.number}")
        any_client.fill(val=choice.code, gor="valj")
        assert choice.why.sv[:20] in any_client.text.replace("&#34;", '"')
    with service.vaults.reading() as work:
        first = read_progress(work.answers, made.subject).first_choices
    assert first[module.number, step.number, node.id] == node.choices[0].code


def test_every_answer_of_a_check_is_kept(any_client, service, course):
    """D3: as many first answers as there are questions, in every check of the course."""
    made = make.make_person(service)
    make.start_course(any_client, made, research="nej")
    for module in course.modules:
        for step in module.steps:
            if step.kind != "check":
                continue
            any_client.get(f"/delar/{module.number}/{step.number}")
            any_client.fill(**{question.code: "0" for question in step.questions}, gor="svara")
            with service.vaults.reading() as work:
                first = read_progress(work.answers, made.subject).first_choices
            for question in step.questions:
                assert first[module.number, step.number, question.code] == "0"


def test_a_choice_that_is_not_offered_is_kept_out(any_client, service, course):
    made = make.make_person(service)
    make.start_course(any_client, made, research="nej")
    module, step = next((m, s) for m in course.modules for s in m.every_step() if s.kind == "scenario")
    any_client.get(f"/delar/{module.number}/{step.number}")
    any_client.fill(val="finns inte", gor="valj", status=400)
    assert "Välj ett svar så får du veta mer." in any_client.text
    assert events(service, made.subject) == []


def test_completion_is_counted_from_the_events_and_stored_nowhere(any_client, service, course):
    """D4: in any order, with doubles, the same; one step less, and it is not over."""
    made = make.make_person(service)
    make.start_course(any_client, made, research="nej")
    make.read_course(any_client)
    kept = [(Event(e.kind, e.module, e.step, e.node, e.choice), e.happened_on) for e in events(service, made.subject)]
    assert journey.course_is_over(course, progress_of(kept))
    assert journey.course_is_over(course, progress_of([*reversed(kept), *kept]))
    last = course.modules[-1]
    missing = [(e, on) for e, on in kept if (e.kind, e.module, e.step) != ("read", last.number, len(last.steps))]
    assert not journey.course_is_over(course, progress_of(missing))


def test_reading_again_after_completion_changes_no_stored_result(any_client, service, course, clock):
    """D7: a step read again weeks later moves neither the certificate's day nor the windows that count from it."""
    made = make.make_person(service)
    make.start_course(any_client, made, research="nej")
    make.finish_course(service, made)
    clock.tick(days=40)
    any_client.post("/k", {"kod": made.code})
    any_client.fill(telefon="egen")
    any_client.fill()
    for module in course.modules[:2]:
        any_client.get(f"/delar/{module.number}/{len(module.steps)}")
        any_client.fill(gor="klar")
    assert {e.happened_on for e in events(service, made.subject)} == {date(2026, 11, 25), date(2027, 1, 4)}
    with service.vaults.reading() as work:
        assert journey.completed_on(course, read_progress(work.answers, made.subject)) == date(2026, 11, 25)
    any_client.get("/intyg")
    any_client.fill()
    with service.vaults.reading() as work:
        _, day = find_certificate(work.answers, made.subject, course=course.id, course_version=course.version)
    assert day == date(2026, 11, 25)


def test_there_is_no_certificate_before_the_end(any_client, service):
    make.start_course(any_client, make.make_person(service), research="nej")
    any_client.get("/intyg")
    assert any_client.path == "/delar"


def test_events_carry_the_day_alone_and_the_version_of_the_course(any_client, service, course):
    made = make.make_person(service)
    make.start_course(any_client, made, research="nej")
    any_client.get("/delar/1/1")
    any_client.fill(gor="klar")
    event = events(service, made.subject)[0]
    assert event.happened_on.isoformat() == "2026-11-25"
    assert (event.course, event.course_version) == (course.id, course.version)


def completed(client, service, *, name="Åsa Ek"):
    made = make.make_person(service)
    make.start_course(client, made, research="nej")
    make.finish_course(service, made)
    client.get("/intyg")
    client.fill(namn=name)
    with service.vaults.reading() as work:
        return made, find_certificate(work.answers, made.subject, course="kapabla", course_version=1)


def test_a_statement_is_checked_without_a_session_and_says_no_name(any_client, service):
    """D6."""
    _, (serial, day) = completed(any_client, service)
    signed = Statement("kapabla", day, "ÅE", serial).sign(service.keys.get("certificate"))
    any_client.browser.delete_cookie("k")
    any_client.get(f"/intyg/{signed}")
    assert "25 november 2026" in any_client.text
    assert "Åsa" not in any_client.text


def test_a_forged_statement_is_not_known(any_client, service):
    _, (serial, day) = completed(any_client, service)
    key = service.keys.get("certificate")
    signed = Statement("kapabla", day, "ÅE", serial).sign(key)
    body, _, mark = signed.partition(".")
    other = json.dumps(["kapabla", "2020-01-01", "XX", serial]).encode()
    forged = base64.urlsafe_b64encode(other).decode().rstrip("=")
    texts = [
        f"{forged}.{mark}", body, f"{body}.", f"{body}.{mark[:-4]}", f".{mark}", f"{mark}.{body}", "åäö.åäö",
        "x" * 3000,        Statement("kapabla", day, "ÅE", serial).sign(b"\1" * 32), f"{body}.{mark}.{mark}",
    ]  # fmt: skip
    for text in texts:
        any_client.get(f"/intyg/{text}", status=404)


def test_no_name_is_kept_anywhere(any_client, service):
    """What is typed for the certificate is used and forgotten."""
    from sqlalchemy import MetaData

    completed(any_client, service, name="Ovanlig Namnsson")
    for engine in service.vaults.engines.values():
        metadata = MetaData()
        metadata.reflect(engine)
        with engine.connect() as connection:
            for table in metadata.sorted_tables:
                assert "Ovanlig" not in str(connection.execute(table.select()).all()), table.name


def test_the_pdf_has_a_title_a_language_and_tags(any_client, service):
    completed(any_client, service)
    any_client.get("/intyg")
    reply = any_client.fill(namn="", pdf="1")
    assert reply.mimetype == "application/pdf"
    assert reply.headers["Cache-Control"] == "no-store"
    pdf = pypdf.PdfReader(io.BytesIO(reply.data))
    root = pdf.trailer["/Root"]
    assert (pdf.metadata.title, root["/Lang"]) == ("Intyg", "sv")
    assert root["/MarkInfo"]["/Marked"]
    assert "/StructTreeRoot" in root


@pytest.mark.parametrize("name", ['#read("/etc/passwd")', "<script>alert(1)</script>", "Å" * 500, "\\ $x$ *b* _i_ `c`"])
def test_a_name_is_never_markup(any_client, service, name):
    completed(any_client, service, name=name)
    assert "<script>alert" not in any_client.text
    assert "root:" not in any_client.text
    any_client.get("/intyg")
    reply = any_client.fill(namn=name, pdf="1")
    text = pypdf.PdfReader(io.BytesIO(reply.data)).pages[0].extract_text()
    assert "root:" not in text
    assert name[:12] in text.replace("\n", " ")


def test_a_name_in_letters_that_we_lack_is_told_and_stands_on_the_page(any_client, service):
    """A letter for private use has no font on any machine; 李雷 has one on some."""
    name = "Li \U000f1234"
    completed(any_client, service, name="")
    any_client.get("/intyg")
    assert any_client.fill(namn=name, pdf="1").mimetype == "text/html"
    assert "Vi saknar bokstäverna i namnet och kan inte göra en PDF." in any_client.text
    assert f"<strong>Intyg.</strong> {name} har gått" in any_client.text
    any_client.fill(namn=name)
    assert "Vi saknar bokstäverna" not in any_client.text


def test_names_in_other_letters_that_we_have_are_drawn(any_client, service):
    completed(any_client, service, name="")
    for name in ("Шевченко", "Παπαδόπουλος", "Nguyễn Thị Hạnh", "Áŋŋá Čálli"):
        any_client.get("/intyg")
        assert any_client.fill(namn=name, pdf="1").mimetype == "application/pdf"


def story_of(course, role):
    """The story of the trade in module 7, and where it stands."""
    module = course.module(7)
    return module, next(step for n in module.steps if (step := module.step(n.number, role)).kind == "scenario")


def test_a_story_with_weapons_is_warned_of_and_skipping_it_skips_that_story_alone(any_client, service, course):
    """D12, S13."""
    made = make.make_person(service, role="hunter")
    make.start_course(any_client, made, research="nej")
    module, step = story_of(course, "hunter")
    address = f"/delar/{module.number}/{step.number}"
    first = step.scenario.node(step.scenario.start)
    any_client.get(address)
    assert "I den här situationen finns hot och vapen." in any_client.text
    assert first.text.sv[:40] not in any_client.text
    any_client.fill(gor="nod")
    assert first.text.sv[:40] in any_client.text
    any_client.get(address)
    any_client.fill(gor="hoppa")
    assert any_client.path == f"/delar/{module.number}/{step.number + 1}"
    assert [(e.kind, e.module, e.step) for e in events(service, made.subject)] == [("skipped", 7, step.number)]


@pytest.mark.parametrize(("listed", "read"), [("vet", "vet"), (None, "other_local")])
def test_the_pages_of_a_trade_follow_the_participant(any_client, service, course, listed, read):
    made = make.make_person(service, role=listed)
    make.start_course(any_client, made, research="nej")
    _, step = story_of(course, read)
    any_client.get(f"/delar/7/{step.number}")
    assert step.scenario.title.sv in any_client.text


def test_who_says_another_trade_reads_the_pages_of_that(any_client, service, course):
    """What the participant says goes before what the list said (A11)."""
    made = make.make_person(service, role="vet")
    make.start_course(any_client, made, research="nej")
    with service.vaults.unit() as work:
        correct_place(work.answers, made.subject, municipality="2404", role="driver")
    _, step = story_of(course, "driver")
    any_client.get(f"/delar/7/{step.number}")
    any_client.fill(gor="nod")
    assert step.scenario.node(step.scenario.start).text.sv[:30] in any_client.text


def test_a_list_to_tick_sends_nothing(any_client, service, course):
    made = make.make_person(service)
    make.start_course(any_client, made, research="nej")
    step = next(step for step in course.module(10).steps if step.kind == "checklist")
    any_client.get(f"/delar/10/{step.number}")
    boxes = re.findall(r'<input type="checkbox"[^>]*>', any_client.text)
    assert len(boxes) == len(step.entries)
    assert not any("name=" in box for box in boxes)
    assert "Det du kryssar för här skickas inte och sparas inte." in any_client.text
