"""The written matrix of roles is what the code says (A8), and no role sees both names and answers (A10)."""

from kapabla.office.access import RIGHTS
from tests.conventions.roles_page import PAGE, roles_page

NAMES = {"see_contact", "import_people", "list_interviews"}
ANSWERS = {"review_texts", "see_results", "download_release", "use_api"}


def test_the_page_of_roles_is_current(app):
    assert PAGE.read_text(encoding="utf-8") == roles_page(app), "run: python -m tests.conventions.roles_page"


def test_no_role_sees_names_and_answers():
    for role, rights in RIGHTS.items():
        assert not (rights & NAMES and rights & ANSWERS), role


def test_who_gives_others_access_sees_no_person():
    assert not RIGHTS["admin"] & (NAMES | {"see_cohorts"})
