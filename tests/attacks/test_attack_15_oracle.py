"""Attack 15: does this record exist? Does this key? Told by another answer, or by other work for the same answer."""

from contextlib import contextmanager

import pytest
from sqlalchemy import event

from kapabla.release.redcap import Frozen, Refusal
from kapabla.web.api import calling
from tests import served


@contextmanager
def statements(service):
    """The statements of the office, without their values."""
    found = []

    def note(_connection, _cursor, statement, *_rest):
        found.append(statement)

    engine = service.vaults.engines["office"]
    event.listen(engine, "before_cursor_execute", note)
    yield found
    event.remove(engine, "before_cursor_execute", note)


def looked_at(service, post, **given):
    with statements(service) as found:
        reply = post(**given)
    return reply.status_code, reply.data, dict(reply.headers), found


def test_an_unknown_record_is_like_one_that_is_filtered_away(ask, research_service, known):
    """C7.15: same status, same bytes, the same statements in the same order."""
    asked = {"content": "record", "filterLogic": "[se_1] = 99"}
    ask(**asked)  # opens the file, once
    one = looked_at(research_service, ask, **asked, records=known.people[0])
    other = looked_at(research_service, ask, **asked, records="KP22222222222222")
    assert one == other
    assert one[:2] == (200, b"[]")
    assert len(one[3]) > 3


BAD = ("unknown", "malformed", "revoked", "expired")


@pytest.fixture
def bad_keys(research_service, known, clock):
    revoked, expired = served.make_token(research_service), served.make_token(research_service, days=1)
    with research_service.vaults.unit() as work:
        served.revoke(research_service, work, revoked.id)
    clock.tick(days=2)
    return {"unknown": "0" * 32, "malformed": "x" * 32, "revoked": revoked.token, "expired": expired.token}


def answers_to(research, keys):
    browser = research.test_client()
    return {
        name: looked_at(
            research.extensions["kapabla"], lambda **given: browser.post("/api/", data=given), token=keys[name],
            content="record",
        )
        for name in BAD
    }  # fmt: skip


def test_a_key_that_was_good_is_like_one_that_never_was(research, bad_keys):
    """One answer for all; those that are keys by their form cost the same statements."""
    found = answers_to(research, bad_keys)
    assert len({answer[:2] for answer in found.values()}) == 1
    assert found["unknown"][0] == 403
    assert found["unknown"][3] == found["revoked"][3] == found["expired"][3]


def test_an_answer_of_its_own_for_a_key_that_was_good_would_be_found_out(research, bad_keys, monkeypatch):
    """The mutant: telling that the key has been taken back."""
    plain = calling._turn_away

    def telling(key, address):
        reply = plain(key, address)
        if key and key.token.is_revoked:
            reply.set_data(b"Your key has been taken back")
        return reply

    monkeypatch.setattr(calling, "_turn_away", telling)
    assert len({answer[:2] for answer in answers_to(research, bad_keys).values()}) == 2


def test_an_answer_of_its_own_for_an_unknown_record_would_be_found_out(ask, research_service, known, monkeypatch):
    """The mutant: an unknown record refused."""
    plain = Frozen.lines

    def telling(self, records=None):
        if records and not set(records) & set(self._spans):
            raise Refusal("There is no such record")
        return plain(self, records)

    monkeypatch.setattr(Frozen, "lines", telling)
    asked = {"content": "record", "filterLogic": "[se_1] = 99"}
    one = looked_at(research_service, ask, **asked, records=known.people[0])
    other = looked_at(research_service, ask, **asked, records="KP22222222222222")
    assert one[:2] != other[:2]
