"""The research process alone, with a release that is known cell by cell: for attacks through the API."""

from dataclasses import replace

import pytest

from tests import served


@pytest.fixture
def research(config, make_app):
    return make_app(replace(config, audiences=("research",), identity_url=None, answers_url=None))


@pytest.fixture
def research_service(research):
    return research.extensions["kapabla"]


@pytest.fixture
def known(research_service):
    """The released table."""
    dataset = served.make_dataset()
    served.make_approvers(research_service)
    served.lock_release(research_service, dataset)
    return dataset


@pytest.fixture
def ask(research, research_service, known):
    """`ask(content="record", …)`: one call with a key that holds."""
    token = served.make_token(research_service).token
    browser = research.test_client()

    def post(**given):
        return browser.post("/api/", data={"token": token, "format": "json", **given})

    return post
