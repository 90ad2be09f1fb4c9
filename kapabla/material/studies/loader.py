"""Files of `course_material/studies/` to checked studies: everything that a study names must exist."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise

from kapabla.errors import NotFound
from kapabla.material.consents import Consent
from kapabla.material.courses.definition import Course
from kapabla.material.faults import say
from kapabla.material.instruments.checks import twice
from kapabla.material.instruments.definition import Instrument, Item
from kapabla.material.instruments.rule_checks import check_comparison
from kapabla.material.instruments.rules import Rule, comparisons_of
from kapabla.material.reading import Shelf
from kapabla.material.studies.consent_values import COMPUTED
from kapabla.material.studies.day_checks import check_days
from kapabla.material.studies.definition import Allocation, ParallelForms, Study, Wave
from kapabla.material.studies.plan import Plan, check_plan
from kapabla.material.studies.reminder_checks import check_reminders
from kapabla.material.studies.time_checks import check_times
from kapabla.material.unread import as_far_as_read, read_or

# Columns that a release takes from the placement, beside the items of the instruments.
PLACEMENT_COLUMNS = frozenset({"cohort", "arm"})

PLAN = ".plan.toml"


@dataclass(frozen=True)
class Known:
    """What a study may name. A file that is there but faulty is reported on its own, not also by all who name it."""

    instruments: Mapping[tuple[str, int], Instrument]
    courses: Mapping[tuple[str, int], Course]
    consents: Mapping[tuple[str, int], Consent]
    municipalities: set[str]
    files: frozenset[str] = frozenset()

    def has_all_of(self, study: Study) -> bool:
        """Whether every instrument of the study could be read: what they ask is not known before."""
        unread = study.instrument_versions.items() - self.instruments.keys()
        return not any(f"instruments/{name}/v{version}.toml" in self.files for name, version in unread)


def load_studies(shelf: Shelf, known: Known) -> dict[str, Study]:
    studies: dict[str, Study] = {}
    for file in shelf.files("studies/*.toml"):
        if file.endswith(PLAN):
            continue
        study = shelf.object(Study, file)
        if study is not None:
            in_name = file.removeprefix("studies/").removesuffix(".toml")
            own_id = read_or(study.id, in_name)
            if own_id != in_name:
                shelf.fault(file, "id", say("the file says {id}; give the file the same name.", id=own_id))
            shelf.tell(file, check_study(study, known))
            studies[own_id] = study
    return studies


def load_plans(shelf: Shelf, studies: Mapping[str, Study], known: Known) -> dict[str, Plan]:
    plans: dict[str, Plan] = {}
    for file in shelf.files(f"studies/*{PLAN}"):
        plan = shelf.object(Plan, file)
        if plan is None:
            continue
        in_name = file.removeprefix("studies/").removesuffix(PLAN)
        own_id = read_or(plan.study, in_name)
        if own_id != in_name:
            shelf.fault(file, "study", say("the file says {id}; give the file the same name.", id=own_id))
        elif own_id in studies:
            shelf.tell(file, _check_plan(plan, studies[own_id], known))
            plans[own_id] = plan
        elif f"studies/{own_id}.toml" not in known.files:
            shelf.fault(file, "study", say("there is no study {id}; write the id of one.", id=own_id))
    return plans


@as_far_as_read
def _check_plan(plan: Plan, study: Study, known: Known) -> Iterator[tuple[str, str]]:
    if known.has_all_of(study):
        used = {key[0]: known.instruments[key] for key in study.instrument_versions.items() if key in known.instruments}
        yield from check_plan(plan, study, used)


@as_far_as_read
def check_study(study: Study, known: Known) -> Iterator[tuple[str, str]]:
    yield from _check_course(study, known)
    yield from _check_consent(study, known)
    yield from _check_municipalities(study, known)
    yield from _check_versions(study, known)
    yield from _check_waves(study, known)
    yield from check_times(study)
    yield from check_days(study)
    yield from check_reminders(study)
    yield from _check_parallel_forms(study, known)
    yield from _check_wedge(study)
    if study.allocation is not None:
        yield from _check_allocation(study.allocation, study)
    yield from _check_items(study, known)


@as_far_as_read
def _check_parallel_forms(study: Study, known: Known) -> Iterator[tuple[str, str]]:
    for pair in study.parallel_forms:
        yield from _check_forms(pair, study)
        yield from _check_cells(pair, study, known)


@as_far_as_read
def _check_course(study: Study, known: Known) -> Iterator[tuple[str, str]]:
    course = f"courses/{study.course.id}/v{study.course.version}/course.toml"
    if (study.course.id, study.course.version) not in known.courses and course not in known.files:
        yield (
            "course",
            say(
                "there is no course {id} version {version}; write one that is in courses/.",
                id=study.course.id,
                version=study.course.version,
            ),
        )


@as_far_as_read
def _check_consent(study: Study, known: Known) -> Iterator[tuple[str, str]]:
    consent = known.consents.get((study.consent.id, study.consent.version))
    if consent is None and f"consents/{study.consent.id}/v{study.consent.version}.toml" not in known.files:
        yield (
            "consent",
            say(
                "there is no consent {id} version {version}; write one that is in consents/.",
                id=study.consent.id,
                version=study.consent.version,
            ),
        )
    if consent is not None:
        for name in sorted(consent.placeholders() - COMPUTED - set(study.facts)):
            yield "facts", say('the consent has {{{name}}}; write {name} = "…" here.', name=name)


@as_far_as_read
def _check_municipalities(study: Study, known: Known) -> Iterator[tuple[str, str]]:
    for code in study.municipalities:
        if known.municipalities and code not in known.municipalities:
            yield "municipalities", say("{code} is not in municipalities.toml; write a code from it.", code=code)


@as_far_as_read
def _check_versions(study: Study, known: Known) -> Iterator[tuple[str, str]]:
    for instrument_id, version in study.instrument_versions.items():
        file = f"instruments/{instrument_id}/v{version}.toml"
        if (instrument_id, version) not in known.instruments and file not in known.files:
            yield (
                f"instrument_versions, {instrument_id}",
                say(
                    "there is no version {version} of this instrument; write one that is in instruments/.",
                    version=version,
                ),
            )


@as_far_as_read
def _check_waves(study: Study, known: Known) -> Iterator[tuple[str, str]]:
    for key in ("code", "slug"):
        for value in twice(getattr(wave, key) for wave in study.waves):
            yield "waves", say("{key} {value} is used twice; give each wave its own.", key=key, value=value)
    consent = known.consents.get((study.consent.id, study.consent.version))
    choices = {choice.code for choice in consent.choices} if consent else set()
    for wave in study.waves:
        yield from _check_wave(wave, study, choices)


@as_far_as_read
def _check_wave(wave: Wave, study: Study, choices: set[str]) -> Iterator[tuple[str, str]]:
    place = f"wave {wave.code}"
    named = set(study.instrument_versions) | {pair.name for pair in study.parallel_forms}
    for name in wave.instruments:
        if name not in named:
            yield f"{place}, instruments", say("{name} has no version in instrument_versions; add it there.", name=name)
    for name in twice(wave.instruments):
        yield f"{place}, instruments", say("{name} stands twice; remove one.", name=name)
    for arm in wave.arms:
        if arm not in {known.code for known in study.arms}:
            yield f"{place}, arms", say("there is no arm {arm}; write the code of one.", arm=arm)
    if wave.needs_choice is not None and choices and wave.needs_choice not in choices:
        yield (
            f"{place}, needs_choice",
            say("the consent has no choice {choice}; write the code of one.", choice=wave.needs_choice),
        )
    for pair in study.parallel_forms:
        if pair.name in wave.instruments and wave.code not in pair.waves:
            yield (
                f"{place}, instruments",
                say("parallel form {form} does not name this wave; add it there.", form=pair.name),
            )


@as_far_as_read
def _check_forms(pair: ParallelForms, study: Study) -> Iterator[tuple[str, str]]:
    place = f"parallel form {pair.name}"
    for wave in pair.waves:
        if wave not in {known.code for known in study.waves}:
            yield f"{place}, waves", say("there is no wave {wave}; write the code of one.", wave=wave)
    for order in pair.orders:
        if len(order) != len(pair.waves) or set(order) - set("AB"):
            yield (
                f"{place}, orders",
                say(
                    "{order!r} does not fit {count} waves; write one A or B for each.",
                    order=order,
                    count=len(pair.waves),
                ),
            )
    for letter in ("A", "B"):
        if pair.forms.get(letter) not in study.instrument_versions:
            yield (
                f"{place}, forms",
                say("form {letter} has no version in instrument_versions; add it there.", letter=letter),
            )


@as_far_as_read
def _check_cells(pair: ParallelForms, study: Study, known: Known) -> Iterator[tuple[str, str]]:
    """Forms are parallel where every cell of one has its item in the other."""
    forms = {
        letter: known.instruments.get((name, study.instrument_versions.get(name, 0)))
        for letter, name in pair.forms.items()
    }
    cells = {
        letter: {item.cell for item in form.items if item.cell is not None}
        for letter, form in forms.items()
        if form is not None
    }
    for letter, filled in cells.items():
        for cell in sorted(set().union(*cells.values()) - filled):
            yield (
                f"parallel form {pair.name}, forms",
                say(
                    "form {letter} has no item in cell {cell}; write one, as in the other form.",
                    letter=letter,
                    cell=cell,
                ),
            )


@as_far_as_read
def _check_wedge(study: Study) -> Iterator[tuple[str, str]]:
    """Periods follow one another without a gap, and every arm crosses over in one of them."""
    for before, after in pairwise(study.periods):
        if after.number != before.number + 1 or after.starts_on != before.ends_on + timedelta(days=1):
            yield f"period {after.number}", "it does not follow the one before; give number and day after it."
    for period in study.periods:
        if period.ends_on < period.starts_on:
            yield f"period {period.number}, ends_on", "it lies before the first day; write a later one."
    numbers = {period.number for period in study.periods}
    for arm in study.arms:
        if arm.course_opens_in is not None and arm.course_opens_in not in numbers:
            yield (
                f"arm {arm.code}, course_opens_in",
                say("there is no period {number}; write the number of one.", number=arm.course_opens_in),
            )
        if arm.course_opens_in is None and study.periods:
            yield f"arm {arm.code}, course_opens_in", "the study has periods; write in which the arm gets the course."


@as_far_as_read
def _check_allocation(allocation: Allocation, study: Study) -> Iterator[tuple[str, str]]:
    arms, shares = {arm.code for arm in study.arms}, sum(allocation.ratio.values())
    for arm in allocation.ratio:
        if arm not in arms:
            yield "allocation, ratio", say("there is no arm {code}; write the code of one.", code=arm)
    if len(allocation.ratio) < 2:
        yield "allocation, ratio", "a lot needs two arms or more; write the share of each."
    for size in allocation.block_sizes:
        if size % shares:
            yield (
                "allocation, block_sizes",
                say("{size} does not hold the shares evenly; write a multiple of {shares}.", size=size, shares=shares),
            )
    if allocation.unit == "cohort" and "role" in allocation.strata:
        yield "allocation, strata", "a cohort has people of many roles; remove role, or draw lots for each person."


@as_far_as_read
def _check_items(study: Study, known: Known) -> Iterator[tuple[str, str]]:
    if not known.has_all_of(study):
        return
    used = [known.instruments[key] for key in study.instrument_versions.items() if key in known.instruments]
    items = {item.code: item for instrument in used for item in instrument.items}
    scales = {scale.code for instrument in used for scale in instrument.scales}
    if study.primary_outcome not in scales:
        yield "primary_outcome", say("there is no scale {scale}; write the code of one.", scale=study.primary_outcome)
    for code in study.sensitive:
        if code not in items or not items[code].sensitive:
            yield (
                "sensitive",
                say("item {code} is not marked sensitive in its instrument; mark it there, or remove it.", code=code),
            )
    for code in study.released_texts:
        if code not in items or not items[code].is_text:
            yield "released_texts", say("there is no item {code} answered in words; write the code of one.", code=code)
    for code in study.known_answers:
        if code not in items or items[code].kind != "single" or items[code].quasi_identifier:
            yield (
                "known_answers",
                say("{code} is no question with one answer, or is in quasi_identifiers; remove it.", code=code),
            )
    for code in study.quasi_identifiers:
        if code not in PLACEMENT_COLUMNS and (code not in items or not items[code].quasi_identifier):
            yield (
                "quasi_identifiers",
                say(
                    "{code} is neither marked quasi_identifier nor a column of the placement; mark it, or remove it.",
                    code=code,
                ),
            )
    for code, item in items.items():
        if item.quasi_identifier and code not in study.quasi_identifiers:
            yield "quasi_identifiers", say("item {code} is one; put it in its place in the order.", code=code)
        if item.then_of is not None and (item.then_of not in items or items[item.then_of].text != item.text):
            yield (
                f"item {code}, then_of",
                say(
                    "the words differ from {item}, and a then-test asks the same; write the same words in both.",
                    item=item.then_of,
                ),
            )
    owners = {item.code: instrument.id for instrument in used for item in instrument.items}
    for instrument in used:
        for item in instrument.items:
            for rule in comparisons_of(item.show_if) if item.show_if is not None else ():
                if rule.wave is not None and rule.item is not None:
                    for message in _faults_across_waves(study, instrument.id, item, rule, items, owners):
                        yield f"item {item.code}, show_if", message


@as_far_as_read
def _faults_across_waves(
    study: Study, asking: str, item: Item, rule: Rule, items: Mapping[str, Item], owners: Mapping[str, str]
) -> Iterator[str]:
    """The wave that a rule looks at must come before every wave that asks the item, and ask what it looks at."""
    order = [wave.code for wave in study.waves]
    found = items.get(rule.item or "")
    if rule.wave not in order:
        yield say("there is no wave {wave}; write the code of one.", wave=rule.wave)
        return
    asked_at = [wave for wave in order if _asks(study, wave, asking) and wave not in item.not_at]
    if asked_at and order.index(asked_at[0]) <= order.index(rule.wave):
        yield say(
            "wave {wave} does not come before {first}, where the item is asked; look at an earlier one.",
            wave=rule.wave,
            first=asked_at[0],
        )
    if found is None:
        yield say("there is no item {item} in the study; write the code of one.", item=rule.item)
        return
    if not _asks(study, rule.wave, owners[found.code]) or rule.wave in found.not_at:
        yield say("item {item} is not asked at {wave}; look at a wave that asks it.", item=rule.item, wave=rule.wave)
    yield from check_comparison(rule, found)


def _asks(study: Study, wave: str, instrument_id: str) -> bool:
    try:
        return any(instrument_id in study.instrument_ids(wave, order) for order in study.form_orders or ("",))
    except NotFound:
        return True  # nobody can know while the parallel forms are faulty, which is told of them
