"""A step of a module as its template shows it, and what a press of a button leads to. Nothing is recorded here."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import abort

from kapabla.material.courses.definition import CheckStep, Course, Module, ScenarioStep, Step
from kapabla.material.courses.scenarios import Choice, Node


@dataclass(frozen=True)
class Reading:
    """A step of a module as somebody of one trade meets it. The links of its page begin with `address`."""

    course: Course
    module: Module
    step: Step
    address: str

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
        return f"{self.address}/{self.module.number}/{number if 1 <= number <= self.total else 'klar'}"


def find_reading(course: Course, module: int, number: int, role: str, *, address: str) -> Reading | None:
    found = course.module(module)
    step = found.step(number, role) if found else None
    return Reading(course, found, step, address) if found and step else None


@dataclass(frozen=True)
class StepView:
    """`node` is where the story stands, `choice` what was just chosen there; `given` the answers to a check."""

    node: Node | None = None
    warned: bool = True
    choice: Choice | None = None
    following_node: Node | None = None
    given: Mapping[str, int] = field(default_factory=dict)
    checked: bool = False
    every_feedback: bool = False
    error: bool = False

    @property
    def context(self) -> dict[str, Any]:
        return dict(vars(self))


def opened(step: Step) -> StepView:
    if not isinstance(step, ScenarioStep):
        return StepView()
    scenario = step.scenario
    return StepView(node=scenario.node(scenario.start), warned=scenario.content_note is None)


def pressed(step: Step, doing: str, form: Mapping[str, str]) -> StepView | None:
    """What is shown at once of a press; None where it leads on to the next step."""
    if isinstance(step, ScenarioStep) and doing in ("valj", "nod"):
        return (chosen if doing == "valj" else at_node)(step, form) or abort(404)
    if isinstance(step, CheckStep) and doing == "svara":
        return answered(step, form)
    return None


def at_node(step: ScenarioStep, form: Mapping[str, str]) -> StepView | None:
    node = step.scenario.node(form.get("nod", ""))
    return StepView(node=node) if node else None


def chosen(step: ScenarioStep, form: Mapping[str, str]) -> StepView | None:
    """None where the story has no such place; an error where nothing was chosen."""
    node = step.scenario.node(form.get("nod", ""))
    if node is None:
        return None
    choice = node.choice(form.get("val", ""))
    if choice is None:
        return StepView(node=node, error=True)
    following = step.scenario.node(choice.next) if choice.next else None
    return StepView(node=node, choice=choice, following_node=following)


def answered(step: CheckStep, form: Mapping[str, str]) -> StepView:
    given: dict[str, int] = {}
    for question in step.questions:
        typed = form.get(question.code, "")
        if typed.isdigit() and int(typed) < len(question.options):
            given[question.code] = int(typed)
    return StepView(given=given, checked=True)
