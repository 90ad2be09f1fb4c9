"""A text without what a reader has decided to hide."""

import re
from collections.abc import Iterable

from kapabla.guard.findings import ALWAYS_HIDDEN, Finding, Kind, joined

# What stands in the place of each kind; in Swedish, as the texts themselves.
_IN_PLACE = {
    Kind.PERSONAL_NUMBER: "[personnummer]", Kind.EMAIL: "[e-post]", Kind.PHONE: "[telefonnummer]", Kind.LINK: "[länk]",
    Kind.ADDRESS: "[adress]", Kind.VEHICLE: "[fordon]", Kind.BIRTH_DATE: "[födelsedag]", Kind.NAME: "[namn]",
    Kind.PLACE: "[ort]", Kind.OTHER: "[dolt]",
}  # fmt: skip


def masked(text: str, findings: Iterable[Finding]) -> str:
    """The text with each finding replaced by a word for its kind.

    >>> masked("Ring 070-174 06 05", [Finding(5, 18, Kind.PHONE)])
    'Ring [telefonnummer]'
    """
    parts, at = list[str](), 0
    for finding in joined(findings):
        parts += [text[at : finding.start], _IN_PLACE[finding.kind]]
        at = finding.end
    return "".join([*parts, text[at:]])


def must_be_hidden(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Those that no reader decides on."""
    return tuple(finding for finding in findings if finding.kind in ALWAYS_HIDDEN)


def find_words(text: str, words: str) -> tuple[Finding, ...]:
    """Every place where these words stand as whole words, whatever their case and the spaces between them."""
    written = r"\s+".join(map(re.escape, words.split()))
    pattern = re.compile(rf"(?<!\w){written}(?!\w)", re.IGNORECASE)
    return tuple(Finding(match.start(), match.end(), Kind.OTHER) for match in pattern.finditer(text) if written)
