"""Packages for the telephone (B04): the same pages by the same templates, for nobody in particular, under one address
that never changes what it gives."""

import json
import re
from dataclasses import replace
from datetime import date

import brotli
import pytest

from kapabla.material.published import publish
from kapabla.material.word_list import telling
from kapabla.store import Store
from kapabla.web.participant import packages
from tests import factories as make
from tests.page_client import PageClient, unmarked

MODULE_BYTES = 120_000
# What differs between a page shown to somebody and the same page in a package.
_OWN = re.compile(r'(name="(?:nyckel|csrf|gjord|sida)" value=")[^"]*')
_MAIN = re.compile(r"<main[^>]*>(.*?)</main>", re.S)
_STAY = re.compile(r'<p class="stay".*?</p>\n?', re.S)


@pytest.fixture
def service(app):
    return app.extensions["kapabla"]


def package_of(client, names):
    with client.app.test_request_context():
        return f"/paket/{packages.version_of(names)}"


def fetch(client, names, status=200):
    return client.get(package_of(client, names), status=status)


def lines_of(client, names):
    return [json.loads(line) for line in fetch(client, names).text.splitlines()]


def main_of(html):
    return " ".join(_STAY.sub("", _OWN.sub(r"\1", _MAIN.search(html)[1])).split())


# What the telephone cannot know is said there alone.
NOT_KNOWN = (
    '<p class="muted small">Utan täckning ser vi inte om du redan har svarat här. '
    "Det du lämnar tomt ändrar ingenting.</p>"
)


def alike(packed):
    return " ".join(_OWN.sub(r"\1", unmarked(packed)).split())


def test_every_page_of_the_course_is_in_it_as_the_server_shows_it(client, service):
    """No second template: what is read without coverage is what is read with it."""
    make.start_course(client, make.make_person(service), research="nej")
    head, *modules = lines_of(PageClient(client.app), "kapabla.1.hairdresser.sv")
    course = next(iter(service.material.courses.values()))
    assert head["modules"] == len(modules) == len(course.modules)
    for module, packed in zip(course.modules, modules, strict=True):
        for step in module.steps:
            address = f"/delar/{module.number}/{step.number}"
            client.get(address)
            assert alike(packed["pages"][address][2]) == main_of(client.text), address


def test_a_story_has_every_choice_and_a_check_every_feedback(client, service):
    make.start_course(client, make.make_person(service), research="nej")
    _, *modules = lines_of(PageClient(client.app), "kapabla.1.hairdresser.sv")
    course = next(iter(service.material.courses.values()))
    for module, packed in zip(course.modules, modules, strict=True):
        for number in range(1, len(module.steps) + 1):
            step, address = module.step(number, "hairdresser"), f"/delar/{module.number}/{number}"
            if step.kind == "scenario":
                node = step.scenario.node(step.scenario.start)
                client.get(address)
                client.post(
                    address,
                    client.hidden(action=address) | {"gor": "valj", "nod": node.id, "val": node.choices[0].code},
                )
                key = f"{address}?nod={node.id}&val={node.choices[0].code}"
                assert alike(packed["pages"][key][2]) == main_of(client.text), key
            if step.kind == "check":
                shown = packed["pages"][f"{address}?svara"][2]
                for question in step.questions:
                    for index in range(len(question.options)):
                        assert f'data-feedback="{question.code}:{index}" hidden' in shown


def test_where_a_form_leads_is_where_the_server_leads(client, service):
    make.start_course(client, make.make_person(service), research="nej")
    _, *modules = lines_of(PageClient(client.app), "kapabla.1.hairdresser.sv")
    for packed in modules[:2]:
        for address, (done, skipped) in packed["go"].items():
            client.get(address)
            hidden = client.hidden(action=address)
            assert client.post(address, hidden | {"gor": "klar"}, status=303, follow=False).location == done
            hidden["nyckel"] = hidden["nyckel"][::-1]
            assert client.post(address, hidden | {"gor": "hoppa"}, status=303, follow=False).location == skipped


def test_the_questions_are_in_it_as_the_server_asks_them(client, service):
    made = make.make_person(service)
    make.start_course(client, made)
    with service.vaults.reading() as work:
        from kapabla.answers.placement import find_place

        order = find_place(work.answers, made.subject).form_order.lower()
    (packed,) = lines_of(PageClient(client.app), f"kapabla-2026.fore.{order}.0.hairdresser.sv")
    for number in packed["order"]:
        address = f"/fragor/fore/{number}"
        client.get(address)
        if "Stämmer det här?" not in client.text:
            assert alike(packed["pages"][address][2].replace(NOT_KNOWN, "")) == main_of(client.text), address


def test_what_a_choice_opens_on_its_own_page_is_in_it(client, service):
    (packed,) = lines_of(client, "kapabla-2026.uppf3.aba.0.alla.sv")
    assert "Det är tre månader sedan du gick utbildningen." in packed["pages"]["/fragor/uppf3/0"][2]
    (number,) = packed["gates"]
    gate = packed["gates"][number]
    assert gate["items"] == ["bet_0"]
    assert list(gate["shown"]) == ["1"]
    opened = packed["pages"][f"/fragor/uppf3/{number}?visad=1"][2]
    assert 'name="bet_3"' in opened
    assert 'name="bet_3"' not in packed["pages"][f"/fragor/uppf3/{number}"][2]
    assert re.search(r'name="bet_0" id="[^"]*" value="1" checked', opened)


def test_what_needs_another_page_is_left_out_and_so_is_sending_in(trial_client):
    found = [
        json.loads(reply.text)
        for seed in range(25)
        for reply in [trial_client.browser.get(package_of(trial_client, f"kapabla-2026.fore.aba.{seed}.alla.sv"))]
        if reply.status_code == 200
    ]
    assert len(found) in (1, 24)
    study = trial_client.app.extensions["kapabla"].material.studies["kapabla-2026"]
    whole = study.questionnaire(trial_client.app.extensions["kapabla"].material, "t0", "ABA")
    assert 0 < len(found[0]["order"]) < len(whole.pages)
    assert "/fragor/fore/skicka" not in found[0]["pages"]


@pytest.mark.parametrize("tongue", ["sv", "sv_easy", "en"])
def test_nothing_in_it_is_about_a_person(client, service, tongue):
    """The bytes are the same for everybody, and what asks for the trade and the place of somebody is not there."""
    client.get("/stod")
    reply = client.browser.get(package_of(client, f"kapabla.1.alla.{tongue}"))
    assert "Set-Cookie" not in reply.headers
    assert reply.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    before = reply.data
    make.start_course(client, make.make_person(service), research="nej")
    client.app.extensions.pop("kapabla.packages")
    assert client.browser.get(package_of(client, f"kapabla.1.alla.{tongue}")).data == before
    asked = fetch(client, f"kapabla-2026.fore.aba.0.alla.{tongue}").text
    assert "bak_1" not in asked
    assert "bak_3" in asked
    assert re.findall(r'name=\\"(?:csrf|gjord)\\" value=\\"([^"\\]+)', before.decode() + asked) == []
    assert "/sprak" not in before.decode() + asked, "a page that is kept has no button that leads back to a package"
    assert set(re.findall(r'name=\\"nyckel\\" value=\\"([^"\\]+)', before.decode() + asked)) == {"{nyckel}"}


@pytest.mark.parametrize(
    "names",
    [
        "kapabla.2.alla.sv", "kapabla.01.alla.sv", "annat.1.alla.sv", "kapabla.1.skurk.sv", "kapabla.1.alla.xx",
        "kapabla-2026.fore.abb.0.alla.sv", "kapabla-2026.finns-inte.aba.0.alla.sv", "kapabla-2026.fore.aba.3.alla.sv",
        "kapabla-2026.fore.aba.x.alla.sv", "annan.fore.aba.0.alla.sv", "a.b", "",
    ],
)  # fmt: skip
def test_a_package_that_is_none_is_not_found(client, names):
    fetch(client, names, status=404)


def test_an_address_of_another_build_or_another_trade_is_gone(client):
    client.get(f"/paket/kapabla.1.alla.sv.{'0' * 16}", status=404)
    known = package_of(client, "kapabla-2026.fore.aba.0.alla.sv").rpartition(".")[2]
    client.get(f"/paket/kapabla.1.alla.sv.{known}", status=404)


def test_a_number_that_nobody_has_checked_changes_the_address(client, clock, service):
    """The addresses stand for their bytes, and the texts leave out numbers that are too old."""
    checked = tuple(
        contact.model_copy(update={"verified_on": date(2026, 11, 1) if contact.number else None})
        for contact in service.material.contacts
    )
    before = package_of(client, "kapabla.1.alla.sv")
    client.app.extensions["kapabla"] = make.with_material(service, replace(service.material, contacts=checked))
    fresh = package_of(client, "kapabla.1.alla.sv")
    clock.tick(days=400)
    assert package_of(client, "kapabla.1.alla.sv") == before != fresh


def test_what_has_been_published_since_changes_the_address(client, service):
    before = package_of(client, "kapabla.1.alla.sv")
    publish(Store(service.config.release_dir), "instruments/se/v9.toml", {"instruments/se/v9.toml": b""}, approval="x")
    assert package_of(client, "kapabla.1.alla.sv") != before


def test_a_module_weighs_little(client):
    """As it travels, with the frame that it needs."""
    lines = fetch(client, "kapabla.1.hairdresser.sv").text.splitlines()
    weights = [len(brotli.compress(f"{lines[0]}\n{line}\n".encode(), quality=9)) for line in lines[1:]]
    assert max(weights) <= MODULE_BYTES
    assert sum(weights) < MODULE_BYTES * 2, "all of them are worth fetching over one bar of coverage"


@pytest.mark.parametrize("encoding", ["br", "gzip", ""])
def test_it_travels_compressed_for_who_can_read_that(client, encoding):
    reply = client.browser.get(package_of(client, "kapabla.1.alla.sv"), headers={"Accept-Encoding": encoding})
    assert reply.headers.get("Content-Encoding", "") == encoding
    assert reply.headers["Vary"] == "Accept-Encoding"
    assert (len(reply.data) < MODULE_BYTES) == bool(encoding)


def test_titles_and_addresses_in_it_are_neutral(client):
    """S10: the telephone's list of open pages shows them."""
    lines = lines_of(client, "kapabla.1.hairdresser.sv")
    lines += lines_of(client, "kapabla-2026.fore.aba.0.hairdresser.sv")
    titles = {title for line in lines for _, title, _ in line["pages"].values()}
    assert len(titles) > 50
    assert {title: telling(title) for title in titles if telling(title)} == {}
