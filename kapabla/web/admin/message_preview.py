"""The invitation as it will be read, with a made-up link: an officer needs the words, not somebody's way in."""

from kapabla.identity.message_texts import message_text
from kapabla.identity.messages import INVITATION_STEP
from kapabla.material.messages import Written
from kapabla.web.unit_of_work import service


def preview() -> Written:
    link = f"{service().config.base_url}/k/…"
    return message_text(service().material, INVITATION_STEP, 0, language="sv", link=link)
