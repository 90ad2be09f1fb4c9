"""Coming in, coming back and being let out again."""

import pytest
from sqlalchemy import func, select

from kapabla.identity.enrolling import new_access
from kapabla.identity.people import Person
from kapabla.identity.sessions import CodeAttempt, ParticipantSession
from tests import factories as make
from tests.page_client import PageClient


@pytest.fixture
def service(app):
    return app.extensions["kapabla"]


def replaced(service, made):
    with service.vaults.unit() as work:
        person = work.identity.get_one(Person, made.id)
        return new_access(work.identity, service.keys, person)


def count(service, model):
    with service.vaults.reading() as work:
        return work.identity.scalar(select(func.count()).select_from(model))


def test_a_replaced_code_and_link_are_as_unknown_as_any(client, service):
    """A2: the old ones are dead, the new ones work, and the answer tells nobody which it was."""
    made = make.make_person(service)
    new = replaced(service, made)
    assert (new.code, new.token) != (made.code, made.token)
    pages = []
    for code in (made.code, "2222222222"):
        client.post("/k", {"kod": code}, status=400)
        pages.append(client.text.replace(code, ""))
    for token in (made.token, "A" * 22):
        client.post(f"/k/{token}", status=400)
        # The button for another language leads back to the address that the browser is at already.
        pages.append(client.text.replace(token, ""))
    assert pages[0] == pages[1]
    assert pages[2] == pages[3]
    client.post("/k", {"kod": new.code})
    assert client.path == "/start/telefon"


def test_a_page_of_a_link_is_alike_for_every_token(client, service):
    """A3: nobody learns from a GET whether a link exists."""
    made = make.make_person(service)
    pages = []
    for token in (made.token, "A" * 22):
        client.get(f"/k/{token}")
        pages.append(client.text.replace(token, ""))
    assert pages[0] == pages[1]
    assert count(service, ParticipantSession) == 0


def test_the_token_leaves_the_address_and_no_page_carries_it_on(client, service):
    made = make.make_person(service)
    client.get(f"/k/{made.token}")
    reply = client.post(f"/k/{made.token}", follow=False, status=303)
    assert reply.headers["Location"] == "/fortsatt"
    client.get("/fortsatt")
    assert made.token not in client.text
    assert reply.headers["Referrer-Policy"] == "no-referrer"


def test_cookies_are_closed_and_hold_nothing_that_says_who(client, service):
    made = make.make_person(service)
    reply = client.post(f"/k/{made.token}", follow=False, status=303)
    cookies = reply.headers.getlist("Set-Cookie")
    assert len(cookies) == 2
    for cookie in cookies:
        assert "SameSite=Lax" in cookie
        assert "Expires" not in cookie
        assert "Max-Age" not in cookie
        for trace in (made.id, made.number, made.subject, made.token, made.code):
            assert trace not in cookie
    assert [("HttpOnly" in cookie) for cookie in sorted(cookies)] == [True, False]


def test_only_hashes_of_a_session_are_kept(client, service):
    client.post(f"/k/{make.make_person(service).token}", follow=False, status=303)
    token, companion = (client.browser.get_cookie(name).value for name in ("k", "kx"))
    with service.vaults.reading() as work:
        row = work.identity.scalars(select(ParticipantSession)).one()
    assert token.encode() not in (row.id_hash, row.companion_hash)
    assert len(row.id_hash) == len(row.companion_hash) == 32
    assert companion.encode() != row.companion_hash


def test_a_companion_of_another_session_does_not_fit(client, service):
    make.start_course(client, make.make_person(service), research="nej")
    other = PageClient(client.app)
    make.start_course(
        other, make.make_person(service, name="Prova Provlund", email="prova@example.com"), research="nej"
    )
    client.browser.set_cookie("kx", other.browser.get_cookie("kx").value)
    client.get("/delar")
    assert client.path == "/k"


def test_ending_one_session_leaves_the_other_device_in(client, service):
    made = make.make_person(service)
    make.start_course(client, made, research="nej")
    second = PageClient(client.app)
    second.post("/k", {"kod": made.code})
    client.browser.get("/lamna")
    second.fill(telefon="egen")
    second.fill()
    second.get("/delar")
    assert second.path == "/delar"
    assert count(service, ParticipantSession) == 1


def test_an_own_phone_stays_in_for_half_a_day(client, service, clock):
    made = make.make_person(service)
    client.post(f"/k/{made.token}")
    client.fill(telefon="egen")
    clock.tick(hours=11)
    client.get("/start/om")
    assert client.path == "/start/om"
    clock.tick(hours=13)
    client.get("/start/om")
    assert client.path == "/k"


def test_dead_sessions_and_old_attempts_are_swept(client, service, clock):
    """Nothing remains of when somebody was here."""
    from kapabla.identity import entry

    client.post("/k", {"kod": "2222222222"}, status=400)
    make.start_course(client, make.make_person(service), research="nej")
    clock.tick(hours=25)
    with service.vaults.unit() as work:
        entry.sweep_sessions(work.identity, at=clock())
    assert (count(service, ParticipantSession), count(service, CodeAttempt)) == (0, 0)


def test_a_protected_person_meets_the_same_pages(client, service):
    made = make.make_person(service, is_protected=True)
    make.start_course(client, made)
    make.answer_wave(client, "fore")
    assert client.path == "/fragor/fore/tack"


def test_support_begins_with_112_on_every_page_of_help(client):
    client.get("/stod")
    assert 'href="tel:112"' in client.text
    assert client.text.index("tel:112") < client.text.index("114 14")


def test_the_numbers_in_the_boxes_ring(client, service):
    make.start_course(client, make.make_person(service), research="nej")
    client.get("/delar")
    box = client.text[client.text.index('<div class="note calm"') :]
    assert '<a href="tel:112">112</a>' in box
    client.get("/stod")
    assert '<a href="tel:11414">114 14</a>' in client.text


def test_a_harmful_choice_names_112(client, service):
    """D12: whoever chose what could hurt is told whom to ring if somebody is in danger now, and may try again."""
    make.start_course(client, make.make_person(service), research="nej")
    course = next(iter(service.material.courses.values()))
    found = [
        (module.number, step.number, choice.code)
        for module in course.modules
        for step in (module.step(place.number, "hairdresser") for place in module.steps)
        if step.kind == "scenario"
        for choice in step.scenario.node(step.scenario.start).choices
        if choice.quality == "harmful"
    ]
    assert found
    for module, step, choice in found:
        client.get(f"/delar/{module}/{step}")
        client.fill(val=choice, gor="valj")
        shows_help(client)
    # And at an end deep in a story.
    client.get(f"/delar/7/{deep(course)}")
    for choice in ("vanta", "jag_sag", "lyssna"):
        client.fill(val=choice, gor="valj")
        client.fill(gor="nod")
    client.fill(val="i_vaskan", gor="valj")
    shows_help(client)


def deep(course):
    return next(step.number for step in course.module(7).steps if step.kind == "scenario")


def shows_help(client):
    main = client.text.split("<main", 1)[1]
    for help_there in ('href="tel:112"', "Väcker det här något hos dig?", "Din säkerhet går först", "Prova igen"):
        assert help_there in main
