"""What the county has done of an open survey is carried out: opened for all, answers on paper put in, results made and
published. The only place where answers to a survey meet what may leave; they leave it protected."""

import json
from datetime import date
from functools import partial

from sqlalchemy import select

from kapabla.answers import open_surveys
from kapabla.audit import Event
from kapabla.clock import local_date
from kapabla.ids import id_from
from kapabla.jobs.approved import publish_approved
from kapabla.keys import keyed_hash, unseal
from kapabla.material.surveys import OpenSurvey, instrument_of, publish_survey
from kapabla.office import promises, surveys
from kapabla.office.staff import Staff
from kapabla.outbox import Job
from kapabla.service import Service
from kapabla.store import Store
from kapabla.vaults import Work

_STEP = 10


def open_published_survey(service: Service, _work: Work, job: Job) -> None:
    publish_survey(Store(service.config.release_dir), OpenSurvey.model_validate_json(job.payload["survey"]))


def save_paper_answer(service: Service, work: Work, job: Job) -> None:
    """Done twice, it is saved once: the id follows from the form."""
    form = job.payload["form"]
    told = json.loads(unseal(service.keys.get("sealing"), bytes.fromhex(job.payload["sealed"]), f"paper_answer.{form}"))
    answer_id = id_from(keyed_hash(service.keys.get("session"), b"paper answer", form.encode()))
    given = open_surveys.Given(
        job.payload["survey"], told["version"], told["values"], told["missing"], told["language"], "paper",
        date.fromisoformat(told["on"]),
    )  # fmt: skip
    open_surveys.save(work.answers, answer_id, given)


def make_survey_result(service: Service, work: Work, job: Job) -> None:
    """Weighted and protected, for two people to look at. What they approve is these bytes."""
    from kapabla.material.survey_results import to_bytes
    from kapabla.release.disclosure import Thresholds
    from kapabla.release.surveys.making import Answered, make_result

    record = surveys.get_result(work.office, job.payload["result"])
    if record.state != "asked":
        return
    survey = surveys.get_survey(work.office, record.survey).survey
    answers = [Answered(one.values, one.mode) for one in open_surveys.answers_of(work.answers, survey.slug)]
    result = make_result(
        survey, instrument_of(survey, service.material), answers,
        thresholds=Thresholds(service.config.min_cell_public),
    )  # fmt: skip
    surveys.made(work.office, record, to_bytes(result))


def publish_survey_result(service: Service, work: Work, job: Job) -> None:
    """Then the situation picture points there."""
    from kapabla.release.surveys.shelf import publish_result

    record = surveys.get_result(work.office, job.payload["result"])
    publish = partial(
        publish_result, Store(service.config.release_dir), approval=surveys.approval_id(work.office, record),
        published_on=local_date(service.clock()),
    )  # fmt: skip
    if publish_approved(
        record, waiting="approved", publish=publish, finish=partial(surveys.finish, work.office, record)
    ):
        _into_the_picture(service, work, surveys.get_survey(work.office, record.survey).survey)


def _into_the_picture(service: Service, work: Work, survey: OpenSurvey) -> None:
    """A source of each period of the municipality that is not closed, with the day that the survey closed."""
    place = service.material.municipality(survey.municipality).slug
    link = f"{service.config.base_url}/enkatsvar/{place}/{survey.year}"
    for cycle in promises.all_cycles(work.office):
        if cycle.municipality != survey.municipality or cycle.status == "closed":
            continue
        known = select(promises.SituationSource.id).where(
            promises.SituationSource.cycle_id == cycle.id, promises.SituationSource.link == link
        )
        if work.office.scalar(known) is None:
            told = f"Trygghetsundersökningen {survey.year}: så har de som bor i kommunen svarat."
            work.office.add(
                promises.SituationSource(
                    cycle_id=cycle.id, kind="survey", as_of=survey.closes_on, summary=told, link=link
                )
            )


def count_survey_answers(service: Service) -> None:
    """Once a day, for the desk: in tens, of the days that are over. More would tell it when somebody answered, and what
    a paper or a visitor did to the number. Read first: a round comes every other second."""
    on = local_date(service.clock())
    with service.vaults.reading() as work:
        if not surveys.to_be_counted(work.office, on):
            return
    with service.vaults.unit() as work:
        for record in surveys.to_be_counted(work.office, on):
            amount = sum(open_surveys.count_answers(work.answers, record.slug, before=on).values())
            # What has been counted for a result, and disposed of since, keeps the number that it had.
            if amount or record.answered is None:
                record.answered = amount // _STEP * _STEP
            record.counted_on = on


def dispose_answers(service: Service, work: Work, slug: str, *, decision: str, by: Staff) -> int:
    """Gallring: once the result is published the answers have done their work. In both logs, with counts only."""
    result = surveys.result_of(work.office, surveys.get_survey(work.office, slug).slug)
    if result is None or result.state != "published":
        raise surveys.SurveyNotPublished(survey=slug)
    amount, at = open_surveys.erase_answers(work.answers, slug), service.clock()
    told = Event(by.id, by.role, "purge", f"survey:{slug}", reason=f"answers {amount}, decision {decision}"[:200])
    service.office_chain.append(work.office, told, at=at)
    service.answers_chain.append(work.answers, told, at=at, date_only=True)
    return amount
