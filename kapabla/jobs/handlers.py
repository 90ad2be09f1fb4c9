"""Which kind of job is done by what. A handler is given the service, the work that its end is part of, and the job."""

from collections.abc import Callable

from kapabla.jobs.audit_heads import SEND_HEADS, send_heads
from kapabla.jobs.bounces import READ_BOUNCES, read_bounces
from kapabla.jobs.contacts import publish_contact
from kapabla.jobs.copies import make_copy, send_copy_code
from kapabla.jobs.course_results import publish_results
from kapabla.jobs.material import publish_material
from kapabla.jobs.openings import TELL_OPENINGS, tell_openings
from kapabla.jobs.promises import publish_promises
from kapabla.jobs.reidentifying import TELL_REIDENTIFICATION, tell_reidentification
from kapabla.jobs.releases import BROKEN, build_release, clear_release, give_up
from kapabla.jobs.reminders import REMIND, remind
from kapabla.jobs.send import send_lost_link, send_message
from kapabla.jobs.series import keep_series
from kapabla.jobs.sms_reports import READ_SMS, read_sms
from kapabla.jobs.staff_mail import (
    send_sign_up,
    send_trial,
    tell_approver,
    tell_let_in,
    tell_new_device,
    tell_promise_editor,
    tell_signatory,
)
from kapabla.jobs.steps import TURN_STEPS, turn_steps_over
from kapabla.jobs.stocktaking import TELL_OPERATOR, tell_operator
from kapabla.jobs.surveys import (
    make_survey_result,
    open_published_survey,
    publish_survey_result,
    save_paper_answer,
)
from kapabla.jobs.withdrawal_notices import TELL_WITHDRAWALS, lock_release, tell_withdrawals
from kapabla.jobs.withdrawals import refresh_placement, withdraw
from kapabla.office.contact_register import PUBLISH_CONTACT
from kapabla.office.promise_editions import PUBLISH_PROMISES, TELL_EDITOR, TELL_SIGNATORY
from kapabla.office.promise_series import KEEP_SERIES
from kapabla.office.records import SEND_SIGN_UP, SEND_TRIAL, TELL_LET_IN, TELL_NEW_DEVICE
from kapabla.office.release_register import CLEAR_RELEASE, LOCK_RELEASE, PUBLISH_RESULTS
from kapabla.office.surveys import MAKE_RESULT, PUBLISH_RESULT, PUBLISH_SURVEY, SAVE_PAPER
from kapabla.office.uploads import TELL_APPROVER
from kapabla.outbox import MAX_ATTEMPTS, Job
from kapabla.service import Service
from kapabla.vaults import Work

Handler = Callable[[Service, Work, Job], None]


def _build(service: Service, work: Work, job: Job) -> None:
    """A build that takes the whole process with it, time after time, must end as well."""
    if job.attempts < MAX_ATTEMPTS:
        build_release(service, work, job.payload["release"])
    else:
        give_up(service, work, job.payload["release"], BROKEN)


HANDLERS: dict[str, Handler] = {
    "send_message": send_message,
    "send_lost_link": send_lost_link,
    "send_copy_code": send_copy_code,
    "make_copy": make_copy,
    "withdraw": withdraw,
    "refresh_placement": refresh_placement,
    TURN_STEPS: turn_steps_over,
    TELL_OPENINGS: tell_openings,
    REMIND: remind,
    READ_BOUNCES: read_bounces,
    READ_SMS: read_sms,
    "build_release": _build,
    CLEAR_RELEASE: clear_release,
    LOCK_RELEASE: lock_release,
    PUBLISH_RESULTS: publish_results,
    TELL_WITHDRAWALS: tell_withdrawals,
    "publish_material": publish_material,
    PUBLISH_CONTACT: publish_contact,
    PUBLISH_PROMISES: publish_promises,
    KEEP_SERIES: keep_series,
    PUBLISH_SURVEY: open_published_survey,
    SAVE_PAPER: save_paper_answer,
    MAKE_RESULT: make_survey_result,
    PUBLISH_RESULT: publish_survey_result,
    TELL_APPROVER: tell_approver,
    TELL_SIGNATORY: tell_signatory,
    TELL_EDITOR: tell_promise_editor,
    SEND_HEADS: send_heads,
    TELL_OPERATOR: tell_operator,
    TELL_REIDENTIFICATION: tell_reidentification,
    SEND_TRIAL: send_trial,
    TELL_NEW_DEVICE: tell_new_device,
    TELL_LET_IN: tell_let_in,
    SEND_SIGN_UP: send_sign_up,
}
