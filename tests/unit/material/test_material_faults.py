"""One bad input a rule, with the sentence that its author gets."""

# ruff: noqa: E501 - a case a line is easier to compare than a case over six

import pytest

from kapabla.material import Fault, MaterialFaults, check_material, load_material

SE, AVS, HIN, TIL, KUN, BET = (f"instruments/{name}/v1.toml" for name in ("se", "avs", "hin", "til", "kun_a", "bet"))
BAK = "instruments/bak/v1.toml"
STUDY = "studies/kapabla-2026.toml"
CONSENT = "consents/kapabla-forskning/v1.toml"
MODULES = "courses/kapabla/v1/modules"
M1 = f"{MODULES}/01-din-roll"
STORY = f"{M1}/04-vid-vagen.toml"
CHECK = f"{M1}/05-kontrollera.toml"
PAGE = f"{M1}/02-fem-steg.sv.md"

BAD = [
    # the shape of a table
    (SE, 'code = "se_3"', 'code = "Se3"', "item Se3, code: 'Se3' cannot be a code; write a-z, digits and _, and begin with a letter."),
    (SE, 'id = "se"\n', "", "id: `id` is missing; write it."),
    (SE, 'status = "draft"', 'status = "ready"', "status: 'ready' is not allowed; write one of 'draft' or 'published'."),
    (SE, "version = 1", 'version = "1"', "version: '1' is not a whole number; write digits alone, without quotation marks."),
    (SE, "min_answered", "min_answred", "scale se_mean, min_answred: `min_answred` is not a known key; remove it or mend the spelling."),
    (HIN, 'text = {sv = "Att jag kan ha fel"', 'text = {sv = ""', "item hin_1, text, sv: `sv` is empty; write the text."),
    (HIN, 'text = {sv = "Att jag kan ha fel"', 'text = {dk = "x", sv = "Fel"', "item hin_1, text, dk: `dk` is not a known key; remove it or mend the spelling."),
    (BET, "{value = 2, text", "{valu = 2, text", "item bet_0, option 2, value: `value` is missing; write it."),
    # between the parts of an instrument
    (SE, 'items = ["se_1", ', 'items = ["se_1", "se_1", ', "page 1: the page has 9 items; split it, at most 8 a page."),
    (SE, 'items = ["se_1", ', "items = [", "item se_1: the item stands on no page; add it to one."),
    (SE, 'items = ["se_1", ', 'items = ["se_9", ', "page 1: item se_9 does not exist; write one of the item codes of this file."),
    (SE, 'code = "se_2"', 'code = "se_1"', "item se_1: the code is used twice; give each item and scale a code of its own."),
    (SE, 'response_scale = "s_saker"', 'response_scale = "s_sker"', "item se_1, response_scale: 's_sker' is not defined; write one of s_fortroende, s_ganger, s_halla, s_hinder, s_saker, s_stammer, s_troligt."),
    (SE, "min_answered = 6", "min_answered = 9", "scale se_mean: min_answered is 9; write a number from 1 to 8."),
    (SE, "maximum = 5", "maximum = 6", "scale se_mean: not from 1 to 6: se_1, se_2, se_3, se_4, se_5, se_6, se_7, se_8; write one range for all items of a mean."),
    (BET, "{value = 2, text", "{value = 1, text", "item bet_0: option value 1 is used twice; give each option a value of its own."),
    (BET, "{value = 2, text", "{value = -2, text", "item bet_0, option 2: values below 0 are kept for missing answers; write 0 or more."),
    (BET, "{value = 2, text", "{value = -95, text", 'item bet_0, option 2: value -95 and missing = "no_opinion" belong together; write both or neither.'),
    (BET, 'show_if = {op = "equals", item = "bet_0", value = 1}', 'show_if = {op = "equals", item = "bet_7", value = 1}', "item bet_1, show_if: item bet_7 does not come before this item; look at an item that does."),
    (BET, 'show_if = {op = "equals", item = "bet_0", value = 1}', 'show_if = {op = "one_of", item = "bet_0", value = 1}', 'item bet_1, show_if: op "one_of" needs a list of values; write value = [1, 2].'),
    (BET, 'show_if = {op = "equals", item = "bet_0", value = 1}', 'show_if = {op = "all"}', 'item bet_1, show_if: op "all" needs `rules`; write at least one.'),
    (KUN, "correct = 2\n", "", "item kun_a_01: a knowledge item needs `correct`; write the value of the best option."),
    (KUN, "correct = 2\n", "correct = 7\n", "item kun_a_01, correct: no option has the value 7; write the value of the best option."),
    (AVS, 'code = "avs_6"', 'code = "avs_6_"', "item avs_6_: REDCap refuses a double or final underscore; write the code without."),
    (BAK, 'kind = "single"', 'kind = "number"', 'item bak_1: a number item has no options; remove them, or write kind = "single".'),
    (SE, 'id = "se"', 'id = "sa"', "id: the path says se version 1; write the same in the file."),
    (HIN, 'mean"}\nitems = ["hin_1", "hin_2"', 'mean"}\nitems = ["hin_1", "hin_1"', "scale hin_mean: item hin_1 stands twice in the scale; remove one."),
    (TIL, 'mean"}\nitems = ["til_1", "til_2", "til_3", "til_4", "til_5"]', 'mean"}\nitems = []', "scale til_mean: the scale has no items; write their codes."),
    (KUN, "cell = 2\n", "cell = 1\n", "item kun_a_02, cell: item kun_a_01 fills cell 1 already; give each item its own."),
    (HIN, 'form_name = "hinder"', 'form_name = "vald_i_hemmet"', "form_name: vald tells what it is about; write a neutral name."),
    # study and consent
    (STUDY, 'slug = "uppf3"', 'slug = "hot3"', "wave t3, slug: hot3 tells what it is about; write a neutral name."),
    (STUDY, 'sv = "Slutfrågor"', 'sv = "Frågor om våld"', "wave t1, label, sv: våld tells what it is about; write a neutral name."),
    ("messages.toml", 'en = "Your code"', 'en = "Your code on violence"', "copy_code, subject, en: violence tells what it is about; write a neutral name."),
    (STUDY, 'sensitive = ["hin_8"]', 'sensitive = ["hin_8"]\nreleased_texts = ["kurs_1"]', "released_texts: there is no item kurs_1 answered in words; write the code of one."),
    (STUDY, 'sensitive = ["hin_8"]', 'sensitive = ["hin_7"]', "sensitive: item hin_7 is not marked sensitive in its instrument; mark it there, or remove it."),
    (STUDY, 'primary_outcome = "se_mean"', 'primary_outcome = "se_sum"', "primary_outcome: there is no scale se_sum; write the code of one."),
    (STUDY, 'municipalities = ["2404"', 'municipalities = ["9999"', "municipalities: 9999 is not in municipalities.toml; write a code from it."),
    (STUDY, '"bak_3", ', "", "quasi_identifiers: item bak_3 is one; put it in its place in the order."),
    (STUDY, 'orders = ["ABA"', 'orders = ["AB"', "parallel form kun, orders: 'AB' does not fit 3 waves; write one A or B for each."),
    (STUDY, "block_sizes = [2, 4]", "block_sizes = []", "allocation, block_sizes: `block_sizes` is an empty list; write at least one."),
    ("studies/kapabla-2026.plan.toml", 'correction = "holm"', 'correction = "best"', "family secondary, correction: 'best' is not allowed; write one of 'none' or 'holm'."),
    (STUDY, 'arms = ["waitlist"]', 'arms = ["later"]', "wave t0b, arms: there is no arm later; write the code of one."),
    (STUDY, 'needs_choice = "follow_up"', 'needs_choice = "more"', "wave t3, needs_choice: the consent has no choice more; write the code of one."),
    (STUDY, 'slug = "fore2"', 'slug = "fore"', "waves: slug fore is used twice; give each wave its own."),
    (STUDY, 'course = {id = "kapabla", version = 1}', 'course = {id = "kapabla", version = 2}', "course: there is no course kapabla version 2; write one that is in courses/."),
    (STUDY, "etik_dnr", "dnr", 'facts: the consent has {etik_dnr}; write etik_dnr = "…" here.'),
    (STUDY, 'sv = "31 december 2038"', 'sv = "31 februari 2038"', "facts, datum_gallring, sv: '31 februari 2038' is no day; write one that is, like 31 december 2028."),
    (STUDY, 'en = "31 December 2038"', 'en = "31 december 2038"', "facts, datum_gallring, en: '31 december 2038' is no day; write one that is, like 31 December 2028."),
    (STUDY, 'en = "31 December 2038"', 'en = "31 December 2039"', "facts, datum_gallring: the languages name different days; write the same day in each."),
    (STUDY, 'sv = "31 december 2038"', 'sv = "31 december 2027"', "facts, datum_gallring: the day lies before datum_nyckel; write a later one."),
    (STUDY, "study_key_on = 2028-12-31", "study_key_on = 2029-01-01", "retention, study_key_on: people are told another day in datum_nyckel; write the same day."),
    (STUDY, "answers_on = 2038-12-31", "answers_on = 2048-12-31", "retention, answers_on: people are told another day in datum_gallring; write the same day."),
    (STUDY, "identity_on = 2028-12-31", "identity_on = 2029-01-01", "retention, study_key_on: the day lies before identity_on; write a later one."),
    (STUDY, "releases_on = 2038-12-31", "releases_on = 2039-01-01", "retention, release_keys_on: the day lies before releases_on; write a later one."),
    (STUDY, "identity_on = 2028-12-31\n", "", "retention, identity_on: `identity_on` is missing; write it."),
    (CONSENT, 'requires = "research"', 'requires = "sharing"', "choice follow_up, requires: no earlier choice is called sharing; write the code of one that comes before."),
    ("instruments/se_then/v1.toml", "avgöra när du", "se när du", None),
    # course
    (f"{M1}/module.toml", '"helper_safety", ', "", "boxes: every module has the box helper_safety; add it."),
    (f"{M1}/module.toml", "number = 1", "number = 4", "number: the folder should be called 04-din-roll; rename it, or mend the number."),
    (f"{M1}/module.toml", 'content_note = "content_note_stories"\n', "", "content_note: a module with stories needs one; write content_note_stories."),
    (f"{M1}/module.toml", "lösa allt själv. Din egen", "lösa allt. Nu. Då. Din egen", "in_short, sv_easy: it has 5 sentences; write at most three."),
    (f"{M1}/module.toml", '  {kind = "check", file = "05-kontrollera"},\n', "", "steps: the module has no check, and every module has one; add it."),
    (STORY, 'next = "telefonen"', 'next = "kvar"', "node vagen, choice rad, next: there is no node kvar; write an id that exists."),
    (STORY, 'next = "telefonen"\n', "", "node telefonen: no choice leads here; lead a choice to it, or remove it."),
    (STORY, 'start = "vagen"', 'start = "disken"', "start: there is no node disken; write the id of the first node."),
    (STORY, 'start = "vagen"', 'role = "shop"\nstart = "vagen"', "role: there is no role shop in roles.toml; write one that is."),
    (STORY, 'quality = "good"', 'quality = "missed"', "node vagen: no choice is good; write at least one that can work."),
    (f"{MODULES}/08-fraga-och-lyssna/06-efter-motet.toml", "end = true\n", "", "node efterat: a node has choices, or end = true, and not both; a node with neither is a dead end."),
    (CHECK, "correct = true\n", "", "question roll: 0 options are correct; mark one with correct = true."),
    (PAGE, '+++\ntitle = "Fem steg', 'title = "Fem steg', 'line 1: the front matter is missing; begin with +++, title = "…", +++.'),
    (PAGE, "Stanna upp", "ord " * 250 + "Stanna upp", ": the page has 416 words; split it, at most 250."),
    # registers
    ("municipalities.toml", 'code = "2403"', 'code = "2401"', "municipality 2401: the code is used twice; give each a code of its own."),
    ("municipalities.toml", '"Bjurholms kommun"', '"nordmaling"', "municipality 2403: 'nordmaling' is also a name of 2401; remove one."),
    ("support_contacts.toml", 'number = "112"\n', "", "contact sos_alarm, number: a contact that is shown needs its number; write it."),
    ("support_contacts.toml", 'number = "112"', 'number = "911"', "contact sos_alarm, always: 911 is none of 112, 114 14, which alone are always shown; mend the number, or remove always."),
    ("support_contacts.toml", 'number = "112"', 'number = "911"', 'contacts: 112 is always shown; write a contact with number = "112" and always = true.'),
    ("support_contacts.toml", 'source = "S72, S73"\nalways = true', 'source = "S72, S73"', 'contacts: 114 14 is always shown; write a contact with number = "114 14" and always = true.'),
    ("support_contacts.toml", 'source = "S71"\n', "verified_on = 2026-11-01\n", "contact kvinnofridslinjen, verified_by: nobody stands for the number; write who at the county checked it."),
    ("organisation.toml", 'name = "Länsstyrelsen Västerbotten"\n', "", "name: `name` is missing; write it."),
    ("promises/vindeln-2023-2025.toml", 'municipality = "2404"', 'municipality = "0"', "municipality: 0 is not in municipalities.toml; write a code from it."),
    ("promises/vindeln-2023-2025.toml", "number = 2", "number = 3", "promises: the numbers are [1, 3, 3, 4, 5]; number the promises 1, 2, 3 … in order."),
]  # fmt: skip


@pytest.mark.parametrize(("file", "old", "new", "message"), [case for case in BAD if case[3] is not None])
def test_each_fault_is_told_in_the_authors_words(spoil, file, old, new, message):
    expected = f"{file}{message}" if message.startswith(": ") else f"{file}: {message}"
    assert expected in spoil(file, old, new)


def test_forms_that_are_not_parallel_are_told_with_the_study(spoil):
    assert (
        f"{STUDY}: parallel form kun, forms: form A has no item in cell 2; write one, as in the other form."
        in spoil(KUN, "cell = 2\n", "cell = 13\n")
    )


def test_then_test_with_other_words_is_refused(spoil):
    faults = spoil("instruments/se_then/v1.toml", "avgöra när du", "se när du")
    assert faults == [
        f"{STUDY}: item se_2t, then_of: the words differ from se_2, and a then-test asks the same; write the same words in both."
    ]


def test_broken_toml_is_told_with_file_and_line_and_nothing_else(spoil):
    assert spoil(AVS, 'form_name = "avsikt"', "form_name = avsikt") == [
        f"{AVS}: line 7, column 13: the value cannot be read; write texts in quotation marks, numbers without, "
        "lists in brackets."
    ]


def test_broken_front_matter_is_told_with_the_line_of_the_file(spoil):
    (told,) = spoil(PAGE, 'title = "Fem', "title = Fem")
    assert told.startswith(f"{PAGE}: line 2, column 9: the value cannot be read; write texts in quotation marks")


def test_broken_response_scales_are_not_blamed_on_every_item(spoil):
    file = "instruments/response_scales.toml"
    assert all(fault.startswith(file) for fault in spoil(file, "[[scales]]", "[scales"))


def test_a_missing_page_is_told(copy):
    (copy / PAGE).unlink()
    assert check_material(copy) == [Fault(PAGE, "", "the file is missing; write it, or remove what refers to it.")]


def test_a_page_that_a_language_lacks_is_told_once_with_the_file_to_write(copy):
    page = f"{MODULES}/07-tecken-i-din-vardag/03-ditt-lugna-tillfalle.vet.en.md"
    (copy / page).unlink()
    assert check_material(copy) == [
        Fault(page, "", "the file is missing, and the course promises its language; write it.")
    ]


def test_a_course_that_cannot_be_read_is_there_all_the_same(spoil):
    course = "courses/kapabla/v1/course.toml"
    assert all(fault.startswith(course) for fault in spoil(course, "version = 1", 'version = "1"'))


def test_a_wrong_default_is_told_once_and_where_it_stands(spoil):
    assert spoil(BAK, "may_decline = true", 'may_decline = "ja"') == [
        f"{BAK}: item_defaults, may_decline: 'ja' is neither yes nor no; write true or false, without quotation marks."
    ]


def test_all_faults_of_all_files_come_at_once(copy):
    for file, old, new in ((SE, "min_answered = 6", "min_answered = 9"), (TIL, "min_answered = 3", "min_answered = 8")):
        path = copy / file
        path.write_text(path.read_text().replace(old, new))
    (copy / "organisation.toml").unlink()
    with pytest.raises(MaterialFaults) as raised:
        load_material(copy)
    assert [fault.file for fault in raised.value.faults] == [SE, TIL, "organisation.toml"]
    assert str(raised.value).count("\n") == 2


def test_two_faults_of_one_file_come_at_once(spoil):
    spoil(SE, 'status = "draft"', 'status = "ready"')
    assert len(spoil(SE, "version = 1", 'version = "1"')) == 2


def test_an_instrument_may_not_borrow_a_code(spoil):
    faults = spoil(TIL, 'code = "til_1"', 'code = "hin_1"')
    assert f"{TIL}: item hin_1: instrument hin has this code already; write another." in faults


def test_a_story_that_never_ends_is_refused(copy):
    """Two nodes that lead to each other only: both are reported, and the first was fine before."""
    path = copy / STORY
    text = path.read_text().replace('next = "telefonen"\n', "")
    text = text.replace("[nodes.choices.text]", 'next = "telefonen"\n[nodes.choices.text]')
    path.write_text(text)
    faults = [str(fault) for fault in check_material(copy)]
    assert f"{STORY}: node vagen: no way from here comes to an end; let one choice end the story." in faults
    assert f"{STORY}: node telefonen: no way from here comes to an end; let one choice end the story." in faults
