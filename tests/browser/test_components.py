"""What only a page of all components shows, in a browser; axe and the conditions meet it with every other page."""

import pytest

from tests.browser.walking import Walk

pytestmark = pytest.mark.browser


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
