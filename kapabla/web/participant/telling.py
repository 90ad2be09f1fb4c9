"""What somebody has just written that tells who they or others are: said to them once, before they go on (B9).

Only patterns and the person's own name: the names of others are known to the jobs alone.
"""

from collections.abc import Iterable

from kapabla.guard import Finding, Kind, find, find_words, joined
from kapabla.identity.contact import read_contact
from kapabla.identity.people import Person
from kapabla.web.participant.session import Participant
from kapabla.web.unit_of_work import service, work

# A name or a place may be what the question is about; a reader decides on those.
_NOT_TOLD = frozenset({Kind.NAME, Kind.PLACE})


def telling_words(me: Participant, texts: Iterable[str]) -> list[str]:
    """The words themselves, as they stand in the texts."""
    written = [text for text in texts if text.strip()]
    if not written:
        return []
    name = _own_name(me)
    return [text[found.start : found.end] for text in written for found in _found(text, name)]


def _found(text: str, name: str) -> tuple[Finding, ...]:
    patterns = [finding for finding in find(text) if finding.kind not in _NOT_TOLD]
    return joined([*patterns, *find_words(text, name)])


def _own_name(me: Participant) -> str:
    person = work().identity.get(Person, me.entrant.person_id)
    return (read_contact(service().keys, person).name if person else None) or ""
