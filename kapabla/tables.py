"""Every table of every vault, for migrations, commands and tests. No wing imports this: each knows its own only."""

from kapabla.answers import consents, late, learning, placement, submissions
from kapabla.answers import records as answers_records
from kapabla.identity import cohorts, invitations, messages, people, sessions
from kapabla.identity import records as identity_records
from kapabla.office import approvals, releases, staff
from kapabla.office import records as office_records
from kapabla.vaults import METADATA

__all__ = [
    "METADATA", "answers_records", "approvals", "cohorts", "consents", "identity_records", "invitations", "late",
    "learning", "messages", "office_records", "people", "placement", "releases", "sessions", "staff", "submissions",
]  # fmt: skip
