"""Groups are counted by kinds of rows. The same, counted person by person at every question, gives the same release."""

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kapabla.release.disclosure import Person, QuasiIdentifier, enforce_k, groups, k_anonymity
from kapabla.release.disclosure.groups import Groups
from kapabla.release.quasi_identifiers import quasi_identifier

NAMES = ("role", "bak_3", "bak_4", "municipality", "cohort")
CHOICES = {
    "role": ("hairdresser", "postal", "vet"), "bak_3": ("1", "2", "3", "4"), "bak_4": ("1", "2", "declined"),
    "municipality": ("2404", "2409"), "cohort": ("C1", "C2"),
}  # fmt: skip
PATTERNS = (frozenset({"t0"}), frozenset({"t0", "t1"}), frozenset())


class Straightforward(Groups):
    """The definition and nothing else: of the group is who has all the values that are not blank in the row."""

    def __init__(self, rows, people):
        super().__init__(rows, people)
        self.pairs = list(zip(rows, people, strict=True))

    def _alike(self, row):
        return [
            person
            for other, person in self.pairs
            if all(own is None or own == value for own, value in zip(row, other, strict=True))
        ]

    def size(self, row):
        return len(self._alike(row))

    def size_with(self, row, pattern):
        return sum(person.pattern == pattern for person in self._alike(row))

    def answers(self, row):
        given = {}
        for person in self._alike(row):
            for item, answer in person.sensitive.items():
                given.setdefault(item, Counter())[answer] += 1
        return given

    def distinct_answers(self, row, k):
        counts = [given for given in self.answers(row).values() if given.total() >= min(k, self.size(row) // 2 + 1)]
        return min(map(len, counts), default=None)


@st.composite
def tables(draw):
    """Many alike, few not, some blanks: where k decides something."""
    kinds = draw(st.lists(
        st.builds(
            Person,
            st.fixed_dictionaries({name: st.sampled_from((*values, None)) for name, values in CHOICES.items()}),
            st.sampled_from(PATTERNS),
            st.dictionaries(st.sampled_from(("hin_8@t0", "hin_8@t1")), st.integers(1, 4)),
        ),
        min_size=1, max_size=14,
    ))  # fmt: skip
    return [kinds[place] for place in draw(st.lists(st.integers(0, len(kinds) - 1), max_size=80))]


def columns(whole):
    """As in a release, or with every column to be blanked value by value."""
    return [quasi_identifier(name, 5) if whole else QuasiIdentifier(name) for name in NAMES]


@settings(derandomize=True, deadline=None, max_examples=80)
@given(people=tables(), whole=st.booleans())
def test_a_release_is_the_same_as_the_straightforward_one(people, whole):
    quick = enforce_k(people, columns(whole), k=5)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(k_anonymity, "Groups", Straightforward)
        patch.setattr(groups, "Groups", Straightforward)
        slow = enforce_k(people, columns(whole), k=5)
    assert quick == slow


@settings(derandomize=True, deadline=None, max_examples=60)
@given(people=tables(), data=st.data())
def test_every_question_has_the_straightforward_answer(people, data):
    rows = [tuple(person.values[name] for name in NAMES) for person in people]
    quick, slow = Groups(rows, people), Straightforward(rows, people)
    asked = st.tuples(*(st.sampled_from((*CHOICES[name], None)) for name in NAMES))
    for row in [*rows[:10], *data.draw(st.lists(asked, max_size=5))]:
        assert quick.size(row) == slow.size(row)
        assert quick.answers(row) == slow.answers(row)
        assert quick.distinct_answers(row, 5) == slow.distinct_answers(row, 5)
        assert [quick.size_with(row, p) for p in PATTERNS] == [slow.size_with(row, p) for p in PATTERNS]
