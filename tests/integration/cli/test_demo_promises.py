"""The demo's promises: a whole year through the real services, made up and saying so; what is real stays as it is."""

from datetime import timedelta

import pytest

from kapabla.cli.demo import STAFF
from kapabla.cli.demo_promises import PLACE, make_promises
from kapabla.clock import local_date
from kapabla.material.promise_editions import edition_of_file, read_editions
from kapabla.office import promise_editions, promises, sign_in
from kapabla.office.promise_tasks import tasks
from kapabla.web.promise_page import rows_of


@pytest.fixture
def made(service):
    at = service.clock()
    with service.vaults.unit() as work:
        for email, name, role in STAFF:
            sign_in.add_staff(
                work.office, email=email, name=name, role=role, ends_on=local_date(at) + timedelta(days=9), at=at,
                is_demo=True, municipality=PLACE if role == "coordinator" or role.startswith("signatory") else None,
            )  # fmt: skip
    make_promises(service)
    return service


def test_every_text_of_it_says_that_it_is_made_up_and_what_is_real_is_untouched(made):
    ((published,), damaged) = read_editions(made.config.release_dir)
    assert damaged == ()
    edition = published.edition
    assert edition.from_year > 2025
    assert set(published.signed) == set(promise_editions.SIGNATORIES)
    for row in rows_of(edition, "Vindeln", published.published_on):
        for text in (row.source, row.promise, row.feedback, row.owner, row.activities):
            assert "xempel" in text
    for text in (edition.source, edition.agreement.purpose, *(one.summary for one in edition.picture)):
        assert text.startswith("Påhittat exempel.")
    assert "påhittat" in edition.agreement.signed_by[0]
    # The agreement on file is taken in word for word, and nothing is said of how it went.
    file = next(one for one in made.material.promises if one.municipality == PLACE)
    with made.vaults.reading() as work:
        cycle = promises.find_cycle(work.office, PLACE, 2023)
        draft = promise_editions.draft_of(work.office, cycle, 2025, shelf={}.get)
        assert not draft.is_followed_up
        assert draft.promises == edition_of_file(file, 2025).promises


def test_there_is_something_to_do_for_each_role(made):
    with made.vaults.reading() as work:
        today = local_date(made.clock())
        kinds = {task.kind for task in tasks(work.office, today) if task.years > "2025"}
        assert {"activity", "meeting", "picture"} <= kinds
        assert any(task.is_overdue(today) for task in tasks(work.office, today))
        for email in ("kommun@example.se", "polis@example.se"):
            first, *_ = promise_editions.for_signatory(work.office, sign_in.get_staff(work.office, email))
            assert (first.version, first.state) == (2, "asked")
            assert first.edition.promises[0].series[0].values
