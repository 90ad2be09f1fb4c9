"""What a form of a step of the course has done, and the step as shown: for pages, packages and the queue."""

from collections.abc import Mapping

from flask import abort, render_template

from kapabla.answers.progress import Event
from kapabla.material.courses.definition import CheckStep, Course, ScenarioStep
from kapabla.web import module_page
from kapabla.web.module_page import Reading, StepView

ADDRESS = "/delar"


def find_reading(course: Course, module: int, number: int, role: str) -> Reading:
    return module_page.find_reading(course, module, number, role, address=ADDRESS) or abort(404)


def show_step(reading: Reading, key: str, view: StepView) -> str:
    return render_template(
        "participant/module_step.html", reading=reading, module=reading.module, step=reading.step, key=key,
        before=reading.number - 1 or None, **view.context,
    )  # fmt: skip


def events_of(reading: Reading, form: Mapping[str, str]) -> dict[str, Event]:
    """What the form has done, by the ending that tells its events apart. Empty where it only asks to see something."""
    module, number, step = reading.module.number, reading.number, reading.step
    doing = form.get("gor", "klar")
    if doing == "hoppa":
        return {f"-{story}": Event("skipped", module, story) for story in reading.stories}
    if doing == "valj" and isinstance(step, ScenarioStep):
        view = module_page.chosen(step, form)
        if view is None or view.node is None or view.choice is None:
            return {}
        return {"": Event("choice", module, number, view.node.id, view.choice.code)}
    if doing == "svara" and isinstance(step, CheckStep):
        return {
            f"-{code}"[:12]: Event("answer", module, number, code, str(option))
            for code, option in module_page.answered(step, form).given.items()
        }
    return {} if doing == "nod" else {"": Event("read", module, number)}
