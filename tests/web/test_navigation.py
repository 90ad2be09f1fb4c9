"""The menu of staff: every page that the role may open, on either side, and no other."""

import re
from dataclasses import replace

import pytest

from kapabla.office.access import ROLES
from tests import factories as make
from tests.page_client import PageClient

COUNTY = [("/admin/omgangar", "Omgångar")]
CONTACTS = [("/admin/stodkontakter", "Stödkontakter")]
RESULTS = [
    ("/forskning/resultat", "Resultat"), ("/forskning/serier", "Serier"), ("/forskning/data", "Datautgåvor"),
    ("/forskning/nedladdningar", "Nedladdningar"), ("/forskning/kodbok", "Kodbok"), ("/forskning/plan", "Analysplan"),
    ("/forskning/planering", "Planering"), ("/forskning/api-nycklar", "API-nycklar"),
]  # fmt: skip
MATERIAL = [("/admin/utbildning", "Utbildning och frågor")]
SIGNING = [("/admin/loften/skriva-under", "Skriva under")]
LOG = [("/admin/loggbok", "Loggbok")]
REQUESTS, INCIDENTS = [("/admin/begaran", "Begäran")], [("/admin/incident", "Incidenter")]
DOCUMENTS = [("/admin/handlingar", "Handlingar")]
SURVEYS = [("/admin/enkater", "Enkäter")]
JOBS = [("/admin/jobb", "Jobb")]
MENUS = {
    "officer": [*COUNTY, *REQUESTS, *CONTACTS, *INCIDENTS, *LOG, *JOBS], "coordinator": COUNTY, "trainer": COUNTY,
    "researcher": RESULTS,
    "steward": [*RESULTS, ("/granskning", "Fritext"), *MATERIAL, *SURVEYS, *REQUESTS, *INCIDENTS, *DOCUMENTS, *LOG],
    "editor": [*MATERIAL, ("/admin/loften", "Medborgarlöften"), *SURVEYS, *CONTACTS],
    "admin": [*RESULTS[2:4], *MATERIAL, *SURVEYS, *LOG, *JOBS, ("/admin/konton", "Konton")],
    "signatory_municipality": SIGNING, "signatory_police": SIGNING,
}  # fmt: skip


def menu_on(client):
    found = re.search(r'<nav class="main".*?</nav>', client.text, re.S)
    return re.findall(r'<a href="([^"]+)"[^>]*>([^<]+)</a>', found.group()) if found else []


@pytest.mark.parametrize("role", ROLES)
def test_a_role_comes_to_its_first_page_and_reaches_the_others_from_the_menu(client, role):
    make.sign_in_as(client, role)
    assert client.path == (MENUS[role][0][0] if MENUS[role] else "/logga-in/klar")
    for address in [address for address, _ in MENUS[role]] or ["/logga-in/klar"]:
        client.get(address)
        assert menu_on(client) == MENUS[role]


def test_what_another_process_serves_is_not_in_the_menu(config, make_app):
    client = PageClient(make_app(replace(config, audiences=("admin",), answers_url=None)))
    make.sign_in_as(client, "steward")
    assert client.path == "/admin/utbildning"
    assert menu_on(client) == MATERIAL + SURVEYS + REQUESTS + INCIDENTS + DOCUMENTS + LOG
