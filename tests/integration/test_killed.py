"""Killed at any commit, or between the last and the reply: what was acknowledged is there, and a replay makes it whole.

A child of this process answers one form and is killed; then the same form is sent again, as a browser does. Nothing may
be lost, nothing doubled: what stands afterwards is what stands when nobody was killed.
"""

import os
import signal

import pytest

from kapabla.vaults import VaultSession, Work
from tests import factories as make
from tests.integration.saving_forms import FORMS, Twin, open_form, standing
from tests.page_client import SAME_ORIGIN

# Before the first, the second and the third commit, and after all of them.
MOMENTS = (0, 1, 2, "replied")


def killed(moment, send):
    """Send in a child that dies at the moment. True when it died: a form may need fewer commits than there are."""
    child = os.fork()
    if child == 0:
        commits = []

        def die():
            os.kill(os.getpid(), signal.SIGKILL)

        commit, whole = VaultSession.commit, Work.commit

        def counted(session):
            if len(commits) == moment:
                die()
            commits.append(session)
            commit(session)

        def replied(work):
            whole(work)
            if moment == "replied":
                die()

        VaultSession.commit, Work.commit = counted, replied
        try:
            send()
        finally:
            os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)


@pytest.mark.parametrize("form", FORMS)
def test_a_form_that_was_killed_can_be_sent_again(form, config, service, make_app, tmp_path):
    made = make.make_person(service)
    first, path, data = open_form(form, make_app(config), made)
    twin = Twin(config, make_app, tmp_path / "twins")

    def send(client):
        reply = client.browser.post(path, data=data, headers=SAME_ORIGIN)
        assert reply.status_code in (200, 303), reply.text
        return standing(client.app.extensions["kapabla"], made.subject)

    undisturbed = send(twin.client(first))
    died = []
    for moment in MOMENTS:
        client = twin.client(first)
        if killed(moment, lambda client=client: send(client)):
            died.append(moment)
        assert send(client) == undisturbed, moment
    assert {0, "replied"} <= set(died)
