"""What the whole journey weighs, cold, from the link to the certificate: bytes and statements (`performance.md`)."""

import re
from collections import defaultdict
from dataclasses import dataclass, field

import brotli
from sqlalchemy import event

from tests import factories as make
from tests.page_client import PageClient

MODULE_BYTES, JOURNEY_BYTES, PAGE_BYTES = 120_000, 900_000, 14_600
STATEMENTS = {"GET": 4, "POST": 8}
# What a phone loads once and keeps: the first page asks for it.
_LOADED = re.compile(r'<(?:link rel="stylesheet" href|script src|img src|script defer src)="([^"]+)"')
_NOT_COUNTED = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "ROLLBACK", "PRAGMA")


@dataclass
class Scales:
    """Stands between the client and the application, as the wire does: what it carries is compressed, and counted."""

    application: object
    carried: list[tuple[str, str, int]] = field(default_factory=list)  # method, path, bytes with headers
    statements: dict[tuple[str, str], int] = field(default_factory=lambda: defaultdict(int))
    loaded: set[str] = field(default_factory=set)
    present: int = 0
    asking: tuple[str, str] = ("", "")

    def __call__(self, environ, start_response):
        self.asking = environ["REQUEST_METHOD"], environ["PATH_INFO"]
        environ["HTTP_ACCEPT_ENCODING"] = "br"
        head = {}

        def started(status, headers, exc_info=None):
            head.update(status=status, headers=headers)
            return lambda _: None

        self.present = 0
        reply = self.application(environ, started)
        body = b"".join(reply)
        if hasattr(reply, "close"):
            reply.close()
        size = len(body) + sum(len(name) + len(value) + 4 for name, value in head["headers"])
        self.carried.append((*self.asking, size))
        headers = dict(head["headers"])
        if headers.get("Content-Encoding") == "br":
            body = brotli.decompress(body)
        self.loaded |= set(_LOADED.findall(body.decode())) if head["headers"] and b"<html" in body[:200] else set()
        kept = [(k, v) for k, v in head["headers"] if k not in ("Content-Encoding", "Content-Length")]
        start_response(head["status"], [*kept, ("Content-Length", str(len(body)))])
        return [body]

    def note(self, _connection, _cursor, statement, *_rest):
        if not statement.startswith(_NOT_COUNTED):
            self.present += 1
            self.statements[self.asking] = max(self.present, self.statements[self.asking])


def test_the_whole_journey_fits(app, service):
    """Consented, ten modules with every scenario and check, both questionnaires, certificate; nothing loaded before."""
    scales = Scales(app.wsgi_app)
    app.wsgi_app = scales
    for engine in app.extensions["kapabla"].vaults.engines.values():
        event.listen(engine, "before_cursor_execute", scales.note)
    client = PageClient(app)
    make.start_course(client, make.make_person(service))
    make.answer_wave(client, "fore")
    make.read_course(client)
    make.answer_wave(client, "efter")
    client.get("/intyg")
    for address in sorted(scales.loaded):
        client.get(address)
    sizes = [(path, size) for _, path, size in scales.carried]
    at_once = sum(size for path, size in sizes if path in scales.loaded)
    modules = [sum(size for path, size in sizes if path.startswith(f"/delar/{n}/")) for n in range(1, 11)]
    assert max(size for path, size in sizes if path not in scales.loaded) <= PAGE_BYTES
    assert max(modules) + at_once <= MODULE_BYTES
    assert sum(size for _, size in sizes) <= JOURNEY_BYTES
    assert {asked: n for asked, n in scales.statements.items() if n > STATEMENTS[asked[0]]} == {}
