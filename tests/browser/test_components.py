"""A01: every component in every state before axe, on both frames, at 360 px light and 1280 px dark."""

import pytest

from tests.browser.walking import DESK, PHONE, Walk

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("side", ["", "?sida=deltagare"], ids=["staff", "participant"])
def test_axe_finds_nothing_on_any_component(browser, served, side):
    walk = Walk(browser, served.base, screens=(PHONE, DESK))
    walk.go(f"/_komponenter{side}")
    assert walk.complaints == []
    walk.context.close()
