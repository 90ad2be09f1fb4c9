"""What people are told before they choose (`privacy.md` E1.3), and what they can read of it years later (B2)."""

import hashlib
import shutil
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from kapabla.answers.consents import AgreedText, Consent
from kapabla.material import default_root
from tests import factories as make
from tests.page_client import PageClient

# By language what the page has to say of each point: articles 13, 17.3 d and 89 of the GDPR, and 16-17 §§ of the act on
# ethics review. The words of the law's own terms, not of whole sentences, so that a better sentence passes.
POINTS = {
    "controllers": {
        "sv": ("Länsstyrelsen är personuppgiftsansvarig", "Umeå universitet är personuppgiftsansvarigt"),
        "sv_easy": ("Länsstyrelsen är personuppgiftsansvarig", "Umeå universitet är personuppgiftsansvarigt"),
        "en": ("The County Administrative Board is the controller", "Umeå University is the controller"),
    },
    "data protection officers": {"sv": ("dataskyddsombuden:",), "sv_easy": ("dataskyddsombuden:",),
                                 "en": ("data protection officers:",)},
    "purpose": {"sv": ("undersöker vad den leder till",), "sv_easy": ("undersöker vad utbildningen leder till",),
                "en": ("study what it leads to",)},
    "legal basis": {"sv": ("artikel 6.1 e",), "sv_easy": ("artikel 6.1 e",), "en": ("Article 6(1)(e)",)},
    "recipients": {"sv": ("Forskarna får dina svar",), "sv_easy": ("Forskarna får dina svar",),
                   "en": ("The researchers get your answers",)},
    "retention": {"sv": ("31 december 2028", "31 december 2038"), "sv_easy": ("31 december 2028", "31 december 2038"),
                  "en": ("31 December 2028", "31 December 2038")},
    "access and correction": {"sv": ("få veta vad vi har om dig", "fel rättade"),
                              "sv_easy": ("få veta vad vi har om dig", "fel rättade"),
                              "en": ("know what we have about you", "mistakes corrected")},
    "removal and objection": {"sv": ("få uppgifter borttagna eller invända",),
                              "sv_easy": ("få uppgifter borttagna", "säga nej till att de används"),
                              "en": ("have data removed, or object",)},
    "complaint": {"sv": ("Integritetsskyddsmyndigheten",), "sv_easy": ("Integritetsskyddsmyndigheten",),
                  "en": ("Integritetsskyddsmyndigheten",)},
    "what was released already": {"sv": ("redan har fått kan vi inte hämta tillbaka",),
                                  "sv_easy": ("redan har fått kan vi inte hämta tillbaka",),
                                  "en": ("cannot take back answers that the researchers have already been given",)},
    "voluntary, and ended without a reason": {
        "sv": ("utan att vara med i forskningen", "sluta när du vill utan att säga varför"),
        "sv_easy": ("utan att vara med i forskningen", "Du behöver inte säga varför"),
        "en": ("without taking part in the research", "stop whenever you want without saying why"),
    },
    "plan and what is asked": {"sv": ("3, 6 och 12 månader",), "sv_easy": ("3, 6 och 12 månader",),
                               "en": ("3, 6 and 12 months",)},
    "lot and waiting": {"sv": ("Lotten avgör",), "sv_easy": ("Lotten avgör",), "en": ("decided by lot",)},
    "risks": {"sv": ("väcka starka känslor", "kännas igen"), "sv_easy": ("väcka starka känslor", "känna igen dig"),
              "en": ("stir strong feelings", "recognisable")},
    "principal of the research": {"sv": ("forskningshuvudman",), "sv_easy": ("forskningshuvudman",),
                                  "en": ("research principal",)},
    "ethics approval": {"sv": ("godkänd av Etikprövningsmyndigheten, dnr",),
                        "sv_easy": ("Etikprövningsmyndigheten", "dnr"),
                        "en": ("Swedish Ethical Review Authority", "registration number")},
    "no reward": {"sv": ("ingen ersättning",), "sv_easy": ("inga pengar",), "en": ("not paid",)},
}  # fmt: skip
LANGUAGES = ("sv", "sv_easy", "en")


def at_the_choices(client, made, language="sv"):
    client.get(f"/k/{made.token}")
    client.fill()
    client.fill(telefon="delad")
    client.fill()
    client.post("/sprak", {"sprak": language, "till": "/start/om"})
    assert client.path == "/start/om"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_point_of_the_information_is_on_the_page(client, service, language):
    at_the_choices(client, make.make_person(service), language)
    missing = [
        f"{point}: {words}" for point, by in POINTS.items() for words in by[language] if words not in client.text
    ]
    assert missing == []
    organisation = service.material.organisation
    assert organisation.researcher.name in client.text
    assert organisation.data_protection_officer.email in client.text


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_kept_text_is_what_the_pages_showed(client, service, language):
    at_the_choices(client, make.make_person(service), language)
    shown = client.text
    client.get("/start/samtycke")
    shown += client.text
    client.fill(val1="ja", val2="nej", val3="nej")
    with service.vaults.reading() as work:
        kept = work.answers.scalar(select(AgreedText.text))
    paragraphs = kept.strip().split("\n\n")
    assert len(paragraphs) > 20
    assert [text for text in paragraphs if text not in shown] == []
    assert "{" not in kept


@pytest.fixture
def later(config, service, client, make_app, tmp_path, fixed_clock):
    """A person has answered; two years on the authored facts say something else."""
    made = make.make_person(service)
    at_the_choices(client, made)
    client.get("/start/samtycke")
    client.fill(val1="ja", val2="nej", val3="nej")
    root = Path(shutil.copytree(default_root(), tmp_path / "course_material"))
    file = root / "studies/kapabla-2026.toml"
    text = file.read_text(encoding="utf-8")
    assert text.count("31 december 2028") == 2
    text = text.replace("31 december 2028", "31 december 2029").replace("31 December 2028", "31 December 2029")
    text = text.replace("study_key_on = 2028-12-31", "study_key_on = 2029-12-31")
    file.write_text(text, encoding="utf-8")
    fixed_clock.tick(timedelta(days=30).total_seconds())
    later = PageClient(make_app(replace(config, material_dir=root)))
    later.get(f"/k/{made.token}")
    later.fill()
    later.fill(telefon="delad")
    return later


def test_the_text_that_was_answered_can_be_fetched_when_the_present_one_is_another(later):
    later.get("/start/om")
    assert "31 december 2029" in later.text
    later.get("/mina-uppgifter")
    assert 'href="/mina-uppgifter/val/1"' in later.text
    later.get("/mina-uppgifter/val/1")
    assert "31 december 2028" in later.text
    assert "Du svarade 25 november 2026." in later.text
    file = later.get("/mina-uppgifter/val/1.txt")
    assert f"SHA-256 {hashlib.sha256(file.data).hexdigest()}" in later.text
    assert "31 december 2028" in file.text
    assert file.headers["Content-Disposition"] == 'attachment; filename="mina-val-1.txt"'
    assert "no-store" in file.headers["Cache-Control"]


def test_a_second_choice_keeps_the_text_it_answered(later):
    later.get("/start/samtycke")
    later.fill(val1="ja", val2="ja", val3="ja")
    later.get("/mina-uppgifter/val/2")
    assert "31 december 2029" in later.text
    later.get("/mina-uppgifter/val/1")
    assert "31 december 2028" in later.text
    later.get("/mina-uppgifter/val/3", status=404)


def test_a_text_that_does_not_fit_its_hash_is_not_shown_as_answered(later, service):
    with service.vaults.unit() as work:
        work.answers.execute(update(AgreedText).values(text="Du har sagt ja till allt."))
    later.get("/mina-uppgifter/val/1")
    assert "Du har sagt ja till allt." not in later.text
    assert "Vi kan inte visa texten här." in later.text
    later.get("/mina-uppgifter/val/1.txt", status=404)


def test_nobody_reads_the_text_of_another_and_erasure_takes_it(client, service, app):
    at_the_choices(client, make.make_person(service))
    client.get("/start/samtycke")
    client.fill(val1="ja", val2="nej", val3="nej")
    other = PageClient(app)
    at_the_choices(other, make.make_person(service, name="Prova Provlund", email="prova@example.com"))
    other.get("/mina-uppgifter/val/1", status=404)
    client.get("/mina-uppgifter/avsluta")
    client.fill(vad="allt", svar="bort")
    with service.vaults.reading() as work:
        assert work.answers.execute(select(AgreedText.subject)).all() == []
        assert work.answers.execute(select(Consent.subject)).all() == []
