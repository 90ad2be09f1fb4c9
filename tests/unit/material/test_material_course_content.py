"""What a course is held to beside its shape: sources, telephone numbers, trades, drawings, lists to tick (D1, D12)."""

import pytest

from kapabla.material import load_material
from kapabla.material.courses.definition import StepByRole
from kapabla.material.material import check_material

COURSE = "courses/kapabla/v1"
M2 = f"{COURSE}/modules/02-vad-ar-vald"
M7 = f"{COURSE}/modules/07-tecken-i-din-vardag"
M10 = f"{COURSE}/modules/10-din-plan-och-din-sakerhet"
STEPS = f"{COURSE}/pictures/fem-steg.svg"


@pytest.fixture
def course(material):
    return material.courses["kapabla", 1]


@pytest.fixture
def faults_with(spoil):
    """The faults when this piece of a file is another, wherever it stands."""
    return lambda file, old, new: "\n".join(spoil(file, old, new, -1))


@pytest.mark.parametrize("figure", ["15 av 100", "15 procent", "15,2 %", "5 800", "37908"])
def test_a_figure_needs_its_source_beside_it(faults_with, figure):
    found = faults_with(f"{M2}/01-mer-an-slag.sv.md", "\n\n## ", f"\n\nDet gällde {figure} elever.\n\n## ")
    assert f"page 01-mer-an-slag (sv): '{figure.split(' elever')[0]}" in found
    assert "stands without its source; name one of `sources` beside it." in found


@pytest.mark.parametrize("plain", ["112", "114 14", "år 2024", "20–24 år", "del 7"])
def test_what_is_no_figure_needs_none(faults_with, plain):
    assert faults_with(f"{M2}/01-mer-an-slag.sv.md", "\n\n## ", f"\n\nDet står {plain} här.\n\n## ") == ""


def test_a_source_that_no_text_names_is_told(faults_with):
    found = faults_with(f"{M2}/module.toml", 'cite = "Brå 2024"', 'cite = "Brå 1999"')
    assert "source Brå 1999: no text names it" in found
    assert "Brå 1999 is named without its year" in found


@pytest.mark.parametrize("number", ["020-50 50 50", "090-16 30 50", "116 111"])
def test_a_number_that_may_change_stands_in_no_page(faults_with, number):
    """It would be shown when nobody has checked it for years; under Stöd it is not (`domain.md` 2.7)."""
    found = faults_with(f"{M2}/01-mer-an-slag.sv.md", "\n\n## ", f"\n\nRing {number}.\n\n## ")
    assert f"the number {number} may change; name the line, and say that it is under Stöd." in found


def test_each_trade_has_its_own_pages_and_others_read_the_last(course, material):
    module = course.module(7)
    places = [step for step in module.steps if isinstance(step, StepByRole)]
    assert [step.kind for step in places] == ["text", "text", "scenario"]
    for place in places:
        assert [role for role, _ in place.variants] == [role.code for role in material.roles]
        assert module.step(place.number, "vet") == dict(place.variants)["vet"]
        assert module.step(place.number, "withheld") == module.step(place.number, "other_local")
        assert len({step.model_dump_json() for _, step in place.variants}) == len(material.roles)


def test_a_story_of_each_trade_is_three_decisions_deep_and_answers_in_each_way(course, material):
    """`domain.md` 2.8: what can work, what misses and what harms, and who chooses well may decide three times."""
    place = next(step for step in course.module(7).steps if step.kind == "scenario")
    assert len(place.variants) == len(material.roles) == 8
    for role, step in place.variants:
        nodes = {node.id: node for node in step.scenario.nodes}
        qualities = {choice.quality for node in nodes.values() for choice in node.choices}
        assert qualities == {"good", "missed", "harmful"}, role
        assert decisions(nodes, step.scenario.start) >= 3, role


def decisions(nodes, here, before=()):
    """The most that one way through the story asks for; a story may lead back."""
    onward = [c.next for c in nodes[here].choices if c.quality == "good" and c.next and c.next not in (*before, here)]
    return bool(nodes[here].choices) + max((decisions(nodes, next_, (*before, here)) for next_ in onward), default=0)


def test_a_trade_without_its_page_is_told(copy):
    (copy / M7 / "05-situationen.vet.toml").unlink()
    assert f"{M7}/05-situationen.vet.toml: the file is missing" in "\n".join(map(str, check_material(copy)))


def test_a_story_of_another_trade_is_told(faults_with):
    found = faults_with(f"{M7}/05-situationen.vet.toml", 'role = "vet"', 'role = "hunter"')
    assert f'{M7}/05-situationen.vet.toml: role: write role = "vet", as in the file name.' in found


def test_what_is_the_same_for_all_has_no_trades(faults_with):
    found = faults_with(f"{M7}/module.toml", 'kind = "check", ', 'kind = "check", by_role = true, ')
    assert "steps: a check is the same for all; remove by_role." in found


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("<circle", "<image", "<image> is not allowed; draw with circle, ellipse, g"),
        ('r="13"', 'r="13" onload="x()"', "the attribute onload of <circle> is not allowed; remove it."),
        ('r="13"', 'r="13" style="fill:red"', "the attribute style of <circle> is not allowed; remove it."),
        ("currentColor", "#1f5244", 'stroke="#1f5244" would vanish in the dark; write currentColor or none.'),
        ("</svg>", "", "not SVG"),
        ("</svg>", f"<!--{'x' * 6000}--></svg>", "make it simpler, at most 6000."),
        (' viewBox="0 0 320 160"', "", "it does not begin with <svg"),
    ],
    ids=["element", "script", "style", "colour", "broken", "large", "box"],
)
def test_a_drawing_that_cannot_stand_in_a_page_is_told(faults_with, old, new, told):
    found = faults_with(STEPS, old, new)
    assert told in found
    assert len(set(found.split("\n"))) == len(found.split("\n"))  # though three languages show it


def test_a_drawing_says_what_it_shows_and_carries_no_colour(course):
    page = next(step for step in course.module(1).steps if step.kind == "text" and "<svg" in step.html.sv)
    assert '<figure class="drawing"><svg role="img" aria-label="' in page.html.sv
    assert page.html.sv.split("aria-label", 1)[1] != page.html.en.split("aria-label", 1)[1]
    assert 'stroke="currentColor"' in page.html.sv


def test_a_drawing_that_only_decorates_is_passed_over_by_screen_readers(copy):
    page = copy / f"{COURSE}/modules/01-din-roll/02-fem-steg.sv.md"
    page.write_text('+++\ntitle = "x"\n[picture]\nfile = "fem-steg"\nalt = ""\n+++\nHej.\n', encoding="utf-8")
    step = next(
        s for s in load_material(copy).courses["kapabla", 1].module(1).steps if getattr(s, "slug", "") == "02-fem-steg"
    )
    assert '<svg aria-hidden="true"' in step.html.sv
    assert "role=" not in step.html.sv


def test_a_list_to_tick_has_two_to_ten_entries(copy):
    (copy / f"{M10}/05-din-plan.toml").write_text('title.sv = "x"\nintro.sv = "y"\nentries = [{text = {sv = "z"}}]\n')
    assert "entries: there are 1 entries; write two to 10." in "\n".join(map(str, check_material(copy)))
