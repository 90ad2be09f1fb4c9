"""`kapabla material check`: every fault of every authored file, with file, table and key."""

import json
from dataclasses import asdict
from pathlib import Path

from kapabla.material import check_material, default_root


def run_check(path: Path | None, as_json: bool) -> int:
    """Print the faults; 1 if there are any."""
    faults = check_material(path or default_root())
    if as_json:
        print(json.dumps({"faults": [asdict(fault) for fault in faults]}, ensure_ascii=False, indent=2))
    else:
        for fault in faults:
            print(fault)
        if not faults:
            print("No faults.")
    return 1 if faults else 0
