"""An upload page by page, drawn by the same templates and functions as for a participant. Nothing is saved, and nobody
is behind it: answers of the page before are not known, so that every question is shown, whatever its condition."""

from dataclasses import dataclass

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from kapabla.errors import NotFound
from kapabla.ids import new_id
from kapabla.material import Course, Instrument, Material
from kapabla.material.instruments import Questionnaire, QuestionnairePage, read_page
from kapabla.material.studies.questionnaire import minutes, numbered, pages_of
from kapabla.material.texts import Language
from kapabla.office import uploads
from kapabla.web import language, module_page, question_form
from kapabla.web.admin.blueprint import blueprint
from kapabla.web.admin.reviewing import Review, review_of
from kapabla.web.auth import needs
from kapabla.web.module_page import Reading
from kapabla.web.unit_of_work import work


@dataclass(frozen=True)
class Preview:
    """An upload as somebody of this trade meets it in this language. The links of its pages begin with `address`."""

    review: Review
    material: Material
    language: Language
    role: str

    @property
    def address(self) -> str:
        return url_for("admin.preview", upload_id=self.review.upload.id, tongue=self.language, trade=self.role)

    @property
    def back(self) -> str:
        return url_for("admin.uploaded_material", upload_id=self.review.upload.id)

    @property
    def name_of_language(self) -> str:
        return language.NAMES[self.language]


@dataclass(frozen=True)
class AskingPreview:
    """What the templates of questions read of a participant's asking."""

    questionnaire: Questionnaire
    address: str

    @property
    def pages(self) -> tuple[QuestionnairePage, ...]:
        return self.questionnaire.pages

    def position(self, number: int) -> int:
        return number


def _preview(upload_id: str, tongue: str, trade: str) -> Preview:
    """A language that the upload is not whole in, or a trade that there is not, has no page."""
    review = review_of(uploads.get(work().office, upload_id))
    if review.material is None or tongue not in review.languages:
        raise NotFound("no_such_preview")
    if trade not in {role.code for role in review.material.roles}:
        raise NotFound("no_such_preview")
    wanted = next(known for known in review.languages if known == tongue)
    language.preview(wanted)
    return Preview(review, review.material, wanted, trade)


@blueprint.get("/admin/utbildning/<upload_id>/granska/<tongue>/<trade>")
@needs("see_material")
def preview(upload_id: str, tongue: str, trade: str) -> ResponseReturnValue:
    """Where the pages' own way back leads: to the review."""
    return redirect(_preview(upload_id, tongue, trade).back, 303)


# --- Questionnaires ---


@blueprint.get("/admin/utbildning/<upload_id>/granska/<tongue>/<trade>/<int:number>")
@needs("see_material")
def preview_questions(upload_id: str, tongue: str, trade: str, number: int) -> ResponseReturnValue:
    seen = _preview(upload_id, tongue, trade)
    if number == 0:
        return redirect(seen.back, 303)
    asking, page = _asked(seen, number)
    if "content_note_questions" in page.boxes and "visa" not in request.args:
        return render_template(
            "participant/questions_note.html", asking=asking, page=page, preview=seen, key=new_id(), made=""
        )
    return _question_page(seen, asking, page)


@blueprint.post("/admin/utbildning/<upload_id>/granska/<tongue>/<trade>/<int:number>")
@needs("see_material")
def answer_preview(upload_id: str, tongue: str, trade: str, number: int) -> ResponseReturnValue:
    """What a participant would be told of an answer; then the next page. Nothing is kept."""
    seen = _preview(upload_id, tongue, trade)
    asking, page = _asked(seen, number)
    given = request.form.to_dict(flat=False)
    if question_form.MOVE in given:
        moved = given[question_form.MOVE][0]
        return _question_page(seen, asking, page, given=question_form.with_move(page, given), moved=moved)
    read = read_page(page, given)
    if read.faults:
        faults = {fault.item: fault for fault in read.faults}
        return _question_page(seen, asking, page, given=given, faults=faults), 400
    if read.skipped and not {"anda", "paus"} & set(given):
        return _question_page(seen, asking, page, given=given, skipped=read.skipped)
    if "paus" in given or number == len(asking.pages):
        return redirect(seen.back, 303)
    return redirect(f"{seen.address}/{number + 1}", 303)


def _asked(seen: Preview, number: int) -> tuple[AskingPreview, QuestionnairePage]:
    instrument = seen.review.uploaded
    if not isinstance(instrument, Instrument):
        raise NotFound("no_such_preview")
    asking = AskingPreview(_questionnaire(instrument, seen.material), seen.address)
    page = asking.questionnaire.page(number)
    return (asking, page) if page else abort(404)


def _questionnaire(instrument: Instrument, material: Material) -> Questionnaire:
    """The instrument alone, with what the study that asks it would add to its options: that study, or the first."""
    studies = sorted(material.studies.values(), key=lambda study: instrument.id not in study.instrument_versions)
    pages = list(pages_of(instrument, studies[0], material, ""))
    return Questionnaire(
        study_id="", wave_code="", slug="", label=instrument.title, form_order="", instruments=(instrument,),
        pages=numbered(pages),
        minutes=minutes((item for page in pages for item in page.items), studies[0].estimates),
    )  # fmt: skip


def _question_page(
    seen: Preview, asking: AskingPreview, page: QuestionnairePage, *, given: question_form.Form | None = None,
    faults: question_form.Faults | None = None, skipped: list[str] | None = None, moved: str = "",
) -> str:  # fmt: skip
    blocks = question_form.blocks(page, page.items, given or {}, faults or {}, moved)
    return render_template(
        "participant/questions_page.html", asking=asking, page=page, blocks=blocks, preview=seen,
        questions=[question for block in blocks for question in block.questions], skipped=skipped or [],
        key=new_id(), made="", place="", role=language.written(seen.material.role(seen.role).in_sentence),
        before=page.number - 1 or None, heading=page.heading or asking.questionnaire.instruments[0].title,
    )  # fmt: skip


# --- Courses ---


@blueprint.get("/admin/utbildning/<upload_id>/granska/<tongue>/<trade>/<int:module>/<int:number>")
@needs("see_material")
def preview_step(upload_id: str, tongue: str, trade: str, module: int, number: int) -> ResponseReturnValue:
    seen = _preview(upload_id, tongue, trade)
    reading = _read(seen, module, number)
    return _step_page(seen, reading, module_page.opened(reading.step))


@blueprint.post("/admin/utbildning/<upload_id>/granska/<tongue>/<trade>/<int:module>/<int:number>")
@needs("see_material")
def press_in_preview(upload_id: str, tongue: str, trade: str, module: int, number: int) -> ResponseReturnValue:
    seen = _preview(upload_id, tongue, trade)
    reading, doing = _read(seen, module, number), request.form.get("gor", "klar")
    view = module_page.pressed(reading.step, doing, request.form)
    if view is not None:
        return _step_page(seen, reading, view), 400 if view.error else 200
    return redirect(reading.past_the_stories if doing == "hoppa" else reading.following, 303)


@blueprint.get("/admin/utbildning/<upload_id>/granska/<tongue>/<trade>/<int:module>/klar")
@needs("see_material")
def preview_module_done(upload_id: str, tongue: str, trade: str, module: int) -> ResponseReturnValue:
    seen = _preview(upload_id, tongue, trade)
    found = _course(seen).module(module) or abort(404)
    return render_template(
        "participant/module_done.html", module=found, over=True, following=_course(seen).module(module + 1),
        unfinished=1, address=seen.address, onward=seen.back, preview=seen,
    )  # fmt: skip


def _course(seen: Preview) -> Course:
    if not isinstance(seen.review.uploaded, Course):
        raise NotFound("no_such_preview")
    return seen.review.uploaded


def _read(seen: Preview, module: int, number: int) -> Reading:
    return module_page.find_reading(_course(seen), module, number, seen.role, address=seen.address) or abort(404)


def _step_page(seen: Preview, reading: Reading, view: module_page.StepView) -> str:
    return render_template(
        "participant/module_step.html", reading=reading, module=reading.module, step=reading.step, key=new_id(),
        before=reading.number - 1 or None, preview=seen, **view.context,
    )  # fmt: skip
