"""Open surveys: answered by anybody, run at the desk, and their results."""

import io
from datetime import date

import pyotp

from kapabla.jobs.runner import run_once
from kapabla.material import default_root, load_material
from kapabla.material.survey_results import to_bytes, without_figures
from kapabla.office import surveys
from kapabla.release.disclosure import Thresholds
from kapabla.release.surveys.making import Answered, make_result
from kapabla.release.surveys.shelf import publish_result
from kapabla.store import Store
from tests.surveys import PEOPLE, SLUG, made_up_answers, make_survey, open_in

DESK = "/admin/enkater"
BANDS = ("16-29", "30-49", "50-64", "65-79", "80+")
TOTALS = "age,sex,people\n" + "".join(f"{BANDS[a - 1]},{('women', 'men')[s - 1]},{n}\n" for (a, s), n in PEOPLE.items())


def visit_participant(view, service, clock):
    home, last = f"/enkat/{SLUG}", "/enkat/forra"
    open_in(service.config.release_dir)
    open_in(service.config.release_dir, slug="forra", opens_on=date(2025, 11, 1), closes_on=date(2025, 11, 30))
    clock.tick(61)
    anyone = view.client()
    view.get(anyone, home)
    view.fill(anyone, action=home)
    view.fill(anyone, action=home, tu_ute="77", status=400)
    for given in ({"tu_ute": "4"}, {}, {}, {"tu_hot": "1"}, {}):
        view.fill(anyone, action=home, **given)
    view.fill(anyone, action=home, status=400)
    clock.tick(30)
    view.fill(anyone, action=home, tu_kon="1")
    view.get(anyone, last, status=410)


def visit_staff(view, service, clock, editor, approver):
    editor.get(DESK)
    view.get(editor, f"{DESK}/ny")
    view.fill(editor, action=f"{DESK}/ny", status=400)
    editor.fill(
        action=f"{DESK}/ny", kommun="2404", oppnar="2026-11-01", stanger="2026-12-20", platser="Torget", kalla="SCB",
        galler="2025-12-31", hamtad="2026-10-01", fil=(io.BytesIO(TOTALS.encode()), "folk.csv"),
    )  # fmt: skip
    here = editor.path
    run_once(service)
    view.see(editor)
    view.get(editor, f"{here}/dagar")
    view.get(editor, f"{here}/papper")
    view.fill(editor, action=f"{here}/papper", status=400)
    view.fill(editor, action=f"{here}/papper", tu_ute="1")
    view.get(editor, DESK)
    counted(view, service, clock, editor, approver, here)


def counted(view, service, clock, editor, approver, here):
    """A survey that has closed: the days of this one are moved, as the clock would have moved them."""
    with service.vaults.unit() as work:
        record = surveys.get_survey(work.office, here.rsplit("/", 1)[1])
        closed = record.survey.model_copy(update={"opens_on": date(2026, 10, 1), "closes_on": date(2026, 10, 20)})
        record.document = closed.model_dump_json()
    view.get(editor, here)
    view.fill(editor, action=f"{here}/resultat")
    run_once(service)
    with service.vaults.reading() as work:
        result = f"{DESK}/resultat/{surveys.result_of(work.office, record.slug).id}"
    view.get(approver, result)
    view.fill(approver, action=result, beslut="avsla", status=400)
    clock.tick(31)
    approver.fill(action=result, kod=pyotp.TOTP(approver.secret).at(clock()), beslut="godkann")
    view.get(approver, result)
    published(view, service, editor, here, result)


def published(view, service, editor, here, result):
    """The second approval is given as the page of the other would have given it."""
    with service.vaults.unit() as work:
        surveys.get_result(work.office, result.rsplit("/", 1)[1]).state = "published"
    view.get(editor, f"{here}/ratta")
    view.fill(editor, action=f"{here}/ratta", status=400)


def visit_public(view, service, clock, anyone):
    """Two years, with figures and with figures that are not shown; and one with too few."""
    instrument = load_material(default_root()).instruments["tu", 1]
    store = Store(service.config.release_dir)
    for place, year, people in (("2404", 2025, 220), ("2404", 2026, 90), ("2409", 2026, 12)):
        survey = make_survey(
            slug=f"enkat-{place}-{year}", municipality=place, opens_on=date(year, 1, 1), closes_on=date(year, 1, 31)
        )
        answers = [Answered(values, "web") for values in made_up_answers(instrument, people, people)]
        result = make_result(survey, instrument, answers, thresholds=Thresholds(10))
        publish_result(store, to_bytes(result), approval="a", published_on=date(year, 2, 9))
        if year == 2025:
            corrected = without_figures(result, note="Fel fråga.", of={"otrygg_ute"})
            publish_result(store, to_bytes(corrected), approval="b", published_on=date(year, 3, 9))
    for path in ("", "/vindeln", "/vindeln/2025", "/vindeln/2025/version/1", "/robertsfors"):
        view.get(anyone, f"/enkatsvar{path}")
