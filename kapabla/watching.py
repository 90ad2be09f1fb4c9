"""How the installation is, in numbers, for whoever runs it: `/readyz`, `/metrics`, `doctor`. Counts and ages, nothing
of people; what this process may not see is left out.
"""

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine, column, func, select, table
from sqlalchemy.exc import SQLAlchemyError

from kapabla.clock import epoch
from kapabla.config import Config
from kapabla.service import Service

# Written by `kapabla backup` in the data folder when all is whole.
LAST_BACKUP = "last-backup.json"
# A job that has been due for so long says that nobody carries out jobs.
LATE_SECONDS = 15 * 60
_outbox = table("outbox", column("state"), column("due"))
_counts = table("answer_count", column("missing"))


@dataclass(frozen=True)
class Jobs:
    """Of one vault. `late_seconds`: for how long the oldest that is due has been so."""

    waiting: int
    dead: int
    late_seconds: int


def jobs_in(engine: Engine, at: datetime) -> Jobs | None:
    """None where this process may not look."""
    by_state = select(_outbox.c.state, func.count(), func.min(_outbox.c.due)).group_by(_outbox.c.state)
    try:
        with engine.connect() as connection:
            found = {state: (count, due) for state, count, due in connection.execute(by_state)}
    except SQLAlchemyError:
        return None
    waiting, due = found.get("waiting", (0, None))
    late = max(0, epoch(at) - due) if due is not None else 0
    return Jobs(waiting, found.get("dead", (0, None))[0], late)


def answers_missing(engine: Engine) -> int | None:
    try:
        with engine.connect() as connection:
            return connection.scalar(select(func.coalesce(func.sum(_counts.c.missing), 0)))
    except SQLAlchemyError:
        return None


def backup_age(config: Config, at: datetime) -> int | None:
    """Seconds since a backup was whole; None where none has been made from here."""
    path = config.data_dir / LAST_BACKUP
    try:
        made = datetime.fromisoformat(json.loads(path.read_text("utf-8"))["at"])
    except (OSError, ValueError, KeyError):
        return None
    return int((at - made).total_seconds())


def free_bytes(folder: Path) -> int:
    there = next(place for place in (folder, *folder.parents) if place.exists())
    return shutil.disk_usage(there).free


def metrics(service: Service) -> Iterator[tuple[str, dict[str, str], float]]:
    """Name, labels and value of everything that can be seen from here."""
    at = service.clock()
    for vault, engine in service.vaults.engines.items():
        jobs = jobs_in(engine, at) if vault != "answers" else None
        yield "kapabla_database_up", {"vault": vault}, float(_answers(engine))
        if jobs is not None:
            yield "kapabla_jobs_waiting", {"vault": vault}, jobs.waiting
            yield "kapabla_jobs_stopped", {"vault": vault}, jobs.dead
            yield "kapabla_jobs_late_seconds", {"vault": vault}, jobs.late_seconds
    missing = answers_missing(service.vaults.engines["answers"]) if "answers" in service.vaults.engines else None
    if missing is not None:
        yield "kapabla_answers_missing", {}, missing
    age = backup_age(service.config, at)
    if age is not None:
        yield "kapabla_backup_age_seconds", {}, age
    yield "kapabla_disk_free_bytes", {}, free_bytes(service.config.data_dir)


def _answers(engine: Engine) -> bool:
    try:
        with engine.connect() as connection:
            connection.execute(select(1))
    except SQLAlchemyError:
        return False
    return True
