"""The language of a page: whole or not at all, chosen at its foot, forgotten on the way out, and stored as shown."""

import io
import re
import shutil
import tomllib
from collections import Counter
from dataclasses import replace
from datetime import date
from pathlib import Path

import pypdf
import pytest
import tomli_w
from sqlalchemy import select

from kapabla.answers.consents import Consent
from kapabla.answers.submissions import Submission
from kapabla.identity import importing
from kapabla.identity.cohorts import Cohort
from kapabla.identity.enrolling import access_of
from kapabla.identity.list_reading import read_list
from kapabla.identity.people import Person
from kapabla.identity.vocabulary import vocabulary_of
from kapabla.material import MaterialFaults, default_root, load_material
from kapabla.web import language
from kapabla.web.interface_messages import all_messages, translated_messages
from tests import factories as make
from tests.page_client import PageClient

PLACEHOLDER = re.compile(r"%\(\w+\)s|%%")
SWEDISH = re.compile(r"[åäöÅÄÖ]")
# Names of Swedish authorities, helplines and words of law stand in English texts too.
SWEDISH_NAMES = re.compile(
    r"Västerbotten|Umeå|Länsstyrelsen|Etikprövningsmyndigheten|Integritetsskyddsmyndigheten|Åsa|Rätt att välja|"
    r"Stödlinjen för (?:män|transpersoner)|Rädda Barnen|Jourhavande medmänniska|socialtjänsten|Välj att sluta|"
    r"”?Ingen uppföljning gjord”?|orosanmälan|Brå\b|Lätt svenska|Påhittsson"
)


@pytest.fixture
def service(app):
    return app.extensions["kapabla"]


@pytest.fixture
def copy(tmp_path):
    return Path(shutil.copytree(default_root(), tmp_path / "course_material"))


def choose(client, wanted, *, path=None):
    if path:
        client.get(path)
    client.fill(action="/sprak", sprak=wanted)


def lang(client):
    return re.search(r'<html lang="(\w+)">', client.text)[1]


def cookie(client):
    found = client.browser.get_cookie(language.COOKIE)
    return found.value if found else None


def main_of(client):
    return re.search(r"<main.*?</main>", client.text, re.S)[0]


def swedish_in(page):
    """Letters that English does not have, outside names and the buttons that lead to another language."""
    return SWEDISH.findall(SWEDISH_NAMES.sub("", re.sub(r"<[^>]*>", " ", page)))


# --- The catalogue ---


def test_every_message_has_its_english():
    known = language.catalogue("en")
    missing = [f'# {message.place}\nmsgid "{message.text}"\nmsgstr ""' for message in translated_messages()
               if message.text not in known]  # fmt: skip
    assert not missing, "Write these in kapabla/web/translations/en.po:\n\n" + "\n\n".join(missing)


@pytest.mark.parametrize("tongue", ["en", "sv_easy"])
def test_no_message_is_translated_twice(tongue):
    text = (Path(language.__file__).parent / "translations" / f"{tongue}.po").read_text(encoding="utf-8")
    said = Counter(re.findall(r'^msgid "(.+)"$', text, re.MULTILINE))
    assert [message for message, times in said.items() if times > 1] == []


@pytest.mark.parametrize("tongue", ["en", "sv_easy"])
def test_no_translation_is_left_over_and_each_has_the_placeholders_of_its_message(tongue):
    asked = {message.text for message in translated_messages()}
    for message, translation in language.catalogue(tongue).items():
        assert message in asked, f"no page says {message!r} any more; remove it"
        assert sorted(PLACEHOLDER.findall(message)) == sorted(PLACEHOLDER.findall(translation)), message


def test_english_of_the_catalogue_is_english():
    for message, translation in language.catalogue("en").items():
        assert not swedish_in(translation), message


def test_the_search_for_messages_finds_those_of_staff_too_and_keeps_them_apart():
    staff = {message.text for message in all_messages()} - {message.text for message in translated_messages()}
    assert "Incidenter" in staff
    assert len(translated_messages()) > 350


def test_the_catalogues_are_part_of_the_package():
    """Beside the code that reads them, where the wheel takes every file of the package."""
    folder = Path(language.__file__).parent / "translations"
    assert {path.name for path in folder.iterdir()} == {"en.po", "sv_easy.po"}
    settings = tomllib.loads((Path(language.__file__).parents[2] / "pyproject.toml").read_text(encoding="utf-8"))
    assert "kapabla" in settings["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]


# --- Choosing ---


def test_a_module_is_taken_in_english_and_the_way_back_is_swedish(client, service):
    make.start_course(client, make.make_person(service), research="nej")
    course = next(iter(service.material.courses.values()))
    module = course.modules[0]
    choose(client, "en", path="/delar/1/1")
    assert client.path == "/delar/1/1"
    for step in module.steps:
        client.get(f"/delar/1/{step.number}")
        assert lang(client) == "en"
        assert ">Leave page</a>" in client.text
        assert not swedish_in(main_of(client)), client.path
        if step.kind == "text":
            assert step.title.en in client.text
        if step.kind == "scenario":
            node = step.scenario.node(step.scenario.start)
            client.fill(val=node.choices[0].code, gor="valj")
            assert "You chose: " in client.text
            assert service.material.scenario_first_lines[node.choices[0].quality].en in client.text
            assert not swedish_in(main_of(client))
        if step.kind == "check":
            wrong = {q.code: str((q.correct + 1) % len(q.options)) for q in step.questions}
            client.fill(**wrong, gor="svara")
            assert "Not quite. The right answer is: " in client.text
            assert not swedish_in(main_of(client))
        client.fill(gor="klar")
    assert client.path == "/delar/1/klar"
    assert "You have finished part 1" in client.text
    assert module.in_short.en in client.text
    choose(client, "sv")
    assert (client.path, lang(client)) == ("/delar/1/klar", "sv")
    assert "Du är klar med del 1" in client.text


def test_every_page_before_the_course_is_english_from_beginning_to_end(client, service):
    made = make.make_person(service, role="vet")
    seen = {}

    def look():
        assert lang(client) == "en", client.path
        assert not swedish_in(main_of(client)), client.path
        seen[client.path] = True

    choose(client, "en", path=f"/k/{made.token}")
    look()
    client.fill()
    look()
    client.fill(telefon="delad")
    look()
    client.fill()
    look()
    client.get("/start/samtycke")
    look()
    client.fill(status=400)
    look()
    client.fill(val1="ja", val2="ja", val3="nej")
    look()
    client.fill(kontakt="email")
    look()
    study = service.material.studies[make.STUDY]
    for page in study.questionnaire(service.material, "t0", "ABA").pages:
        client.get(f"/fragor/fore/{page.number}")
        look()
    for path in ("/mina-uppgifter", "/mina-uppgifter/avsluta", "/paus", "/om", "/stod", "/tips-om-telefonen",
                 "/ny-lank", "/k", "/", "/tillganglighet/meddela"):  # fmt: skip
        client.get(path)
        look()
    client.get("/finns-inte", status=404)
    look()
    assert {"/start/telefon", "/start/bra-att-veta", "/start/om", "/start/samtycke", "/start/kontakt"} <= set(seen)
    assert "31 December 2028" in client.get("/start/om").text


def test_easy_swedish_is_swedish_to_a_screen_reader_and_easier_to_a_reader(client, service):
    make.start_course(client, make.make_person(service), research="nej")
    step = next(step for step in next(iter(service.material.courses.values())).modules[0].steps if step.kind == "text")
    client.get(f"/delar/1/{step.number}")
    assert step.html.sv in client.text
    choose(client, "sv_easy")
    assert step.html.sv_easy in client.text
    assert lang(client) == "sv"
    assert ">Lämna sidan</a>" in client.text
    client.get("/om")
    assert "Det är våld mellan människor som står nära varandra." in client.text
    assert 'value="sv_easy"' not in client.text
    assert {'value="sv" lang="sv">Svenska', 'value="en" lang="en">English'} <= set(
        re.findall(r'value="\w+" lang="\w+">\w+', client.text)
    )


@pytest.mark.parametrize("path", ["/medborgarloften", "/medborgarloften/vindeln", "/medborgarloften/vindeln/2024",
                                  "/tillganglighet"])  # fmt: skip
def test_a_page_in_swedish_alone_says_so_and_offers_nothing_else(client, path):
    client.get(path)
    before = main_of(client)
    assert 'value="en"' not in client.text
    choose(client, "en", path="/om")
    client.get(path)
    assert lang(client) == "sv"
    assert '<p class="muted small" lang="en">This page is in Swedish only.</p>' in client.text
    assert 'value="en"' not in client.text
    note = '<p class="muted small" lang="en">This page is in Swedish only.</p>'
    assert main_of(client).replace(note, "").split() == before.split()
    choose(client, "sv_easy", path="/om")
    client.get(path)
    assert '<p class="muted small">Den här sidan finns inte på lätt svenska.</p>' in client.text


@pytest.mark.parametrize("wanted", ["se", "xx", "", "sv_EASY", "../en"])
def test_a_language_that_nothing_is_offered_in_is_not_remembered(client, wanted):
    client.post("/sprak", {"sprak": wanted, "till": "/om"})
    assert (client.path, lang(client), cookie(client)) == ("/om", "sv", None)
    client.browser.set_cookie(language.COOKIE, wanted)
    client.get("/om")
    assert lang(client) == "sv"


@pytest.mark.parametrize(
    "back",
    ["//x.example", "https://x.example", "/\\x.example", "\\\\x.example", "/a//x.example", "//", "///x", "http:x", "x",
     "", "/om\n", "/om\r\nSet-Cookie: a=b", "/om?a=//x", "/om#x", "/\t/x.example", "javascript:alert(1)", "/å"],
)  # fmt: skip
def test_the_way_back_leads_nowhere_else(client, back):
    reply = client.post("/sprak", {"sprak": "en", "till": back}, status=303, follow=False)
    assert reply.headers["Location"] == "/"


@pytest.mark.parametrize("back", ["/", "/om", "/delar/3/2", "/k/Ab_c-D", "/intyg/eyJ.Ab-_"])
def test_the_way_back_is_the_page_that_the_reader_was_on(client, back):
    reply = client.post("/sprak", {"sprak": "en", "till": back}, status=303, follow=False)
    assert reply.headers["Location"] == back


def test_a_page_of_questions_that_is_filled_in_comes_back_so_in_the_other_language(client, service):
    """The button sends the form of the page, also without script; nothing is saved by it."""
    made = make.make_person(service)
    make.start_course(client, made)
    client.get("/fragor/fore/1")
    assert re.search(r'<form method="post" action="/fragor/fore/1" id="fragor"', client.text)
    assert '<button type="submit" class="link" form="fragor" name="sprak" value="en" lang="en">' in client.text
    answers = make.answers_on(client.text)
    client.fill(**answers, sprak="en")
    assert (client.path, lang(client), cookie(client)) == ("/fragor/fore/1", "en", "en")
    chosen = dict(re.findall(r'name="(se_\d)" id="[^"]*" value="(\d)" checked', client.text))
    assert chosen == answers
    assert stored_languages(service, made) == {}
    client.fill(**chosen)
    assert client.path == "/fragor/fore/2"
    assert stored_languages(service, made) == {1: "en"}
    client.fill(sprak="xx")
    assert (client.path, lang(client)) == ("/fragor/fore/2", "en")


def test_a_receipt_that_cannot_be_had_again_is_shown_in_the_other_language(client, service):
    made = make.make_person(service)
    make.start_course(client, made)
    client.get("/mina-uppgifter/avsluta")
    client.fill(vad="forskning", svar="kvar")
    choose(client, "en")
    assert (client.path, lang(client)) == ("/mina-uppgifter", "en")
    choose(client, "sv")
    client.get("/mina-uppgifter/avsluta")
    client.fill(vad="allt", svar="kvar")
    client.fill(action="/mina-uppgifter/avsluta", sprak="en")
    assert (lang(client), cookie(client)) == ("en", None), "whoever has left keeps nothing"
    assert "Your choice is saved" in client.text
    client.post(f"/k/{made.token}", status=410)
    client.fill(action=f"/k/{made.token}", sprak="en", status=410)
    assert (lang(client), cookie(client)) == ("en", None)


def test_the_page_that_waits_for_a_code_has_an_address(client, service):
    make.start_course(client, make.make_person(service), research="nej")
    client.get("/mina-uppgifter/kopia")
    client.fill(action="/mina-uppgifter/kopia/kod")
    assert client.path == "/mina-uppgifter/kopia"
    choose(client, "en")
    assert (client.path, lang(client)) == ("/mina-uppgifter/kopia", "en")


# --- The cookie ---


def test_the_choice_ends_with_the_browser(client):
    reply = client.post("/sprak", {"sprak": "en", "till": "/om"}, status=303, follow=False)
    [header] = reply.headers.getlist("Set-Cookie")
    assert header.startswith("sprak=en;")
    assert "HttpOnly" in header
    assert not {"expires", "max-age"} & {part.strip().split("=")[0].lower() for part in header.split(";")}


@pytest.mark.parametrize("way", ["leave", "leave by script", "log out", "withdraw"])
def test_the_choice_is_forgotten_on_the_way_out(client, service, way):
    make.start_course(client, make.make_person(service), research="nej")
    choose(client, "en", path="/delar")
    assert cookie(client) == "en"
    if way == "leave":
        client.get("/lamna", follow=False, status=303)
    elif way == "leave by script":
        client.post("/lamna", status=204)
    elif way == "log out":
        client.get("/paus")
        client.fill(action="/logga-ut-deltagare")
    else:
        client.get("/mina-uppgifter/avsluta")
        client.fill(vad="allt", svar="kvar")
    assert cookie(client) is None
    client.get("/k")
    assert lang(client) == "sv"


# --- What is stored ---


def stored_languages(service, made):
    with service.vaults.reading() as work:
        query = select(Submission.page, Submission.language).where(Submission.subject == made.subject)
        return {row[0]: row[1] for row in work.answers.execute(query)}


@pytest.mark.parametrize(("wanted", "shown"), [("sv", "sv"), ("en", "en"), ("sv_easy", "sv")])
def test_questions_are_stored_with_the_language_they_were_shown_in(client, service, wanted, shown):
    """Every instrument is whole in Swedish and English, and none in easy Swedish."""
    made = make.make_person(service)
    make.start_course(client, made)
    if wanted != "sv":
        choose(client, wanted, path="/om")
    first = service.material.instruments["se", 1].items[0]
    client.get("/fragor/fore/1")
    assert first.text.get(shown) in client.text
    assert ("finns inte på lätt svenska" in client.text) == (wanted == "sv_easy")
    client.fill(se_1="3", anda="1")
    assert stored_languages(service, made) == {1: shown}


def without_english(copy, file, change):
    path = copy / file
    raw = tomllib.loads(path.read_text(encoding="utf-8"))
    change(raw)
    path.write_text(tomli_w.dumps(raw), encoding="utf-8")


def test_an_instrument_with_a_gap_is_asked_in_swedish_and_the_others_in_english(config, make_app, copy):
    without_english(copy, "instruments/avs/v1.toml", lambda raw: raw["items"][5]["text"].pop("en"))
    client = PageClient(make_app(replace(config, material_dir=copy)))
    service = client.app.extensions["kapabla"]
    made = make.make_person(service)
    make.start_course(client, made)
    choose(client, "en", path="/om")
    client.get("/fragor/fore/1")
    assert lang(client) == "en"
    client.fill(se_1="3", anda="1")
    assert (client.path, lang(client)) == ("/fragor/fore/2", "sv")
    assert "This page is in Swedish only." in client.text
    assert service.material.instruments["avs", 1].items[0].text.sv in client.text
    client.fill(avs_1="3", anda="1")
    assert lang(client) == "en"
    assert stored_languages(service, made) == {1: "en", 2: "sv"}


@pytest.mark.parametrize("wanted", ["sv", "sv_easy", "en"])
def test_consent_is_stored_with_the_language_that_was_read(client, service, wanted):
    client.get(f"/k/{make.make_person(service).token}")
    client.fill()
    if wanted != "sv":
        choose(client, wanted)
    consent = service.material.consents["kapabla-forskning", 1]
    client.get("/start/samtycke")
    assert consent.confirmation.get(wanted) in client.text
    client.fill(val1="ja", val2="ja", val3="nej")
    with service.vaults.reading() as work:
        assert set(work.answers.scalars(select(Consent.language))) == {wanted}


def test_a_consent_with_a_gap_is_read_given_and_stored_in_swedish(config, make_app, copy):
    without_english(copy, "studies/kapabla-2026.toml", lambda raw: raw["facts"]["datum_nyckel"].pop("en"))
    client = PageClient(make_app(replace(config, material_dir=copy)))
    service = client.app.extensions["kapabla"]
    client.get(f"/k/{make.make_person(service).token}")
    client.fill()
    choose(client, "en")
    for path in ("/start/om", "/start/samtycke"):
        client.get(path)
        assert (lang(client), "This page is in Swedish only." in client.text) == ("sv", True)
    client.fill(val1="nej")
    with service.vaults.reading() as work:
        assert set(work.answers.scalars(select(Consent.language))) == {"sv"}


# --- Who is met in which language ---


def test_staff_pages_stay_swedish(client, sign_in):
    client.browser.set_cookie(language.COOKIE, "en")
    client.get("/logga-in")
    assert lang(client) == "sv"
    sign_in(client, "officer")
    for path in ("/admin/omgangar", "/admin/omgangar/ny"):
        client.get(path)
        assert lang(client) == "sv"
        assert "Hoppa till innehållet" in client.text
        assert 'action="/sprak"' not in client.text


LIST = "namn;e-post;kommun;yrke;språk\nEnya Engelsson;enya@example.com;Vindeln;Frisör;{tongue}\n"


@pytest.mark.parametrize(
    ("tongue", "met"),
    [("en", "en"), ("engelska", "en"), ("sv", "sv"), ("", "sv"), ("Lätt svenska", "sv_easy"), ("sv_easy", "sv_easy")],
)
def test_somebody_whom_the_list_gives_a_language_is_met_in_it(client, service, tongue, met):
    with service.vaults.unit() as work:
        group = work.identity.get_one(Cohort, make.make_cohort(service))
        reading = read_list(LIST.format(tongue=tongue).encode(), vocabulary=vocabulary_of(service.material))
        found = importing.preview(work.identity, service.keys, reading, group)
        importing.carry_out(work.identity, service.keys, found, group, on=date(2026, 11, 1), is_test=False)
        person = work.identity.scalars(select(Person)).one()
        access = access_of(work.identity, service.keys, [person.id])[person.id]
    client.get(f"/k/{access.token}")
    client.fill()
    assert lang(client) == language.TAGS[met]
    assert cookie(client) == (None if met == "sv" else met)


def test_what_the_reader_chose_goes_before_what_the_list_said(client, service):
    made = make.make_person(service)
    with service.vaults.unit() as work:
        work.identity.get_one(Person, made.id).language = "en"
    choose(client, "sv_easy", path=f"/k/{made.token}")
    client.fill()
    assert cookie(client) == "sv_easy"


def test_the_certificate_is_written_in_the_language_of_the_page(client, service):
    made = make.make_person(service)
    make.start_course(client, made, research="nej")
    make.finish_course(service, made)
    choose(client, "en", path="/intyg")
    client.fill(action="/intyg", namn="Åsa Ek")
    assert "has completed the course Kapabla" in client.text
    assert not swedish_in(main_of(client))
    reply = client.fill(action="/intyg", namn="Åsa Ek", pdf="1")
    pdf = pypdf.PdfReader(io.BytesIO(reply.data))
    assert (pdf.metadata.title, pdf.trailer["/Root"]["/Lang"]) == ("Certificate", "en")
    text = " ".join(pdf.pages[0].extract_text().split())
    assert "Åsa Ek has completed the course Kapabla." in text
    assert "25 November 2026" in text
    assert not swedish_in(text)


# --- A language that is promised is whole ---


GAPS = [
    ("courses/kapabla/v1/modules/02-vad-ar-vald/module.toml", lambda raw: raw["goal"].pop("en"),
     "goal: it is not written in en, which the course promises; write it."),
    ("courses/kapabla/v1/modules/01-din-roll/05-kontrollera.toml",
     lambda raw: raw["questions"][0]["options"][0]["feedback"].pop("sv_easy"), "it is not written in sv_easy"),
    ("courses/kapabla/v1/course.toml", lambda raw: raw["title"].pop("en"), "title: it is not written in en"),
    ("safety.toml", lambda raw: raw["boxes"][0]["lines"][0].pop("en"),
     "boxes not_a_report, lines 1: it is not written in en, which a course promises; write it."),
    ("safety.toml", lambda raw: raw["first_lines"]["good"].pop("sv_easy"), "first_lines good: it is not written in"),
    ("support_contacts.toml", lambda raw: raw["contacts"][0]["audience"].pop("en"),
     "contacts sos_alarm, audience: it is not written in en"),
    ("roles.toml", lambda raw: raw["roles"][0]["in_sentence"].pop("en"), "roles hairdresser, in_sentence: it is not"),
    ("organisation.toml", lambda raw: raw["hours"]["value"].pop("en"), "hours: it is not written in en"),
]  # fmt: skip


@pytest.mark.parametrize(("file", "change", "told"), GAPS, ids=[f"{file} {n}" for n, (file, _, _) in enumerate(GAPS)])
def test_c10_nothing_is_loaded_while_a_promised_language_has_a_gap(copy, file, change, told):
    without_english(copy, file, change)
    with pytest.raises(MaterialFaults) as refused:
        load_material(copy)
    assert told in str(refused.value)
    assert len(refused.value.faults) == 1


def test_c10_a_page_that_is_not_translated_is_a_gap(copy):
    (copy / "courses/kapabla/v1/modules/01-din-roll/02-fem-steg.en.md").unlink()
    with pytest.raises(MaterialFaults) as refused:
        load_material(copy)
    assert {fault.message for fault in refused.value.faults} == {
        "the file is missing, and the course promises its language; write it."
    }


def test_a_language_that_no_course_promises_is_not_offered(config, make_app, copy):
    without_english(copy, "courses/kapabla/v1/course.toml", lambda raw: raw.update(languages=["sv"]))
    client = PageClient(make_app(replace(config, material_dir=copy)))
    client.get("/om")
    assert 'action="/sprak"' not in client.text
