"""C8: the phone dies after any save. On another device the same link leads on from there, and shows no answer."""

import re

import pytest

from kapabla.answers import saving
from tests import factories as make
from tests.page_client import PageClient

_CHOSEN = re.compile(r'<input type="radio" name="(\w+)"[^>]* checked')
# Trade and municipality are known from the list, and confirmed.
_KNOWN = {"bak_1", "bak_2"}
_NOT_ANSWERS = {"csrf", "nyckel", "gjord", "anda", "paus", "sida"}


class Mortal(PageClient):
    """Dies after each form that the server has taken: another device takes over and is compared with what was saved."""

    def __init__(self, app, made):
        super().__init__(app)
        self.made, self.deaths, self.taken = made, 0, {}

    def post(self, path, data=None, **kwargs):
        reply = super().post(path, data, **kwargs)
        if not path.startswith(("/k/", "/start/telefon")):
            self._note(path, data or {})
            self._die()
        return reply

    def _note(self, path, data):
        wave = re.fullmatch(r"/fragor/(\w+)/(\d+)", path)
        if wave:
            given = {name: int(value) for name, value in data.items() if name not in _NOT_ANSWERS}
            self.taken.setdefault(wave[1], {}).update(given)

    def _die(self):
        self.deaths += 1
        page, other = self.page, PageClient(self.app)
        other.get(f"/k/{self.made.token}")
        other.fill()
        other.fill(telefon="delad")
        if other.path == "/start/bra-att-veta":
            other.fill()
        self.get("/fortsatt")
        assert other.path == self.path
        if "/fragor/" in other.path:
            assert set(_CHOSEN.findall(other.text)) <= _KNOWN
        self.page = page


@pytest.fixture
def service(app):
    return app.extensions["kapabla"]


def test_whenever_the_phone_dies_everything_that_was_taken_is_there(app, service):
    made = make.make_person(service)
    mortal = Mortal(app, made)
    make.start_course(mortal, made)
    make.answer_wave(mortal, "fore")
    make.finish_course(service, made)
    make.answer_wave(mortal, "efter")
    assert mortal.deaths > 25
    waves = {wave.slug: wave.code for wave in service.material.studies[make.STUDY].waves}
    for slug, given in mortal.taken.items():
        with service.vaults.reading() as work:
            pages = saving.saved_pages(work.answers, made.subject, waves[slug])
        saved = {code: value for page in pages.values() for code, value in page["values"].items()}
        assert saved == given
