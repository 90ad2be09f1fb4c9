"""What axe has to say of a page as it stands (A01), and which of its doubts somebody has judged (`judged.toml`)."""

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from axe_playwright_python.base import AXE_FILE_PATH

ROUTES = Path(__file__).parents[1] / "conventions" / "routes.txt"
JUDGED = Path(__file__).with_name("judged.toml")
TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
# What another screen or colour scheme can change on a page that was judged in full.
CONTRAST = ("color-contrast", "link-in-text-block")
REFLOW_AND_TARGETS = ("target-size", "scrollable-region-focusable", "empty-table-header", "th-has-data-cells")
# Where the reader's own colours are in force, those of the page are not what is seen.
WITHOUT_COLOURS = ("wcag2a", "wcag21a", *REFLOW_AND_TARGETS)

# Violations, and doubts with the number of the entry that knows them.
_RUN = """async ([rules, without, known]) => {
    const types = ["violations", "incomplete"], off = Object.fromEntries(without.map((id) => [id, { enabled: false }]));
    const found = await axe.run(document, { runOnly: rules, rules: off, resultTypes: types, preload: false });
    const told = (rule, node) => [rule.id, node.html.slice(0, 160),
        [...node.any, ...node.all, ...node.none].map((check) => check.message).join(" ")];
    return {
        violations: found.violations.flatMap((rule) => rule.nodes.map((node) => told(rule, node))),
        doubts: found.incomplete.flatMap((rule) => rule.nodes.map((node) => [told(rule, node), known.findIndex(
            ([id, selector]) => id === rule.id && document.querySelector(node.target[0]).matches(selector))])),
    };
}"""


@dataclass(frozen=True)
class Judged:
    """A doubt of axe that a person has looked into. It is fine on these pages, and must still occur on each."""

    rule: str
    selector: str
    pages: tuple[str, ...]
    reason: str
    judged_by: str
    judged_on: str


@cache
def all_judged() -> tuple[Judged, ...]:
    entries = tomllib.loads(JUDGED.read_text(encoding="utf-8")).get("doubt", [])
    return tuple(Judged(**entry | {"pages": tuple(entry["pages"])}) for entry in entries)


@cache
def _patterns():
    """The most exact address first: `/delar/1/klar` is not a step."""
    rules = {line.split(" ", 1)[1] for line in ROUTES.read_text(encoding="utf-8").splitlines()}
    patterns = []
    for rule in sorted(rules, key=lambda rule: (rule.count("<"), rule)):
        parts = re.split(r"<(?:(int):)?\w+>", rule)
        fixed = [re.escape(part) for part in parts[::2]]
        kinds = [r"\d+" if kind else "[^/]+" for kind in parts[1::2]]
        patterns.append((re.compile("".join(a + b for a, b in zip(fixed, [*kinds, ""], strict=True))), rule))
    return patterns


def rule_of(path):
    """The address as `routes.txt` writes it; an address that is none of ours is nothing."""
    return next((rule for pattern, rule in _patterns() if pattern.fullmatch(path)), "")


@dataclass(frozen=True)
class Verdict:
    """`known`: the entries that were met, with the page."""

    violations: list[list[str]]
    unknown: list[list[str]]
    known: frozenset[tuple[Judged, str]]

    @property
    def is_clean(self):
        return not self.violations and not self.unknown


def doubts_contrast(path):
    return any(entry.rule in CONTRAST for entry in all_judged() if rule_of(path) in entry.pages)


def bring_axe(context):
    """Into every page that is opened from now on: a third of the time that bringing it to each page takes."""
    context.add_init_script(path=AXE_FILE_PATH)


def judge(page, path, rules=TAGS, without=()):
    if not page.evaluate("typeof axe === 'object'"):
        page.evaluate(AXE_FILE_PATH.read_text(encoding="utf-8"))
    here = [entry for entry in all_judged() if rule_of(path) in entry.pages]
    found = page.evaluate(_RUN, [list(rules), list(without), [[entry.rule, entry.selector] for entry in here]])
    return Verdict(
        found["violations"],
        [told for told, number in found["doubts"] if number < 0],
        frozenset((here[number], rule_of(path)) for _, number in found["doubts"] if number >= 0),
    )
