"""The invitation as it will be read, with a made-up link: an officer needs the words, not somebody's way in."""

from kapabla.identity.invitation_text import invitation_text
from kapabla.web.unit_of_work import service


def preview_text() -> str:
    minutes = max(course.minutes for course in service().material.courses.values())
    return invitation_text(service().material.organisation, f"{service().config.base_url}/k/…", minutes)
