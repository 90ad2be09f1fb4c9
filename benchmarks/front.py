"""The server before us, with the settings that we ship: requests that mean one thing to it and another to us
(smuggling), other hosts' names, addresses that are for the machine alone. A value is how many got through; nginx has
to be there.
"""

import os
import re
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from benchmarks.installation import installation
from benchmarks.measuring import ROOT, Row

NAME = "kapabla.example.se"
PATIENCE_SECONDS = 60
_INNER = f"GET /insmugglad HTTP/1.1\r\nHost: {NAME}\r\n\r\n"
_CHUNKED = (
    "Transfer-Encoding: chunked", "Transfer-Encoding : chunked", "Transfer-Encoding: xchunked",
    "Transfer-Encoding:\tchunked", "Transfer-Encoding: chunked\r\nTransfer-Encoding: x",
    "X: y\nTransfer-Encoding: chunked",
    "Transfer-Encoding\r\n : chunked", "Transfer-Encoding: identity, chunked", "transfer-encoding: CHUNKED, x",
    "Transfer_Encoding: chunked", "Transfer-Encoding: \x0bchunked", 'Transfer-Encoding: "chunked"',
)  # fmt: skip
_LENGTHS = (
    "+{n}", "0{n}", "{n}\r\nContent-Length: 0", "0\r\nContent-Length: {n}", "{n}, 0", "-1", "0x{n}", " {n} ", "{n}\x00",
)  # fmt: skip


def rows(*, long: bool) -> Iterator[Row]:
    if not long:
        return
    if shutil.which("nginx") is None or shutil.which("openssl") is None:
        print("front: not run, there is no nginx here (apt-get install nginx-light openssl)")
        return
    with installation() as config, _served(config.data_dir) as (port, reached):
        tried = [*_smuggled()]
        for body in tried:
            _send(port, body)
        through = reached().count("/insmugglad")
        yield Row(f"smuggled through nginx, {len(tried)} ways: reached us", through, "requests", len(tried), "tried")
        # As a request of its own it does reach us: what is counted above could have been seen.
        _send(port, f"GET /stod HTTP/1.1\r\nHost: {NAME}\r\n\r\n{_INNER}".encode())
        seen = reached().count("/insmugglad") - through
        yield Row("the same request, asked for openly: reached us", seen, "requests", 1, "tried")
        wrong = [_send(port, f"GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode(), name=name)
                 for path, host, name in _NOT_FOR_THEM]  # fmt: skip
        shown = sum(b" 200 " in reply[:20] for reply in wrong)
        yield Row(f"hidden addresses and foreign names, {len(wrong)}: shown", shown, "pages", len(wrong), "tried")
        served = _send(port, f"GET /stod HTTP/1.1\r\nHost: {NAME}\r\nConnection: close\r\n\r\n".encode())
        yield Row("a page of ours through the same server", float(b" 200 " in served[:20]), "pages", 1, "asked for")


_NOT_FOR_THEM = (
    ("/metrics", NAME, NAME), ("/%6detrics", NAME, NAME), ("//metrics", NAME, NAME), ("/x/../metrics", NAME, NAME),
    ("/stod", "ond.example", "ond.example"), ("/stod", "127.0.0.1", None),
)  # fmt: skip


def _smuggled() -> Iterator[bytes]:
    """One says how long the body is, the other where it ends; and lengths that are read in two ways."""
    head = f"POST /k HTTP/1.1\r\nHost: {NAME}\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    for chunked in _CHUNKED:
        ended = f"0\r\n\r\n{_INNER}"
        yield f"{head}Content-Length: {len(ended)}\r\n{chunked}\r\n\r\n{ended}".encode("latin-1")
        yield f"{head}{chunked}\r\nContent-Length: 4\r\n\r\n{len(_INNER):x}\r\n{_INNER}\r\n0\r\n\r\n".encode("latin-1")
    for length in _LENGTHS:
        yield f"{head}Content-Length: {length.format(n=len(_INNER))}\r\n\r\n{_INNER}".encode("latin-1")


def _send(port: int, body: bytes, name: str | None = NAME) -> bytes:
    """On a connection of its own, and what came within a second."""
    trust = ssl.create_default_context()
    trust.check_hostname, trust.verify_mode = False, ssl.CERT_NONE
    reply = b""
    with (
        suppress(OSError),
        socket.create_connection(("127.0.0.1", port), timeout=1) as plain,
        trust.wrap_socket(plain, server_hostname=name) as line,
    ):
        line.sendall(body)
        while piece := line.recv(65536):
            reply += piece
    return reply


@contextmanager
def _served(folder: Path) -> Iterator[tuple[int, Any]]:
    """nginx with the file that we ship, but for its ports, names and paths; behind it the application, watched."""
    inner, outer, plain = _free(), _free(), _free()
    seen = folder / "seen"
    conf = (ROOT / "deploy" / "nginx" / "kapabla.conf").read_text("utf-8")
    conf = conf.replace("127.0.0.1:8000", f"127.0.0.1:{inner}").replace("/etc/ssl/kapabla", str(folder))
    conf = conf.replace("/var/log/nginx/kapabla.log", str(folder / "nginx.log"))
    conf = re.sub(r"listen 443\b", f"listen 127.0.0.1:{outer}", conf)
    conf = re.sub(r"listen 80\b", f"listen 127.0.0.1:{plain}", conf)
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    temporary = "".join(f"{kind}_temp_path {folder}/{kind};\n" for kind in kinds)
    head = f"daemon off;\npid {folder}/nginx.pid;\nerror_log {folder}/nginx.log crit;\nevents {{}}\n"
    (folder / "nginx.conf").write_text(f"{head}http {{\n{temporary}{conf}\n}}\n", "utf-8")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN={NAME}",
         "-keyout", str(folder / "privkey.pem"), "-out", str(folder / "fullchain.pem")],
        check=True, capture_output=True,
    )  # fmt: skip
    env = os.environ | {
        "KAPABLA_DATA_DIR": str(folder), "KAPABLA_BASE_URL": f"https://{NAME}", "KAPABLA_PROXIES": "1",
        "BENCH_SEEN": str(seen),
    }  # fmt: skip
    ours = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "--worker-class", "gthread", "--threads", "4", "--log-level", "error",
         "--bind", f"127.0.0.1:{inner}", "benchmarks.front:watched()"], cwd=ROOT, env=env, start_new_session=True,
    )  # fmt: skip
    front = subprocess.Popen(["nginx", "-c", str(folder / "nginx.conf")], start_new_session=True)
    try:
        _wait(inner)
        _wait(outer)
        yield outer, lambda: seen.read_text("utf-8").split("\n") if seen.exists() else []
    finally:
        for process in (front, ours):
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGTERM)
            process.wait(timeout=20)


def watched() -> Any:
    """What gunicorn serves: the application, and a file of every path that reached it."""
    from kapabla.app import create_app

    app, seen = create_app(), Path(os.environ["BENCH_SEEN"])

    def watch(environ: Any, start_response: Any) -> Any:
        with seen.open("a", encoding="utf-8") as file:
            file.write(environ["PATH_INFO"] + "\n")
        return app(environ, start_response)

    return watch


def _free() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait(port: int) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.1)
    raise TimeoutError(f"nothing answers at {port}")
