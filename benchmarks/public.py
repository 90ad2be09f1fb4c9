"""The public pages with many readers: a year of promises from our process, and the same page of the static export.

Floor: a server that does nothing but read the exported file and send it, under the same gunicorn and for the same
readers. What counts is the ratio; how many there are in a second is the machine's and its neighbours'.
"""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from werkzeug.test import create_environ

from benchmarks.installation import installation
from benchmarks.measuring import ROOT, Row, cpu_ms, medians
from benchmarks.starting import clean_environment, free_port
from benchmarks.visitor import Visitor
from benchmarks.weight import LIMIT_BYTES, first_view
from kapabla.app import create_app
from kapabla.cli.site_files import site_files
from kapabla.config import Config, load_config

PAGE = "/medborgarloften/vindeln/2025"
REQUESTS, READERS = 8000, 4
_ASKED = f"GET {PAGE} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept-Encoding: br\r\n\r\n".encode()
_LENGTH = re.compile(rb"\r\ncontent-length: (\d+)", re.I)
FLOOR = "static export, a bare server that reads the file"
_SETTINGS = ("--workers", "2", "--worker-class", "gthread", "--threads", "4", "--keep-alive", "5", "--preload")
_GUNICORN = (sys.executable, "-m", "gunicorn", *_SETTINGS, "--log-level", "error")
_PLACE = "EXPORT_DIR"


def rows(*, long: bool) -> Iterator[Row]:  # noqa: ARG001  (the same in both)
    with installation() as config, TemporaryDirectory() as folder:
        _export(config, Path(folder))
        settings = {"KAPABLA_DATA_DIR": str(config.data_dir), "KAPABLA_AUDIENCES": "public", _PLACE: folder}
        app = create_app(load_config(settings))
        os.environ[_PLACE] = folder
        ours, floor = medians(partial(_cpu_of, app.wsgi_app), partial(_cpu_of, exported()))
        yield Row("a year of promises, CPU of 1,000 requests", ours, "ms", floor, FLOOR)
        yield Row("a year of promises, first view", first_view(Visitor(app), PAGE), "bytes", LIMIT_BYTES, "hard limit")
        with (
            _served("kapabla:create_app()", settings) as ours_at,
            _served("benchmarks.public:exported()", settings) as floor_at,
        ):
            value, floor = medians(partial(_a_second, ours_at), partial(_a_second, floor_at), runs=3)
        yield Row("a year of promises, requests a second", value, "/s", floor, FLOOR)


def _export(config: Config, folder: Path) -> None:
    for name, body in site_files(config).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(body)


def exported() -> Callable[[Mapping[str, Any], Any], Iterable[bytes]]:
    """The floor, as gunicorn takes it."""
    folder = Path(os.environ[_PLACE])

    def answer(environ: Mapping[str, Any], start_response: Any) -> Iterable[bytes]:
        body = (folder / environ["PATH_INFO"].strip("/") / "index.html").read_bytes()
        start_response("200 OK", [("Content-Type", "text/html; charset=utf-8"), ("Content-Length", str(len(body)))])
        return [body]

    return answer


def _ask(app: Callable[..., Iterable[bytes]]) -> bytes:
    reply = app(create_environ(PAGE, headers={"Accept-Encoding": "br"}), lambda *_: None)
    return b"".join(reply)


def _cpu_of(app: Callable[..., Iterable[bytes]]) -> float:
    return cpu_ms(lambda: [_ask(app) for _ in range(1000)])


@contextmanager
def _served(what: str, settings: Mapping[str, str]) -> Iterator[int]:
    port = free_port()
    server = subprocess.Popen(
        [*_GUNICORN, what, "--bind", f"127.0.0.1:{port}"],
        cwd=ROOT, env={**clean_environment(), **settings}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        start_new_session=True,
    )  # fmt: skip
    try:
        _wait_for(port, server)
        yield port
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(timeout=30)


def _wait_for(port: int, server: subprocess.Popen[bytes]) -> None:
    began = time.perf_counter()
    while True:
        try:
            _read(port, 1)
            return
        except OSError:
            if server.poll() is not None or time.perf_counter() - began > 60:
                raise
            time.sleep(0.05)


def _a_second(port: int) -> float:
    """Readers who each keep their connection and ask again as soon as they have been answered."""
    began = time.perf_counter()
    with ThreadPoolExecutor(READERS) as readers:
        list(readers.map(partial(_read, port), [REQUESTS // READERS] * READERS))
    return REQUESTS / (time.perf_counter() - began)


def _read(port: int, times: int) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
        for _ in range(times):
            connection.sendall(_ASKED)
            _read_reply(connection)


def _read_reply(connection: socket.socket) -> None:
    """By hand: a reader that costs more than the server would be what is measured."""
    head, _, body = _until(connection, b"", lambda told: b"\r\n\r\n" in told).partition(b"\r\n\r\n")
    length = _LENGTH.search(head)
    if not head.startswith(b"HTTP/1.1 200") or length is None:
        raise OSError(head[:40].decode("latin-1"))
    _until(connection, body, lambda told: len(told) >= int(length[1]))


def _until(connection: socket.socket, told: bytes, is_whole: Callable[[bytes], bool]) -> bytes:
    while not is_whole(told):
        more = connection.recv(65536)
        if not more:
            raise OSError("closed")
        told += more
    return told
