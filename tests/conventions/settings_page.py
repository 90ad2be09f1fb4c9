"""Writes `docs/settings.md` from `kapabla/settings.py`: `python -m tests.conventions.settings_page`."""

from pathlib import Path

from kapabla.settings import SETTINGS

PAGE = Path(__file__).parents[2] / "docs" / "settings.md"
HEAD = """# Settings

Written by `python -m tests.conventions.settings_page` from `kapabla/settings.py`. From the environment, read once at
start. An unknown name that begins with `KAPABLA_` is an error, so a misspelt one never passes unseen.

| name | default | meaning |
| --- | --- | --- |
"""


def settings_page() -> str:
    rows = [(", ".join(f"`KAPABLA_{name}`" for name in one.names), one.default, one.meaning) for one in SETTINGS]
    return HEAD + "".join(f"| {' | '.join(row)} |\n" for row in rows)


if __name__ == "__main__":
    PAGE.write_text(settings_page(), encoding="utf-8")
