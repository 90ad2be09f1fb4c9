"""What a command opens, when it needs it: settings at once, the service only where vaults and keys are used."""

import json
from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any

import click

from kapabla.config import Config, load_config
from kapabla.errors import Refused
from kapabla.material import Study
from kapabla.office.sign_in import check_code, get_staff
from kapabla.office.staff import Staff
from kapabla.service import Service, open_service
from kapabla.vaults import Work


class Opening:
    def __init__(self, env: Mapping[str, str]) -> None:
        self.env = env

    @cached_property
    def config(self) -> Config:
        return load_config(self.env)

    @cached_property
    def service(self) -> Service:
        return open_service(self.config)


def study_of(service: Service, study: str) -> Study:
    """Asked before anything is stored that names it."""
    known = service.material.studies
    check_known("study", study, known)
    return known[study]


def check_known(what: str, given: str, known: Iterable[str]) -> None:
    if given not in known:
        raise Refused(f"{what}_unknown", known=", ".join(known), **{what: given})


def ask_for_code(service: Service, work: Work, email: str) -> Staff:
    """What needs a person needs that person's one-time code. A demo account's own code is filled in by the demo."""
    member = get_staff(work.office, email)
    if member.is_demo:
        return member
    code = click.prompt(f"One-time code of {email}", hide_input=True, err=True)
    check_code(work.office, member, code, sealing_key=service.keys.get("sealing"), at=service.clock())
    return member


def print_json(result: Any) -> None:
    click.echo(json.dumps(result, ensure_ascii=False, indent=1))
