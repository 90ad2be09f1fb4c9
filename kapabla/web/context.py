"""What every template may lean on: names, addresses of static files, who is signed in, dates and numbers in Swedish."""

import re
from datetime import date, datetime
from typing import Any

from flask import Flask, g
from markupsafe import Markup, escape

from kapabla.clock import LOCAL, local_date
from kapabla.material.courses.scenarios import Quality
from kapabla.material.texts import fill
from kapabla.web import csrf, kiosk, language
from kapabla.web.assets import Assets
from kapabla.web.navigation import pages_of
from kapabla.web.safety import ShownBox, shown_box
from kapabla.web.unit_of_work import now, service

MONTHS = (
    "januari", "februari", "mars", "april", "maj", "juni",
    "juli", "augusti", "september", "oktober", "november", "december",
)  # fmt: skip
# As our texts write them: 112, 114 14, 116 111, 020-50 50 50.
_NUMBER = re.compile(r"\b(?:112|1177|11[346] \d{2,3}|0\d{1,3}-\d[\d ]{4,}\d)\b")
_ENGLISH_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


def long_date(day: date) -> str:
    months = _ENGLISH_MONTHS if language.current() == "en" else MONTHS
    return f"{day.day} {months[day.month - 1]} {day.year}"


def short_date(day: date) -> str:
    return f"{day.day} {MONTHS[day.month - 1][:3]}"


def stamp(at: datetime) -> str:
    return at.astimezone(LOCAL).strftime("%Y-%m-%d %H.%M")


def number(value: float, decimals: int = 0) -> str:
    """Swedish: decimal comma, a real minus sign, narrow spaces in thousands from 10 000."""
    text = f"{abs(value):,.{decimals}f}"
    whole, _, part = text.partition(".")
    whole = whole.replace(",", "\u202f") if abs(value) >= 10_000 else whole.replace(",", "")
    sign = "\u2212" if value < 0 and float(text.replace(",", "")) != 0 else ""
    return f"{sign}{whole},{part}" if part else f"{sign}{whole}"


def shown(rows: list[list[Any]], hidden: str = "[visas inte]") -> list[list[Any]]:
    """Hidden and not computable look the same: in the table, and to a screen reader."""
    return [[hidden if cell is None else cell for cell in row] for row in rows]


def tel(number_: str) -> str:
    """The number as a `tel:` address: short numbers as they are, others with the country code."""
    digits = "".join(character for character in number_ if character.isdigit() or character == "+")
    return f"+46{digits[1:]}" if digits.startswith("0") else digits


def callable_numbers(text: str) -> Markup:
    """A text with its telephone numbers as links: pressed they ring, and no line is broken within one."""
    return Markup(_NUMBER.sub(lambda found: f'<a href="tel:{tel(found[0])}">{found[0]}</a>', str(escape(text))))  # noqa: S704


def _safety_texts(code: str) -> ShownBox:
    held = service()
    return shown_box(held.material, code, today=local_date(now()), demo=held.config.demo)


def _first_line(quality: Quality) -> str:
    return language.written(service().material.scenario_first_lines[quality])


def init_app(app: Flask, assets: Assets) -> None:
    app.jinja_env.filters.update(
        long_date=long_date,
        short_date=short_date,
        stamp=stamp,
        number=number,
        tel=tel,
        fill=fill,
        authored=Markup,
        callable_numbers=callable_numbers,
        shown=shown,
    )
    app.jinja_env.globals.update(
        safety_texts=_safety_texts,
        first_line=_first_line,
        csrf_token=csrf.csrf_token,
        is_kiosk=kiosk.is_kiosk,
    )

    @app.context_processor
    def everywhere() -> dict[str, Any]:
        config, organisation = service().config, service().material.organisation
        found = g.get("signed_in")
        staff_user = found.staff if found and found.is_full else None
        return {
            "project_name": config.project_name,
            "organisation": organisation,
            "organisation_name": organisation.name,
            "demo": config.demo,
            "css_text": Markup(assets.css_text),  # noqa: S704  (our own stylesheet, hashed in the policy)
            "css_url": assets.url("app.css"),
            "js_url": assets.url("participant.js"),
            "asset_url": assets.url,
            "icon_url": assets.url("spruce.svg"),
            "neutral_exit_url": config.neutral_exit_url,
            "staff_user": staff_user,
            "nav_items": pages_of(staff_user.role) if staff_user else [],
        }
