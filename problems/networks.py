"""Least squares with wide networks of one hidden layer, and with the kernel that is their limit.

With weights a, and w of unit variance, the output at x is sum_j a_j phi(<w_j, x>) / sqrt(m) for a
hidden layer of width m. Gradient steps on the weights move the outputs along the tangent kernel
Theta(x, y) = (1/m) sum_j phi_j(x) phi_j(y) + a_j^2 phi_j'(x) phi_j'(y) <x, y>, a mean of m
independent terms at the start, whose expectation K and variance are here in closed form: for
inputs on the unit sphere they are functions of rho = <x, y>.
"""

from typing import Annotated, NamedTuple

import numpy as np

from convlab.assumption import Certificate
from convlab.assumptions.functions import attained
from convlab.assumptions.kernels import (
    non_polynomial,
    positive_definite_kernel,
    separated_inputs,
    tangent_kernel,
)
from convlab.family import between, choice, family
from convlab.problem import Problem
from convlab.vocabulary import (
    Array,
    absolute,
    concat,
    cos,
    inner,
    matmul,
    matvec,
    maximum,
    reshape,
    rmatvec,
    sin,
    split,
    sqnorm,
    transpose,
    where,
)

__all__ = ["kernel_regression", "wide_network"]

Activation = Annotated[str, choice("sine", "relu", "square")]


def _relu(rho: np.ndarray) -> tuple[np.ndarray, ...]:
    """Arc-cosine kernels (Cho and Saul, 2009): means of phi phi, phi' phi', and of their squares.

    In the order in which :func:`_moments` names them.
    """
    angle = np.arccos(rho.clip(-1, 1))
    sine = np.sqrt(1 - rho.clip(-1, 1) ** 2)
    zero = (np.pi - angle) / (2 * np.pi)
    one = (sine + (np.pi - angle) * rho) / (2 * np.pi)
    two = (3 * sine * rho + (np.pi - angle) * (1 + 2 * rho**2)) / (2 * np.pi)
    return one, zero, two, zero, one


def _sine(rho: np.ndarray) -> tuple[np.ndarray, ...]:
    """For phi = sin + cos: E cos(s u - s v) = exp(s^2 (rho - 1)) for u, v normal, correlation rho.

    phi^2 = 1 + sin 2u, phi'^2 = 1 - sin 2u and phi phi' = cos 2u.
    """
    near, far = np.exp(4 * (rho - 1)), np.exp(-4 * (rho + 1))
    mean, squares = np.exp(rho - 1), 1 + (near - far) / 2
    return mean, mean, squares, squares, (near + far) / 2


def _square(rho: np.ndarray) -> tuple[np.ndarray, ...]:
    """For phi = u^2, by Isserlis' formula."""
    two = 1 + 2 * rho**2
    four = 9 + 72 * rho**2 + 24 * rho**4
    mixed = 4 * (9 * rho + 6 * rho**3)
    return two, 4 * rho, four, 16 * two, mixed


MOMENTS = {"relu": _relu, "sine": _sine, "square": _square}


class Limit(NamedTuple):
    """The limit kernel between the inputs, (N, N), and the variance of one neuron's, (N, N)."""

    kernel: np.ndarray
    variance: np.ndarray


def _limit(X: np.ndarray, activation: str) -> Limit:
    """E and Var of phi phi + a^2 phi' phi' rho, with E a^2 = 1 and E a^4 = 3."""
    rho = X @ X.T
    value, slope, value_squared, slope_squared, mixed = MOMENTS[activation](rho)
    kernel = value + rho * slope
    square = value_squared + 2 * rho * mixed + 3 * rho**2 * slope_squared
    return Limit(kernel, square - kernel**2)


class Network(NamedTuple):
    """Half the squared error of a network of one hidden layer.

    The weights are the rows w_1, ..., w_m one after the other, then a. ``inputs`` is (N, d), with
    rows of unit length, ``targets`` (N,); ``limit`` is the kernel of infinite width, (N, N). The
    output is multiplied by ``scale``, and gradients by ``rate``: 1/sqrt(m) and 1 in the
    parametrization of tangent kernels, 1/m and m in that of mean fields.
    """

    inputs: Array
    targets: Array
    limit: Array
    activation: str
    width: int
    scale: float
    rate: float

    def _layers(self, x: Array) -> tuple[Array, Array]:
        """The hidden layer before its activation, (R, m, N), and the outer weights, (R, m, 1)."""
        d = self.inputs.shape[1]
        rows, outer = split(x, self.width * d)
        hidden = matmul(reshape(rows, (self.width, d)), transpose(self.inputs))
        return hidden, reshape(outer, (self.width, 1))

    def _activated(self, h: Array) -> Array:
        if self.activation == "relu":
            return maximum(h, 0.0)
        return h * h if self.activation == "square" else sin(h) + cos(h)

    def _slope(self, h: Array) -> Array:
        if self.activation == "relu":
            return where(h > 0, 0.0 * h + 1.0, 0.0)
        return 2.0 * h if self.activation == "square" else cos(h) - sin(h)

    def outputs(self, x: Array) -> Array:
        """(R, N): the network at the inputs."""
        hidden, outer = self._layers(x)
        return self.scale * rmatvec(self._activated(hidden), outer[:, :, 0])

    def residual(self, x: Array) -> Array:
        """(R, N): outputs minus targets."""
        return self.outputs(x) - self.targets

    def value(self, x: Array) -> Array:
        """(R, 1)."""
        return sqnorm(self.residual(x)) / 2

    def gradient(self, x: Array) -> Array:
        """(R, m (d + 1)), by the chain rule, times ``rate``."""
        hidden, outer = self._layers(x)
        active = self._activated(hidden)
        residual = self.scale * (rmatvec(active, outer[:, :, 0]) * self.scale - self.targets)
        back = outer * self._slope(hidden) * residual[:, None, :]
        rows = reshape(matmul(back, self.inputs), (-1,))
        return self.rate * concat(rows, matvec(active, residual))

    def kernel(self, x: Array) -> Array:
        """(R, N, N): the tangent kernel."""
        hidden, outer = self._layers(x)
        active, back = self._activated(hidden), outer * self._slope(hidden)
        rho = matmul(self.inputs, transpose(self.inputs))
        moving = matmul(transpose(active), active) + rho * matmul(transpose(back), back)
        return self.rate * self.scale**2 * moving

    def kernel_error_squared(self, x: Array) -> Array:
        """(R, 1): squared Frobenius distance of the tangent kernel from its limit."""
        return sqnorm(reshape(self.kernel(x) - self.limit, (-1,)))


class KernelRegression(NamedTuple):
    """Half the squared error of a vector of outputs, (R, N), in the geometry of a kernel.

    ``inputs`` is (N, d), ``limit`` the kernel (N, N), ``slowest`` and ``fastest`` its eigenvectors.
    """

    inputs: Array
    limit: Array
    targets: Array
    slowest: Array
    fastest: Array

    def value(self, x: Array) -> Array:
        """(R, 1)."""
        return sqnorm(x - self.targets) / 2

    def gradient(self, x: Array) -> Array:
        """(R, N)."""
        return x - self.targets

    def kernel_product(self, v: Array) -> Array:
        """(R, N) -> (R, N): the kernel times a vector of outputs."""
        return matvec(self.limit, v)

    def along(self, x: Array, direction: Array) -> Array:
        """(R, 1): size of the error along a unit vector (N,)."""
        return absolute(inner(x - self.targets, direction))


def _inputs(rng: np.random.Generator, N: int, d: int) -> tuple[np.ndarray, np.ndarray]:
    X = rng.normal(size=(N, d))
    return X / np.linalg.norm(X, axis=1, keepdims=True), rng.choice([-1.0, 1.0], size=N)


def _spectrum(kernel: np.ndarray) -> list:
    values = np.linalg.eigvalsh(kernel).clip(0)
    how = "eigenvalues of the limit kernel"
    return [positive_definite_kernel(*(Certificate(float(values[i]), how, 1e-12) for i in (0, -1)))]


@family
def wide_network(
    rng: np.random.Generator,
    *,
    width: Annotated[int, between(1, 4096)] = 64,
    activation: Activation = "sine",
    parametrization: Annotated[str, choice("tangent kernel", "mean field")] = "tangent kernel",
    N: Annotated[int, between(1, 20)] = 3,
    d: Annotated[int, between(2, 10)] = 2,
) -> Problem:
    """A network of one hidden layer and N inputs on the unit sphere, with targets 1 and -1."""
    X, y = _inputs(rng, N, d)
    limit = _limit(X, activation)
    usual = parametrization == "tangent kernel"
    scale, rate = (width**-0.5, 1.0) if usual else (1.0 / width, float(width))
    how = "closed form of the moments of one neuron"
    declares = [tangent_kernel(width, Certificate(float(limit.variance.sum()), how))]
    declares += _spectrum(limit.kernel)
    if activation != "square":
        declares.append(non_polynomial())
    oracle = Network(X, y, limit.kernel, activation, width, scale, rate)
    return Problem(oracle=oracle, declares=declares, start=np.zeros(width * (d + 1)))


def _placed(X: np.ndarray, inputs: str) -> np.ndarray:
    """Inputs at random, evenly on a circle, or such of which the last repeats the first."""
    N = len(X)
    if inputs == "circle":
        angles = 2 * np.pi * np.arange(N) / N
        X = np.zeros_like(X)
        X[:, 0], X[:, 1] = np.cos(angles), np.sin(angles)
    return np.vstack([X[:-1], X[:1]]) if inputs == "repeated" else X


@family
def kernel_regression(
    rng: np.random.Generator,
    *,
    activation: Activation = "sine",
    N: Annotated[int, between(1, 20)] = 4,
    d: Annotated[int, between(2, 10)] = 2,
    inputs: Annotated[str, choice("random", "circle", "repeated")] = "random",
) -> Problem:
    """Least squares with the limit kernel of a network, in the space of its outputs.

    Where an input is repeated, its targets are opposite.
    """
    X, y = _inputs(rng, N, d)
    X = _placed(X, inputs)
    if inputs == "repeated" and N > 1:
        y[-1] = -y[0]
    kernel = _limit(X, activation).kernel
    vectors = np.linalg.eigh(kernel)[1]
    cosines = (X @ X.T)[np.triu_indices(N, 1)]
    angle = float(np.arccos(np.clip(cosines, -1, 1)).min()) if N > 1 else np.pi
    separation = Certificate(angle, "angles between all pairs", 1e-7)
    declares = [attained(0.0, y), separated_inputs(separation), *_spectrum(kernel)]
    if activation != "square":
        declares.append(non_polynomial())
    oracle = KernelRegression(X, kernel, y, vectors[:, 0], vectors[:, -1])
    return Problem(oracle=oracle, declares=declares)
