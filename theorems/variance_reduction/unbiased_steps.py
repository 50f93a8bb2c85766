r"""SVRG, loopless SVRG and SAGA take the step of gradient descent, on average.

Claimed is the mean of the sum of the entries. The stochastic average gradient method (SAG), whose
fresh gradient has the weight 1/n, does not have this property, nor has SAGA where the mean already
counts the fresh gradient.
"""

from sympy import Interval, Mod, Rational

from convlab.algorithm import algorithm
from convlab.algorithms.variance_reduction import loopless_svrg, saga, svrg
from convlab.assumptions import components_smooth, finite_sum
from convlab.claims import drift
from convlab.metrics import metric
from convlab.streams import integers
from convlab.symbols import L_max, V, eta, k, n, symbol
from convlab.theorem import Integers, Theorem, bound, mutant
from convlab.vocabulary import row, set_row, total
from problems.finite_sums import least_squares, two_parabolas
from problems.finite_sums_nonquadratic import sine_sum
from problems.logistic import logistic

m = symbol("m", "length of an epoch")
p = symbol("p", "probability")
slope = symbol(
    "slope",
    "sum of the entries of the gradient at x_k",
    sign="real",
    tex=r"\mathbf{1}^\top \nabla f(x_k)",
)


@metric("sum_of_entries", r"\mathbf{1}^\top X", least=None)
def sum_of_entries(s, oracle):
    """The sum of the entries of the iterate."""
    return total(s.x)


@metric("sum_of_slopes", r"\mathbf{1}^\top \nabla f(X)", least=None)
def sum_of_slopes(s, oracle):
    """The sum of the entries of the gradient."""
    return total(oracle.gradient(s.x))


@algorithm(init=saga.init)
def sag(s, oracle, rng, *, eta):
    r"""SAG: with phi_i the last point at which component i was drawn, the new one included,
    :math:`x_{k+1} = x_k - \tfrac{\eta}{n} \sum_j \nabla f_j(\phi_j)`.

    N. Le Roux, M. Schmidt and F. Bach, *A stochastic gradient method with an exponential
    convergence rate for finite training sets*, NIPS (2012).
    """
    i = integers(rng, oracle.n)
    change = oracle.sample_gradient(s.x, i) - oracle.sample_gradient(row(s.points, i)[:, 0, :], i)
    average = s.average + change / oracle.n
    points = set_row(s.points, i, s.x[:, None, :])
    return s._replace(x=s.x - eta * average, points=points, average=average)


assume = [finite_sum(n), components_smooth(L_max)]
steps = {eta: Interval.Lopen(0, 1 / L_max)}
instances: list = [least_squares, logistic, sine_sum, two_parabolas]
only_steps = {
    components_smooth: "it only says how long the steps are, so that runs do not overflow"
}
given = {slope: sum_of_slopes}
too_short = bound(V - Rational(99, 100) * eta * slope, "the mean step has the length eta")

of_saga = Theorem(
    cite="defazio2014saga",
    title="SAGA takes the step of gradient descent, on average.",
    text="""Given the past, i is uniform, for all components, convex or not.

So what is subtracted, grad f_i(phi_i), has the mean that is added again, that over the table:
E[x_(k+1) | x_k] = x_k - eta grad f(x_k), and the same for the sum of the entries.""",
    assume=assume,
    algorithm=saga(eta=eta),
    parameters=steps,
    claims=[drift(sum_of_entries, V - eta * slope, equal=True, given=given)],
    tight=instances,
    iterations=40,
    untested=only_steps,
    mutants=[
        too_short,
        mutant("SAG", "a fresh gradient counts only 1/n", algorithm=sag(eta=eta)),
        mutant("steps twice as long", "the mean too", algorithm=saga(eta=2 * eta)),
    ],
)

of_svrg = Theorem(
    cite="johnson2013accelerating",
    title="SVRG takes the step of gradient descent, on average, within an epoch.",
    text="""Given the past, i is uniform, for all components, convex or not.

So what is subtracted, grad f_i(w_k), has the mean that is added again, the full gradient at the
snapshot. Only where an epoch begins, x jumps to another of its points. For the other k
E[x_(k+1) | x_k] = x_k - eta grad f(x_k), and the same for the sum of the entries.""",
    assume=assume,
    algorithm=svrg(eta=eta, m=m),
    parameters={**steps, m: Integers(2, 20)},
    claims=[
        drift(sum_of_entries, V - eta * slope, equal=True, given=given, when=Mod(k, m) > 0),
    ],
    tight=instances,
    iterations=40,
    untested=only_steps,
    mutants=[
        too_short,
        mutant("steps twice as long", "the mean too", algorithm=svrg(eta=2 * eta, m=m)),
        mutant(
            "a step longer epochs",
            "where the snapshot is chosen, x jumps",
            algorithm=svrg(eta=eta, m=m + 1),
        ),
    ],
)

of_loopless_svrg = Theorem(
    cite="kovalev2020dont",
    title="Loopless SVRG takes the step of gradient descent, on average.",
    text="""Given the past, i is uniform, for all components, convex or not.

So what is subtracted, grad f_i(w_k), has the mean that is added again, the full gradient at the
snapshot; whether the snapshot is renewed does not change this step:
E[x_(k+1) | x_k] = x_k - eta grad f(x_k), and the same for the sum of the entries.""",
    assume=assume,
    algorithm=loopless_svrg(eta=eta, p=p),
    parameters={**steps, p: Interval.Lopen(0, 1)},
    claims=[drift(sum_of_entries, V - eta * slope, equal=True, given=given)],
    tight=instances,
    iterations=40,
    untested=only_steps,
    mutants=[
        too_short,
        mutant("steps twice as long", "the mean too", algorithm=loopless_svrg(eta=2 * eta, p=p)),
    ],
)
