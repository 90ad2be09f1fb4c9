"""Sixty-odd kinds of fault, planted into one copy of all that is authored, and told in one run: file, place, remedy."""

# ruff: noqa: E501 - a case a line is easier to compare than a case over six

import shutil

import pytest

from kapabla.material import check_material
from tests.trial import make_root

COURSE = "courses/kapabla/v1"
M = f"{COURSE}/modules"
M1, M3, M7, M8, M10 = (
    f"{M}/{name}"
    for name in (
        "01-din-roll",
        "03-nar-valdet-blir-vardag",
        "07-tecken-i-din-vardag",
        "08-fraga-och-lyssna",
        "10-din-plan-och-din-sakerhet",
    )
)
SE, BET, KUN, AVS, TIL, PROV = (f"instruments/{name}/v1.toml" for name in ("se", "bet", "kun_a", "avs", "til", "prov"))
NEW, TORN, COPIED = (
    f"instruments/{name}/v2.toml" for name in ("soc", "kurs", "att")
)  # versions that no study asks yet
STUDY, CONSENT, PROMISES = (
    "studies/kapabla-2026.toml",
    "consents/kapabla-forskning/v1.toml",
    "promises/vindeln-2023-2025.toml",
)
STORY = f"{M1}/04-vid-vagen.toml"

# file, what is written, what is written instead, the place and what the author is told
PLANTED = [
    # not TOML, and tables with a wrong shape
    (TORN, 'form_name = "om_utbildningen"', "form_name = om_utbildningen", "line 7, column 13", "the value cannot be read; write texts in quotation marks, numbers without, lists in brackets."),
    ("promises/robertsfors-2023-2025.toml", "[[promises]]", "[[promises]", "line", "the heading is not closed; write ] at its end, and ]] where it begins with [[."),
    (NEW, 'construct_name = ', 'contruct_name = ', "construct_name", "`construct_name` is missing; write it."),
    (NEW, "", "", "contruct_name", "`contruct_name` is not a known key; remove it or mend the spelling."),
    (NEW, 'status = "draft"', 'status = "ready"', "status", "'ready' is not allowed; write one of 'draft' or 'published'."),
    (NEW, "version = 1", 'version = "2"', "version", "'2' is not a whole number; write digits alone, without quotation marks."),
    (NEW, 'code = "soc_2"', 'code = "Soc2"', "item Soc2, code", "'Soc2' cannot be a code; write a-z, digits and _, and begin with a letter."),
    (NEW, 'code = "soc_3"', 'code = "soc_tre_som_heter_alldeles_for_mycket"', "item soc_tre_som_heter_alldeles_for_mycket, code", "'soc_tre_som_heter_alldeles_for_mycket' is too long; write at most 26 characters."),
    (NEW, 'code = "soc_4"', 'code = "soc_4"\nenabled = "ja"', "item soc_4, enabled", "'ja' is neither yes nor no; write true or false, without quotation marks."),
    (NEW, 'code = "soc_5"', 'code = "soc_5"\nnot_at = "t1"', "item soc_5, not_at", "'t1' is not a list; write it in square brackets."),
    (NEW, 'code = "soc_6"', 'code = "soc_6"\nsource = 6', "item soc_6, source", "6 is not a text; write it in quotation marks."),
    (NEW, 'code = "soc_1"', 'code = "soc_1"\nfeedback = "Rätt"', "item soc_1, feedback", "'Rätt' is not a table; a text is written {sv = \"…\", en = \"…\"}."),
    (NEW, 'code = "soc_1"', 'code = "soc_1"\nplaces = 0', "item soc_1, places", "0 is too low; write a number from 1 and up."),
    (CONSENT, "written_on = 2026-11-25", 'written_on = "25 november"', "written_on", "'25 november' is not a date; write it like 2026-09-12, without quotation marks."),
    (CONSENT, 'confirmation = {sv = "När', 'confirmation = {sv = "", fit = "När', "confirmation, sv", "`sv` is empty; write the text."),
    # instruments
    (SE, 'items = ["se_1", ', 'items = ["se_9", ', "page 1", "item se_9 does not exist; write one of the item codes of this file."),
    (SE, 'items = ["se_9", ', 'items = ["se_9", "se_2", "se_2", ', "page 1", "the page has 10 items; split it, at most 8 a page."),
    (SE, "min_answered = 6", "min_answered = 9", "scale se_mean", "min_answered is 9; write a number from 1 to 8."),
    (TIL, "maximum = 5", "maximum = 6", "scale til_mean", "not from 1 to 6: til_1, til_2, til_3, til_4, til_5; write one range for all items of a mean."),
    (SE, 'response_scale = "s_saker"', 'response_scale = "s_sker"', "item se_1, response_scale", "'s_sker' is not defined; write one of s_fortroende, s_ganger, s_halla, s_hinder, s_saker, s_stammer, s_troligt."),
    (BET, "{value = 2, text", "{value = 1, text", "item bet_0", "option value 1 is used twice; give each option a value of its own."),
    (BET, 'show_if = {op = "equals", item = "bet_0", value = 1}', 'show_if = {op = "equals", item = "bet_7", value = 1}', "item bet_1, show_if", "item bet_7 does not come before this item; look at an item that does."),
    (BET, 'code = "bet_2"', 'code = "bet_3"', "item bet_3", "the code is used twice; give each item and scale a code of its own."),
    (KUN, "correct = 2\n", "", "item kun_a_01", "a knowledge item needs `correct`; write the value of the best option."),
    (KUN, "correct = 3\n", "correct = 7\n", "item kun_a_02, correct", "no option has the value 7; write the value of the best option."),
    (AVS, 'code = "avs_6"', 'code = "avs_6_"', "item avs_6_", "REDCap refuses a double or final underscore; write the code without."),
    (COPIED, "", "", "id", "the path says att version 2; write the same in the file."),
    (PROV, "maximum = 500\n", "", "item prov_number", "a number item needs minimum and maximum; write the lowest and highest answer that can be true."),
    (PROV, 'high = {sv = "Helt"}}', 'high = {sv = "Helt"}, step = 3}', "item prov_slider, slider", "a slider goes in whole steps from minimum to maximum; mend the step or the range."),
    (PROV, "places = 3", "places = 5", "item prov_rank, places", "only a rank item has places, at most as many as options; mend the number."),
    (PROV, 'kind = "date"', 'kind = "date"\nmax_length = 3', "item prov_date, max_length", "only a text item has a longest answer; remove max_length."),
    (PROV, 'items = ["prov_m1", "prov_m2"]', 'items = ["prov_m1"]', "group prov_work", "a matrix has too few items; write the codes of its items."),
    (PROV, 'title = {sv = "Anna i kassan", en = "Anna at the till"}\n', "", "group prov_anna", "a vignette needs a `title`, which stands above it and in the codebook; write it."),
    (PROV, 'show_if = {op = "equals", item = "prov_gate", value = 1}', 'show_if = {op = "chose", item = "prov_gate", value = 1}', "item prov_behind, show_if", 'op "chose" does not suit a single item; write op = "answered" or a comparison such as "equals".'),
    (PROV, 'only_if = {op = "equals", item = "prov_gate", value = 1}', 'only_if = {op = "all"}', "scale prov_more_count, only_if", 'op "all" needs `rules`; write at least one.'),
    (PROV, 'items = ["prov_info", "prov_rank", "prov_know"]', 'random_items = true\nitems = ["prov_info", "prov_rank", "prov_know"]', "page 3, random_items", "information prov_info has its place; put it on another page."),
    # study
    (STUDY, 'orders = ["ABA"', 'orders = ["AB"', "parallel form kun, orders", "'AB' does not fit 3 waves; write one A or B for each."),
    (STUDY, 'arms = ["waitlist"]', 'arms = ["later"]', "wave t0b, arms", "there is no arm later; write the code of one."),
    (STUDY, 'slug = "fore2"', 'slug = "fore"', "waves", "slug fore is used twice; give each wave its own."),
    (STUDY, 'municipalities = ["2404"', 'municipalities = ["9999"', "municipalities", "9999 is not in municipalities.toml; write a code from it."),
    (STUDY, "kurs = 1", "kurs = 7", "instrument_versions, kurs", "there is no version 7 of this instrument; write one that is in instruments/."),
    (STUDY, 'course = {id = "kapabla", version = 1}', 'course = {id = "kapabla", version = 2}', "course", "there is no course kapabla version 2; write one that is in courses/."),
    (STUDY, 'sensitive = ["hin_8"]', 'sensitive = ["hin_7"]', "sensitive", "item hin_7 is not marked sensitive in its instrument; mark it there, or remove it."),
    (STUDY, 'primary_outcome = "se_mean"', 'primary_outcome = "se_sum"', "primary_outcome", "there is no scale se_sum; write the code of one."),
    (STUDY, 'known_answers = ["bak_7"', 'known_answers = ["bak_3"', "known_answers", "bak_3 is no question with one answer, or is in quasi_identifiers; remove it."),
    (STUDY, '"bak_3", ', "", "quasi_identifiers", "item bak_3 is one; put it in its place in the order."),
    # course: the list of modules, modules, pages, stories, checks, drawings
    (f"{COURSE}/course.toml", '  "02-vad-ar-vald",\n', "", "modules", "the folder 02-vad-ar-vald is not in the list; add it, or remove it."),
    (f"{M1}/module.toml", '"helper_safety", ', "", "boxes", "every module has the box helper_safety; add it."),
    (f"{M1}/module.toml", 'content_note = "content_note_stories"\n', "", "content_note", "a module with stories needs one; write content_note_stories."),
    (f"{M1}/module.toml", "Din egen säkerhet går först.", "Nu. Då. Sen.", "in_short, sv", "it has 5 sentences; write at most three."),
    (f"{M1}/module.toml", '  {kind = "check", file = "05-kontrollera"},\n', "", "steps", "the module has no check, and every module has one; add it."),
    (f"{M1}/01-en-medmanniska.sv.md", "+++\ntitle", "title", "line 1", 'the front matter is missing; begin with +++, title = "…", +++.'),
    (f"{M1}/02-fem-steg.sv.md", 'title = "Fem', "title = Fem", "line 2, column 9", "the value cannot be read; write texts in quotation marks, numbers without, lists in brackets."),
    (STORY, 'next = "telefonen"', 'next = "kvar"', "node vagen, choice rad, next", "there is no node kvar; write an id that exists."),
    (STORY, "", "", "node telefonen", "no choice leads here; lead a choice to it, or remove it."),
    (STORY, 'quality = "good"', 'quality = "missed"', "node vagen", "no choice is good; write at least one that can work."),
    (STORY, 'start = "vagen"', 'role = "spion"\nstart = "vagen"', "role", "there is no role spion in roles.toml; write one that is."),
    (f"{M3}/module.toml", "minutes =", "minuter =", "minutes", "`minutes` is missing; write it."),
    (f"{M3}/06-kontrollera.toml", "correct = true\n", "", "question", "0 options are correct; mark one with correct = true."),
    (f"{M8}/01-innan-du-fragar.sv.md", "\n\n", "\n\nDet gällde 87 procent. Ring 090-10 20 30.\n\n" + "ord " * 250, "", "the page has {count} words; split it, at most 250."),
    (f"{M8}/module.toml", "", "", "step 2, page 01-innan-du-fragar (sv)", "the number 090-10 20 30 may change; name the line, and say that it is under Stöd."),
    (f"{M8}/module.toml", "", "", "step 2, page 01-innan-du-fragar (sv)", "'87 procent' stands without its source; name one of `sources` beside it."),
    (f"{M7}/05-situationen.driver.toml", 'role = "driver"', 'role = "vet"', "role", 'write role = "driver", as in the file name.'),
    (f"{M10}/05-din-plan.toml", "[[entries]]\n", '[[entries]]\ntext = {sv = "Ett till.", sv_easy = "Ett till.", en = "One more."}\n' * 8 + "[[entries]]\n", "entries", "there are {count} entries; write two to 10."),
    (f"{COURSE}/pictures/fem-steg.svg", "<svg ", '<svg onload="x()" ', "", "the attribute onload of <svg> is not allowed; remove it."),
    # registers
    ("municipalities.toml", 'code = "2403"', 'code = "2401"', "municipality 2401", "the code is used twice; give each a code of its own."),
    ("support_contacts.toml", 'number = "112"\n', "", "contact sos_alarm, number", "a contact that is shown needs its number; write it."),
    ("organisation.toml", 'name = "Länsstyrelsen Västerbotten"\n', "", "name", "`name` is missing; write it."),
    (PROMISES, "from_year = 2023", "from_year = 2028", "from_year", "the period ends before it begins; change places."),
    (PROMISES, "number = 2", "number = 3", "promises", "the numbers are [1, 3, 3, 4, 5]; number the promises 1, 2, 3 … in order."),
]  # fmt: skip
# Whole files that are missing, or that nobody reads.
LEFT = [
    (f"{M8}/05-lat-bli.sv.md", "", "the file is missing; write it, or remove what refers to it."),
    (
        f"{M8}/09-extra.sv.md",
        "",
        "no step names the file; name it in `steps` of module.toml, mend its name, or remove it.",
    ),
    ("instruments/se/1.toml", "", "no file of this name is read; mend the name or the folder, or remove it."),
    ("safety.toml", "", "the file is not UTF-8; save it as UTF-8."),
]


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    root = make_root(tmp_path_factory.mktemp("planted"))
    for new in (NEW, TORN, COPIED):
        shutil.copy(root / new.replace("v2", "v1"), root / new)
    for file, old, planted, _place, _message in PLANTED:
        path = root / file
        text = path.read_text("utf-8")
        assert old in text, f"{file} has no {old!r}"
        path.write_text(text.replace(old, planted, 1), "utf-8")
    (root / LEFT[0][0]).unlink()
    (root / LEFT[1][0]).write_text("+++\n+++\n", "utf-8")
    (root / LEFT[2][0]).write_text("", "utf-8")
    (root / "safety.toml").write_bytes("# Stöd".encode("latin-1"))
    return root


@pytest.fixture(scope="module")
def found(root):
    return check_material(root)


def test_there_are_sixty_kinds_and_more():
    assert len({message for *_, message in [*PLANTED, *LEFT]}) >= 60


def test_every_planted_fault_is_told_in_one_run_with_file_place_and_remedy(found):
    wanted = [(file, place, said) for file, _old, _planted, place, said in PLANTED] + LEFT
    missed = [case for case in wanted if not any(is_told(fault, *case) for fault in found)]
    assert [": ".join(case) for case in missed] == []


def is_told(fault, file, place, message):
    begins, count, ends = message.partition("{count}")
    said = fault.message.startswith(begins) and fault.message.endswith(ends) if count else fault.message == message
    return said and fault.file == file and (fault.place == place or fault.place.startswith(f"{place} "))


def test_every_fault_says_what_to_write_instead(found):
    assert [str(fault) for fault in found if "; " not in fault.message and not fault.message.startswith("write ")] == []


def test_what_stands_beside_a_fault_is_not_blamed(root, found):
    """Half of the files are sound, and none of these is named."""
    sound = {
        "instruments/att/v1.toml",
        "instruments/hin/v1.toml",
        "roles.toml",
        "checksums.toml",
    }
    assert all((root / file).is_file() for file in sound)
    assert sound & {fault.file for fault in found} == set()
