"""A released table of any size, as the builder would hand it over: made fast, and the same every time."""

import random

from kapabla.material.instruments import MissingReason
from kapabla.release.columns import ColumnSpec, Kind
from kapabla.release.dataset import Cell, Dataset, Row

WAVES = ("t0", "t1", "t3")
_AGREE: dict[int | str, str] = {value: f"Svarsalternativ {value}" for value in range(1, 6)}
_REASONS = (MissingReason.SKIPPED, MissingReason.DECLINED, MissingReason.NOT_REACHED)
# One cell in twenty has a reason instead of a value.
_MISSING_SHARE = 0.05


def make_table(people: int, columns: int, *, waves: tuple[str, ...] = WAVES, seed: int = 1) -> Dataset:
    """`columns` in all: id, wave, weeks, municipality and arm, then items of five options, and every tenth a score."""
    specs = _specs(columns, waves)
    rng = random.Random(seed)  # noqa: S311  (nothing secret)
    items, scores = _pool(rng, range(1, 6)), _pool(rng, [round(1 + n / 7, 15) for n in range(29)])
    rows: list[Row] = []
    for person in range(people):
        place, arm = rng.choice(("2404", "2409")), rng.choice(("direct", "waitlist"))
        for wave in waves:
            start = rng.randrange(1000)
            row: Row = {
                "record_id": f"KP{person:014d}", "wave": wave, "weeks_since_training": rng.randrange(-4, 60),
                "municipality": place, "arm": arm,
            }  # fmt: skip
            for number, spec in enumerate(specs[5:]):
                pool = scores if spec.kind is Kind.SCORE else items
                row[spec.name] = pool[(start + number * 7) % len(pool)]
            rows.append(row)
    return Dataset(specs, tuple(rows), waves)


def _specs(columns: int, waves: tuple[str, ...]) -> tuple[ColumnSpec, ...]:
    fixed = (
        ColumnSpec("record_id", Kind.ID, _label("Id")),
        ColumnSpec("wave", Kind.WAVE, _label("Mättillfälle"), categories={wave: wave for wave in waves}),
        ColumnSpec("weeks_since_training", Kind.WEEKS, _label("Veckor")),
        ColumnSpec("municipality", Kind.PLACE, _label("Kommun"), categories={"2404": "Vindeln", "2409": "Robertsfors"}),
        ColumnSpec("arm", Kind.PLACE, _label("Arm"), categories={"direct": "Genast", "waitlist": "Väntar"}),
    )
    return (*fixed, *(_item(number) for number in range(columns - len(fixed))))


def _item(number: int) -> ColumnSpec:
    if number % 10 == 9:
        return ColumnSpec(
            f"score_{number}", Kind.SCORE, _label(f"Skala {number}"), minimum=1, maximum=5, missing=_REASONS
        )
    return ColumnSpec(
        f"item_{number}", Kind.CATEGORY, _label(f"Fråga {number}"), categories=_AGREE, minimum=1, maximum=5,
        is_ordered=True, missing=_REASONS,
    )  # fmt: skip


def _pool(rng: random.Random, values: range | list[float]) -> list[Cell]:
    """Cells to pick from, since a random number for each of millions would take longer than what is measured."""
    return [rng.choice(_REASONS) if rng.random() < _MISSING_SHARE else rng.choice(values) for _ in range(1009)]


def _label(text: str) -> dict[str, str]:
    return {"sv": text, "en": text}
