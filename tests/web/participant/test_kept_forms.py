"""Nothing that is filled in is lost because the session changed meanwhile, and nobody's form is saved as another's."""

import pytest
from sqlalchemy import select

from kapabla.identity import entry
from kapabla.identity.sessions import ParticipantSession
from kapabla.web import csrf
from tests import factories as make
from tests.page_client import HIDDEN, PageClient

PATH = "/fragor/fore/1"


def at_the_first_page(client, service, **kwargs):
    made = make.make_person(service, **kwargs)
    make.start_course(client, made)
    client.get(PATH)
    return made, dict(HIDDEN.findall(client.text)) | make.answers_on(client.text)


def come_in_again(client, made):
    client.post(f"/k/{made.token}")
    client.fill(telefon="delad")


def saved(service, made):
    return make.saved_rows(service, made.subject, "t0")


# --- Another session ---


def test_an_older_tab_of_the_same_person_is_saved(client, service):
    made, older = at_the_first_page(client, service)
    come_in_again(client, made)
    client.post(PATH, older)
    assert (client.path, len(saved(service, made))) == ("/fragor/fore/2", 1)


def test_an_older_tab_of_somebody_else_is_never_saved_and_shows_nothing(client, service):
    first, older = at_the_first_page(client, service)
    second = make.make_person(service, name="Prova Provlund", email="prova@example.com")
    make.start_course(client, second)
    client.post(PATH, older, status=400)
    assert "Sidan hör till ett tidigare besök. Det som stod på den har inte sparats." in client.text
    assert "ladda om" not in client.text
    assert saved(service, first) == saved(service, second) == {}


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_an_older_tab_counts_only_when_the_browser_says_that_the_form_is_ours(client, service, site):
    made, older = at_the_first_page(client, service)
    come_in_again(client, made)
    client.post(PATH, older, status=400, headers={"Sec-Fetch-Site": site})
    assert saved(service, made) == {}


def test_the_mark_of_a_person_is_another_in_each_session_and_goes_with_its_token(client, service):
    made, older = at_the_first_page(client, service)
    come_in_again(client, made)
    client.get(PATH)
    newer = dict(HIDDEN.findall(client.text))
    one, other = (form[csrf.FIELD].split(".") for form in (older, newer))
    assert one[0] != other[0]
    assert one[1] != other[1]
    for mixed in (f"{one[0]}.{other[1]}", one[0], f".{one[1]}", ""):
        client.post(PATH, older | {"csrf": mixed}, status=400)
    assert saved(service, made) == {}


# --- No session any more ---


def idle(clock, service, *, swept, hours=1.0):
    clock.tick(hours=hours)
    if swept:
        with service.vaults.unit() as work:
            entry.sweep_sessions(work.identity, at=clock())


@pytest.mark.parametrize("swept", [False, True])
def test_a_page_that_was_filled_in_too_slowly_is_saved_and_the_door_says_so(any_client, any_app, clock, swept):
    service = any_app.extensions["kapabla"]
    made, form = at_the_first_page(any_client, service)
    idle(clock, service, swept=swept)
    any_client.post(PATH, form)
    assert any_client.path == "/k"
    assert "Du är utloggad." in any_client.text
    assert "Det du hade fyllt i på sidan är sparat." in any_client.text
    assert saved(service, made)[1]["values"]["se_1"] == int(form["se_1"])
    any_client.get("/fragor/fore/2")
    assert any_client.path == "/k"


def test_what_was_saved_so_is_sent_twice_as_once_and_the_way_goes_on_after_it(client, service, clock):
    made, form = at_the_first_page(client, service)
    second = PageClient(client.app)
    for cookie in client.browser._cookies.values():
        second.browser.set_cookie(cookie.key, cookie.value)
    clock.tick(hours=1)
    for one in (client, second):
        reply = one.post(PATH, form, status=303, follow=False)
        assert reply.headers["Location"] == "/k?slut=1&sparat=1"
    come_in_again(client, made)
    assert client.path == "/fragor/fore/2"


def test_an_answer_that_cannot_be_read_is_asked_once_more_and_the_rest_is_saved(client, service, clock):
    made, form = at_the_first_page(client, service)
    clock.tick(hours=1)
    client.post(PATH, form | {"se_1": "99"})
    assert "är sparat" in client.text
    assert (saved(service, made)[1]["missing"]["se_1"], "se_2" in saved(service, made)[1]["values"]) == (
        "not_shown", True,
    )  # fmt: skip
    come_in_again(client, made)
    client.get(PATH)
    assert "Spara och fortsätt" in client.text


ENDED = ["leave", "leave by script", "log out", "companion gone", "a day later", "a new code", "left", "no token"]


@pytest.mark.parametrize("how", ENDED)
def test_what_was_ended_stays_dead(client, service, clock, how):
    """With the very cookies and the very form that were good before."""
    made, form = at_the_first_page(client, service)
    cookies = {cookie.key: cookie.value for cookie in client.browser._cookies.values()}
    if how == "leave":
        client.browser.get("/lamna")
    elif how == "leave by script":
        client.browser.post("/lamna")
    elif how == "log out":
        client.get("/paus")
        client.fill(action="/logga-ut-deltagare")
    elif how == "companion gone":
        cookies["kx"] = "x"
    elif how == "a new code":
        with service.vaults.unit() as work:
            entry.end_sessions_of(work.identity, made.id)
    elif how == "left":
        with service.vaults.unit() as work:
            entry.set_left(work.identity, made.id, "all")
    elif how == "no token":
        form["csrf"] = "x"
    clock.tick(hours=25 if how == "a day later" else 1)
    for name, value in cookies.items():
        client.browser.set_cookie(name, value)
    client.post(PATH, form)
    assert client.path == "/k"
    assert "är sparat" not in client.text
    assert saved(service, made) == {}


def test_a_shared_computer_saves_nothing_for_who_has_gone(client, service, clock):
    client.browser.set_cookie("delad", "1")
    made = make.make_person(service)
    client.post(f"/k/{made.token}")
    client.get("/start/bra-att-veta")
    client.fill()
    client.get("/start/samtycke")
    client.fill(val1="ja", val2="nej", val3="nej")
    client.fill(kontakt="email")
    client.get(PATH)
    form = dict(HIDDEN.findall(client.text)) | make.answers_on(client.text)
    clock.tick(minutes=6)
    client.post(PATH, form)
    assert client.path == "/k"
    assert saved(service, made) == {}


def test_of_an_idle_session_the_hour_is_left_and_after_a_day_nothing(service, client, clock):
    at_the_first_page(client, service)
    clock.tick(minutes=47, seconds=11)
    idle(clock, service, swept=True)

    def seen():
        with service.vaults.reading() as work:
            return work.identity.scalars(select(ParticipantSession.last_seen)).all()

    assert [at % 3600 for at in seen()] == [0]
    idle(clock, service, swept=True, hours=24)
    assert seen() == []
