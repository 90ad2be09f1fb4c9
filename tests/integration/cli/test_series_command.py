"""Series from the command line: read in, listed, taken away; what is wrong in a sentence."""

import json

from sqlalchemy import select

from kapabla.office.records import OfficeAudit
from kapabla.release.series import one_series

CRIMES = (
    "Region;Brottstyp;År;Antal;/100 000 inv\nVindelns kommun;Misshandel;2023;3;55\n"
    "Vindelns kommun;Misshandel;2024;23;421\nRiket;Misshandel;2024;80000;760\n"
)


def test_a_series_is_read_in_listed_and_taken_away(run, service, tmp_path):
    def read(text, *more, kind="crime"):
        file = tmp_path / "serie.csv"
        file.write_text(text, encoding="utf-8")
        about = ("--kind", kind, "--source", "Brå", "--retrieved", "2026-09-01")
        return run("series", "import", file, *about, *more)

    assert read(CRIMES).out == "misshandel: kept.\n1 rows of other places were left out.\n"
    assert one_series(service.config.release_dir, "misshandel").values == {
        ("2404", "2023"): (None, None), ("2404", "2024"): (23, 421)
    }  # fmt: skip
    again = read(CRIMES, "--json")
    assert json.loads(again.out) == {"series": {"misshandel": False}, "elsewhere": 1, "of_one_gender": 0}
    assert "nothing was changed" in read(CRIMES).out

    said = read("kommun;år;antal\nVindeln;2024;många\n")
    assert (said.status, said.err[:42]) == (1, "A number or a period cannot be read in 1 r")
    assert read(CRIMES, kind="rykten").err.startswith("There is no kind rykten. Write one of calls, concern,")
    assert read("kommun;år;värde\nVindeln;2024;3\n", "--series", "andel", "--unit", "procent").status == 0
    assert one_series(service.config.release_dir, "andel").values == {("2404", "2024"): (3, None)}

    listed = json.loads(run("series", "list", "--json").out)
    assert [(one["series"], len(one["revisions"])) for one in listed] == [("misshandel", 1), ("andel", 1)]
    assert "misshandel" in run("series", "list").out
    assert run("series", "remove", "misshandel").out == "misshandel is removed.\n"
    assert run("series", "remove", "misshandel").err.startswith("There is no series misshandel.")
    with service.vaults.reading() as work:
        actions = work.office.scalars(select(OfficeAudit.action)).all()
    assert [action for action in actions if action.startswith("series")] == ["series_import"] * 2 + ["series_remove"]
