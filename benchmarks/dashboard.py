"""The dashboard of a large release: every group that can be asked for is answered, as of twenty thousand people.

What a page costs depends on how much is told, not on how many it is told of. So the figures of a small release, by a
frozen plan, are given the groups of a large one: every filter and every two. Floor: reading and parsing the same.
`long`: twenty thousand people in earnest as well, from their first answer on.
And all that is fetched before somebody asks for the chart library, compressed, against the 60 kB that it may be.
"""

import gzip
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from itertools import combinations
from typing import Any

from benchmarks.installation import STUDY, installation
from benchmarks.measuring import ROOT, Row, cpu_ms, medians
from kapabla.app import create_app
from kapabla.clock import local_date
from kapabla.config import Config
from kapabla.jobs.population import make_population
from kapabla.jobs.releases import build_release
from kapabla.jobs.simulation import DEFAULT_ATTRITION, DEFAULT_EFFECT
from kapabla.jobs.withdrawal_notices import lock_or_give_up
from kapabla.office import release_register, sign_in
from kapabla.release import published
from kapabla.release.subgroups import setting_key
from kapabla.service import Service, open_service
from kapabla.store import Store
from kapabla.web.auth.guard import COOKIE
from tests import factories as make
from tests.page_client import PageClient

FLOOR = "reads and parses the figures"
PAGE = "/forskning/resultat"
RELEASE = "r1"
LARGE = 20_000
_FIRST = """
import os
from benchmarks.measuring import cpu_ms
from kapabla.app import create_app
from kapabla.config import load_config
browser = create_app(load_config({"KAPABLA_DATA_DIR": os.environ["KAPABLA_DATA_DIR"]})).test_client()
browser.set_cookie(os.environ["NAME"], os.environ["VALUE"])
replies = []
spent = cpu_ms(lambda: replies.append(browser.get(os.environ["PAGE"])))
assert replies[0].status_code == 200
print(spent)
"""


def rows(*, long: bool) -> Iterator[Row]:
    with installation() as config:
        config = replace(config, testing=True)
        service, secret = _opened(config)
        _release(service, people=150)
        _as_of_a_large_one(config)
        yield from _seen(config, secret, "dashboard of 20000 people", runs=15 if long else 5)
    if long:
        with installation() as config:
            yield from in_earnest(replace(config, testing=True), LARGE)


def in_earnest(config: Config, people: int) -> Iterator[Row]:
    """So many people are simulated through every wave, released, approved and shown: some minutes, nothing made up."""
    service, secret = _opened(config)
    simulated = cpu_ms(partial(_populate, service, people))
    built = cpu_ms(partial(_build, service))
    _approve(service)
    name = f"dashboard of {people} people in earnest"
    yield Row(f"{name}, simulated", simulated, "ms", 32.0 * people, "as for each of 24 people")
    yield Row(f"{name}, release built", built, "ms", 60_000, "hard limit")
    yield from _seen(config, secret, name, runs=15)


def _opened(config: Config) -> tuple[Service, str]:
    service = open_service(config)
    secret = {role: make.make_staff(service, role) for role in ("researcher", "steward", "admin")}["researcher"]
    make.freeze_plan(service)
    return service, secret


def _seen(config: Config, secret: str, name: str, runs: int) -> Iterator[Row]:
    client = _visitor(config, secret)

    def request() -> bytes:
        body: bytes = client.browser.get(PAGE).get_data()
        assert RELEASE.encode() in body
        return body

    cold = _in_a_new_process(config, client)
    warm, floor = medians(lambda: cpu_ms(request), lambda: cpu_ms(lambda: _parse(config)), runs=runs)
    yield Row(f"{name}, first in a process", cold, "ms", floor, FLOOR)
    yield Row(f"{name}, warm", warm, "ms", floor, FLOOR)
    yield Row(f"{name}, before the chart library", _fetched(client, request()), "bytes", 60_000, "what it may be")


def _release(service: Service, people: int) -> None:
    _populate(service, people)
    _build(service)
    _approve(service)


def _populate(service: Service, people: int) -> None:
    today = local_date(service.clock())
    make_population(
        service, people=people, seed=1, study=STUDY, today=today, effect=DEFAULT_EFFECT, attrition=DEFAULT_ATTRITION
    )


def _build(service: Service) -> None:
    with service.vaults.unit() as work:
        release_register.order(
            work.office, service.office_chain, release=RELEASE, study=STUDY, purpose="evaluation", is_test=True,
            by=sign_in.get_staff(work.office, "researcher@example.com"), at=service.clock(),
        )  # fmt: skip
    with service.vaults.unit() as work:
        record = build_release(service, work, RELEASE)
        assert record.state == "built", record.reason


def _approve(service: Service) -> None:
    for role in ("steward", "admin"):
        with service.vaults.unit() as work:
            member = sign_in.get_staff(work.office, f"{role}@example.com")
            release_register.approve(work.office, service.office_chain, release=RELEASE, by=member, at=service.clock())
    with service.vaults.unit() as work:
        state = lock_or_give_up(service, work, RELEASE)
        assert state == "locked", state


def _as_of_a_large_one(config: Config) -> None:
    """Twelve municipalities, eight trades, four ages and two genders, alone and two by two."""
    store, board = Store(config.release_dir), published.dashboard(config.release_dir, RELEASE)
    many = {"municipality": 12, "role": 8, "bak_3": 4, "bak_4": 2}
    filters = [
        {"name": name, "label": name, "values": [[str(value), f"{name} {value}"] for value in range(number)]}
        for name, number in many.items()
    ]
    values = [(name, str(value)) for name, number in many.items() for value in range(number)]
    settings = [*((one,) for one in values), *(two for two in combinations(values, 2) if two[0][0] != two[1][0])]
    for scale in board["subgroups"]["scales"]:
        scale["groups"] |= {setting_key(setting): scale["groups"][""] for setting in settings}
    board["subgroups"]["filters"] = filters
    index: dict[str, Any] = store.index(RELEASE) or {}
    store.put_index(RELEASE, index | {"figures": store.put(json.dumps(board).encode())})


def _visitor(config: Config, secret: str) -> PageClient:
    """A researcher who has signed in, to an application of its own."""
    client = PageClient(create_app(config))
    make.sign_in_with(client, "researcher", secret)
    return client


def _in_a_new_process(config: Config, client: PageClient) -> float:
    """CPU time of the first request of a process that has started and has answered nothing yet."""
    cookie = client.browser.get_cookie(COOKIE)
    told = {
        "KAPABLA_DATA_DIR": str(config.data_dir),
        "PAGE": PAGE,
        "NAME": COOKIE,
        "VALUE": cookie.value if cookie else "",
    }
    run = [sys.executable, "-c", _FIRST]
    return float(
        subprocess.run(run, cwd=ROOT, env=os.environ | told, check=True, capture_output=True, text=True).stdout
    )


def _fetched(client: PageClient, page: bytes) -> int:
    """The page and every file that it names, as they are sent."""
    files = re.findall(r'(?:href|src)="(/static/[^"]+\.(?:css|js))"', page.decode())
    sent = (client.browser.get(path, headers={"Accept-Encoding": "br"}).get_data() for path in files)
    return len(gzip.compress(page)) + sum(map(len, sent))


def _parse(config: Config) -> None:
    published.dashboard(config.release_dir, RELEASE)
