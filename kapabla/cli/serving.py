"""Gunicorn with our settings, and the job runner as a child process of its own."""

import errno
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from typing import Any

from kapabla.config import Config, for_all_audiences
from kapabla.errors import KapablaError
from kapabla.installing import check_keys, check_organisation

# How often it is looked at whether the job runner lives.
RESTART_SECONDS = 2.0
# The job runner acts as every process: it needs all vaults, whatever this process serves.
_JOBS = [sys.executable, "-m", "kapabla.cli", "jobs", "run", "--loop"]


class AddressUnusable(KapablaError):
    code = "address_unusable"


class PortTaken(KapablaError):
    code = "port_taken"


def check_address(host: str, port: int) -> None:
    """Said before anything is made or started: gunicorn tries for seconds and speaks to those who know it."""
    address = f"{host}:{port}"
    try:
        family, kind, *_, found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        with socket.socket(family, kind) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(found)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise PortTaken(address=address) from error
        raise AddressUnusable(address=address, reason=error.strerror) from error


def run_server(config: Config, *, host: str, port: int, workers: int, with_jobs: bool = True) -> None:
    """Serve until stopped. The runner starts beside it and stops with it; neither starts where the other could not."""
    from gunicorn.app.base import BaseApplication

    from kapabla.app import create_app

    app = create_app(config)
    material = app.extensions["kapabla"].material
    check_keys(config, material)
    if not config.demo:
        check_organisation(material)
    check_address(host, port)
    runner = None if not with_jobs else Runner([*_JOBS, f"--parent={os.getpid()}"], _runner_environment(config))

    class Server(BaseApplication):  # type: ignore[misc]
        def load_config(self) -> None:
            for name, value in _settings(host, port, workers).items():
                self.cfg.set(name, value)

        def load(self) -> Callable[..., Any]:
            return app

    try:
        Server().run()
    finally:
        if runner is not None:
            runner.stop()


class Runner:
    """The job runner, started again whenever it has ended by itself: what it was doing waits in the outbox."""

    def __init__(self, command: list[str], env: dict[str, str], *, pause: float = RESTART_SECONDS) -> None:
        self._command, self._env, self._pause = command, env, pause
        self._stopping = threading.Event()
        self._process = self._start()
        self._keeper = threading.Thread(target=self._keep, daemon=True)
        self._keeper.start()

    @property
    def pid(self) -> int:
        return self._process.pid

    def stop(self) -> None:
        self._stopping.set()
        self._keeper.join()
        self._process.terminate()
        self._process.wait(timeout=20)

    def _start(self) -> "subprocess.Popen[bytes]":
        return subprocess.Popen(self._command, env=self._env)  # noqa: S603  (our own interpreter and module)

    def _keep(self) -> None:
        while not self._stopping.wait(self._pause):
            if self._process.poll() is not None:
                self._process = self._start()


def _settings(host: str, port: int, workers: int) -> dict[str, Any]:
    return {
        "bind": f"{host}:{port}",
        "workers": workers,
        "worker_class": "gthread",
        "threads": 4,
        "preload_app": True,
        "timeout": 60,
        "accesslog": None,  # a request line holds tokens and addresses: nothing of it is logged
        "errorlog": "-",
        "loglevel": "warning",
        "control_socket_disable": True,
        "worker_tmp_dir": "/dev/shm" if os.path.isdir("/dev/shm") else None,  # noqa: S108
    }


def _runner_environment(config: Config) -> dict[str, str]:
    env = for_all_audiences(os.environ)
    env["KAPABLA_BASE_URL"] = config.base_url
    env["KAPABLA_DATA_DIR"] = str(config.data_dir)
    return env
