"""The thresholds, together and with their source, and the refusal that every rule ends in when it cannot decide."""

from dataclasses import dataclass

from kapabla.errors import Refused


class Withheld(Refused):
    """Nothing is shown. Hidden and not computable look alike; the reason is for the log and the manifest alone."""

    code = "withheld"


class ThresholdLowered(Refused):
    """A setting can raise the smallest cell, never lower it."""

    code = "threshold_lowered"


# `privacy.md` C5: the smallest number of people that signed-in staff and researchers may be shown; in public, 10.
SMALLEST_CELL = 5
SMALLEST_CELL_PUBLIC = 10


@dataclass(frozen=True)
class Thresholds:
    """`cell`: the smallest number of people that may be shown (T, `privacy.md` C5). Settings can raise it.

    >>> Thresholds(5).answer_group
    10
    """

    cell: int

    def __post_init__(self) -> None:
        if self.cell < SMALLEST_CELL:
            raise ThresholdLowered(cell=self.cell, smallest=SMALLEST_CELL)

    @property
    def answer_group(self) -> int:
        """An answer table, and a zero that tells something, need a group of twice the smallest cell."""
        return 2 * self.cell


# `privacy.md` C4.4: people alike on all quasi-identifiers; more where files leave the university's secure storage.
K = 5
K_OUTSIDE = 10
# C4.3: a municipality is released only where each has so many participants.
MIN_MUNICIPALITY = 20
# C4.6: blanks in one column beyond this share (and these people) mean that the column is recoded instead.
MAX_BLANK_SHARE = 0.05
MAX_BLANK_PEOPLE = 5
# Of what somebody took of the course more may go (decision 52): most are those who answered nothing afterwards.
MAX_BLANK_SHARE_OF_PACE = 0.1
# C4.5: distinct answers to a sensitive item within a group.
L_DISTINCT = 3
# C4.6: outliers are coded at these percentiles, with at least k people beyond the cut.
OUTLIER_SHARE = 0.01
# C5.2: from how many people a mean, then its spread and interval, then a p value may be shown.
N_SPREAD = 10
N_P = 20
# C5.3e: a table that would be mostly holes is refused.
MAX_HIDDEN_SHARE = 0.4
# C5.4: more filters than this single people out whatever the numbers say.
MAX_FILTERS = 2
