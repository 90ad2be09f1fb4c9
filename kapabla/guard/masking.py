"""A text without what a reader has decided to hide."""

import re
from collections.abc import Iterable

from kapabla.guard.findings import ALWAYS_HIDDEN, Finding, Kind, joined

# What stands in the place of each kind; in Swedish, as the texts themselves.
_IN_PLACE = {
    Kind.PERSONAL_NUMBER: "[personnummer]", Kind.EMAIL: "[e-post]", Kind.PHONE: "[telefonnummer]", Kind.LINK: "[länk]",
    Kind.ADDRESS: "[adress]", Kind.VEHICLE: "[fordon]", Kind.BIRTH_DATE: "[födelsedag]", Kind.NAME: "[namn]",
    Kind.PLACE: "[ort]",
}  # fmt: skip
OTHER = "[dolt]"


def masked(text: str, findings: Iterable[Finding], words: Iterable[str] = ()) -> str:
    """The text with each finding replaced by its kind, and each of the words, wherever it stands, by "[dolt]".

    >>> masked("Ring 070-174 06 05", [Finding(5, 18, Kind.PHONE)])
    'Ring [telefonnummer]'
    """
    hidden = joined(findings)
    parts, at = [], 0
    for finding in hidden:
        parts += [_without(text[at : finding.start], words), _IN_PLACE[finding.kind]]
        at = finding.end
    return "".join([*parts, _without(text[at:], words)])


def must_be_hidden(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Those that no reader decides on."""
    return tuple(finding for finding in findings if finding.kind in ALWAYS_HIDDEN)


def has_word(text: str, word: str) -> bool:
    return bool(_pattern(word).search(text))


def _without(text: str, words: Iterable[str]) -> str:
    for word in sorted(words, key=len, reverse=True):
        text = _pattern(word).sub(OTHER, text)
    return text


def _pattern(word: str) -> re.Pattern[str]:
    """Whole words, whatever their case and the spaces between them."""
    words = r"\s+".join(map(re.escape, word.split()))
    return re.compile(rf"(?<!\w){words}(?!\w)", re.IGNORECASE)
