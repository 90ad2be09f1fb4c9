"""What is wrong in an authored file, in the author's own words: file, table and key, and what to write."""

from collections.abc import Mapping
from dataclasses import dataclass

from kapabla.errors import KapablaError


class Sentence(str):
    """A sentence to an author that remembers what it was made from, so that it can be said in another language too."""

    template: str
    values: Mapping[str, object]


def say(template: str, **values: object) -> Sentence:
    """
    >>> say("there is no item {item}; write one that is.", item="se_9")
    'there is no item se_9; write one that is.'
    """
    sentence = Sentence(template.format(**values))
    sentence.template, sentence.values = template, values
    return sentence


@dataclass(frozen=True, order=True)
class Fault:
    file: str
    place: str
    message: str

    def __str__(self) -> str:
        return ": ".join(part for part in (self.file, self.place, self.message) if part)


class MaterialFaults(KapablaError):
    """All faults of all files at once, so that an author mends them in one go."""

    code = "material_faults"

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__(count=len(faults))
        self.faults = faults

    def __str__(self) -> str:
        return "\n".join(str(fault) for fault in self.faults)
