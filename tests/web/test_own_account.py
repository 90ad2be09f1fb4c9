"""The own account at `/konto`, the proof that is asked for before what is sensitive, and the notice of a new device."""

import re

import pyotp
import pytest
from sqlalchemy import func, select

from kapabla.identity import withdrawals
from kapabla.office import devices, sign_in, staff_sessions
from kapabla.office.records import OfficeAudit, OfficeOutbox
from kapabla.office.staff import KnownDevice, RecoveryCode, StaffSession
from tests import factories as make
from tests.page_client import PageClient

EMAIL = "officer@example.com"
EDGE = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/141.0 Safari/537.36 Edg/141.0"
ASKED = "Visa att det är du"


@pytest.fixture
def service(app):
    return app.extensions["kapabla"]


@pytest.fixture
def me(client, clock):
    """Signed in a minute ago, so that the phone shows a new code."""
    secret = make.sign_in_as(client, "officer")
    clock.tick(60)
    return pyotp.TOTP(secret)


def rows(service, model, *where):
    with service.vaults.reading() as work:
        return list(work.office.scalars(select(model).where(*where)))


def count(service, model):
    with service.vaults.reading() as work:
        return work.office.scalar(select(func.count()).select_from(model))


def acts(service):
    return [row.action for row in rows(service, OfficeAudit)]


def again(app, service, me, agent=EDGE):
    """The same account in another browser."""
    other = PageClient(app)
    other.get("/logga-in", headers={"User-Agent": agent})
    other.post("/logga-in", other.hidden() | {"email": EMAIL, "losenord": make.PASSWORD}, headers={"User-Agent": agent})
    given = other.hidden(action="/logga-in/kod") | {"kod": me.at(service.clock())}
    other.post("/logga-in/kod", given, headers={"User-Agent": agent})
    service.clock.tick(30)
    return other


# --- What it shows ---


@pytest.mark.parametrize("role", ["officer", "coordinator", "signatory_police"])
def test_everybody_reaches_the_own_account_and_reads_role_and_last_day(client, role):
    make.sign_in_as(client, role, municipality="2404" if role == "coordinator" else None)
    assert '<a href="/konto">Ditt konto</a>' in client.text
    client.get("/konto")
    assert "1 juni 2027" in client.text
    assert ("Vindeln" in client.text) == (role == "coordinator")


def test_sessions_are_listed_in_plain_words_and_without_an_address(app, client, service, me):
    again(app, service, me)
    client.get("/konto")
    assert re.findall(r'<th scope="row">([^<]+)</th>', client.text) == ["Edge på Windows", "Okänd webbläsare (den här)"]
    assert "127.0.0.1" not in client.text
    assert "141.0" not in client.text
    kept = rows(service, StaffSession)
    assert {row.device for row in kept} == {"/", "Edge/Windows"}


@pytest.mark.parametrize(
    ("agent", "family"),
    [
        (EDGE, "Edge/Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile Safari/604.1", "Safari/iPhone"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox/Linux"),
        ("Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/141.0 Mobile Safari/537.36", "Chrome/Android"),
        ("curl/8.0", "/"),
        ("", "/"),
    ],
)
def test_a_device_is_known_by_its_family_alone(agent, family):
    assert devices.family_of(agent) == family


# --- Sessions end ---


def test_one_session_is_ended_and_the_others_live(app, client, service, me):
    other = again(app, service, me)
    client.get("/konto")
    client.fill(action="/konto/inloggningar/avsluta", nth=0)
    assert other.browser.get("/konto").status_code == 303
    assert client.browser.get("/konto").status_code == 200
    assert "session_end" in acts(service)


def test_the_session_of_somebody_else_is_not_ended(app, client, service, me):
    other = PageClient(app)
    make.sign_in_as(other, "trainer")
    theirs = next(row for row in rows(service, StaffSession) if row.id_hash == _hash(other))
    client.get("/konto")
    for given in (theirs.id_hash.hex(), "finnsinte", ""):
        client.fill(action="/konto/inloggningar/avsluta", inloggning=given)
    assert count(service, StaffSession) == 2
    assert "session_end" not in acts(service)


def _hash(client):
    return staff_sessions.hash_of(client.browser.get_cookie("s").value)


def test_signed_out_everywhere_is_out_here_too(app, client, service, me):
    other = again(app, service, me)
    client.get("/konto")
    client.fill(action="/konto/inloggningar/avsluta-alla")
    assert client.path == "/logga-in"
    assert count(service, StaffSession) == 0
    assert other.browser.get("/konto").status_code == 303


# --- Password and recovery codes ---


def test_a_new_password_needs_the_present_one_and_ends_the_other_sessions(app, client, service, me):
    other, new = again(app, service, me), "ett helt nytt losenord"
    client.get("/konto")
    client.fill(action="/konto/losenord", nuvarande=make.PASSWORD, nytt=new, nytt2=new)
    assert "Ditt nya lösenord gäller nu." in client.text
    assert other.browser.get("/konto").status_code == 303
    for password, status in ((make.PASSWORD, 400), (new, 200)):
        other.get("/logga-in")
        other.fill(action="/logga-in", email=EMAIL, losenord=password, status=status)


@pytest.mark.parametrize(
    ("present", "new", "repeated", "sentence"),
    [
        ("fel", "ett nytt langt losenord", "ett nytt langt losenord", "Lösenordet stämmer inte."),
        (make.PASSWORD, "kort", "kort", "Välj ett lösenord med minst 12 tecken"),
        (make.PASSWORD, "ett nytt langt losenord", "ett annat langt losenord", "De två lösenorden är olika."),
    ],
)
def test_what_is_wrong_with_a_new_password_is_told_and_nothing_changes(
    client, service, me, present, new, repeated, sentence
):
    before = rows(service, sign_in.Staff)[0].password_hash
    client.get("/konto")
    client.fill(action="/konto/losenord", nuvarande=present, nytt=new, nytt2=repeated, status=400)
    assert sentence in client.text
    assert new not in client.text
    assert rows(service, sign_in.Staff)[0].password_hash == before


def test_guesses_at_the_present_password_are_counted_as_at_sign_in(client, me):
    for number in range(sign_in.ATTEMPTS_ALLOWED + 1):
        client.get("/konto")
        status = 400 if number < sign_in.ATTEMPTS_ALLOWED else 429
        client.fill(action="/konto/losenord", nuvarande="fel", nytt=make.PASSWORD, nytt2=make.PASSWORD, status=status)


def test_new_recovery_codes_replace_the_old(app, client, service, me):
    before = {row.code_hash for row in rows(service, RecoveryCode)}
    client.get("/konto")
    assert "Du har 10 reservkoder kvar." in client.text
    client.fill(action="/konto/reservkoder")
    shown = re.findall(r'<li class="copy">([\d-]+)</li>', client.text)
    assert len(shown) == 10
    assert not before & {row.code_hash for row in rows(service, RecoveryCode)}
    other = PageClient(app)
    other.get("/logga-in")
    other.fill(action="/logga-in", email=EMAIL, losenord=make.PASSWORD)
    other.fill(action="/logga-in/kod", kod=shown[0])
    assert other.path == "/admin/omgangar"


# --- Who sits there ---


def test_within_a_quarter_of_an_hour_nobody_is_asked_and_after_it_the_form_goes_on(client, service, me, clock):
    made = make.make_person(service)
    person = f"/admin/deltagare/{made.number}"
    clock.tick(minutes=14)
    client.get(person)
    client.fill(action=f"{person}/kontakt", skal="hort-av-sig")
    assert "testa@example.com" in client.text
    clock.tick(minutes=11)
    client.get(person)
    client.fill(action=f"{person}/kontakt", skal="hort-av-sig")
    assert ASKED in client.text
    assert "testa@example.com" not in client.text
    client.fill(action=f"{person}/kontakt", **{"bevis-kod": me.at(clock())})
    assert client.path == person
    assert "testa@example.com" in client.text
    clock.tick(minutes=11)
    client.get(person)
    client.fill(action=f"{person}/kontakt", skal="hort-av-sig")
    assert "testa@example.com" in client.text


def test_what_was_typed_comes_through_the_question_and_a_wrong_code(client, service, me, clock):
    made = make.make_person(service)
    person = f"/admin/deltagare/{made.number}"
    clock.tick(minutes=20)
    client.get(person)
    given = {"hur": "brev", "dag": "2026-11-24", "vad": "allt", "svar": "bort", "nummer": made.number}
    client.fill(action=f"{person}/avsluta", **given)
    client.fill(action=f"{person}/avsluta", **{"bevis-kod": "000000"}, status=400)
    assert "<title>Rätta: Visa att det är du" in client.text
    client.fill(action=f"{person}/avsluta", **{"bevis-kod": me.at(clock())})
    assert client.path.startswith("/admin/kvitto/")
    with service.vaults.reading() as work:
        assert withdrawals.is_withdrawal_pending(work.identity, made.id)


def test_a_code_that_has_been_shown_is_used_whatever_becomes_of_the_form(app, client, service, me, clock):
    made = make.make_person(service)
    person = f"/admin/deltagare/{made.number}"
    clock.tick(minutes=20)
    client.get(person)
    client.fill(action=f"{person}/avsluta", hur="brev")
    code = me.at(clock())
    client.fill(action=f"{person}/avsluta", **{"bevis-kod": code}, status=400)
    assert "Välj vad personen vill sluta med." in client.text
    other = PageClient(app)
    other.get("/logga-in")
    other.fill(action="/logga-in", email=EMAIL, losenord=make.PASSWORD)
    other.fill(action="/logga-in/kod", kod=code, status=400)
    assert "Koden stämmer inte." in other.text
    client.fill(action=f"{person}/avsluta", status=400)
    assert ASKED not in client.text, "shown once, it holds for a quarter of an hour"


def test_guessed_codes_are_counted_with_the_account(client, service, me, clock):
    made = make.make_person(service)
    clock.tick(minutes=20)
    form = f"/admin/deltagare/{made.number}/kontakt"
    client.get(form.removesuffix("/kontakt"))
    client.fill(action=form, skal="hort-av-sig")
    for _ in range(sign_in.ATTEMPTS_ALLOWED):
        client.fill(action=form, **{"bevis-kod": "000000"}, status=400)
    client.fill(action=form, **{"bevis-kod": me.at(clock())}, status=429)
    assert [row.outcome for row in rows(service, OfficeAudit)].count("refused") == sign_in.ATTEMPTS_ALLOWED


def test_each_form_that_is_sensitive_asks(app):
    """Written down here, so that none loses its question unseen."""
    asking = {
        "admin.show_contact", "admin.record_withdrawal", "admin.order_copy", "admin.tell_copy_code",
        "admin.print_letters", "admin.print_labels", "admin.links", "admin.collect_documents", "admin.affected",
        "admin.interview_file",
        "admin.add_account", "admin.change_account_end", "admin.change_role", "admin.end_account", "admin.let_in_anew",
        "research.approve_release",
        "auth.renew_recovery_codes", "auth.ask_for_passkey", "auth.add_passkey", "auth.remove_passkey",
    }  # fmt: skip
    found = {name for name, view in app.view_functions.items() if getattr(view, "asks_for_proof", False)}
    assert found == asking


# --- A new device ---


def waiting(service):
    return [row for row in rows(service, OfficeOutbox) if row.kind == "tell_new_device"]


def test_a_new_browser_is_told_of_once_and_the_first_not_at_all(app, client, service, me):
    assert waiting(service) == []
    other = again(app, service, me)
    (job,) = waiting(service)
    assert job.payload["device"] == "Edge/Windows"
    assert set(job.payload) == {"staff", "device", "at"}
    other.get("/konto")
    other.fill(action="/konto/inloggningar/avsluta-alla")
    other.fill(action="/logga-in", email=EMAIL, losenord=make.PASSWORD)
    other.fill(action="/logga-in/kod", kod=me.at(service.clock()))
    assert len(waiting(service)) == 1


def test_a_browser_is_remembered_by_the_hash_of_a_cookie_and_nothing_else(client, service, me):
    cookie = client.browser.get_cookie("enhet", path="/logga-in")
    assert cookie.http_only
    (kept,) = rows(service, KnownDevice)
    assert kept.device_hash == staff_sessions.hash_of(cookie.value)
    assert {column.name for column in KnownDevice.__table__.columns} == {"staff_id", "device_hash", "seen_on"}


def test_the_browser_of_one_account_is_new_to_another(client, service, me, clock):
    """A shared computer: who signs in there for the first time is told, whoever else has."""
    secret = make.make_staff(service, "trainer")
    with service.vaults.unit() as work:
        trainer = sign_in.get_staff(work.office, "trainer@example.com")
        devices.remember(work.office, trainer, "own computer", on=clock().date())
    client.get("/konto")
    client.fill(action="/konto/inloggningar/avsluta-alla")
    make.sign_in_with(client, "trainer", secret)
    assert [job.payload["staff"] for job in waiting(service)] == [trainer.id]
