"""The research process alone: without the identity and answers settings, and with none of their keys."""

import shutil
from dataclasses import replace

import pytest

from tests import served

KEYS = ("session-1.key", "sealing-1.key", "audit-office.key")


@pytest.fixture
def research_config(config, tmp_path):
    folder = tmp_path / "research-keys"
    folder.mkdir()
    for name in KEYS:
        shutil.copy(config.key_dir / name, folder / name)
    return replace(config, audiences=("research",), identity_url=None, answers_url=None, key_dir=folder)


@pytest.fixture
def app(research_config, make_app):
    return make_app(research_config)


@pytest.fixture
def service(app):
    return app.extensions["kapabla"]


@pytest.fixture(scope="session")
def dataset():
    return served.make_dataset()


@pytest.fixture
def released(service, dataset):
    served.make_approvers(service)
    served.lock_release(service, dataset)
    return dataset


@pytest.fixture
def token(service, released):
    return served.make_token(service).token


@pytest.fixture
def call(app, token):
    """`call(content="record", …)`: one POST with the token, as a form."""
    browser = app.test_client()

    def post(**given):
        return browser.post("/api/", data={"token": token, **given})

    return post
