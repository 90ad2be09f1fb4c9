"""Where the columns of a call come from: places in a release, written so that other programs can read them as well.

`se_mean@t1` is a score at a wave, `arm` what is the same at every wave. `a|b` is the first that is known;
`se_mean@t0b[arm=waitlist]` counts for those who wait alone; `a-b` is a difference; `?se_mean@t1` is 1 where it is
known, else 0; `bak_3@t0==2` is 1 where it is 2 and 0 where it is another; `*@t1` is known where there is a row.
`bet_2@t3>0` is 1 where it is more than none.
"""

from dataclasses import dataclass

ROW = "*"


@dataclass(frozen=True)
class Place:
    """A column at a wave (`wave` empty: the same at every wave), for all or for those of one group alone."""

    column: str
    wave: str = ""
    group: tuple[str, str] | None = None

    def __str__(self) -> str:
        at = f"@{self.wave}" if self.wave else ""
        only = f"[{self.group[0]}={self.group[1]}]" if self.group else ""
        return f"{self.column}{at}{only}"


@dataclass(frozen=True)
class Source:
    """A column of a call: the first of `places` that is known, and what is made of it.

    >>> str(Source((Place("se_mean", "t1"),), minus=Place("se_mean", "t0")))
    'se_mean@t1-se_mean@t0'
    >>> str(Source((Place("bak_3", "t0"),), equals="2")), str(Source((Place("se_mean", "t1"),), known=True))
    ('bak_3@t0==2', '?se_mean@t1')
    """

    places: tuple[Place, ...]
    minus: Place | None = None
    known: bool = False
    equals: str = ""
    positive: bool = False

    def __str__(self) -> str:
        text = "|".join(map(str, self.places))
        if self.minus:
            text += f"-{self.minus}"
        text += f"=={self.equals}" if self.equals else ">0" if self.positive else ""
        return ("?" if self.known else "") + text

    @property
    def all_places(self) -> tuple[Place, ...]:
        return (*self.places, self.minus) if self.minus else self.places


def at(column: str, wave: str = "") -> Source:
    """
    >>> str(at("se_mean", "t1"))
    'se_mean@t1'
    """
    return Source((Place(column, wave),))


def change(column: str, before: str, after: str) -> Source:
    """
    >>> str(change("se_mean", "t0", "t1"))
    'se_mean@t1-se_mean@t0'
    """
    return Source((Place(column, after),), minus=Place(column, before))


def known(column: str, wave: str) -> Source:
    """
    >>> str(known("se_mean", "t1"))
    '?se_mean@t1'
    """
    return Source((Place(column, wave),), known=True)


def is_value(column: str, wave: str, value: str) -> Source:
    """
    >>> str(is_value("bak_3", "t0", "2"))
    'bak_3@t0==2'
    """
    return Source((Place(column, wave),), equals=value)


def is_positive(column: str, wave: str) -> Source:
    """
    >>> str(is_positive("bet_2", "t3"))
    'bet_2@t3>0'
    """
    return Source((Place(column, wave),), positive=True)
