"""The referee against worst cases that are known, and its instances against convlab's own runs."""

from dataclasses import replace

import numpy as np
import pytest
import sympy
from sympy import Interval, Rational, sqrt

from convlab import precise
from convlab.algorithms.accelerated import accelerated_gradient, heavy_ball, optimized_gradient
from convlab.algorithms.fixed_points import halpern
from convlab.algorithms.games import extragradient, gradient_descent_ascent, resolvent_method
from convlab.algorithms.gradient import exact_line_search, gradient_descent, polyak_step
from convlab.algorithms.proximal import proximal_gradient, proximal_point
from convlab.algorithms.stochastic import sgd
from convlab.algorithms.subgradient import subgradient_method
from convlab.assumptions import (
    attained,
    bounded_below,
    bounded_domain,
    bounded_subgradients,
    cocoercive,
    convex,
    lipschitz,
    monotone,
    nonexpansive,
    pl,
    projectable,
    proximable,
    proximable_part,
    quadratic_objective,
    resolvable,
    sharp,
    smooth,
    smooth_part,
    strongly_convex,
    strongly_convex_part,
    zero,
)
from convlab.certificates import check
from convlab.claims import Basis, Verdict, lower_bound, upper_bound
from convlab.errors import ConvlabError, UnavailableError
from convlab.families import instance_of
from convlab.instances import named
from convlab.interpolated import FAMILIES
from convlab.interpolated.simplex import weights
from convlab.metrics import (
    averaged,
    best,
    distance,
    distance_squared,
    gap,
    gradient_norm,
    gradient_norm_squared,
    metric,
    residual_squared,
)
from convlab.referee import exact, worst_cases
from convlab.report.replay import replay
from convlab.symbols import D, Delta, G, L, d, eta, k, mu, symbol
from convlab.theorem import Theorem
from convlab.vocabulary import norm

CONVEX = (smooth(L), convex, attained)
CURVED = (smooth(L), strongly_convex(mu), attained)
BOUNDED = (convex, bounded_subgradients(G), attained)


@pytest.fixture
def pep():
    """The solvers, or a skip."""
    for name in ("PEPit", "clarabel", "cvxpy"):
        pytest.importorskip(name, reason=f"{name} is not installed: pip install 'convlab[pep]'")


def statement(assume, method, metric, bound, **others):
    claims = [upper_bound(metric, bound)]
    return Theorem(cite="x", id="x", assume=assume, algorithm=method, claims=claims, **others)


def _optimized(steps):
    """theta_N of the optimized gradient method."""
    theta = 1.0
    for i in range(steps):
        theta = (1 + np.sqrt(1 + (8 if i + 1 == steps else 4) * theta**2)) / 2
    return theta


def _polynomial(steps):
    """max |p_k| over [0.1, 1] where heavy ball with 1/L and 1/2 multiplies an error by p_k."""
    curvature = np.linspace(0.1, 1.0, 100_001)
    before = now = np.ones_like(curvature)
    for _ in range(steps):
        before, now = now, (1 - curvature) * now + 0.5 * (now - before)
    return float(np.abs(now).max())


descent = gradient_descent(eta=1 / L)
KNOWN = {
    **{
        f"gradient descent, {n}": (statement(CONVEX, descent, gap, L * D**2 / (4 * k + 2)), n)
        for n in (1, 2, 5, 10)
    },
    **{
        f"its gradient, {n}": (statement(CONVEX, descent, gradient_norm, L * D / (k + 1)), n)
        for n in (1, 4)
    },
    **{
        f"long steps, {n}": (
            statement(
                CURVED,
                gradient_descent(eta=Rational(19, 10) / L),
                distance_squared,
                sympy.Max(1 - Rational(19, 10) * mu / L, Rational(9, 10)) ** (2 * k) * D**2,
            ),
            n,
        )
        for n in (1, 5)
    },
    **{
        f"subgradient method, {n}": (
            statement(
                BOUNDED,
                subgradient_method(eta=D / (G * sqrt(n + 1))),
                best(gap),
                G * D / sqrt(k + 1),
            ),
            n,
        )
        for n in (1, 4)
    },
    **{
        f"proximal point, {n}": (
            statement((proximable, attained), proximal_point(eta=2), gap, D**2 / (8 * k)),
            n,
        )
        for n in (1, 3)
    },
    **{
        f"proximal gradient, {n}": (
            statement(
                (smooth_part(L), proximable_part, attained),
                proximal_gradient(eta=1 / L),
                gap,
                L * D**2 / (4 * k),
            ),
            n,
        )
        for n in (1, 3)
    },
    **{
        f"accelerated, {n}": (
            statement(CONVEX, accelerated_gradient(eta=1 / L), gap, value * L * D**2),
            n,
        )
        for n, value in ((1, Rational(1, 6)), (2, Rational(1, 10)))
    },
    **{
        f"optimized, {n}": (
            statement(
                CONVEX,
                optimized_gradient(eta=1 / L, horizon=sympy.Integer(n)),
                gap,
                L * D**2 / (2 * _optimized(n) ** 2),
            ),
            n,
        )
        for n in (1, 3)
    },
    **{
        f"heavy ball on quadratics, {n}": (
            statement(
                (quadratic_objective, *CURVED),
                heavy_ball(eta=1 / L, beta=Rational(1, 2)),
                distance,
                _polynomial(n) * D,
            ),
            n,
        )
        for n in (2, 5)
    },
    **{
        f"nonconvex, {n}": (
            statement(
                (smooth(L), bounded_below),
                descent,
                best(gradient_norm_squared),
                4 * L * Delta / (3 * k + 2),
            ),
            n,
        )
        for n in (1, 4)
    },
}
"""Theorems whose bound is the worst case: Drori and Teboulle (2014) for gradient descent and the
proximal point, Drori and Teboulle (2016) for subgradients, Kim and Fessler (2016) for OGM, Taylor,
Hendrickx and Glineur (2017) for sums, Abbaszadehpeivasti, de Klerk and Zamani (2022) without
convexity."""


@pytest.mark.parametrize("name", KNOWN)
def test_known_worst_cases(pep, name):
    theorem, at = KNOWN[name]
    found = exact(theorem, None, at)
    assert found.status == "solved"
    assert found.tight
    assert found.ratio == pytest.approx(1.0, abs=1e-4)
    assert 0.99 <= found.reached <= 1 + 1e-6
    again = named(str(found.problem), {}, None)
    assert replay(theorem, again, iterations=at)[1][0].worst_ratio >= 0.99


def test_monotone_operators(pep):
    # G. Gu and J. Yang, SIAM J. Optim. 30 (2020): the residual of the proximal point method.
    bound = (1 - 1 / k) ** (k - 1) / k * D**2
    theorem = statement(
        (monotone, resolvable, zero), resolvent_method(gamma=1), residual_squared, bound
    )
    found = exact(theorem, None, 3)
    assert found.ratio == pytest.approx(1.0, abs=1e-4)
    assert found.problem is None
    assert "operator" in found.note


def test_nonexpansive_and_cocoercive_operators(pep):
    # F. Lieder, Optim. Lett. 15 (2021): Halpern's iteration has |x_k - T(x_k)| <= 2 D/(k + 1).
    moved = metric("moved", r"|X - T(X)|")(lambda s, oracle: norm(s.x - oracle.operator(s.x)))
    anchored = statement([nonexpansive], halpern(lam=1 / (k + 2)), moved, 2 * D / (k + 1))
    assert exact(anchored, None, 3).ratio == pytest.approx(1.0, abs=1e-4)
    b = symbol("beta", "cocoercivity")
    method = gradient_descent_ascent(eta=b)
    bound = k**k / (k + 1) ** (k + 1) * D**2 / b**2
    found = exact(statement([cocoercive(b), zero], method, residual_squared, bound), None, 3)
    assert found.ratio == pytest.approx(1.0, abs=1e-4)


@pytest.mark.parametrize(
    "method",
    [gradient_descent(eta=Rational(3, 2) / L), heavy_ball(eta=1 / L, beta=Rational(1, 10))],
)
def test_another_step_has_another_worst_case(pep, method):
    theorem = statement(CONVEX, method, gap, L * D**2 / (4 * k + 2))
    assert abs(exact(theorem, None, 2).ratio - 1) > 0.03


def test_metrics_that_remember(pep):
    last = exact(statement(CONVEX, descent, gap, L * D**2), None, 2)
    mean = exact(statement(CONVEX, descent, averaged(gap), L * D**2), None, 2)
    assert mean.ratio == pytest.approx(0.25, abs=1e-5)  # of x_0 and x_1 on a steep half line
    assert last.ratio == pytest.approx(0.1, abs=1e-5)


def test_a_bound_of_another_form_is_taken_at_distance_one(pep):
    plain = subgradient_method(eta=Rational(1, 2))
    found = exact(statement(BOUNDED, plain, best(gap), G * D), None, 3)
    assert found.constants == {"G": 1.0, "D": 1.0}
    assert found.ratio == pytest.approx((1 + 4 / 4) / (2 * 4 / 2), abs=1e-4)  # (D^2 + n h^2)/2nh
    assert found.reached >= 0.99 * found.ratio


def test_where_pieces_meet_the_slope_is_that_of_the_solution(pep):
    # Of slopes that are taken by rounding, another one brings the last value down to 0.3.
    method = subgradient_method(eta=D / (G * sqrt(11)))
    found = exact(statement(BOUNDED, method, gap, G * D), None, 10)
    assert found.ratio == pytest.approx(0.5143, abs=1e-3)
    assert found.reached >= 0.99 * found.ratio


def test_other_quantities_of_the_start(pep):
    first = symbol("G_0", "norm of the gradient at the start")
    theorem = statement(
        CURVED, descent, gradient_norm, (1 - mu / L) ** k * first, initial={first: gradient_norm}
    )
    assert exact(theorem, None, 2).ratio == pytest.approx(1.0, abs=1e-4)


def test_constants_and_choices(pep):
    bound = sympy.Max((1 - eta * mu) ** 2, (1 - eta * L) ** 2) ** k * D**2
    theorem = statement(
        CURVED,
        gradient_descent(eta=eta),
        distance_squared,
        bound,
        parameters={eta: Interval.open(0, 2 / L)},
    )
    usual = exact(theorem, {L: 4.0, "mu": 1.0}, 2)
    assert usual.constants == {"L": 4.0, "mu": 1.0}
    assert usual.ratio == pytest.approx(1.0, abs=1e-4)
    short = exact(theorem, None, 2, choices={eta: 1 / (2 * L)})
    assert short.choices == {"eta": "1/(2*L)"}
    assert short.ratio == pytest.approx(1.0, abs=1e-4)
    given = exact(theorem, usual.problem, 2)
    assert given.constants == {"L": 4.0, "mu": 1.0}
    assert exact(theorem.at(eta=1 / (4 * L)), None, 1).choices == {"eta": "1/(4*L)"}


def test_a_false_bound_is_refuted_on_the_instance(pep):
    method = heavy_ball(eta=1 / L, beta=Rational(1, 2))
    found = exact(statement(CONVEX, method, gap, L * D**2), None, 6)
    assert found.problem.starts(0, [0]).shape[1] > 1  # not on the line: the weights are searched

    def judged(share):
        claim = upper_bound(gap, share * found.ratio * L * D**2, when=sympy.Eq(k, 6))
        theorem = replace(statement(CONVEX, method, gap, 1), claims=[claim])
        return replay(theorem, found.problem, iterations=6)[1][0]

    false = judged(0.99)
    assert false.verdict is Verdict.REFUTED
    assert false.witness.basis is Basis.EXACT
    left, right = map(float, false.witness.precise)
    assert left / right == pytest.approx(1 / 0.99, abs=1e-4)
    assert judged(1.0001).verdict is Verdict.HOLDS


def test_where_only_a_bound_is_known_it_says_so(pep):
    half = 1 / (2 * L)
    operators = statement(
        (monotone, lipschitz(L), zero),
        extragradient(gamma=half, eta=half),
        residual_squared,
        L**2 * D**2,
    )
    plain = statement((smooth(L), pl(mu), bounded_below), descent, gap, (1 - mu / L) ** k * Delta)
    for theorem in (operators, plain):
        found = exact(theorem, None, 2)
        assert not found.tight
        assert found.ratio <= 1 + 1e-6
        assert found.problem is None


def test_what_is_unbounded_is_not_solved(pep):
    found = exact(statement((convex, attained), gradient_descent(eta=1), gap, D**2), None, 1)
    assert found.ratio is None
    assert found.status.startswith("not solved: Clarabel says")


def test_without_the_solvers_it_says_what_to_install(monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(UnavailableError, match=r"pip install 'convlab\[pep\]'"):
        exact(statement(CONVEX, descent, gap, D**2), None, 1)


def test_several_iterations(pep):
    claim = upper_bound(gap, L * D**2 / (4 * k + 2), when=k >= 2)
    theorem = replace(statement(CONVEX, descent, gap, 1), claims=[claim])
    seen = []
    found = worst_cases(theorem, iterations=(1, 2), progress=seen.append)
    assert seen == found
    assert [f.k for f in found] == [1, 2]
    assert found[0].ratio is None
    assert found[0].status == "the claim says nothing at k = 1"
    assert found[1].ratio == pytest.approx(1.0, abs=1e-4)


REFUSED = {
    "has no class for the assumption sharp": statement(
        (convex, sharp(1.0), attained), gradient_descent(eta=1), gap, D
    ),
    "has no class for smooth, strongly_convex_part together": statement(
        (smooth(L), strongly_convex_part(mu), attained), descent, gap, D**2
    ),
    "what bounded_domain means beside": statement(
        (smooth(L), convex, attained, bounded_domain(1.0)), descent, gap, D**2
    ),
    "what attained means beside": statement(
        (smooth(L), convex, projectable, attained), descent, gap, D**2
    ),
    "what smooth_part means beside": statement((smooth_part(L), attained), descent, gap, D**2),
    "what proximable_part means beside": statement((*CONVEX, proximable_part), descent, gap, D**2),
    "what projectable means beside": statement(
        (monotone, projectable, zero), resolvent_method(gamma=1), residual_squared, D**2
    ),
    "'hessian_vector'": statement(CURVED, exact_line_search(), gap, D**2),
    "'prox', which the assumptions do not bring along": statement(
        (convex, attained), proximal_point(eta=1), gap, D**2
    ),
    "the word 'maximum'": statement(BOUNDED, polyak_step(), best(gap), G * D),
    "sgd draws random numbers": statement(CONVEX, sgd(eta=1 / L), gap, D**2),
    "upper bounds that hold surely": replace(
        statement(CONVEX, descent, gap, D), claims=[lower_bound(gap, D)]
    ),
    "speaks of the dimension d": statement(CONVEX, descent, gap, d * D**2),
    "cannot choose D and Delta together": statement(
        CONVEX, descent, gap, D**2 * Delta / (D**2 + Delta)
    ),
}


@pytest.mark.parametrize("why", REFUSED)
def test_what_cannot_be_translated_is_refused(pep, why):
    theorem = REFUSED[why]
    with pytest.raises(ConvlabError, match=why) as caught:
        exact(theorem, None, 2)
    assert "\n" not in str(caught.value)


# Families through given points --------------------------------------------------------------------


@pytest.mark.parametrize("family", FAMILIES, ids=lambda f: f.name)
def test_every_choice_of_numbers_is_valid(family):
    for key in range(8):
        problem = family.sample(key)
        check(problem, list(problem.assumptions), key, 20.0)
        assert str(instance_of(problem.name, {family.name: family})) == problem.name
        x = problem.starts(0, [0])
        exactly = problem.on(precise).gradient(precise.asarray(x)).astype(float)
        np.testing.assert_allclose(problem.on(np).gradient(x), exactly, atol=1e-9)


def test_least_values_over_a_simplex():
    rng = np.random.default_rng(0)
    for _ in range(200):
        n, dimension = rng.integers(1, 9), rng.integers(1, 4)
        Y = rng.normal(size=(n, dimension))
        Y[-1] = Y[0]  # corners may coincide
        gram, q = Y @ Y.T, rng.normal(size=(5, n))
        a = weights(gram, q)
        slopes = a @ gram + q
        assert a.min() >= 0
        np.testing.assert_allclose(a.sum(axis=1), 1.0, rtol=1e-12)
        assert ((slopes * a).sum(axis=1) - slopes.min(axis=1)).max() < 1e-10


def test_tuples_of_numbers_are_checked():
    parabolas = next(f for f in FAMILIES if f.name == "parabolas")
    assert parabolas.instance(start=np.array([1, 2])).parameters["start"] == (1.0, 2.0)
    for bad in ({"start": 1.0}, {"start": ()}, {"heights": (-1.0,)}, {"bottoms": (1.0,)}):
        with pytest.raises(ConvlabError, match="family parabolas"):
            parabolas.instance(**bad)
