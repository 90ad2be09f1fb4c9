"""When a course is completed: a rule that is data, and a pure function of the days on which steps were over (D4)."""

import math
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from kapabla.material.faults import say
from kapabla.material.texts import Frozen
from kapabla.material.unread import as_far_as_read

if TYPE_CHECKING:
    from kapabla.material.courses.definition import Course, Module

# Module and step to the day on which the step was first read or skipped.
OverOn = Mapping[tuple[int, int], date]


class CompletionRule(Frozen):
    """Which modules have to be gone through, which share of the steps of each, and whether exercises are among them."""

    modules: tuple[int, ...] = ()  # empty: all
    share_of_steps: Annotated[float, Field(gt=0, le=1)]
    checks_count: bool

    def asks_for(self, module: "Module") -> bool:
        return not self.modules or module.number in self.modules

    def counted_steps(self, module: "Module") -> tuple[int, ...]:
        return tuple(step.number for step in module.steps if self.checks_count or step.kind != "check")

    def needed_steps(self, module: "Module") -> int:
        return math.ceil(round(self.share_of_steps * len(self.counted_steps(module)), 9))


def completed_on(course: "Course", over_on: OverOn) -> date | None:
    """The day on which the rule was first met, or None. Reading a step again afterwards changes nothing (D7).

    Example: four steps over on days 1, 2, 3 and 9 and a share of 0.75: the module is completed on day 3. The course is
    completed on the day on which the last of its modules is.
    """
    days = []
    for module in course.modules:
        if course.completion.asks_for(module):
            day = _module_completed_on(course.completion, module, over_on)
            if day is None:
                return None
            days.append(day)
    return max(days, default=None)


def _module_completed_on(rule: CompletionRule, module: "Module", over_on: OverOn) -> date | None:
    over = sorted(
        over_on[module.number, step] for step in rule.counted_steps(module) if (module.number, step) in over_on
    )
    needed = rule.needed_steps(module)
    return over[needed - 1] if len(over) >= needed else None


@as_far_as_read
def check_completion(rule: CompletionRule, modules: Sequence["Module"]) -> Iterator[tuple[str, str]]:
    numbers = {module.number for module in modules}
    for number in rule.modules:
        if number not in numbers:
            yield (
                "completion, modules",
                say("there is no module {number}; write the numbers of modules that are there.", number=number),
            )
    for module in modules:
        if rule.asks_for(module) and not rule.counted_steps(module):
            yield (
                "completion, checks_count",
                say(
                    "module {number} has exercises alone; let them count, or leave the module out.",
                    number=module.number,
                ),
            )
