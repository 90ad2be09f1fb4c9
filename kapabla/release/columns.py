"""Each released column described once: every file, the codebook and the research API read it from here."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from kapabla.material import Instrument, Material, Study
from kapabla.material.instruments import Item, Scale


class Kind(Enum):
    ID = "id"
    WAVE = "wave"
    WEEKS = "weeks"
    PLACE = "place"  # a code of the placement, or "withheld"
    CATEGORY = "category"
    SCORE = "score"
    FLAG = "flag"


@dataclass(frozen=True)
class ColumnSpec:
    """`labels` by language; `categories` value to label; `waves` where the column can hold a value (empty: all)."""

    name: str
    kind: Kind
    labels: Mapping[str, str]
    categories: Mapping[int | str, str] = field(default_factory=dict)
    minimum: float | None = None
    maximum: float | None = None
    construct: str = ""
    kirkpatrick_level: int | None = None
    form: str = ""
    instrument_version: str = ""
    waves: tuple[str, ...] = ()
    is_quasi_identifier: bool = False
    is_reversed: bool = False
    is_sensitive: bool = False
    disclosure: str = "kept"

    @property
    def is_text(self) -> bool:
        return self.kind in (Kind.ID, Kind.WAVE, Kind.PLACE)

    @property
    def measure(self) -> str:
        """The measure level that SPSS knows."""
        if self.kind in (Kind.SCORE, Kind.WEEKS):
            return "scale"
        return "ordinal" if len(self.categories) == 5 and not self.is_text else "nominal"


# The quasi-identifiers of a placement: the column, and the attribute it is read from.
PLACEMENT = ("municipality", "role", "cohort", "arm")


def columns_of(study: Study, material: Material) -> tuple[ColumnSpec, ...]:
    """The allow-list: exactly these columns can leave, in this order. Free text is never among them."""
    waves = {wave.code: wave for wave in study.waves}
    fixed = (
        ColumnSpec("record_id", Kind.ID, {"sv": "Id i den här utgåvan", "en": "Id in this release"}),
        ColumnSpec(
            "wave", Kind.WAVE, {"sv": "Mättillfälle", "en": "Wave"},
            categories={code: wave.label.sv for code, wave in waves.items()},
        ),
        ColumnSpec(
            "weeks_since_training", Kind.WEEKS,
            {"sv": "Hela veckor sedan utbildningen blev klar", "en": "Whole weeks since the training was completed"},
        ),
        ColumnSpec(
            "municipality", Kind.PLACE, {"sv": "Kommun", "en": "Municipality"},
            categories={place.code: place.name for place in material.municipalities}, is_quasi_identifier=True,
        ),
        ColumnSpec(
            "role", Kind.PLACE, {"sv": "Yrke eller roll", "en": "Occupation or role"},
            categories={role.code: role.label.sv for role in material.roles}, is_quasi_identifier=True,
        ),
        ColumnSpec("cohort", Kind.PLACE, {"sv": "Omgång, slumpmässig etikett", "en": "Cohort, random label"},
                   is_quasi_identifier=True),
        ColumnSpec(
            "arm", Kind.PLACE, {"sv": "Studiearm", "en": "Study arm"},
            categories={arm.code: arm.label.sv for arm in study.arms},
        ),
        ColumnSpec(
            "form_order", Kind.PLACE, {"sv": "Ordning av kunskapsformerna", "en": "Order of knowledge forms"},
            categories={order: order for order in study.form_orders},
        ),
    )  # fmt: skip
    return fixed + tuple(spec for instrument in _instruments(study, material) for spec in _asked(study, instrument))


def _instruments(study: Study, material: Material) -> list[Instrument]:
    return [material.instruments[code, version] for code, version in study.instrument_versions.items()]


def _asked(study: Study, instrument: Instrument) -> list[ColumnSpec]:
    waves = tuple(
        wave.code
        for wave in study.waves
        if any(instrument.id in study.instrument_ids(wave.code, order) for order in study.form_orders or ("",))
    )
    items = [_item(study, instrument, item, waves) for item in instrument.items if item.is_choice and item.enabled]
    # Trade and municipality are released from the placement, never twice.
    items = [spec for spec in items if not _confirmed(instrument, spec.name)]
    return items + [_scale(instrument, scale, waves) for scale in instrument.scales]


def _confirmed(instrument: Instrument, code: str) -> bool:
    return instrument.item(code).confirms is not None


def _item(study: Study, instrument: Instrument, item: Item, waves: tuple[str, ...]) -> ColumnSpec:
    at_least_once = item.released_as == "at_least_once"
    categories: dict[int | str, str] = {o.value: o.text.sv for o in item.options if o.missing is None}
    if at_least_once:
        categories = {0: "Ingen gång", 1: "Minst en gång"}
    return ColumnSpec(
        name=item.code,
        kind=Kind.CATEGORY,
        labels={"sv": item.text.sv, "en": item.text.get("en")},
        categories=categories,
        minimum=min(item.scored_values, default=None) if not at_least_once else 0,
        maximum=max(item.scored_values, default=None) if not at_least_once else 1,
        construct=instrument.construct_name,
        kirkpatrick_level=instrument.kirkpatrick_level,
        form=instrument.form_name,
        instrument_version=f"{instrument.id} v{instrument.version}",
        waves=tuple(wave for wave in waves if wave not in item.not_at),
        is_quasi_identifier=item.quasi_identifier,
        is_reversed=item.reversed,
        is_sensitive=item.code in study.sensitive,
        disclosure="at_least_once" if at_least_once else "kept",
    )


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
        instrument_version=f"{instrument.id} v{instrument.version}",
        waves=waves,
    )
