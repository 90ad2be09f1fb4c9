"""The demo's open surveys of Vindeln: two years counted and published, and one that is open. All of it is made up."""

from collections.abc import Sequence
from datetime import date, timedelta

from kapabla.answers import open_surveys
from kapabla.clock import local_date
from kapabla.ids import new_id
from kapabla.jobs.made_up_survey import made_up_answers
from kapabla.jobs.surveys import make_survey_result, publish_survey_result
from kapabla.material.surveys import Count, OpenSurvey, Population, newest_instrument, publish_survey
from kapabla.office import sign_in, surveys
from kapabla.outbox import Job
from kapabla.service import Service
from kapabla.store import Store
from kapabla.vaults import Work

PLACE = "2404"
PLACES = ("Exempeltorget", "Exempelstranden", "Exempelvägens busshållplats")
COUNTS = ((340, 390), (560, 620), (510, 560), (560, 590), (260, 180))
OPEN_DAYS = 40
# Years ago, how many answered, and how much at ease they were.
COUNTED = ((2, 190, 0.66), (1, 230, 0.74))


def fill_surveys(service: Service, *, editor: str, approvers: Sequence[str]) -> None:
    """Opened by the editor, answered, counted by the jobs and approved by two: as in earnest."""
    today = local_date(service.clock())
    for years, people, ease in COUNTED:
        opened = today - timedelta(days=365 * years + OPEN_DAYS)
        survey = _open(service, opened, editor)
        _answer(service, survey, people=people, ease=ease)
        _count(service, survey, editor, approvers)
    survey = _open(service, today - timedelta(days=7), editor)
    publish_survey(Store(service.config.release_dir), survey)


def open_slug(work: Work, today: date) -> str:
    """Of the survey that can be answered today. A demo that an older version made has none."""
    return next((one.slug for one in surveys.all_surveys(work.office) if one.survey.is_open(today)), "-")


def _open(service: Service, opens_on: date, editor: str) -> OpenSurvey:
    instrument, closes_on = newest_instrument(service.material), opens_on + timedelta(days=OPEN_DAYS)
    counts = tuple(
        Count(age=age, sex=sex, people=people)
        for age, row in enumerate(COUNTS, start=1)
        for sex, people in enumerate(row, start=1)
    )
    survey = OpenSurvey(
        slug=f"{service.material.municipality(PLACE).slug}-{closes_on.year}", version=1, municipality=PLACE,
        instrument=instrument.id, instrument_version=instrument.version, opens_on=opens_on, closes_on=closes_on,
        places=PLACES, is_example=True,
        population=Population(
            source="Påhittade tal", as_of=date(opens_on.year - 1, 12, 31), retrieved_on=opens_on, counts=counts
        ),
    )  # fmt: skip
    with service.vaults.unit() as work:
        by = sign_in.get_staff(work.office, editor)
        surveys.open_survey(work.office, service.office_chain, survey, by=by, at=service.clock())
    return survey


def _answer(service: Service, survey: OpenSurvey, *, people: int, ease: float) -> None:
    answers = made_up_answers(service, survey, people=people, seed=survey.year, ease=ease)
    with service.vaults.unit() as work:
        for place, values in enumerate(answers):
            on = survey.opens_on + timedelta(days=place % OPEN_DAYS)
            mode = "paper" if place % 8 == 0 else "web"
            given = open_surveys.Given(survey.slug, 1, values, {}, "sv", mode, on)
            open_surveys.save(work.answers, new_id(), given)


def _count(service: Service, survey: OpenSurvey, editor: str, approvers: Sequence[str]) -> None:
    at = service.clock()
    with service.vaults.unit() as work:
        record = surveys.get_survey(work.office, survey.slug)
        result = surveys.ask_result(
            work.office, service.office_chain, record, by=sign_in.get_staff(work.office, editor),
            today=local_date(at), at=at,
        )  # fmt: skip
        job = Job(new_id(), surveys.MAKE_RESULT, {"result": result.id}, 1, "")
        make_survey_result(service, work, job)
    for email in approvers:
        with service.vaults.unit() as work:
            member, waiting = sign_in.get_staff(work.office, email), surveys.get_result(work.office, result.id)
            surveys.approve(work.office, service.office_chain, waiting, by=member, at=at)
    with service.vaults.unit() as work:
        publish_survey_result(service, work, job)
