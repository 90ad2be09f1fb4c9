"""Every address that names a thing, as every role, with one's own and with somebody else's (A8, A9)."""

import re

import pytest

from kapabla.office import sign_in, uploads
from kapabla.office.access import ALL_RIGHTS, ROLES, can
from tests import factories as make
from tests.conventions.test_addresses import ACCESS, csrf_of, method, rules
from tests.page_client import PageClient

OWN_PLACE, FOREIGN_PLACE = "2404", "2480"
# What hangs on nobody in particular: who may see it at all sees each.
SHARED = {"upload_id", "staff_id"}
# Asked for last: what was removed or put away is not as it was for those after it.
ENDING = {"admin.remove_material", "admin.submit_archive"}
NAMED = {"cohort_id", "number", "meeting_id", "batch_id"} | SHARED


@pytest.fixture
def service(app):
    return app.extensions["kapabla"]


def things_of(service, officer, place):
    """A cohort with one person of the place, a meeting and a batch of invitations."""
    cohort = make.make_cohort(service, name=f"Omgång {place}")
    made = make.make_person(service, email=f"p{place}@example.com", municipality=place, cohort=cohort)
    meeting, _ = make.make_meeting(service, cohort=cohort)
    officer.get(f"/admin/omgangar/{cohort}/utskick")
    officer.fill(action=f"/admin/omgangar/{cohort}/utskick")
    batch = officer.path.rsplit("/", 1)[1]
    return {"cohort_id": cohort, "number": made.number, "meeting_id": meeting, "batch_id": batch}


def shared(service, by):
    """An upload, and an account."""
    with service.vaults.unit() as work:
        member = sign_in.get_staff(work.office, by)
        upload = uploads.keep(
            work.office, service.office_chain, place="instruments/til/v2.toml", file="til.toml", files={"a": b"b"},
            sha256="c", losses=[], by=member, at=service.clock(),
        )  # fmt: skip
        return {"upload_id": upload.id, "staff_id": member.id}


def named(rule):
    return set(re.findall(r"<(?:\w+:)?(\w+)>", rule.rule))


def status_of(client, rule, things, token):
    url = re.sub(r"<(?:\w+:)?(\w+)>", lambda found: things[found[1]], rule.rule)
    headers, data = {"Sec-Fetch-Site": "same-origin"}, {"csrf": token}
    return client.browser.open(url, method=method(rule), data=data, headers=headers).status_code


def asked_for(app):
    """Of staff, and of nothing but the things that are made here."""
    mine = [rule for rule in rules(app) if named(rule) and named(rule) <= NAMED and ACCESS[rule.endpoint] in ALL_RIGHTS]
    assert len(mine) > 30
    return sorted(mine, key=lambda rule: rule.endpoint in ENDING)


def test_what_is_of_somebody_else_is_as_if_it_were_not_there(app, service):
    clients = {role: PageClient(app) for role in ROLES}
    for role, client in clients.items():
        make.sign_in_as(client, role, municipality=OWN_PLACE if role == "coordinator" else None)
    own, foreign = (things_of(service, clients["officer"], place) for place in (OWN_PLACE, FOREIGN_PLACE))
    # The officer last, who may put a cohort away.
    for role in sorted(ROLES, key=lambda role: role == "officer"):
        client = clients[role]
        token, both = csrf_of(app, client, "s"), shared(service, "trainer@example.com")
        for rule in asked_for(app):
            if not can(role, ACCESS[rule.endpoint]):
                for things in (own, foreign):
                    assert status_of(client, rule, things | both, token) == 403, (role, rule)
                continue
            assert status_of(client, rule, own | both, token) not in (403, 404), (role, rule)
            if named(rule) - SHARED:
                is_hidden = status_of(client, rule, foreign | both, token) == 404
                assert is_hidden == (role == "coordinator"), (role, rule)
            if {"cohort_id"} < named(rule):
                mixed = foreign | both | {"cohort_id": own["cohort_id"]}
                assert status_of(client, rule, mixed, token) == 404, (role, rule, "of another cohort")
