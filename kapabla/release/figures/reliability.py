"""How well the items of each scale hang together in this group (G4)."""

from typing import Any

from kapabla.material import Material, Study
from kapabla.material.instruments import Instrument, Scale
from kapabla.release.dataset import Dataset
from kapabla.release.disclosure import Thresholds, Withheld, estimate
from kapabla.release.figures.change import point_of
from kapabla.release.figures.numerals import decimal, interval, number_in
from kapabla.release.figures.reading import having, number_of, scale_of, scales_at
from kapabla.release.figures.shown import Rows
from kapabla.release.figures.telling import Figure, Told, command, figure

_GOOD = 0.7  # above it a scale is commonly called reliable enough to compare groups
_HEADERS = {"Skala": "Scale", "Personer": "People", "Alfa": "Alpha", "95 % KI": "95% CI", "Omega": "Omega"}


def hanging_together(dataset: Dataset, study: Study, material: Material, shown: Rows) -> Figure:
    rows, of, commands = list[list[Any]](), list[str](), list[str]()
    for column in scales_at(dataset, "t0", "t1"):
        instrument, scale = scale_of(material, study, column)
        if scale.score != "mean":
            continue
        for wave in ("t0", "t1"):
            short = study.wave(wave).short_label
            label = shown.say(
                f"{column.labels['sv']}, {short.sv.lower()}", f"{column.labels['en']}, {short.get('en').lower()}"
            )

            def make(
                label: str = label, wave: str = wave, instrument: Instrument = instrument, scale: Scale = scale
            ) -> list[list[Any]]:
                return [[label, *_alpha(dataset, instrument, scale, wave, shown.thresholds)]]

            members = having((wave, code) for code in scale.items)
            made, release, _ = shown.rows("tillforlitlighet", (label,), members, make, 4)
            rows += made
            commands.append(_command(instrument, scale, wave))
            of += [release] * len(made)
    told = [row for row in rows if row[1] is not None]
    if not told:
        raise Withheld(reason="nothing_to_show")
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
        rows=rows,
        of=of,
        code="\n".join(commands),
        plot={"kind": "forest", "rows": [point_of(row) for row in rows], "is_change": False},
    )


def _command(instrument: Instrument, scale: Scale, wave: str) -> str:
    return command(
        "reliability",
        items=",".join(f"{code}_{wave}" for code in scale.items),
        reverse=",".join(f"{code}_{wave}" for code in scale.items if instrument.item(code).reversed),
        min=str(scale.minimum), max=str(scale.maximum),
    )  # fmt: skip


def _alpha(dataset: Dataset, instrument: Instrument, scale: Scale, wave: str, thresholds: Thresholds) -> list[Any]:
    import numpy as np

    from analysis.envelope import Refused
    from analysis.reliability import reliability

    items = {
        code: np.array([number_of(row[code]) for row in dataset.rows if row["wave"] == wave]) for code in scale.items
    }
    reverse = [code for code in scale.items if instrument.item(code).reversed]
    try:
        found = reliability(items, reverse=reverse, minimum=scale.minimum, maximum=scale.maximum).result
    except Refused as refused:
        raise Withheld(reason="not_estimable") from refused
    alpha = estimate(
        {"n": found["n_complete"], "value": found["alpha"], "interval": found["alpha_ci"]}, method="cronbach_alpha",
        thresholds=thresholds,
    )  # fmt: skip
    omega = decimal(found["omega_total"]) if alpha.interval else None
    return [alpha.n, decimal(alpha.value), interval(alpha.as_json), omega]
