"""Numbers to turn to, as the county keeps them: checked here, published by the jobs, read by everybody."""

from datetime import datetime

from sqlalchemy.orm import Session

from kapabla.ids import new_id
from kapabla.material.contact_checks import ContactCheck, to_json
from kapabla.office.records import outbox

PUBLISH_CONTACT = "publish_contact"


def order_check(session: Session, check: ContactCheck, *, at: datetime) -> None:
    outbox.put(session, PUBLISH_CONTACT, to_json(check), key=f"{PUBLISH_CONTACT}:{new_id()}", at=at)
