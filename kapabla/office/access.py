"""Who may do what: roles and rights as one table. In which state a thing may be done is another question (policies)."""

from kapabla.errors import KapablaError

# The rights of each role (A8). A role that is not here has none.
RIGHTS: dict[str, frozenset[str]] = {
    "officer": frozenset(
        {
            "see_cohorts",
            "edit_cohorts",
            "hold_meetings",
            "import_people",
            "send_messages",
            "see_contact",
            "record_withdrawal",
            "order_copy",
            "see_receipts",
            "restrict",
            "handle_requests",
            "reidentify",
            "see_incidents",
            "list_affected",
            "list_interviews",
            "see_jobs",
            "see_log",
            "check_contacts",
        }
    ),
    "coordinator": frozenset({"see_cohorts", "see_contact"}),
    "trainer": frozenset({"see_cohorts", "hold_meetings"}),
    "researcher": frozenset(
        {
            "see_results",
            "see_releases",
            "download_release",
            "order_release",
            "freeze_plan",
            "see_tokens",
            "use_api",
        }
    ),
    # Lots are not drawn by those who enrol people or who study the outcome. The code of a copy is told by who cannot
    # get at anybody's link: with both the answers can be read.
    "steward": frozenset(
        {
            "tell_copy_code",
            "see_receipts",
            "see_results",
            "see_releases",
            "download_release",
            "approve_release",
            "review_texts",
            "see_downloads",
            "see_tokens",
            "see_log",
            "see_audit",
            "draw_lots",
            "freeze_plan",
            "see_material",
            "approve_material",
            "see_incidents",
            "handle_incidents",
            "collect_documents",
            "dispose",
            "handle_requests",
            "reidentify",
            "see_surveys",
        }
    ),
    "editor": frozenset(
        {
            "check_contacts",
            "see_material",
            "edit_material",
            "approve_material",
            "edit_promises",
            "see_surveys",
            "run_surveys",
        }
    ),
    "signatory_municipality": frozenset({"sign_promise"}),
    "signatory_police": frozenset({"sign_promise"}),
    # The one who gives others access sees no person: of a release what there is to approve, not its figures or files.
    "admin": frozenset(
        {
            "manage_staff",
            "see_jobs",
            "see_log",
            "see_audit",
            "see_releases",
            "see_downloads",
            "approve_release",
            "see_material",
            "approve_material",
            "see_surveys",
        }
    ),
}

ROLES = tuple(RIGHTS)
ALL_RIGHTS = frozenset().union(*RIGHTS.values())

ROLE_LABELS = {
    "officer": "Handläggare",
    "coordinator": "Samordnare",
    "trainer": "Utbildare",
    "researcher": "Forskare",
    "steward": "Dataskyddsansvarig",
    "editor": "Redaktör",
    "signatory_municipality": "Kommunens företrädare",
    "signatory_police": "Polisens företrädare",
    "admin": "Administratör",
}


class NotAllowed(KapablaError):
    """This account has no right to that."""

    code = "not_allowed"


def can(role: str, right: str) -> bool:
    return right in RIGHTS.get(role, frozenset())


def check_can(role: str, right: str) -> None:
    if not can(role, right):
        raise NotAllowed(role=role, right=right, may=", ".join(other for other in ROLES if can(other, right)))
