"""46elks as its documentation has it (https://46elks.com/docs), on a port of this machine: the form, the list, and the
ways in which a provider lets its clients down."""

import json
from base64 import b64encode
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qs, parse_qsl, urlsplit

from kapabla.config import Sms

USER, PASSWORD = "u1234", "a secret word"
PAGE = 100


@dataclass
class SmsProvider:
    port: int = 0
    taken: list[dict[str, str]] = field(default_factory=list)
    # The provider's list, the oldest first: {"id", "created", "direction", "from", "to", "message", "status"}.
    history: list[dict[str, str]] = field(default_factory=list)
    status: int = 200
    dies_after_form: bool = False

    @property
    def url(self) -> str:
        return f"http://{USER}:{PASSWORD.replace(' ', '%20')}@127.0.0.1:{self.port}/a1"

    @property
    def recipients(self) -> list[str]:
        return sorted(form["to"] for form in self.taken)

    def failed(self, to: str, *, sms_id: str = "s1", created: str = "2026-11-02T08:00:00.000000") -> None:
        self._listed(sms_id, created, direction="outgoing", to=to, status="failed", **{"from": "LstUtb"})

    def replied(self, number: str, words: str, *, sms_id: str = "r1", created: str = "2026-11-02T08:00:00.000000"):
        self._listed(sms_id, created, direction="incoming", to="+46766860000", message=words, **{"from": number})

    def _listed(self, sms_id: str, created: str, **row: str) -> None:
        self.history.append({"id": sms_id, "created": created, **row})


class _Handler(BaseHTTPRequestHandler):
    provider: SmsProvider

    def do_POST(self) -> None:
        form = dict(parse_qsl(self.rfile.read(int(self.headers["Content-Length"])).decode(), strict_parsing=True))
        if not self._is_let_in() or self.path != "/a1/sms":
            return self._answer(401, {"error": "Unauthorized"})
        if self.provider.dies_after_form:
            return self.connection.close()
        if self.provider.status == 200:
            self.provider.taken.append(form)
        return self._answer(self.provider.status, {"status": "created", "id": "s70df59406a1b4643b96f3f91e0bfb7b0"})

    def do_GET(self) -> None:
        query = {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}
        if not self._is_let_in() or self.provider.status != 200:
            return self._answer(401 if self.provider.status == 200 else self.provider.status, {})
        rows = sorted(self.provider.history, key=lambda row: row["created"], reverse=True)
        rows = [row for row in rows if row["created"] > query["end"]]
        rows = [row for row in rows if "start" not in query or row["created"] < query["start"]]
        limit = int(query["limit"])
        more = {"next": rows[limit - 1]["created"]} if len(rows) > limit else {}
        return self._answer(200, {"data": rows[:limit], **more})

    def _is_let_in(self) -> bool:
        return self.headers["Authorization"] == f"Basic {b64encode(f'{USER}:{PASSWORD}'.encode()).decode()}"

    def _answer(self, status: int, content: object) -> None:
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args: object) -> None:
        return None


@contextmanager
def sms_served():
    provider = SmsProvider()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"provider": provider}))
    provider.port = server.server_address[1]
    thread = Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield provider
    server.shutdown()
    server.server_close()
    thread.join()


def with_sms(service, provider, *, sender="LstUtb", link_url="https://lst.ac.se"):
    return replace(service, config=replace(service.config, sms=Sms(provider.url, sender, link_url)))
