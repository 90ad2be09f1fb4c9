"""jobs run: do what other processes have left."""

import os
import signal
import threading

import click

from kapabla.cli.opening import Opening


@click.group()
def jobs() -> None:
    """The outbox: messages, withdrawals and erasures recorded by staff, releases, purge."""


@jobs.command("run")
@click.option("--loop", is_flag=True, help="Go on until stopped, looking every two seconds.")
@click.option("--once", is_flag=True, help="Do what is due now and stop (the default).")
@click.option("--parent", type=int, help="With --loop: stop when this process, which started it, has ended.")
@click.pass_obj
def run(opening: Opening, loop: bool, once: bool, parent: int | None) -> None:
    """Carry out what is due, each job once."""
    from kapabla.jobs.runner import run_loop, run_once

    if once or not loop:
        click.echo(f"{run_once(opening.service)} jobs done")
        return
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    if parent is not None:
        threading.Thread(target=_stop_without, args=(parent, stop), daemon=True).start()
    run_loop(opening.service, stop)


def _stop_without(parent: int, stop: threading.Event) -> None:
    """A server that is killed ends nothing. Its runner would go on with old code and settings beside the next one."""
    while os.getppid() == parent and not stop.wait(1):
        pass
    stop.set()
