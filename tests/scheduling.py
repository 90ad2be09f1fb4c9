"""Which worker runs which test: a file is one worker's, so that what its tests share is made once.

Of a file whose tests take seconds each, and share little, each test may go to another worker. The attacks are all one
worker's: most of them look at the same simulated study, which takes long to make.
"""

import pytest
from xdist.scheduler import LoadScopeScheduling

SHARED = "tests/attacks/"
ONE_BY_ONE = ("tests/browser/test_every_page.py", "tests/browser/test_journey.py")


class ByFile(LoadScopeScheduling):
    def _split_scope(self, nodeid: str) -> str:
        path = nodeid.partition("::")[0]
        if path.startswith(SHARED):
            return SHARED
        return nodeid if path in ONE_BY_ONE else path


def longest_first(items: list[pytest.Item]) -> None:
    """A worker that begins a long file last would keep the others waiting."""
    items.sort(key=lambda item: (not item.get_closest_marker("browser"), not item.nodeid.startswith(SHARED)))
