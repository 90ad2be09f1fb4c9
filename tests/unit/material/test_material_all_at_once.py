"""A fault of shape hides nothing: what could be read is checked in the same run, and what follows from it is not told."""

# ruff: noqa: E501 - a case a line is easier to compare than a case over six

import random
import tomllib

import pytest
import tomli_w

from kapabla.material import MaterialFaults, check_material, default_root, load_material
from kapabla.material.pieces import check_path, check_piece
from kapabla.material.unread import UNREAD, Unread, if_read, read_or
from kapabla.material.uploads import read_upload

ROOT = default_root()
TIL = (ROOT / "instruments/til/v1.toml").read_text("utf-8")
STUDY, PLAN = "studies/kapabla-2026.toml", "studies/kapabla-2026.plan.toml"
M1 = "courses/kapabla/v1/modules/01-din-roll"
WRONG = (3.5, "Å!", (3.5,), {"zz": 1}, None)  # None: the key is left out


def changed(text, *changes):
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    return text


FAULTY = changed(
    TIL,
    ("kirkpatrick_level = 2", 'kirkpatrick_level = "två"'),
    ("form_name = ", "form_nam = "),
    ('text = {sv = "Polisen", en = "The police"}', 'text = {sv = "Polisen", en = "The police"'),
    ("min_answered = 3", "min_answered = 9"),
    ('items = ["til_1"', 'items = ["til_9", "til_1"'),
    ('code = "til_4"', 'code = "til_4"\nmaximum = 3'),
)
WANTED = {
    ("line 23, column 42", "the braces are not closed; write } at their end, and a comma between the parts."),
    ("kirkpatrick_level", "'två' is not a whole number; write digits alone, without quotation marks."),
    ("form_name", "`form_name` is missing; write it."),
    ("form_nam", "`form_nam` is not a known key; remove it or mend the spelling."),
    ("page 1", "item til_9 does not exist; write one of the item codes of this file."),
    ("item til_4", "only a number item has minimum, maximum and decimals; remove them."),
    ("scale til_mean", "min_answered is 9; write a number from 1 to 5."),
}


def test_a_file_tells_its_syntax_its_shape_and_its_sense_in_one_run(tmp_path):
    file = tmp_path / "min.toml"
    file.write_text(FAULTY, "utf-8")
    assert {(fault.place, fault.message) for fault in check_path(file, ROOT)} == WANTED


def test_an_upload_tells_the_same_as_the_command():
    piece = read_upload("min.toml", FAULTY.encode()).piece
    assert {(fault.place, fault.message) for fault in check_piece(piece, ROOT)} == WANTED


# Two faults a file: one of shape, and one that could only be found when the rest was read.
BOTH = {
    "instruments/soc/v1.toml": [
        ('items = ["soc_1", ', 'items = [\n  "soc_1",\n  soc_2,\n  ', "line 14, column 3: the value cannot be read; "),
        ("min_answered = 2", "min_answered = 9", "min_answered is 9; write a number from 1 to 3."),
    ],
    STUDY: [
        ('title = {', 'titel = {', "title: `title` is missing; write it."),
        ('late_days', 'late_day', "late_day: `late_day` is not a known key; remove it or mend the spelling."),
        ('slug = "fore2"', 'slug = "fore"', "waves: slug fore is used twice; give each wave its own."),
        ('primary_outcome = "se_mean"', 'primary_outcome = "se_sum"', "primary_outcome: there is no scale se_sum; write the code of one."),
    ],
    PLAN: [
        ('kind = "primary"', 'kind = 1', "kind: 1 is not allowed; write one of 'primary' or 'secondary'."),
        ('value = ', 'value = 7 #', "value: the column never has the value 7; write one of "),
    ],
    f"{M1}/module.toml": [
        ("minutes =", "minuter =", "minutes: `minutes` is missing; write it."),
        ("Din egen säkerhet går först.", "Nu. Då. Sen.", "in_short, sv: it has 5 sentences; write at most three."),
    ],
    f"{M1}/04-vid-vagen.toml": [
        ('quality = "good"', 'quality = "bra"', "quality: 'bra' is not allowed; write one of 'good', 'missed' or 'harmful'."),
        ('next = "telefonen"', 'next = "kvar"', "choice rad, next: there is no node kvar; write an id that exists."),
    ],
    "consents/kapabla-forskning/v1.toml": [
        ("written_on = ", "written_on = 1 #", "written_on: 1 is not a date; write it like 2026-09-12, without quotation marks."),
        ('requires = "', 'requires = "x', "requires: no earlier choice is called x"),
    ],
    "support_contacts.toml": [
        ("hours = ", "hours = 1 #", "hours: 1 is not a table; a text is written {sv = "),
        ('number = "112"', 'number = "911"', "contacts: 112 is always shown; write a contact with number = \"112\" and always = true."),
    ],
    "messages.toml": [
        ("[invitation]\n", "[invitation]\nbrev = 1\n", "invitation, brev: `brev` is not a known key; remove it or mend the spelling."),
        ("{link}", "{lank}", "{lank} is not known here; write one of "),
    ],
    "municipalities.toml": [
        ('name = "Bjurholm"', "name = 5", "name: 5 is not a text; write it in quotation marks."),
        ('code = "2404"', 'code = "2401"', "municipality 2401: the code is used twice; give each a code of its own."),
    ],
    "promises/vindeln-2023-2025.toml": [
        ("source = ", "kalla = ", "source: `source` is missing; write it."),
        ("number = 2", "number = 3", "promises: the numbers are [1, 3, 3, 4, 5]; number the promises 1, 2, 3 … in order."),
    ],
}  # fmt: skip


def test_in_every_kind_of_file_both_are_told_in_the_same_run():
    added = {
        file: changed((ROOT / file).read_text("utf-8"), *((old, new) for old, new, _ in faults)).encode()
        for file, faults in BOTH.items()
    }
    found = [str(fault) for fault in check_material(ROOT, added)]
    missed = [
        (file, said)
        for file, faults in BOTH.items()
        for _, _, said in faults
        if not any(fault.startswith(file) and said in fault for fault in found)
    ]
    assert missed == [], "\n".join(found)


def leaves(value, path=()):
    if isinstance(value, dict):
        for key, entry in value.items():
            yield from leaves(entry, (*path, key))
    elif isinstance(value, list):
        for number, entry in enumerate(value):
            yield from leaves(entry, (*path, number))
    else:
        yield path


def spoilt(chance, raw):
    """A table with one value, wherever it lies, that cannot stand there."""
    path = chance.choice(list(leaves(raw)))
    here = raw
    for step in path[: chance.randint(1, len(path)) - 1]:
        here, path = here[step], path[1:]
    wrong = chance.choice(WRONG)
    if wrong is None and isinstance(here, dict):
        del here[path[0]]
    else:
        here[path[0]] = wrong or 3.5
    return raw


@pytest.mark.parametrize("seed", range(3))
def test_whatever_is_wrong_the_check_comes_to_its_end(seed):
    """A value in each file at once; nothing that cannot be read stops the check of what can."""
    chance = random.Random(seed)  # noqa: S311
    files = [path for path in sorted(ROOT.rglob("*.toml")) if path.name != "checksums.toml"]
    added = {
        path.relative_to(ROOT).as_posix(): tomli_w.dumps(
            spoilt(chance, tomllib.loads(path.read_text("utf-8")))
        ).encode()
        for path in files
    }
    assert len(check_material(ROOT, added)) > len(files) / 2
    with pytest.raises(MaterialFaults):
        load_material(ROOT, added)


def test_what_names_a_part_that_could_not_be_read_is_not_blamed():
    """The code of a trade, of a municipality and of a box, and an item that a rule looks at."""
    changes = {
        "roles.toml": ('code = "vet"', "code = vet"),
        "municipalities.toml": ('code = "2401"', 'code = "24"'),
        "safety.toml": ('code = "helper_safety"', 'code = "Helper"'),
        "instruments/bet/v1.toml": ('code = "bet_0"', 'code = "Bet0"'),
    }
    added = {file: changed((ROOT / file).read_text("utf-8"), pair).encode() for file, pair in changes.items()}
    assert [fault.file for fault in check_material(ROOT, added)] == sorted(changes)


def test_who_asks_for_what_could_not_be_read_is_stopped():
    for ask in (lambda: UNREAD == 1, lambda: UNREAD.sv, lambda: f"{UNREAD}", lambda: {UNREAD}, lambda: 1 in [UNREAD]):
        with pytest.raises(Unread):
            ask()
        assert if_read(ask, "unknown") == "unknown"
    assert read_or(UNREAD, 1) == 1
