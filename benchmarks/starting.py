"""Starting: importing the participant's process, start to first reply, and the second `./dev run`.

Wall time, since it is waited for. Floors: importing Flask, and the bare Flask view under the same server.
"""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path

from benchmarks.floor import floor_app
from benchmarks.installation import installation
from benchmarks.measuring import ROOT, Row, medians
from kapabla.cli.demo import prepare_demo

PATIENCE_SECONDS = 120
_IMPORT = "import time; began = time.perf_counter(); import {}; print(time.perf_counter() - began)"
_GUNICORN = (sys.executable, "-m", "gunicorn", "--workers", "2", "--preload", "--log-level", "error")
FLOOR = "bare Flask under gunicorn"


def rows(*, long: bool) -> Iterator[Row]:  # noqa: ARG001  (the same in both)
    value, floor = medians(partial(_import_ms, "kapabla.app, kapabla.web.participant"), partial(_import_ms, "flask"))
    yield Row("import of the participant's process", value, "ms", floor, "import flask")
    with installation() as config:
        settings = {"KAPABLA_DATA_DIR": str(config.data_dir)}
        bare = partial(_first_reply, (*_GUNICORN, "benchmarks.starting:bare()"), settings, path="/")
        ours = partial(
            _first_reply,
            (*_GUNICORN, "kapabla:create_app()"),
            settings | {"KAPABLA_AUDIENCES": "participant"},
            path="/k",
        )
        value, floor = medians(ours, bare)
        yield Row("participant's process, start to first reply", value, "ms", floor, FLOOR)
        prepare_demo(config)
        value, floor = medians(partial(_first_reply, ("./dev", "run"), settings, path="/"), bare)
        yield Row("second ./dev run, start to first reply", value, "ms", floor, FLOOR)


def bare() -> object:
    """What gunicorn serves as the floor."""
    return floor_app(Path(os.environ["KAPABLA_DATA_DIR"]) / "floor.db")


def _import_ms(modules: str) -> float:
    run = subprocess.run(
        [sys.executable, "-c", _IMPORT.format(modules)], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return float(run.stdout) * 1000


def _first_reply(command: tuple[str, ...], settings: Mapping[str, str], *, path: str) -> float:
    """Until the first 200. The server is a group of processes of its own, and that group is ended."""
    port = free_port()
    bind = () if command[0] == "./dev" else ("--bind", f"127.0.0.1:{port}")
    env = {**clean_environment(), **settings, "PORT": str(port)}
    began = time.perf_counter()
    server = subprocess.Popen(
        [*command, *bind],
        cwd=ROOT,
        env=env,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        while not _answers(f"http://127.0.0.1:{port}{path}"):
            if server.poll() is not None or time.perf_counter() - began > PATIENCE_SECONDS:
                raise RuntimeError(f"{command[-1]} did not come up")
            time.sleep(0.01)
        return (time.perf_counter() - began) * 1000
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(timeout=30)


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=10) as reply:  # noqa: S310  (our own loopback)
            return bool(reply.status == 200)
    except OSError:
        return False


def clean_environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("KAPABLA_")}


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port
