"""Free text is looked through by the guard as soon as it stands there, and once a day while it waits for a reader.

Not a job of the outbox: it is done for whatever waits, so that a kill in the midst of it is mended by the next cycle.
"""

from sqlalchemy import select

from kapabla import bridge
from kapabla.answers import free_texts
from kapabla.clock import local_date
from kapabla.office.staff import Staff
from kapabla.service import Service


def screen_texts(service: Service) -> None:
    """Reads and compares first, so that nobody's page waits for a lock meanwhile."""
    on = local_date(service.clock())
    with service.vaults.reading() as reading:
        staff_names = reading.office.scalars(select(Staff.name)).all()
        found = bridge.screen_texts(reading, service.keys, staff_names, on=on)
    if found:
        with service.vaults.unit() as work:
            free_texts.note_findings(work.answers, found, on=on)
