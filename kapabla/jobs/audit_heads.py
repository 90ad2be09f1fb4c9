"""The end of every log, told each day to a second authority (`privacy.md` E5.1): whoever cuts off rows of a log
here cannot take back what was told elsewhere. By e-mail, or as a file in a folder that the other side fetches from."""

from datetime import datetime
from pathlib import Path

from kapabla.clock import local_date
from kapabla.jobs.mail import Letter, RefusedByServer, Unclear
from kapabla.jobs.send import mailer_of
from kapabla.office.records import outbox
from kapabla.outbox import Job
from kapabla.service import Service
from kapabla.vaults import Work

SEND_HEADS = "send_audit_heads"
SUBJECT = "Loggarnas slut {day}"


def order_heads(service: Service, work: Work, *, at: datetime) -> None:
    """The day's round, where somebody is to be told."""
    if service.config.audit_heads_to:
        outbox.put(work.office, SEND_HEADS, {}, key=f"{SEND_HEADS}:{local_date(at)}", at=at)


def send_heads(service: Service, _work: Work, _job: Job) -> None:
    to, day = service.config.audit_heads_to, local_date(service.clock()).isoformat()
    if to is None:
        return
    with service.vaults.reading() as work:
        text = heads(service, work)
    if "@" not in to:
        folder = Path(to)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"kapabla-loggar-{day}.txt").write_text(text, "utf-8")
        return
    try:
        mailer_of(service).send(Letter(to, SUBJECT.format(day=day), text))
    except (RefusedByServer, Unclear):
        # Tomorrow's tells the same and more.
        return


def heads(service: Service, work: Work) -> str:
    """A line a vault: rows, hash, and whether the chain is whole. Nothing of what stands in it."""
    lines = []
    for name, chain, session in (
        ("identity", service.identity_chain, work.identity),
        ("answers", service.answers_chain, work.answers),
        ("office", service.office_chain, work.office),
    ):
        (seq, hash_), bad = chain.head(session), chain.verify(session)
        lines.append(f"{name} {seq} {hash_} {'whole' if bad is None else f'broken at row {bad}'}\n")
    return "".join(lines)
