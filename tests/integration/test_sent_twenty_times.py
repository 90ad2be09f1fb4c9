"""Twenty times at once and twenty times more: one effect, the same answer to all, for every saving form (C9, B07)."""

import pytest

from tests import factories as make
from tests.at_once import at_once
from tests.integration.saving_forms import FORMS, Twin, open_form, standing

TIMES = 20


@pytest.mark.parametrize("form", FORMS)
def test_twenty_at_once_and_twenty_replays_are_as_one(form, config, service, make_app, tmp_path):
    made = make.make_person(service)
    first, path, data = open_form(form, make_app(config), made)
    twin = Twin(config, make_app, tmp_path / "twins")
    once, often = twin.client(first), twin.client(first)
    (reply,) = at_once(once, path, data, times=1)
    replies = at_once(often, path, data, times=TIMES)
    replies += [found for _ in range(TIMES) for found in at_once(often, path, data, times=1)]
    assert set(replies) == {reply}
    assert reply[0] in (200, 303)
    after = [standing(client.app.extensions["kapabla"], made.subject) for client in (once, often)]
    assert after[0] == after[1]
