"""A proportion of n, with the intervals that programs print. The headline is Wilson's."""

import math

from scipy import special, stats

from analysis.columns import check_conf
from analysis.envelope import Misuse, Outcome


def proportion(x: int, n: int, *, conf: float = 0.95) -> Outcome:
    """p = x/n and its intervals [low, high], as shares 0-1, two-sided with coverage `conf`.

    Sources: `wilson` Wilson 1927; `wilson_cc` with continuity correction, Newcombe 1998 (Stat Med 17:857) method 4;
    `clopper_pearson` and `jeffreys` (Brown, Cai & DasGupta 2001) from the beta distribution, Jeffreys 0 at x = 0 and
    1 at x = n; `agresti_coull` clipped to 0-1. Misuse: n below 1, or x outside 0 to n.

    >>> found = proportion(81, 263).result  # Newcombe 1998, table I
    >>> [round(limit, 4) for limit in found["wilson"]], [round(limit, 4) for limit in found["wilson_cc"]]
    ([0.2553, 0.3662], [0.2535, 0.3682])
    """
    check_conf(conf)
    if n < 1 or not 0 <= x <= n:
        raise Misuse("--n must be at least 1 and --x from 0 to n")
    z = normal_point(conf)
    return Outcome({
        "x": x, "n": n, "p": x / n, "wilson": wilson(x, n, conf), "wilson_cc": _wilson_cc(x, n, z),
        "clopper_pearson": clopper_pearson(x, n, conf), "agresti_coull": _agresti_coull(x, n, z),
        "jeffreys": _jeffreys(x, n, conf),
    })  # fmt: skip


def normal_point(conf: float) -> float:
    """The two-sided point of the standard normal: 1.959964 for 0.95."""
    return float(-special.ndtri((1 - conf) / 2))


def wilson(x: int, n: int, conf: float = 0.95) -> list[float]:
    """(2x + z^2 -+ z sqrt(z^2 + 4x(n-x)/n)) / (2(n + z^2)): the score interval (Wilson 1927), exactly 0 or 1 at an end.

    >>> [round(limit, 4) for limit in wilson(0, 20)]
    [0.0, 0.1611]
    """
    z = normal_point(conf)
    middle, reach = 2 * x + z * z, z * math.sqrt(z * z + 4 * x * (n - x) / n)
    low, high = (middle - reach) / (2 * (n + z * z)), (middle + reach) / (2 * (n + z * z))
    return [0.0 if x == 0 else low, 1.0 if x == n else high]


def _wilson_cc(x: int, n: int, z: float) -> list[float]:
    p, q = x / n, 1 - x / n
    low = (2 * x + z * z - 1 - z * math.sqrt(z * z - 2 - 1 / n + 4 * p * (n * q + 1))) if x > 0 else 0.0
    high = (2 * x + z * z + 1 + z * math.sqrt(z * z + 2 - 1 / n + 4 * p * (n * q - 1))) if x < n else 2 * (n + z * z)
    return [max(0.0, low / (2 * (n + z * z))), min(1.0, high / (2 * (n + z * z)))]


def clopper_pearson(x: int, n: int, conf: float = 0.95) -> list[float]:
    """The exact interval from the beta distribution (Clopper & Pearson 1934, Biometrika 26).

    >>> [round(limit, 4) for limit in clopper_pearson(0, 20)]
    [0.0, 0.1684]
    """
    tail = (1 - conf) / 2
    low = float(stats.beta.ppf(tail, x, n - x + 1)) if x else 0.0
    return [low, float(stats.beta.isf(tail, x + 1, n - x)) if x < n else 1.0]


def _agresti_coull(x: int, n: int, z: float) -> list[float]:
    larger = n + z * z
    centre = (x + z * z / 2) / larger
    reach = z * math.sqrt(centre * (1 - centre) / larger)
    return [max(0.0, centre - reach), min(1.0, centre + reach)]


def _jeffreys(x: int, n: int, conf: float) -> list[float]:
    tail = (1 - conf) / 2
    low = float(stats.beta.ppf(tail, x + 0.5, n - x + 0.5)) if x else 0.0
    return [low, float(stats.beta.isf(tail, x + 0.5, n - x + 0.5)) if x < n else 1.0]
