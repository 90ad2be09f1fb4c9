"""What is asked: definitions, their files, the path through them, posted answers, and scores."""

from kapabla.material.instruments.answers import DECLINED, AnswerFault, PageAnswers, read_page
from kapabla.material.instruments.definition import (
    Group,
    Instrument,
    Item,
    MissingReason,
    Option,
    Page,
    Scale,
    Slider,
)
from kapabla.material.instruments.order import FIXED, ORDERS, in_order, shown_order
from kapabla.material.instruments.path import (
    Questionnaire,
    QuestionnairePage,
    answers_that_count,
    hidden_items,
    pages_to_show,
)
from kapabla.material.instruments.rules import Rule
from kapabla.material.instruments.scoring import pomp, score, scores

__all__ = [
    "DECLINED",
    "FIXED",
    "ORDERS",
    "AnswerFault",
    "Group",
    "Instrument",
    "Item",
    "MissingReason",
    "Option",
    "Page",
    "PageAnswers",
    "Questionnaire",
    "QuestionnairePage",
    "Rule",
    "Scale",
    "Slider",
    "answers_that_count",
    "hidden_items",
    "in_order",
    "pages_to_show",
    "pomp",
    "read_page",
    "score",
    "scores",
    "shown_order",
]
