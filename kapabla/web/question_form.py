"""A page's items as its template shows them: numbered, grouped, with what was just given and what was wrong with it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby

from kapabla.material.instruments import DECLINED, AnswerFault, Group, Item, QuestionnairePage
from kapabla.material.instruments.answers import DATE_PARTS, QUOTED
from kapabla.material.instruments.definition import Option
from kapabla.material.instruments.ranking import entry, moved, placed

# The name of the buttons "Flytta upp" and "Flytta ner"; their value is `item:option:upp` or `item:option:ner`.
MOVE = "flytta"
Form = Mapping[str, list[str]]
Faults = Mapping[str, AnswerFault]


@dataclass(frozen=True)
class RankRow:
    """An option of a rank item. `place` is 0 where it has none; `places` are (value in the form, number)."""

    option: Option
    place: int
    chosen: str
    places: tuple[tuple[str, int], ...]
    can_rise: bool
    was_moved: bool


@dataclass(frozen=True)
class Question:
    """`number` is None where the page has a single question. `given` is what was just posted, never what is saved."""

    item: Item
    number: int | None
    given: list[str]
    date: tuple[str, ...]
    rows: tuple[RankRow, ...]
    fault: AnswerFault | None
    may_be_quoted: bool = False

    @property
    def typed(self) -> str:
        return next((text for text in self.given if text != DECLINED), "")

    @property
    def is_declined(self) -> bool:
        return DECLINED in self.given


@dataclass(frozen=True)
class Block:
    """Items that stand together: those of one matrix or vignette, or a single one."""

    group: Group | None
    questions: tuple[Question, ...]


def blocks(
    page: QuestionnairePage, items: Iterable[Item], given: Form, faults: Faults, moved_row: str = ""
) -> list[Block]:
    shown = list(items)
    asked = [item.code for item in shown if item.is_asked]
    groups = {code: group for group in page.groups for code in group.items}
    questions = [
        Question(
            item=item,
            number=asked.index(item.code) + 1 if item.is_asked and len(asked) > 1 else None,
            given=given.get(item.code, []),
            date=tuple(given.get(f"{item.code}-{part}", [""])[0] for part in DATE_PARTS),
            rows=_rows(item, given.get(item.code, []), moved_row) if item.kind == "rank" else (),
            fault=faults.get(item.code),
            may_be_quoted=bool(given.get(f"{item.code}-{QUOTED}")),
        )
        for item in shown
    ]
    return [
        Block(group, tuple(own)) for group, own in groupby(questions, lambda question: groups.get(question.item.code))
    ]


def with_move(page: QuestionnairePage, given: Form) -> dict[str, list[str]]:
    """The form after a press of "Flytta upp" or "Flytta ner". One that names nothing on the page changes nothing."""
    code, _, rest = given[MOVE][0].partition(":")
    option, _, way = rest.partition(":")
    item = next((item for item in page.items if item.code == code and item.kind == "rank"), None)
    if item is None or option not in {str(known.value) for known in item.options}:
        return dict(given)
    return {**given, code: moved(item, given.get(code, []), int(option), up=way == "upp")}


def _rows(item: Item, given: list[str], moved_row: str) -> tuple[RankRow, ...]:
    """Those with a place come first, in their order; the others as they were written."""
    order = placed(item, given)
    options = sorted(
        item.options, key=lambda option: order.index(option.value) if option.value in order else len(order)
    )
    return tuple(
        RankRow(
            option=option,
            place=order.index(option.value) + 1 if option.value in order else 0,
            chosen=next((text for text in given if text.startswith(f"{option.value}:")), ""),
            places=tuple((entry(option.value, place), place) for place in range(1, item.places_to_give + 1)),
            can_rise=order[:1] != [option.value] and (option.value in order or len(order) < item.places_to_give),
            was_moved=moved_row.startswith(f"{item.code}:{option.value}:"),
        )
        for option in options
    )
