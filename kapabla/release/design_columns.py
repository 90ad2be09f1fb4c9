"""How and when somebody took part: columns that flag what the design did not intend, so that nothing need be dropped.

Rules and reasons: docs/decisions/0007. Each cell is computed from one person's rows alone; no date or second leaves.
"""

from kapabla.material import Study, Wave
from kapabla.material.instruments import MissingReason
from kapabla.release.columns import ColumnSpec, Kind
from kapabla.release.dataset import Cell
from kapabla.release.subjects import Subject

TIMINGS = {"early": 1, "on_time": 2, "late": 3}
_NO = {"sv": "Nej", "en": "No"}
_YES = {"sv": "Ja", "en": "Yes"}


def design_columns(study: Study) -> tuple[ColumnSpec, ...]:
    before = tuple(wave.code for wave in study.waves if wave.is_before_course)
    return (
        ColumnSpec(
            "wave_timing", Kind.CATEGORY,
            {"sv": "När det besvarades, mot tillfällets fönster", "en": "When it was answered, by the wave's window"},
            categories={1: "Tidigt", 2: "I tid", 3: "Sent"}, categories_en={1: "Early", 2: "On time", 3: "Late"},
            minimum=1, maximum=3, is_ordered=True, missing=(MissingReason.NOT_REACHED,),
        ),
        _flag(
            "contaminated", "Svar före, sparat efter att utbildningen hade börjat",
            "Answer before, saved after the course had begun", waves=before,
        ),
        _flag(
            "gate_overridden", "Fick börja utbildningen utan startfrågor",
            "Was let into the course without the start questions", is_per_person=True,
        ),
    )  # fmt: skip


def _flag(name: str, sv: str, en: str, *, waves: tuple[str, ...] = (), is_per_person: bool = False) -> ColumnSpec:
    return ColumnSpec(
        name, Kind.FLAG, {"sv": sv, "en": en}, categories={0: _NO["sv"], 1: _YES["sv"]},
        categories_en={0: _NO["en"], 1: _YES["en"]}, minimum=0, maximum=1, waves=waves,
        missing=() if is_per_person else (MissingReason.NOT_REACHED, MissingReason.NOT_SHOWN),
        is_per_person=is_per_person,
    )  # fmt: skip


def design_cells(study: Study, person: Subject, code: str) -> dict[str, Cell]:
    """The cells of one row, by column."""
    wave = study.wave(code)
    return {
        "wave_timing": _timing(study, person, wave),
        "contaminated": _contaminated(person, wave),
        "gate_overridden": int(person.placement.gate_overridden),
    }


def _timing(study: Study, person: Subject, wave: Wave) -> Cell:
    """1 early, 2 on time, 3 late. Missing (`not_reached`) where the day that the window counts from is not known.

    A wave without a window is in time until the course begins. Example: a window of 14 days from a course completed on
    2 March; sent in on 17 March is late. Not sent in: the day of the last saved page counts.
    """
    on = person.answered_on(wave.code)
    if wave.is_before_course and wave.window_after_days is None:
        return TIMINGS["late" if _contaminated(person, wave) else "on_time"]
    anchor_on = person.sent.get(study.waves[0].code) if wave.is_before_course else person.completed_on
    if anchor_on is None or on is None:
        return MissingReason.NOT_REACHED
    return TIMINGS[wave.timing(anchor_on, on)]


def _contaminated(person: Subject, wave: Wave) -> Cell:
    """1 where a page that holds was saved when something of the course had been read (E5), at waves before the course.

    So are those who first said no to the research and said yes when the course had begun.
    """
    if not wave.is_before_course:
        return MissingReason.NOT_SHOWN
    return int(any(save.course_had_begun for save in person.saves[wave.code].values()))
