"""What is asked: definitions, their files, the path through them, posted answers, and scores."""

from kapabla.material.instruments.answers import DECLINED, AnswerFault, PageAnswers, read_page
from kapabla.material.instruments.definition import (
    Instrument,
    Item,
    MissingReason,
    Option,
    Page,
    Scale,
)
from kapabla.material.instruments.path import Questionnaire, QuestionnairePage, hidden_items, pages_to_show
from kapabla.material.instruments.rules import Rule
from kapabla.material.instruments.scoring import pomp, score, scores

__all__ = [
    "DECLINED",
    "AnswerFault",
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
    "hidden_items",
    "pages_to_show",
    "pomp",
    "read_page",
    "score",
    "scores",
]
