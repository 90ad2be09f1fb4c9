"""The invitation as each of those who are chosen will read it, with a made-up link: an officer needs the words, not
somebody's way in."""

from collections.abc import Sequence
from dataclasses import dataclass

from kapabla.identity import letters
from kapabla.identity.codes import SHORT_LENGTH
from kapabla.identity.cohorts import Cohort
from kapabla.identity.message_texts import message_text, sms_text
from kapabla.identity.messages import INVITATION_STEP
from kapabla.identity.sending import SENT_TO, Invitee
from kapabla.identity.vocabulary import LANGUAGE_NAMES
from kapabla.material.messages import Written
from kapabla.material.short_messages import parts_of
from kapabla.web.unit_of_work import service, work


@dataclass(frozen=True)
class Preview:
    """In one language, by one way: how many get it, and one of them. `parts` of a text message."""

    language: str
    count: int
    number: str
    mail: Written
    channel: str = "email"
    parts: int = 0

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
    for channel in SENT_TO:
        for language in LANGUAGE_NAMES:
            readers = [own.number for own in people if (own.channel, own.language) == (channel, language)]
            if readers:
                make = sms_preview if channel == "sms" else _mail_preview
                found.append(make(language, len(readers), readers[0]))
    return found


def _mail_preview(language: str, count: int, number: str) -> Preview:
    base_url = service().config.base_url
    mail = message_text(
        service().material, INVITATION_STEP, 0, language=language, link=f"{base_url}/k/…",
        no_link=f"{base_url}/avanmal/…",
    )  # fmt: skip
    return Preview(language, count, number, mail)


def sms_preview(language: str, count: int, number: str) -> Preview:
    """The parts are counted with a link as long as everybody's."""
    sms = service().config.sms
    link_url = sms.link_url if sms else service().config.base_url

    def written(token: str) -> str:
        return sms_text(
            service().material, INVITATION_STEP, language=language, link=f"{link_url}/s/{token}",
            no_link=f"{link_url}/n/{token}",
        )  # fmt: skip

    return Preview(language, count, number, Written("", written("…")), "sms", parts_of(written("x" * SHORT_LENGTH)))
