"""The job runner lives no longer than the server that started it, however that one ends."""

import os
import signal
import subprocess
import sys
import time

PATIENCE_SECONDS = 30
# As `serve` starts it: a child that is told who its parent is.
SERVER = """
import os, subprocess, sys, time
jobs = [sys.executable, "-m", "kapabla.cli", "jobs", "run", "--loop", f"--parent={os.getpid()}"]
print(subprocess.Popen(jobs).pid, flush=True)
time.sleep(600)
"""


def lives(pid):
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def ended_within(pid, seconds):
    until = time.monotonic() + seconds
    while lives(pid) and time.monotonic() < until:
        time.sleep(0.1)
    return not lives(pid)


def test_a_killed_server_takes_its_runner_with_it(environment):
    server = subprocess.Popen([sys.executable, "-c", SERVER], env=os.environ | environment, stdout=subprocess.PIPE)
    with server:
        runner = int(server.stdout.readline())
        assert not ended_within(runner, 3)
        server.kill()
    try:
        assert ended_within(runner, PATIENCE_SECONDS)
    finally:
        if lives(runner):
            os.kill(runner, signal.SIGKILL)
