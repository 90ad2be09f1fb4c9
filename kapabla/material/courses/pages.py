"""A page of course text: Markdown with TOML front matter between `+++` fences, rendered once to HTML that is safe."""

import re

import nh3
from markdown_it import MarkdownIt

from kapabla.material.reading import Shelf
from kapabla.material.texts import LANGUAGES, Frozen

# No links and no pictures yet: a text may not lead out of the site, and an image needs its alternative text.
_ALLOWED_TAGS = {"h2", "h3", "p", "ul", "ol", "li", "strong", "em", "blockquote", "br"}
_MARKDOWN = MarkdownIt("commonmark", {"html": False})
_FENCE = "+++"


class FrontMatter(Frozen):
    title: str


class PageText(Frozen):
    title: str
    markdown: str
    html: str

    @property
    def words(self) -> int:
        return len(re.findall(r"\w+(?:[-’'.:]\w+)*", self.markdown))


def load_page(shelf: Shelf, stem: str) -> dict[str, PageText]:
    """The page in each language it is written in: `<stem>.sv.md`, and perhaps `<stem>.en.md`."""
    pages: dict[str, PageText] = {}
    for language in LANGUAGES:
        file = f"{stem}.{language}.md"
        if language == "sv" or (shelf.root / file).is_file():
            page = _load(shelf, file)
            if page is not None:
                pages[language] = page
    return pages


def _load(shelf: Shelf, file: str) -> PageText | None:
    text = shelf.text(file)
    if text is None:
        return None
    parts = text.split(f"{_FENCE}\n", 2)
    if len(parts) != 3 or parts[0]:
        shelf.fault(file, "line 1", f'the front matter is missing; begin with {_FENCE}, title = "…", {_FENCE}.')
        return None
    raw = shelf.parse(file, parts[1], first_line=2)
    front = None if raw is None else shelf.build(FrontMatter, file, raw)
    if front is None:
        return None
    markdown = parts[2].strip()
    return PageText(title=front.title, markdown=markdown, html=to_html(markdown))


def to_html(markdown: str) -> str:
    return nh3.clean(str(_MARKDOWN.render(markdown)), tags=_ALLOWED_TAGS, attributes={}).strip()
