"""Disclosure control: the only maker of a `ReleasableTable` and an `Estimate`. What it cannot decide it withholds."""

from kapabla.release.disclosure.aggregates import protect_aggregates
from kapabla.release.disclosure.answers import protect_answers
from kapabla.release.disclosure.estimates import Estimate, estimate, response_rate
from kapabla.release.disclosure.filters import (
    EVERYBODY,
    Membership,
    Setting,
    Shown,
    answerable,
    check_filters,
    keeps_former_figure,
    tells_of_few,
)
from kapabla.release.disclosure.flow import Responses, Stage, percent, protect_flow, protect_responses
from kapabla.release.disclosure.groups import Person
from kapabla.release.disclosure.k_anonymity import KAnonymised, enforce_k
from kapabla.release.disclosure.recoding import Merge, MergeSmall, QuasiIdentifier
from kapabla.release.disclosure.rules import Thresholds, Withheld
from kapabla.release.disclosure.successive import told_apart
from kapabla.release.disclosure.suppression import (
    EVERYBODY_LABEL,
    WhoTable,
    protect_linked,
    protect_merging,
    protect_who,
    protect_who_line,
)
from kapabla.release.disclosure.tables import HIDDEN, ReleasableTable

__all__ = [
    "EVERYBODY", "EVERYBODY_LABEL", "HIDDEN", "Estimate", "KAnonymised", "Membership", "Merge", "MergeSmall", "Person",
    "QuasiIdentifier", "ReleasableTable", "Responses", "Setting", "Shown", "Stage", "Thresholds", "WhoTable",
    "Withheld", "answerable", "check_filters", "enforce_k", "estimate", "keeps_former_figure", "percent",
    "protect_aggregates", "protect_answers", "protect_flow", "protect_linked", "protect_merging", "protect_responses",
    "protect_who", "protect_who_line", "response_rate", "tells_of_few", "told_apart",
]  # fmt: skip
