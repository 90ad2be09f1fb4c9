"""Every address of the service: how it is written, who may ask for it, and what a POST has to carry."""

import re
import tomllib
from pathlib import Path

import pytest

from kapabla.office.access import ALL_RIGHTS, ROLES, can
from tests import factories as make
from tests.page_client import PageClient

ACCESS = tomllib.loads(Path(__file__).with_name("access.toml").read_text(encoding="utf-8"))
# No session yet, or only ending one: the browser says where the form came from (`check_same_origin`), or nothing does.
WITHOUT_TOKEN = {
    "language.choose", "participant.submit_code", "participant.submit_link", "participant.submit_lost_link",
    "participant.leave_by_script", "participant.submit_shared_computer", "participant.submit_walk_in",
    "participant.submit_short_link", "participant.submit_no_more_sms", "participant.submit_open_survey",
    "public.submit_accessibility_report",
}  # fmt: skip
# A mail client posts by itself, from nowhere: the sealed address is the proof (RFC 8058).
BY_ADDRESS = {"participant.submit_no_more"}
# A sealed record and the token of a telephone are the proof; no cookie is sent.
WITH_DEVICE_TOKEN = {"participant.receive"}
# Signing in and up: a token bound to a cookie of its own, also without a session.
BEFORE_SIGN_IN = {"auth.submit_password", "auth.submit_sign_up", "auth.ask_passkey", "auth.submit_passkey"}
# Somebody who is not signed in has nothing that could be ended.
HARMLESS = {"auth.sign_out", "auth.submit_code", "participant.log_out"}
# REDCap's protocol: a key in the body, no cookie, nothing that can be written (`interfaces.md`, the exceptions).
BY_KEY = {"api.call"}
# A client of the protocol asserts the slash at the end.
WITH_SLASH = {"/api/"}
STAND_INS = {
    "cohort_id": "finnsinte", "meeting_id": "finnsinte", "batch_id": "finnsinte", "draft_id": "finnsinte",
    "number": "K-0000", "release": "finns", "file": "inte.csv", "figure": "inte", "token": "finnsinte",
    "code": "KB47RM", "statement": "finns.inte", "place": "2404", "wave": "fore", "name": "app.css",
    "request_id": "finnsinte", "incident_id": "finnsinte",
    "upload_id": "finnsinte", "tongue": "sv", "trade": "vet", "version": "finns.inte", "token_id": "finnsinte",
    "cycle_id": "finnsinte", "owner_id": "finnsinte", "part": "underlag", "part_id": "finnsinte",
    "edition_id": "finnsinte",
    "staff_id": "finnsinte", "slug": "finnsinte", "course": "finnsinte", "result_id": "finnsinte",
}  # fmt: skip
# For whoever draws pages: the underscore keeps it apart from what may stand on a poster.
WORKSHOP = {"/_komponenter"}
NUMBERS = {"module": 1, "number": 1, "year": 2026}


def rules(app):
    return [rule for rule in app.url_map.iter_rules() if rule.endpoint != "static_file"]


def address(rule):
    def stand_in(found):
        converter, _, name = found[1].rpartition(":")
        return str(NUMBERS[name]) if converter == "int" else STAND_INS[name]

    return re.sub(r"<([^>]+)>", stand_in, rule.rule)


def method(rule):
    return "POST" if "POST" in rule.methods else "GET"


def test_the_table_lists_every_endpoint_once_and_none_too_many(app):
    assert {rule.endpoint for rule in rules(app)} == set(ACCESS)
    assert set(ACCESS.values()) <= ALL_RIGHTS | {"participant", "public", "signed_in"}


def test_every_guard_asks_for_what_the_table_says(app):
    for endpoint, wanted in ACCESS.items():
        asked = getattr(app.view_functions[endpoint], "required_right", None)
        assert asked == (None if wanted in ("public", "signed_in") else wanted), endpoint


def test_addresses_are_lower_case_without_underscore_ending_or_query(app):
    for rule in rules(app):
        if rule.rule in WORKSHOP | WITH_SLASH:
            continue
        fixed = re.sub(r"<[^>]+>", "x", rule.rule)
        assert re.fullmatch(r"/|(/[a-z0-9.-]+)+", fixed), rule.rule
        assert not fixed.endswith(("/", ".html")) or fixed == "/", rule.rule


def test_an_endpoint_either_reads_or_writes(app):
    for rule in rules(app):
        assert rule.methods - {"HEAD", "OPTIONS"} in ({"GET"}, {"POST"}), rule.rule


def test_staff_and_participants_have_addresses_of_their_own(app):
    for rule in rules(app):
        assert rule.rule.startswith("/admin/") == rule.endpoint.startswith("admin."), rule.rule
        assert rule.rule.startswith("/forskning/") == rule.endpoint.startswith("research."), rule.rule


def status_of(client, rule, token):
    url, data = address(rule), {"csrf": token} if token else {}
    reply = client.browser.open(url, method=method(rule), data=data, headers={"Sec-Fetch-Site": "same-origin"})
    return reply.status_code, reply.headers.get("Location", "")


@pytest.mark.parametrize("role", ROLES)
def test_staff_reach_what_their_role_may_and_nothing_else(app, role):
    """Asked at the door, not in a menu: each endpoint with the role's own session and a right token."""
    client = PageClient(app)
    make.sign_in_as(client, role)
    token = csrf_of(app, client, "s")
    for rule in rules(app):
        wanted = ACCESS[rule.endpoint]
        if wanted in ("public", "signed_in"):
            continue
        status, location = status_of(client, rule, token)
        if wanted == "participant":
            assert (status, location.partition("?")[0]) == (303, "/k"), rule
        elif can(role, wanted):
            assert status != 403, rule
            assert "/logga-in" not in location, rule
        else:
            assert status == 403, (rule, status)


def csrf_of(app, client, cookie):
    from kapabla.web.csrf import token_for

    found = client.browser.get_cookie(cookie)
    with app.app_context():
        return token_for(found.value)


def test_a_participant_reaches_no_staff_page(app):
    client = PageClient(app)
    make.start_course(client, make.make_person(app.extensions["kapabla"]), research="nej")
    token = csrf_of(app, client, "k")
    for rule in rules(app):
        if ACCESS[rule.endpoint] in ALL_RIGHTS:
            status, location = status_of(client, rule, token)
            assert (status, location.partition("?")[0]) == (303, "/logga-in"), rule
    assert client.browser.get("/delar").status_code == 200


def test_nobody_is_asked_to_come_in_first(app):
    for rule in rules(app):
        if ACCESS[rule.endpoint] == "public":
            continue
        status, location = status_of(PageClient(app), rule, None)
        door = "/k" if ACCESS[rule.endpoint] == "participant" else "/logga-in"
        assert (status, location.partition("?")[0]) == (303, door), rule


def test_a_password_alone_opens_nothing(app):
    """Half a sign-in is none: the second factor is asked for at every door."""
    client, service = PageClient(app), app.extensions["kapabla"]
    make.make_staff(service, "officer")
    client.get("/logga-in")
    client.fill(email="officer@example.com", losenord=make.PASSWORD)
    token = csrf_of(app, client, "s")
    for rule in rules(app):
        if ACCESS[rule.endpoint] in ALL_RIGHTS:
            status, location = status_of(client, rule, token)
            assert (status, location.partition("?")[0]) == (303, "/logga-in"), rule


@pytest.mark.parametrize("token", [None, "AAAAAAAAAAAAAAAAAAAAAAAA"])
def test_every_post_without_its_token_is_refused(app, token):
    service = app.extensions["kapabla"]
    person = PageClient(app)
    make.start_course(person, make.make_person(service), research="nej")
    staff: dict[str, PageClient] = {}
    for role in ("officer", "researcher", "steward", "admin", "editor", "signatory_police"):
        client = PageClient(app)
        make.sign_in_as(client, role)
        staff |= {right: client for right in ALL_RIGHTS if can(role, right)}
    staff["signed_in"] = client
    for rule in rules(app):
        wanted = ACCESS[rule.endpoint]
        if method(rule) == "GET" or rule.endpoint in WITHOUT_TOKEN | BY_ADDRESS | WITH_DEVICE_TOKEN | HARMLESS | BY_KEY:
            continue
        client = person if wanted in ("participant", "public") else staff[wanted]
        assert status_of(client, rule, token)[0] == 400, rule
    assert status_of(person, rule_of(app, "participant.log_out"), token)[0] == 400
    assert status_of(staff["signed_in"], rule_of(app, "auth.sign_out"), token)[0] == 400


def rule_of(app, endpoint):
    return next(rule for rule in rules(app) if rule.endpoint == endpoint)


def test_the_exceptions_are_refused_from_another_site(app):
    for endpoint in sorted(WITHOUT_TOKEN - {"participant.leave_by_script"}):
        for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://example.org"}, {}):
            url = address(rule_of(app, endpoint))
            assert app.test_client().post(url, headers=headers).status_code == 400, (endpoint, headers)


def test_the_queue_takes_nothing_without_a_token_of_ours(app):
    """Neither a session nor a token that was made up opens it."""
    person = PageClient(app)
    make.start_course(person, make.make_person(app.extensions["kapabla"]), research="nej")
    for headers in (
        {},
        {"Authorization": "Bearer "},
        {"Authorization": "Bearer åäö"},
        {"Authorization": "Bearer AAAA"},
    ):
        reply = person.browser.post("/ko", json={}, headers=headers)
        assert (reply.status_code, reply.json) == (401, {"state": "login"})


def test_no_other_post_is_open_to_everybody(app):
    found = {rule.endpoint for rule in rules(app) if method(rule) == "POST" and ACCESS[rule.endpoint] == "public"}
    assert found == WITHOUT_TOKEN | BY_ADDRESS | WITH_DEVICE_TOKEN | BEFORE_SIGN_IN | HARMLESS | BY_KEY
