"""The information and the choices that a person consents by. A changed word is another hash, hence another version."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import date
from functools import cached_property

from pydantic import Field

from kapabla.material.faults import say
from kapabla.material.instruments.definition import Code, Status
from kapabla.material.reading import Shelf
from kapabla.material.registers import unique_codes
from kapabla.material.texts import Frozen, Language, Text, fill, languages_of
from kapabla.material.unread import Unread, as_far_as_read


class ConsentQuestion(Frozen):
    """One of the questions of P5: `short` is read by all, `more` stands under "Läs mer"."""

    code: Code
    question: Text
    short: Text
    more: tuple[Text, ...] = ()
    more_with_waitlist: tuple[Text, ...] = ()  # added where the study has people who wait

    def longer(self, *, with_waitlist: bool) -> tuple[Text, ...]:
        return (*self.more, *self.more_with_waitlist) if with_waitlist else self.more


class ConsentChoice(Frozen):
    """One yes or no of P6. `requires` names the choice that must be yes for this one to be asked."""

    code: Code
    number: int
    question: Text
    hint: Text
    requires: Code | None = None


class Consent(Frozen):
    id: str
    version: int = Field(ge=1)
    status: Status
    written_on: date
    heading: Text
    questions: tuple[ConsentQuestion, ...]
    next_button: Text
    choices_heading: Text
    choices_intro: Text
    choices: tuple[ConsentChoice, ...]
    confirmation: Text
    save_button: Text

    @property
    def key(self) -> tuple[str, int]:
        return (self.id, self.version)

    @cached_property
    def languages(self) -> tuple[Language, ...]:
        """Whole in these: nobody consents to a text that is half in another language."""
        return languages_of(self)

    @property
    def sha256(self) -> str:
        """Over everything but the status, in one fixed spelling: publishing changes no word."""
        content = self.model_dump(mode="json", exclude_none=True, exclude={"status"})
        canonical = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(canonical.encode()).hexdigest()

    def document(self, language: Language, values: Mapping[str, str], *, with_waitlist: bool) -> str:
        """All that is read before choosing, in the order of the two pages, filled in: what a person says yes or no to.

        Paragraphs apart by a blank line. `values` are those of `consent_values`. Raises `PlaceholderMissing`.
        """
        parts = [self.heading]
        for question in self.questions:
            parts += [question.question, question.short, *question.longer(with_waitlist=with_waitlist)]
        parts += [self.choices_heading, self.choices_intro]
        for choice in self.choices:
            parts += [choice.question, choice.hint]
        return "\n\n".join(fill(part.get(language), values) for part in (*parts, self.confirmation)) + "\n"

    def texts(self) -> tuple[Text, ...]:
        parts = [self.heading, self.next_button, self.choices_heading, self.choices_intro]
        for question in self.questions:
            parts += [question.question, question.short, *question.more, *question.more_with_waitlist]
        for choice in self.choices:
            parts += [choice.question, choice.hint]
        return (*parts, self.confirmation, self.save_button)

    def placeholders(self) -> frozenset[str]:
        return frozenset(name for text in self.texts() for name in text.placeholders())


def load_consents(shelf: Shelf) -> dict[tuple[str, int], Consent]:
    consents: dict[tuple[str, int], Consent] = {}
    for file in shelf.files("consents/*/v*.toml"):
        consent = shelf.object(Consent, file)
        if consent is not None:
            shelf.tell(file, _check(consent, file))
            with suppress(Unread):
                consents[consent.key] = consent
    return consents


def _check(consent: Consent, file: str) -> Iterator[tuple[str, str]]:
    yield from _check_path(consent, file)
    codes = [choice.code for choice in consent.choices]
    yield from unique_codes("choice", codes)
    for number, choice in enumerate(consent.choices):
        yield from _check_required(choice, codes[:number])


@as_far_as_read
def _check_path(consent: Consent, file: str) -> Iterator[tuple[str, str]]:
    if file != f"consents/{consent.id}/v{consent.version}.toml":
        told = "the file says {id} version {version}; write the same in the path."
        yield "id", say(told, id=consent.id, version=consent.version)


@as_far_as_read
def _check_required(choice: ConsentChoice, earlier: list[str]) -> Iterator[tuple[str, str]]:
    if choice.requires is not None and choice.requires not in earlier:
        told = "no earlier choice is called {choice}; write the code of one that comes before."
        yield f"choice {choice.code}, requires", say(told, choice=choice.requires)
