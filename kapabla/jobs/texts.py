"""Free text is looked through by the guard as soon as it stands there, and once a day while it waits for a reader.

Not a job of the outbox: it is done for whatever waits, so that a kill in the midst of it is mended by the next cycle.
"""

import structlog
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from kapabla import bridge
from kapabla.answers import free_texts
from kapabla.clock import local_date
from kapabla.office.staff import Staff
from kapabla.service import Service

log = structlog.get_logger("kapabla.jobs")


def screen_texts(service: Service) -> None:
    """What cannot be looked through stays held, and keeps nothing else from being done."""
    try:
        _screen(service)
    except SQLAlchemyError:
        raise
    except Exception as error:  # its words may hold a name or a text
        log.error("texts_not_screened", fault=type(error).__name__)


def _screen(service: Service) -> None:
    """Reads and compares first, so that nobody's page waits for a lock meanwhile."""
    on = local_date(service.clock())
    with service.vaults.reading() as reading:
        staff_names = reading.office.scalars(select(Staff.name)).all()
        found = bridge.screen_texts(reading, service.keys, staff_names, on=on)
    if found:
        with service.vaults.unit() as work:
            free_texts.note_findings(work.answers, found, on=on)
