"""Numbers as a figure writes them: Swedish, with a decimal comma and a real minus sign."""

from collections.abc import Mapping
from typing import Any

from kapabla.release.figures.telling import Told


def interval(found: Mapping[str, Any]) -> str | None:
    ends = found["interval"]
    return None if ends is None else f"[{decimal(ends[0])}; {decimal(ends[1])}]"


def decimal(value: float | None, decimals: int = 2) -> str | None:
    """Swedish: decimal comma and a real minus sign."""
    if value is None:
        return None
    text = f"{value:.{decimals}f}".replace(".", ",")
    return text.replace("-", "\u2212") if float(f"{value:.{decimals}f}") else text.lstrip("-")


def p_value(value: float | None) -> str | None:
    if value is None:
        return None
    return "< 0,001" if value < 0.001 else decimal(value, 3)


def number_in(told: str) -> float:
    """What `decimal` has written.

    >>> number_in(decimal(-0.344) or "")
    -0.34
    """
    return float(told.replace(",", ".").replace("\u2212", "-"))


def range_said(low: float | None, high: float | None) -> Told:
    """How far a scale goes, so that a difference in points can be judged.

    >>> range_said(1, 5).sv
    ' Skalan går från 1 till 5.'
    """
    if low is None or high is None:
        return Told("", "")
    return Told(f" Skalan går från {low:g} till {high:g}.", f" The scale goes from {low:g} to {high:g}.")
