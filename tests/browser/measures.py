"""What no rule of axe measures: targets, reflow, large text, text further apart (A03, A04, A05)."""

from contextlib import contextmanager
from pathlib import Path

_MEASURES = Path(__file__).with_suffix(".js").read_text(encoding="utf-8")
_SPACED = """() => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(`p { margin-bottom: 2em !important }
        * { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important }`);
    document.adoptedStyleSheets = [sheet];
}"""


def small_targets(page):
    """A05."""
    return page.evaluate(f"{_MEASURES}.smallTargets()")


def colours(page):
    return frozenset(page.evaluate(f"{_MEASURES}.colours()"))


def excess(page, width):
    found = page.evaluate("document.documentElement.scrollWidth")
    return [(f"{found} px on a screen of {width}",)] if found > width else []


def lost_text(page, width):
    return [*excess(page, width), *page.evaluate(f"{_MEASURES}.lostText()")]


def broken_words(page):
    return page.evaluate(f"{_MEASURES}.brokenWords()")


@contextmanager
def reflowed(page):
    """1280 px at 400 % (A03)."""
    page.set_viewport_size({"width": 320, "height": 256})
    yield


@contextmanager
def enlarged(page):
    """Twice as large, on a narrow telephone (A04)."""
    page.set_viewport_size({"width": 320, "height": 640})
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    yield
    page.evaluate("document.documentElement.style.fontSize = ''")


@contextmanager
def spaced(page):
    """Lines, letters, words and paragraphs further apart (A04)."""
    page.set_viewport_size({"width": 320, "height": 640})
    page.evaluate(_SPACED)
    yield
    page.evaluate("document.adoptedStyleSheets = []")


NARROW = {"reflow": reflowed, "text of 200 %": enlarged, "text spacing": spaced}
