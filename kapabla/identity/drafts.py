"""Lists that wait for their preview to be confirmed: sealed, for an hour, seen by the one who chose them alone."""

import base64
import json
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.orm import Session

from kapabla.clock import epoch
from kapabla.errors import KapablaError
from kapabla.identity.sessions import ImportDraft
from kapabla.ids import new_id
from kapabla.keys import Keyring, seal, unseal

DRAFT_SECONDS = 3600


@dataclass(frozen=True)
class Imported:
    """`numbers` is the line of the list and the participant's number of each: no name stands in it."""

    numbers: list[tuple[int, str]]
    to_mend: int

    @property
    def created(self) -> int:
        return len(self.numbers)


class DraftGone(KapablaError):
    """An hour old, or another's: the two look alike."""

    code = "draft_gone"


def keep_draft(session: Session, keys: Keyring, data: bytes, *, cohort_id: str, staff_id: str, at: datetime) -> str:
    draft_id = new_id()
    sealed = seal(keys.get("sealing"), json.dumps({"list": base64.b64encode(data).decode()}), f"import.{draft_id}")
    # The file's own name may name somebody, so it is not kept.
    session.add(
        ImportDraft(
            id=draft_id, cohort_id=cohort_id, staff_id=staff_id, filename="", sealed=sealed,
            until=epoch(at) + DRAFT_SECONDS,
        )
    )  # fmt: skip
    session.flush()
    return draft_id


def read_draft(
    session: Session, keys: Keyring, draft_id: str, *, cohort_id: str, staff_id: str, at: datetime
) -> bytes | Imported:
    """The list; or, once it was confirmed, what came of it."""
    draft = session.get(ImportDraft, draft_id)
    if draft is None or draft.until < epoch(at) or (draft.cohort_id, draft.staff_id) != (cohort_id, staff_id):
        raise DraftGone()
    content = json.loads(unseal(keys.get("sealing"), draft.sealed, f"import.{draft_id}"))
    return base64.b64decode(content["list"]) if "list" in content else Imported(**content)


def settle_draft(session: Session, keys: Keyring, draft_id: str, done: Imported) -> None:
    """The list goes at once; what came of it stands for the rest of the hour, for who presses or loads again."""
    session.get_one(ImportDraft, draft_id).sealed = seal(
        keys.get("sealing"), json.dumps(asdict(done)), f"import.{draft_id}"
    )
    session.flush()


def sweep_drafts(session: Session, *, at: datetime) -> None:
    session.execute(delete(ImportDraft).where(ImportDraft.until < epoch(at)))
