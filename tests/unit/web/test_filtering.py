"""The groups of a page of results: looked up, and what is not there all looks alike (G9)."""

import pytest

from kapabla.web.research.filtering import filtering

GROUP = {"n": 30, "value": 0.5, "interval": None, "effect": None, "p": None, "of": "r1"}
BOARD = {
    "subgroups": {
        "filters": [
            {"name": "role", "label": "Yrke", "values": [["vet", "Veterinär"], ["postal", "Brevbärare"]]},
            {"name": "bak_4", "label": "Kön", "values": [["1", "Kvinna"], ["2", "Man"]]},
        ],
        "scales": [
            {
                "name": "se_mean", "label": "Tilltro", "planned": "Primärt utfall",
                "groups": {"": GROUP, "bak_4=1": GROUP, "bak_4=1&role=postal": GROUP},
            }
        ],
    }
}  # fmt: skip
ROW = ["Tilltro", "Primärt utfall", 30, "0,50", None, None, None]


def rows(found):
    return found.figure["table"]["rows"] if found.figure else []


@pytest.mark.parametrize("asked", [["bak_4=1", ""], ["", "bak_4=1"], ["bak_4=1", "bak_4=1"]])
def test_one_filter_is_answered_in_either_field(asked):
    found = filtering(BOARD, asked)
    assert (rows(found), found.is_not_shown, found.figure["title"]) == ([ROW], False, "Kön: Kvinna")


@pytest.mark.parametrize("asked", [["role=postal", "bak_4=1"], ["bak_4=1", "role=postal"]])
def test_two_filters_are_answered_in_either_order(asked):
    assert rows(filtering(BOARD, asked)) == [ROW]


@pytest.mark.parametrize("asked", [["role=vet", ""], ["bak_4=1", "bak_4=2"], ["x=1", ""], ["role=vet", "bak_4=1"]])
def test_too_few_nobody_and_no_such_group_look_alike(asked):
    found = filtering(BOARD, asked)
    assert (rows(found), found.is_not_shown) == ([], True)


def test_without_a_filter_nothing_is_said():
    found = filtering(BOARD, ["", ""])
    assert (rows(found), found.is_not_shown) == ([], False)
    assert [value for value, _ in found.options] == ["role=postal", "bak_4=1"]
    assert found.has_pairs


def test_where_no_group_is_answered_about_none_is_offered():
    """And no second filter where nothing is answered about by two."""
    board = {"subgroups": BOARD["subgroups"] | {"scales": [{"groups": {"": GROUP}}]}}
    assert (filtering(board, ["", ""]).options, filtering(board, ["", ""]).has_pairs) == ([], False)


@pytest.mark.parametrize("board", [{}, {"subgroups": {"filters": [], "scales": []}}])
def test_a_release_without_filters_has_no_form_for_them(board):
    assert filtering(board, ["", ""]) is None
