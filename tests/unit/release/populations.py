"""Random populations in two successive releases, and an attack on all that is answered about them."""

import random
from collections import Counter
from itertools import combinations, product

import numpy as np
from scipy.linalg import null_space

from kapabla.release.disclosure import Membership, Shown, Thresholds, Withheld, answerable
from tests.unit.release.auditor import lightest, widths

ROLES = {"hairdresser": 20, "postal": 14, "shopkeeper": 18, "hunter": 16, "driver": 8, "vet": 3}
NAMES = ("role", "bak_3", "bak_4")
T = Thresholds(5)


def make_releases(seed, people=None):
    """Two releases of a population: between them some have come, some gone, and some have got another value."""
    chance = random.Random(seed)  # noqa: S311
    count = people or round(20 * 250 ** chance.random())
    roles = dict(chance.sample(sorted(ROLES.items()), chance.randint(2, 6)))
    everybody = {str(n): _person(chance, roles) for n in range(count)}
    come, gone = (chance.sample(sorted(everybody), min(count // 3, chance.choice((0, 1, 3, 6, 20)))) for _ in "12")
    then = {one: own for one, own in everybody.items() if one not in come}
    now = {one: own for one, own in everybody.items() if one not in gone}
    for one in chance.sample(sorted(now), min(len(now), chance.choice((0, 0, 2)))):
        now[one] = _person(chance, roles)
    return Membership(then), Membership(now)


def make_series(seed, releases, people=None):
    """Several releases of a population: each time some come, some leave, and some of those who left come back."""
    chance = random.Random(f"series {seed}")  # noqa: S311
    roles = dict(chance.sample(sorted(ROLES.items()), chance.randint(2, 6)))
    own = {str(n): _person(chance, roles) for n in range(people or round(20 * 250 ** chance.random()))}
    here, away, found = set(own), set(), list[Membership]()
    while len(found) < releases:
        found.append(Membership({one: dict(own[one]) for one in sorted(here)}))
        back = _some(chance, away, (0, 0, 3, 6))
        gone = _some(chance, here, (0, 1, 3, 6))
        come = {str(len(own) + n): _person(chance, roles) for n in range(chance.choice((0, 1, 3, 6, 20)))}
        own |= come
        here, away = (here - gone) | back | come.keys(), (away | gone) - back
        own |= {one: _person(chance, roles) for one in _some(chance, here, (0, 0, 2))}
    return found


def _some(chance, among, sizes):
    return set(chance.sample(sorted(among), min(len(among) // 3, chance.choice(sizes))))


def answer_series(releases, thresholds=T):
    """What is answered in each release, knowing all before it, newest first."""
    known = list[Shown]()
    for members in releases:
        known.append(Shown(members, _answered(members, known[::-1], thresholds)))
    return known


def _person(chance, roles):
    return {
        "role": chance.choices(list(roles), list(roles.values()))[0],
        "bak_3": chance.choices(["12", "34", None], [50, 45, 3])[0],
        "bak_4": chance.choices(["1", "2", "3"], [60, 36, 4])[0],
    }


def answer(then, now, thresholds=T):
    """What is answered in the first release, and in the second knowing the first."""
    first = _answered(then, (), thresholds)
    return first, _answered(now, [Shown(then, first)], thresholds)


def _answered(members, former, thresholds):
    try:
        return answerable(members, NAMES, thresholds=thresholds, former=former)
    except Withheld:
        return frozenset()


def cells_of(members):
    """Every setting of at most two filters that holds anybody, with its number of people."""
    found = Counter({(): len(members.people)})
    for own in members.people.values():
        given = sorted((name, value) for name, value in own.items() if value is not None)
        found.update(setting for size in (1, 2) for setting in combinations(given, size))
    return found


def exposed(then, now, first, second, cell=T.cell):
    """Settings of few people, in either release or in what differs between them, that are known to within `cell`.

    A figure less its former self tells of those who have come and those who have gone, together (C5.5). Whoever has got
    another value is in the difference of two groups and not in that of everybody: where such a group differs by a few,
    and both releases give it exactly, that is found too.
    """
    come = {one: own for one, own in now.people.items() if one not in then.people}
    gone = {one: own for one, own in then.people.items() if one not in now.people}
    kinds = _kinds(then, now)
    both = _known_of_both(kinds, first, second)
    few = [s for s in sorted({**cells_of(then), **cells_of(now)}) if 0 < len(then.group(s) ^ now.group(s)) < cell]
    return [
        *_known_to(kinds, then, _sums(kinds, first), cell),
        *_known_to(kinds, now, _sums(kinds, second), cell),
        *_known_to(kinds, Membership(come | gone), both, cell),
        *[(setting, 0.0) for setting, row in zip(few, _sums(kinds, few), strict=True) if _is_given(both, row)],
    ]


def exposed_together(series, cell=T.cell):
    """Kinds of fewer than `cell` people that all releases together tell of: (people, how well hidden).

    A kind is those who are in the same of all groups that anything is told of. Either some sum of figures, with any
    weights, in which they weigh one has everybody weigh less than `cell` people together (0 others: it is their answer
    alone); or the counts leave less than `cell` open of how many they are.
    """
    groups = [shown.members.group(setting) for shown in series for setting in sorted(shown.settings)]
    kinds = Counter(tuple(one in group for group in groups) for one in frozenset().union(*groups))
    if not kinds:
        return []
    people = np.array([float(count) for count in kinds.values()])
    sums = np.array([*kinds], dtype=float).T
    few = [place for place, count in enumerate(people) if count < cell]
    open_ = widths(sums, sums @ people, np.eye(len(people))[few]) if few else []
    hidden = [min(lightest(sums, people, place), width) for place, width in zip(few, open_, strict=True)]
    return [(int(people[place]), how) for place, how in zip(few, hidden, strict=True) if how < cell - 1e-6]


def _is_given(sums, row):
    if not len(sums):
        return False
    weights = np.linalg.lstsq(sums.T, row, rcond=None)[0]
    return bool(np.allclose(sums.T @ weights, row, atol=1e-6))


def _kinds(*releases):
    values = {
        name: sorted({own[name] or "" for members in releases for own in members.people.values()}) for name in NAMES
    }
    return [dict(zip(NAMES, kind, strict=True)) for kind in product(*values.values())]


def _sums(kinds, settings):
    """One row a setting: which kinds it counts."""
    rows = [
        [float(all(kind[name] == value for name, value in setting)) for kind in kinds] for setting in sorted(settings)
    ]
    return np.array(rows).reshape(len(rows), len(kinds))


def _known_of_both(kinds, first, second):
    """Every sum that can be formed of the first release's answers and of the second's as well: the one less the other
    tells of those who differ. The common part of two row spaces."""
    one, other = _sums(kinds, sorted(first)), _sums(kinds, sorted(second))
    if not len(one) or not len(other):
        return np.zeros((0, len(kinds)))
    combinations_ = null_space(np.vstack([one, -other]).T)
    return combinations_[: len(one)].T @ one


def _known_to(kinds, members, sums, cell):
    """Settings of few of these people that are known to within `cell` by somebody who knows the sums."""
    counts = cells_of(members)
    targets = [setting for setting, count in sorted(counts.items()) if 0 < count < cell]
    if not len(sums) or not targets:
        return []
    place = {tuple(kind.values()): number for number, kind in enumerate(kinds)}
    people = np.zeros(len(kinds))
    for own in members.people.values():
        people[place[tuple(own[name] or "" for name in NAMES)]] += 1
    bounds = widths(sums, sums @ people, _sums(kinds, targets))
    return [(target, width) for target, width in zip(targets, bounds, strict=True) if width < cell - 1e-6]
