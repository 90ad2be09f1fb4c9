"""The accessibility statement, from its facts in `accessibility.toml`, and the form that anybody may use unnamed."""

import tomllib
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from kapabla.clock import local_date
from kapabla.ids import new_id
from kapabla.keys import seal
from kapabla.office.releases import AccessibilityReport
from kapabla.web import csrf, language
from kapabla.web.public.blueprint import blueprint
from kapabla.web.unit_of_work import now, service, work

FACTS = Path(__file__).with_name("accessibility.toml")
VALID = timedelta(days=365)
CONFORMANCE = ("helt", "delvis", "inte")
# Field by field, the longest that the office keeps.
LIMITS = {"vad": 2000, "sida": 200, "hjalpmedel": 200, "svar": 200}


@dataclass(frozen=True)
class Shortcoming:
    situation: str
    what: str
    page: str
    mended_by: date


@dataclass(frozen=True)
class Statement:
    conformance: str
    assessed_on: date
    updated_on: date
    assessed_how: str
    answer_days: int
    shortcomings: tuple[Shortcoming, ...]

    def is_current(self, on: date) -> bool:
        """The assessment is at most twelve months old on that day."""
        return on - self.assessed_on <= VALID

    def by_situation(self) -> list[tuple[str, list[Shortcoming]]]:
        """Grouped as Digg asks, for example "Användning utan synförmåga"."""
        key = attrgetter("situation")
        return [(situation, list(found)) for situation, found in groupby(sorted(self.shortcomings, key=key), key)]


def read_statement(text: str) -> Statement:
    """The facts, complete and with no key that nobody has defined: a statement with a hole in it is not shown."""
    facts: dict[str, Any] = tomllib.loads(text)
    shortcomings = tuple(Shortcoming(**found) for found in facts.pop("shortcomings", ()))
    statement = Statement(**facts, shortcomings=shortcomings)
    if statement.conformance not in CONFORMANCE:
        raise ValueError(f"conformance is one of {', '.join(CONFORMANCE)}, not {statement.conformance}")
    if statement.conformance == "helt" and shortcomings:
        raise ValueError("a site with shortcomings does not conform wholly: write delvis")
    return statement


@lru_cache(maxsize=1)
def statement() -> Statement:
    return read_statement(FACTS.read_text(encoding="utf-8"))


@blueprint.get("/tillganglighet")
def accessibility() -> ResponseReturnValue:
    language.narrow(("sv",))  # The law's own words, and findings written in Swedish.
    return render_template("public/accessibility.html", statement=statement())


@blueprint.get("/tillganglighet/meddela")
def report_accessibility() -> ResponseReturnValue:
    done = request.args.get("skickat") == "1"
    return render_template("public/accessibility_report.html", given={}, errors={}, limits=LIMITS, done=done)


@blueprint.post("/tillganglighet/meddela")
def submit_accessibility_report() -> ResponseReturnValue:
    """Anonymous, without script, without a session. An address to answer to is sealed."""
    csrf.check_same_origin()
    given = {name: _clean(request.form.get(name, "")) for name in LIMITS}
    errors = {name: "too_long" for name, limit in LIMITS.items() if len(given[name]) > limit}
    if not given["vad"]:
        errors["vad"] = "empty"
    if errors:
        page = render_template(
            "public/accessibility_report.html", given=given, errors=errors, limits=LIMITS, done=False
        )
        return page, 400
    _leave_report(given)
    return redirect(url_for("public.report_accessibility", skickat=1), 303)


def _clean(text: str) -> str:
    """Without the characters that no keyboard writes and one of our databases refuses; line ends stay."""
    return "".join(c for c in text.replace("\r\n", "\n") if c == "\n" or c.isprintable()).strip()


def _leave_report(given: dict[str, str]) -> None:
    """The one row that the public process may leave."""
    report = AccessibilityReport(
        id=new_id(), what=given["vad"], page=given["sida"], aid=given["hjalpmedel"], received_on=local_date(now())
    )
    if given["svar"]:
        report.answer_to = seal(service().keys.get("sealing"), given["svar"], f"accessibility.{report.id}")
    work().office.add(report)
    work().office.flush()
