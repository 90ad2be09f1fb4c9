"""A runner that dies at a line of our choosing, and how many lines there are to choose from (H8)."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime

from kapabla.config import Config

# One process that has read everything, and a child of it for each run: it kills itself at the line it is told.
_FORKING = """
import os, signal, sys
# A line of the log is no answer to whoever asked.
told, sys.stdout = sys.stdout, open(os.devnull, "w")
from datetime import UTC, datetime
from kapabla.config import load_config
from kapabla.jobs.runner import run_once
from kapabla.service import open_service
WATCHED = ("jobs/runner.py", "jobs/send.py", "jobs/mail.py", "jobs/sms.py", "kapabla/outbox.py", "kapabla/vaults.py")
now = [datetime.now(UTC)]
service = open_service(load_config(os.environ), clock=lambda: now[0])
service.material
def run(die_at):
    count = 0
    def look(frame, event, _arg):
        nonlocal count
        if not frame.f_code.co_filename.endswith(WATCHED):
            return None
        if event == "line":
            count += 1
            if count == die_at:
                os.kill(os.getpid(), signal.SIGKILL)
        return look
    sys.settrace(look)
    run_once(service)
    sys.settrace(None)
    return count
for line in sys.stdin:
    die_at, at = line.split()
    now[0] = datetime.fromisoformat(at)
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(writer, str(run(int(die_at))).encode())
        os._exit(0)
    os.close(writer)
    _, status = os.waitpid(child, 0)
    print(os.waitstatus_to_exitcode(status), os.read(reader, 20).decode() or 0, flush=True, file=told)
    os.close(reader)
"""


@contextmanager
def killer(config: Config, settings: Mapping[str, str]) -> Iterator[Callable[[int, datetime], tuple[int, ...]]]:
    """`kill(die_at, at)` runs in another process until so many lines are done. Gives how it ended, and, of one that was
    let live (0), how many lines there were."""
    own = {"KAPABLA_DATA_DIR": str(config.data_dir), "KAPABLA_KEY_DIR": str(config.key_dir)}
    command, env = [sys.executable, "-c", _FORKING], {**os.environ, **own, **settings}
    with subprocess.Popen(command, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdin
        assert other.stdout
        given, told = other.stdin, other.stdout

        def kill(die_at: int, at: datetime) -> tuple[int, ...]:
            given.write(f"{die_at} {at.isoformat()}\n")
            given.flush()
            return tuple(int(part) for part in told.readline().split())

        yield kill
        given.close()
