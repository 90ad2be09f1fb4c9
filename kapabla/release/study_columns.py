"""The columns of a study's releases, from its instruments: the allow-list, in the order of every file."""

from collections.abc import Mapping
from dataclasses import replace

from kapabla.material import Instrument, Material, Study
from kapabla.material.instruments import FIXED, ORDERS, Group, Item, MissingReason, Scale, shown_order
from kapabla.release.columns import ColumnSpec, Kind, Scoring
from kapabla.release.design_columns import design_columns
from kapabla.release.disclosure import KAnonymised
from kapabla.release.teaching import LABELS, TAUGHT

# Items that confirm the placement are released from it, never twice: which column stands for the item.
CONFIRMED = {"role": "role", "municipality": "municipality"}
_WITHHELD = (MissingReason.WITHHELD,)


def columns_of(study: Study, material: Material) -> tuple[ColumnSpec, ...]:
    """Exactly these columns can leave, in this order. Free text and dates are never among them."""
    instruments = _instruments(study, material)
    scales = {scale.items: scale.code for instrument in instruments for scale in instrument.scales}
    asked = [spec for instrument in instruments for spec in _asked(study, instrument, scales)]
    order = {name: place for place, name in enumerate(quasi_identifier_names(study, material), start=1)}
    return tuple(
        replace(spec, importance=order.get(spec.name))
        for spec in (*_fixed(study, material), *design_columns(study), *asked)
    )


def quasi_identifier_names(study: Study, material: Material) -> tuple[str, ...]:
    """The study's quasi-identifiers as columns, most important first. How somebody was taught is always one, and the
    first to go: everybody in the village hall saw who else was there."""
    items = {item.code: item for instrument in _instruments(study, material) for item in instrument.items}
    named = (
        CONFIRMED[items[code].confirms or ""] if code in items and items[code].confirms else code
        for code in study.quasi_identifiers
    )
    return (*named, TAUGHT)


def after_protection(columns: tuple[ColumnSpec, ...], protected: KAnonymised) -> tuple[ColumnSpec, ...]:
    """The columns as released: recoded values are called what they now hold, and what is withheld says so."""
    return tuple(_after(column, protected) for column in columns)


def _after(column: ColumnSpec, protected: KAnonymised) -> ColumnSpec:
    if column.name in protected.withheld:
        return replace(column, disclosure="withheld")
    made = protected.labels.get(column.name)
    if made is None:
        return column
    values: set[int | str] = {
        _as_value(column, value) for person in protected.people if (value := person[column.name]) is not None
    }
    sv = {**column.categories, **{_as_value(column, value): text["sv"] for value, text in made.items()}}
    en = {**column.categories_en, **{_as_value(column, value): text["en"] for value, text in made.items()}}
    return replace(
        column,
        categories={value: text for value, text in sv.items() if value in values},
        categories_en={value: text for value, text in en.items() if value in values},
        minimum=None if column.is_text else min(int(value) for value in values),
        maximum=None if column.is_text else max(int(value) for value in values),
        disclosure="recoded",
    )


def _as_value(column: ColumnSpec, value: str) -> int | str:
    return value if column.is_text or not value.isdigit() else int(value)


def _fixed(study: Study, material: Material) -> tuple[ColumnSpec, ...]:
    places, roles, arms = material.municipalities, material.roles, study.arms
    return (
        ColumnSpec("record_id", Kind.ID, {"sv": "Id i den här utgåvan", "en": "Id in this release"}),
        ColumnSpec(
            "wave", Kind.WAVE, {"sv": "Mättillfälle", "en": "Wave"},
            categories={wave.code: wave.label.sv for wave in study.waves},
            categories_en={wave.code: wave.label.get("en") for wave in study.waves},
            slugs={wave.code: wave.slug for wave in study.waves},
        ),
        ColumnSpec(
            "weeks_since_training", Kind.WEEKS,
            {"sv": "Hela veckor sedan utbildningen blev klar", "en": "Whole weeks since the training was completed"},
            missing=(MissingReason.NOT_REACHED,),
        ),
        ColumnSpec(
            "municipality", Kind.PLACE, {"sv": "Kommun", "en": "Municipality"},
            categories={place.code: place.name for place in places},
            categories_en={place.code: place.name for place in places},
            missing=_WITHHELD, is_quasi_identifier=True,
        ),
        ColumnSpec(
            "role", Kind.PLACE, {"sv": "Yrke eller roll", "en": "Occupation or role"},
            categories={role.code: role.label.sv for role in roles},
            categories_en={role.code: role.label.get("en") for role in roles},
            missing=_WITHHELD, is_quasi_identifier=True,
        ),
        ColumnSpec(
            "cohort", Kind.PLACE, {"sv": "Omgång, slumpmässig etikett", "en": "Cohort, random label"},
            missing=_WITHHELD, is_quasi_identifier=True,
        ),
        ColumnSpec(
            "arm", Kind.PLACE, {"sv": "Studiearm", "en": "Study arm"},
            categories={arm.code: arm.label.sv for arm in arms},
            categories_en={arm.code: arm.label.get("en") for arm in arms},
        ),
        ColumnSpec(
            "form_order", Kind.PLACE, {"sv": "Ordning av kunskapsformerna", "en": "Order of knowledge forms"},
            categories={order: order for order in study.form_orders},
        ),
        ColumnSpec(
            TAUGHT, Kind.PLACE,
            {"sv": "Hur utbildningen har gått till, dag för dag", "en": "How the training was taken, day by day"},
            categories={value: label["sv"] for value, label in LABELS.items()},
            categories_en={value: label["en"] for value, label in LABELS.items()},
            missing=(MissingReason.NOT_REACHED, MissingReason.WITHHELD), is_quasi_identifier=True,
        ),
    )  # fmt: skip


def _instruments(study: Study, material: Material) -> list[Instrument]:
    return [material.instruments[code, version] for code, version in study.instrument_versions.items()]


def _asked(study: Study, instrument: Instrument, by_items: Mapping[tuple[str, ...], str]) -> list[ColumnSpec]:
    """`by_items`: every scale of the study, by its items."""
    waves = tuple(
        wave.code
        for wave in study.waves
        if any(instrument.id in study.instrument_ids(wave.code, order) for order in study.form_orders or ("",))
    )
    items = [item for item in instrument.items if item.enabled and item.is_asked and not item.confirms]
    released = [item for item in items if item.kind not in ("short_text", "long_text", "date")]
    specs = [spec for item in released for spec in _item(study, instrument, item, waves)]
    scores = [
        replace(_scale(instrument, scale, waves), then_of=by_items.get(_then_items(instrument, scale), ""))
        for scale in instrument.scales
    ]
    return [*([_order(instrument, waves)] if instrument.is_random else []), *specs, *scores]


def _then_items(instrument: Instrument, scale: Scale) -> tuple[str, ...]:
    return tuple(instrument.item(code).then_of or "" for code in scale.items)


def _order(instrument: Instrument, waves: tuple[str, ...]) -> ColumnSpec:
    """Which of the few random orders was shown; the codebook says what each is. No instrument of ours has one."""
    seeds = range(FIXED, ORDERS + 1)
    names: dict[int | str, str] = {seed: f"Ordning {seed}" if seed else "Som den är skriven" for seed in seeds}
    names_en: dict[int | str, str] = {seed: f"Order {seed}" if seed else "As written" for seed in seeds}
    return ColumnSpec(
        f"order_{instrument.id}", Kind.ORDER,
        {"sv": f"Visad ordning, {instrument.title.sv}", "en": f"Order shown, {instrument.title.get('en')}"},
        categories=names, categories_en=names_en, minimum=FIXED, maximum=ORDERS, form=instrument.form_name,
        form_labels=_form_labels(instrument),
        instrument_version=f"{instrument.id} v{instrument.version}", waves=waves,
        missing=(MissingReason.NOT_REACHED, MissingReason.NOT_SHOWN),
        orders={seed: shown_order(instrument, seed) for seed in seeds},
    )  # fmt: skip


def _item(study: Study, instrument: Instrument, item: Item, waves: tuple[str, ...]) -> list[ColumnSpec]:
    group = instrument.group_of(item.code)
    base = ColumnSpec(
        name=item.code,
        kind=Kind.NUMBER if item.kind == "number" else Kind.CATEGORY,
        labels={language: _label(item, group, language) for language in ("sv", "en")},
        group=group.code if group else "",
        minimum=item.minimum,
        maximum=item.maximum,
        decimals=item.decimals,
        construct=instrument.construct_name,
        kirkpatrick_level=instrument.kirkpatrick_level,
        form=instrument.form_name,
        form_labels=_form_labels(instrument),
        instrument_version=f"{instrument.id} v{instrument.version}",
        waves=tuple(wave for wave in waves if wave not in item.not_at),
        missing=_reasons(item),
        is_quasi_identifier=item.quasi_identifier,
        is_reversed=item.reversed,
        is_ordered=item.response_scale is not None and item.kind == "single",
        is_sensitive=item.code in study.sensitive,
        then_of=item.then_of or "",
        scales=tuple(scale.code for scale in instrument.scales if item.code in scale.items),
    )
    if item.released_as == "at_least_once":
        return [_yes_or_no(base, {"sv": ("Ingen gång", "Minst en gång"), "en": ("Never", "At least once")})]
    if item.kind == "multi":
        return [_checkbox(base, option.value, option.text.sv, option.text.get("en")) for option in item.options]
    if item.kind == "rank":
        return [_place(base, item, option.value, option.text.sv, option.text.get("en")) for option in item.options]
    if item.kind == "number":
        return [base]
    return [_single(base, item)]


def _form_labels(instrument: Instrument) -> Mapping[str, str]:
    return {"sv": instrument.title.sv, "en": instrument.title.get("en")}


def _label(item: Item, group: Group | None, language: str) -> str:
    """In a matrix or vignette the common text comes first: without it two items may be called the same."""
    text = item.text.get(language)
    return f"{(group.title or group.text).get(language)} {text}" if group else text


def _single(base: ColumnSpec, item: Item) -> ColumnSpec:
    options = [option for option in item.options if option.missing is None]
    return replace(
        base,
        categories={option.value: option.text.sv for option in options},
        categories_en={option.value: option.text.get("en") for option in options},
        minimum=min(item.scored_values, default=None),
        maximum=max(item.scored_values, default=None),
    )


def _yes_or_no(base: ColumnSpec, words: Mapping[str, tuple[str, str]]) -> ColumnSpec:
    return replace(
        base, kind=Kind.FLAG, categories=dict(enumerate(words["sv"])), categories_en=dict(enumerate(words["en"])),
        minimum=0, maximum=1, disclosure="at_least_once", is_ordered=False,
    )  # fmt: skip


def _checkbox(base: ColumnSpec, value: int, sv: str, en: str) -> ColumnSpec:
    """A column for each option, named as REDCap names it."""
    return replace(
        base, name=f"{base.name}___{value}", kind=Kind.FLAG, part_of=base.name, minimum=0, maximum=1,
        labels={"sv": f"{base.labels['sv']} {sv}", "en": f"{base.labels['en']} {en}"}, option={"sv": sv, "en": en},
        categories={0: "Inte valt", 1: "Valt"}, categories_en={0: "Not chosen", 1: "Chosen"},
    )  # fmt: skip


def _place(base: ColumnSpec, item: Item, value: int, sv: str, en: str) -> ColumnSpec:
    """A column for each option: the place it was given, 0 where others got all the places there were or were wanted."""
    places = range(1, item.places_to_give + 1)
    return replace(
        base, name=f"{base.name}___{value}", kind=Kind.RANK, part_of=base.name, minimum=0, maximum=len(places),
        is_ordered=True,
        labels={"sv": f"{base.labels['sv']} {sv}", "en": f"{base.labels['en']} {en}"}, option={"sv": sv, "en": en},
        categories={0: "Ingen plats", **{place: f"Plats {place}" for place in places}},
        categories_en={0: "No place", **{place: f"Place {place}" for place in places}},
    )  # fmt: skip


def _reasons(item: Item) -> tuple[MissingReason, ...]:
    """What can stand in the column, in the order of the codes."""
    can = {MissingReason.NOT_REACHED, MissingReason.NOT_SHOWN, MissingReason.SKIPPED}
    if item.may_decline:
        can.add(MissingReason.DECLINED)
    if any(option.missing for option in item.options):
        can.add(MissingReason.NO_OPINION)
    if item.quasi_identifier:
        can.add(MissingReason.WITHHELD)
    return tuple(reason for reason in MissingReason if reason in can)


def _scale(instrument: Instrument, scale: Scale, waves: tuple[str, ...]) -> ColumnSpec:
    return ColumnSpec(
        name=scale.code,
        kind=Kind.SCORE,
        labels={"sv": scale.label.sv, "en": scale.label.get("en")},
        minimum=scale.minimum,
        maximum=scale.maximum,
        construct=instrument.construct_name,
        kirkpatrick_level=instrument.kirkpatrick_level,
        form=instrument.form_name,
        form_labels=_form_labels(instrument),
        instrument_version=f"{instrument.id} v{instrument.version}",
        waves=waves,
        missing=(MissingReason.NOT_REACHED, MissingReason.NOT_SHOWN, MissingReason.SKIPPED),
        scoring=Scoring(
            items=scale.items,
            rule=scale.score,
            min_answered=scale.min_answered,
            high_means={"sv": scale.high_means.sv, "en": scale.high_means.get("en")},
            only_if=scale.only_if.model_dump(mode="json", exclude_defaults=True) if scale.only_if else {},
            key={code: right for code in scale.items if (right := instrument.item(code).correct) is not None},
        ),
    )
