"""What a person's saved pages come to at the end: answers to what was shown, and why there is none to the rest."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from kapabla.material import Material, Study
from kapabla.material.instruments import MissingReason, Questionnaire, hidden_items

_NOT_SHOWN = MissingReason.NOT_SHOWN.slug


@dataclass
class Saved:
    """One wave of one person: values and reasons by item, and the last page that was saved."""

    values: dict[str, Any] = field(default_factory=dict)
    reasons: dict[str, str] = field(default_factory=dict)
    last_page: int = 0

    def add(self, page: int, values: Mapping[str, Any], missing: Mapping[str, str]) -> None:
        """A page saved anew replaces what was said before: an answer taken back is gone, and so is its reason."""
        for code in missing:
            self.values.pop(code, None)
        for code in values:
            self.reasons.pop(code, None)
        self.values.update(values)
        self.reasons.update(missing)
        self.last_page = max(self.last_page, page)


class Waves:
    """The questionnaires of a study, put together once for all people."""

    def __init__(self, study: Study, material: Material) -> None:
        self.codes = tuple(wave.code for wave in study.waves)
        self._study, self._material = study, material
        self._known: dict[tuple[str, str], Questionnaire] = {}

    def questionnaire(self, wave: str, form_order: str) -> Questionnaire:
        key = (wave, form_order)
        if key not in self._known:
            self._known[key] = self._study.questionnaire(self._material, wave, form_order)
        return self._known[key]


def settled(saved: Mapping[str, Saved], sent: set[str], waves: Waves, form_order: str) -> dict[str, Saved]:
    """The waves without answers that a later change has hidden: they stay in the vault and are `not_shown` here.

    An item is `not_shown` once its place was passed: the wave was sent in, or its page or a later one saved. Before
    that nobody knows, and it is `not_reached`. Missing data: a reason that was saved stands, unless the item is hidden.
    Example: bet_0 = 1 and bet_2 = 3 were saved, then bet_0 = 2: bet_2 is `not_shown`, and is in no score.
    """
    found: dict[str, Saved] = {}
    for wave in (code for code in waves.codes if code in saved):
        given, asked = saved[wave], waves.questionnaire(wave, form_order)
        hidden = hidden_items(asked, given.values, {code: earlier.values for code, earlier in found.items()})
        passed = {
            item.code for page in asked.pages if wave in sent or page.number <= given.last_page for item in page.items
        }
        values = {code: value for code, value in given.values.items() if code not in hidden}
        reasons = {code: reason for code, reason in given.reasons.items() if code not in hidden}
        reasons |= dict.fromkeys(hidden & passed, _NOT_SHOWN)
        found[wave] = Saved(values, reasons, given.last_page)
    return found
