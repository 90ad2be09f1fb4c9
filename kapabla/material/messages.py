"""What people are sent: a subject and paragraphs in each language, with what is known of the organisation filled in."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from kapabla.material.faults import say
from kapabla.material.reading import Shelf
from kapabla.material.registers import Organisation
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
_ALSO = {
    "invitation": {"minutes"},
    "course_open": {"minutes"},
    "follow_up": {"minutes", "time_since"},
    "letter": {"minutes", "name", "hours"},
}


class MessageText(Frozen):
    subject: Text
    paragraphs: tuple[Text, ...]


class Messages(Frozen):
    """`signature` ends every one of them. `time_since` says a number of months in words: "tre månader"."""

    signature: Text
    time_since: dict[str, Text]
    invitation: MessageText
    reminder: MessageText
    course_open: MessageText
    follow_up: MessageText
    letter: MessageText
    copy_code: MessageText


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
    values["organisation"] = organisation.name
    values |= {name: getattr(organisation, name) for name in _ANYWHERE if name != "organisation"}
    paragraphs = (fill(part.get(own), values) for part in (*message.paragraphs, *ends))
    return Written(fill(message.subject.get(own), values), "\n\n".join(paragraphs) + "\n")


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


def _check(messages: Messages) -> Iterator[tuple[str, str]]:
    yield from _check_names("signature", messages.signature, _ANYWHERE)
    for kind, needed in _NEEDED.items():
        yield from _check_message(kind, getattr(messages, kind), needed)


@as_far_as_read
def _check_message(kind: str, message: MessageText, needed: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    known = _ANYWHERE | _ALSO.get(kind, set()) | set(needed)
    yield from _check_names(f"{kind}, subject", message.subject, known - set(needed))
    for number, paragraph in enumerate(message.paragraphs, 1):
        yield from _check_names(f"{kind}, paragraph {number}", paragraph, known)
    for language in languages_of(message):
        for name in needed:
            if not any(f"{{{name}}}" in part.get(language) for part in message.paragraphs):
                yield kind, say("{{{needed}}} is missing in {language}; write it.", needed=name, language=language)


@as_far_as_read
def _check_names(place: str, text: Text, known: frozenset[str] | set[str]) -> Iterator[tuple[str, str]]:
    for name in sorted(text.placeholders() - known):
        told = "{{{name}}} is not known here; write one of {known}."
        yield place, say(told, name=name, known=", ".join(sorted(known)))
