"""Logistic regression, on given and on random data, with a certified minimizer."""

from typing import Annotated, NamedTuple

import numpy as np
from scipy.optimize import minimize
from scipy.special import expit

from convlab import precise
from convlab.assumption import Certificate
from convlab.assumptions import (
    attained,
    average_smooth,
    components_convex,
    components_smooth,
    components_strongly_convex,
    finite_sum,
    function_noise,
    gradient_noise,
    known_infima,
    smooth,
)
from convlab.errors import ConvlabError
from convlab.family import between, family
from convlab.problem import Problem
from convlab.streams import integers
from convlab.vocabulary import (
    Array,
    element,
    matvec,
    mean,
    rmatvec,
    row,
    sigmoid,
    softplus,
    sqnorm,
)

__all__ = ["Logistic", "logistic", "logistic_regression", "unregularized_logistic"]


class Logistic(NamedTuple):
    """f_i(x) = log(1 + exp(-a_i^T x)) + ridge |x|^2 / 2 - shift; the rows a_i carry the labels.

    The shift, below the rounding of doubles, makes the infimum a double.
    """

    A: Array
    ridge: float
    infima: Array
    shift: float

    @property
    def n(self):
        """Number of components."""
        return self.A.shape[-2]

    def value(self, x):
        """(R, d) -> (R, 1)."""
        losses = softplus(-matvec(self.A, x))
        return mean(losses) + 0.5 * self.ridge * sqnorm(x) - self.shift

    def gradient(self, x):
        """(R, d) -> (R, d)."""
        return self.ridge * x - rmatvec(self.A, sigmoid(-matvec(self.A, x))) / self.n

    def sample_value(self, x, i):
        """Mean over the components i, (R, b): (R, 1)."""
        losses = softplus(-matvec(row(self.A, i), x))
        return mean(losses) + 0.5 * self.ridge * sqnorm(x) - self.shift

    def sample_gradient(self, x, i):
        """Mean over the components i, (R, b): (R, d)."""
        rows = row(self.A, i)
        return self.ridge * x - rmatvec(rows, sigmoid(-matvec(rows, x))) / i.shape[1]

    def sample_infimum(self, i):
        """Mean of the infima of the components i, (R, b): (R, 1)."""
        return mean(element(self.infima, i))

    def stochastic_gradient(self, x, rng):
        """The gradient of one component: (R, d)."""
        return self.sample_gradient(x, integers(rng, self.n))


def logistic_regression(A, ridge: float = 0.0) -> Problem:
    """Mean of log(1 + exp(-a_i^T x)) + ridge |x|^2/2 over the rows a_i of A.

    A is (n, d), each row times its label. The minimizer comes from Newton's method. With g and H
    the gradient and Hessian there and R = max |a_i|, the Hessian within the distance 1/R is at
    least H/e; so where 2 |g| <= m/R, m the smallest eigenvalue of H/e, the minimizer is at most
    |g|/m away, and f* at most |g|^2/(2 m) below. With a ridge, m = ridge will do in any case. |g|
    includes a bound on its rounding. Raises ConvlabError where there is no minimizer, as for
    separable data without a ridge.
    """
    A = np.asarray(A, dtype=float)
    n = len(A)
    sizes = (A**2).sum(axis=1)
    x = _newton(A, ridge)
    pull = expit(-A @ x)
    gradients = ridge * x - pull[:, None] * A
    rounding = n * np.finfo(float).eps
    wrong = float(
        np.linalg.norm(gradients.mean(axis=0)) + rounding * np.linalg.norm(gradients, axis=1).mean()
    )
    curvature = float(np.linalg.eigvalsh(_hessian(A, ridge, x))[0]) / np.e
    m = curvature if 2 * wrong * np.sqrt(sizes.max()) <= curvature else ridge
    if m <= 0:
        raise ConvlabError(
            "this logistic regression has no minimizer: a hyperplane separates the data, or the "
            "columns are linearly dependent; give it ridge > 0"
        )
    infima = _component_infima(sizes, ridge)
    f_star = _value(A, ridge, x)
    unshifted = Logistic(A, ridge, infima, 0.0)
    exact = Problem(unshifted, ()).on(precise).value(precise.asarray(x)[None])  # type: ignore[arg-type]
    shift = float(exact[0, 0] - f_star)
    L = float(np.linalg.eigvalsh(A.T @ A / n)[-1] / 4 + ridge)
    highest = float(sizes.max() / 4 + ridge)
    noise = float((gradients**2).sum(axis=1).mean())
    solved = "Newton's method; error from gradient and curvature there"
    return Problem(
        oracle=unshifted._replace(shift=shift),
        declares=[
            finite_sum(n),
            components_strongly_convex(ridge) if ridge > 0 else components_convex(),
            components_smooth(highest),
            average_smooth(float(sizes.mean() / 4 + ridge)),
            smooth(Certificate(L, "largest eigenvalue of A^T A / 4n, and the ridge", 1e-13 * L)),
            attained(
                Certificate(f_star, solved, wrong**2 / (2 * m)),
                Certificate(x, solved, wrong / m),
            ),
            gradient_noise(Certificate(noise, solved, 2 * noise**0.5 * highest * wrong / m)),
            function_noise(Certificate(float(f_star - infima.mean()), solved, 1e-14 * f_star)),
            known_infima(),
        ],
    )


def _value(A, ridge, x):
    return float(np.logaddexp(0.0, -A @ x).mean() + 0.5 * ridge * x @ x)


def _gradient(A, ridge, x):
    return ridge * x - A.T @ expit(-A @ x) / len(A)


def _hessian(A, ridge, x):
    p = expit(-A @ x)
    return (A.T * (p * (1 - p))) @ A / len(A) + ridge * np.eye(A.shape[1])


def _newton(A, ridge):
    """The minimizer: a trust region for the way, full Newton steps for the last digits."""
    x = minimize(
        lambda x: _value(A, ridge, x),
        np.zeros(A.shape[1]),
        jac=lambda x: _gradient(A, ridge, x),
        hess=lambda x: _hessian(A, ridge, x),
        method="trust-exact",
        options={"gtol": 1e-7},
    ).x
    for _ in range(3):
        step, *_ = np.linalg.lstsq(_hessian(A, ridge, x), _gradient(A, ridge, x), rcond=None)
        x = x - step
    return x


def _component_infima(sizes, ridge):
    """(n,) the infima of log(1 + exp(-a^T x)) + ridge |x|^2/2, attained at x = t a/|a|^2."""
    if ridge == 0:
        return np.zeros(len(sizes))
    t = np.zeros(len(sizes))
    stiff = ridge / np.maximum(sizes, 1e-300)
    for _ in range(60):
        p = expit(-t)
        t = t - (stiff * t - p) / (stiff + p * (1 - p))
    return np.logaddexp(0.0, -t) + 0.5 * stiff * t**2


@family
def logistic(
    rng,
    *,
    n: Annotated[int, between(4, 50)] = 10,
    d: Annotated[int, between(1, 10)] = 3,
    ridge: Annotated[float, between(0.01, 1.0, log=True)] = 0.1,
):
    """Logistic regression on random data with random labels, and a ridge in every component."""
    return logistic_regression(rng.normal(size=(n, d)) / np.sqrt(d), ridge)


@family
def unregularized_logistic(
    rng,
    *,
    d: Annotated[int, between(1, 10)] = 4,
    n: Annotated[int, between(20, 60)] = 20,
):
    """Logistic regression without a ridge: convex and smooth, curvature vanishing at infinity.

    Every point occurs with both labels, and once more with a random one, so that no hyperplane
    separates them.
    """
    points = rng.normal(size=(n, d))
    labels = rng.choice([-1.0, 1.0], size=(n, 1))
    return logistic_regression(np.concatenate([points, -points, labels * points]))
