"""Two journals beside the backups: withdrawals, erasures and a new yes after them, appended before the reply and
replayed in order by a restore.

Identity's journal names people by id, the answers' journal by subject; neither holds anything that joins them.
"""

import json
import os
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any


class Journal:
    def __init__(self, data_dir: Path, vault: str) -> None:
        self._path = data_dir / "journals" / f"{vault}.jsonl"

    def append(self, who: str, kind: str, on: date) -> None:
        """Durable before it returns: what a person was promised must survive an older backup."""
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        line = json.dumps({"who": who, "kind": kind, "on": on.isoformat()}) + "\n"
        handle = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            os.write(handle, line.encode())
            os.fsync(handle)
        finally:
            os.close(handle)

    def entries(self) -> Iterator[dict[str, Any]]:
        """Whole lines only: a line that a power cut left half was never answered for."""
        if not self._path.exists():
            return
        for line in self._path.read_text(encoding="utf-8").splitlines(keepends=True):
            if line.endswith("\n"):
                yield json.loads(line)
