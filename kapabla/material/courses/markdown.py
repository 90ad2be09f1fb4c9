"""What a page of course text may be written with, and what an author who writes something else is told."""

import re
from collections.abc import Iterator, Mapping

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token

from kapabla.material.faults import say

# No links: a text may not lead out of the site. A picture stands in the front matter, and must say what it shows.
_ALLOWED_TAGS = {"h2", "h3", "p", "ul", "ol", "li", "strong", "em", "blockquote", "br"}
_SHOWN = MarkdownIt("commonmark", {"html": False})
# Reads more than is shown, so that what would vanish, or stand as signs in the text, is told.
_CHECKED = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
_LINK = "a text does not lead out of the site; remove the link, and write in words where to turn."
_HTML = "markup between < > is not shown; write the text without it."
_CODE = "code is not shown as such; remove the backticks, or the spaces that the line begins with."
_NOT_OURS: Mapping[str, str] = {
    "image": 'a picture stands in the front matter; write picture = {{file = "…", alt = "…"}} there.',
    "link_open": _LINK,
    "html_block": _HTML,
    "html_inline": _HTML,
    "table_open": "a table is not shown; write a list, with - before each line.",
    "code_inline": _CODE,
    "code_block": _CODE,
    "fence": _CODE,
    "hr": "a line across the page is not shown; write a heading with ## instead.",
    "s_open": "text that is struck out is not shown so; remove ~~.",
}
_HEADINGS = ("h2", "h3")
_DEFINITION = re.compile(r"^ {0,3}\[[^\]]+\]:", re.MULTILINE)


def to_html(markdown: str) -> str:
    return nh3.clean(str(_SHOWN.render(markdown)), tags=_ALLOWED_TAGS, attributes={}).strip()


def check_markdown(markdown: str, first_line: int) -> Iterator[tuple[str, str]]:
    """`first_line`: the line of the file on which the text begins."""
    told = set[tuple[str, str]]()
    for line, message in sorted(_found(markdown)):
        place = f"line {line + first_line}"
        if (place, message) not in told:
            yield place, message
        told.add((place, message))


def _found(markdown: str) -> Iterator[tuple[int, str]]:
    for match in _DEFINITION.finditer(markdown):  # the address of a link, which leaves nothing behind
        yield markdown.count("\n", 0, match.start()), say(_LINK)
    for token in _CHECKED.parse(markdown):
        line = token.map[0] if token.map else 0
        for part in (token, *(token.children or ())):
            message = _message(part)
            if message is not None:
                yield line, message
            line += part.type in ("softbreak", "hardbreak")


def _message(token: Token) -> str | None:
    if token.type == "heading_open" and token.tag not in _HEADINGS:
        return say("the heading is neither ## nor ###, and is not shown as one; write one of them.")
    return say(_NOT_OURS[token.type]) if token.type in _NOT_OURS else None
