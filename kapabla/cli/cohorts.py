"""cohorts, participants, invitations: the county's work from the command line."""

import csv
import io
import sys
from datetime import date
from pathlib import Path

import click

from kapabla.audit import Event
from kapabla.cli.list_messages import file_message, note_message, row_message
from kapabla.cli.opening import Opening, check_known, print_json, study_of
from kapabla.clock import local_date
from kapabla.config import DEFAULT_BASE_URL
from kapabla.errors import Refused
from kapabla.identity import importing, letters, sending
from kapabla.identity.cohort_view import list_cohorts
from kapabla.identity.enrolling import create_cohort, get_cohort
from kapabla.identity.letter_pdf import letters_pdf
from kapabla.identity.link_list import link_rows
from kapabla.identity.list_reading import MAX_BYTES, ListRefused, read_list
from kapabla.identity.vocabulary import vocabulary_of


@click.group()
def cohorts() -> None:
    """People trained together. Municipality and role belong to the person."""


@cohorts.command("add")
@click.option("--name", required=True)
@click.option("--study", required=True)
@click.option("--course", default=None)
@click.option("--arm", default=None)
@click.option("--start", required=True, type=click.DateTime(["%Y-%m-%d"]))
@click.option("--end", required=True, type=click.DateTime(["%Y-%m-%d"]))
@click.option("--json", "as_json", is_flag=True)
@click.pass_obj
def add(
    opening: Opening, name: str, study: str, course: str | None, arm: str | None, start: date, end: date, as_json: bool
) -> None:
    """Make a cohort and print its id."""
    service = opening.service
    known = study_of(service, study)
    course, arm = course or known.course.id, arm or known.arms[0].code
    check_known("course", course, sorted({name for name, _ in service.material.courses}))
    check_known("arm", arm, [a.code for a in known.arms])
    with service.vaults.unit() as work:
        cohort = create_cohort(
            work.identity, name=name, study=known, course=course, arm=arm,
            starts_on=local_date_of(start), ends_on=local_date_of(end), responsible="",
        )  # fmt: skip
        event = Event("cli", "", "cohort_add", f"cohort:{cohort.id}")
        service.identity_chain.append(work.identity, event, at=service.clock())
        found = {"id": cohort.id, "name": cohort.name}
    print_json(found) if as_json else click.echo(found["id"])


def local_date_of(day: object) -> date:
    return day.date() if hasattr(day, "date") else date.fromisoformat(str(day))


@cohorts.command("list")
@click.option("--json", "as_json", is_flag=True)
@click.pass_obj
def show(opening: Opening, as_json: bool) -> None:
    """Every cohort with its number of people."""
    with opening.service.vaults.reading() as work:
        rows = [
            {"id": r.id, "name": r.name, "municipality": r.municipality, "study": r.study, "people": r.people}
            for r in list_cohorts(work.identity)
        ]
    if as_json:
        print_json(rows)
    for row in rows if not as_json else ():
        click.echo(f"{row['id']:18} {row['people']:5} {row['name']}")


@click.group()
def participants() -> None:
    """People on a list."""


@participants.command("import")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--cohort", required=True)
@click.option("--dry-run", is_flag=True, help="Look at the list and write nothing.")
@click.option("--good-rows-only", is_flag=True, help="Import the good rows although others are rejected.")
@click.option("--json", "as_json", is_flag=True)
@click.pass_obj
def import_(opening: Opening, file: Path, cohort: str, dry_run: bool, good_rows_only: bool, as_json: bool) -> int:
    """Import a csv or xlsx. Every bad row is named; without --good-rows-only one bad row means nothing is written."""
    service = opening.service
    try:
        if file.stat().st_size > MAX_BYTES:
            raise ListRefused("too_large", maximum_mb=MAX_BYTES // 1024**2)
        reading = read_list(file.read_bytes(), vocabulary=vocabulary_of(service.material))
    except ListRefused as refused:
        click.echo(file_message(refused), err=True)
        return 1
    with service.vaults.unit() as work:
        group, at, created = get_cohort(work.identity, cohort), service.clock(), 0
        found = importing.preview(
            work.identity, service.keys, reading, group, has_sms=service.config.sms is not None
        )  # fmt: skip
        if not dry_run and (good_rows_only or not found.rejected):
            created = len(
                importing.carry_out(work.identity, service.keys, found, group, on=local_date(at), is_test=False)
            )
            event = Event("cli", "", "import", f"cohort:{cohort}", reason=f"created {created}")
            service.identity_chain.append(work.identity, event, at=at)
    result = importing.as_json(found, created)
    for fault in result["rejected"]:
        fault["message"] = row_message(fault)
        del fault["value"]
    for note in result["notes"]:
        note["message"] = note_message(note)
    if as_json:
        print_json(result)
    else:
        click.echo(f"{result['rows']} rows, {created} created, {result['unchanged']} unchanged")
        for said in (*result["rejected"], *result["notes"]):
            click.echo(said["message"])
    return 1 if found.rejected else 0


@click.group()
def invitations() -> None:
    """Links, codes and messages of a cohort."""


@invitations.command("send")
@click.option("--cohort", required=True)
@click.option("--even-if-closed", is_flag=True, help="Also to a cohort that has closed, which lets nobody in.")
@click.pass_obj
def send(opening: Opening, cohort: str, even_if_closed: bool) -> None:
    """Queue an e-mail to everyone who has not been invited. The jobs send them."""
    service = opening.service
    with service.vaults.unit() as work:
        group = get_cohort(work.identity, cohort)
        if local_date(service.clock()) > group.ends_on and not even_if_closed:
            raise Refused("cohort_closed", ends_on=group.ends_on)
        people = sending.not_yet_invited(work.identity, group)
        batch = sending.order_invitations(work.identity, group, people, by="cli", at=service.clock())
        event = Event("cli", "", "send", f"batch:{batch}", reason=f"{len(people)} invitations")
        service.identity_chain.append(work.identity, event, at=service.clock())
    until = service.config.quiet_hours.wait_until(service.clock())
    when = f" Sending begins {until:%Y-%m-%d %H:%M}." if until else ""
    click.echo(f"{len(people)} invitations are waiting to be sent.{when}")


@invitations.command("letters")
@click.option("--cohort", required=True)
@click.option("--again", is_flag=True, help="Also those who have had a letter: the code is the same.")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="The file; else standard output.")
@click.pass_obj
def letters_(opening: Opening, cohort: str, again: bool, out: Path | None) -> None:
    """A PDF of letters to print, for those who have chosen letters or whose e-mail does not work. Logged."""
    service, at = opening.service, opening.service.clock()
    with service.vaults.unit() as work:
        group = get_cohort(work.identity, cohort)
        found = letters.letters_of(
            work.identity, service.keys, service.material, group.id, service.config.base_url, again=again
        )
        if not found:
            raise Refused("no_letters")
        made = letters_pdf(found, alt="QR-kod med den personliga länken")
        if out:
            out.write_bytes(made)
        else:
            sys.stdout.buffer.write(made)
        letters.mark_printed(work.identity, [letter.person_id for letter in found], on=local_date(at))
        event = Event("cli", "", "letters_export", f"cohort:{group.id}", reason=f"{len(found)} people")
        service.identity_chain.append(work.identity, event, at=at)
    click.echo(f"{len(found)} letters.", err=True)
    _warn_of_address(opening)


@invitations.command("links")
@click.option("--cohort", required=True)
@click.option("--all", "everybody", is_flag=True, help="For everybody, not only those without e-mail.")
@click.pass_obj
def links(opening: Opening, cohort: str, everybody: bool) -> None:
    """A CSV of links and codes, on standard output. Logged."""
    service = opening.service
    with service.vaults.unit() as work:
        group = get_cohort(work.identity, cohort)
        rows = link_rows(work.identity, service.keys, group.id, service.config.base_url, everybody=everybody)
        event = Event("cli", "", "links_export", f"cohort:{group.id}", reason=f"{len(rows)} people")
        service.identity_chain.append(work.identity, event, at=service.clock())
    _warn_of_address(opening)
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([("number", "link", "code"), *rows])
    sys.stdout.write(out.getvalue())


def _warn_of_address(opening: Opening) -> None:
    """On standard error: what is printed or piped leads nowhere from another machine."""
    if opening.config.base_url == DEFAULT_BASE_URL:
        click.echo(f"The links begin with {DEFAULT_BASE_URL}. Set KAPABLA_BASE_URL to the service's address.", err=True)
