"""The menu of staff: the pages that a role may open, whichever side they belong to, and where its work begins."""

from kapabla.office.access import can
from kapabla.web.unit_of_work import service

# The right that opens it, the audience that serves it, its address and its name.
_PAGES = (
    ("see_cohorts", "admin", "/admin/omgangar", "Omgångar"),
    ("see_results", "research", "/forskning/resultat", "Resultat"),
    ("see_results", "research", "/forskning/serier", "Serier"),
    ("see_releases", "research", "/forskning/data", "Datautgåvor"),
    ("see_releases", "research", "/forskning/nedladdningar", "Nedladdningar"),
    ("see_results", "research", "/forskning/kodbok", "Kodbok"),
    ("see_results", "research", "/forskning/plan", "Analysplan"),
    ("see_results", "research", "/forskning/planering", "Planering"),
    ("see_tokens", "research", "/forskning/api-nycklar", "API-nycklar"),
    ("review_texts", "review", "/granskning", "Fritext"),
    ("see_material", "admin", "/admin/utbildning", "Utbildning och frågor"),
    ("edit_promises", "admin", "/admin/loften", "Medborgarlöften"),
    ("see_surveys", "admin", "/admin/enkater", "Enkäter"),
    ("sign_promise", "admin", "/admin/loften/skriva-under", "Skriva under"),
    ("handle_requests", "admin", "/admin/begaran", "Begäran"),
    ("check_contacts", "admin", "/admin/stodkontakter", "Stödkontakter"),
    ("see_incidents", "admin", "/admin/incident", "Incidenter"),
    ("collect_documents", "admin", "/admin/handlingar", "Handlingar"),
    ("see_log", "admin", "/admin/loggbok", "Loggbok"),
    ("see_jobs", "admin", "/admin/jobb", "Jobb"),
    ("manage_staff", "admin", "/admin/konton", "Konton"),
)


def pages_of(role: str) -> list[tuple[str, str]]:
    """Address and name. What another process serves is left out: it may be another host."""
    served = service().config.audiences
    return [(address, name) for right, audience, address, name in _PAGES if can(role, right) and audience in served]


def home(role: str) -> str:
    """Where each role's work begins."""
    return next((address for address, _ in pages_of(role)), "/logga-in/klar")
