"""What the forms of open surveys ask of staff, what each is called, and the sentence for each thing that is wrong."""

from collections.abc import Iterable
from datetime import date, timedelta

from kapabla.material.registers import Municipality
from kapabla.web.admin.typed_fields import Field, Reading

MOST_PLACES, MOST_LETTERS = 20, 60
# A survey that is open longer measures several seasons at once.
LONGEST = timedelta(days=120)
COUNTED = "Svaren är räknade eller på väg att räknas. Därför ändras varken dagar eller svar."
DAYS = (
    Field("oppnar", "opens_on", "Öppnar den dag", "day"),
    Field("stanger", "closes_on", "Stänger efter den dag", "day"),
)
_POPULATION = (
    Field("kalla", "source", "Källa till invånarantalen", hint="Till exempel: SCB, folkmängd efter ålder och kön."),
    Field("galler", "as_of", "Invånarantalen gäller den dag", "day"),
    Field("hamtad", "retrieved_on", "Hämtade den dag", "day"),
)
_PLACES = Field(
    "platser", "places", "Platser att fråga om", "text", needed=False, most=2000,
    hint="En plats på varje rad, som alla känner till: torget, badstranden, stationen. Aldrig någons hem.",
)  # fmt: skip
CORRECTION = (
    Field("rattat", "note", "Vad som var fel", "text", most=400,
          hint="Texten visas för invånarna, överst på sidan. Till exempel: Fyra pappersenkäter skrevs in två gånger."),
)  # fmt: skip
STATES = {
    "asked": "Svaren räknas", "made": "Resultatet väntar på två godkännanden",
    "approved_once": "Resultatet väntar på ett godkännande", "approved": "Resultatet publiceras inom en minut",
    "published": "Publicerad", "refused": "Resultatet är avslaget", "failed": "Resultatet kunde inte publiceras",
}  # fmt: skip
FILE = {
    "totals_missing": "Välj filen med invånarantalen.",
    "totals_too_large": "Filen är större än 200 kB. Behåll bara invånarna efter ålder och kön, och välj den igen.",
    "totals_unreadable": "Filen går inte att läsa. Spara den som CSV och välj den igen.",
    "totals_columns": "Filen behöver kolumnerna ålder, kön och antal. Skriv namnen på första raden.",
    "totals_row": "Rad {row} i filen går inte att läsa. Skriv ålder, kön och antal, till exempel 16–29, kvinna, 340.",
    "totals_empty": "Filen saknar invånare för {lacking}. Lägg till raden och välj filen igen.",
}
REFUSED = {
    "reason_missing": ("skal", "Skriv varför resultatet inte ska publiceras."),
    "sign_in_refused": ("kod", "Koden stämmer inte. Vänta på nästa kod i appen och skriv den."),
    "too_many_attempts": ("kod", "För många försök. Vänta en kvart och försök igen."),
    "same_account": ("lage", "Du har redan godkänt resultatet. Den andra personen måste vara någon annan."),
    "not_open": ("lage", "Resultatet är redan avgjort."),
    "wrong_state": ("lage", "Resultatet är redan avgjort."),
}


def new_fields(municipalities: Iterable[Municipality]) -> tuple[Field, ...]:
    places = tuple((place.code, place.name) for place in municipalities)
    return (Field("kommun", "municipality", "Kommun", "choice", options=places), *DAYS, _PLACES, *_POPULATION)


def check_days(reading: Reading, today: date | None) -> None:
    """`today`: of a new survey, which is not opened in the past."""
    first, last = reading.values["opens_on"], reading.values["closes_on"]
    if first is None or last is None:
        return
    if today is not None and last < today:
        reading.errors["stanger"] = "Dagen har redan varit. Skriv en som kommer."
    elif not first <= last <= first + LONGEST:
        reading.errors["stanger"] = f"Enkäten ska stänga efter att den öppnar, och inom {LONGEST.days} dagar."


def places_of(reading: Reading) -> tuple[str, ...]:
    names = [" ".join(line.split()) for line in reading.given["platser"].splitlines() if line.strip()]
    if len(names) > MOST_PLACES or any(len(name) > MOST_LETTERS for name in names):
        reading.errors["platser"] = f"Skriv högst {MOST_PLACES} platser, med högst {MOST_LETTERS} tecken var."
    elif len({name.casefold() for name in names}) < len(names):
        reading.errors["platser"] = "Samma plats står två gånger. Ta bort den ena."
    return tuple(names)
