"""Generated lists of people, broken in every way that a file can be, by the way that an officer sends them.

The floor is how many files there were. Of tracebacks there must be none, and nothing may be half-written: whoever is in
a cohort is a person with a code, and the receipt says how many there are.
"""

import random
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from io import BytesIO

import xlsxwriter
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from benchmarks.installation import installation, new_cohort
from benchmarks.measuring import Row
from kapabla.app import create_app
from kapabla.identity.cohorts import Enrolment
from kapabla.identity.invitations import Invitation
from kapabla.identity.people import Person
from kapabla.service import Service, open_service
from tests import factories as make
from tests.data.lists.messy import make_messy
from tests.page_client import PageClient

LONG, SHORT = 2_000, 60
ROWS = 14
SEED = 11
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252", "mac-roman")
_CREATED = re.compile(r"<h1>(\d+) deltagare är importera")
_ODD = (b"\x00", b"\xff\xfe", b"\x1a", b'"', b'"";', b"\r", b"=1+1", b"\xc3", b"\xed\xa0\x80", b"\t", b";" * 400)


def rows(*, long: bool) -> Iterator[Row]:
    files = LONG if long else SHORT
    with installation() as config:
        service = open_service(replace(config, testing=True))
        client = PageClient(create_app(service.config))
        make.sign_in_with(client, "officer", make.make_staff(service, "officer"))
        cohort, dice = new_cohort(service, "Mätning"), random.Random(SEED)  # noqa: S311  (the same files every time)
        failed = half = imported = 0
        for number in range(files):
            name, data = _file(dice, number)
            try:
                created = _send(client, cohort, name, data)
            except Exception:  # a traceback is what is counted
                failed, created = failed + 1, 0
            half += _is_half(service, created)
            imported += created > 0
            _forget(service)
    yield Row("lists fuzzed: tracebacks", failed, "files", files, "files sent")
    yield Row("lists fuzzed: half-written", half, "files", files, "files sent")
    yield Row("lists fuzzed: somebody imported", imported, "files", files, "files sent")


def _file(dice: random.Random, number: int) -> tuple[str, bytes]:
    messy = make_messy(ROWS, seed=number, encoding="utf-8").data.decode()
    if number % 3 == 0:
        return "lista.xlsx", _broken(dice, _workbook(messy))
    data = messy.replace(";", dice.choice(";;,\t")).encode(dice.choice(ENCODINGS), "replace")
    return "lista.csv", _broken(dice, data)


def _workbook(text: str) -> bytes:
    file = BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for row, line in enumerate(text.split("\r\n")):
            sheet.write_row(row, 0, line.split(";"))
    return file.getvalue()


def _broken(dice: random.Random, data: bytes) -> bytes:
    """As it is, now and then; otherwise with up to four faults."""
    for _ in range(dice.choice((0, 1, 1, 2, 4))):
        data = dice.choice(_FAULTS)(dice, data)
    return data


def _cut(dice: random.Random, data: bytes) -> bytes:
    return data[: dice.randrange(len(data) + 1)]


def _flip(dice: random.Random, data: bytes) -> bytes:
    body = bytearray(data)
    for _ in range(min(len(body), dice.choice((1, 8, 40)))):
        body[dice.randrange(len(body))] = dice.randrange(256)
    return bytes(body)


def _insert(dice: random.Random, data: bytes) -> bytes:
    at = dice.randrange(len(data) + 1)
    return data[:at] + dice.choice(_ODD) + data[at:]


def _repeat(dice: random.Random, data: bytes) -> bytes:
    begins, length = dice.randrange(len(data) + 1), dice.choice((1, 30, 600))
    return data[:begins] + data[begins : begins + length] * 3 + data[begins:]


def _move(dice: random.Random, data: bytes) -> bytes:
    at = dice.randrange(len(data) + 1)
    return data[at:] + data[:at]


_FAULTS: tuple[Callable[[random.Random, bytes], bytes], ...] = (_cut, _flip, _insert, _repeat, _move)


def _send(client: PageClient, cohort: str, name: str, data: bytes) -> int:
    """Upload, look at the preview, take the good rows. How many the receipt says there are."""
    form = f"/admin/omgangar/{cohort}/import"
    client.get(form)
    sent = client.hidden(action=form) | {"fil": (BytesIO(data), name)}
    reply = client.browser.post(form, data=sent, headers={"Sec-Fetch-Site": "same-origin"})
    if reply.status_code != 303:
        assert reply.status_code == 400, reply.status_code
        return 0
    client.get(reply.headers["Location"])
    if "bara_ratta" not in client.text and f'action="{client.path}"' not in client.text:
        return 0
    client.post(client.path, client.hidden(action=client.path) | {"bara_ratta": "1"})
    return int(_CREATED.findall(client.text)[0])


def _is_half(service: Service, created: int) -> bool:
    with service.vaults.reading() as work:
        return {_count(work.identity, model) for model in (Person, Enrolment, Invitation)} != {created}


def _count(session: Session, model: type[object]) -> int:
    return session.scalar(select(func.count()).select_from(model)) or 0


def _forget(service: Service) -> None:
    """So that the next list meets nobody."""
    with service.vaults.unit() as work:
        for person in work.identity.scalars(select(Person)):
            work.identity.delete(person)
