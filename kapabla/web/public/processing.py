"""The register of processing that people are shown (B10): purposes, legal basis, recipients, retention, cookies."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Purpose:
    what: str
    data: str
    basis: str
    recipients: str
    kept: str


PURPOSES = (
    Purpose(
        "Bjuda in till utbildningen och höra av oss",
        "Namn, kontaktuppgift, kommun, yrke eller roll, och om ett steg är över",
        "Uppgift av allmänt intresse",
        "Handläggare på Länsstyrelsen Västerbotten",
        "Tills omgångens sista mättillfälle är över. Sedan tas uppgifterna bort enligt beslut.",
    ),
    Purpose(
        "Ge utbildningen och intyg",
        "Vilka sidor som är lästa, val i berättelser och svar på övningar, under en kod i stället för namn",
        "Uppgift av allmänt intresse",
        "Ingen: uppgifterna visas inte för personal",
        "Tills omgångens sista mättillfälle är över.",
    ),
    Purpose(
        "Undersöka vad utbildningen leder till",
        "Svar på frågor, under en kod i stället för namn, från den som har sagt ja",
        "Uppgift av allmänt intresse, forskning",
        "Forskare vid Umeå universitet",
        "Enligt forskningens beslut om gallring, som står i informationen till deltagarna.",
    ),
)

COOKIES = (
    ("k", "Håller dig inloggad när du går utbildningen", "Tills du lämnar sidan eller loggar ut"),
    ("kx", "Gör att ”Lämna sidan” loggar ut dig även utan täckning", "Tills du lämnar sidan eller loggar ut"),
    ("s", "Håller personal inloggad", "Tills du loggar ut, högst tolv timmar"),
    ("li", "Skyddar inloggningen för personal", "Tills webbläsaren stängs"),
)
