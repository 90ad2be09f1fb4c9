"""The analysis plan is a file, held against the study: what it names is there, and any later change shows (G7)."""

import hashlib

import pytest

from kapabla.material import frozen_document, load_material, plan_hash
from kapabla.material.studies.plan import FLAGS
from kapabla.release.design_columns import design_columns

PLAN = "studies/kapabla-2026.plan.toml"
STUDY = "studies/kapabla-2026.toml"
SECONDARY = 'code = "secondary"\nkind = "secondary"\ncorrection = "holm"'


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            'study = "kapabla-2026"',
            'study = "kapabla-2027"',
            "the file says kapabla-2027; give the file the same name.",
        ),
        ('column = "se_mean"', 'column = "se_medel"', "se_medel is not asked at t1; write a scale or an item that is."),
        ('column = "hin_mean", wave = "t3"', 'column = "hin_mean", wave = "t1"', "hin_mean is not asked at t1"),
        ('wave = "t3", before', 'wave = "t4", before', "there is no wave t4; write the code of one."),
        ('waiting = "t0b"', 'waiting = "t0c"', "there is no wave t0c"),
        ('column = "avs_mean", wave = "t1"', 'column = "se_mean", wave = "t1"', "it stands twice; remove one."),
        (SECONDARY, SECONDARY.replace("holm", "none"), "more than one outcome needs a correction; write holm."),
        (
            SECONDARY,
            SECONDARY.replace('"secondary"\ncorr', '"primary"\ncorr'),
            "there are 2 primary families; write one.",
        ),
        ('column = "se_mean"', 'column = "avs_mean"', "se_mean is the study's primary_outcome"),
        (
            'column = "contaminated"',
            'column = "smittad"',
            "there is no such column; write an item or one of arm_by_lot",
        ),
        (
            'wave = "t3", before = "t0"',
            'wave = "t0", before = "t3"',
            "outcome avs_mean at t0: t3 does not come before t0; change places.",
        ),
        (
            'waiting = "t0b"',
            'waiting = "t3"',
            "t3 is not asked of those who wait before they get the course; write the code of a wave that is.",
        ),
        ("value = 3", "value = 9", "wave_timing, value: the column never has the value 9; write one of 1, 2, 3."),
        (
            'column = "contaminated"\nvalue = 1',
            'column = "se_1"\nvalue = 6',
            "exclusion se_1, value: the column never has the value 6; write one of 1, 2, 3, 4, 5.",
        ),
        ('model = "ancova"', 'model = "lucky"', "'lucky' is not allowed; write one of"),
        ("[[hypotheses]]", "[[guesses]]", "`guesses` is not a known key"),
    ],
)
def test_a_plan_that_does_not_fit_its_study_is_told(spoil, old, new, message):
    faults = spoil(PLAN, old, new)
    assert any(fault.startswith(PLAN) and message in fault for fault in faults), faults


def test_a_plan_needs_its_study(copy):
    from kapabla.material import check_material

    text = (copy / PLAN).read_text("utf-8").replace('study = "kapabla-2026"', 'study = "annan"')
    (copy / "studies/annan.plan.toml").write_text(text, "utf-8")
    assert [str(fault) for fault in check_material(copy)] == [
        "studies/annan.plan.toml: study: there is no study annan; write the id of one."
    ]


def test_what_an_exclusion_may_look_at_is_released(material):
    assert {column.name for column in design_columns(material.studies["kapabla-2026"])} >= FLAGS.keys()
    released = {column.name: column for column in design_columns(material.studies["kapabla-2026"])}
    assert {name: frozenset(released[name].categories) for name in FLAGS} == FLAGS


def test_an_outcome_is_what_the_plan_says_and_all_else_is_exploratory(material):
    plan = material.plans["kapabla-2026"]
    asked = [("se_mean", "t1"), ("avs_mean", "t3"), ("se_mean", "t3"), ("til_mean", "t1")]
    assert [plan.role_of(*outcome) for outcome in asked] == ["primary", "secondary", "exploratory", "exploratory"]


@pytest.mark.parametrize(
    ("file", "old", "new", "changes"),
    [
        (PLAN, 'wave = "t3", before', 'wave = "t12", before', True),
        (PLAN, 'analysis = "main"', 'analysis = "sensitivity"', True),
        (STUDY, "window_after_days = 28", "window_after_days = 35", True),
        (STUDY, "block_sizes = [2, 4]", "block_sizes = [4]", True),
        ("instruments/se/v1.toml", "min_answered = 6", "min_answered = 5", True),
        (STUDY, "(exempel) 000-0000", "(exempel) 000-0001", False),
        (PLAN, "# A draft by the developers", "# A comment", False),
    ],
)
def test_the_hash_tells_a_change_of_the_plan_or_of_what_it_leans_on(copy, material, file, old, new, changes):
    path = copy / file
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
    changed = load_material(copy)
    study = "kapabla-2026"
    hashes = {plan_hash(found.studies[study], found) for found in (material, changed)}
    assert (len(hashes) == 2) is changes


def test_the_hash_is_that_of_the_document(material):
    document = frozen_document(material.studies["kapabla-2026"], material)
    assert hashlib.sha256(document).hexdigest() == plan_hash(material.studies["kapabla-2026"], material)
