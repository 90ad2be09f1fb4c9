"""What is in a package: the pages of a course or of a questionnaire, made by their own templates for nobody in
particular. A telephone puts a page together again from its frame, title and main part, and decides nothing but which.
"""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import product
from typing import Any

from flask import g, render_template, url_for

from kapabla.material.courses.definition import CheckStep, Course, Module, ScenarioStep
from kapabla.material.instruments import Item, Questionnaire, QuestionnairePage, pages_to_show
from kapabla.material.instruments.rules import items_of
from kapabla.material.texts import Language
from kapabla.web import language, module_page
from kapabla.web.module_page import Reading, StepView
from kapabla.web.participant.asking import Asking
from kapabla.web.participant.asking_page import show_questions, speak
from kapabla.web.participant.reading import ADDRESS, find_reading, show_step

# The telephone writes a key of its own where this stands, one for each page that it shows.
KEY = "{nyckel}"
_PARTS = re.compile(r"(.*<title>)(.*?)(</title>.*<main[^>]*>)(.*?)(</main>.*)", re.S)
_MOST_VARIANTS = 60


@dataclass
class Pages:
    """The pages made so far, by address. A frame is what all pages of a language have around them, kept once."""

    chosen: Language
    frames: dict[str, str] = field(default_factory=dict)
    made: dict[str, list[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        g.chosen_language, g.device, g.is_kept = self.chosen, "own", True

    def add(self, address: str, html: str) -> None:
        found = _PARTS.fullmatch(html)
        assert found is not None
        start, title, middle, main, end = found.groups()
        frame = f"{start}{{title}}{middle}{{main}}{end}"
        assert self.frames.setdefault(language.current(), frame) == frame, "one frame a language"
        self.made[address] = [language.current(), title, main]

    def take(self) -> dict[str, list[str]]:
        taken, self.made = self.made, {}
        return taken


def course_lines(course: Course, role: str, chosen: Language) -> Iterator[str]:
    """A line of JSON for what is common, and one for each module, so that a telephone can tell how many have come."""
    pages = Pages(chosen)
    language.narrow(course.languages)
    pages.add("/delar", render_template("participant/modules_offline.html", course=course))
    pages.add("/paus", render_template("participant/pause_offline.html"))
    common = pages.take()
    modules = [_module(course, module, role, pages) for module in course.modules]
    yield json.dumps({"frames": pages.frames, "pages": common, "modules": len(modules)}, ensure_ascii=False)
    yield from (json.dumps(module, ensure_ascii=False) for module in modules)


def _module(course: Course, module: Module, role: str, pages: Pages) -> dict[str, Any]:
    """`go`: where each page's form leads, when it is done and when its stories are skipped."""
    go: dict[str, list[str]] = {}
    for number in range(1, len(module.steps) + 1):
        reading = find_reading(course, module.number, number, role)
        address = f"/delar/{module.number}/{number}"
        go[address] = [reading.following, reading.past_the_stories]
        pages.add(address, show_step(reading, KEY, module_page.opened(reading.step)))
        if isinstance(reading.step, ScenarioStep):
            _scenario(reading, reading.step, address, pages)
        elif isinstance(reading.step, CheckStep):
            pages.add(f"{address}?svara", show_step(reading, KEY, StepView(checked=True, every_feedback=True)))
    following = course.module(module.number + 1)
    done = render_template(
        "participant/module_done.html", module=module, over=None, following=following, unfinished=1, address=ADDRESS,
        onward=url_for("participant.continue_journey"),
    )  # fmt: skip
    pages.add(f"/delar/{module.number}/klar", done)
    return {"pages": pages.take(), "go": go}


def _scenario(reading: Reading, step: ScenarioStep, address: str, pages: Pages) -> None:
    for node in step.scenario.nodes:
        pages.add(f"{address}?nod={node.id}", show_step(reading, KEY, StepView(node=node)))
        if node.choices:
            pages.add(f"{address}?nod={node.id}&val=", show_step(reading, KEY, StepView(node=node, error=True)))
        for choice in node.choices:
            following = step.scenario.node(choice.next) if choice.next else None
            page = show_step(reading, KEY, StepView(node=node, choice=choice, following_node=following))
            pages.add(f"{address}?nod={node.id}&val={choice.code}", page)


def questions_line(
    questionnaire: Questionnaire, seed: int, role: str, chosen: Language, *, is_before_course: bool
) -> str:
    """Every page that needs no answer from another page; those that do need coverage, and so does sending in then."""
    pages = Pages(chosen)
    asking = Asking(questionnaire, pages_to_show(questionnaire, {}), {}, seed=seed)
    left_out = [page for page in questionnaire.pages if not _stands_alone(page)]
    gates: dict[str, Any] = {}
    order: list[int] = []
    _speak_for_all(asking)
    pages.add(
        f"/fragor/{asking.slug}/0",
        render_template("participant/questions_intro.html", asking=asking, resumed=False, is_before=is_before_course),
    )
    for page in asking.pages:
        if page.number in {other.number for other in left_out} or not any(_asked(page.items)):
            continue
        order.append(page.number)
        gate = _add_page(asking, page, role, pages)
        if gate:
            gates[str(page.number)] = gate
    _speak_for_all(asking)
    if not left_out:
        pages.add(f"/fragor/{asking.slug}/skicka", render_template("participant/send_offline.html", asking=asking))
        pages.add(f"/fragor/{asking.slug}/tack", render_template("participant/sent_offline.html"))
    pages.add("/paus", render_template("participant/pause_offline.html"))
    made = {"slug": asking.slug, "order": order, "gates": gates, "pages": pages.take(), "frames": pages.frames}
    return json.dumps(made, ensure_ascii=False)


def _speak_for_all(asking: Asking) -> None:
    instruments = asking.questionnaire.instruments
    language.narrow([tongue for tongue in instruments[0].languages if all(tongue in i.languages for i in instruments)])


def _add_page(asking: Asking, page: QuestionnairePage, role: str, pages: Pages) -> dict[str, Any]:
    speak(asking, page)
    address = f"/fragor/{asking.slug}/{page.number}"
    with_note = "content_note_questions" in page.boxes
    if with_note:
        note = render_template("participant/questions_note.html", asking=asking, page=page, key=KEY, made="")
        pages.add(address, note)
    pages.add(f"{address}?visa=1" if with_note else address, _show(asking, page, role, {}))
    shown: dict[str, int] = {}
    gate = _gate(asking.questionnaire, page)
    for values in product(*(_values(item) for item in gate)):
        given = {item.code: value for item, value in zip(gate, values, strict=True) if value is not None}
        opened = next(p for p in pages_to_show(asking.questionnaire, given) if p.number == page.number)
        if len(opened.items) > len(page.items):
            name = "|".join("" if value is None else str(value) for value in values)
            shown[name] = len(opened.items)
            posted = {code: [str(value)] for code, value in given.items()}
            pages.add(f"{address}?visad={name}", _show(asking, opened, role, posted))
    return {"items": [item.code for item in gate], "shown": shown} if shown else {}


def _show(asking: Asking, page: QuestionnairePage, role: str, given: dict[str, list[str]]) -> str:
    return show_questions(asking, page, list(_asked(page.items)), given, role, key=KEY, made="")


def _asked(items: Iterable[Item]) -> Iterator[Item]:
    """What is known of the person is not asked where nothing personal may stand (the placement has it already)."""
    return (item for item in items if not item.confirms)


def _gate(questionnaire: Questionnaire, page: QuestionnairePage) -> list[Item]:
    whole = questionnaire.page(page.number) or page
    return [item for item in whole.items if item.code in _looked_at(whole)]


def _values(item: Item) -> list[int | None]:
    return [None, *(option.value for option in item.options if option.missing is None)]


def _stands_alone(page: QuestionnairePage) -> bool:
    """Whether what it shows follows from choices on the very page, few enough to make every way beforehand."""
    gate = [item for item in page.items if item.code in _looked_at(page)]
    ways = 1
    for item in gate:
        ways *= len(_values(item))
    here = all(wave is None for item in page.items if item.show_if for wave, _ in items_of(item.show_if))
    single = all(item.kind in ("single", "knowledge") for item in gate)
    return here and single and len(gate) == len(_looked_at(page)) and ways <= _MOST_VARIANTS


def _looked_at(page: QuestionnairePage) -> set[str]:
    return {code for item in page.items if item.show_if for _, code in items_of(item.show_if)}
