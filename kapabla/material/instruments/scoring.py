"""Scale scores from the answers of one person at one wave, exactly by the rule that the instrument states."""

from collections.abc import Mapping

from kapabla.material.instruments.definition import Instrument, Item, Scale
from kapabla.material.instruments.rules import Value, is_true


def score(scale: Scale, instrument: Instrument, values: Mapping[str, Value]) -> float | None:
    """The score of `scale`, or None where too few items are answered.

    Definition: `mean` is the mean of the answered items after reversing (`minimum + maximum - value`); `sum_correct`
    the number of items whose answer is the best option; `count_done` the number of items with an answer above 0.
    Unit: the scale's own, from `minimum` to `maximum`; a mean is not rounded.
    Missing data: `values` holds given answers only, so an item without one (skipped, declined, no opinion, not shown)
    is absent. Below `min_answered` answered items, or where `only_if` is not true, the score is None. No item is
    imputed in a mean; in a sum a blank counts 0 once the minimum is met, as does "Vet inte", which is an answer.
    Reference: `domain.md` 3.2 and `texts-sv.md` 7-8.
    Example: roll_1..6 (2 and 5 reversed, 1-5, at least 4) answered 4, 2, -, 5, 1, - give (4 + 4 + 5 + 5) / 4 = 4.5.
    """
    if scale.only_if is not None and not is_true(scale.only_if, values):
        return None
    answered = [(item, values[code]) for code in scale.items if code in values for item in [instrument.item(code)]]
    if len(answered) < scale.min_answered:
        return None
    if scale.score == "mean":
        return sum(_turned(item, value, scale) for item, value in answered) / len(answered)
    if scale.score == "sum_correct":
        return float(sum(value == item.correct for item, value in answered))
    return float(sum(isinstance(value, int | float) and value > 0 for _, value in answered))


def scores(instrument: Instrument, values: Mapping[str, Value]) -> dict[str, float | None]:
    """Every scale of the instrument by its code, `{"se_mean": 3.25}`; each as `score` defines it."""
    return {scale.code: score(scale, instrument, values) for scale in instrument.scales}


def pomp(value: float, minimum: float, maximum: float) -> float:
    """Percent of maximum possible: `100 * (value - minimum) / (maximum - minimum)`, 0-100, for a shared axis.

    `minimum` and `maximum` are the lowest and the highest score of the scale. A researcher gets it as a formula in the
    codebook, for it carries nothing that the score does not.
    Missing data: the caller has none; a missing score has no POMP. Reference: Cohen et al. 1999, as in `domain.md` 3.2.
    Example: 4.5 on a scale from 1 to 5 is 87.5.
    """
    return 100 * (value - minimum) / (maximum - minimum)


def _turned(item: Item, value: Value, scale: Scale) -> float:
    if not isinstance(value, int | float):
        raise TypeError(f"item {item.code} of scale {scale.code} has an answer that is no number")
    return scale.minimum + scale.maximum - value if item.reversed else value
