"""The words of texts-sv.md 4.1-4.3, as they are there; what stands in braces there is computed here."""

import pytest

from kapabla.identity.message_texts import message_text
from kapabla.material.word_list import telling
from tests.factories import STUDY
from tests.material_once import our_material

HELLO = "Hej!\n\n"
BYE = "\n\nHälsningar\nKim Exempelsson, Länsstyrelsen Västerbotten\n"


@pytest.fixture(scope="module")
def written():
    material = our_material()

    def write(step, number, language="sv"):
        return message_text(
            material, step, number, language=language, link="LÄNK", no_link="NEJ", study=material.studies[STUDY]
        )

    return write


def test_invitation(written):
    found = written("start", 0)
    assert found.subject == "Din plats på Länsstyrelsens utbildning"
    assert found.text.split("\n\n")[3:6] == [
        "Börja här: LÄNK",
        "Länken är bara din. Skicka den inte vidare.",
        "Vill du inte vara med behöver du inte göra något. Här säger du nej till fler mejl: NEJ",
    ]
    assert found.text.endswith(BYE)


@pytest.mark.parametrize(("step", "number"), [("start", 1), ("start", 2), ("delar", 1), ("efter", 2), ("fore2", 0)])
def test_reminder(written, step, number):
    found = written(step, number)
    assert found.subject == "Din plats på utbildningen finns kvar"
    assert found.text == (
        f"{HELLO}Du har en plats på Länsstyrelsens utbildning. Här kan du börja eller fortsätta: LÄNK\n\n"
        f"Vill du inte vara med? Säg nej här, så hör vi inte av oss mer: NEJ{BYE}"
    )


@pytest.mark.parametrize(
    ("step", "since", "minutes"), [("uppf3", "tre månader", 6), ("uppf6", "ett halvår", 7), ("uppf12", "ett år", 6)]
)
@pytest.mark.parametrize("number", [0, 1])
def test_follow_up(written, step, since, minutes, number):
    found = written(step, number)
    assert found.subject == "Några frågor från Länsstyrelsen"
    assert found.text == (
        f"{HELLO}Det är {since} sedan du gick vår utbildning. Nu har vi några nya frågor. De tar ungefär {minutes} "
        f"minuter.\n\nSvara här: LÄNK\n\nDu väljer själv om du vill svara. Här säger du nej till fler frågor: NEJ{BYE}"
    )


def test_no_follow_up_mixes_languages(written):
    assert "three months since you took our course" in written("uppf3", 0, "en").text
    assert "tre månader" in written("uppf3", 0, "fi").text


@pytest.mark.parametrize("language", ["sv", "sv_easy", "en"])
def test_no_message_tells_what_it_is_about(written, language):
    """S10, with what is computed in it."""
    for step, number in (("start", 0), ("start", 1), ("course", 0), ("uppf3", 0), ("uppf6", 1), ("uppf12", 2)):
        found = written(step, number, language)
        assert telling(found.subject + found.text) == []
        assert "kapabla" not in (found.subject + found.text).casefold()
