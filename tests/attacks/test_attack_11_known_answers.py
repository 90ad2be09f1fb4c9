"""Attack 11: a colleague knows three of somebody's answers. It cannot be prevented, so the report has to say it."""

import pytest

from kapabla.material.instruments import MissingReason
from kapabla.release.columns import ColumnSpec, Kind
from kapabla.release.dataset import Dataset
from kapabla.release.uniqueness import unique_on_answers
from kapabla.web.research.risk_report import measures
from tests.unit.release.samples import AGREE, label


def dataset(answers, gender=None):
    columns = [ColumnSpec("record_id", Kind.ID, label("Id")), ColumnSpec("wave", Kind.WAVE, label("Mättillfälle"))]
    columns += [
        ColumnSpec(
            f"se_{n}", Kind.CATEGORY, label(f"Fråga {n}"), categories=AGREE, minimum=1, maximum=5, is_ordered=True,
            missing=(MissingReason.SKIPPED,),
        )
        for n in range(1, len(answers[0]) + 1)
    ]  # fmt: skip
    columns += [ColumnSpec("bak_4", Kind.CATEGORY, label("Kön"), minimum=1, maximum=2, is_quasi_identifier=True)]
    rows = [
        {
            "record_id": f"KP{number:03d}", "wave": "t0",
            **{f"se_{n}": value for n, value in enumerate(given, start=1)},
            "bak_4": (gender or [1] * len(answers))[number],
        }
        for number, given in enumerate(answers)
    ]  # fmt: skip
    return Dataset(tuple(columns), tuple(rows), ("t0",))


@pytest.mark.parametrize(
    ("answers", "gender", "share"),
    [
        ([(1, 1, 1)] * 4, None, 0.0),
        ([(1, 1, 1), (1, 1, 1), (2, 1, 1), (3, 1, 1)], None, 0.5),
        ([(1, 1, 1), (1, 1, 1), (2, 1, 1), (3, 1, 1)], [1, 2, 1, 1], 1.0),
        ([(1, 1, 1), (1, 1, MissingReason.SKIPPED)], None, 1.0),
    ],
)
def test_the_share_is_that_of_people_alone_with_three_answers(answers, gender, share):
    """C7.11, by hand: with the quasi-identifiers, among those who answered all three."""
    assert unique_on_answers(dataset(answers, gender))["share"] == share


def test_where_there_are_no_three_questions_nothing_is_claimed():
    assert unique_on_answers(dataset([(1, 2)]))["share"] is None


@pytest.mark.parametrize("name", ["r1", "r2"])
def test_the_report_of_a_release_shows_it(simulated, name):
    """C7.11: in the manifest, and on the page of those who approve."""
    manifest = simulated.manifest(name)
    found = manifest["disclosure"]["unique_on_answers"]
    assert found["sets"] == 50
    assert 0 < found["share"] <= 1
    shown = [row for row in measures(manifest, "sv") if row[0].startswith("Andel som är ensamma")]
    assert shown == [
        (
            "Andel som är ensamma, för den som dessutom vet tre av deras svar",
            "–",
            f"{round(100 * found['share'])}\u00a0%",
        )
    ]


def test_a_report_without_it_would_be_found(simulated):
    """The mutant."""
    manifest = simulated.manifest("r1")
    without = {name: value for name, value in manifest["disclosure"].items() if name != "unique_on_answers"}
    assert not [row for row in measures({**manifest, "disclosure": without}, "sv") if row[0].startswith("Andel")]
