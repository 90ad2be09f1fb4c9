"""Folders of `course_material/courses/` to checked courses."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

from kapabla.material.courses.completion import check_completion
from kapabla.material.courses.content import check_cited, check_facts, check_translated
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
from kapabla.material.unread import UNREAD, Unread, as_far_as_read, is_whole, read_or

MAX_ENTRIES = 10
_KIND_BY_KEY = {"nodes": "scenario", "questions": "check", "entries": "checklist"}


def load_courses(shelf: Shelf, boxes: set[str], roles: tuple[str, ...]) -> dict[tuple[str, int], Course]:
    """`roles` in the order of `roles.toml`."""
    courses: dict[tuple[str, int], Course] = {}
    for file in shelf.files("courses/*/v*/course.toml"):
        written = shelf.object(CourseFile, file)
        folder = file.removesuffix("/course.toml")
        if written is None or written.modules is UNREAD:
            for name in _module_folders(shelf, folder):
                _load_module(shelf, folder, name, boxes, roles)
        else:
            course = _load_course(shelf, file, written, boxes, roles)
            with suppress(Unread):
                courses[course.key] = course
    return courses


def _module_folders(shelf: Shelf, course: str) -> list[str]:
    return sorted({file.removeprefix(f"{course}/modules/").split("/")[0] for file in shelf.within(f"{course}/modules")})


def _load_course(shelf: Shelf, file: str, written: CourseFile, boxes: set[str], roles: tuple[str, ...]) -> Course:
    folder = file.removesuffix("/course.toml")
    shelf.tell(file, _check_path(written, folder))
    for name in sorted(set(_module_folders(shelf, folder)) - set(written.modules)):
        shelf.fault(file, "modules", say("the folder {name} is not in the list; add it, or remove it.", name=name))
    found = [_load_module(shelf, folder, name, boxes, roles) for name in written.modules]
    modules = tuple(module for module in found if module is not None)
    if None not in found:
        shelf.tell(file, _check_numbers(modules))
        shelf.tell(file, check_completion(written.completion, modules))
    languages = read_or(written.languages, ())
    shelf.tell(file, check_translated(written, languages))
    for name, module in zip(written.modules, found, strict=True):
        if module is not None:
            _check_module_translated(shelf, f"{folder}/modules/{name}", module, languages)
    return Course(
        id=written.id, version=written.version, status=written.status, title=written.title, summary=written.summary,
        languages=written.languages, completion=written.completion, modules=modules,
    )  # fmt: skip


@as_far_as_read
def _check_path(written: CourseFile, folder: str) -> Iterator[tuple[str, str]]:
    if folder != f"courses/{written.id}/v{written.version}":
        told = "the file says {id} version {version}; write the same in the path."
        yield "id", say(told, id=written.id, version=written.version)


@as_far_as_read
def _check_numbers(modules: tuple[Module, ...]) -> Iterator[tuple[str, str]]:
    numbers = [module.number for module in modules]
    if numbers != list(range(1, len(numbers) + 1)):
        yield "modules", say("the numbers are {numbers}; number the modules 1, 2, 3 … in this order.", numbers=numbers)


def _check_module_translated(shelf: Shelf, folder: str, module: Module, languages: tuple[Language, ...]) -> None:
    """A page has a file for each language, which is there or not; all else has its languages side by side."""
    rest = module.model_copy(update={"steps": tuple(step for step in module.steps if step.kind != "text")})
    shelf.tell(folder, check_translated(rest, languages))
    pages = (step for step in module.every_step() if isinstance(step, TextStep))
    for file in (f"{folder}/{page.slug}.{language}.md" for page in pages for language in languages):
        if not shelf.has(file):
            shelf.fault(file, "", "the file is missing, and the course promises its language; write it.")


def _load_module(shelf: Shelf, course: str, name: str, boxes: set[str], roles: tuple[str, ...]) -> Module | None:
    folder = f"{course}/modules/{name}"
    file = f"{folder}/module.toml"
    written = shelf.object(ModuleFile, file)
    if written is not None:
        shelf.tell(file, _check_module(written, folder, boxes))
    if written is None or written.steps is UNREAD or not all(map(is_whole, written.steps)):
        _read_without_list(shelf, Place(folder, f"{course}/pictures", 0, roles))
        return None
    _check_no_page_is_left_out(shelf, folder, written, roles)
    note = [] if written.content_note is None else [ContentNoteStep(number=1, note=written.content_note)]
    found = [
        _load_place(shelf, Place(folder, f"{course}/pictures", number, roles), entry)
        for number, entry in enumerate(written.steps, len(note) + 1)
    ]
    steps = (*note, *(step for step in found if step is not None))
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
        steps=steps,
    )
    shelf.tell(file, check_facts(module))
    if None not in found:
        shelf.tell(file, check_cited(module))
    return module


def _check_module(module: ModuleFile, folder: str, boxes: set[str]) -> Iterator[tuple[str, str]]:
    yield from _check_number(module, folder)
    yield from _check_boxes(module, boxes)
    yield from _check_note(module)
    yield from _check_in_short(module)
    yield from _check_kinds(module)
    yield from _check_sources(module)


@as_far_as_read
def _check_number(module: ModuleFile, folder: str) -> Iterator[tuple[str, str]]:
    if folder.rsplit("/", 1)[-1] != f"{module.number:02d}-{module.id}":
        yield (
            "number",
            say(
                "the folder should be called {number:02d}-{id}; rename it, or mend the number.",
                number=module.number,
                id=module.id,
            ),
        )


@as_far_as_read
def _check_boxes(module: ModuleFile, boxes: set[str]) -> Iterator[tuple[str, str]]:
    for box in REQUIRED_BOXES:
        if box not in module.boxes:
            yield "boxes", say("every module has the box {box}; add it.", box=box)
    for box in module.boxes:
        if boxes and box not in boxes:
            yield "boxes", say("there is no box {box} in safety.toml; write one that is.", box=box)


@as_far_as_read
def _check_note(module: ModuleFile) -> Iterator[tuple[str, str]]:
    if module.has_stories and module.content_note is None:
        yield "content_note", "a module with stories needs one; write content_note_stories."


@as_far_as_read
def _check_in_short(module: ModuleFile) -> Iterator[tuple[str, str]]:
    for language in module.in_short.languages():
        sentences = module.in_short.get(language).count(". ") + 1
        if sentences > 3:
            yield f"in_short, {language}", say("it has {count} sentences; write at most three.", count=sentences)


@as_far_as_read
def _check_kinds(module: ModuleFile) -> Iterator[tuple[str, str]]:
    for kind in ("scenario", "check"):
        if all(step.kind != kind for step in module.steps):
            yield "steps", say("the module has no {kind}, and every module has one; add it.", kind=kind)


@as_far_as_read
def _check_sources(module: ModuleFile) -> Iterator[tuple[str, str]]:
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
    roles = place.roles or _roles_there(shelf, place.folder, entry.file)
    found = [(role, _load_step(shelf, place, entry.kind, f"{entry.file}.{role}")) for role in roles]
    variants = tuple((role, step) for role, step in found if isinstance(step, TextStep | ScenarioStep))
    for role, step in variants:
        if isinstance(step, ScenarioStep):
            shelf.tell(f"{place.folder}/{entry.file}.{role}.toml", _check_role(step.scenario, role))
    return StepByRole(kind=entry.kind, number=place.number, variants=variants) if len(variants) == len(roles) else None


def _roles_there(shelf: Shelf, folder: str, stem: str) -> tuple[str, ...]:
    """While `roles.toml` cannot be read: the trades that the step has a file for."""
    begins = f"{folder}/{stem}."
    names = {file.removeprefix(begins) for file in shelf.within(folder) if file.startswith(begins)}
    return tuple(sorted({name.split(".")[0] for name in names if name.endswith((".toml", ".sv.md"))}))


@as_far_as_read
def _check_role(scenario: Scenario, role: str) -> Iterator[tuple[str, str]]:
    if scenario.role != role:
        yield "role", say('write role = "{role}", as in the file name.', role=role)


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
    shelf.tell(file, check_scenario(scenario))
    shelf.tell(file, _check_known_role(scenario, place.roles))
    return ScenarioStep(number=place.number, scenario=scenario)


def _check_known_role(scenario: Scenario, roles: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    if scenario.role is not None and roles and scenario.role not in roles:
        yield "role", say("there is no role {role} in roles.toml; write one that is.", role=scenario.role)


def _checklist_step(shelf: Shelf, file: str, listed: ChecklistFile, number: int) -> ChecklistStep:
    shelf.tell(file, _check_entries(listed))
    return ChecklistStep(number=number, title=listed.title, intro=listed.intro, entries=listed.entries)


def _check_step(shelf: Shelf, file: str, check: CheckFile, number: int) -> CheckStep:
    shelf.tell(file, _check_questions(check))
    return CheckStep(number=number, questions=check.questions)


def _check_entries(listed: ChecklistFile) -> Iterator[tuple[str, str]]:
    if not 2 <= len(listed.entries) <= MAX_ENTRIES:
        told = "there are {count} entries; write two to {highest}."
        yield "entries", say(told, count=len(listed.entries), highest=MAX_ENTRIES)


def _check_questions(check: CheckFile) -> Iterator[tuple[str, str]]:
    if not 2 <= len(check.questions) <= 4:
        yield "questions", say("there are {count} questions; write two to four.", count=len(check.questions))
    for question in check.questions:
        yield from _check_question(question)


@as_far_as_read
def _check_question(question: CheckQuestion) -> Iterator[tuple[str, str]]:
    right = sum(option.correct for option in question.options)
    if right != 1:
        yield (
            f"question {question.code}",
            say("{count} options are correct; mark one with correct = true.", count=right),
        )
    if len(question.options) < 2:
        yield f"question {question.code}", "there is nothing to choose between; write at least two options."
