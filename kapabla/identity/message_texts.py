"""Which words a message has: by its step and number, in the language of the person."""

from kapabla.identity.messages import COURSE_STEP, INVITATION_STEP
from kapabla.material import Material, Study
from kapabla.material.messages import Written, write, write_sms
from kapabla.material.studies.consent_values import longest_minutes
from kapabla.material.studies.definition import Wave
from kapabla.material.texts import Text


def message_text(
    material: Material, step: str, number: int, *, language: str, link: str, no_link: str, study: Study | None = None
) -> Written:
    """The study is asked for where the step is one of its own."""
    messages, facts = material.messages, {"link": link, "no_link": no_link}
    wave = _follow_up(study, step)
    if study and wave:
        told: dict[str, str | Text] = {
            "minutes": str(longest_minutes(study, material, wave.code)),
            "time_since": messages.time_since[str(wave.months)],
        }
        message = messages.follow_up
    else:
        told = {"minutes": str(max(course.minutes for course in material.courses.values()))}
        first = {INVITATION_STEP: messages.invitation, COURSE_STEP: messages.course_open}
        message = messages.reminder if number else first.get(step, messages.reminder)
    return write(message, messages.signature, material.organisation, language, {**facts, **told})


def sms_text(
    material: Material, step: str, *, language: str, link: str, no_link: str, study: Study | None = None
) -> str:
    """A reminder says what the invitation said."""
    texts = material.messages.sms
    text = texts.follow_up if _follow_up(study, step) else {COURSE_STEP: texts.course_open}.get(step, texts.begin)
    return write_sms(text, material.organisation, language, {"link": link, "no_link": no_link})


def copy_code_sms(material: Material, digits: str, *, language: str) -> str:
    return write_sms(material.messages.sms.copy_code, material.organisation, language, {"digits": digits})


def _follow_up(study: Study | None, step: str) -> Wave | None:
    waves = study.waves if study else ()
    return next((wave for wave in waves if wave.slug == step and wave.months), None)


def copy_code_text(material: Material, digits: str, *, language: str) -> Written:
    messages = material.messages
    return write(messages.copy_code, messages.signature, material.organisation, language, {"digits": digits})
