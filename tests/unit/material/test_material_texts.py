"""How the Swedish texts read: sentence length, words that wound or blame, and a year beside each figure."""

import re
from collections.abc import Iterator

import pytest

from kapabla.material import Material, MaterialFaults, Text, consent_values, default_root, fill, load_material
from kapabla.material.readability import SENTENCE_END, words_of
from kapabla.material.texts import PlaceholderMissing, UnknownLanguage

NEVER = re.compile(
    r"\b(offer|offret|drabbad\w*|låter sig|anmälningsplikt|avidentifierad\w*|anonyma|ogiltig\w*|felaktig\w*|vänligen|"
    r"du glömde|misslyckades)\b|!",
    re.IGNORECASE,
)
FIGURE = re.compile(r"\d+ av 100|\d+ procent|\d+ %|\d+ elever")


def course_texts(material: Material) -> Iterator[tuple[str, str]]:
    for course in material.courses.values():
        for module in course.modules:
            place = f"{course.id}/{module.number}"
            yield f"{place}/goal", module.goal.sv
            yield f"{place}/in_short", module.in_short.sv
            for step in module.every_step():
                yield from step_texts(f"{place}/{step.number}", step)


def step_texts(place: str, step) -> Iterator[tuple[str, str]]:
    if step.kind == "checklist":
        yield place, " ".join([step.intro.sv, *(entry.text.sv for entry in step.entries)])
    if step.kind == "text":
        yield place, re.sub(r"(?m)^#+ (.*)$", r"\1.", step.source.sv)
    if step.kind == "scenario":
        for node in step.scenario.nodes:
            yield f"{place}/{node.id}", node.text.sv
            for choice in node.choices:
                yield f"{place}/{node.id}/{choice.code}", choice.text.sv
                yield f"{place}/{node.id}/{choice.code}/why", choice.why.sv
                yield f"{place}/{node.id}/{choice.code}/what_else", choice.what_else.sv
    if step.kind == "check":
        for question in step.questions:
            yield f"{place}/{question.code}", question.text.sv
            yield from (
                (f"{place}/{question.code}/{option.text.sv}", option.feedback.sv) for option in question.options
            )


def other_texts(material: Material) -> Iterator[tuple[str, str]]:
    for box in material.safety.values():
        yield f"safety/{box.code}", " ".join(line.sv for line in box.lines)
    for instrument in material.instruments.values():
        for page in instrument.pages:
            yield from ((f"{instrument.id}/page", t.sv) for t in (page.intro, page.stem) if t)
        for item in instrument.items:
            yield f"{instrument.id}/{item.code}", item.text.sv
    for cycle in material.promises:
        yield from ((f"promises/{cycle.municipality}/{p.number}", p.text.sv) for p in cycle.promises)


def test_course_sentences_are_short(material):
    long = {}
    for place, text in course_texts(material):
        sentences = max(1, len(SENTENCE_END.findall(text)))
        if len(words_of(text)) / sentences > 15:
            long[place] = text
    assert {place: text for place, text in long.items() if len(words_of(text)) >= 25} == {}


def test_no_text_uses_a_word_that_wounds_or_scolds(material):
    found = {place: NEVER.findall(text) for place, text in [*course_texts(material), *other_texts(material)]}
    assert {place: words for place, words in found.items() if words} == {}


def test_nobody_in_a_story_is_asked_why(material):
    for place, text in course_texts(material):
        assert "”varför" not in text.casefold(), place


def test_a_figure_stands_with_its_year(material):
    for place, text in course_texts(material):
        for paragraph in re.split(r"\n\n(?!- )", text):
            if FIGURE.search(paragraph):
                assert re.search(r"\b20\d\d\b", paragraph), f"{place}: {paragraph}"


def test_every_module_is_whole(material):
    for course in material.courses.values():
        assert [module.number for module in course.modules] == list(range(1, len(course.modules) + 1))
        for module in course.modules:
            kinds = [step.kind for step in module.steps]
            assert kinds[0] == "content_note"
            assert {"text", "scenario", "check"} <= set(kinds)
            assert {"helper_safety", "if_it_stirs"} <= set(module.boxes)
            assert [step.number for step in module.steps] == list(range(1, len(kinds) + 1))


def test_long_pages_are_divided_by_headings(material):
    for course in material.courses.values():
        for module in course.modules:
            for step in module.every_step():
                if step.kind == "text":
                    assert step.html.sv.count("<h2>") >= len(words_of(step.source.sv)) // 80


def test_scenarios_say_first_that_the_reader_is_safe(material):
    for course in material.courses.values():
        for module in course.modules:
            for step in module.every_step():
                if step.kind == "scenario":
                    assert "trygg" in step.scenario.node(step.scenario.start).text.sv


def test_markup_that_an_author_writes_by_hand_is_not_passed_on(copy):
    page = copy / "courses/kapabla/v1/modules/01-din-roll/02-fem-steg.sv.md"
    page.write_text('+++\ntitle = "x"\n+++\n<script>x()</script> [ut](https://example.com) *hej*\n')
    step = load_material(copy).courses["kapabla", 1].modules[0].steps[2]
    assert step.html.sv == "<p>&lt;script&gt;x()&lt;/script&gt; ut <em>hej</em></p>"


def test_another_language_falls_back_to_swedish():
    text = Text(sv="hej", en="hello")
    assert (text.get("en"), text.get("fi"), text.languages()) == ("hello", "hej", ("sv", "en"))
    with pytest.raises(UnknownLanguage):
        text.get("dk")


def test_consent_is_filled_from_the_study(material):
    study = material.studies["kapabla-2026"]
    values = consent_values(study, material)
    course = material.courses["kapabla", 1]
    consent = material.consents["kapabla-forskning", 1]
    assert (
        f"Du går igenom {len(course.modules)} korta delar. Det tar sammanlagt ungefär {course.minutes} minuter."
        in fill(consent.questions[1].short.sv, values)
    )
    for text in consent.texts():
        assert "{" not in fill(text.sv, values)


def test_a_placeholder_without_a_value_is_refused():
    with pytest.raises(PlaceholderMissing):
        fill("Det tar {tid}.", {})


def test_the_hash_of_a_consent_follows_its_words_and_not_its_status(copy, material):
    first = material.consents["kapabla-forskning", 1]
    path = copy / "consents/kapabla-forskning/v1.toml"
    assert first.model_copy(update={"status": "published"}).sha256 == first.sha256
    path.write_text(path.read_text().replace("Inget är ifyllt", "Inget är redan ifyllt"))
    assert load_material(copy).consents["kapabla-forskning", 1].sha256 != first.sha256


def test_faults_stop_the_loading(copy):
    (copy / "safety.toml").unlink()
    with pytest.raises(MaterialFaults):
        load_material(copy)


def test_default_root_is_the_folder_beside_the_package():
    assert (default_root() / "organisation.toml").is_file()
