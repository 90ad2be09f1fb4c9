"""The words that a list may use for places, trades and languages, from the authored material."""

from kapabla.identity.list_reading import Vocabulary
from kapabla.identity.list_reading.reading import fold
from kapabla.material import LANGUAGES, Material

# How people write them; the first is what they are called on the pages of staff.
LANGUAGE_NAMES = {
    "sv": ("Svenska", "Swedish"),
    "sv_easy": ("Lätt svenska", "Lättläst svenska", "Lättläst", "Easy Swedish"),
    "en": ("Engelska", "English"),
    "se": ("Nordsamiska", "Davvisámegiella", "North Sámi"),
    "sma": ("Sydsamiska", "Åarjelsaemiengïele", "South Sámi"),
    "sju": ("Umesamiska", "Ubmejesámiengiälla", "Ume Sámi"),
    "fi": ("Finska", "Suomi", "Finnish"),
    "fit": ("Meänkieli",),
}


def vocabulary_of(material: Material) -> Vocabulary:
    municipalities = {
        fold(name): place.code for place in material.municipalities for name in (place.name, *place.aliases)
    }
    roles = {fold(name): role.code for role in material.roles for name in (role.label.sv, *role.aliases, role.code)}
    languages = {
        fold(name): language for language in languages_of(material) for name in (*LANGUAGE_NAMES[language], language)
    }
    return Vocabulary(municipalities, roles, languages)


def languages_of(material: Material) -> tuple[str, ...]:
    """What some course is given in: in another language nobody can be met."""
    promised = {language for course in material.courses.values() for language in course.languages}
    return tuple(language for language in LANGUAGES if language in promised)
