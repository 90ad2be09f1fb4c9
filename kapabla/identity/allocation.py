"""Allocation by lot, the method: pure functions of units, strata and a seed. Storing it is `allocating`'s.

Stratified permuted blocks of varying size. Sources: ICH E9, Statistical Principles for Clinical Trials (1998), 2.3.2;
J. P. Matts and J. M. Lachin, Properties of permuted-block randomization in clinical trials, Controlled Clinical Trials
9 (1988) 327-344; shuffling after R. Durstenfeld, Algorithm 235, Communications of the ACM 7 (1964) 420.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from kapabla.keys import keyed_hash

# Told with every list: another method gets another name, and lists of this one can be drawn again for ever.
ALGORITHM = "permuted-blocks-1"
SEED_BYTES = 32


@dataclass(frozen=True)
class Lot:
    """How lots are drawn. ratio: arm to its share of every block. block_sizes: each a multiple of the shares' sum."""

    seed: bytes
    ratio: Mapping[str, int]
    block_sizes: Sequence[int]


def mark_of(seed: bytes, unit_id: str) -> str:
    """What a list calls a unit: 64 hex digits that only who has the list and the unit can lay together.

    >>> mark_of(bytes(32), "a") == mark_of(bytes(32), "a"), mark_of(bytes(32), "a") == mark_of(bytes(32), "b")
    (True, False)
    """
    return keyed_hash(seed, b"unit", unit_id.encode()).hex()


def draw(strata: Mapping[str, str], lot: Lot) -> dict[str, str]:
    """The arm of each mark. strata: mark to stratum.

    Within a stratum the units stand in the order of their marks, which is random to whoever has not seen the seed, and
    meet the arms of blocks that follow one another. A block has a size drawn from `block_sizes` and holds each arm by
    its share, shuffled. So arms differ within a stratum by no more than one unfinished block, and neither the order in
    which units came nor that in which they are given has any influence. Example: four units of one stratum and blocks
    of 2 or 4, shares 1 and 1: two in each arm.

    >>> strata = {mark_of(bytes(32), unit): "s" for unit in "abcd"}
    >>> sorted(draw(strata, Lot(bytes(32), {"x": 1, "y": 1}, (2, 4))).values())
    ['x', 'x', 'y', 'y']
    """
    found: dict[str, str] = {}
    for stratum in sorted(set(strata.values())):
        marks = sorted(mark for mark, where in strata.items() if where == stratum)
        # Stops with the marks: the last block may be left unfinished.
        found |= dict(zip(marks, _arms(stratum, lot), strict=False))
    return found


def list_hash(strata: Mapping[str, str], arms: Mapping[str, str], lot: Lot) -> str:
    """SHA-256 of the whole list and of how it was drawn: written into the log before anybody can see an arm."""
    told = {
        "algorithm": ALGORITHM, "seed": lot.seed.hex(), "ratio": dict(lot.ratio), "blocks": list(lot.block_sizes),
        "places": [[mark, strata[mark], arms[mark]] for mark in sorted(strata)],
    }  # fmt: skip
    return hashlib.sha256(json.dumps(told, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def _arms(stratum: str, lot: Lot) -> Iterator[str]:
    numbers = _numbers(lot.seed, stratum)
    arms, shares = sorted(lot.ratio), sum(lot.ratio.values())
    sizes = sorted(lot.block_sizes)
    while True:
        times = sizes[_below(len(sizes), numbers)] // shares
        block = [arm for arm in arms for _ in range(lot.ratio[arm] * times)]
        for place in range(len(block) - 1, 0, -1):
            other = _below(place + 1, numbers)
            block[place], block[other] = block[other], block[place]
        yield from block


def _numbers(seed: bytes, stratum: str) -> Iterator[int]:
    """Numbers of 64 bits without end: HMAC-SHA-256 of a counter under the seed, for each stratum its own."""
    count = 0
    while True:
        yield int.from_bytes(keyed_hash(seed, b"block", stratum.encode(), count.to_bytes(8, "big"))[:8], "big")
        count += 1


def _below(limit: int, numbers: Iterator[int]) -> int:
    """A whole number from 0, below the limit, each equally likely: what would favour the small ones is passed over."""
    fair = (1 << 64) - (1 << 64) % limit
    return next(number for number in numbers if number < fair) % limit
