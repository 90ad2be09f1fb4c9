"""Lists that wait for their preview to be confirmed, and what came of them: sealed, seen by who chose them alone."""

import base64
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from kapabla.clock import epoch
from kapabla.errors import KapablaError
from kapabla.identity.sessions import ImportDraft
from kapabla.ids import new_id
from kapabla.keys import Keyring, seal, unseal

# Counted from when the officer last did something with the list.
DRAFT_SECONDS = 3600
UNDO_SECONDS = 24 * 3600


@dataclass(frozen=True)
class Draft:
    """The file as it came, and what was written over it since, by row and column."""

    data: bytes
    mended: dict[int, dict[str, str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Imported:
    """`numbers` is the line of the list and the participant's number of each, `to_mend` the lines that were left out:
    no name stands in it."""

    numbers: list[tuple[int, str]]
    to_mend: list[int]
    is_undone: bool = False

    @property
    def created(self) -> int:
        return len(self.numbers)


class DraftGone(KapablaError):
    """An hour old, or another's: the two look alike."""

    code = "draft_gone"


def keep_draft(session: Session, keys: Keyring, data: bytes, *, cohort_id: str, staff_id: str, at: datetime) -> str:
    draft_id = new_id()
    sealed = _sealed(keys, draft_id, _waiting(Draft(data)))
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
) -> Draft | Imported:
    """The list; or, once it was confirmed, what came of it."""
    draft = session.get(ImportDraft, draft_id)
    if draft is None or draft.until < epoch(at) or (draft.cohort_id, draft.staff_id) != (cohort_id, staff_id):
        raise DraftGone()
    return _read(keys, draft)


def mend_draft(
    session: Session, keys: Keyring, draft_id: str, found: Draft, mended: Mapping[int, Mapping[str, str]], *,
    at: datetime,
) -> None:  # fmt: skip
    """Keep what was written over some rows; what was written over others stays."""
    whole = found.mended | {row: found.mended.get(row, {}) | dict(texts) for row, texts in mended.items()}
    _replace(session, keys, draft_id, _waiting(Draft(found.data, whole)), until=epoch(at) + DRAFT_SECONDS)


def settle_draft(session: Session, keys: Keyring, draft_id: str, done: Imported, *, at: datetime) -> None:
    """The list goes at once; what came of it stands for a day, for who presses or loads again, or wants it undone."""
    _replace(session, keys, draft_id, asdict(done), until=epoch(at) + UNDO_SECONDS)


def recent_imports(
    session: Session, keys: Keyring, *, cohort_id: str, staff_id: str, at: datetime
) -> list[tuple[str, Imported]]:
    """(id, what came of it) of the lists that this member of staff has imported within a day, the latest first."""
    query = select(ImportDraft).where(
        ImportDraft.cohort_id == cohort_id, ImportDraft.staff_id == staff_id, ImportDraft.until >= epoch(at)
    )
    drafts = session.scalars(query.order_by(ImportDraft.until.desc()))
    read = [(draft.id, _read(keys, draft)) for draft in drafts]
    return [(draft_id, found) for draft_id, found in read if isinstance(found, Imported)]


def _waiting(found: Draft) -> dict[str, Any]:
    return {"list": base64.b64encode(found.data).decode(), "mended": found.mended}


def _read(keys: Keyring, draft: ImportDraft) -> Draft | Imported:
    content = json.loads(unseal(keys.get("sealing"), draft.sealed, f"import.{draft.id}"))
    if "list" not in content:
        return Imported(**content)
    mended = {int(row): texts for row, texts in content["mended"].items()}
    return Draft(base64.b64decode(content["list"]), mended)


def _replace(session: Session, keys: Keyring, draft_id: str, content: dict[str, Any], *, until: int) -> None:
    draft = session.get_one(ImportDraft, draft_id)
    draft.sealed, draft.until = _sealed(keys, draft_id, content), until
    session.flush()


def _sealed(keys: Keyring, draft_id: str, content: dict[str, Any]) -> bytes:
    return seal(keys.get("sealing"), json.dumps(content), f"import.{draft_id}")


def sweep_drafts(session: Session, *, at: datetime) -> None:
    session.execute(delete(ImportDraft).where(ImportDraft.until < epoch(at)))
