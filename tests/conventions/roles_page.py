"""Writes `docs/roles.md` from what the code asks for: `python -m tests.conventions.roles_page`."""

from pathlib import Path

from flask import Flask
from werkzeug.routing import Rule

from kapabla.office.access import ALL_RIGHTS, ROLE_LABELS, ROLES, can

PAGE = Path(__file__).parents[2] / "docs" / "roles.md"
HEAD = """# Roles

Written by `python -m tests.conventions.roles_page` from the rights in `kapabla/office/access.py` and from what each
address asks for. A test holds that it is current, another asks for every address as every role
(`tests/conventions/test_addresses.py`), and a third with things of one's own and of others
(`tests/conventions/test_objects.py`).

An account has one role and a last day. No role sees both names and answers, and the pages of the two stand in
processes that cannot open the other's vault. Who gives others access (`admin`) sees no person.

**Own and foreign.** A coordinator sees the people of one municipality, and the cohorts that have some of them; what
else the county has answers as if it were not there (404). A researcher takes back own keys alone; the steward
everybody's. Sessions and passkeys are ended by whoever has them. Nobody changes the own account's last day, nor lets
oneself in anew.

**Proof** stands where somebody who has not shown who they are within a quarter of an hour does so again.
"""


def roles_page(app: Flask) -> str:
    return "\n".join((HEAD, *_matrix(), "", *_addresses(app), ""))


def _matrix() -> list[str]:
    rights = sorted(ALL_RIGHTS)
    lines = ["## Who may what", "", f"| right | {' | '.join(f'`{role}`' for role in ROLES)} |"]
    lines.append(f"| --- |{' --- |' * len(ROLES)}")
    lines += [f"| `{right}` | {' | '.join('yes' if can(role, right) else '–' for role in ROLES)} |" for right in rights]
    return [*lines, "", "On screen: " + ", ".join(f"`{role}` is {label}" for role, label in ROLE_LABELS.items()) + "."]


def _addresses(app: Flask) -> list[str]:
    lines = ["## What each right opens", "", "| right | address | proof |", "| --- | --- | --- |"]
    found = sorted(
        (right, _written(rule), proof) for rule in app.url_map.iter_rules() for right, proof in _asked(app, rule)
    )
    return [*lines, *(f"| {right} | `{address}` | {'yes' if proof else '–'} |" for right, address, proof in found)]


def _asked(app: Flask, rule: Rule) -> list[tuple[str, bool]]:
    """The right and whether proof is asked for; nothing where anybody or a participant may ask."""
    view = app.view_functions[rule.endpoint]
    right, is_guarded = getattr(view, "required_right", None), hasattr(view, "asks_for_proof")
    if not is_guarded:
        return []
    return [(f"`{right}`" if right else "everybody who is signed in", view.asks_for_proof)]  # type: ignore[attr-defined]


def _written(rule: Rule) -> str:
    method = "POST" if "POST" in (rule.methods or ()) else "GET"
    return f"{method} {rule.rule}"


if __name__ == "__main__":
    from kapabla.app import create_app
    from kapabla.config import load_config

    PAGE.write_text(roles_page(create_app(load_config({}))), encoding="utf-8")
