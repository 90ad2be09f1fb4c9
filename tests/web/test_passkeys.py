"""Passkeys: registered on the own account, signed in with, and every answer that is not exactly right refused."""

import json
from datetime import date

import pyotp
import pytest
from sqlalchemy import select

from kapabla.office import challenges, passkeys, sign_in
from kapabla.office.records import OfficeAudit
from kapabla.office.staff import Passkey, SignInChallenge, StaffSession
from tests import factories as make
from tests.authenticator import PRESENT, VERIFIED, Authenticator, decode, encode, question_on
from tests.page_client import PageClient

EMAIL = "officer@example.com"
REFUSED = "Nyckeln gick inte att använda."
DOOR = "/logga-in/nyckel/svar"


@pytest.fixture
def service(app):
    return app.extensions["kapabla"]


@pytest.fixture
def phone(client):
    return pyotp.TOTP(make.sign_in_as(client, "officer"))


@pytest.fixture
def device(client, phone):
    return register(client, Authenticator())


def register(client, device, *, name="Min dator", status=200):
    client.get("/konto")
    client.fill(action="/konto/nycklar/ny", namn=name)
    client.fill(action="/konto/nycklar", svar=device.create(question_on(client.text)), status=status)
    return device


def ask(app):
    """A browser that stands before the question of the sign-in page."""
    client = PageClient(app)
    client.get("/logga-in")
    client.fill(action="/logga-in/nyckel")
    return client


def sign_in_with(app, device, *, status=200):
    client = ask(app)
    client.fill(action=DOOR, svar=device.get(question_on(client.text)), status=status)
    return client


def kept(service, model):
    with service.vaults.reading() as work:
        return list(work.office.scalars(select(model)))


def acts(service):
    return [(row.action, row.outcome, row.reason) for row in kept(service, OfficeAudit)]


# --- The way in ---


def test_a_key_lets_in_alone_and_the_log_says_so(app, service, device):
    client = sign_in_with(app, device)
    assert client.path == "/admin/omgangar"
    (key,) = kept(service, Passkey)
    assert (key.name, key.uses, key.used_on) == ("Min dator", 1, date(2026, 11, 25))
    assert {row.method for row in kept(service, StaffSession)} == {"password", "passkey"}
    assert acts(service)[-1] == ("sign_in", "done", "passkey")
    assert "passkey_add" in [action for action, _, _ in acts(service)]


def test_password_and_code_work_beside_it(app, service, device, phone, clock):
    clock.tick(30)
    client = PageClient(app)
    client.get("/logga-in")
    client.fill(action="/logga-in", email=EMAIL, losenord=make.PASSWORD)
    client.fill(action="/logga-in/kod", kod=phone.at(clock()))
    assert client.path == "/admin/omgangar"


def test_a_key_leads_to_the_page_that_was_asked_for(app, device):
    client = PageClient(app)
    client.get("/admin/omgangar/ny")
    client.fill(action="/logga-in/nyckel")
    client.fill(action=DOOR, svar=device.get(question_on(client.text)))
    assert client.path == "/admin/omgangar/ny"


def test_the_question_asks_for_a_finger_and_for_keys_that_the_device_finds_itself(app, client, device):
    asked = question_on(ask(app).text)
    assert (asked["userVerification"], asked["allowCredentials"], asked["rpId"]) == ("required", [], "localhost")
    client.get("/konto")
    client.fill(action="/konto/nycklar/ny", namn="En till")
    asked = question_on(client.text)
    assert asked["authenticatorSelection"]["userVerification"] == "required"
    assert asked["authenticatorSelection"]["residentKey"] == "required"
    assert [decode(key["id"]) for key in asked["excludeCredentials"]] == [device.id]


def test_a_name_that_looks_like_markup_stays_a_name(app, client, phone, service):
    with service.vaults.unit() as work:
        sign_in.get_staff(work.office, EMAIL).name = "</script><b>"
    register(client, Authenticator())
    assert len(kept(service, Passkey)) == 1


# --- Refused ---


LIES = (
    {"origin": "http://localhost.example.org"}, {"origin": "https://localhost"}, {"flags": PRESENT},
    {"flags": VERIFIED},
    {"uses": -1}, {"id": b"somebody else's"}, {"handle": b"somebody else"},
)  # fmt: skip


def test_an_answer_that_is_not_right_is_refused_and_counted(app, service, device):
    sign_in_with(app, device)
    client, honest = ask(app), dict(vars(device))
    for lie in LIES:
        vars(device).update(honest | lie)
        client.fill(action=DOOR, svar=device.get(question_on(client.text)), status=400)
        assert REFUSED in client.text, lie
        assert client.browser.get("/admin/omgangar").status_code == 303
        assert acts(service)[-1] == ("sign_in", "refused", "")
    vars(device).update(honest)
    client.fill(action=DOOR, svar=device.get(question_on(client.text)))
    assert client.path == "/admin/omgangar"


def test_another_device_with_the_same_id_is_refused(app, device):
    """What an id says anybody may say; only the key that was registered signs for it."""
    copy = Authenticator(id=device.id, handle=device.handle, uses=5)
    assert REFUSED in sign_in_with(app, copy, status=400).text


def test_an_answer_is_taken_once(app, device):
    client = ask(app)
    hidden, answer = client.hidden(action=DOOR), device.get(question_on(client.text))
    browser_cookie = client.browser.get_cookie("li", path="/logga-in").value
    client.fill(action=DOOR, svar=answer)
    thief = PageClient(app)
    thief.browser.set_cookie("li", browser_cookie, path="/logga-in")
    thief.post(DOOR, hidden | {"svar": answer}, status=400)
    assert REFUSED in thief.text


def test_a_refused_answer_has_used_up_its_question(app, device):
    client = ask(app)
    asked, hidden = question_on(client.text), client.hidden(action=DOOR)
    client.post(DOOR, hidden | {"svar": device.get(asked).replace("public-key", "key")}, status=400)
    client.post(DOOR, hidden | {"svar": device.get(asked)}, status=400)


def test_a_question_is_answered_by_the_browser_that_was_asked(app, device):
    asked, other = question_on(ask(app).text), ask(app)
    other.fill(action=DOOR, svar=device.get(asked), status=400)


def test_a_question_is_open_for_ten_minutes(app, device, clock):
    client = ask(app)
    clock.tick(challenges.ANSWER_SECONDS + 1)
    client.fill(action=DOOR, svar=device.get(question_on(client.text)), status=400)


def test_a_challenge_that_we_did_not_make_is_refused(app, device):
    client = ask(app)
    asked = question_on(client.text) | {"challenge": encode(b"made up")}
    client.fill(action=DOOR, svar=device.get(asked), status=400)


def test_the_question_of_the_account_page_does_not_open_the_door(app, client, device):
    client.get("/konto")
    client.fill(action="/konto/nycklar/ny", namn="En till")
    asked = {"challenge": question_on(client.text)["challenge"], "rpId": "localhost"}
    other = ask(app)
    other.fill(action=DOOR, svar=device.get(asked), status=400)


def test_a_key_opens_until_the_last_day_of_the_account(app, service, device):
    for ends_on, status in ((date(2026, 11, 25), 200), (date(2026, 11, 24), 400)):
        with service.vaults.unit() as work:
            sign_in.get_staff(work.office, EMAIL).ends_on = ends_on
        sign_in_with(app, device, status=status)


def test_a_new_sign_up_takes_the_keys_with_it(app, service, device, clock):
    """Whoever has the lost phone may have its key."""
    with service.vaults.unit() as work:
        sign_in.open_sign_up(work.office, sign_in.get_staff(work.office, EMAIL), at=clock())
    assert kept(service, Passkey) == []
    sign_in_with(app, device, status=400)


def test_what_is_no_answer_is_refused_and_does_not_fail(app, device):
    client = ask(app)
    for answer in (
        "",
        "{}",
        "[]",
        "null",
        "1",
        '{"response": {}}',
        '{"response": {"clientDataJSON": 1}}',
        "å" * 30_000,
    ):
        client.fill(action=DOOR, svar=answer, status=400)


def test_a_broken_part_of_an_answer_is_refused(app, device):
    client = ask(app)
    for part in ("clientDataJSON", "authenticatorData", "signature", "userHandle"):
        for value in ("AAAA", "å", 7, None):
            if part == "userHandle" and value is None:
                continue  # a device may leave it out
            answer = json.loads(device.get(question_on(client.text)))
            answer["response"][part] = value
            client.fill(action=DOOR, svar=json.dumps(answer), status=400)
    answer["response"].pop("userHandle")
    client.fill(action=DOOR, svar=json.dumps(answer), status=400)
    answer = json.loads(device.get(question_on(client.text)))
    del answer["response"]["userHandle"]
    client.fill(action=DOOR, svar=json.dumps(answer))


def test_answers_are_counted_with_the_address(app, service, device):
    client = ask(app)
    client.fill(action=DOOR, svar="", status=400)
    with service.vaults.unit() as work:
        for _ in range(sign_in.ATTEMPTS_ALLOWED * 5 - 1):
            sign_in.count_attempt(work.office, service.keys.get("session"), ["address:127.0.0.1"], at=service.clock())
    client.fill(action=DOOR, svar=device.get(question_on(client.text)), status=429)


# --- Registered ---


def test_a_key_is_not_added_by_an_answer_that_is_not_right(client, service, phone):
    for lie in ({"origin": "http://example.org"}, {"flags": PRESENT}, {"flags": 0}):
        register(client, Authenticator(**lie), status=400)
        assert "Nyckeln gick inte att lägga till." in client.text
    assert kept(service, Passkey) == []


def test_the_key_of_one_account_is_not_added_to_another(app, service, device):
    other = PageClient(app)
    make.sign_in_as(other, "trainer")
    register(other, device, status=400)
    assert len(kept(service, Passkey)) == 1


def test_a_key_has_a_name_and_there_are_ten_at_most(client, service, phone):
    client.get("/konto")
    for name in ("", " ", "x" * 41):
        client.fill(action="/konto/nycklar/ny", namn=name, status=400)
        assert "Skriv vad nyckeln ska heta" in client.text
    for number in range(passkeys.MOST):
        register(client, Authenticator(), name=f"Nyckel {number}")
    client.fill(action="/konto/nycklar/ny", namn="En till", status=409)
    assert "Du kan ha högst 10 nycklar." in client.text
    assert 'value="En till"' in client.text


def test_a_key_is_renamed_by_its_holder_alone(app, client, service, device):
    (key,) = kept(service, Passkey)
    other = PageClient(app)
    make.sign_in_as(other, "trainer")
    register(other, Authenticator())
    other.fill(action="/konto/nycklar/namn", inloggningsnyckel=key.id, nytt_namn="Min", status=400)
    client.get("/konto")
    client.fill(action="/konto/nycklar/namn", inloggningsnyckel=key.id, nytt_namn=" ", status=400)
    assert "Skriv nyckelns nya namn, högst 40 tecken." in client.text
    client.fill(action="/konto/nycklar/namn", inloggningsnyckel=key.id, nytt_namn=" Jobbets dator ")
    assert "Jobbets dator" in client.text
    sign_in_with(app, device)
    assert {row.name for row in kept(service, Passkey)} >= {"Jobbets dator"}


def test_a_removed_key_opens_nothing_and_nobody_removes_another_ones(app, client, service, device):
    (key,) = kept(service, Passkey)
    other = PageClient(app)
    make.sign_in_as(other, "trainer")
    register(other, Authenticator())
    other.fill(action="/konto/nycklar/ta-bort", inloggningsnyckel=key.id)
    assert key.id in {row.id for row in kept(service, Passkey)}
    client.get("/konto")
    client.fill(action="/konto/nycklar/ta-bort")
    assert "Du har inga nycklar än." in client.text
    sign_in_with(app, device, status=400)


# --- As proof of who sits there ---


def test_a_key_proves_who_sits_there_and_the_key_of_another_does_not(app, client, service, device, clock):
    other = PageClient(app)
    make.sign_in_as(other, "trainer")
    theirs = register(other, Authenticator())
    clock.tick(minutes=16)
    client.get("/konto")
    client.fill(action="/konto/reservkoder")
    assert [decode(key["id"]) for key in question_on(client.text)["allowCredentials"]] == [device.id]
    client.fill(action="/konto/reservkoder", **{"bevis-nyckel": theirs.get(question_on(client.text))}, status=400)
    client.fill(action="/konto/reservkoder", **{"bevis-nyckel": device.get(question_on(client.text))})
    assert "Spara dina reservkoder" in client.text


def test_challenges_do_not_pile_up(app, service, device, clock):
    for _ in range(3):
        ask(app)
        clock.tick(challenges.ANSWER_SECONDS + 1)
    assert len(kept(service, SignInChallenge)) <= 2
