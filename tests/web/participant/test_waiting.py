"""Who waits for the course sees nothing of it before it opens, and is told what happens next (E6)."""

import re
from datetime import date

import pytest

from kapabla.answers.progress import read_progress
from kapabla.identity.people import Person
from tests import factories as make
from tests.page_client import HIDDEN


@pytest.fixture
def service(any_app):
    return any_app.extensions["kapabla"]


@pytest.fixture
def made(service):
    cohort = make.make_cohort(service, name="Väntar", arm="waitlist", starts_on=date(2026, 11, 25))
    return make.make_person(service, cohort=cohort)


@pytest.fixture
def course(service):
    return service.material.courses["kapabla", 1]


def come_back(client, made):
    client.post("/k", {"kod": made.code})
    client.fill(telefon="egen")
    client.fill()


def words_of(course):
    """What each part is called, says in short and draws on, and the first words of each page, story and exercise."""
    found = set()
    for module in course.modules:
        found |= {module.title.sv, module.in_short.sv, module.goal.sv}
        found |= {source.title.sv for source in module.sources}
        for step in module.every_step():
            if step.kind == "text":
                found.add(step.title.sv)
            if step.kind == "scenario":
                found |= {node.text.sv[:40] for node in step.scenario.nodes}
            if step.kind == "check":
                found |= {question.text.sv for question in step.questions}
    return found


def course_addresses(app, course):
    """Every address of the participant's with a part in it, filled in for every part and page that there is."""
    rules = [rule for rule in app.url_map.iter_rules() if rule.endpoint.startswith("participant.")]
    of_course = [rule for rule in rules if "module" in rule.arguments]
    assert {rule.endpoint for rule in of_course} >= {"participant.module_step", "participant.module_done"}
    for rule in of_course:
        for module in course.modules:
            for number in range(1, len(module.steps) + 1) if "number" in rule.arguments else (0,):
                values = {"module": module.number} | ({"number": number} if number else {})
                yield rule, re.sub(r"<(?:\w+:)?(\w+)>", lambda part: str(values[part[1]]), rule.rule)  # noqa: B023


@pytest.mark.parametrize("research", ["ja", "nej"])
def test_no_address_of_the_course_shows_anything_before_it_opens(any_client, service, made, course, research):
    """E6: every part, page, story and exercise, by GET and by POST; nor does any other page of the participant."""
    make.start_course(any_client, made, research=research)
    if research == "ja":
        make.answer_wave(any_client, "fore")
    any_client.get("/mina-uppgifter/avsluta")
    csrf = dict(HIDDEN.findall(any_client.text))["csrf"]
    posted = 0
    for rule, address in course_addresses(any_client.app, course):
        reply = any_client.browser.get(address)
        assert (reply.status_code, reply.headers["Location"]) == (303, "/fortsatt"), address
        if "POST" in rule.methods and posted < 12:
            posted += 1
            for doing in ("klar", "valj", "svara", "hoppa", "nod"):
                body = {"csrf": csrf, "nyckel": f"{doing}-{posted:08d}", "gor": doing}
                reply = any_client.browser.post(address, data=body)
                assert (reply.status_code, reply.headers["Location"]) == (303, "/fortsatt"), address
    for address in ("/fortsatt", "/delar", "/intyg", "/mina-uppgifter", "/paus", "/fragor/fore2/0", "/fragor/efter/0"):
        any_client.get(address)
        assert [words for words in words_of(course) if words in any_client.text] == [], address
    assert any_client.path == "/delar"
    with service.vaults.reading() as work:
        assert not read_progress(work.answers, made.subject).is_begun


def test_the_words_looked_for_are_there_when_the_course_is_open(any_client, service, course):
    """The twin of the test above."""
    make.start_course(any_client, make.make_person(service), research="nej")
    any_client.get("/delar")
    assert sum(module.title.sv in any_client.text for module in course.modules) == len(course.modules)


def test_the_way_of_somebody_who_waits(any_client, service, made, clock):
    """E6: start questions, what happens next and when, the same kind of questions again, and then the course."""
    make.start_course(any_client, made)
    make.answer_wave(any_client, "fore", pick=1)
    any_client.get("/delar")
    assert "Du är i den grupp som börjar lite senare." in any_client.text
    assert "Öppnas 6 januari 2027." in any_client.text
    assert "Öppnas när du har svarat på frågorna, och annars 21 januari 2027." in any_client.text
    assert "/stod" in any_client.text
    assert "Lämna sidan" in any_client.text
    any_client.get("/fragor/fore2/1")
    assert any_client.path == "/delar"
    clock.tick(days=42)
    come_back(any_client, made)
    assert any_client.path == "/fragor/fore2/0"
    assert "Några frågor innan utbildningen" in any_client.text
    any_client.get("/delar")
    assert "Du kan svara nu." in any_client.text
    make.answer_wave(any_client, "fore2", pick=2)
    any_client.get("/fortsatt")
    assert any_client.path == "/delar"
    any_client.get("/delar/1/1")
    assert any_client.path == "/delar/1/1"


def test_who_does_not_answer_again_comes_to_the_course_all_the_same(any_client, service, made, clock):
    make.start_course(any_client, made)
    make.answer_wave(any_client, "fore")
    clock.tick(days=57)
    come_back(any_client, made)
    assert any_client.path == "/delar"
    any_client.get("/delar/1/1")
    assert any_client.path == "/delar/1/1"


def test_who_said_no_is_told_the_day_and_no_more(any_client, made):
    make.start_course(any_client, made, research="nej")
    assert any_client.path == "/delar"
    assert "Öppnas 6 januari 2027." in any_client.text
    assert "frågor" not in re.search(r"<main.*?</main>", any_client.text, re.S)[0].split("</ul>")[0]


def test_the_information_says_that_the_lot_decides_where_some_wait(any_client, made):
    any_client.get(f"/k/{made.token}")
    any_client.fill()
    any_client.get("/start/om")
    assert "Andra väntar 6 veckor och svarar på frågorna en extra gång. Lotten avgör." in any_client.text


def test_the_waiting_page_is_whole_in_english(any_client, made):
    make.start_course(any_client, made)
    make.answer_wave(any_client, "fore")
    any_client.get("/delar")
    any_client.fill(action="/sprak", sprak="en")
    any_client.get("/delar")
    assert "You are in the group that begins a little later." in any_client.text
    assert "Opens on 6 January 2027." in any_client.text


@pytest.mark.parametrize(("way", "is_promised"), [("email", True), ("none", False)])
def test_a_mail_is_promised_to_who_will_get_one(any_client, service, made, way, is_promised):
    make.start_course(any_client, made, research="nej")
    with service.vaults.unit() as work:
        work.identity.get_one(Person, made.id).channel = way
    any_client.get("/delar")
    assert ("När utbildningen har öppnat skickar vi ett mejl till dig." in any_client.text) is is_promised
