"""Whatever is typed: one sentence that says what to do, no traceback, no bare code, and nothing half is stored."""

import ast
import importlib
import pkgutil
from pathlib import Path

import pytest
from sqlalchemy import func, select

import kapabla
from kapabla.cli.sentences import SENTENCES, sentence_of
from kapabla.errors import KapablaError
from kapabla.identity.cohorts import Cohort
from kapabla.office.releases import ReleaseRecord
from kapabla.office.staff import Staff
from kapabla.release.disclosure import Withheld
from tests.factories import make_staff

COHORT = ("cohorts", "add", "--name", "Hösten")
DAYS = ("--start", "2026-09-01", "--end", "2026-12-01")
# Raised where no command leads: to a participant, to somebody who signs in, or caught by whoever asked.
NOT_FROM_COMMANDS = {
    "error", "not_found", "refused", "too_many_collisions", "message_unknown", "changed_since", "draft_gone",
    "code_empty", "code_mistyped", "already_sent", "no_mail_server", "unknown_language", "placeholder_missing",
    "no_such_form", "no_such_wave", "release_key_too_short", "id_collision", "column_unsound", "withheld",
    "threshold_lowered", "password_too_weak", "sign_up_closed", "unknown_role", "lease_lost", "list_refused",
    "logic_not_said", "meeting_full", "meeting_outside_cohort", "meeting_unknown", "questionnaire_not_open",
    "too_many_at_once", "upload_unknown", "quiet_hours", "batch_paused", "let_in_lately", "api_refusal",
    "record_unreadable", "file_unknown",
    "cohort_archived", "cohort_has_begun", "too_late_to_undo",
    "address_erased", "address_shared", "version_awaited", "request_unknown",
    "incident_unknown", "no_sms_provider", "role_of_organisation",
    # Surveys are opened and counted on pages alone.
    "survey_exists", "survey_not_over", "survey_counted", "survey_published", "no_such_result", "totals_missing",
    "totals_unreadable", "totals_columns", "totals_row", "totals_empty",
    # The cycle of the promises is led on pages alone.
    "edition_on_the_way", "not_ready", "cycle_exists", "no_such_edition", "not_yours", "no_such_cycle",
    "step_not_allowed",
    "challenge_gone", "account_end_wrong", "municipality_missing", "no_role", "token_refused", "provider_away",
}  # fmt: skip


def modules():
    for module in pkgutil.walk_packages(kapabla.__path__, "kapabla."):
        if not module.name.startswith("kapabla.web") and "__main__" not in module.name:
            yield importlib.import_module(module.name)


def codes():
    """Of every class that has no sentence of its own, and every code that is given where something is refused."""
    found = set()
    for module in modules():
        for one in vars(module).values():
            if isinstance(one, type) and issubclass(one, KapablaError) and one.__str__ is KapablaError.__str__:
                found.add(one.code)
        for node in ast.walk(ast.parse(Path(module.__file__).read_text("utf-8"))):
            if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call) and node.exc.args:
                first = node.exc.args[0]
                name = getattr(node.exc.func, "id", "")
                if name in ("Refused", "NotFound", "SignInRefused") and isinstance(first, ast.Constant):
                    found.add(first.value)
    return found


def counted(service, vault, model):
    with service.vaults.reading() as work:
        return getattr(work, vault).scalar(select(func.count()).select_from(model))


def test_every_code_that_a_command_can_meet_has_a_sentence():
    made_up = {"course_unknown", "arm_unknown", "municipality_unknown"}
    assert codes() - NOT_FROM_COMMANDS == SENTENCES.keys() - made_up


def test_a_code_without_a_sentence_is_shown_as_it_is_and_never_fails():
    assert sentence_of(Withheld(reason="{few}")) == "This was refused: withheld (reason={few})."


@pytest.mark.parametrize(
    ("words", "status", "told"),
    [
        (("simulate", "--people", "3", "--seed", "1", "--study", "nej"), 1, "There is no study nej. Write one of kap"),
        ((*COHORT, "--study", "nej", *DAYS), 1, "There is no study nej."),
        ((*COHORT, "--study", "kapabla-2026", "--course", "nej", *DAYS), 1, "There is no course nej. Write one of kap"),
        ((*COHORT, "--study", "kapabla-2026", "--arm", "nej", *DAYS), 1, "The study has no arm nej. Write one of "),
        (
            (*COHORT, "--study", "kapabla-2026", "--start", "2026-12-01", "--end", "2026-09-01"), 1,
            "A cohort ends on or after the day that it starts",
        ),
        (("staff", "add", "x", "--role", "officer"), 1, "The address of an account is written as name@example.se."),
        (("staff", "add", "a@b.se", "--role", "officer", "--municipality", "9999"), 1, "No municipality has the code"),
        (("staff", "add", "a@b.se", "--role", "officer", "--days", "99999999999"), 2, "1<=x<=3650"),
        (("staff", "end", "nobody@example.se"), 1, "No account has that address."),
        (("invitations", "send", "--cohort", "nej"), 1, "There is no cohort nej. `kapabla cohorts list` shows"),
        (("release", "export", "nej", "--out", "/tmp"), 1, "There is no release nej."),
        (("keys", "make", "nonsens", "1"), 2, "'nonsens' is not one of"),
        (("keys", "make", "study", "../x"), 2, "an id is letters, digits"),
        (("serve", "--port", "99999"), 2, "1<=x<=65535"),
        (("serve", "--host", "not a host"), 1, "Nothing can be served at not a host:"),
        (("texts", "export", "--out", "/finns/inte.csv"), 1, "/finns/inte.csv cannot be used: No such file"),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_one_sentence_and_stores_nothing(run, service, words, status, told):
    said = run(*words)
    assert said.status == status
    assert told in said.err
    assert "_unknown" not in said.err
    assert counted(service, "identity", Cohort) == counted(service, "office", Staff) == 0


def test_a_release_of_a_study_that_is_not_there_is_never_ordered(run, service):
    make_staff(service, "researcher")
    said = run("release", "build", "--study", "nej", "--for", "evaluation", "--by", "researcher@example.com")
    assert (said.status, said.err) == (1, "There is no study nej. Write one of kapabla-2026.\n")
    assert counted(service, "office", ReleaseRecord) == 0


@pytest.mark.parametrize("url", ["nonsense", "postgresql://u:hemligt@h:port/x", "mysql://u:hemligt@h/x"])
def test_an_address_that_is_none_is_told_without_its_password(run, url):
    said = run("doctor", KAPABLA_IDENTITY_DATABASE_URL=url)
    assert said.status == 2
    assert said.err.startswith("KAPABLA_IDENTITY_DATABASE_URL is written as postgresql://user:password@host:5432/name")
    assert "hemligt" not in said.err


def test_a_data_folder_that_is_not_there_is_looked_at_by_doctor(run):
    said = run("doctor", KAPABLA_DATA_DIR="/finns/inte")
    assert said.status == 1
    assert "FAIL vault identity: does not answer" in said.out
    assert "disk: " in said.out


def test_a_fault_of_our_own_names_its_kind_and_place_and_no_more(run, monkeypatch):
    def fail(*_args):
        raise ZeroDivisionError("somebody@example.com")

    monkeypatch.setattr("kapabla.cli.text_list.text_rows", fail)
    said = run("texts", "export")
    assert said.status == 1
    assert said.err.startswith("Something went wrong in Kapabla itself (ZeroDivisionError, test_misuse.py:")
    assert "somebody" not in said.err
