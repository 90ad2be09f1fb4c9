"""The study of 2026: waves, windows, forms and page counts; registers, promises and published files."""

from datetime import date

import pytest

from kapabla.errors import NotFound
from kapabla.material import check_material, load_material
from kapabla.material.checksums import CHECKSUMS, write_checksums

FILE = "instruments/se/v1.toml"


@pytest.fixture
def study(material):
    return material.studies["kapabla-2026"]


@pytest.mark.parametrize(
    ("wave", "instruments"),
    [
        ("t0", "se avs roll hin til bet att kun_a bak soc"),
        ("t0b", "se avs roll hin til att"),
        ("t1", "se se_then avs roll til att kun_b kurs"),
        ("t3", "se avs roll hin til bet"),
        ("t6", "se avs bet kun_a"),
        ("t12", "se avs roll hin til bet"),
    ],
)
def test_instruments_of_each_wave_in_order(material, study, wave, instruments):
    asked = study.questionnaire(material, wave, "ABA")
    assert [instrument.id for instrument in asked.instruments] == instruments.split()


def test_the_other_form_order(study):
    forms = [study.instrument_ids(wave, "BAB") for wave in ("t0", "t1", "t6")]
    assert [[name for name in ids if name.startswith("kun")] for ids in forms] == [["kun_b"], ["kun_a"], ["kun_b"]]


def test_first_questions_are_69_to_75_items_on_12_pages(material, study):
    asked = study.questionnaire(material, "t0", "ABA")
    assert (len(asked.items), len(asked.pages), asked.minutes) == (75, 12, 13)
    assert [page.number for page in asked.pages] == list(range(1, 13))
    assert all(1 <= len(page.items) <= 8 for page in asked.pages)


def test_the_then_test_stands_on_a_page_of_its_own_right_after_the_questions_about_now(material, study):
    """`texts-sv.md` 7.1."""
    pages = study.questionnaire(material, "t1", "ABA").pages
    codes = [[item.code for item in page.items] for page in pages[:2]]
    assert codes == [[f"se_{n}" for n in range(1, 9)], [f"se_{n}t" for n in range(1, 9)]]


def test_talking_about_the_course_is_not_asked_before_it(material, study):
    assert "bet_7" not in [item.code for item in study.questionnaire(material, "t0", "ABA").items]
    assert "bet_7" in [item.code for item in study.questionnaire(material, "t3", "ABA").items]


def test_municipality_options_are_those_of_the_study(material, study):
    options = study.questionnaire(material, "t0", "ABA").item("bak_2").options
    assert [option.text.sv for option in options] == [
        "Vindeln",
        "Robertsfors",
        "Annan kommun i Västerbotten",
        "Annan kommun",
    ]
    assert [option.code for option in options] == ["2404", "2409", None, None]


def test_role_options_stand_for_the_roles_of_the_register(material):
    codes = [option.code for option in material.instruments["bak", 1].item("bak_1").options]
    assert codes == [role.code for role in material.roles]


@pytest.mark.parametrize(
    ("wave", "anchor", "opens", "closes"),
    [
        ("t1", date(2026, 3, 2), date(2026, 3, 2), date(2026, 3, 16)),
        ("t3", date(2026, 11, 30), date(2027, 2, 21), date(2027, 3, 28)),
        ("t6", date(2026, 3, 2), date(2026, 8, 26), date(2026, 9, 30)),
        ("t12", date(2028, 2, 29), date(2029, 2, 21), date(2029, 3, 28)),
        ("t0b", date(2026, 3, 2), date(2026, 4, 13), date(2026, 4, 27)),
        ("t0", date(2026, 3, 2), date(2026, 3, 2), None),
    ],
)
def test_windows(study, wave, anchor, opens, closes):
    assert (study.wave(wave).opens_on(anchor), study.wave(wave).closes_on(anchor)) == (opens, closes)


T3, T6 = "months = 3\n", "months = 6\n"
IS_MET = "; write another time, or a shorter window there."


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (T3, "months = 12\n", f"wave t6: the wave opens before t3 is over{IS_MET}"),
        (T6, "months = 2\n", f"wave t6: the wave opens before t3 is over{IS_MET}"),
        (T3, "months = 0\n", "wave t3, months: 0 is too low; write a number from 1 and up."),
        (T3, f"weeks = 2\n{T3}", "wave t3, months: the wave has both weeks and months; write one of them."),
        ("late_days = 14", "late_days = 400", f"wave t3: the wave opens before t1 is over{IS_MET}"),
        (
            "weeks = 6\nwindow_before_days = 0",
            "weeks = 6\nwindow_before_days = 60",
            "wave t0b, window_before_days: the wave opens before the day that it counts from; write fewer days.",
        ),
        (
            "window_after_days = 14\narms",
            "window_after_days = -4\narms",
            "wave t0b, window_after_days: -4 is too low; write a number from 0 and up.",
        ),
    ],
)
def test_times_that_do_not_follow_one_another_are_told(spoil, old, new, told):
    assert f"studies/kapabla-2026.toml: {told}" in spoil("studies/kapabla-2026.toml", old, new)


def test_slugs_arms_and_choices(study):
    assert [wave.slug for wave in study.waves] == ["fore", "fore2", "efter", "uppf3", "uppf6", "uppf12"]
    assert study.wave_of_slug("uppf6").code == "t6"
    assert [wave.code for wave in study.waves if not wave.is_for("direct")] == ["t0b"]
    assert [wave.code for wave in study.waves if wave.needs_choice] == ["t3", "t6", "t12"]


@pytest.mark.parametrize("order", ["", "AAA"])
def test_an_unknown_form_order_is_refused(material, study, order):
    with pytest.raises(NotFound):
        study.questionnaire(material, "t0", order)


def test_an_unknown_wave_is_refused(study):
    with pytest.raises(NotFound):
        study.wave("t2")


def test_registers(material):
    assert len(material.municipalities) == 15
    assert material.municipality("2404").name == "Vindeln"
    assert material.role("hairdresser").label.get("sv") == "Frisör"
    assert [contact.number for contact in material.contacts if contact.always] == ["112", "114 14"]
    assert all(contact.verified_on is None for contact in material.contacts)
    assert "researcher.email" in material.organisation.placeholders
    assert material.organisation.telephone.startswith("010-000")


def test_promises_of_the_two_municipalities(material):
    titles = {cycle.municipality: [promise.title.sv for promise in cycle.promises] for cycle in material.promises}
    common = ["Droger", "Trafik", "Ekonomisk brottslighet", "Otrygga platser"]
    assert titles["2404"] == [*common[:2], "Kapabla väktare på landsbygden", *common[2:]]
    assert titles["2409"] == [*common[:2], "Hemmet ska vara en trygg plats", *common[2:]]
    linked = {cycle.municipality: [p.number for p in cycle.promises if p.course] for cycle in material.promises}
    assert linked == {"2404": [3], "2409": []}


def publish(copy, file=FILE):
    path = copy / file
    path.write_text(path.read_text().replace('status = "draft"', 'status = "published"'))


def test_a_published_file_must_be_listed(copy):
    publish(copy)
    faults = [str(fault) for fault in check_material(copy)]
    assert len(faults) == 1
    assert faults[0].startswith(f"{FILE}: status: the file is published but not in {CHECKSUMS}; add ")


def test_a_published_file_may_not_be_edited_nor_signed_anew(copy):
    publish(copy)
    write_checksums(copy)
    assert check_material(copy) == []
    path = copy / FILE
    path.write_text(path.read_text().replace("min_answered = 6", "min_answered = 5"))
    write_checksums(copy)
    assert [str(fault) for fault in check_material(copy)] == [
        f"{FILE}: the file is published and has been edited; put it back, and write a new version."
    ]


def test_a_published_file_may_not_become_a_draft_again(copy):
    publish(copy)
    write_checksums(copy)
    path = copy / FILE
    path.write_text(path.read_text().replace('status = "published"', 'status = "draft"'))
    assert "has been edited" in str(check_material(copy)[0])


def test_a_published_course_guards_every_page_of_it(copy):
    publish(copy, "courses/kapabla/v1/course.toml")
    write_checksums(copy)
    page = "courses/kapabla/v1/modules/01-din-roll/02-fem-steg.sv.md"
    (copy / page).write_text((copy / page).read_text() + "\nNy rad.\n")
    assert [fault.file for fault in check_material(copy)] == [page]


def test_a_new_version_may_stand_beside_a_published_one(copy):
    publish(copy)
    write_checksums(copy)
    second = (copy / FILE).read_text().replace("version = 1", "version = 2")
    (copy / "instruments/se/v2.toml").write_text(second.replace('"published"', '"draft"'))
    assert ("se", 2) in load_material(copy).instruments
