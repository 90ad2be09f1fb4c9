"""What all the documents of a release say of it: its name, whose it is, how to cite it and what it may be used for."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from kapabla.release.test_people import TEST_MARK

Words = Mapping[str, str]  # by language: sv, en
# What a release is made for, as its title says it. Two of one day hold different people, and look alike without it.
FOR: Mapping[str, Words] = {
    "evaluation": {"sv": "för utvärdering", "en": "for evaluation"},
    "sharing": {"sv": "för delning", "en": "for sharing"},
}


@dataclass(frozen=True)
class About:
    """A release beside its columns. `min_cell`: the fewest people that a figure may tell of. `registry_number`: that of
    the ethics approval, if the people are real."""

    release: str
    study: str
    study_title: Words
    organisation: str
    purpose: str
    is_test: bool
    built_on: date
    people: int
    min_cell: int
    registry_number: str | None = None

    @property
    def titles(self) -> Words:
        """Example: "Kapabla 2026, datautgåva 2026-11-25-1 för utvärdering (Exempeldata)"."""
        mark, english = (f" ({TEST_MARK})", f" ({TEST_MARK}, example data)") if self.is_test else ("", "")
        made_for = FOR[self.purpose]
        return {
            "sv": f"{self.study_title['sv']}, datautgåva {self.release} {made_for['sv']}{mark}",
            "en": f"{self.study_title['en']}, data release {self.release} {made_for['en']}{english}",
        }

    @property
    def who(self) -> Words:
        """Whose answers there are in it."""
        if self.purpose == "sharing":
            return {
                "sv": f"Delning: {self.people} personer, de som har sagt ja också till annan forskning. "
                "Resultat av dem är inte utvärderingens.",
                "en": f"Sharing: {self.people} people, those who have said yes to other research too. "
                "Results of them are not those of the evaluation.",
            }
        return {
            "sv": f"Utvärdering: {self.people} personer, de som har sagt ja till forskningen.",
            "en": f"Evaluation: {self.people} people, those who have said yes to the research.",
        }

    @property
    def title(self) -> str:
        return self.titles["sv"]

    @property
    def citations(self) -> Words:
        """As it is written in a list of references; whoever has it adds the hash of the manifest."""
        return {
            language: f"{self.organisation} ({self.built_on.year}). {title}."
            for language, title in self.titles.items()
        }  # fmt: skip

    @property
    def citation(self) -> str:
        return self.citations["sv"]

    @property
    def conditions(self) -> tuple[Words, ...]:
        return (
            {
                "sv": "Svaren är personuppgifter, också utan namn. Använd dem bara till det som avtalet säger.",
                "en": "The answers are personal data, also without names. Use them only for what the agreement says.",
            },
            {
                "sv": "Förvara filerna så som avtalet säger, och lämna dem inte vidare.",
                "en": "Keep the files as the agreement says, and pass them on to nobody.",
            },
            {
                "sv": "Försök inte ta reda på vem någon är, och koppla inte filerna till andra uppgifter om personer.",
                "en": "Do not try to find out who anybody is, and do not link the files with other data about people.",
            },
            {
                "sv": f"Redovisa aldrig grupper med färre än {self.min_cell} personer.",
                "en": f"Never report on groups of fewer than {self.min_cell} people.",
            },
            {
                "sv": f"Om du ändå känner igen någon: säg det bara till {self.organisation}, aldrig till någon annan.",
                "en": f"If you recognise somebody all the same: tell {self.organisation} and nobody else.",
            },
            {
                "sv": "Ange utgåvan varje gång du använder den, och radera filerna när avtalet har gått ut.",
                "en": "Cite the release each time you use it, and delete the files when the agreement has ended.",
            },
        )
