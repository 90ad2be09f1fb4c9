"""Folders of `course_material/courses/` to checked courses."""

from collections.abc import Iterator
from dataclasses import dataclass

from kapabla.material.courses.completion import check_completion
from kapabla.material.courses.content import check_facts, check_translated
from kapabla.material.courses.definition import (
    MAX_WORDS_ON_PAGE,
    REQUIRED_BOXES,
    CheckFile,
    ChecklistFile,
    ChecklistStep,
    CheckQuestion,
    CheckStep,
    ContentNoteStep,
    Course,
    CourseFile,
    Module,
    ModuleFile,
    ScenarioStep,
    Step,
    StepByRole,
    StepFile,
    TextStep,
)
from kapabla.material.courses.pages import load_page
from kapabla.material.courses.scenarios import Scenario, check_scenario
from kapabla.material.faults import say
from kapabla.material.reading import Shelf
from kapabla.material.texts import LANGUAGES, Language, Text

MAX_ENTRIES = 10
_KIND_BY_KEY = {"nodes": "scenario", "questions": "check", "entries": "checklist"}


def load_courses(shelf: Shelf, boxes: set[str], roles: tuple[str, ...]) -> dict[tuple[str, int], Course]:
    """`roles` in the order of `roles.toml`."""
    courses: dict[tuple[str, int], Course] = {}
    for file in shelf.files("courses/*/v*/course.toml"):
        written = shelf.object(CourseFile, file)
        if written is None:
            folder = file.removesuffix("/course.toml")
            for name in _module_folders(shelf, folder):
                _load_module(shelf, folder, name, boxes, roles)
        else:
            course = _load_course(shelf, file, written, boxes, roles)
            courses[course.key] = course
    return courses


def _module_folders(shelf: Shelf, course: str) -> list[str]:
    return sorted({file.removeprefix(f"{course}/modules/").split("/")[0] for file in shelf.within(f"{course}/modules")})


def _load_course(shelf: Shelf, file: str, written: CourseFile, boxes: set[str], roles: tuple[str, ...]) -> Course:
    folder = file.removesuffix("/course.toml")
    if folder != f"courses/{written.id}/v{written.version}":
        shelf.fault(
            file,
            "id",
            say(
                "the file says {id} version {version}; write the same in the path.",
                id=written.id,
                version=written.version,
            ),
        )
    for name in sorted(set(_module_folders(shelf, folder)) - set(written.modules)):
        shelf.fault(file, "modules", say("the folder {name} is not in the list; add it, or remove it.", name=name))
    found = [_load_module(shelf, folder, name, boxes, roles) for name in written.modules]
    modules = tuple(module for module in found if module is not None)
    numbers = [module.number for module in modules]
    if numbers != list(range(1, len(numbers) + 1)) and None not in found:
        shelf.fault(
            file,
            "modules",
            say("the numbers are {numbers}; number the modules 1, 2, 3 … in this order.", numbers=numbers),
        )
    for place, message in check_translated(written, written.languages):
        shelf.fault(file, place, message)
    if None not in found:
        for place, message in check_completion(written.completion, modules):
            shelf.fault(file, place, message)
    for name, module in zip(written.modules, found, strict=True):
        if module is not None:
            _check_module_translated(shelf, f"{folder}/modules/{name}", module, written.languages)
    fields = written.model_dump(include={"id", "version", "status", "languages"})
    return Course(
        **fields, title=written.title, summary=written.summary, completion=written.completion, modules=modules
    )


def _check_module_translated(shelf: Shelf, folder: str, module: Module, languages: tuple[Language, ...]) -> None:
    """A page has a file for each language, which is there or not; all else has its languages side by side."""
    rest = module.model_copy(update={"steps": tuple(step for step in module.steps if step.kind != "text")})
    for place, message in check_translated(rest, languages):
        shelf.fault(folder, place, message)
    pages = (step for step in module.every_step() if isinstance(step, TextStep))
    for file in (f"{folder}/{page.slug}.{language}.md" for page in pages for language in languages):
        if not shelf.has(file):
            shelf.fault(file, "", "the file is missing, and the course promises its language; write it.")


def _load_module(shelf: Shelf, course: str, name: str, boxes: set[str], roles: tuple[str, ...]) -> Module | None:
    folder = f"{course}/modules/{name}"
    file = f"{folder}/module.toml"
    written = shelf.object(ModuleFile, file)
    if written is None:
        _read_without_list(shelf, Place(folder, f"{course}/pictures", 0, roles))
        return None
    _check_no_page_is_left_out(shelf, folder, written, roles)
    for place, message in _check_module(written, folder, boxes):
        shelf.fault(file, place, message)
    steps: list[Step | StepByRole] = []
    if written.content_note is not None:
        steps.append(ContentNoteStep(number=1, note=written.content_note))
    for entry in written.steps:
        step = _load_place(shelf, Place(folder, f"{course}/pictures", len(steps) + 1, roles), entry)
        if step is not None:
            steps.append(step)
    module = Module(
        number=written.number,
        id=written.id,
        title=written.title,
        minutes=written.minutes,
        has_stories=written.has_stories,
        content_note=written.content_note,
        goal=written.goal,
        in_short=written.in_short,
        boxes=written.boxes,
        sources=written.sources,
        steps=tuple(steps),
    )
    for place, message in check_facts(module):
        shelf.fault(file, place, message)
    return module


def _check_module(module: ModuleFile, folder: str, boxes: set[str]) -> Iterator[tuple[str, str]]:
    if folder.rsplit("/", 1)[-1] != f"{module.number:02d}-{module.id}":
        yield (
            "number",
            say(
                "the folder should be called {number:02d}-{id}; rename it, or mend the number.",
                number=module.number,
                id=module.id,
            ),
        )
    for box in REQUIRED_BOXES:
        if box not in module.boxes:
            yield "boxes", say("every module has the box {box}; add it.", box=box)
    for box in module.boxes:
        if boxes and box not in boxes:
            yield "boxes", say("there is no box {box} in safety.toml; write one that is.", box=box)
    if module.has_stories and module.content_note is None:
        yield "content_note", "a module with stories needs one; write content_note_stories."
    sentences = module.in_short.sv.count(". ") + 1
    if sentences > 3:
        yield "in_short", say("it has {count} sentences; write at most three.", count=sentences)
    for kind in ("scenario", "check"):
        if all(step.kind != kind for step in module.steps):
            yield "steps", say("the module has no {kind}, and every module has one; add it.", kind=kind)
    for cite in sorted({source.cite for source in module.sources if str(source.year) not in source.cite}):
        yield (
            "sources",
            say("{cite} is named without its year; write the year in `cite`, as the texts then show it.", cite=cite),
        )


def _check_no_page_is_left_out(shelf: Shelf, folder: str, module: ModuleFile, roles: tuple[str, ...]) -> None:
    if not roles and any(step.by_role for step in module.steps):
        return  # roles.toml cannot be read, which is told there
    stems = {f"{step.file}.{role}" for step in module.steps if step.by_role for role in roles}
    stems |= {step.file for step in module.steps}
    endings = ("toml", *(f"{language}.md" for language in LANGUAGES))
    named = {f"{folder}/{stem}.{ending}" for stem in stems for ending in endings} | {f"{folder}/module.toml"}
    for file in shelf.within(folder):
        if file not in named:
            shelf.fault(
                file, "", "no step names the file; name it in `steps` of module.toml, mend its name, or remove it."
            )


def _read_without_list(shelf: Shelf, place: "Place") -> None:
    """The steps are not known. What lies in the folder is read all the same, so that no fault waits for another."""
    for file in shelf.within(place.folder):
        name = file.removeprefix(f"{place.folder}/")
        if name.endswith(".sv.md"):
            _load_step(shelf, place, "text", name.removesuffix(".sv.md"))
        elif name.endswith(".toml") and name != "module.toml":
            raw = shelf.toml(file) or {}
            kind = next((kind for key, kind in _KIND_BY_KEY.items() if key in raw), None)
            if kind:
                _load_step(shelf, place, kind, name.removesuffix(".toml"))


@dataclass(frozen=True)
class Place:
    """Where a step stands: the folder of its module, that of the pictures, its number, and the trades there are."""

    folder: str
    pictures: str
    number: int
    roles: tuple[str, ...]


def _load_place(shelf: Shelf, place: Place, entry: StepFile) -> Step | StepByRole | None:
    if not entry.by_role:
        return _load_step(shelf, place, entry.kind, entry.file)
    if entry.kind not in ("text", "scenario"):
        shelf.fault(
            f"{place.folder}/module.toml",
            "steps",
            say("a {kind} is the same for all; remove by_role.", kind=entry.kind),
        )
        return None
    found = [(role, _load_step(shelf, place, entry.kind, f"{entry.file}.{role}")) for role in place.roles]
    variants = tuple((role, step) for role, step in found if isinstance(step, TextStep | ScenarioStep))
    for role, step in variants:
        if isinstance(step, ScenarioStep) and step.scenario.role != role:
            shelf.fault(
                f"{place.folder}/{entry.file}.{role}.toml",
                "role",
                say('write role = "{role}", as in the file name.', role=role),
            )
    return StepByRole(kind=entry.kind, number=place.number, variants=variants) if variants else None


def _load_step(shelf: Shelf, place: Place, kind: str, name: str) -> Step | None:
    if kind == "text":
        return _text_step(shelf, place, name)
    file = f"{place.folder}/{name}.toml"
    if kind == "scenario":
        scenario = shelf.object(Scenario, file)
        return None if scenario is None else _scenario_step(shelf, file, scenario, place)
    if kind == "checklist":
        listed = shelf.object(ChecklistFile, file)
        return None if listed is None else _checklist_step(shelf, file, listed, place.number)
    check = shelf.object(CheckFile, file)
    return None if check is None else _check_step(shelf, file, check, place.number)


def _text_step(shelf: Shelf, place: Place, slug: str) -> TextStep | None:
    stem = f"{place.folder}/{slug}"
    pages = load_page(shelf, stem, place.pictures)
    for language, page in pages.items():
        if page.words > MAX_WORDS_ON_PAGE:
            shelf.fault(
                f"{stem}.{language}.md",
                "",
                say(
                    "the page has {count} words; split it, at most {highest}.",
                    count=page.words,
                    highest=MAX_WORDS_ON_PAGE,
                ),
            )
    if "sv" not in pages:
        return None
    return TextStep(
        number=place.number,
        slug=slug,
        title=Text(**{language: page.title for language, page in pages.items()}),
        html=Text(**{language: page.html for language, page in pages.items()}),
        source=Text(**{language: page.markdown for language, page in pages.items()}),
    )


def _scenario_step(shelf: Shelf, file: str, scenario: Scenario, place: Place) -> ScenarioStep:
    for where, message in check_scenario(scenario):
        shelf.fault(file, where, message)
    if scenario.role is not None and place.roles and scenario.role not in place.roles:
        shelf.fault(file, "role", say("there is no role {role} in roles.toml; write one that is.", role=scenario.role))
    return ScenarioStep(number=place.number, scenario=scenario)


def _checklist_step(shelf: Shelf, file: str, listed: ChecklistFile, number: int) -> ChecklistStep:
    if not 2 <= len(listed.entries) <= MAX_ENTRIES:
        shelf.fault(
            file,
            "entries",
            say("there are {count} entries; write two to {highest}.", count=len(listed.entries), highest=MAX_ENTRIES),
        )
    return ChecklistStep(number=number, title=listed.title, intro=listed.intro, entries=listed.entries)


def _check_step(shelf: Shelf, file: str, check: CheckFile, number: int) -> CheckStep:
    if not 2 <= len(check.questions) <= 4:
        shelf.fault(
            file, "questions", say("there are {count} questions; write two to four.", count=len(check.questions))
        )
    for question in check.questions:
        for place, message in _check_question(question):
            shelf.fault(file, place, message)
    return CheckStep(number=number, questions=check.questions)


def _check_question(question: CheckQuestion) -> Iterator[tuple[str, str]]:
    right = sum(option.correct for option in question.options)
    if right != 1:
        yield (
            f"question {question.code}",
            say("{count} options are correct; mark one with correct = true.", count=right),
        )
    if len(question.options) < 2:
        yield f"question {question.code}", "there is nothing to choose between; write at least two options."
