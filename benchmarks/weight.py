"""First-view bytes: all that blocks painting, compressed as a browser asks for it, headers included.

Floor: an empty HTML page.
"""

import re
from collections.abc import Iterator

from flask import Flask
from werkzeug.test import TestResponse

from benchmarks.floor import floor_app
from benchmarks.installation import installation, invite
from benchmarks.journey import PAGE, WAVE, prepare
from benchmarks.measuring import Row
from benchmarks.visitor import Visitor, text_of
from kapabla.app import create_app

LIMIT_BYTES = 14_600
OPEN_PAGES = (
    "/", "/k", "/ny-lank", "/stod", "/tips-om-telefonen", "/utan-tackning", "/om", "/personuppgifter",
    "/tillganglighet", "/tillganglighet/meddela",
)  # fmt: skip
# The pages of somebody who has consented and meets the start questions, on a telephone of her own.
QUESTIONS = (
    "/start/telefon", "/start/bra-att-veta", "/start/om", "/start/samtycke", "/start/kontakt", f"/fragor/{WAVE}/0",
    f"/fragor/{WAVE}/{PAGE}", f"/fragor/{WAVE}/skicka", "/paus", "/mina-uppgifter", "/mina-uppgifter/avsluta",
    "/mina-uppgifter/kopia", "/mina-uppgifter/vem-har-tittat", "/mina-uppgifter/val/1",
)  # fmt: skip
# The pages of the course: open at once to somebody who said no to the research. (The certificate is in the tests.)
COURSE = ("/delar", "/delar/1/1", "/delar/1/klar")
_SHEET = re.compile(r'<link rel="stylesheet" href="([^"]+)"')


def first_view(visitor: Visitor, path: str) -> int:
    """The page and the stylesheets that it waits for."""
    page = visitor.get(path)
    assert page.status_code == 200, f"{path}: {page.status_code}"
    return weight(page) + sum(weight(visitor.get(sheet)) for sheet in _SHEET.findall(text_of(page)))


def weight(reply: TestResponse) -> int:
    return len(reply.get_data()) + len(str(reply.headers).encode()) + len("HTTP/1.1 200 OK\r\n")


def weights(app: Flask, tokens: list[str]) -> dict[str, int]:
    """By page. Two people: the course is open at once only to those who said no to the research."""
    answering = prepare(app, tokens[0]).visitor
    reading = prepare(app, tokens[1], research="nej").visitor
    found = {path: first_view(Visitor(app), path) for path in OPEN_PAGES}
    found["/k/<token>"] = first_view(Visitor(app), f"/k/{tokens[0]}")
    found |= {path: first_view(answering, path) for path in QUESTIONS}
    found |= {path: first_view(reading, path) for path in COURSE}
    return found


def rows(*, long: bool) -> Iterator[Row]:  # noqa: ARG001  (the same in both)
    with installation() as config:
        app = create_app(config)
        least = weight(Visitor(floor_app(config.data_dir / "floor.db")).get("/thanks"))
        for path, size in weights(app, invite(app.extensions["kapabla"], 2)).items():
            yield Row(f"first view of {path}", size, "bytes", least, "empty HTML page")
