"""Every table of every vault, for migrations, commands and tests. No wing imports this: each knows its own only."""

from kapabla.answers import attendance, consents, counting, late, learning, placement, submissions
from kapabla.answers import records as answers_records
from kapabla.identity import (
    allocating,
    cohorts,
    invitations,
    meetings,
    messages,
    people,
    rights_requests,
    sessions,
    sms_reports,
)
from kapabla.identity import records as identity_records
from kapabla.office import (
    approvals,
    disposals,
    incidents,
    plans,
    promise_editions,
    promise_series,
    promises,
    releases,
    staff,
    surveys,
    uploads,
)
from kapabla.office import records as office_records
from kapabla.vaults import METADATA

__all__ = [
    "METADATA", "allocating", "answers_records", "approvals", "attendance", "cohorts", "consents", "counting",
    "disposals", "identity_records", "incidents", "invitations", "late", "learning", "meetings", "messages",
    "office_records", "people", "placement", "plans", "promise_editions", "promise_series", "promises", "releases",
    "rights_requests", "sessions", "sms_reports", "staff", "submissions", "surveys", "uploads",
]  # fmt: skip
