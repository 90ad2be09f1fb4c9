"""The pictures of the documentation, from a demo with made-up people and a clock that stands still.

Written only by `./dev pictures`; otherwise the way to each page is walked, and that is all.
"""

import os
import re
from dataclasses import replace
from datetime import date
from itertools import chain
from pathlib import Path

import pytest

from kapabla.jobs.population import make_population
from kapabla.jobs.releases import build_release
from kapabla.office import release_register
from kapabla.office import sign_in as accounts
from tests import factories as make
from tests.browser.walking import Walk, come_in, go_on, sign_in

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "docs" / "pictures"
SCREEN = (1024, "light")
MOST_BYTES = 150_000
RELEASE = "2026-11-25-1"
LIST = """namn;e-post;telefon;adress;kommun;yrke
Test Testsson;test@example.com;;;Vindeln;frisör
Prova Provsson;prova@example.com;;;Robertsfors;jägare
Exempla Exempelsson;exempla.example.com;;;Vindeln;frisör
Påhitt Påhittsson;pahitt@example.com;;;Vindeln;frissa
Figur Figursson;;;;Vindeln;jägare
"""


def participant(walk, served):
    """The list of modules of somebody who has read one and begun another."""
    come_in(walk, make.make_person(served.service, is_test=True), research="nej")
    walk.advance()
    go_on(walk, "/delar/1/", pick=0)
    walk.advance()
    walk.go("/delar")


def admin(walk, served):
    """A cohort that is half a year old."""
    sign_in(walk, served, "officer")
    walk.follow(re.compile(r"^Exempel .* 3$"))


def research(walk, served):
    """The change from before to after, as the server draws it."""
    sign_in(walk, served, "researcher")
    release(served.service)
    walk.go("/forskning/resultat")
    figure = walk.page.locator("#forandring-rubrik")
    figure.evaluate("(heading) => heading.closest('figure').scrollIntoView({block: 'center'})")


def public(walk, served):
    """The promises of a municipality."""
    walk.go("/medborgarloften/vindeln")


def list_to_mend(walk, served):
    """Five rows, three of which have to be mended."""
    walk.go(f"/admin/omgangar/{make.make_cohort(served.service)}/import")
    walk.page.fill("#klistrat", LIST)
    walk.press("Granska listan")


def contacts(walk, served):
    """Numbers to turn to, before anybody has checked them."""
    walk.go("/admin/stodkontakter")


# What one person goes to in turn, by the name of its picture.
WALKS = (
    {"participant": participant}, {"admin": admin, "import": list_to_mend, "contacts": contacts},
    {"research": research}, {"public": public},
)  # fmt: skip


def release(service):
    """Ordered, built and approved by two, as in earnest; without a job runner."""
    for role in ("steward", "admin"):
        make.make_staff(service, role)
    with service.vaults.unit() as work:
        by = accounts.get_staff(work.office, "researcher@example.com")
        release_register.order(
            work.office, service.office_chain, release=RELEASE, study=make.STUDY, purpose="evaluation", is_test=True,
            by=by, at=service.clock(),
        )  # fmt: skip
    with service.vaults.unit() as work:
        build_release(service, work, RELEASE)
    for role in ("steward", "admin"):
        with service.vaults.unit() as work:
            by = accounts.get_staff(work.office, f"{role}@example.com")
            release_register.approve(work.office, service.office_chain, release=RELEASE, by=by, at=service.clock())
    with service.vaults.unit() as work:
        release_register.lock(work.office, RELEASE)


@pytest.mark.browser
def test_the_main_page_of_each_audience_can_be_pictured(browser, config, serve):
    served = serve(replace(config, demo=True, neutral_exit_url="/vader"))
    today = date(2026, 11, 25)
    make_population(served.service, people=60, seed=4, study=make.STUDY, today=today, effect=0.7, attrition=0.1)
    for pictures in WALKS:
        walk = Walk(browser, served.base, screens=(SCREEN,), height=720)
        for name, lead in pictures.items():
            lead(walk, served)
            if os.environ.get("KAPABLA_PICTURES"):
                walk.page.screenshot(path=FOLDER / f"{name}.png")
        walk.context.close()


def test_every_picture_is_made_here_named_somewhere_and_small():
    named = set()
    for text in [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]:
        for target in re.findall(r"!\[[^]]+\]\(([^)]+\.png)\)", text.read_text(encoding="utf-8")):
            named.add((text.parent / target).resolve())
    assert named == set(FOLDER.iterdir()) == {FOLDER / f"{name}.png" for name in chain(*WALKS)}
    assert [path.name for path in FOLDER.iterdir() if path.stat().st_size > MOST_BYTES] == []
