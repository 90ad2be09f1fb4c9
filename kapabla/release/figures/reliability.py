"""How well the items of each scale hang together in this group (G4)."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from kapabla.material import Study
from kapabla.release.dataset import Dataset
from kapabla.release.disclosure import Estimate, estimate
from kapabla.release.figures.change import AFTER, BEFORE, point_of
from kapabla.release.figures.numerals import decimal, interval, number_in
from kapabla.release.figures.reading import having, scales_at
from kapabla.release.figures.shown import Rows, Table
from kapabla.release.figures.telling import Figure, Told, again, figure

_WAVES = (BEFORE, AFTER)
_GOOD = 0.7  # above it a scale is commonly called reliable enough to compare groups
_HEADERS = {"Skala": "Scale", "Personer": "People", "Alfa": "Alpha", "95 % KI": "95% CI", "Omega": "Omega"}


def hanging_together(dataset: Dataset, study: Study, shown: Rows) -> Figure:
    table, names = Table(shown, "tillforlitlighet", _cells, blanks=4), list[str]()
    for column in scales_at(dataset, *_WAVES):
        if column.scoring is None or column.scoring.rule != "mean":
            continue
        for wave in _WAVES:
            short = study.wave(wave).short_label
            label = shown.say(
                f"{column.labels['sv']}, {short.sv.lower()}", f"{column.labels['en']}, {short.get('en').lower()}"
            )
            names.append(f"reliability.{column.name}.{wave}.alpha")
            members = having((wave, code) for code in column.scoring.items)
            table.add((label,), members, partial(_alpha, shown, names[-1]))
    table.check_tells_something()
    rows = table.rows
    told = [row for row in rows if row[1] is not None]
    good = sum(number_in(row[2]) >= _GOOD for row in told)
    return figure(
        "tillforlitlighet",
        title=Told(
            f"{good} av {len(told)} mätningar har alfa 0,70 eller högre",
            f"{good} of {len(told)} measurements have an alpha of 0.70 or higher",
        ),
        subtitle=Told("Reliabilitet i den här gruppen", "Reliability in this group"),
        sentence=Told(
            "Alfa och omega nära 1 betyder att frågorna mäter samma sak. Under 30 personer är talen osäkra.",
            "Alpha and omega near 1 mean that the items measure the same. Under 30 people the numbers are uncertain.",
        ),
        method=Told(
            "analysis.reliability: Cronbachs alfa med Feldts intervall; McDonalds omega total, en faktor, ML.",
            "analysis.reliability: Cronbach's alpha with Feldt's interval; McDonald's omega total, one factor, ML.",
        ),
        headers=_HEADERS,
        code=again(*(name.removesuffix("alpha") + kind for name in names for kind in ("alpha", "omega"))),
        plot={"kind": "forest", "rows": [point_of(row) for row in rows], "is_change": False},
        **table.parts,
    )


def _alpha(shown: Rows, name: str) -> Estimate:
    """Omega is told beside it, with as many people as its interval."""
    found = shown.evaluation.result(name)
    return estimate(
        {
            "n": found["n_complete"], "value": found["alpha"], "interval": found["alpha_ci"],
            "effect": found["omega_total"],
        },
        method="cronbach_alpha", thresholds=shown.thresholds,
    )  # fmt: skip


def _cells(found: Mapping[str, Any]) -> list[Any]:
    return [found["n"], decimal(found["value"]), interval(found), decimal(found["effect"])]
