"""`filterLogic` (A6.11): what it reads, what it refuses, and that it says the same as a data frame."""

import json
import operator

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kapabla.release import codebook
from kapabla.release.redcap.filter_logic import MAX_DEPTH, MAX_LENGTH, make_predicate, parse
from kapabla.release.redcap.project import make_project
from kapabla.release.redcap.refusals import Refusal
from tests import served

BOOK = json.loads(codebook.as_json(served.make_dataset(3), "x"))
PROJECT = make_project(BOOK["columns"], BOOK["wide"], "sv")
NAMES = [column.name for column in PROJECT.columns]
FIRST, SECOND = "fore_arm_1", "efter_arm_1"


def cells(**given):
    return [given.get(name, "") for name in NAMES]


ROW = {
    FIRST: cells(record_id="KPX", se_1="3", se_mean="2.5", arm="direct", hin_1___1="1", hin_1___2="0", til_1_1="0",
                 answered_on="2026-09-07", tilltro_complete="2"),
    SECOND: cells(record_id="KPX", se_1="1", se_2=""),
}  # fmt: skip


@pytest.mark.parametrize(
    ("logic", "holds"),
    [
        ("[se_1] = 3", True), ("[se_1]='3'", True), ('[se_1] = "3"', True), ("[se_1] = 3.0", True),
        ("3 = [se_1]", True),
        ("[se_1] <> 3", False), ("[se_1] != 3", False), ("[se_1] < 3", False), ("[se_1] <= 3", True),
        ("[se_1] > 2.5", True), ("[se_1] >= -1", True), ("[se_mean] > 2.4 AND [se_mean] < 2.6", True),
        ("[se_2] = ''", True), ("[se_2] <> ''", False), ("[se_2] < 9", False), ("[se_2] >= 0", False),
        ("[se_2] <> 3", True), ("[se_2] < ''", False), ("'' < [se_1]", False),
        ("[arm] = 'direct'", True), ("[arm] < 'e'", True), ("[arm] < 3", False), ("[arm] > 3", False),
        ("[hin_1(1)] = 1", True), ("[hin_1(2)] = '1'", False), ("[ hin_1 ( 1 ) ] = 1", True),
        ("[efter_arm_1][se_1] = 1", True), ("[uppf3_arm_1][se_1] = ''", True), ("[fore_arm_1][hin_1(1)] = 1", True),
        ("[tilltro_complete] = 2", True), ("[record_id] = 'KPX'", True), ("[answered_on] >= '2026-09-01'", True),
        ("[se_1] = 3 and [se_1] = 1 or [se_1] = 3", True), ("[se_1] = 1 and ([se_1] = 3 or [se_1] = 3)", False),
        ("[se_1] = 3 or [se_1] = 1 and [se_1] = 2", True), ("([se_1] = [efter_arm_1][se_1])", False),
        ("10 > 9", True), ("'10' > '9'", True),
    ],
)  # fmt: skip
def test_what_holds(logic, holds):
    assert make_predicate(logic, PROJECT)(ROW, FIRST) is holds


@pytest.mark.parametrize(
    "logic",
    [
        "1", "[se_1]", "[se_1] =", "= 3", "[se_1] == 3", "[se_1] = 3 [se_1] = 3", "[se_1] = 3 and", "or [se_1] = 3",
        "([se_1] = 3", "[se_1] = 3)", "()", "not [se_1] = 3", "[se_1] = 3 xor [se_1] = 3", "[se_1] like '3'",
        "[se_1] = 3; drop table person", "[se_1] = 'o'hare'", "[se_1] = __import__('os')", "[se_1] = 3 -- x",
        "[email] <> ''", "[age] = 3", "[redcap_event_name] = 'fore_arm_1'", "[wave] = 't0'", "[nej_arm_1][se_1] = 1",
        "[hin_1] = 1", "[hin_1(3)] = 1", "[hin_1___1] = 1", "[se_1(1)] = 1", "[hin_1(1)][se_1] = 1", "[SE_1] = 3",
        "[se_1] = 1e5", "[se_1] = 3x", "[se_1] = ३", "sum([se_1]) = 3", "datediff([answered_on],'today','d') > 3",
        "[se_1] = [se_1", "[] = 3", "[se_1[se_1]] = 3", "[se_1] = 3 and and [se_1] = 3", "[se_1] < > 3",
    ],
)  # fmt: skip
def test_anything_else_is_refused_and_never_left_out(logic):
    with pytest.raises(Refusal) as refused:
        make_predicate(logic, PROJECT)
    assert refused.value.status == 400
    assert refused.value.text.startswith('The value of the parameter "filterLogic" is not valid: ')


def nested(depth):
    return "(" * depth + "[se_1] = 3" + ")" * depth


def test_the_limits():
    """The twins lie one apart."""
    assert make_predicate(nested(MAX_DEPTH), PROJECT)(ROW, FIRST)
    with pytest.raises(Refusal):
        parse(nested(MAX_DEPTH + 1))
    whole = "[se_1] = 3" + " " * (MAX_LENGTH - 10)
    assert parse(whole)
    with pytest.raises(Refusal):
        parse(whole + " ")
    many = " or ".join(["1=1"] * 250)
    assert make_predicate(many, PROJECT)(ROW, FIRST)


# --- Whatever is typed ---

PIECES = st.sampled_from(
    ["[se_1]", "[hin_1(1)]", "[efter_arm_1]", "[email]", "(", ")", "and", "OR", "=", "<>", "<=", "'x'", '"', "'", "3",
     "-2.5", "[", "]", " ", "\n", "é", "\x00", "__class__", "%s", "1e9", "."]
)  # fmt: skip


@given(st.one_of(st.text(max_size=60), st.lists(PIECES, max_size=25).map("".join), st.lists(PIECES).map(" ".join)))
@settings(max_examples=400)
def test_whatever_is_typed_is_answered_or_refused(logic):
    answer = 400
    try:
        answer = make_predicate(logic, PROJECT)(ROW, FIRST)
    except Refusal as refusal:
        answer = refusal.status
    assert answer in (True, False, 400)


# --- The same as a data frame says ---

DATA = served.make_dataset(25, seed=3)
PEOPLE = DATA.people
VALUES = ["", "1", "2", "3", "2.5", "-4", "direct", "waitlist", "Ä"]
SIGNS = {"=": operator.eq, "<>": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}


def frame():
    """A row for each person and event, all text; what is said once of a person at the first event."""
    rows = []
    for place, row in enumerate(DATA.rows):
        line = dict.fromkeys(NAMES, "")
        for column in PROJECT.columns:
            cell = row.get(column.source)
            once = PROJECT.field_of[column.name].is_per_person if column.source else False
            if isinstance(cell, int | float | str) and not (once and row["wave"] != "t0"):
                line[column.name] = f"{cell}"
        rows.append(line | {"record_id": row["record_id"], "event": served.EVENTS[row["wave"]], "place": place})
    return pd.DataFrame(rows)


FRAME = frame()
ELSEWHERE = [(event, name) for event in served.EVENTS.values() for name in ("se_1", "arm")]
OPERANDS = st.one_of(
    st.tuples(st.just("field"), st.sampled_from(["se_1", "se_2", "se_mean", "arm", "til_1_2", "answered_on"])),
    st.tuples(st.just("box"), st.sampled_from(["1", "2"])),
    st.tuples(st.just("at"), st.sampled_from(ELSEWHERE)),
    st.tuples(st.just("text"), st.sampled_from(VALUES)),
    st.tuples(st.just("number"), st.sampled_from(["0", "1", "2.5", "-4", "10"])),
)  # fmt: skip
COMPARISONS = st.tuples(st.just("compare"), OPERANDS, st.sampled_from(list(SIGNS)), OPERANDS)
TREES = st.recursive(
    COMPARISONS, lambda inner: st.tuples(st.sampled_from(["and", "or"]), st.lists(inner, min_size=2, max_size=3)),
    max_leaves=6,
)  # fmt: skip


def written(tree):
    if tree[0] == "compare":
        _, left, sign, right = tree
        return f"{operand(left)} {sign} {operand(right)}"
    return "(" + f" {tree[0]} ".join(written(part) for part in tree[1]) + ")"


def operand(of):
    kind, value = of
    if kind == "at":
        return f"[{value[0]}][{value[1]}]"
    return {"field": f"[{value}]", "box": f"[hin_1({value})]", "text": f"'{value}'", "number": value}[kind]


def column_of(of):
    kind, value = of
    if kind in ("text", "number"):
        return pd.Series(value, index=FRAME.index)
    if kind == "at":
        there = FRAME[FRAME["event"] == value[0]].set_index("record_id")[value[1]]
        return FRAME["record_id"].map(there).fillna("")
    return FRAME[value if kind == "field" else f"hin_1___{value}"]


def reference(tree):
    if tree[0] != "compare":
        parts = [reference(part) for part in tree[1]]
        joined = parts[0]
        for part in parts[1:]:
            joined = joined & part if tree[0] == "and" else joined | part
        return joined
    _, left, sign, right = tree
    a, b = column_of(left), column_of(right)
    x, y = (pd.to_numeric(side, errors="coerce") for side in (a, b))
    both, neither = x.notna() & y.notna(), x.isna() & y.isna()
    equal = (a == b) | (both & (x == y))
    if sign in ("=", "<>"):
        return equal if sign == "=" else ~equal
    said = (a != "") & (b != "")
    as_text = pd.Series([SIGNS[sign](one, other) for one, other in zip(a, b, strict=True)], index=FRAME.index)
    return said & ((both & SIGNS[sign](x, y)) | (neither & as_text))


def record_of(person):
    own = FRAME[FRAME["record_id"] == person]
    return {row["event"]: [row[name] for name in NAMES] for row in own.to_dict("records")}


RECORDS = {person: record_of(person) for person in PEOPLE}


@given(TREES)
@settings(max_examples=150)
def test_a_filter_says_the_same_as_a_data_frame(tree):
    predicate, wanted = make_predicate(written(tree), PROJECT), reference(tree)
    found = [predicate(RECORDS[row.record_id], row.event) for row in FRAME.itertuples()]
    assert found == wanted.tolist()
