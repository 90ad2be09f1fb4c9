"""What a course is: modules in order, each with its steps. Values only; no reading."""

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field

from kapabla.material.courses.completion import CompletionRule
from kapabla.material.courses.scenarios import ContentNote, Scenario
from kapabla.material.instruments.definition import Status
from kapabla.material.texts import Frozen, Language, Text

Slug = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]

# Safety stands in every module, not in one: `domain.md` finding 12.
REQUIRED_BOXES = ("helper_safety", "if_it_stirs")
MAX_WORDS_ON_PAGE = 250


class Source(Frozen):
    """Where a fact was read. `cite` is how the texts name it, with its year: "Brå 2024"."""

    cite: Annotated[str, Field(min_length=1)]
    title: Text
    year: Annotated[int, Field(ge=1900, le=2100)]
    address: str | None = None


class CheckOption(Frozen):
    text: Text
    correct: bool = False
    feedback: Text


class CheckQuestion(Frozen):
    code: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=26)]
    text: Text
    options: tuple[CheckOption, ...]

    @property
    def correct(self) -> int:
        """The index of the right option."""
        return next(index for index, option in enumerate(self.options) if option.correct)


class CheckFile(Frozen):
    questions: tuple[CheckQuestion, ...]


class ContentNoteStep(Frozen):
    """Before what may be hard to read; its words are the safety box named `note`."""

    kind: Literal["content_note"] = "content_note"
    number: int
    note: ContentNote


class TextStep(Frozen):
    """A page to read. `html` is rendered once, cleaned, and safe to show as it is."""

    kind: Literal["text"] = "text"
    number: int
    slug: str
    title: Text
    html: Text
    source: Text  # the Markdown, for readability checks and the list of texts


class ScenarioStep(Frozen):
    kind: Literal["scenario"] = "scenario"
    number: int
    scenario: Scenario


class CheckStep(Frozen):
    kind: Literal["check"] = "check"
    number: int
    questions: tuple[CheckQuestion, ...]


class ChecklistEntry(Frozen):
    text: Text


class ChecklistFile(Frozen):
    title: Text
    intro: Text
    entries: tuple[ChecklistEntry, ...]


class ChecklistStep(Frozen):
    """Something to tick off for oneself. A tick is neither sent nor kept: a plan can put somebody in danger."""

    kind: Literal["checklist"] = "checklist"
    number: int
    title: Text
    intro: Text
    entries: tuple[ChecklistEntry, ...]


Step = ContentNoteStep | TextStep | ScenarioStep | CheckStep | ChecklistStep


class StepByRole(Frozen):
    """One place in the module that each trade has its own page for, in the order of `roles.toml`."""

    kind: Literal["text", "scenario"]
    number: int
    variants: tuple[tuple[str, TextStep | ScenarioStep], ...]

    def for_role(self, role: str) -> TextStep | ScenarioStep:
        """The last trade is "another role": who has none of the others, or does not want to say, reads that."""
        return dict(self.variants).get(role, self.variants[-1][1])


class StepFile(Frozen):
    kind: Literal["text", "scenario", "check", "checklist"]
    file: Slug
    by_role: bool = False


class ModuleFile(Frozen):
    """`module.toml`, before its pages are read."""

    number: Annotated[int, Field(ge=1)]
    id: Slug
    title: Text
    minutes: Annotated[int, Field(ge=1)]
    has_stories: bool = False
    content_note: ContentNote | None = None
    goal: Text
    in_short: Text
    boxes: tuple[str, ...] = REQUIRED_BOXES
    sources: tuple[Source, ...] = ()
    steps: tuple[StepFile, ...]


class Module(Frozen):
    number: int
    id: str
    title: Text
    minutes: int
    has_stories: bool
    content_note: ContentNote | None
    goal: Text
    in_short: Text
    boxes: tuple[str, ...]
    sources: tuple[Source, ...]
    steps: tuple[Step | StepByRole, ...]

    def step(self, number: int, role: str) -> Step | None:
        """The step as somebody of this trade meets it."""
        if not 1 <= number <= len(self.steps):
            return None
        step = self.steps[number - 1]
        return step.for_role(role) if isinstance(step, StepByRole) else step

    def every_step(self) -> Iterator[Step]:
        """Every page that somebody may meet: those of all trades too."""
        for step in self.steps:
            if isinstance(step, StepByRole):
                yield from (variant for _, variant in step.variants)
            else:
                yield step


class CourseFile(Frozen):
    """`course.toml`, before its modules are read."""

    id: Slug
    version: int = Field(ge=1)
    status: Status
    title: Text
    summary: Text
    languages: tuple[Language, ...] = ("sv",)
    completion: CompletionRule
    modules: tuple[str, ...]


class Course(Frozen):
    id: str
    version: int
    status: Status
    title: Text
    summary: Text
    languages: tuple[Language, ...]
    completion: CompletionRule
    modules: tuple[Module, ...]

    @property
    def key(self) -> tuple[str, int]:
        return (self.id, self.version)

    @property
    def minutes(self) -> int:
        return sum(module.minutes for module in self.modules)

    def module(self, number: int) -> Module | None:
        return next((module for module in self.modules if module.number == number), None)
