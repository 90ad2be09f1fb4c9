"""S10: no title, address, subject, sender or file name tells what it is about, in any language."""

import re
from pathlib import Path

import pytest

from kapabla.jobs import staff_mail
from kapabla.material import default_root
from kapabla.material.texts import texts_in
from kapabla.material.word_list import telling, telling_address
from kapabla.web import language
from kapabla.web.interface_messages import WEB
from tests import factories as make
from tests.page_client import PageClient

TITLE = re.compile(r"{%-? block title %}(.*?){%-? endblock", re.S)
SAID = re.compile(r'_\("([^"]*)"')
HEADS = re.compile(r"<title>.*?</title>|<meta[^>]*>", re.S)
LANGUAGES = ("sv", "sv_easy", "en")


@pytest.fixture
def service(app):
    return app.extensions["kapabla"]


def test_the_list_finds_what_it_looks_for():
    assert telling("Del 2, sida 1 – Part 2") == []
    assert telling("Mer än slag – More than violence") == ["slag", "violence"]
    assert telling_address("/delar/vad-ar-vald") == ["vald"]
    assert telling_address("/delar/de-valda/3") == []


def test_every_address_is_neutral(app):
    found = {rule.rule: telling_address(rule.rule) for rule in app.url_map.iter_rules()}
    assert {rule: words for rule, words in found.items() if words} == {}


@pytest.mark.parametrize("folder", ["participant", "errors", "base"])
@pytest.mark.parametrize("tongue", LANGUAGES)
def test_every_title_for_participants_is_neutral(folder, tongue):
    titles = {
        f"{path.name}: {message}": language.catalogue(tongue).get(message, message)
        for path in sorted((WEB / "templates" / folder).glob("*.html"))
        for title in TITLE.findall(path.read_text(encoding="utf-8"))
        for message in SAID.findall(title)
    }
    assert titles
    assert {name: telling(title) for name, title in titles.items() if telling(title)} == {}


def test_what_the_study_puts_into_titles_and_addresses_is_neutral(service):
    for study in service.material.studies.values():
        for wave in study.waves:
            assert telling_address(wave.slug) == []
            assert [telling(wave.label.get(tongue)) for tongue in LANGUAGES] == [[], [], []]


@pytest.mark.parametrize("tongue", LANGUAGES)
def test_every_page_behind_the_code_shows_a_neutral_head(client, service, tongue):
    seen = {}

    def look(path=None, **options):
        if path:
            client.get(path, **options)
        seen[client.path] = " ".join(HEADS.findall(client.text))

    made = make.make_person(service)
    client.browser.set_cookie(language.COOKIE, tongue)
    look(f"/k/{made.token}")
    client.fill()
    for step in ({"telefon": "delad"}, {}, {}):
        look()
        client.fill(**step) if client.path != "/start/om" else client.get("/start/samtycke")
    look()
    client.fill(val1="nej")
    look()
    client.fill(kontakt="none")
    look("/delar")
    course = next(iter(service.material.courses.values()))
    for module in course.modules:
        for step in module.steps:
            look(f"/delar/{module.number}/{step.number}")
        look(f"/delar/{module.number}/klar")
    for path in ("/k", "/ny-lank", "/mina-uppgifter", "/mina-uppgifter/avsluta", "/paus", "/stod", "/tips-om-telefonen",
                 "/", "/tillganglighet/meddela"):  # fmt: skip
        look(path)
    look("/finns-inte", status=404)
    assert len(seen) > 80
    assert {path: telling(head) for path, head in seen.items() if telling(head)} == {}
    assert {path: telling_address(path) for path in seen if telling_address(path.replace(made.token, ""))} == {}


def test_questions_show_a_neutral_head(app, service):
    client = PageClient(app)
    make.start_course(client, make.make_person(service))
    questionnaire = service.material.studies[make.STUDY].questionnaire(service.material, "t0", "ABA")
    for number in range(len(questionnaire.pages) + 1):
        client.get(f"/fragor/fore/{number}")
        assert telling(" ".join(HEADS.findall(client.text))) == [], client.path


def test_subject_and_sender_are_neutral(service):
    organisation, config = service.material.organisation, service.config
    for said in (organisation.message_name, organisation.name, config.project_name):
        assert telling(said) == []
        assert "Kapabla" not in said or said == config.project_name


def test_what_is_mailed_to_staff_is_neutral_too():
    for said in (staff_mail.SUBJECT, staff_mail.TEXT):
        assert telling(said) == []
        assert "kapabla" not in said.casefold()


def test_everything_that_is_mailed_is_neutral_in_every_language(service):
    """Subject and text alike: an inbox may be read by somebody else."""
    mailed = [(place, text) for place, text in texts_in(service.material.messages) if place]
    assert len(mailed) > 15
    for place, text in mailed:
        for tongue in LANGUAGES:
            assert telling(text.get(tongue)) == [], (place, tongue)
            assert "kapabla" not in text.get(tongue).casefold(), (place, tongue)


def test_file_names_are_neutral():
    """What a participant can save, or what stands in the address of something that a page loads."""
    pictures = [path.stem for path in default_root().glob("courses/*/v*/pictures/*")]
    static = [path.name for path in (WEB / "static").iterdir()]
    named = [
        name
        for path in Path(WEB).rglob("*.py")
        if "participant" in path.parts or "public" in path.parts
        for name in re.findall(r'filename="([^"]+)"', path.read_text(encoding="utf-8"))
    ]
    assert "intyg.pdf" in named
    assert len(pictures) >= 5
    assert {name: telling_address(name) for name in (*pictures, *static, *named) if telling_address(name)} == {}
