"""Long words of headings, questions and buttons, broken with a hyphen where a careful writer would break them.

A narrow screen with large text has room for ten letters in a heading. Browsers hyphenate by themselves where they have
a dictionary of the language, which old telephones lack. A soft hyphen in the text is read aloud by screen readers; so
the place is marked with an element, and the style sheet puts the hyphen there (docs/decisions/0033).
"""

import re
from pathlib import Path

from flask import Flask
from jinja2.ext import Extension
from markupsafe import Markup

_LINES = Path(__file__).with_suffix(".txt").read_text(encoding="utf-8").splitlines()
_PARTS = {line.replace("-", ""): line.split("-") for line in _LINES if not line.startswith("#")}
# Tags are passed by: an address may hold such a word.
_WORD = re.compile(rf"<[^>]*>|\b(?:{'|'.join(_PARTS)})\b", re.IGNORECASE)
_HEADING = re.compile(r"(<(h[1-3]|legend|button|a(?= class=\"button))\b[^>]*>)(.*?)(</\2>)", re.S)


class LongWordsInHeadings(Extension):
    """Every heading, question and button of every template, without a word about it in any of them."""

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:  # noqa: ARG002
        return _HEADING.sub(r"\1{% filter breakable %}\3{% endfilter %}\4", source)


def breakable(text: Markup) -> Markup:
    return Markup(_WORD.sub(_marked, text))  # noqa: S704  (what came in escaped is still so)


def breakable_headings(text: str) -> Markup:
    """Of a text that authors have written: its headings alone."""
    return Markup(_HEADING.sub(lambda found: f"{found[1]}{breakable(Markup(found[3]))}{found[4]}", text))  # noqa: S704


def _marked(found: re.Match[str]) -> str:
    word, marked, at = found[0], "", 0
    if word.startswith("<"):
        return word
    for part in _PARTS[word.lower()][:-1]:
        marked += f'<span class="hy">{word[at : at + len(part)]}</span>'
        at += len(part)
    return marked + word[at:]


def init_app(app: Flask) -> None:
    app.jinja_env.add_extension(LongWordsInHeadings)
    app.jinja_env.filters.update(breakable=breakable, breakable_headings=breakable_headings)
