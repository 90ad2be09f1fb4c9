"""A step of the course as it is shown, and what a form of it has done: for pages, for packages and for the queue."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import abort, render_template, url_for

from kapabla.answers.progress import Event
from kapabla.material.courses.definition import CheckStep, Course, Module, ScenarioStep, Step


@dataclass(frozen=True)
class Reading:
    """A step of a module as somebody of one trade meets it."""

    course: Course
    module: Module
    step: Step

    @property
    def number(self) -> int:
        return self.step.number

    @property
    def first_text(self) -> int:
        """The page that says what the module is for."""
        return next((step.number for step in self.module.steps if step.kind == "text"), 0)

    @property
    def total(self) -> int:
        return len(self.module.steps)

    @property
    def following(self) -> str:
        return self._address(self.number + 1)

    @property
    def past_the_stories(self) -> str:
        rest = [step.number for step in self.module.steps if step.number not in self.stories]
        return self._address(next((number for number in rest if number > self.number), rest[0] if rest else 0))

    @property
    def stories(self) -> list[int]:
        """What is skipped from here: from the note of the module all its stories, from that of one story only that."""
        if self.step.kind == "scenario":
            return [self.number]
        return [step.number for step in self.module.steps if step.kind in ("content_note", "scenario")]

    def _address(self, number: int) -> str:
        if 1 <= number <= self.total:
            return url_for("participant.module_step", module=self.module.number, number=number)
        return url_for("participant.module_done", module=self.module.number)


def find_reading(course: Course, module: int, number: int, role: str) -> Reading:
    found = course.module(module)
    step = found.step(number, role) if found else None
    if found is None or step is None:
        abort(404)
    return Reading(course, found, step)


def opening(reading: Reading) -> dict[str, Any]:
    """What a step is shown with when it is first opened: a story from its start, after its own note."""
    if not isinstance(reading.step, ScenarioStep):
        return {}
    scenario = reading.step.scenario
    return {"node": scenario.node(scenario.start), "warned": scenario.content_note is None}


def show_step(reading: Reading, key: str, **context: Any) -> str:
    known: dict[str, Any] = {
        "node": None,
        "warned": True,
        "choice": None,
        "following_node": None,
        "given": {},
        "checked": False,
        "every_feedback": False,
        "error": False,
    }
    return render_template(
        "participant/module_step.html", reading=reading, module=reading.module, step=reading.step, key=key,
        before=reading.number - 1 or None, **(known | context),
    )  # fmt: skip


def events_of(reading: Reading, form: Mapping[str, str]) -> dict[str, Event]:
    """What the form has done, by the ending that tells its events apart. Empty where it only asks to see something."""
    module, number, step = reading.module.number, reading.number, reading.step
    doing = form.get("gor", "klar")
    if doing == "hoppa":
        return {f"-{story}": Event("skipped", module, story) for story in reading.stories}
    if doing == "valj" and isinstance(step, ScenarioStep):
        node = step.scenario.node(form.get("nod", ""))
        choice = node.choice(form.get("val", "")) if node else None
        return {"": Event("choice", module, number, node.id, choice.code)} if node and choice else {}
    if doing == "svara" and isinstance(step, CheckStep):
        return {
            f"-{code}"[:12]: Event("answer", module, number, code, str(option))
            for code, option in answers_of(step, form).items()
        }
    return {} if doing == "nod" else {"": Event("read", module, number)}


def answers_of(step: CheckStep, form: Mapping[str, str]) -> dict[str, int]:
    given: dict[str, int] = {}
    for question in step.questions:
        typed = form.get(question.code, "")
        if typed.isdigit() and int(typed) < len(question.options):
            given[question.code] = int(typed)
    return given
