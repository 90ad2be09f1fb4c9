"""A page of course text: Markdown with TOML front matter between `+++` fences, rendered once to HTML that is safe."""

import re
from html import escape
from typing import Annotated

from pydantic import Field

from kapabla.material.courses.markdown import check_markdown, to_html
from kapabla.material.courses.pictures import load_picture
from kapabla.material.faults import say
from kapabla.material.reading import Shelf
from kapabla.material.texts import LANGUAGES, Frozen, Language
from kapabla.material.unread import if_read

_FENCE = "+++"


class Picture(Frozen):
    """A drawing above the text. `alt` says what it shows, in the language of the page; empty where it decorates."""

    file: Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
    alt: str
    caption: str | None = None


class FrontMatter(Frozen):
    title: Annotated[str, Field(min_length=1)]
    picture: Picture | None = None


class PageText(Frozen):
    title: str
    markdown: str
    html: str

    @property
    def words(self) -> int:
        return len(re.findall(r"\w+(?:[-’'.:]\w+)*", self.markdown))


def load_page(shelf: Shelf, stem: str, pictures: str) -> dict[Language, PageText]:
    """The page in each language it is written in: `<stem>.sv.md`, and perhaps `<stem>.en.md`."""
    pages: dict[Language, PageText] = {}
    for language in LANGUAGES:
        file = f"{stem}.{language}.md"
        if language == "sv" or shelf.has(file):
            page = _load(shelf, file, pictures)
            if page is not None:
                pages[language] = page
    return pages


def _load(shelf: Shelf, file: str, pictures: str) -> PageText | None:
    text = shelf.text(file)
    if text is None:
        return None
    parts = text.split(f"{_FENCE}\n", 2)
    if len(parts) != 3 or parts[0]:
        shelf.fault(
            file, "line 1", say('the front matter is missing; begin with {fence}, title = "…", {fence}.', fence=_FENCE)
        )
        return None
    raw = shelf.parse(file, parts[1], first_line=2)
    front = None if raw is None else shelf.build(FrontMatter, file, raw)
    if front is None:
        return None
    above = len(parts[2]) - len(parts[2].lstrip())
    first_line = text[: len(text) - len(parts[2]) + above].count("\n") + 1
    markdown = parts[2].strip()
    shelf.remark(file, check_markdown(markdown, first_line))
    drawing = if_read(lambda: _figure(shelf, front.picture, pictures) if front.picture else "", "")
    return PageText(title=front.title, markdown=markdown, html=drawing + to_html(markdown))


def _figure(shelf: Shelf, picture: Picture, pictures: str) -> str:
    drawing = load_picture(shelf, f"{pictures}/{picture.file}.svg", picture.alt)
    if drawing is None:
        return ""
    caption = f"<figcaption>{escape(picture.caption)}</figcaption>" if picture.caption else ""
    return f'<figure class="drawing">{drawing}{caption}</figure>'
