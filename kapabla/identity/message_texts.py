"""Which words a message has: by its step and number, in the language of the person."""

from kapabla.identity.messages import COURSE_STEP, INVITATION_STEP
from kapabla.material import Material
from kapabla.material.messages import MessageText, Written, write


def message_text(material: Material, step: str, number: int, *, language: str, link: str) -> Written:
    minutes = max(course.minutes for course in material.courses.values())
    facts = {"link": link, "minutes": str(minutes)}
    message = _message(material, step, number)
    return write(message, material.messages.signature, material.organisation, language, facts)


def copy_code_text(material: Material, digits: str, *, language: str) -> Written:
    messages = material.messages
    return write(messages.copy_code, messages.signature, material.organisation, language, {"digits": digits})


def _message(material: Material, step: str, number: int) -> MessageText:
    if step == COURSE_STEP:
        return material.messages.course_open
    if step == INVITATION_STEP:
        return material.messages.reminder if number else material.messages.invitation
    raise ValueError(step)
