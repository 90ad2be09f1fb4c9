"""Whether the lot decided who waits, by what a release says was done: a study that means to draw lots may not have."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from analysis.evaluation import Release

BY_LOT, ARM = "arm_by_lot", "arm"
_YES = "1"


def arms_by_lot(release: "Release") -> bool:
    """There are arms to tell apart, and every row says that the lot gave its arm. One that was set by hand, or one row
    that does not say, and the groups are not drawn by lot."""
    if not release.has(BY_LOT, ARM) or len(release.levels(ARM)) < 2:
        return False
    return set(release.cells[BY_LOT]) == {_YES}
