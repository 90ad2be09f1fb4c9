"""A wave as one participant meets it: the pages that apply to what is saved, in this person's order."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import abort

from kapabla import bridge
from kapabla.answers import saving
from kapabla.answers.earlier import earlier_answers, values_of
from kapabla.material.instruments import Questionnaire, QuestionnairePage, in_order, pages_to_show
from kapabla.material.studies.questionnaire import questionnaire
from kapabla.web.participant.session import Participant
from kapabla.web.unit_of_work import service, work


@dataclass(frozen=True)
class Asking:
    """A wave as this participant meets it: its pages with the present answers, and what is saved.

    `saved` leaves out a page of which an answer elsewhere has opened more since: it is asked again, whole and empty.
    """

    questionnaire: Questionnaire
    pages: list[QuestionnairePage]
    saved: dict[int, dict[str, Any]]
    texts: set[str] = field(default_factory=set)
    seed: int = 0

    @property
    def wave(self) -> str:
        return self.questionnaire.wave_code

    @property
    def slug(self) -> str:
        return self.questionnaire.slug

    @property
    def address(self) -> str:
        return f"/fragor/{self.slug}"

    def page(self, number: int) -> QuestionnairePage:
        found = next((page for page in self.pages if page.number == number), None)
        if found is None:
            abort(404)
        return found

    def position(self, number: int) -> int:
        return [page.number for page in self.pages].index(number) + 1

    def before(self, number: int) -> int | None:
        """The page before, as the participant meets them: an instrument may have its pages in random order."""
        order = [page.number for page in self._all_pages]
        return next((other for other in reversed(order[: order.index(number)]) if other in self._shown), None)

    def after(self, number: int) -> int | None:
        order = [page.number for page in self._all_pages]
        return next((other for other in order[order.index(number) + 1 :] if other in self._shown), None)

    @property
    def _all_pages(self) -> tuple[QuestionnairePage, ...]:
        return self.questionnaire.pages

    @property
    def _shown(self) -> set[int]:
        return {page.number for page in self.pages}

    @property
    def first_unsaved(self) -> int | None:
        return next((page.number for page in self.pages if page.number not in self.saved), None)

    @property
    def answered(self) -> int:
        """Shown items with an answer; "vill inte svara" is one, a skipped item is not."""
        given = {code for save in self.saved.values() for code in save["values"]}
        refused = {
            code
            for save in self.saved.values()
            for code, reason in save["missing"].items()
            if reason in ("declined", "no_opinion")
        }
        return sum(item.code in given | refused | self.texts for page in self.pages for item in page.items)

    @property
    def asked(self) -> int:
        return sum(item.is_asked for page in self.pages for item in page.items)


def asking_for(me: Participant, wave: str, versions: Mapping[str, int] | None = None) -> Asking:
    """`versions`: of instruments that are asked as they were, for what was answered on a telephone before a change."""
    study_key = service().keys.get("study", me.entrant.study)
    seed = bridge.order_seed(study_key, me.subject)
    written = _questionnaire(me, wave, versions)
    questionnaire = in_order(written, seed)
    saved = saving.saved_pages(work().answers, me.subject, wave)
    earlier = earlier_answers(work().answers, me.subject, me.study, written, lambda before: _questionnaire(me, before))
    pages = pages_to_show(questionnaire, values_of(saved), earlier)
    texts = saving.written_texts(work().answers, me.subject, wave) if written.has_texts else set()
    held = {page.number for page in pages if page.number in saved and _has_opened(page, saved[page.number])}
    return Asking(
        questionnaire, pages, {number: save for number, save in saved.items() if number not in held}, texts, seed
    )


def _questionnaire(me: Participant, wave: str, versions: Mapping[str, int] | None = None) -> Questionnaire:
    form_order = bridge.form_order(service().keys.get("study", me.entrant.study), me.subject)
    study = me.study
    if not versions:
        return study.questionnaire(service().material, wave, form_order)
    # Put together for this once: the material keeps what it has put together, and this study is nobody else's.
    former = study.model_copy(update={"instrument_versions": {**study.instrument_versions, **versions}})
    return questionnaire(former, service().material, wave, form_order)


def _has_opened(page: QuestionnairePage, save: dict[str, Any]) -> bool:
    """Whether an item that was hidden when the page was saved is shown by now."""
    return any(save["missing"].get(item.code) == "not_shown" for item in page.items)
