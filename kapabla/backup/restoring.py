"""Bringing back a backup, or trying whether it could be: the vaults are rebuilt beside their places, counted and hashed
against the backup, brought to this version, and whoever has left since leaves again, before anything opens.

A vault that holds something is never overwritten. Killed anywhere, a restore is given again: until it is done there is
either no vault or the whole one, and nothing is served without all of them.
"""

import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from kapabla import bridge
from kapabla.audit import Chain, Event
from kapabla.backup import container, folder, rows
from kapabla.backup.container import Header
from kapabla.backup.making import engine_closed
from kapabla.backup.scratch import Scratch, scratch_for
from kapabla.backup.sealing import BackupUnsound
from kapabla.config import Config
from kapabla.errors import KapablaError, Refused
from kapabla.identity import entry, sending
from kapabla.journals import Journal, Place, entries_of, place_of
from kapabla.keys import Keyring
from kapabla.migrating import current_head, knows_version, upgrade
from kapabla.office import staff_sessions
from kapabla.service import Service, open_engines, open_service
from kapabla.vaults import Work

# Lies in the data folder while a restore is under way, so that one which was broken off is known.
MARKER = "restoring"


class RestoreUnfinished(KapablaError):
    """The vaults are not all back. Nothing is made or served beside them."""

    code = "restore_unfinished"


@dataclass(frozen=True)
class Restored:
    """`rows` by vault as they were saved; `left_again`: entries of the journals that were carried out anew; `broken`:
    chains that were broken in the backup already."""

    stamp: str
    rows: dict[str, int]
    left_again: dict[str, int]
    broken: list[str]
    files: int


def check_no_restore_is_unfinished(config: Config) -> None:
    if (config.data_dir / MARKER).exists():
        raise RestoreUnfinished(folder=str(config.data_dir))


def restore(config: Config, source: Path, *, at: datetime, stamp: str | None, only_try: bool) -> Restored:
    """`only_try`: everything but the last step, beside a service that goes on."""
    vaults = [vault for vault in folder.VAULTS if vault in config.vault_urls]
    stamp = folder.choose(source, [*vaults, folder.STORE], stamp)
    places = {vault: scratch_for(config.vault_urls[vault]) for vault in vaults}
    keyring = Keyring(config.key_dir)
    if not only_try:
        _check_room(config, places)
    try:
        restored, journals = _rebuild(config, keyring, source, stamp, places, at)
        files = _read_store(source, keyring, stamp, None if only_try else config.release_dir)
        if not only_try:
            _put_in_place(config, places, journals)
    finally:
        for place in places.values():
            place.clear()
    return replace(restored, files=files)


def _check_room(config: Config, places: dict[str, Scratch]) -> None:
    """A vault that holds something may be one that a restore which was broken off has put back: seen when it is known
    what that would be."""
    for vault, place in places.items():
        if place.holds_something() and not (config.data_dir / MARKER).exists():
            raise Refused("vault_not_empty", vault=vault)


def _put_in_place(config: Config, places: dict[str, Scratch], journals: dict[str, list[bytes]]) -> None:
    """Journals first; then every vault is taken out, so that none is served before all are back."""
    missing = {vault: place for vault, place in places.items() if not place.is_in_place()}
    for vault, place in missing.items():
        if place.holds_something():
            raise Refused("vault_not_empty", vault=vault)
    config.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    (config.data_dir / MARKER).write_text("A restore is under way, or was broken off. Give it again.\n", "utf-8")
    for vault, lines in journals.items():
        Journal(config.data_dir, vault).put_back(lines)
    for place in missing.values():
        place.take_out()
    for place in missing.values():
        place.put_in_place()
    _say_it_is_done(config)


def _say_it_is_done(config: Config) -> None:
    (config.data_dir / MARKER).unlink()


def _rebuild(
    config: Config, keyring: Keyring, source: Path, stamp: str, places: dict[str, Scratch], at: datetime
) -> tuple[Restored, dict[str, list[bytes]]]:
    headers, lines, counts, journals = dict[str, Header](), dict[str, Iterator[str]](), {}, {}
    rebuilt = _at(config, places)
    for vault, place in places.items():
        place.make()
        path, key = folder.path_of(source, vault, stamp), keyring.get("backup", vault)
        headers[vault], lines[vault] = container.read(path, key, vault)
        if vault in folder.WITH_JOURNAL:
            journals[vault] = _journal(config, source, keyring, vault, _place(headers[vault]))
    _make_tables(config, places, headers)
    for vault in places:
        counts[vault] = _fill(rebuilt, vault, lines[vault], folder.path_of(source, vault, stamp))
    if {header.version for header in headers.values()} != {current_head()}:
        upgrade(rebuilt)
    service = open_service(rebuilt)
    try:
        left = {v: _leave_again(service, v, journals[v][_place(headers[v]).lines :]) for v in journals}
        broken = _settle(service, stamp, at)
    finally:
        for engine in service.vaults.engines.values():
            engine.dispose()
    return Restored(stamp, counts, left, broken, 0), journals


def _at(config: Config, places: dict[str, Scratch]) -> Config:
    """The same settings, with the vaults where they are rebuilt."""
    return config.with_vaults({vault: place.url for vault, place in places.items()})


def _make_tables(config: Config, places: dict[str, Scratch], headers: dict[str, Header]) -> None:
    """As they were at the version that the rows are of; a migration that was broken off leaves the vaults at two."""
    for version in {header.version for header in headers.values()}:
        if not knows_version(version):
            raise Refused("backup_newer", version=version)
        of_version = {vault: place for vault, place in places.items() if headers[vault].version == version}
        upgrade(_at(config, of_version), version)


def _fill(rebuilt: Config, vault: str, lines: Iterator[str], path: Path) -> int:
    """What stands there afterwards is held against what was counted at the backup."""
    expected: dict[str, rows.Tally] = {}
    engine = open_engines(rebuilt)[vault]
    with engine_closed(engine):
        with engine.execution_options(kapabla_writing=True).begin() as connection:
            rows.load(connection, _rows(lines, expected))
        with engine.connect() as connection:
            found = rows.tally(connection)
    if found != expected:
        raise BackupUnsound(file=str(path))
    return sum(tally.rows for tally in found.values())


def _rows(lines: Iterator[str], expected: dict[str, rows.Tally]) -> Iterator[tuple[str, list[str], str]]:
    table, columns = "", list[str]()
    for line in lines:
        if line.startswith("["):
            yield table, columns, line
            continue
        told = json.loads(line)
        if "table" in told:
            table, columns = told["table"], told["columns"]
        else:
            expected[told["of"]] = rows.Tally(told["rows"], int(told["sum"], 16))


def _place(header: Header) -> Place:
    return Place(**header.facts["journal"])


def _journal(config: Config, source: Path, keyring: Keyring, vault: str, at_backup: Place) -> list[bytes]:
    """The one that has come furthest, of what lies here and what was copied; both begin as the backup knew it."""
    here = Journal(config.data_dir, vault).lines()
    copied: list[bytes] = []
    for stamp in folder.stamps(source, vault, "journal")[-1:]:
        path = folder.journal_path(source, vault, stamp)
        _, lines = container.read(path, keyring.get("backup", vault), f"{vault} journal")
        copied = [f"{line}\n".encode() for line in lines]
    shorter, longer = sorted((here, copied), key=len)
    if longer[: len(shorter)] != shorter or place_of(longer[: at_backup.lines]) != at_backup:
        raise Refused("journals_differ", vault=vault)
    return longer


def _leave_again(service: Service, vault: str, lines: list[bytes]) -> int:
    """In their order, each in a transaction: what was done since the backup is done again."""
    count = 0
    for found in entries_of(lines):
        with service.vaults.unit() as work:
            if vault == "answers":
                bridge.apply_to_answers(work, found["who"], found["kind"])
            else:
                on = date.fromisoformat(found["on"])
                bridge.apply_to_identity(work, service.keys, found["who"], found["kind"], on=on)
        count += 1
    return count


def _settle(service: Service, stamp: str, at: datetime) -> list[str]:
    """Who was signed in signs in anew, what was about to leave may have left since, and the logs tell of the restore.

    Returns the vaults whose chain does not hold.
    """
    with service.vaults.unit() as work:
        broken = [vault for vault, chain, session in _chains(service, work) if chain.verify(session) is not None]
        for vault, chain, session in _chains(service, work):
            if vault == "identity":
                entry.end_all_sessions(session)
                sending.leave_unclear(session)
            elif vault == "office":
                staff_sessions.end_everybodys(session)
            event = Event("cli", "system", "restore", f"backup:{stamp}")
            chain.append(session, event, at=at, date_only=vault == "answers")
    return broken


def _chains(service: Service, work: Work) -> Iterator[tuple[str, Chain, Any]]:
    for vault in service.vaults.engines:
        yield vault, getattr(service, f"{vault}_chain"), getattr(work, vault)


def _read_store(source: Path, keyring: Keyring, stamp: str, into: Path | None) -> int:
    """Files are named by what they hold, so what is there already is left as it is."""
    path = folder.path_of(source, folder.STORE, stamp)
    _, lines = container.read(path, keyring.get("backup", folder.STORE), folder.STORE)
    count, name, pieces = 0, None, list[bytes]()
    for line in lines:
        told = json.loads(line)
        if isinstance(told, str):
            pieces.append(base64.b64decode(told))
            continue
        _put_file(into, name, pieces)
        name, pieces, count = told["file"], [], count + 1
    _put_file(into, name, pieces)
    return count


def _put_file(into: Path | None, name: str | None, pieces: list[bytes]) -> None:
    if into is None or name is None:
        return
    path = (into / name).resolve()
    if not path.is_relative_to(into.resolve()):
        raise BackupUnsound(file=name)
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        aside = path.with_name(f".{path.name}.part")
        aside.write_bytes(b"".join(pieces))
        aside.replace(path)
