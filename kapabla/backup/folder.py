"""Where backups lie: a folder a part, so that each can be kept in another place, and files named by their moment.

DIR/answers/20261128T021500Z.backup      DIR/answers/20261128T021500Z.journal
"""

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from kapabla.errors import Refused

VAULTS = ("answers", "identity", "office")
STORE = "store"
# Withdrawals and erasures are told of these two (`kapabla/journals.py`).
WITH_JOURNAL = ("answers", "identity")
# An erasure is complete when the last backup from before it is gone (`privacy.md` E8.2).
MOST_DAYS = 35
_STAMP = re.compile(r"\d{8}T\d{6}Z")


def stamp_of(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def path_of(folder: Path, part: str, stamp: str) -> Path:
    return folder / part / f"{stamp}.backup"


def journal_path(folder: Path, vault: str, stamp: str) -> Path:
    return folder / vault / f"{stamp}.journal"


def stamps(folder: Path, part: str, ending: str = "backup") -> list[str]:
    """Of the whole ones, oldest first: what was broken off has another ending."""
    return sorted(path.stem for path in (folder / part).glob(f"*.{ending}") if _STAMP.fullmatch(path.stem))


def choose(folder: Path, parts: Sequence[str], wanted: str | None) -> str:
    """The stamp that every part has; the newest, where none is asked for."""
    common = set.intersection(*(set(stamps(folder, part)) for part in parts))
    if not common or (wanted is not None and wanted not in common):
        raise Refused(
            "no_backup", folder=str(folder), parts=", ".join(parts), known=", ".join(sorted(common)) or "none"
        )
    return wanted or max(common)


def prune(folder: Path, *, at: datetime, days: int) -> int:
    """Remove what is older, and what a broken off run has left. Only called when a newer one is whole."""
    oldest, gone = stamp_of(at - timedelta(days=days)), 0
    for part in (*VAULTS, STORE):
        for path in (folder / part).glob("*"):
            if path.suffix == ".part" or (_STAMP.fullmatch(path.stem) and path.stem < oldest):
                path.unlink(missing_ok=True)
                gone += path.suffix != ".part"
    return gone
