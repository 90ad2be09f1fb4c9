"""LIX as the product computes it, and the limits that `kapabla material check` holds."""

# ruff: noqa: E501 - a case a line is easier to compare than a case over six

import pytest

from kapabla.material import Text, check_material, default_root, load_material
from kapabla.material.readability import CONSENT_LIMIT, EASY_LIMIT, LIMIT, hard_texts, joined, lix
from tests.unit.material.test_material_faults import CONSENT, M1

LONG = (
    "Utbildningsverksamhetens kvalitetssäkring förutsätter kontinuerliga uppföljningsinsatser tillsammans med "
    "samarbetspartner, kommunföreträdare, brottsförebyggande samordnare, föreningsrepresentanter, arbetsgivare, "
    "vårdpersonal, skolpersonal, organisationer, myndigheter, företagare, handläggare, verksamhetsansvariga, "
    "projektledare samt ytterligare intresserade medborgare inom närområdet."
)


def test_lix_of_a_known_text():
    # 9 words, 2 sentences, 2 long words: 9/2 + 100 * 2/9.
    assert lix("Du möter många människor. Det kan vara arbetskamrater också.") == pytest.approx(9 / 2 + 200 / 9)


def test_lix_without_words_is_nothing():
    assert lix("… – 112!".replace("112", "")) == 0.0


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Länsstyrelsen Västerbotten ger den.", "Namn ger den."),
        ("Ring {dataskyddsombud} i dag.", "Ring data i dag."),
        ("Sida %(number)s av alla.", "Sida data av alla."),
        ("## Rubrik\n\nText här.", "Rubrik.\n\nText här."),
    ],
)
def test_names_placeholders_and_headings_are_not_held_against_a_text(one, other):
    assert lix(one) == lix(other)


def test_what_is_read_in_one_breath_is_measured_together():
    both = joined([Text(sv="Ett.", sv_easy="Ett!"), Text(sv="Två.", sv_easy="Två!")])
    assert (both.sv, both.sv_easy) == ("Ett. Två.", "Ett! Två!")
    assert joined([Text(sv="Ett.", sv_easy="Ett!"), Text(sv="Två.")]).sv_easy is None


def test_the_limits_are_those_of_the_specification():
    assert (LIMIT, CONSENT_LIMIT, EASY_LIMIT) == (35, 40, 30)


@pytest.mark.parametrize(("language", "highest"), [("sv", 23), ("sv_easy", 18)])
def test_a_text_too_short_for_lix_is_held_by_its_longest_sentence(language, highest):
    file = "instruments/til/v1.toml"
    til = (default_root() / file).read_text("utf-8")

    def told(count):
        easy = "" if language == "sv" else f', sv_easy = "{"ord " * count}"'
        plain = "ord " * count if language == "sv" else "Polisen"
        text = til.replace('{sv = "Polisen", en = "The police"}', f'{{sv = "{plain}"{easy}, en = "The police"}}')
        return [str(fault) for fault in check_material(default_root(), {file: text.encode()})]

    said = f"a sentence has {highest + 1} words; split it, at most {highest} in a short text."
    assert told(highest) == []
    assert told(highest + 1) == [f"{file}: item til_1 ({language}): {said}"]


def test_nothing_of_ours_is_above_its_limit(material):
    assert hard_texts(material) == []


@pytest.mark.parametrize(
    ("file", "old", "place", "highest"),
    [
        (f"{M1}/module.toml", "När du är klar kan du säga vad som hör till din roll och vad som inte gör det.", "goal (sv)", 35),
        (f"{M1}/module.toml", "När du är klar vet du vad din roll är.", "goal (sv_easy)", 30),
        (f"{M1}/02-fem-steg.sv.md", "\n+++\n", "page 02-fem-steg (sv)", 35),
        (f"{M1}/02-fem-steg.sv_easy.md", "\n+++\n", "page 02-fem-steg (sv_easy)", 30),
        (CONSENT, "Ditt val påverkar inte ditt arbete, ditt uppdrag eller din kontakt med myndigheter.", "question must (sv)", 40),
        (CONSENT, "De svaren har inte ditt namn, och de kommer inte med nästa gång forskarna får svar.", "question must (sv_easy)", 30),
        ("safety.toml", "Gå aldrig emellan. Gå inte in", "box helper_safety (sv)", 35),
        ("instruments/avs/v1.toml", "Tänk dig att du", "page 1 (sv)", 35),
        ("promises/vindeln-2023-2025.toml", 'text = {sv = "', "promise", 35),
    ],
)  # fmt: skip
def test_a_text_that_is_too_hard_is_named_with_its_place(spoil, file, old, place, highest):
    heavy = f"{LONG} " * 8 if file.endswith(".md") else f"{LONG} {LONG} "
    faults = [fault for fault in spoil(file, old, f"{old}{heavy}") if "LIX" in fault]
    assert len(faults) == 1, faults
    assert place in faults[0]
    assert f"at most {highest}; write shorter sentences and words." in faults[0]


def test_a_hard_text_is_for_its_author_to_mend_and_stops_no_service(copy):
    path = copy / "safety.toml"
    path.write_text(path.read_text(encoding="utf-8").replace("Gå aldrig emellan. Gå inte in", f"{LONG} Gå inte in", 1))
    assert load_material(copy).safety["helper_safety"].lines[0].sv.startswith("Utbildningsverksamhetens")
