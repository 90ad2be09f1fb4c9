"""The research API: a whole release of 20,000 people, 3 waves and 100 columns as csv, and one of a client's batches.

In a process of its own, so that its memory is that of the call. Floor: the same application sends the file as it is.
"""

import os
import random
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from flask import Response

from benchmarks.installation import installation
from benchmarks.measuring import ROOT, RUNS, Row, medians
from kapabla.config import load_config
from kapabla.release.columns import ColumnSpec, Kind
from kapabla.release.dataset import Dataset
from kapabla.release.pseudonyms import release_id
from kapabla.service import Service, open_service
from tests import served

PEOPLE, WAVES, ITEMS = 20_000, ("t0", "t1", "t3"), 96
WHOLE_BYTES = 10_000_000
FLOOR = "the file as it is"


def rows(*, long: bool) -> Iterator[Row]:  # noqa: ARG001  (the same in both)
    with installation() as config:
        service = open_service(config)
        token, digest = _release(service)
        whole = {"content": "record", "format": "csv"}
        ours = [_measured(service, token, digest, whole) for _ in range(RUNS)]
        sent = [_measured(service, token, digest, {}) for _ in range(RUNS)]
        for place, (name, unit) in enumerate((("CPU", "ms"), ("wall time", "ms"), ("peak memory", "MB"))):
            value, floor = (sorted(run[place] for run in runs)[RUNS // 2] for runs in (ours, sent))
            yield Row(f"release of {PEOPLE} x 3 x 100 through the API, {name}", value, unit, floor, FLOOR)
        batch = whole | {"records": ",".join(sorted(_ids())[:100])}
        value, floor = medians(
            lambda: _measured(service, token, digest, batch)[3],
            lambda: _measured(service, token, digest, {})[3],
            runs=1,
        )
        yield Row("batch of 100 people through the API, CPU once open", value, "ms", floor, FLOOR)


def _release(service: Service) -> tuple[str, str]:
    """The key to it, and the hash of its file."""
    served.make_approvers(service)
    columns = (
        *served.COLUMNS[:3],
        *(
            ColumnSpec(
                f"fraga_{n}", Kind.CATEGORY, _label(f"Fråga {n}"), categories=served.AGREE, minimum=1, maximum=3,
                form=f"form_{n // 8}", form_labels=_label(f"Form {n // 8}"),
            )
            for n in range(ITEMS)
        ),
        ColumnSpec(
            "medel", Kind.SCORE, _label("Medel"), minimum=1, maximum=3, form="form_0", form_labels=_label("Form 0")
        ),
    )  # fmt: skip
    table = _table([column.name for column in columns])
    served.lock_release(service, Dataset(columns, (), WAVES), table=table)
    with service.vaults.reading() as work:
        digest = served.release_of(work).manifest["files"]["data_long.csv"]  # type: ignore[index]  # built, so it has one
    return served.make_token(service).token, digest


def _label(text: str) -> dict[str, str]:
    return {"sv": text, "en": text}


def _ids() -> list[str]:
    return [release_id(bytes(range(32)), "bench", str(n)) for n in range(PEOPLE)]


def _table(names: list[str]) -> bytes:
    rng = random.Random(1)  # noqa: S311
    lines = [",".join(names)]
    for record_id in sorted(_ids()):
        for wave in WAVES:
            cells = [rng.choice(("1", "2", "3", "")) for _ in range(ITEMS)]
            lines.append(",".join((record_id, wave, "4", *cells, str(rng.random() * 2 + 1))))
    return ("\n".join(lines) + "\n").encode()


def _measured(service: Service, token: str, digest: str, asked: dict[str, str]) -> tuple[float, float, float, float]:
    """CPU ms and wall ms of the first call, peak MB, CPU ms of a second call."""
    run = subprocess.run(
        [sys.executable, "-m", "benchmarks.api", token, digest, *(f"{k}={v}" for k, v in asked.items())], cwd=ROOT,
        env={**os.environ, "KAPABLA_DATA_DIR": str(service.config.data_dir), "KAPABLA_AUDIENCES": "research"},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    first, wall, memory, second = (float(word) for word in run.stdout.split())
    return first, wall, memory, second


def _call(token: str, digest: str, asked: dict[str, str]) -> None:
    """In the process that is measured: the call as the server makes it, each piece dropped when it has left."""
    from kapabla.app import create_app

    app = create_app(load_config(os.environ))
    path: Path = app.extensions["kapabla"].config.release_dir / "files" / digest[:2] / digest

    @app.get("/floor")
    def floor() -> Response:
        return Response(path.open("rb"), mimetype="text/csv")

    def once() -> tuple[float, float]:
        began, wall = time.process_time(), time.perf_counter()
        browser = app.test_client()
        reply = browser.post("/api/", data={"token": token, **asked}) if asked else browser.get("/floor")
        size = sum(len(piece) for piece in reply.iter_encoded())
        assert reply.status_code == 200, reply.text
        assert size > (WHOLE_BYTES if "records" not in asked else 10_000)
        return (time.process_time() - began) * 1000, (time.perf_counter() - wall) * 1000

    first, wall = once()
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(first, wall, memory, once()[0])


if __name__ == "__main__":
    _call(sys.argv[1], sys.argv[2], dict(word.split("=", 1) for word in sys.argv[3:]))
