"""Attack 26: a researcher opens pages with people, the county opens answers (every route: `tests/conventions`)."""

import pytest

from kapabla.config import load_config
from kapabla.office import access
from kapabla.office.access import RIGHTS
from kapabla.service import open_service
from tests import factories as make

# What shows a person, and what shows answers, even if only counted.
PEOPLE = {
    "see_contact",
    "import_people",
    "edit_cohorts",
    "send_messages",
    "order_copy",
    "record_withdrawal",
    "see_cohorts",
}
ANSWERS = {"see_results", "download_release", "order_release"}


def crossing(rights):
    return {role for role, own in rights.items() if own & PEOPLE and own & ANSWERS}


def test_no_role_sees_both_people_and_answers():
    """C7.26, C7.30."""
    assert crossing(RIGHTS) == set()
    assert any(own & PEOPLE for own in RIGHTS.values())
    assert any(own & ANSWERS for own in RIGHTS.values())


def test_a_role_with_both_would_be_found():
    """The mutant."""
    assert crossing({**RIGHTS, "officer": RIGHTS["officer"] | {"see_results"}}) == {"officer"}


def pages_of(app, prefix):
    return sorted(
        rule.rule for rule in app.url_map.iter_rules()
        if rule.rule.startswith(prefix) and "GET" in rule.methods and not rule.arguments
    )  # fmt: skip


@pytest.mark.parametrize(
    ("role", "prefix"),
    [("researcher", "/admin/"), ("officer", "/forskning"), ("editor", "/forskning"), ("trainer", "/forskning")],
)
def test_every_page_of_the_other_side_is_refused(app, client, role, prefix):
    """C7.26: with the positive twin that the own side opens."""
    make.sign_in_as(client, role)
    own = client.path
    assert not own.startswith(prefix)
    found = pages_of(app, prefix)
    assert len(found) > 2
    for path in found:
        client.get(path, status=403, follow=False)
    client.get(own)


def test_a_right_too_many_would_open_them(app, client, monkeypatch):
    """The mutant: the page of results, for who sees the contact details."""
    monkeypatch.setitem(access.RIGHTS, "officer", RIGHTS["officer"] | {"see_results"})
    make.sign_in_as(client, "officer")
    client.get("/forskning/resultat")


@pytest.mark.parametrize(
    ("audience", "closed"),
    [
        ("research", ("identity", "answers")),
        ("admin", ("answers",)),
        ("participant", ("office",)),
        ("public", ("identity", "answers")),
    ],
)
def test_a_process_has_no_way_into_the_vaults_of_others(config, clock, audience, closed):
    """C2.1, C2.5: whatever addresses it is given, it keeps those of its own, so a fault in a page opens nothing."""
    service = open_service(load_config(environment(config) | {"KAPABLA_AUDIENCES": audience}), clock=clock)
    assert not set(closed) & service.vaults.engines.keys()
    for vault in closed:
        with pytest.raises(Exception, match="vault_closed"):
            getattr(service.vaults.work(), vault)
    for engine in service.vaults.engines.values():
        engine.dispose()


def environment(config):
    return {
        "KAPABLA_DATA_DIR": str(config.data_dir), "KAPABLA_KEY_DIR": str(config.key_dir),
        "KAPABLA_IDENTITY_DATABASE_URL": config.identity_url, "KAPABLA_ANSWERS_DATABASE_URL": config.answers_url,
        "KAPABLA_OFFICE_DATABASE_URL": config.office_url,
    }  # fmt: skip


def test_a_process_that_serves_both_sides_opens_all(config, clock):
    """The mutant: everything in one process."""
    service = open_service(load_config(environment(config)), clock=clock)
    assert service.vaults.engines.keys() == {"identity", "answers", "office"}
    for engine in service.vaults.engines.values():
        engine.dispose()
