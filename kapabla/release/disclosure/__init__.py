"""Disclosure control: the only maker of a `ReleasableTable` and an `Estimate`. What it cannot decide it withholds."""

from kapabla.release.disclosure.answers import protect_answers
from kapabla.release.disclosure.estimates import Estimate, estimate, response_rate
from kapabla.release.disclosure.flow import protect_flow
from kapabla.release.disclosure.k_anonymity import KAnonymised, enforce_k
from kapabla.release.disclosure.rules import Thresholds, Withheld
from kapabla.release.disclosure.suppression import protect_who
from kapabla.release.disclosure.tables import HIDDEN, ReleasableTable

__all__ = [
    "HIDDEN", "Estimate", "KAnonymised", "ReleasableTable", "Thresholds", "Withheld", "enforce_k", "estimate",
    "protect_answers", "protect_flow", "protect_who", "response_rate",
]  # fmt: skip
