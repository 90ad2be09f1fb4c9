"""Simulated open surveys: how often the stated margin of error holds the truth of the population, weighted and not.

A municipality where the young are fewer to answer and less often feel safe, as ours are. The floor is the nominal 95.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np

from analysis.raking import raking
from benchmarks.measuring import Row

LONG, SHORT = 2000, 200
PEOPLE = (150, 400)
AGES, SEXES = ("16-29", "30-49", "50-64", "65-"), ("k", "m")
COUNTS = np.array([[400, 480], [560, 610], [590, 640], [830, 790]])
ANSWER = np.array([[0.3, 0.2], [0.6, 0.4], [1.0, 0.8], [1.3, 1.0]])  # how willing each is, beside each other
SAFE = np.array([[0.45, 0.7], [0.6, 0.8], [0.75, 0.85], [0.8, 0.9]])
TRUTH = float(np.sum(COUNTS * SAFE) / np.sum(COUNTS))
TOTALS = {
    "age": dict(zip(AGES, map(float, COUNTS.sum(axis=1)), strict=True)),
    "sex": dict(zip(SEXES, map(float, COUNTS.sum(axis=0)), strict=True)),
}


def sample(rng: np.random.Generator, people: int) -> dict[str, Any]:
    """Those who answer, each by chance and by how willing their age and sex are."""
    chance = (COUNTS * ANSWER).ravel() / np.sum(COUNTS * ANSWER)
    cells = rng.choice(len(chance), size=people, p=chance)
    return {
        "age": [AGES[cell // 2] for cell in cells], "sex": [SEXES[cell % 2] for cell in cells],
        "y": (rng.random(people) < SAFE.ravel()[cells]).astype(float),
    }  # fmt: skip


def held(trials: int, seed: int, people: int = 400) -> tuple[float, float]:
    """The share of surveys whose estimate lies within its margin of error of the truth; the same without weights."""
    rng, weighted, plain = np.random.default_rng(seed), 0, 0
    for _ in range(trials):
        told = raking(sample(rng, people), ["y"], TOTALS).result["estimates"]["y"]
        weighted += abs(told["estimate"] - TRUTH) <= told["margin"]
        plain += abs(told["unweighted"] - TRUTH) <= told["margin"]
    return weighted / trials, plain / trials


def rows(*, long: bool) -> Iterator[Row]:
    trials = LONG if long else SHORT
    for people in PEOPLE:
        name = f"safety survey of {people}, {trials} trials"
        weighted, plain = held(trials, seed=people, people=people)
        yield Row(f"{name}: within the stated margin", 100 * weighted, "%", 95, "nominal")
        yield Row(f"{name}: the same unweighted", 100 * plain, "%", 95, "nominal")
