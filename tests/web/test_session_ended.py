"""A session that ends takes nothing with it that was typed: only the same account gets it back (decision 73)."""

import io
import re

import pyotp
import pytest

from kapabla.office import sign_in, staff_sessions
from kapabla.web.auth import keeping
from tests import factories as make
from tests.page_client import PageClient

EMAIL = "officer@example.com"
TYPED = {
    "namn": "Ylva Påhittsdotter", "epost": "ylva@example.com", "telefon": "", "adress": "", "kommun": "2404",
    "yrke": "hairdresser", "sprak": "sv", "kanal": "email",
}  # fmt: skip
ENDED = "Du är inte inloggad längre"


@pytest.fixture
def service(app):
    return app.extensions["kapabla"]


@pytest.fixture
def phone(client):
    return pyotp.TOTP(make.sign_in_as(client, "officer"))


@pytest.fixture
def form(client, service, phone):
    """The form for one person, open in the browser."""
    address = f"/admin/omgangar/{make.make_cohort(service)}/person"
    client.get(address)
    return address


def sign_in_again(client, service, phone, role="officer"):
    """In another tab: the cookies are the browser's, the page is not."""
    service.clock.tick(60)
    tab = PageClient(client.app)
    tab.browser = client.browser
    tab.get("/logga-in?till=/logga-in/klar")
    tab.fill(email=f"{role}@example.com", losenord=make.PASSWORD)
    tab.fill(action="/logga-in/kod", kod=phone.at(service.clock()))
    return tab


def numbers_in(client, form):
    """Who is in the cohort."""
    client.get(form.removesuffix("/person"))
    return sorted(set(re.findall(r"K-\d{4}", client.text)))


def end_sessions(service):
    with service.vaults.unit() as work:
        staff_sessions.end_all_of(work.office, sign_in.get_staff(work.office, EMAIL))


def test_what_was_typed_is_saved_after_a_new_sign_in(client, service, form, phone):
    service.clock.tick(3 * 3600)
    client.fill(action=form, **TYPED, status=403)
    assert ENDED in client.text
    tab = sign_in_again(client, service, phone)
    assert tab.path == "/logga-in/klar"
    assert "Gå tillbaka dit och skicka det igen" in tab.text
    client.fill(action=form)
    assert len(numbers_in(client, form)) == 1


def test_the_page_tells_nobody_what_was_typed(client, service, form):
    end_sessions(service)
    client.fill(action=form, **TYPED, status=403)
    for part in ("Ylva", "ylva", "2404", "hairdresser"):
        assert part not in client.text


def test_sent_again_before_the_sign_in_it_is_still_there(client, service, form, phone):
    end_sessions(service)
    client.fill(action=form, **TYPED, status=403)
    client.fill(action=form, status=403)
    assert ENDED in client.text
    sign_in_again(client, service, phone)
    client.fill(action=form)
    assert len(numbers_in(client, form)) == 1


def test_another_account_neither_reads_nor_sends_it(client, service, form, phone):
    other = pyotp.TOTP(make.make_staff(service, "admin"))
    another = pyotp.TOTP(make.make_staff(service, "trainer"))
    end_sessions(service)
    client.fill(action=form, **TYPED, status=403)
    for role, key in (("admin", other), ("trainer", another)):
        client.browser.delete_cookie("s")
        sign_in_again(client, service, key, role)
        client.fill(action=form, status=403)
        assert "Det här skrevs av någon annan" in client.text
        assert "Ylva" not in client.text
    client.browser.delete_cookie("s")
    sign_in_again(client, service, phone)
    client.fill(action=form)
    assert len(numbers_in(client, form)) == 1


def test_a_form_left_open_over_a_new_sign_in_is_sent_as_it_is(client, service, form, phone):
    """It is the same person's, in an older tab."""
    page = client.page
    client.browser.delete_cookie("s")
    sign_in_again(client, service, phone)
    client.page = page
    client.fill(action=form, **TYPED)
    assert len(numbers_in(client, form)) == 1


def test_it_is_sealed_for_the_page_it_was_written_for(client, service, form, phone):
    end_sessions(service)
    client.fill(action=form, **TYPED, status=403)
    kept = client.hidden(action=form)[keeping.FIELD]
    sign_in_again(client, service, phone)
    client.post("/admin/omgangar/ny", {keeping.FIELD: kept}, status=400)
    client.post(form, {keeping.FIELD: kept[:-8] + "AAAAAAAA"}, status=400)
    client.post(form, {keeping.FIELD: "å"}, status=400)


def test_a_password_is_kept_nowhere(client, service, phone):
    client.get("/konto")
    end_sessions(service)
    client.fill(action="/konto/losenord", nuvarande=make.PASSWORD, nytt="ett nytt langt losenord", nytt2="x")
    assert client.path == "/logga-in"


def test_a_file_is_chosen_again(client, service, phone):
    cohort = make.make_cohort(service)
    address = f"/admin/omgangar/{cohort}/import"
    client.get(address)
    end_sessions(service)
    client.fill(action=address, fil=(io.BytesIO(b"namn"), "lista.csv"), status=403)
    assert "Filen du valde måste du välja en gång till." in client.text
