"""Numbers to turn to, as the county keeps them: checked here, published by the jobs, read by everybody."""

from datetime import datetime

from sqlalchemy.orm import Session

from kapabla.ids import new_id
from kapabla.material.contact_checks import ContactCheck, to_json
from kapabla.office.records import outbox

PUBLISH_CONTACT = "publish_contact"


def order_check(session: Session, check: ContactCheck, *, at: datetime) -> None:
    """The job carries when it was ordered: one that fails and is tried again must not overrule a later check."""
    payload = to_json(check) | {"ordered_at": at.isoformat()}
    outbox.put(session, PUBLISH_CONTACT, payload, key=f"{PUBLISH_CONTACT}:{new_id()}", at=at)
