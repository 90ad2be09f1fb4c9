"""A wave's questionnaire, put together from the instruments that the study names."""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from kapabla.material.instruments.definition import Instrument, Item, Option
from kapabla.material.instruments.path import Questionnaire, QuestionnairePage, answers_that_count
from kapabla.material.instruments.rules import Answers
from kapabla.material.texts import Text

if TYPE_CHECKING:
    from kapabla.material.material import Material
    from kapabla.material.studies.definition import Estimates, Study


def questionnaire(study: "Study", material: "Material", wave_code: str, form_order: str) -> Questionnaire:
    wave = study.wave(wave_code)
    instruments = tuple(
        material.instruments[instrument_id, study.instrument_versions[instrument_id]]
        for instrument_id in study.instrument_ids(wave_code, form_order)
    )
    pages = [page for instrument in instruments for page in pages_of(instrument, study, material, wave_code)]
    items = [item for page in pages for item in page.items]
    return Questionnaire(
        study_id=study.id,
        wave_code=wave.code,
        slug=wave.slug,
        label=wave.label,
        form_order=form_order,
        instruments=instruments,
        pages=numbered(pages),
        minutes=minutes(items, study.estimates),
    )


def numbered(pages: Sequence[QuestionnairePage]) -> tuple[QuestionnairePage, ...]:
    return tuple(replace(page, number=number, total=len(pages)) for number, page in enumerate(pages, start=1))


def answers_by_wave(
    study: "Study", saved: Mapping[str, Answers], asked_at: Callable[[str], Questionnaire]
) -> dict[str, Answers]:
    """What counts at each saved wave, earlier waves first: a later one may show an item because of an earlier answer.

    `asked_at` gives the person's questionnaire of a wave.
    """
    found: dict[str, Answers] = {}
    for wave in study.waves:
        if wave.code in saved:
            found[wave.code] = answers_that_count(asked_at(wave.code), saved[wave.code], found)
    return found


def minutes(items: Iterable[Item], estimates: "Estimates") -> int:
    """Whole minutes, rounded up, when everything is shown: the promise on the first page must not be too short."""
    seconds = sum(
        estimates.seconds_per_knowledge_item if item.kind == "knowledge" else estimates.seconds_per_item
        for item in items
        if item.is_asked
    )
    return math.ceil(seconds / 60)


def pages_of(
    instrument: Instrument, study: "Study", material: "Material", wave_code: str
) -> Iterable[QuestionnairePage]:
    """The pages of one instrument at a wave, with what the study adds to its options."""
    by_code = {item.code: item for item in instrument.items}
    for page in instrument.pages:
        items = tuple(
            _with_study_options(by_code[code], study, material)
            for code in page.items
            if by_code[code].enabled and wave_code not in by_code[code].not_at
        )
        if items:
            yield QuestionnairePage(
                number=0,
                total=0,
                instrument_id=instrument.id,
                instrument_version=instrument.version,
                page=page,
                items=items,
                groups=instrument.groups,
            )


def _with_study_options(item: Item, study: "Study", material: "Material") -> Item:
    if item.options_from != "study_municipalities":
        return item
    names = {municipality.code: municipality.name for municipality in material.municipalities}
    own = tuple(
        Option(value=int(code), text=Text(sv=names[code], en=names[code]), code=code) for code in study.municipalities
    )
    return item.model_copy(update={"options": own + item.options})
