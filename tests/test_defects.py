"""Typical bugs, each put into a method: a theorem of the catalogue sees them.

The mutants of a theorem change its numbers; here the method is wrong. A defect has the
hyperparameters of the method in whose place it stands, and its theorem is tried on its tight
instances alone (where it has none, on those that it is about), as in every run.
"""

from dataclasses import replace

import pytest

from convlab.algorithm import Point, algorithm
from convlab.algorithms import (
    accelerated,
    adaptive,
    clipped,
    compressed,
    games,
    gradient,
    interpolation,
    proximal,
    stochastic,
    variance_reduction,
)
from convlab.claims import Verdict
from convlab.laboratory import Laboratory
from convlab.streams import bernoulli, integers, subset, uniform
from convlab.vocabulary import (
    cond,
    inner,
    maximum,
    minimum,
    norm,
    row,
    row_mean,
    set_row,
    sqnorm,
    sqrt,
    where,
)
from theorems.acceleration import (
    conjugate_gradients,
    heavy_ball_average,
    heavy_ball_strongly_convex,
    interpolation_corrected,
    nesterov_convex,
    nesterov_strongly_convex,
    optimized_gradient,
    quadratic_rates,
    round_bowls,
)
from theorems.adaptive import adam_nonconvergence, amsgrad_regret, linear_losses
from theorems.compression import ef21, ef21_partial, ef21_weighted
from theorems.first_order import exact_line_search, polyak_step, silver_steps
from theorems.heavy_tails import clipped_turns
from theorems.minmax_games import (
    comonotone_spirals,
    extragradient_comonotone,
    optimistic_gradient_comonotone,
    proximal_point_comonotone,
    single_call,
    single_call_stochastic,
)
from theorems.proximal import (
    accelerated as accelerated_proximal,
)
from theorems.proximal import (
    proximal_gradient,
    proximal_gradient_exact,
    proximal_point,
    stochastic_proximal_gradient,
    stochastic_proximal_point,
)
from theorems.stochastic import (
    bounded_polyak_step,
    minibatch,
    minibatch_sgd,
    momentum,
)
from theorems.stochastic import polyak_step as stochastic_polyak_step
from theorems.stochastic_noise import clipped_steps
from theorems.subgradient import best_iterate, strongly_convex
from theorems.subgradient import polyak_step as subgradient_polyak_step
from theorems.variance_reduction import loopless_svrg, svrg, unbiased_steps

DEFECTS = []


def defect(*theorems, init=lambda x0: Point(x0)):
    """Register a step with a bug, and the theorems that must see it."""

    def register(step):
        made = algorithm(init=init)(step)
        DEFECTS.extend(
            pytest.param(theorem, made, id=f"{step.__name__}-{n}")
            for n, theorem in enumerate(theorems)
        )
        return made

    return register


def witnesses(theorem):
    """The witnesses against a theorem on its own instances, claim by claim."""
    on = () if theorem.tight else theorem.on
    bench = Laboratory({}).bench(replace(theorem, on=on, mutants=()))
    findings = (claim.judge(bench) for claim in theorem.claims)
    return (f.witness for f in findings if f.verdict is Verdict.REFUTED)


# Adaptive ---------------------------------------------------------------------------------------


def _adam(s, oracle, rng, k, eta, beta1, beta2, eps, *, first, second, inside=False):
    g = oracle.stochastic_gradient(s.x, rng)
    m, v = beta1 * s.m + (1 - beta1) * g, beta2 * s.v + (1 - beta2) * g * g
    mean, square = m / first, v / second
    size = sqrt(square + eps) if inside else sqrt(square) + eps
    return s._replace(x=oracle.project(s.x - eta * mean / size), m=m, v=v)


@defect(linear_losses.adam_moves, init=adaptive.adam.init)
def adam_without_correction(s, oracle, rng, k, *, eta, beta1, beta2, eps):
    return _adam(s, oracle, rng, k, eta, beta1, beta2, eps, first=1, second=1)


@defect(linear_losses.adam_moves, init=adaptive.adam.init)
def adam_corrected_twice(s, oracle, rng, k, *, eta, beta1, beta2, eps):
    first, second = (1 - beta1 ** (k + 1)) ** 2, (1 - beta2 ** (k + 1)) ** 2
    return _adam(s, oracle, rng, k, eta, beta1, beta2, eps, first=first, second=second)


@defect(linear_losses.adam_moves, init=adaptive.adam.init)
def adam_corrected_a_round_late(s, oracle, rng, k, *, eta, beta1, beta2, eps):
    first, second = 1 - beta1 ** (k + 2), 1 - beta2 ** (k + 2)
    return _adam(s, oracle, rng, k, eta, beta1, beta2, eps, first=first, second=second)


@defect(linear_losses.adam_moves, init=adaptive.adam.init)
def adam_with_eps_in_the_root(s, oracle, rng, k, *, eta, beta1, beta2, eps):
    first, second = 1 - beta1 ** (k + 1), 1 - beta2 ** (k + 1)
    return _adam(s, oracle, rng, k, eta, beta1, beta2, eps, first=first, second=second, inside=True)


@defect(adam_nonconvergence.online, init=adaptive.adam.init)
def adam_without_projection(s, oracle, rng, k, *, eta, beta1, beta2, eps):
    g = oracle.stochastic_gradient(s.x, rng)
    m, v = beta1 * s.m + (1 - beta1) * g, beta2 * s.v + (1 - beta2) * g * g
    mean, square = m / (1 - beta1 ** (k + 1)), v / (1 - beta2 ** (k + 1))
    return s._replace(x=s.x - eta * mean / (sqrt(square) + eps), m=m, v=v)


@defect(amsgrad_regret.on_cycle, init=adaptive.amsgrad.init)
def amsgrad_without_the_maximum(s, oracle, rng, *, eta, beta1, beta2):
    g = oracle.stochastic_gradient(s.x, rng)
    m, v = beta1 * s.m + (1 - beta1) * g, beta2 * s.v + (1 - beta2) * g * g
    return s._replace(x=oracle.project(s.x - eta * m / sqrt(v)), m=m, v=v)


@defect(linear_losses.adagrad_norm_moves, init=adaptive.adagrad_norm.init)
def adagrad_norm_that_forgets(s, oracle, *, eta, b0):
    g = oracle.gradient(s.x)
    return s._replace(x=s.x - eta / b0 * g)


@defect(linear_losses.amsgrad_moves, init=adaptive.amsgrad.init)
def amsgrad_with_correction(s, oracle, rng, k, *, eta, beta1, beta2):
    g = oracle.stochastic_gradient(s.x, rng)
    m, v = beta1 * s.m + (1 - beta1) * g, beta2 * s.v + (1 - beta2) * g * g
    largest = maximum(s.largest, v / (1 - beta2 ** (k + 1)))
    x = oracle.project(s.x - eta * m / (1 - beta1 ** (k + 1)) / sqrt(largest))
    return s._replace(x=x, m=m, v=v, largest=largest)


@defect(linear_losses.adagrad_norm_moves, init=adaptive.adagrad_norm.init)
def adagrad_norm_without_the_last_gradient(s, oracle, *, eta, b0):
    g = oracle.gradient(s.x)
    return s._replace(x=s.x - eta / sqrt(s.total) * g, total=s.total + sqnorm(g))


@defect(linear_losses.adagrad_norm_moves, init=adaptive.adagrad_norm.init)
def adagrad_norm_without_a_root(s, oracle, *, eta, b0):
    g = oracle.gradient(s.x)
    total = s.total + sqnorm(g)
    return s._replace(x=s.x - eta / total * g, total=total)


@defect(linear_losses.adagrad_norm_moves, init=adaptive.adagrad_norm.init)
def adagrad_norm_that_adds_up_norms(s, oracle, *, eta, b0):
    g = oracle.gradient(s.x)
    total = s.total + norm(g)
    return s._replace(x=s.x - eta / sqrt(total) * g, total=total)


# Clipped ----------------------------------------------------------------------------------------


def _by_coordinate(g, tau):
    return maximum(minimum(g, tau), -tau)


@defect(clipped_steps.gradient_descent)
def clipped_by_coordinate(s, oracle, rng, *, eta, tau):
    g = oracle.stochastic_gradient(s.x, rng)
    return Point(s.x - eta * _by_coordinate(g, tau))


@defect(clipped_steps.gradient_descent)
def clipped_to_the_level_always(s, oracle, rng, *, eta, tau):
    g = oracle.stochastic_gradient(s.x, rng)
    return Point(s.x - eta * tau / norm(g) * g)


@defect(clipped_steps.gradient_descent)
def clipped_to_unit_length(s, oracle, rng, *, eta, tau):
    g = oracle.stochastic_gradient(s.x, rng)
    return Point(s.x - eta / maximum(norm(g) / tau, 1) * g / maximum(norm(g), 1e-300))


@defect(clipped_steps.gradient_descent)
def clipped_by_the_squared_norm(s, oracle, rng, *, eta, tau):
    g = oracle.stochastic_gradient(s.x, rng)
    return Point(s.x - eta * tau / maximum(sqnorm(g), tau) * g)


@defect(clipped_steps.gradient_descent)
def clipped_after_the_step_size(s, oracle, rng, *, eta, tau):
    move = eta * oracle.stochastic_gradient(s.x, rng)
    return Point(s.x - tau / maximum(norm(move), tau) * move)


def _sstm(s, oracle, rng, eta, tau, *, clip=clipped._clipped, behind=False, lazy=False):
    mass = s.mass + eta
    share = eta / mass
    y = s.x if behind else s.x + share * (s.z - s.x)
    z = s.z - eta * clip(oracle.stochastic_gradient(y, rng), tau)
    return s._replace(x=s.x + share * ((s.z if lazy else z) - s.x), z=z, mass=mass)


@defect(clipped_steps.similar_triangles, init=clipped.clipped_sstm.init)
def similar_triangles_clipped_by_coordinate(s, oracle, rng, *, eta, tau):
    return _sstm(s, oracle, rng, eta, tau, clip=_by_coordinate)


@defect(clipped_steps.similar_triangles, init=clipped.clipped_sstm.init)
def similar_triangles_with_the_gradient_behind(s, oracle, rng, *, eta, tau):
    return _sstm(s, oracle, rng, eta, tau, behind=True)


@defect(clipped_steps.similar_triangles, init=clipped.clipped_sstm.init)
def similar_triangles_towards_the_old_point(s, oracle, rng, *, eta, tau):
    return _sstm(s, oracle, rng, eta, tau, lazy=True)


@defect(clipped_turns.descent_ascent)
def descent_ascent_clipped_by_coordinate(s, oracle, rng, *, eta, tau):
    return Point(s.x - eta * _by_coordinate(oracle.stochastic_operator(s.x, rng), tau))


@defect(clipped_turns.descent_ascent)
def descent_ascent_clipped_by_the_squared_norm(s, oracle, rng, *, eta, tau):
    g = oracle.stochastic_operator(s.x, rng)
    return Point(s.x - eta * tau / maximum(sqnorm(g), tau) * g)


@defect(clipped_turns.extragradient, init=clipped.clipped_extragradient.init)
def clipped_extragradient_with_one_norm(s, oracle, rng, *, eta, tau):
    g = oracle.stochastic_operator(s.x, rng)
    factor = tau / maximum(norm(g), tau)
    y = s.x - eta * factor * g
    return s._replace(x=s.x - eta * factor * oracle.stochastic_operator(y, rng), leading=y)


@defect(clipped_turns.extragradient, init=clipped.clipped_extragradient.init)
def clipped_extragradient_that_steps_from_y(s, oracle, rng, *, eta, tau):
    y = s.x - eta * clipped._clipped(oracle.stochastic_operator(s.x, rng), tau)
    x = y - eta * clipped._clipped(oracle.stochastic_operator(y, rng), tau)
    return s._replace(x=x, leading=y)


# Variance-reduced -------------------------------------------------------------------------------


def _change(s, oracle, i):
    """The fresh gradient of component i, and the one at the point in the table."""
    return oracle.sample_gradient(s.x, i), oracle.sample_gradient(row(s.points, i)[:, 0, :], i)


@defect(unbiased_steps.of_saga, init=variance_reduction.saga.init)
def saga_whose_mean_is_updated_too_early(s, oracle, rng, *, eta):
    i = integers(rng, oracle.n)
    new, old = _change(s, oracle, i)
    average = s.average + (new - old) / oracle.n
    points = set_row(s.points, i, s.x[:, None, :])
    return s._replace(x=s.x - eta * (new - old + average), points=points, average=average)


@defect(unbiased_steps.of_saga, init=variance_reduction.saga.init)
def sag_for_saga(s, oracle, rng, *, eta):
    i = integers(rng, oracle.n)
    new, old = _change(s, oracle, i)
    average = s.average + (new - old) / oracle.n
    points = set_row(s.points, i, s.x[:, None, :])
    return s._replace(x=s.x - eta * average, points=points, average=average)


@defect(unbiased_steps.of_saga, init=variance_reduction.saga.init)
def saga_whose_mean_is_a_sum(s, oracle, rng, *, eta):
    i = integers(rng, oracle.n)
    new, old = _change(s, oracle, i)
    points = set_row(s.points, i, s.x[:, None, :])
    average = s.average + new - old
    return s._replace(x=s.x - eta * (new - old + s.average), points=points, average=average)


@defect(unbiased_steps.of_saga, init=variance_reduction.saga.init)
def saga_whose_table_stays(s, oracle, rng, *, eta):
    i = integers(rng, oracle.n)
    new, old = _change(s, oracle, i)
    average = s.average + (new - old) / oracle.n
    return s._replace(x=s.x - eta * (new - old + s.average), average=average)


def _svrg(s, oracle, rng, k, eta, m, *, snapshot, gradient):
    """SVRG with another snapshot and full gradient at the start of an epoch."""
    t = k % m
    keep, i = bernoulli(rng, 1 / (t + 1)), integers(rng, oracle.n)
    x, w, full = cond(
        t == 0, lambda: (s.chosen, snapshot(), gradient()), lambda: (s.x, s.snapshot, s.gradient)
    )
    g = oracle.sample_gradient(x, i) - oracle.sample_gradient(w, i) + full
    return s._replace(
        x=x - eta * g, snapshot=w, gradient=full, chosen=where(keep > 0.5, x, s.chosen)
    )


@defect(svrg.theorem, init=variance_reduction.svrg.init)
def svrg_that_never_renews(s, oracle, rng, k, *, eta, m):
    return _svrg(
        s, oracle, rng, k, eta, m, snapshot=lambda: s.snapshot, gradient=lambda: s.gradient
    )


@defect(svrg.theorem, init=variance_reduction.svrg.init)
def svrg_that_renews_once(s, oracle, rng, k, *, eta, m):
    def at(first, later):
        return cond(k < 2 * m, lambda: (first(),), lambda: (later(),))[0]

    return _svrg(
        s,
        oracle,
        rng,
        k,
        eta,
        m,
        snapshot=lambda: at(lambda: s.chosen, lambda: s.snapshot),
        gradient=lambda: at(lambda: oracle.gradient(s.chosen), lambda: s.gradient),
    )


@defect(unbiased_steps.of_svrg, init=variance_reduction.svrg.init)
def svrg_with_an_old_full_gradient(s, oracle, rng, k, *, eta, m):
    return _svrg(s, oracle, rng, k, eta, m, snapshot=lambda: s.chosen, gradient=lambda: s.gradient)


@defect(unbiased_steps.of_svrg, init=variance_reduction.svrg.init)
def svrg_with_an_old_snapshot(s, oracle, rng, k, *, eta, m):
    return _svrg(
        s,
        oracle,
        rng,
        k,
        eta,
        m,
        snapshot=lambda: s.snapshot,
        gradient=lambda: oracle.gradient(s.chosen),
    )


@defect(unbiased_steps.of_loopless_svrg, init=variance_reduction.loopless_svrg.init)
def loopless_svrg_with_an_old_full_gradient(s, oracle, rng, *, eta, p):
    renew, i = bernoulli(rng, p), integers(rng, oracle.n)
    g = oracle.sample_gradient(s.x, i) - oracle.sample_gradient(s.snapshot, i) + s.gradient
    return s._replace(x=s.x - eta * g, snapshot=where(renew > 0.5, s.x, s.snapshot))


@defect(loopless_svrg.theorem, init=variance_reduction.loopless_svrg.init)
def loopless_svrg_that_never_renews(s, oracle, rng, *, eta, p):
    i = integers(rng, oracle.n)
    g = oracle.sample_gradient(s.x, i) - oracle.sample_gradient(s.snapshot, i) + s.gradient
    return s._replace(x=s.x - eta * g)


@defect(loopless_svrg.theorem, init=variance_reduction.loopless_svrg.init)
def loopless_svrg_that_renews_otherwise(s, oracle, rng, *, eta, p):
    renew, i = bernoulli(rng, p), integers(rng, oracle.n)
    g = oracle.sample_gradient(s.x, i) - oracle.sample_gradient(s.snapshot, i) + s.gradient
    return s._replace(
        x=s.x - eta * g,
        snapshot=where(renew > 0.5, s.snapshot, s.x),
        gradient=where(renew > 0.5, s.gradient, oracle.gradient(s.x)),
    )


# Polyak's step ----------------------------------------------------------------------------------

POLYAK = (
    polyak_step.convex_functions,
    polyak_step.strongly_convex_functions,
    subgradient_polyak_step.lipschitz_functions,
    subgradient_polyak_step.sharp_functions,
)


@defect(*POLYAK)
def polyak_step_without_f_star(s, oracle, *, scale=1):
    g = oracle.gradient(s.x)
    gap = maximum(oracle.value(s.x), 0.0)
    return Point(s.x - scale * gap / maximum(sqnorm(g), 1e-300) * g)


@defect(*POLYAK[1:])
def polyak_step_over_the_norm(s, oracle, *, scale=1):
    g = oracle.gradient(s.x)
    return Point(s.x - scale * (oracle.value(s.x) - oracle.f_star) / maximum(norm(g), 1e-300) * g)


@defect(stochastic_polyak_step.monotone)
def stochastic_polyak_step_without_the_values_at_the_minimizer(s, oracle, rng):
    i = integers(rng, oracle.n)
    g = oracle.sample_gradient(s.x, i)
    return Point(s.x - oracle.sample_value(s.x, i) / maximum(sqnorm(g), 1e-300) * g)


@defect(stochastic_polyak_step.monotone)
def stochastic_polyak_step_with_f_star(s, oracle, rng):
    i = integers(rng, oracle.n)
    g = oracle.sample_gradient(s.x, i)
    excess = maximum(oracle.sample_value(s.x, i) - oracle.f_star, 0.0)
    return Point(s.x - excess / maximum(sqnorm(g), 1e-300) * g)


@defect(bounded_polyak_step.strongly_convex)
def bounded_polyak_step_without_the_infima(s, oracle, rng, *, c, largest):
    i = integers(rng, oracle.n)
    g = oracle.sample_gradient(s.x, i)
    step = oracle.sample_value(s.x, i) / maximum(sqnorm(g), 1e-300) / c
    return Point(s.x - minimum(step, largest) * g)


@defect(bounded_polyak_step.strongly_convex)
def bounded_polyak_step_that_takes_the_larger(s, oracle, rng, *, c, largest):
    i = integers(rng, oracle.n)
    g = oracle.sample_gradient(s.x, i)
    excess = maximum(oracle.sample_value(s.x, i) - oracle.sample_infimum(i), 0.0)
    return Point(s.x - maximum(excess / maximum(sqnorm(g), 1e-300) / c, largest) * g)


# First order and momentum -----------------------------------------------------------------------


@defect(exact_line_search.theorem)
def line_search_that_goes_half_way(s, oracle):
    g = oracle.gradient(s.x)
    curvature = inner(g, oracle.hessian_vector(s.x, g))
    return Point(s.x - 0.5 * sqnorm(g) / maximum(curvature, 1e-300) * g)


@defect(silver_steps.theorem)
def silver_steps_from_the_second(s, oracle, k, *, eta, rho):
    exponent = ((k + 2) & -(k + 2)).bit_length() - 2
    return Point(s.x - eta * (1 + rho**exponent) * oracle.gradient(s.x))


@defect(conjugate_gradients.strongly_convex_quadratics, init=gradient.conjugate_gradient.init)
def conjugate_gradient_that_starts_anew(s, oracle):
    curved = oracle.hessian_vector(s.x, s.direction)
    eta = sqnorm(s.gradient) / maximum(inner(s.direction, curved), 1e-300)
    g = s.gradient - eta * curved
    return s._replace(x=s.x - eta * s.direction, gradient=g, direction=g)


HEAVY_BALL = (
    heavy_ball_strongly_convex.theorem,
    heavy_ball_average.theorem,
    quadratic_rates.heavy_ball_method,
)


@defect(*HEAVY_BALL, init=accelerated.heavy_ball.init)
def heavy_ball_with_dampening(s, oracle, *, eta, beta):
    move = beta * (s.x - s.previous) - (1 - beta) * eta * oracle.gradient(s.x)
    return s._replace(x=s.x + move, previous=s.x)


@defect(quadratic_rates.heavy_ball_method, init=accelerated.heavy_ball.init)
def heavy_ball_with_the_gradient_ahead(s, oracle, *, eta, beta):
    y = s.x + beta * (s.x - s.previous)
    return s._replace(x=y - eta * oracle.gradient(y), previous=s.x)


NESTEROV = (
    nesterov_strongly_convex.theorem,
    quadratic_rates.nesterov_method,
    round_bowls.nesterov,
)


@defect(*NESTEROV, init=accelerated.nesterov_momentum.init)
def nesterov_momentum_with_the_gradient_behind(s, oracle, *, eta, beta):
    return s._replace(x=s.x + beta * (s.x - s.previous) - eta * oracle.gradient(s.x), previous=s.x)


@defect(nesterov_convex.simple_momentum, *NESTEROV, init=accelerated.nesterov_momentum.init)
def nesterov_momentum_that_steps_from_x(s, oracle, *, eta, beta):
    y = s.x + beta * (s.x - s.previous)
    return s._replace(x=s.x - eta * oracle.gradient(y), previous=s.x)


@defect(nesterov_convex.fista, init=accelerated.accelerated_gradient.init)
def accelerated_gradient_that_extrapolates_y(s, oracle, *, eta):
    x = s.y - eta * oracle.gradient(s.y)
    t = 0.5 * (1 + sqrt(1 + 4 * s.t * s.t))
    return s._replace(x=x, y=x + (s.t - 1) / t * (x - s.y), t=t)


@defect(nesterov_convex.fista, init=accelerated.accelerated_gradient.init)
def accelerated_gradient_a_weight_ahead(s, oracle, *, eta):
    x = s.y - eta * oracle.gradient(s.y)
    t = 0.5 * (1 + sqrt(1 + 4 * s.t * s.t))
    return s._replace(x=x, y=x + s.t / t * (x - s.x), t=t)


@defect(optimized_gradient.theorem, init=accelerated.optimized_gradient.init)
def optimized_gradient_without_the_last_weight(s, oracle, k, *, eta, horizon):
    y = s.x - eta * oracle.gradient(s.x)
    theta = 0.5 * (1 + sqrt(1 + 4 * s.theta * s.theta))
    x = y + (s.theta - 1) / theta * (y - s.stepped) + s.theta / theta * (y - s.x)
    return s._replace(x=x, stepped=y, theta=theta)


@defect(optimized_gradient.theorem, init=accelerated.optimized_gradient.init)
def optimized_gradient_without_the_correction(s, oracle, k, *, eta, horizon):
    y = s.x - eta * oracle.gradient(s.x)
    (factor,) = cond(k + 1 == horizon, lambda: (8.0,), lambda: (4.0,))
    theta = 0.5 * (1 + sqrt(1 + factor * s.theta * s.theta))
    x = y + (s.theta - 1) / theta * (y - s.stepped)
    return s._replace(x=x, stepped=y, theta=theta)


@defect(
    round_bowls.triple_momentum_flat,
    round_bowls.triple_momentum_steep,
    init=accelerated.triple_momentum.init,
)
def triple_momentum_without_output(s, oracle, *, eta, beta, gamma, delta):
    y = s.xi + gamma * (s.xi - s.previous)
    xi = s.xi + beta * (s.xi - s.previous) - eta * oracle.gradient(y)
    return s._replace(x=xi, xi=xi, previous=s.xi)


@defect(
    round_bowls.triple_momentum_flat,
    round_bowls.triple_momentum_steep,
    init=accelerated.triple_momentum.init,
)
def triple_momentum_with_the_gradient_behind(s, oracle, *, eta, beta, gamma, delta):
    xi = s.xi + beta * (s.xi - s.previous) - eta * oracle.gradient(s.xi)
    return s._replace(x=xi + delta * (xi - s.xi), xi=xi, previous=s.xi)


# Proximal ---------------------------------------------------------------------------------------


PROXIMAL_POINT = (
    proximal_point.convex_functions,
    proximal_point.strongly_convex_functions,
    proximal_point.sharp_functions,
)


@defect(*PROXIMAL_POINT)
def proximal_point_with_half_the_step(s, oracle, *, eta):
    return Point(oracle.prox(s.x, eta / 2))


@defect(*PROXIMAL_POINT)
def proximal_point_with_prox_of_one(s, oracle, *, eta):
    return Point(oracle.prox(s.x, 1.0))


PROXIMAL_GRADIENT = (
    proximal_gradient.convex_sums,
    proximal_gradient.strongly_convex_sums,
    proximal_gradient_exact.theorem,
)


@defect(*PROXIMAL_GRADIENT)
def proximal_gradient_with_prox_of_one(s, oracle, *, eta):
    return Point(oracle.prox(s.x - eta * oracle.gradient(s.x), 1.0))


@defect(*PROXIMAL_GRADIENT)
def proximal_gradient_with_prox_of_double(s, oracle, *, eta):
    return Point(oracle.prox(s.x - eta * oracle.gradient(s.x), 2 * eta))


@defect(*PROXIMAL_GRADIENT)
def proximal_gradient_in_the_other_order(s, oracle, *, eta):
    y = oracle.prox(s.x, eta)
    return Point(y - eta * oracle.gradient(y))


@defect(*PROXIMAL_GRADIENT)
def proximal_gradient_without_prox(s, oracle, *, eta):
    return Point(s.x - eta * oracle.gradient(s.x))


@defect(accelerated_proximal.convex_sums, init=proximal.fista.init)
def fista_from_the_iterate(s, oracle, *, eta):
    x = oracle.prox(s.x - eta * oracle.gradient(s.y), eta)
    t = 0.5 * (1 + sqrt(1 + 4 * s.t * s.t))
    return s._replace(x=x, y=x + (s.t - 1) / t * (x - s.x), t=t)


@defect(accelerated_proximal.convex_sums, init=proximal.fista.init)
def fista_that_extrapolates_y(s, oracle, *, eta):
    x = oracle.prox(s.y - eta * oracle.gradient(s.y), eta)
    t = 0.5 * (1 + sqrt(1 + 4 * s.t * s.t))
    return s._replace(x=x, y=x + (s.t - 1) / t * (x - s.y), t=t)


@defect(accelerated_proximal.convex_sums, init=proximal.fista.init)
def fista_a_weight_ahead(s, oracle, *, eta):
    x = oracle.prox(s.y - eta * oracle.gradient(s.y), eta)
    t = 0.5 * (1 + sqrt(1 + 4 * s.t * s.t))
    return s._replace(x=x, y=x + s.t / t * (x - s.x), t=t)


@defect(accelerated_proximal.convex_sums, init=proximal.fista.init)
def fista_whose_weights_stay(s, oracle, *, eta):
    x = oracle.prox(s.y - eta * oracle.gradient(s.y), eta)
    return s._replace(x=x, y=x)


@defect(accelerated_proximal.convex_sums, init=proximal.fista.init)
def fista_with_prox_of_one(s, oracle, *, eta):
    x = oracle.prox(s.y - eta * oracle.gradient(s.y), 1.0)
    t = 0.5 * (1 + sqrt(1 + 4 * s.t * s.t))
    return s._replace(x=x, y=x + (s.t - 1) / t * (x - s.x), t=t)


@defect(accelerated_proximal.strongly_convex_sums, init=proximal.momentum_proximal_gradient.init)
def momentum_proximal_gradient_with_the_gradient_behind(s, oracle, *, eta, beta):
    y = s.x + beta * (s.x - s.previous)
    return s._replace(x=oracle.prox(y - eta * oracle.gradient(s.x), eta), previous=s.x)


@defect(stochastic_proximal_gradient.convex_sums, stochastic_proximal_gradient.strongly_convex_sums)
def stochastic_proximal_gradient_with_prox_of_one(s, oracle, rng, *, eta):
    return Point(oracle.prox(s.x - eta * oracle.stochastic_gradient(s.x, rng), 1.0))


@defect(stochastic_proximal_gradient.strongly_convex_sums)
def stochastic_proximal_gradient_in_the_other_order(s, oracle, rng, *, eta):
    y = oracle.prox(s.x, eta)
    return Point(y - eta * oracle.stochastic_gradient(y, rng))


@defect(stochastic_proximal_point.strongly_convex_components)
def stochastic_proximal_point_with_two_steps(s, oracle, rng, *, eta):
    return Point(oracle.sample_prox(s.x, integers(rng, oracle.n), 2 * eta))


# Stochastic -------------------------------------------------------------------------------------


@defect(momentum.same_method, momentum.same_method_decreasing, init=stochastic.sgd_momentum.init)
def sgd_momentum_with_dampening(s, oracle, rng, *, eta, beta):
    m = beta * s.m + (1 - beta) * oracle.stochastic_gradient(s.x, rng)
    return s._replace(x=s.x - eta * m, m=m)


@defect(momentum.same_method, momentum.same_method_decreasing, init=stochastic.sgd_momentum.init)
def sgd_momentum_that_steps_first(s, oracle, rng, *, eta, beta):
    m = beta * s.m + oracle.stochastic_gradient(s.x, rng)
    return s._replace(x=s.x - eta * s.m, m=m)


of_averages = replace(
    momentum.same_method,
    algorithm=momentum.same_method.claims[0].other,
    claims=[momentum.same_method.claims[0].with_bound(momentum.same_method.algorithm)],
)
"""The same identity, read from the right to the left."""


@defect(of_averages, init=stochastic.moving_average_sgd.init)
def moving_average_off_by_one(s, oracle, rng, *, eta, weight):
    z = s.z - eta * oracle.stochastic_gradient(s.x, rng)
    return s._replace(x=(weight * s.x + s.z) / (weight + 1), z=z)


@defect(minibatch.noise, minibatch_sgd.last)
def minibatch_with_a_sum(s, oracle, rng, *, eta, b):
    return Point(s.x - eta * b * oracle.sample_gradient(s.x, subset(rng, oracle.n, b)))


@defect(minibatch.noise)
def minibatch_with_replacement(s, oracle, rng, *, eta, b):
    g = sum(oracle.sample_gradient(s.x, integers(rng, oracle.n)) for _ in range(b)) / b
    return Point(s.x - eta * g)


# Games ------------------------------------------------------------------------------------------

EXTRAGRADIENT = (
    extragradient_comonotone.theorem,
    extragradient_comonotone.last_iterate,
    comonotone_spirals.extragradient_steps,
)


@defect(*EXTRAGRADIENT)
def extragradient_with_the_second_gradient_behind(s, oracle, *, gamma, eta):
    return Point(oracle.project(s.x - eta * oracle.operator(s.x)))


@defect(*EXTRAGRADIENT)
def extragradient_that_steps_from_y(s, oracle, *, gamma, eta):
    y = oracle.project(s.x - gamma * oracle.operator(s.x))
    return Point(oracle.project(y - eta * oracle.operator(y)))


@defect(extragradient_comonotone.theorem, comonotone_spirals.extragradient_steps)
def extragradient_with_exchanged_steps(s, oracle, *, gamma, eta):
    y = oracle.project(s.x - eta * oracle.operator(s.x))
    return Point(oracle.project(s.x - gamma * oracle.operator(y)))


@defect(
    optimistic_gradient_comonotone.theorem,
    optimistic_gradient_comonotone.wider,
    init=games.optimistic_gradient_plus.init,
)
def optimistic_gradient_plus_that_leads_from_y(s, oracle, *, gamma, eta):
    g = oracle.operator(s.leading)
    x = s.x - eta * g
    return s._replace(x=x, leading=s.leading - gamma * g)


@defect(single_call.past, single_call.coincide, init=games.past_extragradient.init)
def past_extragradient_that_steps_from_y(s, oracle, *, eta):
    y = oracle.project(s.x - eta * s.past)
    g = oracle.operator(y)
    return s._replace(x=oracle.project(y - eta * g), leading=y, past=g)


@defect(single_call.past, single_call.coincide, init=games.past_extragradient.init)
def past_extragradient_that_remembers_the_first_gradient(s, oracle, *, eta):
    y = oracle.project(s.x - eta * s.past)
    return s._replace(x=oracle.project(s.x - eta * oracle.operator(y)), leading=y)


@defect(single_call.optimistic, init=games.optimistic_gradient.init)
def optimistic_gradient_with_the_wrong_sign(s, oracle, *, eta):
    y = oracle.project(s.x - eta * s.past)
    g = oracle.operator(y)
    return s._replace(x=y - eta * (s.past - g), leading=y, past=g)


reflected_as_past = replace(
    single_call.coincide,
    algorithm=single_call.reflected.algorithm,
    claims=[single_call.coincide.claims[1].with_bound(single_call.past.algorithm)],
)


@defect(reflected_as_past, init=lambda x0: games.Reflected(x0, x0, x0))
def reflected_gradient_from_rest(s, oracle, *, eta):
    y = 2 * s.x - s.previous
    return s._replace(x=oracle.project(s.x - eta * oracle.operator(y)), previous=s.x, leading=y)


@defect(single_call_stochastic.theorem, init=games.stochastic_past_extragradient.init)
def stochastic_past_extragradient_with_the_past_twice(s, oracle, rng, *, eta):
    y = oracle.project(s.x - eta * s.past)
    g = oracle.stochastic_operator(y, rng)
    return s._replace(x=oracle.project(s.x - eta * s.past), leading=y, past=g)


@defect(single_call.reflected, init=games.reflected_gradient.init)
def reflected_gradient_without_reflection(s, oracle, *, eta):
    x = oracle.project(s.x - eta * oracle.operator(s.x))
    return s._replace(x=x, previous=s.x, leading=s.x)


@defect(
    proximal_point_comonotone.theorem,
    proximal_point_comonotone.linear,
    comonotone_spirals.proximal_point,
)
def resolvent_with_half_the_step(s, oracle, *, gamma):
    return Point(oracle.resolvent(s.x, gamma / 2))


# Compressed -------------------------------------------------------------------------------------

EF21 = (ef21.nonconvex, ef21.polyak_lojasiewicz)


def _top(v, K):
    return compressed._top(v, K)


def _locals(x, oracle):
    return oracle.local_gradients(x[:, None, :])


@defect(*EF21, init=compressed.ef21.init)
def error_feedback_that_forgets_the_error(s, oracle, *, eta, K):
    x = s.x - eta * row_mean(s.g)
    return s._replace(x=x, g=_top(_locals(x, oracle), K))


@defect(*EF21, init=compressed.ef21.init)
def error_feedback_that_adds_up_gradients(s, oracle, *, eta, K):
    x = s.x - eta * row_mean(s.g)
    return s._replace(x=x, g=s.g + _top(_locals(x, oracle), K))


@defect(*EF21, init=compressed.ef21.init)
def error_feedback_without_one_over_n(s, oracle, *, eta, K):
    x = s.x - eta * oracle.n * row_mean(s.g)
    return s._replace(x=x, g=s.g + _top(_locals(x, oracle) - s.g, K))


@defect(ef21.nonconvex, init=compressed.ef21.init)
def error_feedback_a_point_late(s, oracle, *, eta, K):
    x = s.x - eta * row_mean(s.g)
    return s._replace(x=x, g=s.g + _top(_locals(s.x, oracle) - s.g, K))


@defect(*EF21, init=compressed.ef21.init)
def error_feedback_of_the_smallest_entries(s, oracle, *, eta, K):
    x = s.x - eta * row_mean(s.g)
    change = _locals(x, oracle) - s.g
    return s._replace(x=x, g=s.g + change - _top(change, change.shape[-1] - K))


@defect(ef21_weighted.theorem, init=compressed.ef21_weighted.init)
def weighted_error_feedback_without_weights(s, oracle, *, eta, K):
    x = s.x - eta * row_mean(s.g)
    return s._replace(x=x, g=s.g + _top(_locals(x, oracle) - s.g, K))


@defect(ef21_partial.theorem, init=compressed.ef21_partial.init)
def partial_error_feedback_that_forgets(s, oracle, rng, *, eta, K, p):
    chance = uniform(rng, oracle.n)[:, :, None]
    x = s.x - eta * row_mean(s.g)
    return s._replace(x=x, g=where(chance < p, _top(_locals(x, oracle), K), s.g))


@defect(ef21_partial.theorem, init=compressed.ef21_partial.init)
def partial_error_feedback_of_the_others(s, oracle, rng, *, eta, K, p):
    chance = uniform(rng, oracle.n)[:, :, None]
    x = s.x - eta * row_mean(s.g)
    return s._replace(x=x, g=s.g + where(chance < p, 0.0, _top(_locals(x, oracle) - s.g, K)))


# Interpolation ----------------------------------------------------------------------------------


@defect(interpolation_corrected.same_method, init=interpolation.accelerated_sgd.init)
def accelerated_sgd_with_the_gradient_behind(s, oracle, rng, *, eta, tau, mu):
    y = (s.x + tau * s.v) / (1 + tau)
    g = oracle.stochastic_gradient(s.x, rng)
    return s._replace(x=y - eta * g, v=(1 - tau) * s.v + tau * y - tau / mu * g)


@defect(interpolation_corrected.same_method, init=interpolation.accelerated_sgd.init)
def accelerated_sgd_with_exchanged_weights(s, oracle, rng, *, eta, tau, mu):
    y = (tau * s.x + s.v) / (1 + tau)
    g = oracle.stochastic_gradient(y, rng)
    return s._replace(x=y - eta * g, v=(1 - tau) * s.v + tau * y - tau / mu * g)


# Subgradients -----------------------------------------------------------------------------------


@defect(strongly_convex.constant_step)
def projected_sgd_without_projection(s, oracle, rng, *, eta):
    return Point(s.x - eta * oracle.stochastic_gradient(s.x, rng))


@defect(best_iterate.normalized)
def normalized_subgradient_without_norm(s, oracle, *, eta):
    return Point(s.x - eta * oracle.gradient(s.x))


@defect(best_iterate.normalized)
def normalized_subgradient_over_the_squared_norm(s, oracle, *, eta):
    g = oracle.gradient(s.x)
    return Point(s.x - eta * g / maximum(sqnorm(g), 1e-300))


@pytest.mark.parametrize(("theorem", "made"), DEFECTS)
def test_a_theorem_sees_the_defect(theorem, made):
    method = made(**theorem.algorithm.hyperparameters)
    witness = next(witnesses(replace(theorem, algorithm=method)), None)
    assert witness is not None, f"{theorem.cite}: {made.name} is not refuted"


THEOREMS = {id(p.values[0]): p.values[0] for p in DEFECTS}.values()


@pytest.mark.parametrize("theorem", THEOREMS, ids=lambda t: f"{t.algorithm.algorithm.name}")
def test_the_same_theorem_is_not_refuted_by_the_right_method(theorem):
    assert next(witnesses(theorem), None) is None
