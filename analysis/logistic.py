"""Logistic regression by maximum likelihood and by Firth's penalised likelihood, and whether the first exists."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import optimize, special, stats

from analysis.columns import Floats, total
from analysis.envelope import Refused
from analysis.ols import orthonormal

STEPS = 100
LONGEST = 5.0  # of a Newton step in one coefficient of standardised columns
FAR = 8.0  # a linear predictor beyond this may be on its way to infinity
SEPARATED = 1e-6
SCORING = 30  # steps of scoring before the general search takes over
FARTHEST = 30.0  # standard errors from the estimate, where a limit is looked for
FLAT = 1e-4  # a steeper score, in standardised columns, is no maximum


@dataclass(frozen=True)
class Logistic:
    """A fit; `loglik` is penalised where the estimates are Firth's."""

    names: list[str]
    estimates: Floats
    covariance: Floats
    loglik: float


def loglikelihood(eta: Floats, y: Floats) -> float:
    """The sum of log P(y) given the linear predictor eta, without overflow.

    >>> round(loglikelihood(np.array([0.0, 0.0]), np.array([0.0, 1.0])), 6)
    -1.386294
    """
    return -total(np.logaddexp(0.0, np.where(y > 0, -eta, eta)))


def logistic(names: Sequence[str], x: Floats, y: Floats) -> Logistic | None:
    """Maximum likelihood of P(y = 1) = 1/(1 + exp(-x b)) by Newton's method; None where it does not exist.

    It does not where some combination of the columns tells y = 0 from y = 1, entirely or but for ties (Albert &
    Anderson 1984, Biometrika 71). x: n rows, p columns of full rank; y: 0 and 1, both there.
    Raises Refused: rank_deficient, not_converged.

    >>> x = np.array([[1.0, 0]] * 4 + [[1, 1]] * 4)
    >>> fit = logistic(["Intercept", "x"], x, np.array([0.0, 0, 0, 1, 0, 1, 1, 1]))
    >>> fit.estimates.round(6).tolist(), logistic(["Intercept"], np.ones((2, 1)), np.ones(2)) is None
    ([-1.098612, 2.197225], True)
    """
    q, inverse = orthonormal(x)
    basis = q * math.sqrt(len(q))
    b = np.zeros(basis.shape[1])
    for _ in range(STEPS):
        eta = basis @ b
        if np.max(np.abs(eta)) > FAR and is_separated(basis, y):
            return None
        share = special.expit(eta)
        information = (basis * (share * (1 - share))[:, None]).T @ basis
        step = np.linalg.solve(information, basis.T @ (y - share))
        while loglikelihood(basis @ (b + step), y) < loglikelihood(eta, y) - 1e-9:
            step = step / 2
        b = b + step
        if np.max(np.abs(step)) < 1e-10:
            scaled = inverse * math.sqrt(len(q))
            covariance = scaled @ np.linalg.inv(information) @ scaled.T
            return Logistic(list(names), scaled @ b, np.asarray(covariance), loglikelihood(basis @ b, y))
    raise Refused("not_converged", "the logistic regression found no maximum")


def is_separated(x: Floats, y: Floats) -> bool:
    """Whether some b has x b >= 0 where y = 1, x b <= 0 where y = 0, and not all zero: a linear programme (Konis 2007).

    >>> x = np.array([[1.0, 1], [1, 2], [1, 3], [1, 4]])
    >>> is_separated(x, np.array([0.0, 0, 1, 1])), is_separated(x, np.array([0.0, 1, 0, 1]))
    (True, False)
    """
    signed = np.unique(x * np.where(y > 0, 1.0, -1.0)[:, None], axis=0)
    found = optimize.linprog(
        -signed.sum(axis=0) / len(signed), A_ub=-signed, b_ub=np.zeros(len(signed)), bounds=(-1, 1), method="highs"
    )
    return bool(found.status == 0 and -found.fun > SEPARATED)


def firth(names: Sequence[str], x: Floats, y: Floats) -> Logistic:
    """The maximum of log L + log |I|/2 (Firth 1993, Jeffreys' prior; Heinze & Schemper 2002): it always exists.

    Raises Refused: rank_deficient, not_converged.

    >>> x = np.array([[1.0, 0]] * 4 + [[1, 1]] * 4)  # 0 of 4 against 3 of 4: a half is added to every cell
    >>> fit = firth(["Intercept", "x"], x, np.array([0.0, 0, 0, 0, 0, 1, 1, 1]))
    >>> round(math.exp(fit.estimates[1]), 6)  # (3.5/1.5)/(0.5/4.5)
    21.0
    """
    basis, back = _basis(x)
    b, loglik, information = _penalised(basis, y, np.zeros(x.shape[1]), None)
    covariance = back @ np.linalg.inv(information) @ back.T
    return Logistic(list(names), back @ b, np.asarray(covariance), loglik - _log_size(back))


def _basis(x: Floats) -> tuple[Floats, Floats]:
    """Orthogonal columns of mean square one, and the triangle that leads from their coefficients back to those of x."""
    q, inverse = orthonormal(x)
    return q * math.sqrt(len(q)), inverse * math.sqrt(len(q))


def _log_size(back: Floats) -> float:
    """What the penalty, half a log determinant, has more in the orthogonal columns than in those of x."""
    return float(np.sum(np.log(np.abs(np.diag(back)))))


def _penalised(x: Floats, y: Floats, start: Floats, held: int | None) -> tuple[Floats, float, Floats]:
    """The maximum of the penalised likelihood, with one coefficient held where it is if `held` is given."""
    free = [place for place in range(len(start)) if place != held]
    b, (value, score, information) = start.copy(), _penalised_at(x, y, start)
    for _ in range(SCORING if free else 0):
        step = np.zeros_like(b)
        # With probabilities that are all but 0 and 1 the information is singular to the machine: least squares then.
        step[free] = np.linalg.lstsq(information[np.ix_(free, free)], score[free], rcond=None)[0]
        step *= min(1.0, LONGEST / max(float(np.max(np.abs(step))), 1e-300))
        moved = _penalised_at(x, y, b + step)
        while moved[0] < value - 1e-11 and np.max(np.abs(step)) > 1e-12:
            step = step / 2
            moved = _penalised_at(x, y, b + step)
        b, (value, score, information) = b + step, moved
        if np.max(np.abs(step)) < 1e-9:
            return b, value, information
    return _searched(x, y, b, free) if free else (b, value, information)


def _searched(x: Floats, y: Floats, start: Floats, free: Sequence[int]) -> tuple[Floats, float, Floats]:
    """Scoring leaves the penalty's own curvature out, and may go to and fro in a handful of rows: a general search."""
    b = start.copy()

    def lost(values: Floats) -> tuple[float, Floats]:
        b[free] = values
        value, score, _ = _penalised_at(x, y, b)
        return -value, -score[free]

    found = optimize.minimize(lost, start[free], jac=True, method="BFGS", options={"gtol": 1e-9})
    b[free] = found.x
    value, score, information = _penalised_at(x, y, b)
    if not math.isfinite(value) or np.max(np.abs(score[free])) > FLAT:
        raise Refused("not_converged", "the penalised likelihood found no maximum")
    return b, value, information


def _penalised_at(x: Floats, y: Floats, b: Floats) -> tuple[float, Floats, Floats]:
    eta = x @ b
    share = special.expit(eta)
    weight = share * (1 - share)
    information = (x * weight[:, None]).T @ x
    sign, log_det = np.linalg.slogdet(information)
    if sign <= 0:
        return -math.inf, np.zeros_like(b), information
    leverage = weight * np.sum(x * np.linalg.solve(information, x.T).T, axis=1)
    return loglikelihood(eta, y) + float(log_det) / 2, x.T @ (y - share + leverage * (0.5 - share)), information


def profile_ci(x: Floats, y: Floats, fit: Logistic, place: int, conf: float = 0.95) -> list[float]:
    """Where twice the penalised likelihood lost, the others maximised anew, is the chi-square point (1 df).

    The intervals of logistf in R (Heinze & Schemper 2002, Stat Med 21). Raises Refused (not_converged).

    >>> x, y = np.ones((10, 1)), np.array([1.0] * 3 + [0] * 7)
    >>> [round(limit, 4) for limit in profile_ci(x, y, firth(["Intercept"], x, y), 0)]
    [-2.1771, 0.4501]
    """
    # With the coefficient's column last, the last coefficient in the orthogonal columns is its own but for a factor.
    order = [*(other for other in range(x.shape[1]) if other != place), place]
    basis, back = _basis(x[:, order])
    factor = abs(float(back[-1, -1]))
    best, top = basis.T @ (x @ fit.estimates) / len(x), fit.loglik + _log_size(back)
    turn = 1.0 if back[-1, -1] > 0 else -1.0
    needed = float(stats.chi2.isf(1 - conf, 1))
    width = math.sqrt(float(fit.covariance[place, place])) / factor
    near = best.copy()

    def lost(value: float) -> float:
        # From where the last search ended: the profile is followed outwards.
        near[-1] = value
        near[:], loglik, _ = _penalised(basis, y, near, len(near) - 1)
        if not math.isfinite(loglik):
            raise Refused("not_converged", "the profile of the penalised likelihood cannot be followed")
        return 2 * (top - loglik) - needed

    limits = []
    for side in (-1.0, 1.0):
        near[:], inside, reach = best, 0.0, 1.0
        while lost(best[-1] + side * reach * width) < 0:
            inside, reach = reach, reach + 0.5
            if reach > FARTHEST:
                raise Refused("not_converged", "the profile of the penalised likelihood has no limit")
        ends = [best[-1] + side * part * width for part in (inside, reach)]
        limits.append(turn * factor * float(optimize.brentq(lost, *ends, xtol=1e-10)))
    return sorted(limits)
