"""Attack 33: a few people told of by an open survey, by subtracting groups from all, and one publication from another.

The attacker is stronger than a reader: whatever figure is shown, its exact counts of yes and no are known, unweighted
and unrounded. What is hidden is then searched for by sums, over every margin: sex, age and area.
"""

from collections import Counter

import pytest

from kapabla.material import default_root, load_material
from kapabla.material.survey_results import from_bytes, to_bytes, without_figures
from kapabla.release.disclosure import Thresholds
from kapabla.release.surveys.making import Answered, Shown, at_least, columns_of, make_result, shown_cells, ways_to_tell
from kapabla.release.surveys.shelf import SurveyPublished, publish_result, read_results
from kapabla.store import Store
from tests.surveys import made_up_answers, make_survey
from tests.unit.release.auditor import intervals

PUBLIC = Thresholds(10)
SURVEY = make_survey()


@pytest.fixture(scope="module")
def instrument():
    return load_material(default_root()).instruments["tu", 1]


def told_of(instrument, people, seed, safe):
    """Each indicator of a made-up survey with what is shown of it."""
    answers = [Answered(values, "web") for values in made_up_answers(instrument, people, seed, safe=safe)]
    ways = ways_to_tell(SURVEY, instrument, answers, PUBLIC)
    columns = columns_of(SURVEY, instrument, answers)
    names = [one.code for one in instrument.indicators][::3]  # common ones and rare ones
    return ways, {name: (columns[name], shown_cells(columns[name], ways, PUBLIC)) for name in names}


def printed(column, one, shown):
    """The table of an indicator by a margin as the attacker has it, and the same with nothing hidden."""
    counts = Counter(zip(one.labels, column, strict=True))
    whole = {label: (counts[label, 1.0], counts[label, 0.0]) for label in map(one.label_of, one.parts)}
    whole["Alla"] = tuple(map(sum, zip(*whole.values(), strict=True)))
    rows = []
    for label, (yes, no) in whole.items():
        is_shown = ((None, "") if label == "Alla" else (one.margin, label)) in shown.cells
        rows.append([label, yes, no, yes + no] if is_shown else [label, None, None, None])
    return rows, [[yes, no] for yes, no in whole.values()]


def exposed(told, ways):
    """Hidden counts of 1 to T - 1 people that are known to within less than T."""
    found = 0
    for column, shown in told.values():
        for one in shown.sorted:
            rows, whole = printed(column, one, shown)
            for (row, place), (least, greatest) in intervals(["", "ja", "nej", "Alla"], rows).items():
                is_small = place < 2 and 0 < whole[row][place] < PUBLIC.cell
                found += is_small and greatest - least < PUBLIC.cell - 1e-6
    return found


def without_complement(told, ways):
    """The mutant: whatever is no smaller than T is shown, and nothing is hidden for the sake of another."""
    found = {}
    for name, (column, _) in told.items():
        cells = {(None, "")}
        for one in ways[0]:
            counts = Counter(zip(one.labels, column, strict=True))
            for label in map(one.label_of, one.parts):
                if min(counts[label, 1.0], counts[label, 0.0]) >= PUBLIC.cell:
                    cells.add((one.margin, label))
        found[name] = column, Shown(ways[0], frozenset(cells))
    return found


def test_no_group_of_few_is_known_from_sex_age_and_area(instrument):
    hidden, mutant = 0, 0
    for seed, people in enumerate((45, 70, 110, 160, 240)):
        ways, told = told_of(instrument, people, seed, safe=0.75)
        assert exposed(told, ways) == 0
        hidden += sum(shown.cells != frozenset() for _, shown in told.values())
        mutant += exposed(without_complement(told, ways), ways)
    assert hidden > 10  # there was something to attack
    assert mutant > 3  # and the attack finds what is there to be found


def test_what_is_shown_has_enough_people_on_both_sides(instrument):
    for seed, people in enumerate((30, 120)):
        answers = [Answered(values, "web") for values in made_up_answers(instrument, people, seed)]
        result = make_result(SURVEY, instrument, answers, thresholds=PUBLIC)
        columns = columns_of(SURVEY, instrument, answers)
        for figure in result.figures:
            assert (figure.percent is None) == (figure.plus_minus is None)
            assert (figure.n is None) == (figure.percent is None or figure.margin is not None)
            if figure.percent is not None and figure.margin is None:
                yes, no = (columns[figure.indicator].count(value) for value in (1.0, 0.0))
                assert min(yes, no) >= PUBLIC.cell
                # Any of ten numbers of people at least may have answered, and so may any have skipped.
                could_be = [n for n in range(people + 1) if at_least(n, people, PUBLIC.cell) == figure.n]
                assert yes + no in could_be
                assert len(could_be) >= PUBLIC.cell
    few = make_result(SURVEY, instrument, answers[:19], thresholds=PUBLIC)
    assert few.method.people is None
    assert not few.has_figures


def test_nobody_who_said_other_or_nothing_is_a_rest_that_subtraction_gives(instrument):
    """Women and men are all: the few others are among them by lot, so that all less both is nobody."""
    answers = [Answered(values, "web") for values in made_up_answers(instrument, 300, 9)]
    told = Counter(answer.values.get("tu_kon") for answer in answers)
    assert 0 < told[3] < 20
    assert told[None]
    for one in ways_to_tell(SURVEY, instrument, answers, PUBLIC)[0]:
        assert len(one.labels) == len(answers)
        assert set(one.labels) == {one.label_of(part) for part in one.parts}


def differing(first, second):
    """Figures that two publications show with a few people between them: these few are told of."""
    if not 0 < abs(first.method.people - second.method.people) < PUBLIC.cell:
        return []
    pairs = [(one, second.figure(one.indicator, one.margin, one.group)) for one in first.figures]
    return [one for one, other in pairs if other and None not in (one.percent, other.percent)]


def test_a_survey_is_published_once_so_that_nothing_can_be_compared_with_it(instrument, tmp_path):
    answers = [Answered(values, "web") for values in made_up_answers(instrument, 90, 3)]
    first, later = (make_result(SURVEY, instrument, given, thresholds=PUBLIC) for given in (answers[:-1], answers))
    assert differing(first, later)  # the attack would succeed: the last answer stands between the two
    store = Store(tmp_path)
    publish_result(store, to_bytes(first), approval="a", published_on=SURVEY.closes_on)
    publish_result(store, to_bytes(first), approval="a", published_on=SURVEY.closes_on)
    with pytest.raises(SurveyPublished):
        publish_result(store, to_bytes(later), approval="b", published_on=SURVEY.closes_on)
    (kept,) = read_results(tmp_path)
    assert kept.result == first == from_bytes(to_bytes(first))


def test_a_correction_takes_away_and_never_counts_anew(instrument, tmp_path):
    answers = [Answered(values, "web") for values in made_up_answers(instrument, 90, 3)]
    first, other = (make_result(SURVEY, instrument, given, thresholds=PUBLIC) for given in (answers[:-1], answers))
    store, day = Store(tmp_path), SURVEY.closes_on
    wrong = {one.indicator for one in first.figures if one.percent is not None}.pop()
    corrected = without_figures(first, note="Fel fråga.", of={wrong})
    with pytest.raises(SurveyPublished):  # there is nothing to correct yet
        publish_result(store, to_bytes(corrected), approval="b", published_on=day)
    publish_result(store, to_bytes(first), approval="a", published_on=day)
    counted = without_figures(other, note="Fel fråga.", of={wrong})
    for attempt in (counted, other.model_copy(update={"version": 2}), corrected.model_copy(update={"version": 3})):
        with pytest.raises(SurveyPublished):
            publish_result(store, to_bytes(attempt), approval="b", published_on=day)
    publish_result(store, to_bytes(corrected), approval="b", published_on=day)
    (kept,) = read_results(tmp_path)
    assert (kept.result, [one.result for one in kept.earlier]) == (corrected, [first])
    gone = {one.indicator for one, before in zip(corrected.figures, first.figures, strict=True) if one != before}
    assert gone == {wrong}


def test_what_a_newcomer_answered_does_not_follow_from_two_years(instrument):
    """The attacker knows that all of last year answered again, and one more, and has the shares of both unweighted. Of
    people who answer as they did the year before the newcomer's answers can be read; of people who do not, they are
    guessed no better than by what most answer."""
    same, moved, by_the_share = [], [], []
    for seed in range(12):
        first = made_up_answers(instrument, 90, seed)
        newcomer = made_up_answers(instrument, 1, 900 + seed)[0]
        anew = made_up_answers(instrument, 90, 300 + seed)
        # Two of ten answer a question otherwise a year later.
        later = [
            {code: anew[place].get(code, value) if (place + at + seed) % 5 == 0 else value
             for at, (code, value) in enumerate(values.items())}
            for place, values in enumerate(first)
        ]  # fmt: skip
        before = columns_of(SURVEY, instrument, [Answered(values, "web") for values in first])
        for hits, others in ((same, first), (moved, later)):
            after = columns_of(SURVEY, instrument, [Answered(values, "web") for values in (*others, newcomer)])
            hits += guessed(before, after)
        truth = {name: column[-1] for name, column in after.items() if column[-1] is not None}
        by_the_share += [(mean(before[name]) > 0.5) == bool(value) for name, value in truth.items()]
    assert average(same) > 0.85  # the attack finds what is there to be found
    assert average(moved) < average(by_the_share)


def guessed(before, after):
    """Whether each answer of the last one follows from the sums that two published shares give."""
    found = []
    for name, column in after.items():
        if column[-1] is not None:
            added = round(100 * mean(column)) / 100 * len(known(column)) - mean(before[name]) * len(known(before[name]))
            found.append((added > 0.5) == bool(column[-1]))
    return found


def known(column):
    return [value for value in column if value is not None]


def mean(column):
    return average(known(column))


def average(values):
    return sum(values) / len(values)


def test_the_same_answers_in_another_order_are_the_same_bytes(instrument):
    """Averaging over builds gives nothing: lots and weights follow from the answers, which come in no order."""
    answers = [Answered(values, "web") for values in made_up_answers(instrument, 40, 4)]
    one, again = (make_result(SURVEY, instrument, answers, thresholds=PUBLIC) for _ in range(2))
    assert to_bytes(one) == to_bytes(again)
