"""What a report is made of before it is written in any format: headings, sentences, lists, tables; in one language."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Heading:
    text: str
    level: int = 2


@dataclass(frozen=True)
class Paragraph:
    text: str


@dataclass(frozen=True)
class Bullets:
    items: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """`rows`: the first cell of each is its heading. `numeric`: columns of numbers, which stand to the right."""

    caption: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numeric: frozenset[int] = frozenset()


Block = Heading | Paragraph | Bullets | Table


@dataclass(frozen=True)
class Report:
    """`title` names the release with its marks; `lang` is the language of every word in it."""

    title: str
    lang: str
    blocks: tuple[Block, ...]
