"""Small and strange tables: every command answers or refuses, in strict JSON, and never fails."""

import json

import numpy as np
import pytest

from analysis.agreement import agreement
from analysis.ancova import ancova
from analysis.attrition import attrition
from analysis.bootstrap import bootstrap
from analysis.change import change
from analysis.describe import describe
from analysis.did import did
from analysis.envelope import Refused, dump, envelope, refusal
from analysis.equate import equate
from analysis.icc import icc
from analysis.independent import independent
from analysis.items import items
from analysis.mcnemar import mcnemar
from analysis.mi import mi
from analysis.mixed import mixed
from analysis.ordinal import ordinal
from analysis.paired import paired
from analysis.reliability import reliability
from analysis.responseshift import responseshift
from analysis.score import score
from analysis.steppedwedge import steppedwedge

CALLS = {
    "paired": lambda f: paired(f["x"], f["y"]),
    "independent": lambda f: independent(f, "y", "b"),
    "ancova": lambda f: ancova(f, "x", "y", "g", covariates=["v"]),
    "did": lambda f: did(f, "y", "b", "c", "k", with_cr2=True),
    "mixed": lambda f: mixed(f, "y", "b", factors=["b"], id="p", cluster="k", satterthwaite=True),
    "mixed_slope": lambda f: mixed(f, "y", "x", id="p", random_slope="x", satterthwaite=True),
    "steppedwedge": lambda f: steppedwedge(f, "y", "k", "g", "w", satterthwaite=True),
    "steppedwedge_cells": lambda f: steppedwedge(f, "y", "k", "g", "w", cluster_period=True, id="p"),
    "items": lambda f: items(f, ["w", "g", "b"], key={"g": "1", "b": "0"}),
    "attrition": lambda f: attrition(f, "w", ["x", "g"], factors=["g"], with_firth=True),
    "mi": lambda f: mi(f, "y", "x*b", factors=["b", "g"], auxiliary=["g", "v"], m=2),
    "change": lambda f: change(f, "x", "y", reliability=0.8, better="lower"),
    "responseshift": lambda f: responseshift(f, "x", "y", "v"),
    "describe": lambda f: describe(f, ["w"], minimum=0, maximum=1, suppress_below=3),
    "reliability": lambda f: reliability(f, ["w", "x", "y"]),
    "score": lambda f: score(f, ["w", "x", "y"], min_answered=2),
    "mcnemar": lambda f: mcnemar(f["w"], 1 - f["w"]),
    "bootstrap": lambda f: bootstrap(f, "d_av", pre="x", post="y", resamples=50),
    "equate": lambda f: equate({"s": np.clip(f["x"], -50, 50), "f": f["b"]}, "s", "f"),
    "ordinal": lambda f: ordinal(f, "y", "x+g", factors=["g"], cluster="k"),
    "icc": lambda f: icc(f, ["x", "y", "v"]),
    "agreement": lambda f: agreement(f, "g", "b", ["0", "1", "2"]),
}
VALUES = ([0, 1], [1, 2, 3], [0.1, 0.2, 0.3], [1e-9, 0, 1e9], [5], [1e6 + 0.1, 1e6 + 0.2, 1e6])


def table(seed):
    rng = np.random.default_rng(seed)
    n = int(rng.choice([3, 4, 6, 9, 14, 24]))

    def number():
        values = rng.choice(VALUES[rng.integers(len(VALUES))], n).astype(float)
        values[rng.random(n) < rng.choice([0, 0.1, 0.3])] = np.nan
        return values

    def level(k):
        gap = rng.choice([0, 0.1])
        return [None if rng.random() < gap else str(place) for place in rng.integers(0, k, n)]

    return {"x": number(), "y": number(), "v": number(), "w": rng.integers(0, 2, n).astype(float), "g": level(3),
            "b": level(2), "c": level(2), "k": level(rng.integers(2, 7)), "p": level(rng.integers(2, 9))}  # fmt: skip


@pytest.mark.parametrize("name", CALLS)
def test_answers_or_refuses(name):
    answered = 0
    for seed in range(8):
        found = envelope_of(name, table(seed))
        assert json.loads(dump(found)) == found
        assert found["status"] == "ok" or found["reason"]
        answered += found["status"] == "ok"
    assert answered


def envelope_of(name, frame):
    try:
        return envelope(name, CALLS[name](frame))
    except Refused as refused:
        return refusal(name, refused)
