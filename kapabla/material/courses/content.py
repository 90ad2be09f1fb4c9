"""What the texts of a module must hold together: a figure stands with its source, a telephone number stands where it is
checked, and a language is whole."""

import re
from collections.abc import Iterable, Iterator

from kapabla.material.courses.definition import ChecklistStep, CheckStep, Module, ScenarioStep, TextStep
from kapabla.material.faults import say
from kapabla.material.texts import LANGUAGES, Language, texts_in
from kapabla.material.unread import UNREAD, Unread, as_far_as_read

# A share, a count from a study, or a number of four digits or more that is no year and no telephone number.
_FIGURE = re.compile(
    r"\d+ (?:av|of|out of) (?:100|hundra)|\d+(?:[,.]\d+)? ?(?:procent|per cent|percent|%)|"
    r"\b(?!(?:19|20)\d\d\b)\d{1,3}[ \u00a0]?\d{3}\b"
)

_ALWAYS = re.compile(r"\b(?:112|114 14)\b")
_TELEPHONE = re.compile(r"\b0\d{1,3}-[\d \u00a0]*\d|\b116 ?\d{3}\b")


@as_far_as_read
def check_facts(module: Module) -> Iterator[tuple[str, str]]:
    cites = [source.cite for source in module.sources]
    for place, part in _parts(module):
        yield from _check_part(place, part, cites)


@as_far_as_read
def check_cited(module: Module) -> Iterator[tuple[str, str]]:
    """Whether each source is named; nobody knows while a text could not be read."""
    everything = [text for _, part in _parts(module) for _, text in _read_together(part)]
    for source in module.sources:
        if not any(source.cite in text for text in everything):
            yield f"source {source.cite}", "no text names it; name it where its fact stands, or remove it."


@as_far_as_read
def _check_part(place: str, part: object, cites: list[str]) -> Iterator[tuple[str, str]]:
    for language, text in _read_together(part):
        rest = _ALWAYS.sub("", text)
        figure = _FIGURE.search(_TELEPHONE.sub("", rest))
        if figure and not any(cite in text for cite in cites):
            yield (
                f"{place} ({language})",
                say("{figure!r} stands without its source; name one of `sources` beside it.", figure=figure[0]),
            )
        number = _TELEPHONE.search(rest)
        if number:
            # What stands in a page is there for ever; a number is shown only while somebody has checked it.
            yield (
                f"{place} ({language})",
                say("the number {number} may change; name the line, and say that it is under Stöd.", number=number[0]),
            )


@as_far_as_read
def check_translated(
    part: object, languages: Iterable[Language], promised_by: str = "the course"
) -> Iterator[tuple[str, str]]:
    """A page is shown in a language when all of it is written in it, so a course promises only what is whole."""
    for language in languages:
        for place, text in texts_in(part):
            # The title of a source is shown as it was published.
            if getattr(text, language) is None and not place.startswith("sources"):
                yield (
                    place,
                    say(
                        "it is not written in {language}, which {promised_by} promises; write it.",
                        language=language,
                        promised_by=promised_by,
                    ),
                )


def _read_together(part: object) -> Iterator[tuple[Language, str]]:
    """What a reader has before her at the same time, in each language: a page, a node of a story, a question."""
    if part is UNREAD:
        raise Unread
    texts = [text for _, text in texts_in(part)]
    for language in LANGUAGES:
        written = [found for text in texts if (found := getattr(text, language))]
        if written:
            yield language, "\n".join(written)


def _parts(module: Module) -> Iterator[tuple[str, object]]:
    yield "goal", module.goal
    yield "in_short", module.in_short
    for step in module.every_step():
        place = f"step {step.number}"
        if isinstance(step, TextStep):
            yield f"{place}, page {step.slug}", step.source
        elif isinstance(step, ScenarioStep):
            yield from ((f"{place}, scenario {step.scenario.id}, node {node.id}", node) for node in step.scenario.nodes)
        elif isinstance(step, CheckStep):
            yield from ((f"{place}, question {question.code}", question) for question in step.questions)
        elif isinstance(step, ChecklistStep):
            yield f"{place}, checklist", (step.title, step.intro, step.entries)
