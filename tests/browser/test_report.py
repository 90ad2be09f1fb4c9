"""The report as a page of its own (R11, A16): what axe has to say of it, and that a telephone shows all of it."""

import pytest

from kapabla.release.report import as_html
from tests.browser import judging, measures
from tests.unit.release.test_release_report import REPORTS

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("lang", ["sv", "en"])
def test_axe_finds_no_fault_in_the_report_and_has_no_doubt(browser, lang):
    """On a telephone a wide table is scrolled, and axe cannot see the colours of what is out of sight: there they are
    those of the wide screen."""
    page = browser.new_page()
    page.set_content(as_html(REPORTS[lang]).decode())
    for width, scheme in ((1280, "light"), (1280, "dark"), (360, "light")):
        page.set_viewport_size({"width": width, "height": 800})
        page.emulate_media(color_scheme=scheme)
        verdict = judging.judge(page, "", judging.TAGS)
        out_of_sight = [told for told in verdict.unknown if width == 360 and told[0] == "color-contrast"]
        assert verdict.violations == []
        assert [told for told in verdict.unknown if told not in out_of_sight] == []
        assert measures.excess(page, width) == []
    page.close()
