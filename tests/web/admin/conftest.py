"""Without the public audience: what stands here must not lean on it."""

from dataclasses import replace

import pytest

from tests.material_once import unchanged_parts_once

__all__ = ["unchanged_parts_once"]  # uploads are checked with all that stands around them


@pytest.fixture
def app(config, make_app):
    return make_app(replace(config, audiences=("participant", "admin", "research")))
