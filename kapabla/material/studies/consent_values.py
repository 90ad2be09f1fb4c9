"""What the placeholders of a consent stand for: computed from the published material, never typed (`texts-sv.md`)."""

from typing import TYPE_CHECKING

from kapabla.material.texts import Language, Text

if TYPE_CHECKING:
    from kapabla.material.material import Material
    from kapabla.material.studies.definition import Study

COMPUTED = frozenset(
    {
        "antal",
        "tid",
        "tid_fore",
        "tid_efter",
        "tid_uppfoljning",
        "veckor",
        "forskare_namn",
        "forskare_telefon",
        "forskare_epost",
        "dataskyddsombud",
    }
)


_MINUTE = Text(sv="1 minut", en="1 minute")
_MINUTES = Text(sv="{count} minuter", en="{count} minutes")


def consent_values(study: "Study", material: "Material", language: Language = "sv") -> dict[str, str]:
    """For `texts.fill`, in the language of the text. Times are the longest that can occur, so none is too little."""
    course = material.courses[study.course.id, study.course.version]
    researcher = material.organisation.researcher
    officer = material.organisation.data_protection_officer
    return {
        **study.facts_in(language),
        "antal": str(len(course.modules)),
        "tid": _minutes(course.minutes, language),
        "tid_fore": _minutes(longest_minutes(study, material, "t0"), language),
        "tid_efter": _minutes(longest_minutes(study, material, "t1"), language),
        "tid_uppfoljning": _minutes(
            max(longest_minutes(study, material, w.code) for w in study.waves if w.months), language
        ),
        "veckor": str(max((wave.weeks or 0 for wave in study.waves), default=0)),
        "forskare_namn": researcher.name,
        "forskare_telefon": researcher.telephone,
        "forskare_epost": researcher.email,
        "dataskyddsombud": f"{officer.name}, {officer.email}",
    }


def longest_minutes(study: "Study", material: "Material", wave_code: str) -> int:
    """Of the orders in which people may meet the questions of a wave, the one that takes the longest."""
    orders = study.form_orders or ("",)
    return max(study.questionnaire(material, wave_code, order).minutes for order in orders)


def _minutes(count: int, language: Language) -> str:
    return (_MINUTE if count == 1 else _MINUTES).get(language).format(count=count)
