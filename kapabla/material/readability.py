"""How hard a Swedish text is to read: LIX, and the limits for participants, consent and easy Swedish (A14)."""

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from kapabla.material.consents import Consent
from kapabla.material.courses.definition import (
    ChecklistStep,
    CheckStep,
    Course,
    ScenarioStep,
    Step,
    TextStep,
)
from kapabla.material.faults import Fault, say
from kapabla.material.instruments.definition import Instrument
from kapabla.material.messages import KINDS, MESSAGES, SMS_KINDS, Messages
from kapabla.material.promises import PromiseCycle
from kapabla.material.registers import SafetyBox
from kapabla.material.texts import Language, Text
from kapabla.material.unread import Unread, as_far_as_read, is_whole

if TYPE_CHECKING:
    from kapabla.material.material import Material

LIMIT = 35
CONSENT_LIMIT = 40
EASY_LIMIT = 30
# On fewer words LIX says little: one long name makes a plain sentence look like a law.
ENOUGH_WORDS = 25
# There the longest sentence is held instead: what is heard in one breath, also by who reads with effort.
LONGEST_SENTENCE, EASY_LONGEST = 23, 18

WORD = re.compile(r"\w+(?:[-’'.:]\w+)*")
# A stem that ends with "…" is completed by its items, and counts as one sentence.
SENTENCE_END = re.compile(r"[.:!?…]+(?=\s|$|[”\"])|\n\s*\n|\n- ")
# Names of authorities and helplines count once, as one short word.
OFFICIAL = re.compile(
    r"Länsstyrelsen Västerbotten|Länsstyrelsens|Länsstyrelsen|Umeå universitet|Etikprövningsmyndigheten|"
    r"Integritetsskyddsmyndigheten|Kvinnofridslinjen"
)
_PLACEHOLDER = re.compile(r"\{[^}]*\}|%\(\w+\)s")
_HEADING = re.compile(r"(?m)^#+ (.*)$")
# A question that is little but a list of authorities (`texts-sv.md` 10).
_EXCEPTIONS = {"instruments/til/v1.toml": 40}


def words_of(text: str) -> list[str]:
    return WORD.findall(text)


def lix(text: str) -> float:
    """Words a sentence plus the share of words over six letters, in percent (Björnsson 1968).

    Example: 9 words, 2 sentences, 2 long words are 9 / 2 + 100 * 2 / 9 = 26.7. A text without a word is 0.
    """
    plain = OFFICIAL.sub("Namn", _PLACEHOLDER.sub("data", _HEADING.sub(r"\1.", text)))
    words = words_of(plain)
    if not words:
        return 0.0
    sentences = max(1, len(SENTENCE_END.findall(plain)))
    return len(words) / sentences + 100 * sum(len(word) > 6 for word in words) / len(words)


def longest_sentence(text: str) -> int:
    """
    >>> longest_sentence("Ring 112. Stanna kvar i bilen.")
    4
    """
    return max(len(words_of(sentence)) for sentence in SENTENCE_END.split(text))


def hard_texts(material: "Material") -> list[Fault]:
    """Every text above its limit, with its place and what to do."""
    return [
        Fault(file, f"{place} ({language})", told)
        for file, place, text, limit in _limited(material)
        for language, highest in _limits(file, limit)
        for told in _hard(text, language, highest)
    ]


@as_far_as_read
def _hard(text: Text, language: Language, highest: int) -> Iterator[str]:
    written: str | None = getattr(text, language)
    if written and len(words_of(written)) < ENOUGH_WORDS:
        longest = EASY_LONGEST if language == "sv_easy" else LONGEST_SENTENCE
        if longest_sentence(written) > longest:
            told = "a sentence has {count} words; split it, at most {highest} in a short text."
            yield say(told, count=longest_sentence(written), highest=longest)
    elif written and lix(written) > highest:
        told = "LIX is {lix:.0f}, at most {highest}; write shorter sentences and words."
        yield say(told, lix=lix(written), highest=highest)


def _limits(file: str, limit: int) -> tuple[tuple[Language, int], ...]:
    return (("sv", _EXCEPTIONS.get(file, limit)), ("sv_easy", EASY_LIMIT))


def _limited(material: "Material") -> Iterator[tuple[str, str, Text, int]]:
    for course in material.courses.values():
        yield from ((*found, LIMIT) for found in _of_course(course))
    for box in material.safety.values():
        yield from ((*found, LIMIT) for found in _of_box(box))
    for kind in KINDS:
        yield from ((*found, LIMIT) for found in _of_message(kind, material.messages))
    for kind in SMS_KINDS:
        yield MESSAGES, f"sms, {kind}", getattr(material.messages.sms, kind), LIMIT
    for instrument in material.instruments.values():
        yield from ((*found, LIMIT) for found in _of_instrument(instrument))
    for consent in material.consents.values():
        yield from ((*found, CONSENT_LIMIT) for found in _of_consent(consent))
    for cycle in material.promises:
        yield from ((*found, LIMIT) for found in _of_cycle(cycle))


@as_far_as_read
def _of_course(course: Course) -> Iterator[tuple[str, str, Text]]:
    yield f"courses/{course.id}/v{course.version}/course.toml", "summary", course.summary
    for module in course.modules:
        file = f"courses/{course.id}/v{course.version}/modules/{module.number:02d}-{module.id}"
        yield file, "goal", module.goal
        yield file, "in_short", module.in_short
        for step in module.every_step():
            for place, text in _of_step(step):
                yield file, f"step {step.number}, {place}", text


@as_far_as_read
def _of_step(step: Step) -> Iterator[tuple[str, Text]]:
    if isinstance(step, TextStep):
        yield f"page {step.slug}", step.source
    elif isinstance(step, ChecklistStep):
        yield "checklist", joined([step.intro, *(entry.text for entry in step.entries)])
    elif isinstance(step, ScenarioStep):
        for node in step.scenario.nodes:
            yield f"node {node.id}", node.text
            for choice in node.choices:
                for part in ("text", "why", "what_else"):
                    yield f"node {node.id}, choice {choice.code}, {part}", getattr(choice, part)
    elif isinstance(step, CheckStep):
        for question in step.questions:
            yield f"question {question.code}", question.text
            for number, option in enumerate(question.options, 1):
                yield f"question {question.code}, option {number}, feedback", option.feedback


@as_far_as_read
def _of_instrument(instrument: Instrument) -> Iterator[tuple[str, str, Text]]:
    file = f"instruments/{instrument.id}/v{instrument.version}.toml"
    for number, page in enumerate(instrument.pages, 1):
        yield from ((file, f"page {number}", text) for text in (page.intro, page.stem) if text)
    for item in instrument.items:
        yield file, f"item {item.code}", item.text


@as_far_as_read
def _of_consent(consent: Consent) -> Iterator[tuple[str, str, Text]]:
    file = f"consents/{consent.id}/v{consent.version}.toml"
    for question in consent.questions:
        for text in (question.short, *question.more, *question.more_with_waitlist):
            yield file, f"question {question.code}", text
    for choice in consent.choices:
        yield file, f"choice {choice.code}", joined([choice.question, choice.hint])
    yield file, "choices_intro", consent.choices_intro
    yield file, "confirmation", consent.confirmation


@as_far_as_read
def _of_cycle(cycle: PromiseCycle) -> Iterator[tuple[str, str, Text]]:
    for promise in cycle.promises:
        yield "promises", f"{cycle.municipality}, promise {promise.number}", promise.text


@as_far_as_read
def _of_box(box: SafetyBox) -> Iterator[tuple[str, str, Text]]:
    yield "safety.toml", f"box {box.code}", joined(box.lines)


@as_far_as_read
def _of_message(kind: str, messages: Messages) -> Iterator[tuple[str, str, Text]]:
    yield MESSAGES, kind, joined(getattr(messages, kind).paragraphs)


def joined(texts: Sequence[Text]) -> Text:
    """What is read in one breath, as one text; in easy Swedish only where all of it is."""
    if not all(map(is_whole, texts)):
        raise Unread
    easy = [text.sv_easy for text in texts]
    return Text(
        sv=" ".join(text.sv for text in texts),
        sv_easy=None if None in easy else " ".join(found for found in easy if found is not None),
    )
