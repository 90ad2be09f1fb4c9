"""The course material with a trial instrument before all others, which has every type of item (`tests/data`)."""

import re
import shutil
from pathlib import Path

from kapabla.material import default_root

COMMENT = "instruments/kurs/v1.toml"
TRIAL = Path(__file__).parent / "data" / "instruments"
STUDY = "studies/kapabla-2026.toml"


def make_root(folder: Path) -> Path:
    """Our own material; the first wave asks the trial alone, and the one after the course what looks back at it."""
    root = Path(shutil.copytree(default_root(), folder / "course_material"))
    shutil.copytree(TRIAL, root / "instruments", dirs_exist_ok=True)
    # The plan names outcomes that the trial does not ask for.
    (root / STUDY).with_suffix(".plan.toml").unlink()
    path = root / STUDY
    text = path.read_text("utf-8")
    text = text.replace("[instrument_versions]\n", "[instrument_versions]\nprov = 1\nprov_sen = 1\n")
    waves = {"t0": '["prov"]', "t1": '["prov_sen"]'}
    for wave, instruments in waves.items():
        text, found = re.subn(
            rf'(code = "{wave}"\n.*?\ninstruments = )\[[^\]]*\]', rf"\g<1>{instruments}", text, count=1, flags=re.S
        )
        assert found
    path.write_text(text, "utf-8")
    return root


def make_root_with_texts(folder: Path) -> Path:
    """Our own material with the comment on the course switched on, in a study that releases it."""
    root = Path(shutil.copytree(default_root(), folder / "course_material"))
    for name, before, after in (
        (COMMENT, "enabled = false", "enabled = true"),
        (STUDY, "\nsensitive =", '\nreleased_texts = ["kurs_comment"]\nsensitive ='),
    ):
        text = (root / name).read_text("utf-8")
        assert before in text
        (root / name).write_text(text.replace(before, after, 1), "utf-8")
    return root
