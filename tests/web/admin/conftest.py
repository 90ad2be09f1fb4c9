"""Without the public audience: what stands here must not lean on it."""

from dataclasses import replace

import pytest


@pytest.fixture
def app(config, make_app):
    return make_app(replace(config, audiences=("participant", "admin", "research")))
