"""How many could be told apart by somebody who knows some of their answers: not to be prevented, so told (C7.11)."""

import random
from collections import Counter
from itertools import combinations, islice

from kapabla.material.instruments import MissingReason
from kapabla.release.columns import Kind
from kapabla.release.dataset import Dataset

# So many sets of three questions are looked at, the same ones for the same columns.
SETS, KNOWN = 50, 3


def unique_on_answers(dataset: Dataset) -> dict[str, object]:
    """Share of people who are alone with their quasi-identifiers and three of their answers at the first wave.

    The mean over sets of three questions, among those who answered all three; None where there are too few questions.
    Example: of four who all are women and gave 1-1-1, 1-1-1, 2-1-1 and 3-1-1, half are alone. Unit: 0 to 1.
    """
    columns = [c for c in dataset.columns if c.disclosure != "withheld"]
    known = [c.name for c in columns if c.is_quasi_identifier]
    questions = [c.name for c in columns if c.is_ordered and c.kind is Kind.CATEGORY and _is_asked(c.waves, dataset)]
    rows = [row for row in dataset.rows if row["wave"] == dataset.waves[0]]
    shares = []
    for three in _sets(questions):
        answered = [row for row in rows if not any(isinstance(row[name], MissingReason) for name in three)]
        kinds = Counter(tuple(str(row[name]) for name in (*known, *three)) for row in answered)
        if answered:
            shares.append(sum(count == 1 for count in kinds.values()) / len(answered))
    return {
        "known_answers": KNOWN,
        "sets": len(shares),
        "share": round(sum(shares) / len(shares), 3) if shares else None,
    }


def _is_asked(waves: tuple[str, ...], dataset: Dataset) -> bool:
    return not waves or dataset.waves[0] in waves


def _sets(questions: list[str]) -> list[tuple[str, ...]]:
    chance = random.Random("three answers")  # noqa: S311  (reproducible, and protects nothing)
    if len(questions) <= KNOWN + 2:
        return list(islice(combinations(questions, KNOWN), SETS))
    return [tuple(sorted(chance.sample(questions, KNOWN))) for _ in range(SETS)]
