"""`kapabla material check`, without the command line around it."""

import json

from kapabla.cli.material import run_check

PAGE = "courses/kapabla/v1/modules/01-din-roll/02-fem-steg.sv.md"


def test_check_command_prints_each_fault_and_ends_with_one(copy, capsys):
    (copy / PAGE).unlink()
    assert run_check(copy, as_json=False) == 1
    assert capsys.readouterr().out == f"{PAGE}: the file is missing; write it, or remove what refers to it.\n"


def test_check_command_says_so_when_nothing_is_wrong(copy, capsys):
    assert run_check(copy, as_json=False) == 0
    assert capsys.readouterr().out == "No faults.\n"


def test_check_command_gives_json(copy, capsys):
    (copy / PAGE).unlink()
    assert run_check(copy, as_json=True) == 1
    assert json.loads(capsys.readouterr().out)["faults"][0]["file"] == PAGE
