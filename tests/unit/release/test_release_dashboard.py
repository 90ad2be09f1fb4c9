"""The figures of a dashboard beside their tables: groups, quality, what is told for planning (G8, R05, R07, R08)."""

from types import SimpleNamespace

import pytest

from kapabla.release.columns import ColumnSpec, Kind
from kapabla.release.direction import said_of
from kapabla.release.disclosure import Thresholds, Withheld
from kapabla.release.figures.answered import _bands, _from_to
from kapabla.release.figures.groups import groups
from kapabla.release.figures.planning import _loss, one_way_icc
from kapabla.release.figures.quality import _share

T = Thresholds(5)
ROLE = ColumnSpec(
    "role", Kind.PLACE, {"sv": "Yrke", "en": "Occupation"}, categories={"a": "Frisör", "b": "Jägare", "c": "Veterinär"},
    categories_en={"a": "Hairdresser", "b": "Hunter", "c": "Vet"},
)  # fmt: skip


def change(n, value, of="r1"):
    return {"n": n, "value": value, "interval": [value - 0.1, value + 0.1], "of": of}


def board(**found):
    filters = [
        {"name": "role", "label": "Yrke", "values": [[value, label] for value, label in ROLE.categories.items()]}
    ]
    scale = {"name": "se_mean", "label": "Tilltro", "label_en": "Self-efficacy", "planned": "Utforskande"}
    return {"filters": filters, "scales": [scale | {"groups": {"": change(60, 0.5)} | found}]}


def of_groups(subgroups):
    words = {}
    return groups(subgroups, SimpleNamespace(columns=(ROLE,)), words, T), words


def test_a_group_that_is_not_shown_keeps_its_row_and_is_among_the_others():
    """R07: the totals still add up, and what is told of the others is what subtraction gives anybody."""
    figure, words = of_groups(board(**{"role=a": change(30, 0.8)}))
    rows = {row[0]: row[1:] for row in figure["table"]["rows"]}
    assert rows["Yrke: Jägare"] == rows["Yrke: Veterinär"] == [None, None, None]
    assert rows["Yrke: övriga"] == [30, "0,20", None]
    assert words["Yrke: övriga"] == "Occupation: others"
    assert sum(row["value"] is None for row in figure["plot"]["rows"]) == 2


def test_of_others_that_are_few_or_of_another_release_nothing_is_told():
    for found in (change(57, 0.8), change(30, 0.8, of="r0")):
        figure, _ = of_groups(board(**{"role=a": found}))
        assert not [row for row in figure["table"]["rows"] if "övriga" in row[0]]


def test_without_a_shown_group_there_is_no_figure():
    with pytest.raises(Withheld):
        of_groups(board())


@pytest.mark.parametrize(
    ("count", "told"),
    [
        (0, [0, "0\xa0%", "5\xa0%", "Inom gränsen"]),
        (4, [None, None, "5\xa0%", None]),
        (5, [5, "5\xa0%", "5\xa0%", "Inom gränsen"]),
        (6, [6, "6\xa0%", "5\xa0%", "Behöver ses över"]),
        (97, [None, None, "5\xa0%", None]),
    ],
)
def test_a_check_of_a_few_people_tells_neither_number_nor_verdict(count, told):
    """R08, C5.1: of 100 people."""
    assert _share(count, 100, 0.05, T) == told


def test_loss_is_counted_on_those_who_were_asked():
    rows = [("Inbjudna", 100, 0, 0), ("Samtyckte och svarade före", 80, 0, 20), ("Gick klart utbildningen", 60, 0, 20),
            ("Svarade efter", 45, 10, 5)]  # fmt: skip
    assert _loss(rows) == pytest.approx(1 - 45 / 70)
    assert _loss(rows[:2]) is None


def test_the_icc_of_groups_that_do_not_differ_is_not_positive():
    assert one_way_icc([[1, 2, 3], [1, 2, 3], [1, 2, 3]]) < 0
    assert one_way_icc([[1, 1], [2, 2]]) == 1
    assert one_way_icc([[1, 1], [1, 1]]) is None


def test_bands_of_a_mean_cover_it_and_are_named_by_their_ends():
    column = ColumnSpec("x_mean", Kind.SCORE, {"sv": "x", "en": "x"}, minimum=1, maximum=5)
    labels, place = _bands(column)
    assert labels == ["1,0–1,9", "2,0–2,9", "3,0–3,9", "4,0–5,0"]
    assert [labels[place(score)] for score in ("1.0", "1.99", "4.0", "5.0")] == [
        labels[0],
        labels[0],
        labels[3],
        labels[3],
    ]
    assert _from_to("1,0–1,9–2,0–2,9") == "1,0–2,9"


def test_of_a_scale_where_less_is_better_it_is_said():
    """R05: barriers that grow are no success."""
    barriers = {"sv": "Hinder, medelvärde", "en": "Barriers, mean"}
    told = said_of([("barriers", barriers), ("attitudes", {"sv": "Attityder", "en": "Attitudes"})])
    assert told == (" Hinder, medelvärde: ett lägre värde är bättre.", " Barriers, mean: a lower value is better.")
