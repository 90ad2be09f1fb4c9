"""The invitation as each of those who are chosen will read it, with a made-up link: an officer needs the words, not
somebody's way in."""

from collections.abc import Sequence
from dataclasses import dataclass

from kapabla.identity import letters
from kapabla.identity.cohorts import Cohort
from kapabla.identity.message_texts import message_text
from kapabla.identity.messages import INVITATION_STEP
from kapabla.identity.sending import Invitee
from kapabla.identity.vocabulary import LANGUAGE_NAMES
from kapabla.material.messages import Written
from kapabla.web.unit_of_work import service, work


@dataclass(frozen=True)
class Preview:
    """In one language: how many get it, and one of them."""

    language: str
    count: int
    number: str
    mail: Written

    @property
    def name(self) -> str:
        return LANGUAGE_NAMES[self.language][0]


def letter_previews(cohort: Cohort) -> list[Preview]:
    """The letter in each language that somebody gets it in. Name and code are that person's, and not shown here."""
    readers = letters.readers_of(work().identity, cohort.id)
    address = letters.short_address(service().config.base_url)
    found = []
    for language in LANGUAGE_NAMES:
        numbers = [number for number, own in readers if own == language]
        if numbers:
            text = letters.letter_text(service().material, language, "…", "…", address)
            found.append(Preview(language, len(numbers), numbers[0], text))
    return found


def previews(people: Sequence[Invitee]) -> list[Preview]:
    found = []
    for language in LANGUAGE_NAMES:
        readers = [person.number for person in people if person.language == language]
        if readers:
            base_url = service().config.base_url
            mail = message_text(
                service().material, INVITATION_STEP, 0, language=language, link=f"{base_url}/k/…",
                no_link=f"{base_url}/avanmal/…",
            )  # fmt: skip
            found.append(Preview(language, len(readers), readers[0], mail))
    return found
