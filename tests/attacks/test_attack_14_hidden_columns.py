"""Attack 14: a filter on what the release does not hold: names, addresses, exact age, keys of the vaults."""

import pytest

from kapabla.release.redcap import filter_logic
from kapabla.tables import METADATA
from tests import served

RELEASED = {column.name for column in served.COLUMNS}
HIDDEN = sorted(
    {column.name for vault in ("identity", "answers", "office") for table in METADATA[vault].sorted_tables
     for column in table.columns} - RELEASED | {"email", "exact_age", "postcode", "name", "phone"}
)  # fmt: skip


def test_every_column_of_every_vault_is_unknown_to_a_filter(ask):
    """C7.14."""
    assert len(HIDDEN) > 100
    for name in HIDDEN:
        for logic in (f"[{name}] <> ''", f"[fore_arm_1][{name}] = 'x'", f"[se_1] = 1 or [{name}] = '1'"):
            reply = ask(content="record", filterLogic=logic)
            assert reply.status_code == 400, logic
            assert reply.json["error"].startswith('The value of the parameter "filterLogic" is not valid')


def test_the_same_filter_on_a_released_column_is_answered(ask):
    """The positive twin."""
    reply = ask(content="record", filterLogic="[arm] <> ''")
    assert reply.status_code == 200
    assert len(reply.json) > 0


@pytest.mark.parametrize("protection", ["unknown_is_blank", "left_out"])
def test_a_filter_that_let_the_unknown_pass_would_be_found_out(ask, monkeypatch, protection):
    """The mutants: an unknown name as a blank, and a filter that cannot be read as none."""
    if protection == "unknown_is_blank":
        monkeypatch.setattr(filter_logic, "_place", lambda *_: 0)
    else:
        monkeypatch.setattr("kapabla.release.redcap.records.make_predicate", lambda *_: None)
    assert ask(content="record", filterLogic="[email] <> ''").status_code == 200
