"""Which way a scale is meant to go: of most more is better, of some less (R05)."""

from collections.abc import Iterable, Mapping
from typing import Any

_LESS_IS_BETTER = frozenset({"barriers"})  # as instruments name what they measure


def less_is_better(construct: str) -> bool:
    return construct in _LESS_IS_BETTER


def said_of(scales: Iterable[tuple[str, Mapping[str, Any]]]) -> tuple[str, str]:
    """Beside a figure, in Swedish and English, with a space before: of which of these scales less is better. Nothing
    where there is none. scales: what each measures, and its labels.

    >>> said_of([("barriers", {"sv": "Hinder, medelvärde", "en": "Barriers, mean"}), ("attitudes", {})])[0]
    ' Hinder, medelvärde: ett lägre värde är bättre.'
    """
    found = [labels for construct, labels in scales if less_is_better(construct)]
    if not found:
        return "", ""
    sv, en = (", ".join(dict.fromkeys(labels[tongue] for labels in found)) for tongue in ("sv", "en"))
    return f" {sv}: ett lägre värde är bättre.", f" {en}: a lower value is better."
