"""Surveys as they lie in the store, and what an instrument has to be for one to be asked with it."""

import pytest

from kapabla.material.instruments import read_page
from kapabla.material.instruments.checks import check_instrument
from kapabla.material.surveys import newest_instrument, publish_survey, questionnaire_of, read_surveys
from kapabla.store import Store
from tests.material_once import our_material
from tests.surveys import make_survey


@pytest.fixture(scope="module")
def material():
    return our_material()


def test_the_newest_version_of_each_is_read_and_what_is_damaged_is_left_out(tmp_path):
    store = Store(tmp_path)
    for slug, version in (("a-2026", 1), ("a-2026", 2), ("b-2026", 1)):
        publish_survey(store, make_survey(slug=slug, version=version))
    store.put_index("survey-c-2026-0001", {"document": store.put(b"{}")})
    found, damaged = read_surveys(tmp_path)
    assert [(one.slug, one.version) for one in found] == [("a-2026", 2), ("b-2026", 1)]
    assert damaged == ("survey-c-2026-0001",)


def test_the_places_of_the_municipality_come_before_the_written_options(material):
    asked = questionnaire_of(make_survey(places=("Torget", "Bryggan")), material)
    told = [(option.value, option.text.sv) for option in asked.item("tu_platser").options]
    assert told[:2] == [(1, "Torget"), (2, "Bryggan")]
    assert [value for value, _ in told[2:]] == [900, 901]


def test_a_survey_is_asked_with_the_newest_instrument_that_has_margins_and_indicators(material):
    assert newest_instrument(material).key == ("tu", 1)


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"code": "droger"}, "the code is used twice; give each indicator a code of its own."),
        ({"item": "tu_platser"}, "it is no item with one answer; write the code of one."),
        ({"item": "tu_finns_inte"}, "it is no item with one answer; write the code of one."),
        ({"values": (7,)}, "they are not some of the options; write values of the item."),
        ({"values": (1, 2, 3, 4, 5)}, "they are not some of the options; write values of the item."),
    ],
)
def test_an_indicator_that_cannot_be_counted_is_told_of(material, changed, told):
    instrument = material.instruments["tu", 1]
    first, *rest = instrument.indicators
    wrong = instrument.model_copy(update={"indicators": (first.model_copy(update=changed), *rest)})
    assert list(check_instrument(instrument)) == []
    assert [message for _, message in check_instrument(wrong)] == [told]


def test_a_margin_stands_at_one_item(material):
    instrument = material.instruments["tu", 1]
    items = tuple(
        item.model_copy(update={"margin": "age"}) if item.code == "tu_kon" else item for item in instrument.items
    )
    wrong = instrument.model_copy(update={"items": items})
    assert [str(message) for _, message in check_instrument(wrong)] == [
        "two items have the margin age; keep it at one."
    ]


def test_no_place_is_chosen_with_no_place(material):
    page = next(page for page in questionnaire_of(make_survey(), material).pages if page.items[0].code == "tu_platser")
    (fault,) = read_page(page, {"tu_platser": ["1", "901"]}).faults
    assert (fault.code, fault.context["option"].sv) == ("not_alone", "Nej, ingen plats")
    assert read_page(page, {"tu_platser": ["901"]}).values == {"tu_platser": [901]}
    instrument = material.instruments["tu", 1]
    single = tuple(
        item.model_copy(update={"kind": "single"}) if item.code == "tu_platser" else item for item in instrument.items
    )
    wrong = instrument.model_copy(update={"items": single})
    assert [message for _, message in check_instrument(wrong)] == [
        "only an option of a multi item can stand alone; remove `alone`."
    ]
