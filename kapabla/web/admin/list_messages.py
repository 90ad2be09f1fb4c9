"""What an officer is told about a list: one Swedish sentence for each code, that says what to do (D03)."""

from kapabla.identity.list_reading import ListRefused, RowFault

COLUMNS = {
    "name": "Namn", "first_name": "Förnamn", "last_name": "Efternamn", "email": "E-post", "phone": "Telefon",
    "address": "Adress", "postal_code": "Postnummer", "town": "Ort", "municipality": "Kommun", "role": "Yrke",
    "language": "Språk", "protected": "Skyddad",
}  # fmt: skip

_ROWS = {
    "name_missing": "Skriv personens namn.",
    "municipality_missing": "Skriv kommunen.",
    "municipality_unknown": "Vi känner inte igen kommunen ”{value}”. Skriv en av länets femton kommuner.",
    "role_missing": "Skriv personens yrke eller roll.",
    "role_unknown": "Vi känner inte igen yrket ”{value}”. Välj ett yrke i listan.",
    "language_unknown": "Vi har inte utbildningen på språket ”{value}”. Skriv svenska, "
    "lätt svenska eller engelska, eller lämna cellen tom.",
    "contact_missing": "Skriv minst ett sätt att nå personen: e-post, telefon eller adress.",
    "email_no_at": "E-postadressen saknar @.",
    "email_not_ascii": "E-postadressen har å, ä eller ö före @. Till en sådan går det inte att skicka. "
    "Skriv den som personen själv skriver den.",
    "email_wrong": "E-postadressen ser inte rätt ut. Skriv den så här: namn@example.com.",
    "phone_wrong": "Telefonnumret ser inte rätt ut. Skriv det så här: 070-174 06 05.",
    "personal_number": "Här står ett personnummer. Ta bort det och läs in raden igen.",
    "protected": "Lägg aldrig in personer med skyddade personuppgifter i en fil. "
    "Skapa en kod utan namn och lämna den på papper.",
    "formula": "{column} börjar med ett tecken som kalkylprogram läser som en formel. Skriv texten utan det.",
    "too_few_cells": "Raden har färre kolumner än rubrikraden. Fyll i dem eller ta bort raden.",
    "too_many_cells": "Raden har fler kolumner än rubrikraden. Ta bort det som står för långt till höger.",
    "control_characters": "{column} innehåller tecken som inte går att läsa. Skriv texten på nytt.",
    "too_long": "{column} är för lång. Korta texten.",
    "duplicate_in_file": "Samma person som rad {value}. Raden läses inte in en gång till.",
    "has_left": "Personen är borttagen och läses inte in igen.",
    "may_have_left": "Namnet eller kontaktuppgiften är samma som hos någon som är borttagen. Är det säkert en annan "
    "person? Lägg till den på sidan Lägg till en person.",
}

_FILES = {
    "empty": "Filen är tom. Välj en fil med en rad per person, eller klistra in raderna i rutan.",
    "too_large": "Filen är större än {maximum_mb} MB. Dela upp listan i flera filer.",
    "too_many_rows": "Listan har fler än {maximum} rader. Dela upp den i flera filer.",
    "wrong_type": "Vi kan inte läsa filen. Spara listan som xlsx eller csv och välj den igen. "
    "Är filen låst med lösenord, ta bort lösenordet först.",
    "unreadable": "Vi kan inte läsa tecknen i filen. Spara den som csv (UTF-8) och välj den igen.",
    "no_header": "Vi hittar ingen rubrikrad på de tio första raderna{where}. Skriv rubrikerna namn, kommun, yrke och "
    "minst en av e-post, telefon och adress överst.",
    "column_missing": "Kolumnen ”{column}” saknas bland rubrikerna på rad {row}{where}. "
    "Lägg till den och välj filen igen.",
    "column_twice": "Kolumnerna ”{other}” och ”{column}” är samma uppgift två gånger. Ta bort den ena, eller döp om "
    "den, och välj filen igen.",
}


def row_message(fault: RowFault) -> str:
    return f"Rad {fault.row}: {fault_text(fault)}"


# Where the sentence for a row speaks of the list.
_ONE_PERSON = {
    "personal_number": "Här står ett personnummer. Ta bort det.",
    "has_left": "Personen är borttagen och läggs inte till igen.",
    "may_have_left": "Namnet eller kontaktuppgiften är samma som hos någon som är borttagen. "
    "Kryssa i om det är en annan person. Är det samma person läggs den inte till igen.",
    "role_unknown": "Välj ett yrke i listan.",
    "municipality_unknown": "Välj en kommun i listan.",
}


def person_message(fault: RowFault) -> str:
    """The same for one person by form (D13)."""
    return _ONE_PERSON.get(fault.code) or fault_text(fault)


def fault_text(fault: RowFault) -> str:
    """The sentence without the row."""
    return _ROWS[fault.code].format(value=fault.value, column=COLUMNS.get(fault.column, "Cellen"))


# How a new person gets the way in.
WAYS = {"email": "E-post", "sms": "Sms", "letter": "Brev", "hand": "Kod för hand"}


def shared_message(row: int, other: str) -> str:
    """`other` is a row of the file, or the number of somebody who is there already."""
    whom = other if other.startswith("K-") else f"rad {other}"
    return (
        f"Rad {row}: Samma e-post eller telefon som {whom}. Delar de adress? Låt raden stå, så får den personen brev "
        f"eller kod i stället för mejl. Är något felskrivet? Rätta det under ”Rätta raderna här”."
    )


def namesake_message(row: int, other: str) -> str:
    whom = other if other.startswith("K-") else f"rad {other}"
    return (
        f"Rad {row}: Samma namn och kommun som {whom}. Är det samma person? Ta bort raden i din lista och läs in den "
        "igen. Är det två personer kan du gå vidare."
    )


def known_message(row: int, number: str, *, is_here: bool) -> str:
    if is_here:
        return f"Rad {row}: Finns redan i omgången ({number})."
    return f"Rad {row}: Är med i en annan omgång ({number}) och blir kvar där."


def address_message(row: int) -> str:
    """Somebody who gets a letter, with a street and no postcode."""
    return f"Rad {row}: Personen ska få brev, men adressen saknar postnummer. Utan det kommer brevet inte fram."


def file_message(refused: ListRefused) -> str:
    sheet = refused.context.get("sheet")
    return _FILES[refused.code].format(**refused.context, where=f" i bladet ”{sheet}”" if sheet else "")
