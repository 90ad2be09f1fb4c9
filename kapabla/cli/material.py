"""`kapabla material check`: every fault of authored files, with file, table and key."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

from kapabla.material import Fault, check_material, default_root
from kapabla.material.pieces import check_path
from kapabla.web.author_words import told


def run_check(
    path: Path | None,
    as_json: bool,
    *,
    root: Path | None = None,
    language: str = "en",
    added: Mapping[str, bytes] | None = None,
) -> int:
    """Print the faults of a file or folder, or of all the material of `root`; 1 if there are any."""
    root = root or default_root()
    faults = check_path(path, root, added) if path else check_material(root, added)
    if language == "sv":
        faults = [Fault(fault.file, *told(fault)) for fault in faults]
    if as_json:
        print(json.dumps({"faults": [asdict(fault) for fault in faults]}, ensure_ascii=False, indent=2))
    else:
        for fault in faults:
            print(fault)
        if not faults:
            print("No faults." if language == "en" else "Inga fel.")
    return 1 if faults else 0
