"""A held text as a form: in pieces with what was found marked, what can be hidden, and what the reader has chosen."""

import re
from dataclasses import dataclass

from werkzeug.datastructures import MultiDict

from kapabla.answers.free_texts import CLEARED, REFUSED, Decision, ScreenedText
from kapabla.guard import ALWAYS_HIDDEN, Finding, Kind, find_words

KINDS = {
    Kind.PERSONAL_NUMBER: "personnummer", Kind.EMAIL: "e-postadress", Kind.PHONE: "telefonnummer", Kind.LINK: "länk",
    Kind.ADDRESS: "adress", Kind.VEHICLE: "registreringsnummer", Kind.BIRTH_DATE: "födelsedag", Kind.NAME: "namn",
    Kind.PLACE: "ort", Kind.OTHER: "annat",
}  # fmt: skip
STATES = {"vidare": CLEARED, "hall": REFUSED}
LATER = "sen"
NOT_IN_TEXT = "Orden ”%s” finns inte i texten. Skriv dem som de står i texten, med en rad för varje ställe."
MAX_WORDS = 50
_PLACE = re.compile(r"\d{1,5}-\d{1,5}")


@dataclass(frozen=True)
class Choice:
    """What the reader has entered for one text, as it was entered."""

    state: str = LATER
    hide: frozenset[str] = frozenset()
    words: str = ""
    mark: str = ""

    @property
    def is_made(self) -> bool:
        return self.state in STATES

    @property
    def lines(self) -> tuple[str, ...]:
        return tuple(line.strip() for line in self.words.splitlines() if line.strip())[:MAX_WORDS]


@dataclass(frozen=True)
class Shown:
    """`pieces`: (text, kind) in turn; kind is empty where nothing was found."""

    text: ScreenedText
    question: str
    choice: Choice
    error: str | None = None

    @property
    def pieces(self) -> list[tuple[str, str]]:
        found, at = list[tuple[str, str]](), 0
        for finding in self.text.findings:
            found += [(self.text.text[at : finding.start], ""), (self._words(finding), KINDS[finding.kind])]
            at = finding.end
        return [piece for piece in [*found, (self.text.text[at:], "")] if piece[0]]

    @property
    def always(self) -> list[str]:
        return [self._label(finding) for finding in self.text.findings if finding.kind in ALWAYS_HIDDEN]

    @property
    def options(self) -> list[tuple[str, str]]:
        findings = [finding for finding in self.text.findings if finding.kind not in ALWAYS_HIDDEN]
        return [(place_of(finding), self._label(finding)) for finding in findings]

    def _label(self, finding: Finding) -> str:
        return f"”{self._words(finding)}” ({KINDS[finding.kind]})"

    def _words(self, finding: Finding) -> str:
        return self.text.text[finding.start : finding.end]


def place_of(finding: Finding) -> str:
    return f"{finding.start}-{finding.end}"


def first_choice(text: ScreenedText) -> Choice:
    """Everything that was found is hidden unless the reader says otherwise."""
    return Choice(hide=frozenset(place_of(finding) for finding in text.findings))


def read_choice(text_id: str, form: MultiDict[str, str]) -> Choice:
    return Choice(
        state=form.get(f"beslut-{text_id}", LATER),
        hide=frozenset(form.getlist(f"dolj-{text_id}")),
        words=form.get(f"ord-{text_id}", ""),
        mark=form.get(f"sedd-{text_id}", ""),
    )


def fault_of(text: ScreenedText, choice: Choice) -> str | None:
    """A word that is nowhere in the text was misspelt: it would stay readable."""
    if STATES.get(choice.state) != CLEARED:
        return None
    missing = [line for line in choice.lines if not find_words(text.text, line)]
    return NOT_IN_TEXT % missing[0] if missing else None


def decision_of(choice: Choice) -> Decision:
    places = (place.split("-") for place in choice.hide if _PLACE.fullmatch(place))
    hide = frozenset((int(start), int(end)) for start, end in places)
    return Decision(STATES[choice.state], choice.mark, hide, choice.lines)
