"""What people are sent, in each language, with what is known of the organisation filled in: a subject and paragraphs,
or one line by text message."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from kapabla.material.faults import say
from kapabla.material.reading import Shelf
from kapabla.material.registers import Organisation
from kapabla.material.short_messages import is_plain, parts_of
from kapabla.material.studies.definition import Study
from kapabla.material.texts import Frozen, Text, fill, languages_of
from kapabla.material.unread import as_far_as_read

MESSAGES = "messages.toml"
_ANYWHERE = frozenset({"organisation", "message_name", "telephone", "switchboard", "contact_name"})
# What each message must lead to, and what else it may name. `no_link` says no to more of them (P18).
_BOTH_WAYS = ("link", "no_link")
_NEEDED = {
    "invitation": _BOTH_WAYS, "reminder": _BOTH_WAYS, "course_open": _BOTH_WAYS, "follow_up": _BOTH_WAYS,
    "copy_code": ("digits",), "letter": ("code", "short_address"),
}  # fmt: skip
KINDS = tuple(_NEEDED)
_NEEDED_IN_SMS = {"begin": _BOTH_WAYS, "course_open": _BOTH_WAYS, "follow_up": _BOTH_WAYS, "copy_code": ("digits",)}
SMS_KINDS = tuple(_NEEDED_IN_SMS)
# The longest links with which a text message must still be one (texts-sv.md 4.4; docs/decisions/0076).
SMS_LINK_LENGTH = 32
_ALSO = {
    "invitation": {"minutes"},
    "course_open": {"minutes"},
    "follow_up": {"minutes", "time_since"},
    "letter": {"minutes", "name", "hours"},
}


class MessageText(Frozen):
    subject: Text
    paragraphs: tuple[Text, ...]


class SmsTexts(Frozen):
    """`begin` is the invitation and its reminders."""

    begin: Text
    course_open: Text
    follow_up: Text
    copy_code: Text


class Messages(Frozen):
    """`signature` ends every mail. `time_since` says a number of months in words: "tre månader"."""

    signature: Text
    time_since: dict[str, Text]
    invitation: MessageText
    reminder: MessageText
    course_open: MessageText
    follow_up: MessageText
    letter: MessageText
    copy_code: MessageText
    sms: SmsTexts


@dataclass(frozen=True)
class Written:
    subject: str
    text: str


def write(
    message: MessageText,
    signature: Text | None,
    organisation: Organisation,
    language: str,
    facts: Mapping[str, str | Text],
) -> Written:
    """In one language from beginning to end: where a part is not written in it, all of it is Swedish."""
    ends = (signature,) if signature else ()
    parts = (message, ends, tuple(fact for fact in facts.values() if isinstance(fact, Text)))
    own = language if language in languages_of(parts) else "sv"
    values = {name: fact.get(own) if isinstance(fact, Text) else fact for name, fact in facts.items()}
    values |= _of(organisation)
    paragraphs = (fill(part.get(own), values) for part in (*message.paragraphs, *ends))
    return Written(fill(message.subject.get(own), values), "\n\n".join(paragraphs) + "\n")


def write_sms(text: Text, organisation: Organisation, language: str, facts: Mapping[str, str]) -> str:
    return fill(text.get(language), {**facts, **_of(organisation)})


def _of(organisation: Organisation) -> dict[str, str]:
    values = {name: getattr(organisation, name) for name in _ANYWHERE if name != "organisation"}
    return {**values, "organisation": organisation.name}


def load_messages(shelf: Shelf) -> Messages | None:
    messages = shelf.object(Messages, MESSAGES)
    if messages is None:
        return None
    shelf.tell(MESSAGES, _check(messages))
    return messages


@as_far_as_read
def check_time_since(messages: Messages, studies: Iterable[Study]) -> Iterator[tuple[str, str]]:
    """Every follow-up of a study is so many months after the course, and its message says so in words."""
    for months in sorted({wave.months for study in studies for wave in study.waves if wave.months}):
        if str(months) not in messages.time_since:
            told = "a study has a follow-up after {months} months; write them in words."
            yield f"time_since, {months}", say(told, months=months)


@as_far_as_read
def check_sms_lengths(messages: Messages, organisation: Organisation) -> Iterator[tuple[str, str]]:
    """In Swedish, easy Swedish and English one part; Sámi letters are not in the alphabet, and cost more parts."""
    link = "x" * SMS_LINK_LENGTH
    facts = {"link": link, "no_link": link, "digits": "123456"}
    # What could not be read answers nothing, not even whether it is there: here, and below, the check ends.
    if not all(_of(organisation).values()):
        return
    for kind in SMS_KINDS:
        text: Text = getattr(messages.sms, kind)
        for language in text.languages():
            written = text.get(language) and write_sms(text, organisation, language, facts)
            if is_plain(written) and parts_of(written) > 1:
                told = "in {language} it is {length} characters with its links; write at most 160."
                yield f"sms, {kind}", say(told, language=language, length=len(written))


def _check(messages: Messages) -> Iterator[tuple[str, str]]:
    yield from _check_names("signature", messages.signature, _ANYWHERE)
    for kind, needed in _NEEDED.items():
        yield from _check_message(kind, getattr(messages, kind), needed)
    for kind, needed in _NEEDED_IN_SMS.items():
        yield from _check_sms(f"sms, {kind}", getattr(messages.sms, kind), needed)


@as_far_as_read
def _check_message(kind: str, message: MessageText, needed: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    known = _ANYWHERE | _ALSO.get(kind, set()) | set(needed)
    yield from _check_names(f"{kind}, subject", message.subject, known - set(needed))
    for number, paragraph in enumerate(message.paragraphs, 1):
        yield from _check_names(f"{kind}, paragraph {number}", paragraph, known)
    for language in languages_of(message):
        yield from _check_needed(kind, needed, [part.get(language) for part in message.paragraphs], language)


@as_far_as_read
def _check_sms(place: str, text: Text, needed: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    yield from _check_names(place, text, _ANYWHERE | set(needed))
    for language in text.languages():
        yield from _check_needed(place, needed, [text.get(language)], language)


def _check_needed(
    place: str, needed: tuple[str, ...], written: list[str], language: str
) -> Iterator[tuple[str, str]]:  # fmt: skip
    for name in needed:
        if not any(f"{{{name}}}" in text for text in written):
            yield place, say("{{{needed}}} is missing in {language}; write it.", needed=name, language=language)


@as_far_as_read
def _check_names(place: str, text: Text, known: frozenset[str] | set[str]) -> Iterator[tuple[str, str]]:
    for name in sorted(text.placeholders() - known):
        told = "{{{name}}} is not known here; write one of {known}."
        yield place, say(told, name=name, known=", ".join(sorted(known)))
