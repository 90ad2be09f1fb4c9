"""Every form of a participant that saves something: how it is reached, what is filled in, and what it leaves."""

import shutil
from dataclasses import replace
from pathlib import Path

from sqlalchemy import func, select

from kapabla.answers.consents import current_choices
from kapabla.tables import METADATA
from tests import factories as make
from tests.page_client import PageClient

# A log tells what was done as often as it was done.
UNCOUNTED = {"audit", "audit_head"}


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


def open_form(form, app, made):
    """A client who has come to the form, the form's address, and what a browser would send."""
    reach, fill = FORMS[form]
    client = PageClient(app)
    make.start_course(client, made)
    reach(client)
    return client, client.path, client.hidden(action=client.path) | fill(client)
