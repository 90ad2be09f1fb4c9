"""Series of municipal aggregates: read from the files that there are, small counts hidden, and nothing overwritten."""

import json
from dataclasses import replace
from datetime import date

import pytest

from kapabla.errors import NotFound, Refused
from kapabla.material.series import PREFIX
from kapabla.release.disclosure import Thresholds
from kapabla.release.series import About, Limits, Place, all_series, keep, one_series, read_file, remove
from kapabla.store import Store

PLACES = [Place("2404", ("Vindeln",)), Place("2409", ("Robertsfors",)), Place("2481", ("Lycksele", "Lyckseles"))]
LIMITS, TODAY = Limits(Thresholds(5), Thresholds(10)), date(2026, 11, 28)
OURS = "serie;kommun;period;antal\nOrosanmälningar;Vindeln;2024;12\nOrosanmälningar;Robertsfors;2024;3\n"


def read(text, **more):
    return read_file(text.encode() if isinstance(text, str) else text, PLACES, **more)


def values(text, **more):
    return [(one.series, one.place, one.period, one.value, one.rate) for one in read(text, **more).observations]


def about(day="2026-11-01", **more):
    return About(**{"kind": "crime", "source": "Brå", "retrieved_on": date.fromisoformat(day)} | more)


def kept(folder, text, day="2026-11-01", **more):
    return keep(Store(folder), read(text), about(day, **more), LIMITS, today=TODAY)


def test_our_own_columns():
    assert values(OURS) == [
        ("Orosanmälningar", "2404", "2024", 12, None), ("Orosanmälningar", "2409", "2024", 3, None)
    ]  # fmt: skip
    assert values('kommun,period,värde\n2404,2024-03,"12,5"\n') == [("", "2404", "2024-03", 12.5, None)]


def test_kolada_as_its_api_gives_it():
    """`count` is of the municipalities behind a value, and never the value; the rows of one gender are left out."""
    found = read(
        "kpi,municipality,period,gender,count,status,value\n"
        "N07403,2404,2023,T,1,,1234.5\nN07403,2404,2023,K,1,,600.1\nN07403,0180,2023,T,1,,900\n"
        "N07403,2409,2023,T,1,Missing,\n"
    )
    told = [(one.series, one.place, one.value, one.is_count) for one in found.observations]
    assert told == [("N07403", "2404", 1234.5, False), ("N07403", "2409", None, False)]
    assert (found.elsewhere, found.of_one_gender) == (1, 1)


def test_kolada_as_it_is_exported_with_a_column_for_each_year():
    text = "\ufeffNyckeltal;Kommun;2022;2023\nAnmälda våldsbrott;Vindeln;10,5;..\nAnmälda våldsbrott;Riket;9;8\n"
    assert values(text) == [
        ("Anmälda våldsbrott", "2404", "2022", 10.5, None), ("Anmälda våldsbrott", "2404", "2023", None, None)
    ]  # fmt: skip


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252"])
@pytest.mark.parametrize("separator", [";", "\t"])
def test_bras_tables(encoding, separator):
    lines = [
        ["Region", "Brottstyp", "År", "Antal", "/100 000 inv"], ["Vindelns kommun", "Misshandel", "2024", "23", "421"],
        ["2409 Robertsfors", "Misshandel", "2024", "1\u00a0204", "-"],
        ["Västerbottens län", "Misshandel", "2024", "9", "1"],
    ]  # fmt: skip
    text = "".join(separator.join(line) + "\r\n" for line in lines)
    assert values(text.encode(encoding)) == [
        ("Misshandel", "2404", "2024", 23, 421), ("Misshandel", "2409", "2024", 1204, 0)
    ]  # fmt: skip


def test_whole_numbers_are_counts_unless_it_is_told_otherwise():
    text = "kommun;år;värde\nVindeln;2024;3\n"
    assert [one.is_count for one in read(text).observations] == [True]
    assert [one.is_count for one in read(text, is_count=False).observations] == [False]
    assert [one.is_count for one in read("kommun;år;värde\nVindeln;2024;3,5\n").observations] == [False]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "series_empty"),
        ("a;b\n1;2\n", "series_columns_lacking"),
        ("kommun;antal\nVindeln;3\n", "series_columns_lacking"),
        ("kommun;period;antal\nVindeln;2024;tolv\n", "series_rows_faulty"),
        ("kommun;period;antal\nVindeln;2024;-3\n", "series_rows_faulty"),
        ("kommun;period;antal\nVindeln;våren 2024;3\n", "series_rows_faulty"),
        ("kommun;period;antal\nVindeln;2024 kvartal 1;3\n", "series_rows_faulty"),
        ("kommun;period;antal\nStockholm;2024;3\n", "series_empty"),
        ("kommun;period;antal\nVindeln;2024;3\n2404;2024;4\n", "series_period_twice"),
        ("kommun;period;antal\nVindeln;2024;30\nVindeln;2024-03;4\n", "series_periods_mixed"),
        ('kommun;period;antal\n"Vindeln;2024;30\n', "series_unreadable"),
    ],
)
def test_what_cannot_be_read(text, code):
    with pytest.raises(Refused) as refused:
        read(text)
    assert refused.value.code == code


def test_the_rows_that_are_wrong_are_told():
    rows = "".join(f"Vindeln;2024-{month:02};{'x' if month % 2 else 7}\n" for month in range(1, 13))
    with pytest.raises(Refused) as refused:
        read("kommun;period;antal\n" + rows)
    assert refused.value.context == {"rows": "2, 4, 6, 8, 10", "count": 6}


def test_a_small_count_is_nowhere_in_the_store(tmp_path):
    kept(
        tmp_path,
        "region;brott;år;antal;per 100 000\nVindeln;Hot;2023;4;73\nVindeln;Hot;2024;0;0\nVindeln;Hot;2025;6;111\n",
    )
    found = one_series(tmp_path, "hot")
    assert found.values == {
        ("2404", "2023"): (None, None), ("2404", "2024"): (None, None), ("2404", "2025"): (6, 111)
    }  # fmt: skip
    assert found.is_count
    document = json.loads(Store(tmp_path).get(found.newest.document))
    assert set(document) == {"schema", "code", "source", "retrieved_on", "table", "public"}, (
        "nothing that a count can be tried on"
    )
    # The public sees less, and an import from before there was a public table nothing at all.
    assert set(found.for_public().values.values()) == {(None, None)}
    assert replace(found, revisions=tuple(replace(one, public=None) for one in found.revisions)).for_public() is None
    assert document["table"]["rows"] == [
        ["2404", "2023", None, None],
        ["2404", "2024", None, None],
        ["2404", "2025", 6, 111],
    ]


def test_years_beside_months_are_refused_of_two_files_as_of_one(tmp_path):
    """The one less the other gives away a month that is hidden."""
    kept(tmp_path, "serie;kommun;period;antal\nStöd;Vindeln;2024;135\n")
    with pytest.raises(Refused, match="series_periods_mixed"):
        kept(tmp_path, "serie;kommun;period;antal\nStöd;Vindeln;2024-06;3\n", "2026-11-02")
    kept(tmp_path, "serie;kommun;period;antal\nStöd;Vindeln;2025;140\n", "2026-11-02")


def test_one_decimal_makes_no_shares_of_small_counts(tmp_path):
    text = "serie;kommun;period;värde\nStöd;Vindeln;2023;4,5\nStöd;Vindeln;2024;3\n"
    with pytest.raises(Refused, match="series_unit_lacking"):
        kept(tmp_path, text, kind="support")
    kept(tmp_path, text, kind="support", unit="procent")


def test_a_share_is_no_count(tmp_path):
    kept(tmp_path, "kommun;år;värde\nVindeln;2024;3,5\n", code="andel", name="Andel", unit="procent")
    assert one_series(tmp_path, "andel").values == {("2404", "2024"): (3.5, None)}


def test_a_later_import_is_a_revision_and_what_was_known_stays(tmp_path):
    kept(tmp_path, "kommun;brott;år;antal\nVindeln;Hot;2023;18\nVindeln;Hot;2024;20\n", "2025-02-01")
    kept(tmp_path, "kommun;brott;år;antal\nVindeln;Hot;2024;23\nVindeln;Hot;2025;25\n", "2026-02-01")
    found = one_series(tmp_path, "hot")
    assert found.values == {("2404", "2023"): (18, None), ("2404", "2024"): (23, None), ("2404", "2025"): (25, None)}
    (change,) = found.revised
    assert (change.period, change.before, change.now) == ("2024", 20, 23)
    assert (change.before_on, change.now_on) == (date(2025, 2, 1), date(2026, 2, 1))
    assert found.fetched(("2404", "2023")).retrieved_on == date(2025, 2, 1)
    assert found.as_of(date(2025, 12, 31)).values == {("2404", "2023"): (18, None), ("2404", "2024"): (20, None)}
    assert found.as_of(date(2024, 12, 31)) is None


def test_an_older_file_that_comes_late_undoes_nothing(tmp_path):
    kept(tmp_path, "kommun;brott;år;antal\nVindeln;Hot;2024;23\n", "2026-02-01")
    kept(tmp_path, "kommun;brott;år;antal\nVindeln;Hot;2024;20\n", "2025-02-01")
    found = one_series(tmp_path, "hot")
    assert found.values == {("2404", "2024"): (23, None)}
    assert [(change.before, change.now) for change in found.revised] == [(20, 23)]


def test_the_same_file_once_more_is_no_news(tmp_path):
    assert kept(tmp_path, OURS) == {"orosanmalningar": True}
    assert kept(tmp_path, OURS) == {"orosanmalningar": False}
    assert len(one_series(tmp_path, "orosanmalningar").revisions) == 1


def test_several_series_of_one_file_and_their_order(tmp_path):
    kept(tmp_path, "kommun;brott;år;antal\nVindeln;Våld;2024;23\nVindeln;Hot;2024;9\n")
    kept(tmp_path, "kommun;år;antal\nVindeln;2024;80\n", code="samtal-112", name="Samtal till 112", kind="calls")
    assert [one.code for one in all_series(tmp_path)] == ["samtal-112", "hot", "vald"]
    assert one_series(tmp_path, "samtal-112").names == {"sv": "Samtal till 112"}
    with pytest.raises(Refused, match="series_code_for_one"):
        kept(tmp_path, "kommun;brott;år;antal\nVindeln;Våld;2024;23\nVindeln;Hot;2024;9\n", code="brott")


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"kind": "rumours"}, "series_kind_unknown"), ({"source": " "}, "series_source_lacking"),
        ({"retrieved_on": date(2026, 11, 29)}, "series_retrieved_later"), ({"code": "Å 1"}, "series_code_wrong"),
    ],
)  # fmt: skip
def test_where_it_comes_from_is_told(tmp_path, more, code):
    with pytest.raises(Refused, match=code):
        keep(Store(tmp_path), read(OURS), about(**more), LIMITS, today=TODAY)
    assert all_series(tmp_path) == []


def test_a_file_without_a_name_needs_one(tmp_path):
    with pytest.raises(Refused, match="series_code_lacking"):
        kept(tmp_path, "kommun;år;antal\nVindeln;2024;80\n")


def test_what_was_read_in_by_mistake_goes_with_all_its_files(tmp_path):
    kept(tmp_path, OURS)
    document = one_series(tmp_path, "orosanmalningar").newest.document
    remove(Store(tmp_path), "orosanmalningar")
    assert all_series(tmp_path) == []
    with pytest.raises(NotFound):
        Store(tmp_path).get(document)
    with pytest.raises(NotFound, match="series_unknown"):
        remove(Store(tmp_path), "orosanmalningar")
    assert Store(tmp_path).names(PREFIX) == []
