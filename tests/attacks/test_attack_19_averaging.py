"""Attack 19: the same question asked a thousand times, to average away whatever is random in the answer."""

import random

import pytest

from kapabla.release.redcap import calls, open_release, structure
from kapabla.release.redcap.parameters import Parameters
from kapabla.release.redcap.showing import Showing
from tests import served

TIMES = 1_000
QUESTIONS = (
    {"content": "record", "format": "csv"},
    {"content": "record", "format": "json", "type": "eav", "rawOrLabel": "label"},
    {"content": "record", "format": "xml", "filterLogic": "[se_1] = 3", "fields": "record_id,se_mean"},
    {"content": "metadata", "format": "json"},
    {"content": "project", "format": "json"},
)  # fmt: skip


@pytest.fixture
def frozen(research_service, known):
    with research_service.vaults.reading() as work:
        record = served.release_of(work)
    return open_release(research_service.config.release_dir, record.id, record.manifest_hash, is_test=True)


def answers_to(frozen, question, times):
    return {"".join(calls.answer(frozen, Parameters(question.items()), structure.Told()).body) for _ in range(times)}


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question["content"])
def test_a_thousand_identical_questions_have_one_answer(frozen, question):
    """C7.19."""
    assert len(answers_to(frozen, question, TIMES // len(QUESTIONS))) == 1


def test_over_http_and_in_another_process_too(ask, research, research_service, make_app):
    """Nothing of the answer comes from the process or from the time."""
    asked = {"content": "record", "format": "csv"}
    replies = {ask(**asked).data for _ in range(20)}
    again = make_app(research_service.config)
    token = served.make_token(research_service).token
    replies.add(again.test_client().post("/api/", data={"token": token, **asked}).data)
    assert len(replies) == 1


def test_an_answer_with_noise_or_in_another_order_would_be_found_out(frozen, monkeypatch):
    """The mutant: rows in an order that is drawn anew for each call."""
    plain, chance = Showing.flat, random.Random(1)  # noqa: S311

    def shuffled(*given):
        rows = list(plain(*given))
        chance.shuffle(rows)
        return rows

    monkeypatch.setattr(Showing, "flat", shuffled)
    assert len(answers_to(frozen, QUESTIONS[0], 5)) > 1
