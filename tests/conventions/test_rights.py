"""Every requirement of people's rights and retention has a row, and every test that is named there exists."""

import re
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs" / "rights-and-retention.md"
TESTS = Path(__file__).parents[1]
# `privacy.md` E, point by point.
REQUIRED = {
    *(f"E1.{n}" for n in range(1, 6)), *(f"E2.{n}" for n in range(1, 6)), *(f"E3.{n}" for n in range(1, 6)),
    *(f"E4.{n}" for n in range(1, 5)), *(f"E5.{n}" for n in range(1, 5)), "E6", *(f"E7.{n}" for n in range(1, 5)),
    *(f"E8.{n}" for n in range(1, 4)), "E9", "E10", "B6", "B7",
}  # fmt: skip


def rows():
    table = PAGE.read_text("utf-8").partition("## Requirements and tests")[2].partition("## Open")[0]
    return dict(re.findall(r"^\| ([EB][\d.]+) \|.*\| (.*) \|$", table, re.MULTILINE))


def test_every_requirement_has_a_row_with_a_test_or_says_that_it_is_not_built():
    assert rows().keys() == REQUIRED
    for name, held in rows().items():
        assert "::test_" in held or held.startswith("not built"), name


def test_every_test_that_is_named_exists():
    named = [test for held in rows().values() for test in re.findall(r"`([^`]+)::(test_\w+)`", held)]
    assert len(named) > 50
    missing = [
        f"{file}::{test}" for file, test in named
        if not (TESTS / file).is_file() or f"def {test}(" not in (TESTS / file).read_text("utf-8")
    ]  # fmt: skip
    assert missing == []
