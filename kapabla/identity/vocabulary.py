"""The words that a list may use for places and trades, from the authored registers."""

from kapabla.identity.list_reading import Vocabulary
from kapabla.identity.list_reading.reading import fold
from kapabla.material import Material


def vocabulary_of(material: Material) -> Vocabulary:
    municipalities = {
        fold(name): place.code for place in material.municipalities for name in (place.name, *place.aliases)
    }
    roles = {fold(name): role.code for role in material.roles for name in (role.label.sv, *role.aliases, role.code)}
    return Vocabulary(municipalities, roles)
