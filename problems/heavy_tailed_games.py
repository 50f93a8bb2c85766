"""Games with noise of infinite variance on what the players see."""

from dataclasses import replace
from typing import Annotated, Any, NamedTuple

from convlab.assumption import Certificate
from convlab.assumptions import alpha_moment, operator_moment, operator_tails
from convlab.errors import ConvlabError
from convlab.family import between, choice, family
from convlab.problem import Problem
from problems.bilinear import bilinear_game
from problems.games import strong_game
from problems.noise import OneSidedPareto, Student, SymmetricPareto

__all__ = [
    "HeavyTailedGame",
    "heavy_tailed",
    "heavy_tailed_bilinear_game",
    "heavy_tailed_strong_game",
]


class _Field(NamedTuple):
    """The operator in the place of a gradient."""

    exact: Any

    def gradient(self, x):
        """(R, d) -> (R, d)."""
        return self.exact.operator(x)


class HeavyTailedGame(NamedTuple):
    """A game with a law of noise on its operator; all else is the game's own."""

    exact: Any
    noise: Any

    def operator(self, x):
        """(R, d) -> (R, d): the expectation of what the players see."""
        return self.exact.operator(x)

    def stochastic_operator(self, x, rng):
        """(R, d) -> (R, d): what the players see."""
        return self.noise.stochastic_gradient(_Field(self.exact), x, rng)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.exact, name)


def heavy_tailed(problem: Problem, noise: Any) -> Problem:
    """The game with noisy feedback ``stochastic_operator``, of a law such as ``Student(1, 1.5)``.

    Raises ConvlabError where the problem has no operator, or the law no moment of its order.

    >>> heavy_tailed(strong_game(), Student(2.0, 1.5, 1.6)).constants["alpha"]
    1.5
    """
    if not hasattr(problem.oracle, "operator"):
        raise ConvlabError(f"{problem.name} has no 'operator': it is not a game")
    known = [
        operator_moment(*a.values) for a in noise.declares(problem) if a.definition is alpha_moment
    ]
    if isinstance(noise, SymmetricPareto):
        known.append(operator_tails(noise.tail, Certificate(noise.scale, "closed form")))
    return replace(
        problem,
        oracle=HeavyTailedGame(problem.oracle, noise),
        declares=[*problem.declares, *known],
        name=f"{problem.name} + {noise}",
    )


Law = Annotated[str, choice("student", "pareto", "one_sided_pareto")]
Order = Annotated[float, between(1.1, 1.9)]
_LAWS: dict[str, Any] = {
    "student": Student,
    "pareto": SymmetricPareto,
    "one_sided_pareto": OneSidedPareto,
}


@family
def heavy_tailed_bilinear_game(
    rng,
    *,
    n: Annotated[int, between(1, 4)] = 1,
    L: Annotated[float, between(0.1, 10.0, log=True)] = 1.0,
    alpha: Order = 1.5,
    sigma: Annotated[float, between(0.1, 10.0, log=True)] = 1.0,
    law: Law = "student",
):
    """A bilinear game with a moment sigma^alpha of the noise, and tail index alpha + 0.1."""
    base = bilinear_game(int(rng.integers(2**32)), n=n, L=L)
    return heavy_tailed(base, _LAWS[law](sigma, alpha, alpha + 0.1))


@family
def heavy_tailed_strong_game(
    rng,
    *,
    n: Annotated[int, between(1, 4)] = 1,
    mu: Annotated[float, between(0.1, 10.0, log=True)] = 1.0,
    alpha: Order = 1.5,
    sigma: Annotated[float, between(0.1, 10.0, log=True)] = 1.0,
    law: Law = "student",
):
    """A strongly monotone game with a moment sigma^alpha, and tail index alpha + 0.1."""
    base = strong_game(int(rng.integers(2**32)), n=n, mu=mu)
    return heavy_tailed(base, _LAWS[law](sigma, alpha, alpha + 0.1))
