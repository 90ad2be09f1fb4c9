"""REDCap's data dictionary (CSV), out and in. What one of the two cannot say is told, and never dropped in silence."""

from kapabla.material.instruments.redcap_dictionary.losses import losses
from kapabla.material.instruments.redcap_dictionary.reading import About, DictionaryRead, read_dictionary
from kapabla.material.instruments.redcap_dictionary.writing import write_dictionary

__all__ = ["About", "DictionaryRead", "losses", "read_dictionary", "write_dictionary"]
