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


def test_the_words_of_a_drawing_can_be_read_on_a_phone(browser, served):
    """R02: the server's own drawing, where no script runs: letters of 12 px at the least, and inside the drawing."""
    walk = Walk(browser, served.base, script=False)
    walk.go("/_komponenter")
    plot = walk.page.locator("svg.plot")
    for word in plot.locator("text").all():
        assert word.bounding_box()["height"] >= 12
    right = plot.bounding_box()["x"] + plot.bounding_box()["width"]
    assert max(word.bounding_box()["x"] + word.bounding_box()["width"] for word in plot.locator("text").all()) <= right
    walk.context.close()
