"""What a course is: modules in order, each with its steps. Values only; no reading."""

from typing import Annotated, Literal

from pydantic import Field

from kapabla.material.courses.scenarios import Scenario
from kapabla.material.instruments.definition import Status
from kapabla.material.texts import Frozen, Text

Slug = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
ContentNote = Literal["content_note_stories", "content_note_children", "content_note_weapons"]

# Safety stands in every module, not in one: `domain.md` finding 12.
REQUIRED_BOXES = ("helper_safety", "if_it_stirs")
MAX_WORDS_ON_PAGE = 250


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


Step = ContentNoteStep | TextStep | ScenarioStep | CheckStep


class StepFile(Frozen):
    kind: Literal["text", "scenario", "check"]
    file: Slug


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
    steps: tuple[Step, ...]

    def step(self, number: int) -> Step | None:
        return self.steps[number - 1] if 1 <= number <= len(self.steps) else None


class CourseFile(Frozen):
    """`course.toml`, before its modules are read."""

    id: Slug
    version: int = Field(ge=1)
    status: Status
    title: Text
    summary: Text
    modules: tuple[str, ...]


class Course(Frozen):
    id: str
    version: int
    status: Status
    title: Text
    summary: Text
    modules: tuple[Module, ...]

    @property
    def key(self) -> tuple[str, int]:
        return (self.id, self.version)

    @property
    def minutes(self) -> int:
        return sum(module.minutes for module in self.modules)

    def module(self, number: int) -> Module | None:
        return next((module for module in self.modules if module.number == number), None)
