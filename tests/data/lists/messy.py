"""A long list of people as lists come: each kind of mess, and by construction what a reader must say of every line.

Nothing here is read back with the code under test: the maker of a row writes down its faults when it writes the row.
The same seed gives the same bytes. `python -m tests.data.lists.messy FILE` writes one to look at.
"""

import random
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from kapabla.identity.list_reading import Vocabulary

MUNICIPALITIES = {
    "Nordmaling": "2401", "Bjurholm": "2403", "Vindeln": "2404", "Robertsfors": "2409", "Norsjö": "2417",
    "Malå": "2418", "Storuman": "2421", "Sorsele": "2422", "Dorotea": "2425", "Vännäs": "2460", "Vilhelmina": "2462",
    "Åsele": "2463", "Umeå": "2480", "Lycksele": "2481", "Skellefteå": "2482",
}  # fmt: skip
ROLES = {
    "Frisör": "hairdresser", "Lantbrevbärare": "postal", "Handlare": "shopkeeper", "Veterinär": "vet",
    "Jägare": "hunter", "Idrottsledare": "sports_leader", "Skolskjutsförare": "driver", "Sotare": "other_local",
}  # fmt: skip
VOCABULARY = Vocabulary(
    {name.casefold(): code for name, code in MUNICIPALITIES.items()},
    {name.casefold(): code for name, code in ROLES.items()},
    {"svenska": "sv", "lätt svenska": "sv_easy", "en": "en", "english": "en"},
)
HEADER = ("Namn", "E-post", "Telefon", "Adress", "Kommun", "Yrke", "Personnummer", "Anteckning", "Skyddad")
PERSONAL_NUMBERS = ("811228-9874", "198112289874", "8112289874", "19811228-9874", "811288-9871")
_FIRST = ("Åsa", "Örjan", "Märta", "Elin", "Nils-Erik", "Sara", "Per", "Ingrid", "José", "Ülle")
_LAST = ("Öberg", "Lindström", "Åkerlund", "Näslund", "Ek", "Sjögren", "af Ström", "Müller")

Fault = tuple[int, str, str]
Cells = list[str]


@dataclass
class Messy:
    """The file, and what reading it must give: line and name of the good, line, column and code of the rejected."""

    data: bytes = b""
    row_count: int = 0
    good: list[tuple[int, str]] = field(default_factory=list)
    rejected: list[Fault] = field(default_factory=list)
    shared: dict[int, int] = field(default_factory=dict)


class _Writer:
    """Writes row after row and keeps count of the lines itself."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)  # noqa: S311 - the same mess every time
        self.result = Messy()
        self.lines = [";".join(HEADER)]
        self.number = 0

    def person(self) -> Cells:
        self.number += 1
        number = self.number
        name = f"{self.dice.choice(_FIRST)} {self.dice.choice(_LAST)}"
        email = f"person{number}@example.com"
        phone = (
            f"070-1{number // 10000 % 10}{number // 1000 % 10} {number // 100 % 10}{number // 10 % 10} {number % 10}0"
        )
        municipality, role = self.dice.choice(list(MUNICIPALITIES)), self.dice.choice(list(ROLES))
        return [name, email, phone, f"Storgatan {number}", municipality, role, "", "ring efter fem", ""]

    def write(self, cells: Cells, *faults: tuple[str, str]) -> int:
        row = len(self.lines) + 1
        self.lines += ";".join(cells).split("\n")
        self.result.row_count += 1
        self.result.rejected += [(row, column, code) for column, code in faults]
        if not faults:
            self.result.good.append((row, cells[0].strip(" \xa0")))
        return row


def _plain(out: _Writer) -> None:
    out.write(out.person())


def _untidy(out: _Writer) -> None:
    """Spaces, hard spaces, shouting and a personal number in the column that is never read: all good."""
    cells = out.person()
    cells[0] = f"\xa0{cells[0]} "
    cells[1] = f" {cells[1].upper()}\xa0"
    cells[4], cells[5] = cells[4].upper(), f"  {cells[5].lower()}"
    cells[6] = out.dice.choice(PERSONAL_NUMBERS)
    out.write(cells)


def _line_breaks(out: _Writer) -> None:
    cells = out.person()
    cells[3] = f'"c/o ""Lill-Anna"" Ek\nStorgatan 1; uppgång B\n\n903 2{out.number % 10} Umeå"'
    out.write(cells)


def _blank(out: _Writer) -> None:
    out.lines.append(out.dice.choice(("", "   ", ";" * (len(HEADER) - 1), " ; ;\xa0;;")))


def _double(out: _Writer) -> None:
    """The same person again in other case, by e-mail or by telephone."""
    first = out.person()
    out.write(first)
    again = [first[0].upper(), first[1].upper(), first[2].replace("070-", "+46 (0)70 "), *first[3:]]
    again[out.dice.choice((1, 2))] = ""
    out.write(again, ("name", "duplicate_in_file"))


def _household(out: _Writer) -> None:
    first, second = out.person(), out.person()
    row = out.write(first)
    out.result.shared[out.write([f"{second[0]} den yngre", first[1], *second[2:]])] = row


def _formula(out: _Writer) -> None:
    cells = out.person()
    place, column = out.dice.choice(((0, "name"), (1, "email"), (3, "address"), (4, "municipality"), (5, "role")))
    sign = out.dice.choice(("=", "+", "-", "@", " =", "\t"))
    cells[place] = sign + cells[place]
    out.write(cells, (column, "formula"))


def _personal_number(out: _Writer) -> None:
    cells = out.person()
    place, column = out.dice.choice(((0, "name"), (1, "email"), (2, "phone"), (3, "address"), (5, "role")))
    cells[place] = out.dice.choice((f"{cells[0]} {PERSONAL_NUMBERS[0]}", out.dice.choice(PERSONAL_NUMBERS)))
    out.write(cells, (column, "personal_number"))


def _unknown(out: _Writer) -> None:
    """Two faults in one row: both are told."""
    cells = out.person()
    cells[4], cells[5] = "Luleå", "frissa"
    out.write(cells, ("municipality", "municipality_unknown"), ("role", "role_unknown"))


def _missing(out: _Writer) -> None:
    cells = out.person()
    blank = out.dice.choice(("", "-", "\xa0"))
    cells[:6] = [blank] * 6
    out.write(
        cells,
        ("contact", "contact_missing"), ("municipality", "municipality_missing"), ("name", "name_missing"),
        ("role", "role_missing"),
    )  # fmt: skip


def _wrong_ways(out: _Writer) -> None:
    cells = out.person()
    wrong = (("anna.example.com", "email_no_at"), ("anna@", "email_wrong"), ("a@b@example.com", "email_wrong"))
    cells[1], code = out.dice.choice(wrong)
    cells[2] = out.dice.choice(("070-17", "finns ej", "070-174 06 05 eller 090-12 34 56"))
    out.write(cells, ("email", code), ("phone", "phone_wrong"))


def _too_few(out: _Writer) -> None:
    out.write(out.person()[: out.dice.randrange(2, len(HEADER))], ("", "too_few_cells"))


def _too_many(out: _Writer) -> None:
    out.write([*out.person(), "", "överflödig"], ("", "too_many_cells"))


def _trailing(out: _Writer) -> None:
    """Empty cells after the last column are no fault."""
    out.write([*out.person(), "", ""])


def _protected(out: _Writer) -> None:
    cells = out.person()
    cells[8] = out.dice.choice(("ja", "X", "1", "true", " Yes "))
    out.write(cells, ("protected", "protected"))


def _control(out: _Writer) -> None:
    cells = out.person()
    cells[3] += "\x07"
    out.write(cells, ("address", "control_characters"))


_KINDS: tuple[tuple[int, Callable[[_Writer], None]], ...] = (
    (40, _plain), (10, _untidy), (4, _line_breaks), (4, _blank), (3, _double), (2, _household), (3, _formula),
    (3, _personal_number), (3, _unknown), (2, _missing), (3, _wrong_ways), (3, _too_few), (3, _too_many),
    (2, _trailing), (2, _protected), (1, _control),
)  # fmt: skip


def make_messy(rows: int = 5_000, *, seed: int = 1, encoding: str = "cp1252") -> Messy:
    """At least so many rows, every kind among them; lines end as Windows ends them."""
    out = _Writer(seed)
    for make in _endless(out.dice):
        if out.result.row_count >= rows:
            break
        make(out)
    out.result.rejected.sort()
    out.result.data = "\r\n".join([*out.lines, "", ""]).encode(encoding)
    return out.result


def _endless(dice: random.Random) -> Iterator[Callable[[_Writer], None]]:
    yield from (make for _, make in _KINDS)
    while True:
        yield dice.choices([make for _, make in _KINDS], weights=[weight for weight, _ in _KINDS])[0]


if __name__ == "__main__":
    Path(sys.argv[1]).write_bytes(make_messy().data)
