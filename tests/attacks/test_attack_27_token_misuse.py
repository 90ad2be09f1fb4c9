"""Attack 27: a key that was taken back, has run out, is for another release, stands in an address, or in a log."""

import json
import logging
import re
from datetime import date

import pytest
from flask import request
from sqlalchemy import select

from kapabla.office import api_tokens, sign_in
from kapabla.office.records import OfficeAudit
from kapabla.office.releases import Download
from tests import served

LOOKS_LIKE_A_KEY = re.compile(r"[0-9a-f]{32}", re.IGNORECASE)


def refusals(service):
    refused = select(OfficeAudit).where(OfficeAudit.outcome == "refused").order_by(OfficeAudit.seq)
    with service.vaults.reading() as work:
        return [(row.action, row.object) for row in work.office.scalars(refused)]


@pytest.fixture
def post(research):
    browser = research.test_client()
    return lambda token, path="/api/", **given: browser.post(
        path, data={"token": token, "content": "record", "format": "json", **given}
    )


def test_every_misuse_is_refused_and_logged(post, research_service, known, clock):
    """C7.27."""
    revoked, expired = served.make_token(research_service), served.make_token(research_service, days=1)
    retired = served.make_token(research_service, days=30)
    with research_service.vaults.unit() as work:
        served.revoke(research_service, work, revoked.id)
    assert post(expired.token).status_code == post(retired.token).status_code == 200
    clock.tick(days=2)
    assert post(revoked.token).status_code == 403
    assert post(expired.token).status_code == 403
    with research_service.vaults.unit() as work:
        served.release_of(work).state = "retired"
    assert post(retired.token).status_code == 403
    assert post("1" * 32).status_code == 403
    assert refusals(research_service) == [
        ("api_key", f"token:{revoked.id}"), ("api_key", f"token:{expired.id}"), ("api_key", f"token:{retired.id}"),
        ("api_key", "token:unknown"),
    ]  # fmt: skip


def test_a_key_opens_nothing_when_the_agreement_has_ended(post, research_service, known, clock):
    """E6: the key lives on, and what it was given for does not."""
    key = served.make_token(research_service)
    with research_service.vaults.unit() as work:
        member = sign_in.get_staff(work.office, served.HOLDER)
        served.agree(research_service, work, member, until=date(2026, 11, 26))
    clock.tick(days=1)
    assert post(key.token).status_code == 200
    clock.tick(days=1)
    assert post(key.token).status_code == 403
    assert refusals(research_service) == [("api_key", f"token:{key.id}")]


def test_a_key_opens_its_own_release_and_no_parameter_names_another(post, research_service, known):
    other = served.make_dataset(seed=8)
    served.lock_release(research_service, other, name="2026-11-25-2")
    key = served.make_token(research_service)
    for given in ({}, {"release": "2026-11-25-2"}, {"project_id": "2"}, {"content": "project", "release": "x"}):
        assert "2026-11-25-2" not in post(key.token, **given).text
    ids = {row["record_id"] for row in post(key.token).json}
    assert ids == set(known.people)
    foreign = served.make_token(research_service, release="2026-11-25-2")
    assert {row["record_id"] for row in post(foreign.token).json} == set(other.people)


@pytest.mark.parametrize("where", ["alone", "beside"])
def test_a_key_in_an_address_is_refused(post, research_service, known, where):
    """What stands in an address stands in every log on the way, and in what a browser tells the next page."""
    key = served.make_token(research_service)
    given = key.token if where == "beside" else ""
    assert post(given, f"/api/?token={key.token}&content=record").status_code == 403
    expected = f"token:{key.id}" if where == "beside" else "token:unknown"
    assert refusals(research_service) == [("api_key", expected)]


def test_no_log_and_no_table_holds_a_key(post, research, research_service, known, caplog, capsys):
    """The application's own logs, what it prints, the tables of the office, and what a reply says of itself."""
    key = served.make_token(research_service)
    with caplog.at_level(logging.DEBUG):
        replies = [
            post(key.token), post(key.token.upper()), post(key.token, content="nej"), post(key.token, data="x"),
            post(key.token, f"/api/?token={key.token}"), post(key.token[:-1] + "0"), post(key.token, fields="nej"),
        ]  # fmt: skip
    assert {reply.status_code for reply in replies} == {200, 400, 403}
    told = caplog.text + "".join(capsys.readouterr()) + "".join(reply.text + str(reply.headers) for reply in replies)
    assert key.token not in told.lower()
    assert {reply.headers["Referrer-Policy"] for reply in replies} == {"no-referrer"}
    assert not [word for word in kept(research_service) if LOOKS_LIKE_A_KEY.fullmatch(word)]
    assert key.token not in " ".join(kept(research_service)).lower()


def kept(service):
    """Every text in the office vault."""
    words = []
    with service.vaults.engines["office"].connect() as connection:
        for table in served.tables_of_office():
            for row in connection.execute(table.select()):
                words += [value for value in row if isinstance(value, str)]
                words += [json.dumps(value) for value in row if isinstance(value, dict)]
    assert len(words) > 20
    return words


@pytest.mark.parametrize("mutant", ["hash", "good", "query"])
def test_a_missing_protection_would_be_found_out(post, research_service, known, monkeypatch, clock, mutant):
    """The mutants: the key kept as it is; nobody asks whether it holds; an address passes."""
    if mutant == "hash":
        monkeypatch.setattr(api_tokens, "hash_of", lambda token: token.encode())
        key = served.make_token(research_service)
        with research_service.vaults.reading() as work:
            stored = api_tokens.get(work.office, key.id).token_hash
        assert LOOKS_LIKE_A_KEY.fullmatch(stored.decode())
        return
    key = served.make_token(research_service, days=1)
    if mutant == "good":
        monkeypatch.setattr(api_tokens, "works", lambda *_, **__: True)
        clock.tick(days=2)
        assert post(key.token).status_code == 200
    else:
        monkeypatch.setattr("kapabla.web.api.calling.request", _Blind())
        assert post(key.token, "/api/?x=1").status_code == 200


class _Blind:
    """A request that does not see what stands in its address."""

    query_string = b""

    def __getattr__(self, name):
        return getattr(request, name)

    def __setattr__(self, name, value):
        setattr(request, name, value)


def test_a_refused_key_takes_nothing_with_it(post, research_service, known):
    """Twin of the register: a refused call is no download."""
    post("1" * 32)
    with research_service.vaults.reading() as work:
        assert list(work.office.scalars(select(Download))) == []
    post(served.make_token(research_service).token)
    with research_service.vaults.reading() as work:
        assert len(list(work.office.scalars(select(Download)))) == 1
