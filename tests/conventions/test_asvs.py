"""`docs/asvs.md`: every row says how it stands, and what it leans on is there."""

import re
from pathlib import Path

TESTS = Path(__file__).parents[1]
PAGE = (TESTS.parent / "docs" / "asvs.md").read_text("utf-8")
STANDS = {"held", "by design", "told", "partly", "**not met**", "other"}


def rows():
    return re.findall(r"^\| (\d+\.\d+\.\d+) \| ([^|]+) \| ([^|]+) \| (.+) \|$", PAGE, re.M)


def test_every_row_is_there_once_and_says_how_it_stands():
    numbers = [number for number, *_ in rows()]
    assert len(numbers) == len(set(numbers)) > 70
    assert {stands for _, _, stands, _ in rows()} <= STANDS


def test_what_is_held_names_a_test_and_every_test_that_is_named_exists():
    for number, _, stands, shown in rows():
        named = re.findall(r"`([^`]+)::(test_\w+)`", shown)
        assert named or stands != "held", number
        for file, test in named:
            assert f"def {test}(" in (TESTS / file).read_text("utf-8"), (number, file, test)
