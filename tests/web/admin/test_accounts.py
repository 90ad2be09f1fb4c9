"""Accounts at `/admin/konton`: given with role and last day, prolonged, ended, and let in anew by somebody else."""

import re
from datetime import date

import pyotp
import pytest
from sqlalchemy import select

from kapabla.office import accounts, sign_in
from kapabla.office.records import OfficeAudit, OfficeOutbox
from kapabla.office.staff import Staff
from tests import factories as make
from tests.page_client import PageClient

LIST = "/admin/konton"
NEW = {"email": "Vera@Example.com", "namn": "Vera Vik", "roll": "coordinator", "kommun": "2404", "slut": "2027-06-30"}
LINK = re.compile(r'value="http://localhost(/logga-in/konto/[^"]+)"')


@pytest.fixture
def service(app):
    return app.extensions["kapabla"]


@pytest.fixture
def admin(client):
    make.sign_in_as(client, "admin")
    return client


def account(service, email="vera@example.com"):
    with service.vaults.reading() as work:
        return work.office.scalar(select(Staff).where(Staff.email == email))


def acts(service):
    with service.vaults.reading() as work:
        rows = work.office.scalars(select(OfficeAudit).order_by(OfficeAudit.seq))
        return [(row.action, row.object, row.reason) for row in rows if row.action.startswith("staff_")]


def add(admin, *, status=200, **changed):
    admin.get(LIST)
    admin.fill(action=LIST, status=status, **(NEW | changed))


def sign_up(app, service, link):
    """As the holder does it. Signed in at the end."""
    client, clock = PageClient(app), service.clock
    client.get(link)
    secret = re.search(r'class="copy">([A-Z2-7]{32})<', client.text)[1]
    client.fill(losenord=make.PASSWORD, losenord2=make.PASSWORD, kod=pyotp.TOTP(secret).at(clock()))
    clock.tick(30)
    client.get("/logga-in")
    client.fill(email="vera@example.com", losenord=make.PASSWORD)
    client.fill(action="/logga-in/kod", kod=pyotp.TOTP(secret).at(clock()))
    return client


def test_a_new_account_has_a_role_a_place_a_last_day_and_a_link_shown_once(app, admin, service):
    add(admin)
    link = LINK.search(admin.text)[1]
    made = account(service)
    assert (made.role, made.municipality, made.ends_on) == ("coordinator", "2404", date(2027, 6, 30))
    admin.get(LIST)
    assert link not in admin.text
    assert "Väntar på första inloggningen" in admin.text
    assert sign_up(app, service, link).path == "/admin/omgangar"
    assert acts(service) == [("staff_add", f"staff:{made.id}", "coordinator, 2027-06-30")]


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"email": ""}, "Skriv e-postadressen."),
        ({"email": "vera"}, "Skriv e-postadressen som namn@example.se."),
        ({"email": "ADMIN@example.com"}, "Det finns redan ett konto med den adressen."),
        ({"namn": ""}, "Skriv namnet, högst 80 tecken."),
        ({"roll": ""}, "Välj en roll."),
        ({"roll": "boss"}, "Välj en roll."),
        ({"kommun": ""}, "Välj kommun för den rollen."),
        ({"kommun": "9999"}, "Välj kommun för den rollen."),
        ({"slut": ""}, "Skriv sista dagen så här: 2027-06-30."),
        ({"slut": "2026-11-24"}, "Skriv sista dagen så här: 2027-06-30."),
        ({"slut": "2029-11-25"}, "Skriv sista dagen så här: 2027-06-30."),
        ({"slut": "nästa år"}, "Skriv sista dagen så här: 2027-06-30."),
    ],
)
def test_what_is_missing_is_told_and_nothing_typed_is_lost(request, changed, sentence):
    client = request.getfixturevalue("admin")
    add(client, status=400, **changed)
    assert sentence in client.text
    kept = NEW | changed
    for name in {"email", "namn", "slut"} - set(changed):
        assert f'value="{kept[name]}"' in client.text
    assert acts(client.app.extensions["kapabla"]) == []


def test_a_role_of_the_whole_county_has_no_municipality(admin, service):
    add(admin, roll="officer")
    assert account(service).municipality is None


def test_the_last_day_is_changed_and_the_account_ended_at_once(app, admin, service, clock):
    add(admin)
    holder = sign_up(app, service, LINK.search(admin.text)[1])
    address = f"{LIST}/{account(service).id}"
    admin.get(address)
    admin.fill(action=f"{address}/sista-dag", slut="2026-12-20")
    assert "20 december 2026" in admin.text
    assert "Slutar snart" in admin.text
    admin.get(f"{address}/avsluta")
    assert "Kontot är inloggat på 1 ställe och loggas ut där direkt." in admin.text
    admin.fill(action=f"{address}/avsluta")
    assert "Har slutat" in admin.text
    # It was used today, and is not from today on.
    assert "<dt>Gäller inte från och med</dt><dd>25 november 2026</dd>" in admin.text
    admin.get(f"{address}/avsluta")
    assert admin.path == address
    assert holder.browser.get("/admin/omgangar").status_code == 303
    assert f"{address}/ny-lank" not in admin.text
    admin.fill(action=f"{address}/sista-dag", slut="2027-01-31")
    assert [action for action, _, _ in acts(service)] == [
        "staff_add", "staff_end_change", "staff_end", "staff_end_change",
    ]  # fmt: skip


def test_a_role_is_changed_with_its_place_and_what_was_open_is_closed(app, admin, service):
    add(admin)
    holder = sign_up(app, service, LINK.search(admin.text)[1])
    address = f"{LIST}/{account(service).id}"
    admin.get(address)
    admin.fill(action=f"{address}/roll", roll="signatory_municipality", kommun="", status=400)
    assert "Välj kommun för den rollen." in admin.text
    assert '<option value="signatory_municipality" selected>' in admin.text
    admin.fill(action=f"{address}/roll", roll="boss", status=400)
    assert "Välj en roll." in admin.text
    admin.fill(action=f"{address}/roll", roll="trainer", kommun="2404")
    assert "<dt>Roll</dt><dd>Utbildare</dd>" in admin.text
    assert (account(service).role, account(service).municipality) == ("trainer", None)
    assert holder.browser.get("/admin/omgangar").status_code == 303
    admin.fill(action=f"{address}/roll", roll="trainer")
    assert acts(service)[1:] == [("staff_role_change", f"staff:{account(service).id}", "coordinator to trainer")]


def test_the_role_of_an_organisations_account_is_that_of_its_groups(admin, service):
    add(admin, roll="officer")
    address = f"{LIST}/{account(service).id}"
    admin.get(address)
    given = admin.hidden(action=f"{address}/roll")
    with service.vaults.unit() as work:
        sign_in.get_staff(work.office, "vera@example.com").oidc_hash = b"x" * 32
    admin.post(f"{address}/roll", given | {"roll": "trainer"}, status=409)
    admin.get(address)
    assert "Rollen kommer från organisationens grupper." in admin.text
    assert account(service).role == "officer"


def test_a_wrong_last_day_comes_back_with_what_was_typed(admin, service):
    add(admin)
    address = f"{LIST}/{account(service).id}"
    admin.get(address)
    admin.fill(action=f"{address}/sista-dag", slut="sen", status=400)
    assert 'value="sen"' in admin.text
    assert account(service).ends_on == date(2027, 6, 30)


def test_a_lost_phone_gives_a_new_link_and_what_was_before_is_dead(app, admin, service):
    add(admin)
    first = LINK.search(admin.text)[1]
    thief = sign_up(app, service, first)
    address = f"{LIST}/{account(service).id}"
    admin.get(address)
    admin.fill(action=f"{address}/ny-lank", status=400)
    assert "Kontrollera först vem personen är" in admin.text
    admin.fill(action=f"{address}/ny-lank", kontrollerad="1")
    assert thief.browser.get("/admin/omgangar").status_code == 303
    assert sign_up(app, service, LINK.search(admin.text)[1]).path == "/admin/omgangar"
    assert acts(service)[-1][0] == "staff_reset"


def test_nobody_changes_the_own_account_not_even_past_the_page(admin, service):
    own = account(service, "admin@example.com")
    address = f"{LIST}/{own.id}"
    admin.get(address)
    assert "Det här är ditt eget konto." in admin.text
    assert f'action="{address}' not in admin.text
    token = admin.hidden(action="/logga-ut")
    for path, given in (
        ("sista-dag", {"slut": "2028-01-01"}),
        ("avsluta", {}),
        ("ny-lank", {"kontrollerad": "1"}),
        ("roll", {"roll": "officer"}),
    ):
        admin.post(f"{address}/{path}", token | given, status=409)
    assert account(service, "admin@example.com").ends_on == own.ends_on
    assert acts(service) == []


def test_what_is_done_to_others_asks_who_sits_there_and_keeps_what_was_typed(client, service, clock):
    phone = pyotp.TOTP(make.sign_in_as(client, "admin"))
    clock.tick(minutes=16)
    add(client)
    assert "Visa att det är du" in client.text
    assert account(service) is None
    client.fill(action=LIST, **{"bevis-kod": phone.at(clock())})
    assert account(service).name == "Vera Vik"


def test_an_account_that_is_not_there_is_not_found(admin):
    admin.get(f"{LIST}/finnsinte", status=404)


def test_the_only_administrator_is_told_to_find_another(admin, service):
    admin.get(LIST)
    assert "Det finns bara en administratör." in admin.text
    with service.vaults.unit() as work:
        member, _ = sign_in.add_staff(
            work.office, email="andra@example.com", name="Andra", role="admin", ends_on=date(2027, 1, 1),
            at=service.clock(),
        )  # fmt: skip
        member.sign_up_hash = None
    admin.get(LIST)
    assert "Det finns bara en administratör." not in admin.text


def test_without_a_mail_server_no_link_waits_in_the_outbox(admin, service):
    add(admin)
    assert "Kapabla skickar ingen e-post här" in admin.text
    with service.vaults.reading() as work:
        assert list(work.office.scalars(select(OfficeOutbox))) == []


def test_accounts_that_end_within_a_month_are_named(service):
    for role in ("officer", "trainer"):
        make.make_staff(service, role)
    with service.vaults.unit() as work:
        sign_in.get_staff(work.office, "officer@example.com").ends_on = date(2026, 12, 25)
    with service.vaults.reading() as work:
        found = accounts.ending_soon(work.office, on=date(2026, 11, 25))
    assert [row.email for row in found] == ["officer@example.com"]
