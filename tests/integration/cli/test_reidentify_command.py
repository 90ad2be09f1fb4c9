"""reidentify as it is called: two people, or nothing."""

from datetime import date

import pytest

from kapabla.answers.placement import ReleaseInclusion
from kapabla.office import release_register, sign_in
from kapabla.release.pseudonyms import release_id
from tests import factories as make

TWO = ("--by", "officer@example.com", "--by", "steward@example.com", "--reason", "Fel i filen kan skada någon")


@pytest.fixture
def found(service):
    """The name of a release, an id in it, and the number of the participant behind it."""
    made = make.make_person(service)
    make.take_part(service, made, on=date(2026, 11, 20))
    with service.vaults.unit() as work:
        for role in ("officer", "steward", "researcher"):
            # Of a demo account no code is asked for.
            member, _ = sign_in.add_staff(
                work.office, email=f"{role}@example.com", name=role, role=role, ends_on=date(2099, 1, 1),
                at=service.clock(), is_demo=True,
            )  # fmt: skip
        name = release_register.order_next(
            work.office, service.office_chain, study=make.STUDY, purpose="evaluation", is_test=False, by=member,
            at=service.clock(),
        )  # fmt: skip
        work.answers.add(ReleaseInclusion(subject=made.subject, release=name))
    service.keys.make("release", name, date(2026, 11, 25))
    return name, release_id(service.keys.get("release", name), make.STUDY, made.subject), made.number


def test_two_people_get_the_number(run, found):
    release, record_id, number = found
    said = run("reidentify", release, record_id.lower(), *TWO)
    assert (said.status, said.out.splitlines()[-1], said.err) == (0, number, "")


@pytest.mark.parametrize(
    ("by", "told"),
    [
        (("officer",), "Two different people do this together."),
        (("officer", "officer"), "Two different people do this together."),
        (("officer", "steward", "researcher"), "Two different people do this together."),
        (("officer", "researcher"), "These may: officer, steward."),
    ],
)
def test_one_person_and_a_researcher_are_refused(run, found, by, told):
    release, record_id, number = found
    words = [word for role in by for word in ("--by", f"{role}@example.com")]
    said = run("reidentify", release, record_id, *words, "--reason", "Fel i filen kan skada någon")
    assert said.status == 1
    assert told in said.err
    assert number not in said.out


def test_a_number_of_nobody_is_told_as_such(run, found):
    said = run("reidentify", found[0], "KP22222222222222", *TWO)
    assert (said.status, said.out) == (1, "")
    assert "That you asked is in the log." in said.err
