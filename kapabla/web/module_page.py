"""A step of a module as its template shows it, and what a press of a button leads to. Nothing is recorded here."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from kapabla.material.courses.definition import CheckStep, ScenarioStep, Step
from kapabla.material.courses.scenarios import Choice, Node


@dataclass(frozen=True)
class StepView:
    """`node` is where the story stands, `choice` what was just chosen there; `given` the answers to a check."""

    node: Node | None = None
    warned: bool = True
    choice: Choice | None = None
    following_node: Node | None = None
    given: Mapping[str, int] = field(default_factory=dict)
    checked: bool = False
    error: bool = False

    @property
    def context(self) -> dict[str, Any]:
        return dict(vars(self))


def opened(step: Step) -> StepView:
    if not isinstance(step, ScenarioStep):
        return StepView()
    scenario = step.scenario
    return StepView(node=scenario.node(scenario.start), warned=scenario.content_note is None)


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
