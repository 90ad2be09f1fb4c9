"""The switch "Delad dator" (A12): a computer of the meeting, where nobody meets anything of whoever was there."""

import re

import pytest
from sqlalchemy import func, select

from kapabla.answers.submissions import Submission
from kapabla.identity.sessions import ParticipantSession
from kapabla.web import kiosk
from tests import factories as make


@pytest.fixture
def service(app):
    return app.extensions["kapabla"]


@pytest.fixture
def code(service):
    return make.make_meeting(service)[1]


@pytest.fixture
def computer(client, code):
    client.get("/delad-dator")
    client.fill(mote=code)
    return client


def sessions(service):
    with service.vaults.reading() as work:
        return work.identity.scalar(select(func.count()).select_from(ParticipantSession))


def enter(client, made):
    """As on any computer, but that nobody is asked whose it is. The meeting's code is left out."""
    client.get("/k")
    client.fill(kod=made.code)
    client.fill()


def begin(client, made):
    enter(client, made)
    client.get("/start/samtycke")
    client.fill(val1="ja", val2="ja", val3="nej")
    client.fill(kontakt="none")


def test_no_file_is_left_on_a_shared_computer(computer, service):
    """Not by the buttons, which are not there, and not by the address."""
    begin(computer, make.make_person(service))
    computer.get("/mina-uppgifter/val/1")
    assert "som fil" not in computer.text
    computer.get("/mina-uppgifter/val/1.txt", status=403)
    assert "Hämta den på din egen telefon" in computer.text
    computer.get("/mina-uppgifter/kopia")
    assert "som fil" not in computer.text


def test_the_code_of_a_meeting_makes_a_computer_a_shared_one_until_midnight(client, code):
    client.get("/delad-dator")
    reply = client.fill(mote=code)
    assert "Det här är en delad dator till midnatt." in client.text
    cookie = next(c for c in reply.headers.getlist("Set-Cookie") if c.startswith(f"{kiosk.COOKIE}="))
    # Ten in the morning in Västerbotten: fourteen hours are left of the day.
    assert "Max-Age=50400;" in cookie
    assert "HttpOnly" in cookie
    client.get("/delad-dator")
    assert "Det här är en delad dator till midnatt." in client.text


@pytest.mark.parametrize(("typed", "status"), [("", 400), ("KB47RK", 400), ("KB47RM", 400)])
def test_no_other_code_does(client, code, typed, status):
    client.get("/delad-dator")
    client.fill(mote=typed, status=status)
    assert client.browser.get_cookie(kiosk.COOKIE) is None
    assert "<title>Rätta: Delad dator" in client.text


def test_a_session_on_it_is_short_and_nobody_is_asked_whose_it_is(computer, service, clock):
    enter(computer, make.make_person(service))
    assert computer.path == "/mote"
    computer.get("/start/telefon")
    assert computer.path != "/start/telefon"
    computer.get("/mina-uppgifter")
    assert "/start/telefon" not in computer.text
    clock.tick(minutes=4)
    computer.get("/start/om")
    assert computer.path == "/start/om"
    clock.tick(minutes=4)
    computer.get("/start/om")
    assert computer.path == "/start/om"
    clock.tick(minutes=5, seconds=1)
    computer.get("/start/om")
    assert computer.path == "/k"


def test_nobody_can_call_it_their_own(computer, service):
    enter(computer, make.make_person(service))
    computer.post("/start/telefon", {"telefon": "egen", "csrf": computer.hidden(action="/mote")["csrf"]})
    with service.vaults.reading() as work:
        assert work.identity.scalars(select(ParticipantSession.device)).all() == ["kiosk"]


def test_the_session_ends_with_the_questions_and_the_next_meets_a_clean_door(computer, service):
    begin(computer, make.make_person(service))
    make.answer_wave(computer, "fore")
    assert computer.path == "/k"
    assert "Tack. Dina svar är inskickade." in computer.text
    assert sessions(service) == 0
    computer.get("/fragor/fore/tack")
    assert computer.path == "/k"
    assert "Du har varit borta" not in computer.text
    assert "Tack." not in computer.text
    with service.vaults.reading() as work:
        assert set(work.answers.scalars(select(Submission.mode))) == {"kiosk"}


def test_an_idle_person_is_not_mentioned_to_the_next(computer, service, clock):
    enter(computer, make.make_person(service))
    clock.tick(minutes=6)
    computer.get("/mina-uppgifter")
    assert computer.path == "/k"
    assert "Du har varit borta" not in computer.text


def test_the_door_forgets_whoever_walked_away(computer, service):
    """Within the five minutes: whoever goes to the door is somebody else."""
    enter(computer, make.make_person(service))
    computer.get("/k")
    computer.get("/mina-uppgifter")
    assert computer.path == "/k"


def test_a_language_chosen_at_the_door_is_kept_by_whoever_comes_in_and_by_nobody_after(computer, service):
    computer.get("/k")
    computer.fill(action="/sprak", sprak="en")
    enter(computer, make.make_person(service))
    assert '<html lang="en">' in computer.text
    computer.get("/k")
    computer.get("/k")
    assert '<html lang="sv">' in computer.text


def test_leaving_keeps_it_a_shared_computer(computer, service):
    enter(computer, make.make_person(service))
    computer.get("/lamna", follow=False, status=303)
    assert computer.browser.get_cookie(kiosk.COOKIE).value == "1"
    enter(computer, make.make_person(service, name="Prova", email="p@example.com"))
    with service.vaults.reading() as work:
        assert work.identity.scalars(select(ParticipantSession.device)).all() == ["kiosk"]


def test_the_browser_is_asked_to_remember_nothing_that_is_typed(computer, service, client):
    fields = re.compile(r'<input type="(?:text|email|search)"[^>]*>')
    seen = 0
    for path in ("/k", "/ny-lank", f"/mote/{make.make_meeting(service)[1]}/ny"):
        computer.get(path)
        for field in fields.findall(computer.text):
            seen += 1
            assert 'autocomplete="off"' in field, (path, field)
    assert seen == 3


def test_every_page_goes_back_to_the_door_without_script(computer, service):
    """What stands on the screen of somebody who has walked away goes, with script on or off; elsewhere nothing does."""
    enter(computer, make.make_person(service))
    for path in ("/start/om", "/stod", "/k"):
        computer.get(path)
        assert '<noscript><meta http-equiv="refresh" content="300;url=/k"></noscript>' in computer.text
        assert "data-idle=" in computer.text


def test_an_ordinary_computer_is_left_alone(client, service):
    make.start_course(client, make.make_person(service))
    client.get("/start/om")
    assert "http-equiv" not in client.text
    assert "data-idle=" not in client.text
    client.get("/k")
    assert 'autocomplete="one-time-code"' in client.text
    client.get("/start/om")
    assert client.path == "/start/om"
