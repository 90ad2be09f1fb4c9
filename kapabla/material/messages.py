"""What people are sent: a subject and paragraphs in each language, with what is known of the organisation filled in."""

from collections.abc import Mapping
from dataclasses import dataclass

from kapabla.material.faults import say
from kapabla.material.reading import Shelf
from kapabla.material.registers import Organisation
from kapabla.material.texts import Frozen, Text, fill, languages_of

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
    _check(shelf, "signature", messages.signature, _ANYWHERE)
    for kind, needed in _NEEDED.items():
        message: MessageText = getattr(messages, kind)
        known = _ANYWHERE | _ALSO.get(kind, set()) | {needed}
        _check(shelf, f"{kind}, subject", message.subject, known - {needed})
        for number, paragraph in enumerate(message.paragraphs, 1):
            _check(shelf, f"{kind}, paragraph {number}", paragraph, known)
        _check_needed(shelf, kind, message, needed)
    return messages


def _check(shelf: Shelf, place: str, text: Text, known: frozenset[str] | set[str]) -> None:
    for name in sorted(text.placeholders() - known):
        message = say("{{{name}}} is not known here; write one of {known}.", name=name, known=", ".join(sorted(known)))
        shelf.fault(MESSAGES, place, message)


def _check_needed(shelf: Shelf, kind: str, message: MessageText, needed: str) -> None:
    for language in languages_of(message):
        if not any(f"{{{needed}}}" in part.get(language) for part in message.paragraphs):
            told = say("{{{needed}}} is missing in {language}; write it.", needed=needed, language=language)
            shelf.fault(MESSAGES, kind, told)
