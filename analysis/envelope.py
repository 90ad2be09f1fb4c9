"""The one shape of every result: status, reason, warnings, result. Strict JSON, never NaN or Infinity."""

import json
import math
from dataclasses import dataclass, field
from typing import Any

SCHEMA = "kapabla-stats/1"


class Refused(Exception):
    """The data do not permit the analysis. `reason` is a bare code of the contract, `detail` is for people."""

    def __init__(self, reason: str, detail: str | None = None) -> None:
        super().__init__(detail or reason)
        self.reason = reason
        self.detail = detail


class Misuse(Exception):
    """The call itself is wrong, whatever the data: exit 2."""


@dataclass(frozen=True)
class Outcome:
    """What a command found, with the warnings it met on the way (`code` or `code:name`)."""

    result: dict[str, Any]
    warnings: list[str] = field(default_factory=list)
    suppressed: bool = False


def envelope(command: str, outcome: Outcome) -> dict[str, Any]:
    return {
        "schema": SCHEMA,
        "command": command,
        "status": "suppressed" if outcome.suppressed else "ok",
        "reason": "small_n_suppressed" if outcome.suppressed else None,
        "detail": "every item has fewer answers than the limit" if outcome.suppressed else None,
        "warnings": outcome.warnings,
        "result": strict(outcome.result),
    }


def refusal(command: str, refused: Refused) -> dict[str, Any]:
    return {
        "schema": SCHEMA, "command": command, "status": "refused", "reason": refused.reason, "detail": refused.detail,
        "warnings": [], "result": {},
    }  # fmt: skip


def strict(value: Any) -> Any:
    """Plain Python values; a number that is not finite becomes None.

    >>> strict({"a": float("nan"), "b": [1.0, float("inf")]})
    {'a': None, 'b': [1.0, None]}
    """
    if isinstance(value, dict):
        return {str(key): strict(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [strict(inner) for inner in value]
    if value is None or isinstance(value, bool | int | str):
        return value
    number = float(value)
    return number if math.isfinite(number) else None


def dump(result: dict[str, Any], *, pretty: bool = False) -> str:
    """One line of ASCII for programs, whatever the encoding of the terminal; indented for people."""
    return json.dumps(result, ensure_ascii=not pretty, allow_nan=False, indent=2 if pretty else None)
