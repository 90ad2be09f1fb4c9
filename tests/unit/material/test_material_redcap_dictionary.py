"""REDCap's data dictionary: out and in again the same for what both can say, and a list of all that is lost."""

# ruff: noqa: E501 - a case a line is easier to compare than a case over six

import csv
import io

import pytest
from hypothesis import given, settings

from kapabla.material import Item, Option, Rule, Text
from kapabla.material.instruments.redcap_dictionary import About, losses, read_dictionary, write_dictionary
from kapabla.material.instruments.redcap_dictionary.columns import HEADINGS
from kapabla.material.instruments.redcap_dictionary.logic import LogicNotSaid, read, written
from kapabla.material.instruments.rules import is_true
from tests.made_instruments import instruments

ABOUT = About("made", 1, Text(sv="Gjord"), "nothing")


def about(instrument):
    return About(
        instrument.id, instrument.version, instrument.title, instrument.construct_name, instrument.kirkpatrick_level,
        instrument.status,
    )  # fmt: skip


def again(instrument):
    return read_dictionary(write_dictionary(instrument).encode(), about(instrument))


def table(instrument):
    return list(csv.DictReader(io.StringIO(write_dictionary(instrument))))


# --- Out and in ---


@settings(max_examples=150)
@given(instruments())
def test_what_is_on_no_list_of_losses_comes_back_as_it_was(instrument):
    found = again(instrument)
    assert found.faults == []
    assert found.losses == []
    if found.instrument != instrument:
        assert losses(instrument) != []


@settings(max_examples=60)
@given(instruments())
def test_what_has_come_back_once_comes_back_the_same_for_ever(instrument):
    once = again(instrument).instrument
    twice = again(once).instrument
    assert twice == once or {loss.message.split(";")[0] for loss in losses(once)} == {
        "the condition is written in another way that means the same."
    }
    assert write_dictionary(again(twice).instrument) == write_dictionary(twice)


def test_most_of_an_instrument_is_what_both_can_say(material):
    """Words, options, limits, conditions and order of each of ours."""
    for instrument in material.instruments.values():
        found = again(instrument).instrument
        assert [page.items for page in found.pages] == [page.items for page in instrument.pages]
        for item in instrument.items:
            back = found.item(item.code)
            assert back.text.sv == item.text.sv
            assert [(o.value, o.text.sv, o.missing) for o in back.options] == [
                (o.value, o.text.sv, o.missing) for o in item.options
            ]
            for key in ("show_if", "may_decline", "reversed", "sensitive", "quasi_identifier", "enabled"):
                assert getattr(back, key) == getattr(item, key), (item.code, key)


def test_a_plain_instrument_loses_nothing(material):
    """The twin of the lists below: the list can be empty."""
    plain = again(material.instruments["bet", 1]).instrument
    assert losses(plain) == []
    assert again(plain).instrument == plain


def test_the_trial_tells_each_thing_that_has_no_column(trial_material):
    told = [f"{loss.place}: {loss.message}" for loss in losses(trial_material.instruments["prov", 1])]
    for wanted in (
        ": the file is in Swedish; the texts in en are not in it.",
        "page 4: the safety boxes are not in the file.",
        "page 8: the random order of questions is not in the file.",
        "group prov_anna: the story becomes a text before its questions, and no longer holds them together.",
        "item prov_rank: a ranking of ours cannot be asked in REDCap; the question is not in the file.",
        "item prov_know: the question becomes an ordinary choice.",
        "item prov_know: which answer is right is not in the file.",
        "scale prov_more_count: the scale, and how its score is computed, is not in the file.",
    ):
        assert wanted in told


def test_the_file_has_the_columns_of_redcap_and_begins_with_the_record(material):
    text = write_dictionary(material.instruments["bet", 1])
    assert next(csv.reader(io.StringIO(text))) == list(HEADINGS.values())
    first, gate, behind = table(material.instruments["bet", 1])[:3]
    assert (first["Variable / Field Name"], first["Field Type"]) == ("record_id", "text")
    assert gate["Choices, Calculations, OR Slider Labels"] == "1, Ja | 2, Nej | 3, Vet inte"
    assert behind["Branching Logic (Show field only if...)"] == "[bet_0] = '1'"
    assert {row["Form Name"] for row in table(material.instruments["bet", 1])} == {"handlande"}


# --- Branching logic ---

ITEMS = {
    "x": Item(code="x", kind="single", text=Text(sv="x"), options=tuple(
        Option(value=v, text=Text(sv=str(v)), missing="no_opinion" if v == -95 else None) for v in (1, 2, 3, -95)
    )),
    "n": Item(code="n", kind="number", text=Text(sv="n"), minimum=0, maximum=9),
    "m": Item(code="m", kind="multi", text=Text(sv="m"), options=tuple(
        Option(value=v, text=Text(sv=str(v))) for v in (1, 2)
    )),
}  # fmt: skip


def leaf(op, item, value=None):
    return Rule(op=op, item=item, value=value)


SAID = [
    (leaf("equals", "x", 1), "[x] = '1'"),
    (leaf("not_equals", "n", 1), "[n] <> '' and [n] <> '1'"),
    (leaf("not_equals", "x", 1), "[x] <> '' and [x] <> '-95' and [x] <> '1'"),
    (leaf("less_than", "n", 3), "[n] <> '' and [n] < 3"),
    (leaf("at_least", "x", 3), "[x] <> '' and [x] <> '-95' and [x] >= 3"),
    (leaf("one_of", "x", (1, 3)), "[x] = '1' or [x] = '3'"),
    (leaf("chose", "m", 2), "[m(2)] = '1'"),
    (leaf("answered", "n"), "[n] <> ''"),
    (leaf("answered", "x"), "[x] <> '' and [x] <> '-95'"),
    (Rule(op="not", rules=(leaf("answered", "n"),)), "[n] = ''"),
    (Rule(op="not", rules=(leaf("at_most", "n", 3),)), "[n] = '' or [n] > 3"),
    (Rule(op="not", rules=(leaf("chose", "m", 1),)), "[m(1)] <> '1'"),
    (
        Rule(op="all", rules=(leaf("equals", "x", 1), leaf("less_than", "n", 3))),
        "[x] = '1' and ([n] <> '' and [n] < 3)",
    ),
    (
        Rule(op="any", rules=(leaf("equals", "x", 1), Rule(op="all", rules=(leaf("chose", "m", 1), leaf("answered", "n"))))),
        "[x] = '1' or ([m(1)] = '1' and [n] <> '')",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "logic"), SAID)
def test_each_operator_is_said_both_ways(rule, logic):
    assert written(rule, ITEMS) == logic
    assert read(logic) == rule


GIVEN = [{}, *({"x": v} for v in (1, 2, 3)), *({"x": 1, "n": n} for n in (0, 3, 9)), {"m": [1]}, {"m": [1, 2], "n": 2}]


@settings(max_examples=200)
@given(instruments())
def test_a_condition_that_has_been_out_shows_the_same_questions(instrument):
    """Whatever was answered, and whatever was left out."""
    asked = {item.code: item for item in instrument.items}
    for item in instrument.items:
        if item.show_if is None or any(asked[code].kind == "rank" for code in codes_in(item.show_if)):
            continue
        back = read(written(item.show_if, asked))
        for answers in answers_to(asked, codes_in(item.show_if)):
            assert is_true(back, answers) == is_true(item.show_if, answers)


def codes_in(rule):
    return [rule.item] if rule.item else [code for part in rule.rules for code in codes_in(part)]


def answers_to(asked, codes):
    yield {}
    for turn in range(6):
        yield {code: answer_to(asked[code], turn) for code in set(codes) if (turn + len(code)) % 3}


def answer_to(item, turn):
    if item.kind == "date":
        return "2026-09-12"
    values = item.scored_values or (item.minimum, item.maximum)
    return [values[turn % len(values)]] if item.kind == "multi" else values[turn % len(values)]


@pytest.mark.parametrize(
    ("logic", "rule"),
    [
        ('[x]="1"', leaf("equals", "x", 1)),
        ("[n] >= 3", leaf("at_least", "n", 3)),
        ("[n] != '3'", Rule(op="not", rules=(leaf("equals", "n", 3),))),
        ("[m(1)] = '0' OR ([x] = '1')", Rule(op="any", rules=(Rule(op="not", rules=(leaf("chose", "m", 1),)), leaf("equals", "x", 1)))),
    ],
)  # fmt: skip
def test_logic_from_elsewhere_need_not_be_written_as_ours(logic, rule):
    assert read(logic) == rule


@pytest.mark.parametrize(
    ("logic", "sentence"),
    [
        ("datediff([a], 'today', 'd') > 3", "d has no counterpart; compare one field with a number or a code."),
        ("[fore_arm_1][x] = '1'", "at [x] a comparison is not whole; write it like [field] = '1'."),
        ("[x] = '1' and", "at the end a comparison is not whole; write it like [field] = '1'."),
        ("([x] = '1'", "a bracket is not closed; write ) where it ends."),
        ("[x] = 'ja'", "'ja' is not a whole number; compare with one, or with ''."),
        ("[x] < ''", "a blank is neither less nor more; write = '' or <> ''."),
        ("[x] = '-95'", "-95 is a missing answer here; write <> '' to ask whether there is one."),
        ("[m(1)] = '3'", "a box is ticked or not; write = '1' or = '0'."),
        ("(" * 30 + "[x] = '1'" + ")" * 30, "the brackets stand too deep; write at most 20 within another."),
        ("[x] = 1.5", "1 has no counterpart; compare one field with a number or a code."),
    ],
)
def test_logic_that_no_rule_says_is_told_with_what_to_write(logic, sentence):
    with pytest.raises(LogicNotSaid) as refused:
        read(logic)
    assert refused.value.sentence == sentence


# --- From elsewhere ---


def dictionary(*rows):
    out = io.StringIO()
    csv.writer(out).writerows(
        [list(HEADINGS.values()), *([row.get(column, "") for column in HEADINGS] for row in rows)]
    )
    return out.getvalue().encode()


def row(name, field_type="radio", label="Hur är det?", choices="1, Bra | 2, Inte bra", form="om_dig", **more):
    choices = choices if field_type in ("radio", "dropdown", "checkbox", "slider", "calc") else ""
    return {
        "field_name": name, "form_name": form, "field_type": field_type, "field_label": label,
        "select_choices_or_calculations": choices, **more,
    }  # fmt: skip


def told(*rows):
    return [f"{fault.place}: {fault.message}" for fault in read_dictionary(dictionary(*rows), ABOUT).faults]


V, MIN = "text_validation_type_or_show_slider_number", "text_validation_min"
FOREIGN = [
    (row("Q1"), "Variable / Field Name: 'Q1' cannot be a code; write a-z, digits and _, and begin with a letter."),
    (row("q" * 27), "Variable / Field Name: '" + "q" * 27 + "' is too long; write at most 26 characters."),
    (row("a__b"), "item a__b: REDCap refuses a double or final underscore; write the code without."),
    (row("q2", "calc", choices="[a]+[b]"), "Field Type: scores are computed by scales here; remove the row, and write the scale afterwards."),
    (row("q2", "file"), "Field Type: nobody sends files here; remove the row."),
    (row("q2", "banana"), "Field Type: there is no field type 'banana'; write radio, checkbox, text, notes, slider or descriptive."),
    (row("q2", choices="A, Ja | 2, Nej"), "Choices, Calculations, OR Slider Labels: the code 'A' is not a whole number; write one, such as 1."),
    (row("q2", choices="Ja | 2, Nej"), "Choices, Calculations, OR Slider Labels: 'Ja' is no choice; write a code, a comma and a text."),
    (row("q2", choices="1, Ja | 1, Nej"), "item q2: option value 1 is used twice; give each option a value of its own."),
    (row("q2", choices="1, Ja"), "item q2: a single item needs at least two options; write them, or name a response_scale."),
    (row("q2", "text", **{V: "email"}), "Text Validation Type OR Show Slider Number: nothing of the kind 'email' is asked here; leave the cell empty, or remove the row."),
    (row("q2", "text", **{V: "number"}), "Text Validation Type OR Show Slider Number: how many decimals a number may have is not said; write integer, or number_1dp to number_4dp."),
    (row("q2", "text", **{V: "integer"}), "Text Validation Min: '' is not a limit; write the lowest and highest whole number that can be true."),
    (row("q2", "slider", choices=""), "Choices, Calculations, OR Slider Labels: the ends of the slider have no names; write them like Inte alls | | Helt."),
    (row("q2", label=""), "Field Label: the field has no label; write the question."),
    (row("q2", label="Är det <b>bra</b>?"), "Field Label: the text has markup; write plain text, without < >."),
    (row("q2", label="Du svarade [q1]. Varför?"), "Field Label: the text fills in another answer; write it without [ ]."),
    (row("q2", identifier="y"), "Identifier?: a questionnaire asks for nothing that names a person; remove the row."),
    (row("q2", branching_logic="sum([a],[b]) > 3"), "Branching Logic (Show field only if...): s has no counterpart; compare one field with a number or a code."),
    (row("q2", branching_logic="[q9] = '1'"), "Branching Logic (Show field only if...): item q9 does not exist; write one of the item codes of this file."),
]  # fmt: skip


@pytest.mark.parametrize(("bad", "sentence"), FOREIGN)
def test_what_we_cannot_say_is_told_by_row_and_column(bad, sentence):
    assert f"row 3, {sentence}" in told(row("first"), bad)


def test_everything_is_told_in_one_reading():
    rows = [{**bad, "field_name": f"r{n}"} for n, (bad, _) in enumerate(FOREIGN[3:])]
    found = told(row("first"), *rows)
    assert [said for said in FOREIGN[3:] if not any(said[1].split(": ", 1)[1][-40:] in one for one in found)] == []
    assert found == sorted(found, key=lambda one: int(one.split()[1].strip(",:")))


def test_a_row_that_is_told_of_is_not_blamed_on_those_that_look_at_it():
    found = told(row("gate", "calc"), row("behind", branching_logic="[gate] = '1'"))
    assert len(found) == 1
    assert found[0].startswith("row 2, Field Type")


def test_a_row_with_line_breaks_counts_from_its_first_line():
    found = told(row("first", label="En rad\noch en till\noch en"), row("Q2"))
    assert found[0].startswith("row 5, Variable / Field Name")


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (b"", "the file is empty; export the data dictionary from REDCap again."),
        ("å".encode("latin-1"), "the file is not UTF-8; save it as CSV UTF-8."),
        (b"hello,there\n1,2\n", "row 1: no column of a data dictionary is called 'hello'; remove it or mend the heading."),
        (b"field_name,form_name,field_type\nq,f,radio\n", "row 1: the column 'Field Label' is missing; add it."),
        (dictionary(), "the file has no questions; write at least one row."),
        (dictionary(row("a"), row("b", form="annan")), "Form Name: the file has the forms om_dig, annan; choose one of them."),
        (dictionary(row("a"), row("a")), "row 3, Variable / Field Name: the name is used twice; give each field a name of its own."),
        (dictionary(*(row(f"q{n}") for n in range(2001))), "the file has more than 2000 rows; split it into several."),
        (dictionary(row("a")) + b"a,b," + b",".join([b"x"] * 30), "row 3: the row has more cells than there are headings; put texts with commas in quotation marks."),
    ],
)  # fmt: skip
def test_a_file_that_is_no_dictionary_is_told_so(body, sentence):
    found = read_dictionary(body, ABOUT)
    assert found.instrument is None
    assert sentence in [": ".join(part for part in (fault.place, fault.message) if part) for fault in found.faults]


def test_one_form_of_several_is_read_when_it_is_named():
    found = read_dictionary(dictionary(row("a"), row("b", form="annan")), ABOUT, form="annan")
    assert [item.code for item in found.instrument.items] == ["b"]
    assert found.instrument.form_name == "annan"


def test_what_is_left_out_of_a_foreign_file_is_told_and_stops_nothing():
    found = read_dictionary(
        dictionary(
            row("a", field_note="Tänk efter", required_field="y", custom_alignment="LH", question_number="1"),
            row("b", matrix_group_name="m", matrix_ranking="y"),
            row("c", "text", field_annotation="@NOW och mer", **{V: "date_dmy", MIN: "01-01-2026"}),
        ),
        ABOUT,
    )
    assert found.faults == []
    assert [f"{loss.place}: {loss.message}" for loss in found.losses] == [
        "row 2, Field Note: the note beside the field is not shown here.",
        "row 2, Required Field?: no answer is required here.",
        "row 2, Custom Alignment: the alignment is not used here.",
        "row 2, Question Number (surveys only): questions are numbered by themselves.",
        "row 3, Matrix Ranking?: the ranking within a matrix is not used here; a rank item is written in TOML.",
        "row 3, Matrix Group Name: the matrix becomes questions one by one; a field m_text before it would hold them "
        "together.",
        "row 4, Text Validation Min: the first and last day that can be given are not used here.",
        "row 4, Field Annotation: the tag @NOW does nothing here.",
        "row 4, Field Annotation: the annotation is not in the instrument.",
    ]


def test_a_file_that_a_swedish_spreadsheet_has_saved_is_read():
    """A byte order mark, semicolons, and the short names of the API."""
    text = "field_name;form_name;field_type;field_label;select_choices_or_calculations\nq;f;yesno;Går det?;\n"
    found = read_dictionary(b"\xef\xbb\xbf" + text.encode(), ABOUT)
    assert [(option.value, option.text.sv) for option in found.instrument.items[0].options] == [(1, "Ja"), (0, "Nej")]


def test_words_that_redcap_would_not_show_as_they_stand_are_told(material):
    bet = material.instruments["bet", 1]
    odd = bet.items[0].model_copy(update={"text": Text(sv="Minns du [bet_1] och {roll}?")})
    places = [(loss.place, loss.message) for loss in losses(bet.model_copy(update={"items": (odd, *bet.items[1:])}))]
    assert ("items bet_0, text", "the trade of whoever reads is not filled in by REDCap.") in places
    assert (
        "items bet_0, text",
        "REDCap reads what stands between < > or [ ] as something to do, and not as text.",
    ) in places
