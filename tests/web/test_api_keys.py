"""Keys to the research API, on the researcher's page (R10)."""

import re
from datetime import date

import pytest
from sqlalchemy import select

from kapabla.office import api_tokens, sign_in
from kapabla.office.releases import ApiToken, DataAgreement
from tests import factories as make
from tests import served
from tests.page_client import PageClient

PAGE = "/forskning/api-nycklar"
ONCE = "Kopiera nyckeln nu. Den visas bara en gång."
GIVEN = {"namn": "Min dator", "syfte": "Huvudanalysen", "utgava": "2026-11-25-1", "tid": "90", "sprak": "sv"}


@pytest.fixture
def service(app):
    return app.extensions["kapabla"]


@pytest.fixture
def researcher(app, service):
    """Signed in, and there is a release."""
    client = PageClient(app)
    make.sign_in_as(client, "researcher")
    for role in ("steward", "admin"):
        make.make_staff(service, role)
    served.lock_release(service, served.make_dataset(6))
    return client


def tokens(service):
    with service.vaults.reading() as work:
        return list(work.office.scalars(select(ApiToken)))


def make_key(client, **given):
    client.get(PAGE)
    client.fill(action=PAGE, **GIVEN | given)
    return re.search(r'id="api-nyckel" value="([0-9a-f]{32})"', client.text)[1]


def version(app, token):
    return app.test_client().post("/api/", data={"token": token, "content": "version"}).status_code


def test_a_key_is_shown_once_and_opens_the_release(app, researcher, service):
    """R10: name, purpose, expiry, scope; shown once."""
    token = make_key(researcher)
    assert ONCE in researcher.text
    assert version(app, token) == 200
    researcher.get(PAGE)
    assert token not in researcher.text
    assert ONCE not in researcher.text
    for told in (
        "Min dator",
        "Huvudanalysen",
        "2026-11-25-1, utvärdering, 6 personer (Exempeldata)",
        "2027-02-23",
        "2026-11-25 10.00",
        "Gäller",
    ):
        assert told in researcher.text
    (kept,) = tokens(service)
    assert kept.token_hash == api_tokens.hash_of(token)
    assert kept.expires_on == date(2027, 2, 23)


def test_the_page_tells_how_many_have_left_since(researcher, service):
    """E2.3."""
    make_key(researcher)
    researcher.get(PAGE)
    assert "Har lämnat forskningen" not in researcher.text
    with service.vaults.unit() as work:
        served.release_of(work).withdrawn = 6
    researcher.get(PAGE)
    assert "Har lämnat forskningen sedan den byggdes: 6" in researcher.text


def test_before_it_is_used_the_page_says_so(researcher):
    make_key(researcher)
    researcher.get(PAGE)
    assert "Aldrig" in researcher.text


def test_whose_agreement_has_ended_is_told_so_in_place_of_the_form(researcher, service):
    researcher.get(PAGE)
    form = researcher.hidden(action=PAGE) | GIVEN
    with service.vaults.unit() as work:
        work.office.scalars(select(DataAgreement)).one().ends_on = date(2026, 11, 24)
    researcher.get(PAGE)
    assert "Därför gäller dina nycklar inte" in researcher.text
    assert "Skapa nyckel</button>" not in researcher.text
    researcher.post(PAGE, form, status=403)
    assert tokens(service) == []


def test_a_form_that_is_sent_twice_makes_one_key(researcher, service):
    researcher.get(PAGE)
    form = researcher.hidden(action=PAGE) | GIVEN
    researcher.post(PAGE, form)
    assert ONCE in researcher.text
    researcher.post(PAGE, form)
    assert ONCE not in researcher.text
    assert len(tokens(service)) == 1


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"namn": ""}, "Skriv vad nyckeln ska heta."), ({"syfte": " "}, "Skriv vad du ska använda nyckeln till."),
        ({"utgava": "finnsinte"}, "Välj den utgåva som nyckeln ska öppna."),
        ({"tid": "3650"}, "Välj hur länge nyckeln ska gälla."), ({"sprak": "fi"}, "Välj språk."),
        ({"nat": "umu.se"}, "Skriv nätet som 130.239.0.0/16, eller lämna fältet tomt."),
    ],
)  # fmt: skip
def test_what_is_missing_is_told_and_nothing_typed_is_lost(researcher, service, given, told):
    researcher.get(PAGE)
    researcher.fill(action=PAGE, status=400, **GIVEN | given)
    assert told in researcher.text
    kept = (GIVEN | given)["syfte"].strip() or GIVEN["namn"]
    assert f'value="{kept}"' in researcher.text
    assert tokens(service) == []


def test_a_key_is_taken_back(app, researcher, service):
    token = make_key(researcher)
    researcher.get(PAGE)
    researcher.fill(action=f"{PAGE}/{tokens(service)[0].id}/aterkalla")
    assert "Återkallad" in researcher.text
    assert version(app, token) == 403


def test_nobody_elses_key_is_seen_or_taken_back(app, researcher, service):
    with service.vaults.unit() as work:
        member, _ = sign_in.add_staff(
            work.office, email="annan@example.com", name="Annan", role="researcher", ends_on=date(2027, 6, 1),
            at=service.clock(),
        )  # fmt: skip
        served.agree(service, work, member, until=date(2027, 6, 1))
    other = served.make_token(service, email="annan@example.com", name="Annans nyckel")
    researcher.get(PAGE)
    assert "Annans nyckel" not in researcher.text
    researcher.post(f"{PAGE}/{other.id}/aterkalla", researcher.hidden(action=PAGE), status=404)
    assert version(app, other.token) == 200


def test_the_steward_sees_and_takes_back_everybodys_and_makes_none(app, service):
    steward = PageClient(app)
    make.sign_in_as(steward, "steward")
    for role in ("researcher", "admin"):
        make.make_staff(service, role)
    served.lock_release(service, served.make_dataset(6))
    key = served.make_token(service, name="Min dator")
    steward.get(PAGE)
    assert "Namn researcher" in steward.text
    assert "Skapa nyckel" not in steward.text
    steward.post(PAGE, steward.hidden(action=f"{PAGE}/{key.id}/aterkalla") | GIVEN, status=403)
    for _ in range(api_tokens.MANY_WHOLE + 1):
        app.test_client().post("/api/", data={"token": key.token, "content": "record", "format": "csv"})
    steward.get(PAGE)
    assert "har läst hela utgåvan 21 gånger den senaste timmen" in steward.text
    steward.fill(action=f"{PAGE}/{key.id}/aterkalla")
    assert version(app, key.token) == 403


def test_without_a_release_there_is_nothing_to_open(client):
    make.sign_in_as(client, "researcher")
    client.get(PAGE)
    assert "det finns ingen sådan än" in client.text
