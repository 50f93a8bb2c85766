"""Minibatches without replacement, of b of the n components: what their gradients are like.

The mean over a set B of b components, uniform among all such sets, of vectors a_1, ..., a_n of mean
a has E|a_B|^2 = (n - b)/(b (n - 1)) mean |a_i|^2 + n (b - 1)/(b (n - 1)) |a|^2.
"""

from typing import Any

from sympy import Eq, Rational

from convlab.algorithms.stochastic import minibatch_sgd
from convlab.assumptions import (
    attained,
    components_convex,
    components_smooth,
    finite_sum,
    gradient_noise,
    smooth,
)
from convlab.claims import identity, upper_bound
from convlab.metrics import E, metric
from convlab.symbols import Delta, L, L_max, b, k, n, sigma_star, symbol
from convlab.theorem import Integers, Theorem, bound
from convlab.vocabulary import namespace, sqnorm
from problems.finite_sums import least_squares, needle, two_parabolas
from theorems.stochastic.gradient_variance import moved_squared

L_b = n * (b - 1) / (b * (n - 1)) * L + (n - b) / (b * (n - 1)) * L_max
sigma_b = (n - b) / (b * (n - 1)) * sigma_star

convex = [
    finite_sum(n),
    components_convex,
    components_smooth(L_max),
    smooth(L),
    gradient_noise(sigma_star),
    attained,
]
batches = Integers(2, n)
few = [needle(n=8), least_squares(n=8), two_parabolas()]
S_0 = symbol("S_0", "variance of the gradients of the components at x_0")


def _apart(oracle: Any, x: Any, i: int) -> Any:
    return oracle.sample_gradient(x, namespace(x).asarray([[i]] * x.shape[0])) - oracle.gradient(x)


@metric("spread", r"\tfrac{1}{n} \sum_{i=1}^n \|\nabla f_i(X) - \nabla f(X)\|^2")
def spread(s, oracle):
    """The variance of the gradients of the components."""
    return sum(sqnorm(_apart(oracle, s.x, i)) for i in range(oracle.n)) / oracle.n


@metric(
    "beside_gradient_step",
    r"\|X - x_0 + \nabla f(x_0)\|^2",
    init=lambda s, oracle: s.x - oracle.gradient(s.x),
    update=lambda goal, s, oracle: goal,
)
def beside_gradient_step(s, oracle, goal):
    """Squared distance from where a step of gradient descent of length 1 leads."""
    return sqnorm(s.x - goal)


noise = Theorem(
    cite="garrigos2023handbook",
    title="Minibatches without replacement: (n - b)/(b (n - 1)) of the variance of a component.",
    text="""Drawn without replacement, the components of a minibatch are not independent.

With a_i = grad f_i(x_0) - grad f(x_0), whose mean is 0, a step of length 1 misses x_0 - grad f(x_0)
by the mean a_B over the minibatch. Two different components are both in B with probability
b (b - 1)/(n (n - 1)), and the sum of <a_i, a_j> over them is -sum |a_i|^2. So E|a_B|^2 is
(1/b^2) (b/n - b (b - 1)/(n (n - 1))) sum |a_i|^2 = (n - b)/(b (n - 1)) S_0.
At x_0 = x* this is the noise sigma_b of minibatches. With replacement it would be S_0/b.
E|x_1 - x_0 + grad f(x_0)|^2 = (n - b)/(b (n - 1)) S_0.""",
    assume=[finite_sum(n)],
    algorithm=minibatch_sgd(eta=1, b=b),
    parameters={b: batches},
    initial={S_0: spread},
    claims=[
        identity(
            E(beside_gradient_step), (n - b) / (b * (n - 1)) * S_0, span=n * S_0, when=Eq(k, 1)
        )
    ],
    tight=few[:2],
    iterations=1,
    mutants=[
        bound(S_0 / b, "drawn without replacement, the components are not independent"),
        bound((n - b) / (b * n) * S_0, "n - 1, not n"),
    ],
)

variance_transfer = Theorem(
    cite="garrigos2023handbook",
    number="Lemma 6.7",
    title="The squared gradient of a minibatch: mean at most 4 L_b (f - f*) + 2 sigma_b.",
    text="""A step of length 1 moves by the mean over the minibatch of grad f_i(x_0).

Let a_i = grad f_i(x_0) - grad f_i(x*). The mean of |a_i|^2 is at most 2 L_max (f(x_0) - f*), and
|grad f(x_0)|^2 at most 2 L (f(x_0) - f*): so E|a_B|^2 <= 2 L_b (f(x_0) - f*) for a minibatch, where
L_b = n (b - 1)/(b (n - 1)) L + (n - b)/(b (n - 1)) L_max. At x* the second moment is
sigma_b = (n - b)/(b (n - 1)) sigma_star. By |a + b|^2 <= 2 |a|^2 + 2 |b|^2
E|grad f_B(x_0)|^2 <= 4 L_b (f(x_0) - f*) + 2 sigma_b.""",
    assume=convex,
    algorithm=minibatch_sgd(eta=1, b=b),
    parameters={b: batches},
    claims=[upper_bound(E(moved_squared), 4 * L_b * Delta + 2 * sigma_b, when=Eq(k, 1))],
    tight=[needle(n=30), *few],
    iterations=1,
    untested={
        components_convex: "the family with a concave component has two, and a batch has both",
        smooth: "sampled at batches of half the components, half of L is not told from L",
    },
    mutants=[
        bound(Rational(9, 10) * (4 * L_b * Delta + 2 * sigma_b), "one curved component among 30"),
        bound(4 * L * Delta + 2 * sigma_b, "small batches are rougher than the sum"),
        bound(4 * L_b * Delta, "the noise is missing"),
    ],
)
