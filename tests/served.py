"""A locked release whose every cell is known, and a real server in front of it."""

import json
import random
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date

from flask import Flask
from sqlalchemy import Table
from werkzeug.serving import make_server

from kapabla.audit import Event
from kapabla.ids import new_id
from kapabla.material.instruments import MissingReason
from kapabla.office import agreements, api_tokens, release_register, sign_in
from kapabla.office.releases import ReleaseRecord
from kapabla.office.staff import Staff
from kapabla.release import codebook
from kapabla.release.columns import ColumnSpec, Kind
from kapabla.release.dataset import Dataset
from kapabla.release.pseudonyms import release_id
from kapabla.release.writers.delimited import write_csv
from kapabla.service import Service
from kapabla.store import Store
from kapabla.tables import METADATA
from kapabla.vaults import Work
from tests import factories as make

WAVES = ("t0", "t1", "t3")
EVENTS = {"t0": "fore_arm_1", "t1": "efter_arm_1", "t3": "uppf3_arm_1"}
HOLDER = "researcher@example.com"


def _label(text: str) -> dict[str, str]:
    return {"sv": text, "en": f"{text} (en)"}


def _box(value: int, text: str) -> ColumnSpec:
    return ColumnSpec(
        f"hin_1___{value}", Kind.FLAG, _label(f"Vad hindrar dig? {text}"), categories={0: "Inte valt", 1: "Valt"},
        minimum=0, maximum=1, form="hinder", form_labels=_label("Hinder"), part_of="hin_1", option=_label(text),
        waves=("t0", "t3"), missing=(MissingReason.SKIPPED,),
    )  # fmt: skip


def _place(value: int) -> ColumnSpec:
    return ColumnSpec(
        f"til_1___{value}", Kind.RANK, _label(f"Vem litar du på? {value}"), minimum=0, maximum=2,
        categories={0: "Ingen plats", 1: "Plats 1", 2: "Plats 2"}, form="fortroende", form_labels=_label("Förtroende"),
        part_of="til_1", option=_label(f"{value}"),
    )  # fmt: skip


AGREE: dict[int | str, str] = {1: "Håller inte alls med", 2: "Delvis, men | inte helt", 3: "Håller helt med"}
COLUMNS = (
    ColumnSpec("record_id", Kind.ID, _label("Id i den här utgåvan")),
    ColumnSpec(
        "wave", Kind.WAVE, _label("Mättillfälle"), slugs={"t0": "fore", "t1": "efter", "t3": "uppf3"},
        categories={"t0": "Startfrågor", "t1": "Slutfrågor", "t3": "Uppföljning"},
    ),
    ColumnSpec(
        "weeks_since_training", Kind.WEEKS, _label("Veckor sedan utbildningen"), missing=(MissingReason.NOT_REACHED,)
    ),
    ColumnSpec("answered_on", Kind.DATE_STEP, _label("Vecka"), missing=(MissingReason.NOT_REACHED,)),
    ColumnSpec(
        "municipality", Kind.PLACE, _label("Kommun"), categories={"2404": "Vindeln", "2409": "Robertsfors"},
        is_quasi_identifier=True, importance=1, missing=(MissingReason.WITHHELD,),
    ),
    ColumnSpec("arm", Kind.PLACE, _label("Arm"), categories={"direct": "Genast", "waitlist": "Väntar"}),
    ColumnSpec(
        "se_1", Kind.CATEGORY, _label("Jag vågar fråga, ”även” när det är svårt"), categories=AGREE, minimum=1,
        maximum=3, form="tilltro", form_labels=_label("Tilltro"), is_reversed=True, group="tro",
        missing=(MissingReason.SKIPPED, MissingReason.DECLINED),
    ),
    ColumnSpec(
        "se_2", Kind.CATEGORY, _label("Jag vet vart jag vänder mig"), categories=AGREE, minimum=1, maximum=3,
        form="tilltro", form_labels=_label("Tilltro"), is_sensitive=True, group="tro",
        missing=(MissingReason.SKIPPED,),
    ),
    ColumnSpec(
        "se_mean", Kind.SCORE, _label("Tilltro, medel"), minimum=1, maximum=3, form="tilltro",
        form_labels=_label("Tilltro"), missing=(MissingReason.SKIPPED,),
    ),
    _box(1, "Tid, och ork"), _box(2, "Rädsla"),
    _place(1), _place(2),
    ColumnSpec(
        "bak_3", Kind.CATEGORY, _label("Ålder"), categories={1: "Under 50 år", 2: "50 år eller äldre"}, minimum=1,
        maximum=2, form="bakgrund", form_labels=_label("Bakgrund"), waves=("t0",), is_quasi_identifier=True,
        missing=(MissingReason.DECLINED, MissingReason.WITHHELD),
    ),
)  # fmt: skip
MONDAYS = ("2026-09-07", "2026-09-14", "2026-11-02", "2026-11-09")


def make_dataset(people: int = 30, seed: int = 7) -> Dataset:
    """Ids as releases make them. The second person has no row at the first wave, and somebody answers nothing."""
    rng = random.Random(seed)  # noqa: S311
    ids = sorted(release_id(bytes(range(32)), "prov", f"{n}") for n in range(people))
    rows = []
    for number, record_id in enumerate(ids):
        fixed = {
            "arm": rng.choice(("direct", "waitlist")),
            "municipality": rng.choice(("2404", MissingReason.WITHHELD)),
        }
        for wave in WAVES:
            if (number == 1 and wave == "t0") or (wave == "t3" and rng.random() < 0.4):
                continue
            rows.append(_row(rng, record_id, wave, fixed))
    return Dataset(COLUMNS, tuple(rows), WAVES)


def _row(rng: random.Random, record_id: str, wave: str, fixed: dict) -> dict:
    skipped, shown = MissingReason.SKIPPED, {"t0", "t3"}
    has_boxes = wave in shown and rng.random() < 0.9
    free = {
        "record_id": record_id, "wave": wave, **fixed,
        "weeks_since_training": rng.choice((-2, 0, 13, MissingReason.NOT_REACHED)),
        "answered_on": rng.choice((*MONDAYS, MissingReason.NOT_REACHED)),
        "se_1": rng.choice((1, 2, 3, skipped, MissingReason.DECLINED)), "se_2": rng.choice((1, 2, 3, skipped)),
        "se_mean": rng.choice((1.0, 7 / 3, 2.5, 0.1 + 1.2, skipped)),
        "til_1___1": rng.choice((0, 1, 2)), "til_1___2": rng.choice((0, 1, 2)),
        "bak_3": rng.choice((1, 2, MissingReason.DECLINED)),
        **{f"hin_1___{box}": rng.choice((0, 1)) if has_boxes else skipped for box in (1, 2)},
    }  # fmt: skip
    return {c.name: free[c.name] if not c.waves or wave in c.waves else MissingReason.NOT_SHOWN for c in COLUMNS}


def one_wave(dataset: Dataset) -> Dataset:
    """What a study with a single questionnaire releases: a classic project."""
    columns = tuple(
        replace(c, categories={"t0": "Startfrågor"}) if c.kind is Kind.WAVE else replace(c, waves=())
        for c in dataset.columns
    )  # fmt: skip
    return Dataset(columns, tuple(row for row in dataset.rows if row["wave"] == "t0"), ("t0",))


def without(dataset: Dataset, name: str) -> Dataset:
    columns = tuple(column for column in dataset.columns if column.name != name)
    rows = tuple({key: cell for key, cell in row.items() if key != name} for row in dataset.rows)
    return Dataset(columns, rows, dataset.waves)


@dataclass(frozen=True)
class Token:
    id: str
    token: str


def lock_release(
    service: Service, dataset: Dataset, *, name: str = "2026-11-25-1", is_test: bool = True, table: bytes | None = None,
    approved_by: tuple[str, ...] = ("steward", "admin"), purpose: str = "evaluation",
) -> None:  # fmt: skip
    """Ordered, built, approved by two, or by fewer and not locked. Only the building is left out: the table is known
    beforehand."""
    store, title = Store(service.config.release_dir), f"Prov, datautgåva {name}"
    files = {
        "data_long.csv": write_csv(dataset, title) if table is None else table,
        "codebook.json": codebook.as_json(dataset, title),
    }
    manifest = {
        "title": title, "release": name, "study": make.STUDY, "built_on": "2026-11-25", "purpose": purpose,
        "people": "test" if is_test else "real", "registry_number": "2026-00001-01", "software": "kapabla 0.1.0",
        "n_people": len(dataset.people),
        "files": {file: store.put(body) for file, body in files.items()},
    }  # fmt: skip
    digest = store.put(json.dumps(manifest).encode())
    at = service.clock()
    with service.vaults.unit() as work:
        by = sign_in.get_staff(work.office, HOLDER)
        record = release_register.order(
            work.office, service.office_chain, release=name, study=make.STUDY, purpose=purpose, is_test=is_test,
            by=by, at=at,
        )  # fmt: skip
        release_register.built(
            work.office, record, people=len(dataset.people), manifest=manifest, manifest_hash=digest,
            on=date(2026, 11, 25), at=at,
        )  # fmt: skip
        for role in approved_by:
            member = sign_in.get_staff(work.office, f"{role}@example.com")
            release_register.approve(work.office, service.office_chain, release=name, by=member, at=at)
        if record.state == "approved":
            release_register.lock(work.office, name)


def make_approvers(service: Service) -> None:
    """Accounts alone: nobody signs in."""
    with service.vaults.unit() as work:
        for role in ("researcher", "steward", "admin"):
            member, _ = sign_in.add_staff(
                work.office, email=f"{role}@example.com", name=f"Namn {role}", role=role, ends_on=date(2027, 12, 1),
                at=service.clock(),
            )  # fmt: skip
            if role in agreements.BOUND_BY_AGREEMENT:
                agree(service, work, member, until=date(2027, 12, 1))


def agree(service: Service, work: Work, member: Staff, *, until: date) -> None:
    agreements.record(
        work.office, service.office_chain, member=member, number="Avtal 1", ends_on=until, actor="cli",
        at=service.clock(),
    )  # fmt: skip


def make_token(service: Service, *, release: str = "2026-11-25-1", days: int = 30, **given: str) -> Token:
    id_, token = new_id(), api_tokens.new_token()
    with service.vaults.unit() as work:
        api_tokens.add(
            work.office, service.office_chain, id_=id_, token=token,
            holder=sign_in.get_staff(work.office, given.pop("email", HOLDER)), days=days, at=service.clock(),
            release=release_register.get(work.office, release),
            by=Event("cli", "", "token_add", f"token:{id_}", reason=release), **given,
        )  # fmt: skip
    return Token(id_, token)


@contextmanager
def serving(app: Flask) -> Iterator[str]:
    """The address of the application behind a real socket, for clients that speak HTTP themselves."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/api/"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def revoke(service: Service, work: Work, token_id: str) -> None:
    api_tokens.revoke(
        work.office, service.office_chain, api_tokens.get(work.office, token_id), at=service.clock(),
        by=Event("cli", "", "token_revoke", f"token:{token_id}"),
    )  # fmt: skip


def release_of(work: Work, name: str = "2026-11-25-1") -> ReleaseRecord:
    return release_register.get(work.office, name)


def tables_of_office() -> list[Table]:
    return list(METADATA["office"].sorted_tables)
