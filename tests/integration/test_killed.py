"""Killed at any commit, or between the last and the reply: what was acknowledged is there, and a replay makes it whole.

A child of this process answers one form and is killed; then the same form is sent again, as a browser does. Nothing may
be lost, nothing doubled: what stands afterwards is what stands when nobody was killed.
"""

import os
import shutil
import signal
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import func, select

from kapabla.answers.consents import current_choices
from kapabla.tables import METADATA
from kapabla.vaults import VaultSession, Work
from tests import factories as make
from tests.page_client import SAME_ORIGIN, PageClient

# Before the first, the second and the third commit, and after all of them.
MOMENTS = (0, 1, 2, "replied")
# A log tells what was done as often as it was done, and choices are appended: the latest set holds.
UNCOUNTED = {"audit", "audit_head", "consent"}


def first_questions(client):
    client.get("/fragor/fore/1")


def all_answered(client):
    client.get("/fragor/fore/0")
    number = 1
    while not client.path.endswith("skicka"):
        client.get(f"/fragor/fore/{number}")
        client.fill(**make.answers_on(client.text), anda="1")
        number += 1


def at_check(client):
    make.answer_wave(client, "fore")
    course = next(iter(client.app.extensions["kapabla"].material.courses.values()))
    number = next(step.number for step in course.modules[0].steps if step.kind == "check")
    client.get(f"/delar/1/{number}")


def at(path):
    return lambda client: client.get(path)


def given(**fields):
    return lambda _client: fields


# How the form is reached, and what is filled in.
FORMS = {
    "a page of answers": (first_questions, lambda client: make.answers_on(client.text)),
    "the sending in": (all_answered, given()),
    "a changed choice": (at("/start/samtycke"), given(val1="ja", val2="nej", val3="ja")),
    "the way of contact": (at("/start/kontakt"), given(kontakt="none")),
    "a knowledge check": (at_check, lambda client: make.answers_on(client.text) | {"gor": "svara"}),
    "a step that is read": (at_check, given(gor="klar")),
    "leaving the research": (at("/mina-uppgifter/avsluta"), given(vad="forskning", svar="bort")),
    "leaving everything": (at("/mina-uppgifter/avsluta"), given(vad="allt", svar="bort")),
}


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


def standing(service, subject):
    """The rows of every table, and which choices hold."""
    with service.vaults.reading() as work:
        rows = {
            (vault, table.name): getattr(work, vault).scalar(select(func.count()).select_from(table))
            for vault, metadata in METADATA.items()
            for table in metadata.sorted_tables
            if table.name not in UNCOUNTED
        }
        return rows, current_choices(work.answers, subject)


class Twin:
    """The same installation as often as it is wanted, each with a data folder of its own."""

    def __init__(self, config, make_app, folder):
        self._config, self._make_app, self._folder, self._number = config, make_app, folder, 0

    def client(self, of):
        self._number += 1
        data = Path(shutil.copytree(self._config.data_dir, self._folder / str(self._number)))
        urls = {f"{vault}_url": f"sqlite:///{data / vault}.db" for vault in METADATA}
        client = PageClient(self._make_app(replace(self._config, data_dir=data, **urls)))
        for cookie in of.browser._cookies.values():
            client.browser.set_cookie(cookie.key, cookie.value)
        return client


@pytest.mark.parametrize("form", FORMS)
def test_a_form_that_was_killed_can_be_sent_again(form, config, service, make_app, tmp_path):
    reach, fill = FORMS[form]
    made = make.make_person(service)
    first = PageClient(make_app(config))
    make.start_course(first, made)
    reach(first)
    path, data = first.path, first.hidden(action=first.path) | fill(first)
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
