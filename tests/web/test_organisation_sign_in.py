"""H4: signing in by the organisation's own accounts, against a real provider on a socket."""

import re
from dataclasses import replace
from datetime import date, timedelta

import pytest
import requests
from sqlalchemy import select
from structlog.testing import capture_logs

from kapabla.config import BadSetting, GivenRole, Oidc, load_config
from kapabla.office import sign_in
from kapabla.office.records import OfficeAudit
from kapabla.office.staff import Staff, StaffSession
from kapabla.web.auth import check_roles
from tests import factories as make
from tests.oidc_provider import CLIENT, SECRET, Provider
from tests.page_client import PageClient

DOOR, BACK = "/logga-in/organisation", "/logga-in/organisation/svar"
ROLES = (
    GivenRole("kapabla-handlaggare", "officer"),
    GivenRole("kapabla-vindeln", "coordinator", "2404"),
    GivenRole("kapabla-admin", "admin"),
)
ANNA = {"sub": "anna-1", "email": "Anna@example.com", "name": "Anna Ask", "groups": ["alla", "kapabla-handlaggare"]}


@pytest.fixture
def provider(clock):
    made = Provider(clock, person=dict(ANNA))
    yield made
    made.stop()


@pytest.fixture
def settings(provider):
    return Oidc(
        provider.issuer, CLIENT, SECRET, ROLES, "Länsstyrelsen", "openid email profile", "groups", "email", 365, False
    )


@pytest.fixture
def app(config, make_app, settings):
    return make_app(replace(config, oidc=settings))


@pytest.fixture
def service(app):
    return app.extensions["kapabla"]


@pytest.fixture
def client(app):
    return PageClient(app)


def go(client, *, address=DOOR):
    """Out, as the browser goes. Returns the address that the provider sends it back to."""
    reply = client.get(address, follow=False, status=303)
    sent = requests.get(reply.headers["Location"], allow_redirects=False, timeout=5)
    return sent.headers["Location"].removeprefix("http://localhost")


def come(client, *, status=200, address=DOOR):
    client.get(go(client, address=address), status=status)


def kept(service, model):
    with service.vaults.reading() as work:
        return list(work.office.scalars(select(model)))


def acts(service):
    return [(row.action, row.outcome, row.reason) for row in kept(service, OfficeAudit)]


# --- Let in ---


def test_the_organisation_lets_in_and_the_account_is_made_with_role_and_last_day(client, service):
    client.get("/logga-in")
    assert "Logga in hos Länsstyrelsen" in client.text
    come(client)
    assert client.path == "/admin/omgangar"
    (made,) = kept(service, Staff)
    assert (made.email, made.name, made.role, made.municipality) == ("anna@example.com", "Anna Ask", "officer", None)
    assert made.ends_on == date(2027, 11, 25)
    assert (made.password_hash, made.totp_sealed) == (None, None)
    assert acts(service) == [("staff_add", "done", "officer"), ("sign_in", "done", "organisation")]
    assert {row.method for row in kept(service, StaffSession)} == {"organisation"}
    client.get("/konto")
    assert "Byt lösenord" not in client.text


def test_the_question_carries_what_ties_the_answer_to_it(client, provider):
    come(client)
    (asked,) = provider.asked
    assert {"state", "nonce", "code_challenge"} <= set(asked)
    assert (asked["scope"], asked["redirect_uri"]) == ("openid email profile", f"http://localhost{BACK}")
    assert "prompt" not in asked


def test_it_leads_to_the_page_that_was_asked_for(client):
    client.get("/admin/omgangar/ny")
    address = re.search(r'href="(/logga-in/organisation[^"]*)"', client.text)[1]
    come(client, address=address)
    assert client.path == "/admin/omgangar/ny"


@pytest.mark.parametrize("target", ["//example.org", "https://example.org", "/admin\\x", "/a|b"])
def test_it_leads_nowhere_else(client, target):
    come(client, address=f"{DOOR}?till={target}")
    assert client.path == "/admin/omgangar"


def test_another_role_another_day_is_the_role_from_then_on_and_old_sessions_end(app, client, service, provider):
    come(client)
    provider.person["groups"] = ["kapabla-vindeln"]
    other = PageClient(app)
    come(other)
    (made,) = kept(service, Staff)
    assert (made.role, made.municipality) == ("coordinator", "2404")
    assert client.browser.get("/admin/omgangar").status_code == 303
    assert ("staff_role", "done", "coordinator/2404") in acts(service)


def test_the_account_that_an_administrator_made_is_taken_over_by_its_address(client, service, clock):
    with service.vaults.unit() as work:
        _, token = sign_in.add_staff(
            work.office, email="anna@example.com", name="Anna", role="officer", ends_on=date(2026, 12, 31), at=clock()
        )
    come(client)
    (made,) = kept(service, Staff)
    assert made.ends_on == date(2026, 12, 31), "the last day that was given stands"
    client.get(f"/logga-in/konto/{token}", status=410)


def test_the_last_day_holds_for_the_organisation_too_and_is_not_moved_by_signing_in(app, client, service, clock):
    """A11: what is ended by hand stays ended, whatever the organisation says."""
    come(client)
    clock.tick(days=365)
    come(PageClient(app))
    clock.tick(days=1)
    late = PageClient(app)
    come(late, status=403)
    assert "Ditt konto här har slutat gälla." in late.text


def test_live_sessions_end_with_the_account(client, service):
    come(client)
    with service.vaults.unit() as work:
        sign_in.get_staff(work.office, "anna@example.com").ends_on = date(2026, 11, 24)
    assert client.browser.get("/admin/omgangar").status_code == 303


# --- Refused ---


def refused(client, service, sentence):
    assert sentence in client.text
    assert client.browser.get("/admin/omgangar").status_code == 303
    assert acts(service)[-1] == ("sign_in", "refused", "")
    assert kept(service, Staff) == []


@pytest.mark.parametrize(
    "lie",
    [
        {"nonce": "another"}, {"nonce": None}, {"aud": "another"}, {"aud": None}, {"aud": [CLIENT, "another"]},
        {"iss": "https://example.org"}, {"exp": 1}, {"exp": None}, {"iat": 4_000_000_000}, {"sub": None},
    ],
    ids=str,
)  # fmt: skip
def test_a_token_that_is_not_the_answer_to_this_question_is_refused(client, service, provider, lie):
    provider.lies = lie
    with capture_logs() as told:
        come(client, status=403)
    refused(client, service, "gick inte att lita på")
    assert "anna" not in str(told).casefold()


@pytest.mark.parametrize("how", ["is_unsigned", "is_forged"])
def test_a_token_that_the_provider_has_not_signed_is_refused(client, service, provider, how):
    setattr(provider, how, True)
    come(client, status=403)
    refused(client, service, "gick inte att lita på")


@pytest.mark.parametrize(
    ("person", "sentence"),
    [
        ({"groups": ["alla"]}, "har inte tillgång till Kapabla"),
        ({"groups": None}, "har inte tillgång till Kapabla"),
        ({"groups": "alla kapabla-handlaggare"}, "har inte tillgång till Kapabla"),
        ({"email": None}, "saknar en kontrollerad e-postadress"),
        ({"email_verified": False}, "saknar en kontrollerad e-postadress"),
    ],
)
def test_somebody_without_a_role_or_an_address_is_told_so(client, service, provider, person, sentence):
    provider.person |= person
    come(client, status=403)
    refused(client, service, sentence)


def test_the_answer_of_another_browser_is_refused(app, client, service):
    """Nobody is signed in as somebody else by a link that she is sent."""
    theirs = go(PageClient(app))
    client.get(theirs, status=400)
    assert "började i en annan flik" in client.text
    go(client)
    client.get(theirs, status=400)
    assert kept(service, StaffSession) == []


def test_an_answer_is_taken_once_and_while_it_is_young(client, service, clock):
    back = go(client)
    cookie = client.browser.get_cookie("org", path=DOOR).value
    client.get(back)
    client.fill(action="/logga-ut")
    client.get(back, status=400)
    client.browser.set_cookie("org", cookie, path=DOOR)
    client.get(back, status=403)
    back = go(client)
    clock.tick(601)
    client.get(back, status=400)


def test_a_cookie_that_somebody_has_changed_is_none(client):
    back = go(client)
    cookie = client.browser.get_cookie("org", path=DOOR).value
    client.browser.set_cookie("org", cookie.replace("logga-in", "bevis"), path=DOOR)
    client.get(back, status=400)


def test_whoever_changes_her_mind_comes_back_to_the_door(client):
    state = re.search(r"state=([^&]+)", go(client))[1]
    client.get(f"{BACK}?error=access_denied&error_description=%3Cb%3E&state={state}", status=400)
    assert "Du loggade inte in." in client.text
    assert "<b>" not in client.text


def test_the_same_address_of_another_person_does_not_open_the_account(app, client, service, provider):
    come(client)
    provider.person["sub"] = "anna-2"
    other = PageClient(app)
    come(other, status=403)
    assert "En annan person har ett konto med din e-postadress." in other.text


def test_a_provider_that_is_away_is_told_and_nothing_fails(client, provider):
    back = go(client)
    provider.stop()
    client.get(DOOR, status=503)
    assert "svarar inte just nu" in client.text
    client.get(back, status=503)


def test_where_accounts_are_not_kept_an_account_is_opened_as_it_is_and_no_other(config, make_app, settings, provider):
    """The university's node may not say who somebody is."""
    everything = make_app(replace(config, oidc=settings))
    alone = replace(config, oidc=settings, audiences=("research",), identity_url=None, answers_url=None)
    provider.person["groups"] = ["forskare"]
    alone = replace(alone, oidc=replace(settings, roles=(GivenRole("forskare", "researcher"),)))
    node = make_app(alone)
    client = PageClient(node)
    come(client, status=403)
    assert "Du har inget konto här än." in client.text
    county = PageClient(everything)
    provider.person["groups"] = ["kapabla-handlaggare"]
    come(county)
    provider.person["groups"] = ["forskare"]
    come(client, status=403)
    assert "Ditt konto har ändrats." in client.text
    with everything.extensions["kapabla"].vaults.unit() as work:
        sign_in.get_staff(work.office, "anna@example.com").role = "researcher"
    come(client)
    assert client.path == "/forskning/resultat"


# --- Who sits there ---


def test_the_organisation_proves_who_sits_there_and_the_form_is_not_lost(client, service, clock, provider):
    come(client)
    made = make.make_person(service)
    form = f"/admin/deltagare/{made.number}/kontakt"
    clock.tick(minutes=16)
    client.get(form.removesuffix("/kontakt"))
    client.fill(action=form, skal="hort-av-sig")
    assert "Visa att det är du" in client.text
    held = client.hidden(action=form)
    client.post(form, held)
    assert "Visa att det är du" in client.text, "nothing has been shown yet"
    come(client, address=f"{DOOR}?bevis=1")
    assert "Nu vet vi att det är du" in client.text
    assert (provider.asked[-1]["prompt"], provider.asked[-1]["max_age"]) == ("login", "0")
    client.post(form, held)
    assert "testa@example.com" in client.text


@pytest.mark.parametrize("lie", [{"auth_time": 1}, {"auth_time": None}, {"sub": "bo-1"}])
def test_a_proof_that_is_old_or_of_another_is_none(client, service, clock, provider, lie):
    come(client)
    clock.tick(minutes=16)
    provider.lies = lie
    come(client, address=f"{DOOR}?bevis=1", status=403)
    assert "Det gick inte att se att du loggade in på nytt." in client.text
    with service.vaults.reading() as work:
        live = work.office.scalars(select(StaffSession)).one()
        assert live.proved < int((clock() - timedelta(minutes=15)).timestamp())


# --- Nothing else lets in ---


def test_local_accounts_can_be_switched_off_and_what_they_had_opened_is_closed(config, make_app, settings):
    both = make_app(replace(config, oidc=settings))
    local = PageClient(both)
    secret = make.sign_in_as(local, "admin")
    assert secret
    only = make_app(replace(config, oidc=replace(settings, only=True)))
    client = PageClient(only)
    client.get("/logga-in")
    assert "Logga in hos Länsstyrelsen" in client.text
    assert "Lösenord" not in client.text
    client.browser.set_cookie("s", local.browser.get_cookie("s").value)
    assert client.browser.get("/admin/konton").status_code == 303
    for path in ("/logga-in/konto/finnsinte",):
        client.get(path, status=404)
    for path in ("/logga-in", "/logga-in/kod", "/logga-in/nyckel", "/logga-in/nyckel/svar"):
        client.post(path, {"email": "admin@example.com", "losenord": make.PASSWORD}, status=404)
    come(client)
    assert client.path == "/admin/omgangar"


def test_where_the_organisation_is_the_only_way_a_new_account_needs_no_link(config, make_app, settings, provider):
    client = PageClient(make_app(replace(config, oidc=replace(settings, only=True))))
    provider.person["groups"] = ["kapabla-admin"]
    come(client)
    client.get("/admin/konton")
    new = {"email": "bo@example.com", "namn": "Bo Björk", "roll": "officer", "slut": "2027-06-30"}
    client.fill(action="/admin/konton", **new)
    assert "Bo Björk loggar in med organisationens konto." in client.text
    assert "/logga-in/konto/" not in client.text
    client.get(re.search(r'href="(/admin/konton/[^"]+)"', client.text)[1])
    assert "Ny länk" not in client.text


def test_without_the_setting_there_is_no_such_way_in(config, make_app):
    client = PageClient(make_app(config))
    client.get("/logga-in")
    assert "/logga-in/organisation" not in client.text
    for path in (DOOR, BACK):
        client.get(path, status=404)


# --- Settings ---

SET = {
    "KAPABLA_OIDC_ISSUER": "https://login.example.org/", "KAPABLA_OIDC_CLIENT_ID": "k",
    "KAPABLA_OIDC_CLIENT_SECRET": "h", "KAPABLA_OIDC_ROLES": "a b=officer, c=coordinator/2404",
}  # fmt: skip


def test_settings_give_roles_by_claim():
    assert load_config({}).oidc is None
    found = load_config(SET).oidc
    assert found.roles == (GivenRole("a b", "officer"), GivenRole("c", "coordinator", "2404"))
    assert (found.role_claim, found.email_claim, found.account_days, found.only) == ("groups", "email", 365, False)


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"KAPABLA_OIDC_CLIENT_SECRET": ""}, "Set KAPABLA_OIDC_CLIENT_SECRET too"),
        ({"KAPABLA_OIDC_ROLES": ""}, "Set KAPABLA_OIDC_ROLES too"),
        ({"KAPABLA_OIDC_ROLES": "officer"}, "KAPABLA_OIDC_ROLES is written as"),
        ({"KAPABLA_OIDC_ROLES": "a=boss"}, "gives the role boss"),
        ({"KAPABLA_OIDC_ISSUER": "http://example.org"}, "must begin with https"),
        ({"KAPABLA_OIDC_ONLY": "maybe"}, "is yes or no"),
        ({"KAPABLA_OIDC_ACCOUNT_DAYS": "0"}, "must be a whole number"),
    ],
)
def test_a_setting_that_would_not_work_is_told_at_the_start(changed, told):
    with pytest.raises(BadSetting, match=told):
        check_roles(load_config(SET | changed))
