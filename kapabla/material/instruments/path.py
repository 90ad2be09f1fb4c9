"""Which pages and items apply, recomputed from the answers each time and stored nowhere, so that nothing goes stale."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from kapabla.material.instruments.definition import Box, Group, Instrument, Item, Page
from kapabla.material.instruments.rules import Answers, Value, is_true, items_of
from kapabla.material.texts import Text


@dataclass(frozen=True)
class QuestionnairePage:
    """A page of an instrument in its place: `number` of `total`, with the items that may be shown on it."""

    number: int
    total: int
    instrument_id: str
    instrument_version: int
    page: Page
    items: tuple[Item, ...]
    not_shown: tuple[str, ...] = ()  # items that their rule hides with the present answers
    groups: tuple[Group, ...] = ()  # of the instrument: those with an item here are shown here

    @property
    def heading(self) -> Text | None:
        return self.page.heading

    @property
    def intro(self) -> Text | None:
        return self.page.intro

    @property
    def stem(self) -> Text | None:
        return self.page.stem

    @property
    def boxes(self) -> tuple[Box, ...]:
        """Those of the page; where something is answered in words the notice that this is no report is always there."""
        is_in_words = any(item.is_text for item in self.items) and "not_a_report" not in self.page.boxes
        return ("not_a_report", *self.page.boxes) if is_in_words else self.page.boxes

    @property
    def no_right_or_wrong(self) -> bool:
        return self.page.no_right_or_wrong


@dataclass(frozen=True)
class Questionnaire:
    """All that one wave asks of one person. Texts and options are those of the instrument versions named here."""

    study_id: str
    wave_code: str
    slug: str
    label: Text
    form_order: str
    instruments: tuple[Instrument, ...]
    pages: tuple[QuestionnairePage, ...]
    minutes: int

    @cached_property
    def items(self) -> tuple[Item, ...]:
        return tuple(item for page in self.pages for item in page.items)

    @property
    def instrument_versions(self) -> dict[str, int]:
        return {instrument.id: instrument.version for instrument in self.instruments}

    @property
    def form_names(self) -> tuple[str, ...]:
        """REDCap forms of this wave, in order: a form is an instrument, mapped to every event that has it."""
        return tuple(instrument.form_name for instrument in self.instruments)

    @cached_property
    def has_texts(self) -> bool:
        return any(item.is_text for item in self.items)

    @cached_property
    def waves_looked_at(self) -> frozenset[str]:
        """Earlier waves whose answers decide what is shown in this one."""
        rules = (item.show_if for item in self.items if item.show_if is not None)
        return frozenset(wave for rule in rules for wave, _ in items_of(rule) if wave is not None)

    def instrument(self, instrument_id: str) -> Instrument:
        return next(instrument for instrument in self.instruments if instrument.id == instrument_id)

    def page(self, number: int) -> QuestionnairePage | None:
        return next((page for page in self.pages if page.number == number), None)

    def item(self, code: str) -> Item:
        return next(item for item in self.items if item.code == code)


def pages_to_show(
    questionnaire: Questionnaire, answers: Answers, earlier: Mapping[str, Answers] | None = None
) -> list[QuestionnairePage]:
    """The pages that have something to show, each with its shown items and the codes of the hidden ones.

    A page keeps its number, which stands in its address. `answers` are given answers only; an answer to an item that
    is hidden does not count, so hiding a gate hides all behind it. `earlier` holds other waves' answers by wave code.
    A gate can stand on the page that it opens: after a save, the page is shown again if it has got more items.
    """
    counted = dict(answers)
    shown = [_with_shown_items(page, counted, earlier) for page in questionnaire.pages]
    return [page for page in shown if page.items]


def _with_shown_items(
    page: QuestionnairePage, counted: dict[str, Value], earlier: Mapping[str, Answers] | None
) -> QuestionnairePage:
    shown: list[Item] = []
    hidden: list[str] = []
    for item in page.items:
        if item.show_if is None or is_true(item.show_if, counted, earlier):
            shown.append(item)
        else:
            hidden.append(item.code)
            counted.pop(item.code, None)
    return replace(page, items=tuple(shown), not_shown=tuple(hidden)) if hidden else page


def hidden_items(
    questionnaire: Questionnaire, answers: Answers, earlier: Mapping[str, Answers] | None = None
) -> set[str]:
    """Codes of the items that are `not_shown` with these answers."""
    shown = {item.code for page in pages_to_show(questionnaire, answers, earlier) for item in page.items}
    return {item.code for item in questionnaire.items} - shown


def answers_that_count(
    questionnaire: Questionnaire, answers: Answers, earlier: Mapping[str, Answers] | None = None
) -> dict[str, Value]:
    """The answers without those to items that are hidden by now: these are kept where they were saved, and no further.

    Example: bet_0 = 1 with bet_2 = 3 counts both; once bet_0 = 2 is saved, bet_2 counts no more.
    """
    hidden = hidden_items(questionnaire, answers, earlier)
    return {code: value for code, value in answers.items() if code not in hidden}
