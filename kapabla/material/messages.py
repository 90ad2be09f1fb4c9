"""What people are sent: a subject and paragraphs in each language, with what is known of the organisation filled in."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from kapabla.material.faults import say
from kapabla.material.reading import Shelf
from kapabla.material.registers import Organisation
from kapabla.material.texts import Frozen, Text, fill, languages_of
from kapabla.material.unread import as_far_as_read

MESSAGES = "messages.toml"
_ANYWHERE = frozenset({"organisation", "message_name", "telephone", "switchboard", "contact_name"})
# What each message must lead to, and what else it may name.
_NEEDED = {"invitation": "link", "reminder": "link", "course_open": "link", "copy_code": "digits"}
KINDS = tuple(_NEEDED)
_ALSO = {"invitation": {"minutes"}, "course_open": {"minutes"}}


class MessageText(Frozen):
    subject: Text
    paragraphs: tuple[Text, ...]


class Messages(Frozen):
    """`signature` ends every one of them."""

    signature: Text
    invitation: MessageText
    reminder: MessageText
    course_open: MessageText
    copy_code: MessageText


@dataclass(frozen=True)
class Written:
    subject: str
    text: str


def write(
    message: MessageText, signature: Text, organisation: Organisation, language: str, facts: Mapping[str, str]
) -> Written:
    """In one language from beginning to end: where a part is not written in it, all of it is Swedish."""
    own = language if language in languages_of((message, signature)) else "sv"
    values = {"organisation": organisation.name, **facts}
    values |= {name: getattr(organisation, name) for name in _ANYWHERE if name != "organisation"}
    paragraphs = (fill(part.get(own), values) for part in (*message.paragraphs, signature))
    return Written(fill(message.subject.get(own), values), "\n\n".join(paragraphs) + "\n")


def load_messages(shelf: Shelf) -> Messages | None:
    messages = shelf.object(Messages, MESSAGES)
    if messages is None:
        return None
    shelf.tell(MESSAGES, _check(messages))
    return messages


def _check(messages: Messages) -> Iterator[tuple[str, str]]:
    yield from _check_names("signature", messages.signature, _ANYWHERE)
    for kind, needed in _NEEDED.items():
        yield from _check_message(kind, getattr(messages, kind), needed)


@as_far_as_read
def _check_message(kind: str, message: MessageText, needed: str) -> Iterator[tuple[str, str]]:
    known = _ANYWHERE | _ALSO.get(kind, set()) | {needed}
    yield from _check_names(f"{kind}, subject", message.subject, known - {needed})
    for number, paragraph in enumerate(message.paragraphs, 1):
        yield from _check_names(f"{kind}, paragraph {number}", paragraph, known)
    for language in languages_of(message):
        if not any(f"{{{needed}}}" in part.get(language) for part in message.paragraphs):
            yield kind, say("{{{needed}}} is missing in {language}; write it.", needed=needed, language=language)


@as_far_as_read
def _check_names(place: str, text: Text, known: frozenset[str] | set[str]) -> Iterator[tuple[str, str]]:
    for name in sorted(text.placeholders() - known):
        told = "{{{name}}} is not known here; write one of {known}."
        yield place, say(told, name=name, known=", ".join(sorted(known)))
