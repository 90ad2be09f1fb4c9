"""How and when somebody took part: columns that flag what the design did not intend, so that nothing need be dropped.

Rules and reasons: docs/decisions/0007. Each cell is computed from one person's rows alone; no date or second leaves.
"""

from collections.abc import Mapping

from kapabla.material import Course, Material, Period, Study, Wave
from kapabla.material.instruments import MissingReason
from kapabla.release.coarse_time import is_fast_page, weeks_band, whole_weeks
from kapabla.release.columns import ColumnSpec, Kind
from kapabla.release.dataset import Cell
from kapabla.release.subjects import Subject

# A meeting's own computer is the web.
MODES, SEVERAL = {"web": 1, "kiosk": 1, "paper": 2, "phone": 3}, 4
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
        *_wedge_columns(study),
        _flag("arm_by_lot", "Studiearmen gavs av lotten", "The study arm was given by lot", is_per_person=True),
        _flag(
            "fast_page", "Någon sida besvarad fortare än den kan läsas", "Some page answered faster than it can be read"
        ),
        ColumnSpec(
            "course_version", Kind.NUMBER, {"sv": "Utbildningens version", "en": "Version of the course"}, minimum=1,
            missing=(MissingReason.NOT_REACHED,), is_per_person=True,
        ),
        ColumnSpec(
            "share_of_modules", Kind.NUMBER,
            {
                "sv": "Andel av utbildningens delar som är klara, i hela tredjedelar",
                "en": "Share of the course's modules that are over, in whole thirds",
            },
            minimum=0, maximum=1, decimals=2, is_per_person=True,
        ),
        ColumnSpec(
            "attempts", Kind.NUMBER,
            {
                "sv": "Försök i övningar och berättelser, medeltal per besvarad fråga",
                "en": "Tries in exercises and stories, mean per question answered",
            },
            minimum=1, decimals=1, missing=(MissingReason.NOT_REACHED,), is_per_person=True,
        ),
        ColumnSpec(
            "weeks_to_complete", Kind.CATEGORY,
            {"sv": "Tid från första till sista steget i utbildningen", "en": "Time from the first step to the last"},
            categories={1: "Under en vecka", 2: "1–3 veckor", 3: "4–8 veckor", 4: "Mer än 8 veckor"},
            categories_en={1: "Under a week", 2: "1–3 weeks", 3: "4–8 weeks", 4: "More than 8 weeks"},
            minimum=1, maximum=4, is_ordered=True, missing=(MissingReason.NOT_REACHED,), is_per_person=True,
        ),
        ColumnSpec(
            "mode", Kind.CATEGORY, {"sv": "Hur svaren lämnades", "en": "How the answers were given"},
            categories={1: "På webben", 2: "På papper", 3: "Per telefon", 4: "På flera sätt"},
            categories_en={1: "Online", 2: "On paper", 3: "By telephone", 4: "In several ways"},
            minimum=1, maximum=4,
        ),
    )  # fmt: skip


def _wedge_columns(study: Study) -> tuple[ColumnSpec, ...]:
    """As `python -m analysis steppedwedge --cluster cohort --period period --treatment treatment` reads them (E8)."""
    if not study.periods:
        return ()
    numbers = [period.number for period in study.periods]
    return (
        ColumnSpec(
            "period", Kind.CATEGORY, {"sv": "Period då det besvarades", "en": "Period in which it was answered"},
            categories={number: f"Period {number}" for number in numbers},
            categories_en={number: f"Period {number}" for number in numbers},
            minimum=min(numbers), maximum=max(numbers), is_ordered=True,
            missing=(MissingReason.NOT_REACHED,),
        ),
        _flag("treatment", "Omgången hade utbildningen i perioden", "The cohort had the course in the period"),
    )  # fmt: skip


def _flag(name: str, sv: str, en: str, *, waves: tuple[str, ...] = (), is_per_person: bool = False) -> ColumnSpec:
    return ColumnSpec(
        name, Kind.FLAG, {"sv": sv, "en": en}, categories={0: _NO["sv"], 1: _YES["sv"]},
        categories_en={0: _NO["en"], 1: _YES["en"]}, minimum=0, maximum=1, waves=waves,
        missing=() if is_per_person else (MissingReason.NOT_REACHED, MissingReason.NOT_SHOWN),
        is_per_person=is_per_person,
    )  # fmt: skip


def design_cells(study: Study, material: Material, person: Subject, code: str) -> dict[str, Cell]:
    """The cells of one row, by column."""
    wave = study.wave(code)
    return {
        "wave_timing": _timing(study, person, wave),
        "contaminated": _contaminated(person, wave),
        "gate_overridden": int(person.placement.gate_overridden),
        "arm_by_lot": int(person.placement.arm_by_lot),
        "fast_page": _fast_page(person, code, study.estimates.fast_seconds_per_item),
        "mode": mode_cell(person, code),
        **_wedge(study, person, code),
        **dose_cells(material.courses[study.course.id, study.course.version], person),
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


def mode_cell(person: Subject, wave: str) -> Cell:
    """How the pages of a wave came (E9). Staff know whose came on paper, so it is released where k people share it."""
    modes = {MODES[save.mode] for save in person.saves[wave].values()}
    return modes.pop() if len(modes) == 1 else SEVERAL


def _contaminated(person: Subject, wave: Wave) -> Cell:
    """1 where a page that holds was saved when something of the course had been read (E5), at waves before the course.

    So are those who first said no to the research and said yes when the course had begun.
    """
    if not wave.is_before_course:
        return MissingReason.NOT_SHOWN
    return int(any(save.course_had_begun for save in person.saves[wave.code].values()))


def _wedge(study: Study, person: Subject, wave: str) -> dict[str, Cell]:
    """period: that of the day of the answer. treatment: the cell of the matrix, by schedule, whatever was read."""
    if not study.periods:
        return {}
    period = _period(study, person, wave)
    treatment = MissingReason.NOT_REACHED if period is None else int(study.is_exposed(person.placement.arm, period))
    return {"period": period_cell(study, person, wave), "treatment": treatment}


def period_cell(study: Study, person: Subject, wave: str) -> Cell:
    """A date made coarse: released where k people share it (`privacy.md` C4.1), and the treatment with it."""
    period = _period(study, person, wave)
    return MissingReason.NOT_REACHED if period is None else period.number


def _period(study: Study, person: Subject, wave: str) -> Period | None:
    on = person.answered_on(wave)
    return study.period_on(on) if on is not None else None


def _fast_page(person: Subject, wave: str, fast_seconds_per_item: int) -> Cell:
    """1 where one page or more, at its latest save, was open for less time than its items can be read in (D15).

    Missing (`not_reached`) where no page has a duration, as on paper. The seconds themselves never leave.
    """
    timed = [(save.seconds, save.items) for save in person.saves[wave].values() if save.seconds is not None]
    if not timed:
        return MissingReason.NOT_REACHED
    return int(any(is_fast_page(seconds, items, fast_seconds_per_item) for seconds, items in timed))


def dose_cells(course: Course, person: Subject) -> dict[str, Cell]:
    """How much of the course, of which version, with how many tries and in how long (D15); over all until today.

    share_of_modules: modules of which every step was read or skipped, of all, in thirds rounded down: a share of one's
    own would be recognised, and 1 is still everything. attempts: 1.0 where each question was
    answered once. weeks_to_complete: whole weeks from the first step to the completed course, in four bands.
    """
    learnt, missing = person.learning, MissingReason.NOT_REACHED
    over = sum(
        all((module.number, step.number) in learnt.over_on for step in module.steps) for module in course.modules
    )
    weeks: Cell = missing
    if learnt.begun_on is not None and person.completed_on is not None:
        weeks = weeks_band(whole_weeks(learnt.begun_on, person.completed_on))
    return {
        "course_version": missing if learnt.course_version is None else learnt.course_version,
        "share_of_modules": round(3 * over // len(course.modules) / 3, 2),
        "attempts": round(sum(learnt.tries) / len(learnt.tries), 1) if learnt.tries else missing,
        "weeks_to_complete": weeks,
    }


def begun(dose: Mapping[str, Cell]) -> Cell:
    """0 where nothing of the course was opened, 1 where no question of it was answered, 2 where some was: what the
    blanks of a dose tell.

    >>> begun({"course_version": 1, "attempts": MissingReason.NOT_REACHED})
    1
    """
    if isinstance(dose["course_version"], MissingReason):
        return 0
    return 1 if isinstance(dose["attempts"], MissingReason) else 2
