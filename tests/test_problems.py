"""Every family, by the checks that a problem meets where a theorem uses it, and the checks.

Families are found by being there; nothing here names one. The second half builds problems that are
false in one way, and true ones that look suspicious.
"""

from typing import Any, NamedTuple

import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from convlab import catalogue, precise
from convlab.assumption import Assumption, Certificate
from convlab.assumptions import (
    alpha_moment,
    attained,
    attained_on_set,
    bounded_below,
    bounded_variance,
    components_smooth,
    convex,
    finite_sum,
    projectable,
    proximable,
    proximable_part,
    smooth,
    smooth_part,
    starts_steep,
    strongly_convex,
    unbiased,
)
from convlab.certificates import check, falsehoods, log_e_centered
from convlab.cli import main
from convlab.engine.backends import to_numpy, xp_of
from convlab.errors import ConvlabError, UnavailableError
from convlab.problem import Problem
from convlab.streams import integers, normal, pareto, symmetric_pareto
from convlab.vocabulary import (
    absolute,
    element,
    maximum,
    mean,
    norm,
    sign,
    sqnorm,
    total,
    where,
)

FAMILIES = catalogue.installed().families
THRESHOLD = float(np.log(1e9))


def usable(name):
    """A default problem of the family, or a skip with the reason."""
    try:
        return FAMILIES[name]()
    except UnavailableError as error:
        pytest.skip(str(error))


def require_true(problem, key):
    assert list(falsehoods(problem, key, THRESHOLD)) == []
    for name, certificate in problem.certificates.items():
        assert certificate.how, f"{problem.name} does not say how {name} was obtained"


@pytest.mark.parametrize("name", sorted(FAMILIES))
def test_what_the_default_problem_declares_is_true(name):
    require_true(usable(name), 1)


@pytest.mark.parametrize("name", sorted(FAMILIES))
@settings(
    max_examples=8,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=list(HealthCheck),
)
@given(data=st.data())
def test_what_any_problem_of_the_family_declares_is_true(name, data):
    usable(name)
    if not FAMILIES[name].parameters:
        return
    require_true(data.draw(FAMILIES[name].strategy()), 2)


@pytest.mark.parametrize("name", sorted(FAMILIES))
def test_the_error_of_x_star_covers_the_rounding_of_the_data(name):
    """In 50 digits |g|/mu bounds the distance from x* to the minimizer, for g the mean gradient."""
    problem = usable(name)
    for key in range(3) if FAMILIES[name].parameters else []:
        known = problem.constants
        if not {"mu", "x_star", "n"} <= {*known} or hasattr(problem.oracle, "prox"):
            pytest.skip("no strongly convex finite sum")
        oracle = problem.on(precise)
        best = precise.asarray(known["x_star"])[None]
        every = oracle.sample_gradient(best, np.arange(known["n"])[None])
        for g in (every, oracle.gradient(best)):
            away = float(norm(g)[0, 0]) / known["mu"]
            assert away <= problem.certificates["x_star"].error
        assert abs(float((oracle.value(best) - oracle.f_star)[0, 0])) <= 1e-25
        problem = FAMILIES[name].sample(key + 1)


def points(problem, key, count):
    x = problem.starts(key, range(count))
    x = x + np.random.Generator(np.random.Philox(key=key)).normal(size=x.shape)
    return problem.on(np).project(x)


@pytest.mark.parametrize("name", sorted(FAMILIES))
def test_backends_agree_on_the_oracles(name):
    problem = usable(name)
    x = points(problem, 5, 4)
    for method in ("value", "gradient", "subgradient", "smooth_value", "project"):
        if not hasattr(problem.oracle, method):
            continue
        expected = getattr(problem.on(np), method)(x)
        for backend in ("array-api-strict", "mpmath"):
            xp = xp_of(backend)
            got = to_numpy(getattr(problem.on(xp), method)(xp.asarray(x))).astype(float)
            np.testing.assert_allclose(got, expected, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("name", sorted(FAMILIES))
def test_a_family_gives_the_same_problem_for_the_same_key(name):
    usable(name)
    first, second = FAMILIES[name].sample(4), FAMILIES[name].sample(4)
    assert first.name == second.name
    x = points(first, 6, 3)
    for method in ("value", "gradient"):
        if hasattr(first.oracle, method):
            np.testing.assert_array_equal(
                getattr(first.on(np), method)(x), getattr(second.on(np), method)(x)
            )


# False problems ----------------------------------------------------------------------------------

CENTER = np.array([1.0, -2.0, 0.5])
CURVATURES = np.array([0.1, 0.5, 1.0])


class Bowl(NamedTuple):
    """sum_i a_i (x_i - c_i)^2/2, with the noise of the tests."""

    a: Any = CURVATURES
    c: Any = CENTER

    def value(self, x):
        return 0.5 * total(self.a * (x - self.c) ** 2)

    def gradient(self, x):
        return self.a * (x - self.c)


def bowl(oracle=None, *more, f_star=0.0, x_star=CENTER, L=1.0, mu=0.1):
    declares = [smooth(L), strongly_convex(mu), attained(f_star, x_star), *more]
    return Problem(Bowl() if oracle is None else oracle, declares, name="bowl")


def with_methods(base, **methods):
    """The oracle with methods replaced or added."""
    return type("Changed", (base,), methods)()


class Noise(Bowl):
    def stochastic_gradient(self, x, rng):
        return self.gradient(x) + normal(rng, 3)


class Pair(NamedTuple):
    """(f_1 + f_2)/2 with f_i = |x - c_i|^2/2 and c_i = +-1, on the line."""

    c: Any = np.array([-1.0, 1.0])

    def value(self, x):
        return 0.5 * x * x + 0.5

    def gradient(self, x):
        return x

    def sample_value(self, x, i):
        return 0.5 * mean((x - element(self.c, i)) ** 2)

    def sample_gradient(self, x, i):
        return x - mean(element(self.c, i))

    def stochastic_gradient(self, x, rng):
        return self.sample_gradient(x, integers(rng, 2))


def pair(**methods):
    declares = [finite_sum(2), components_smooth(1.0), smooth(1.0), attained(0.5, np.zeros(1))]
    return Problem(with_methods(Pair, **methods), declares, name="pair")


class Absolute(NamedTuple):
    c: Any = CENTER

    def value(self, x):
        return total(absolute(x - self.c))

    def gradient(self, x):
        return where(x >= self.c, 1.0, -1.0)

    def prox(self, x, step):
        z = x - self.c
        return self.c + sign(z) * maximum(absolute(z) - step, 0.0)


def deviations(x_star=CENTER, **methods):
    declares = [convex(), proximable(), attained(0.0, x_star)]
    return Problem(with_methods(Absolute, **methods), declares, name="absolute")


class Ball(NamedTuple):
    """|x - c|^2/2 on the unit ball, with c = (2, 0)."""

    c: Any = np.array([2.0, 0.0])

    def value(self, x):
        return 0.5 * sqnorm(x - self.c)

    def gradient(self, x):
        return x - self.c

    def project(self, x):
        return x / maximum(norm(x), 1.0)


def ball(x_star=(1.0, 0.0), f_star=0.5, **methods):
    declares = [smooth(1.0), projectable(), attained_on_set(f_star, np.array(x_star))]
    return Problem(with_methods(Ball, **methods), declares, start=np.array([0.5, 0.5]), name="ball")


class Composite(Absolute):
    """|x - y|^2/2 + |x|_1 with y = (2, -3, 1/2): the minimizer is (1, -2, 0)."""

    def smooth_value(self, x):
        return 0.5 * sqnorm(x - np.array([2.0, -3.0, 0.5]) - 0 * x)

    def value(self, x):
        return self.smooth_value(x) + total(absolute(x))

    def gradient(self, x):
        return x - np.array([2.0, -3.0, 0.5])

    def prox(self, x, step):
        return sign(x) * maximum(absolute(x) - step, 0.0)


def composite(x_star=(1.0, -2.0, 0.0), f_star=4.125):
    declares = [smooth_part(1.0), proximable_part(), attained(f_star, np.array(x_star))]
    return Problem(Composite(), declares, name="composite")


class Impure(Bowl):
    def gradient(self, x):
        return self.a * (x - self.c) + 1e-3 * np.random.default_rng().normal()


FALSE = {
    "x* wrong": (
        bowl(x_star=CENTER + 0.3),
        "declares x* = [ 1.3 -1.7  0.8]",
        "the gradient there has norm 0.337",
    ),
    "x* wrong by 1e-9": (bowl(x_star=CENTER + 1e-9), "but the gradient there has norm"),
    "x* within too small an error": (
        bowl(x_star=Certificate(CENTER + 1e-6, "solved", 1e-8)),
        "the gradient there has norm 1.12e-06",
    ),
    "f* too high": (bowl(f_star=0.1), "declares f* = 0.1, but f(x) = "),
    "f* too low": (bowl(f_star=-0.1), "declares f* = -0.1 and x* =", "differs from f* by 0.1"),
    "f* wrong by 1e-12": (bowl(f_star=-1e-12), "but f(x*) differs from f* by 1e-12"),
    "x* of a nonsmooth function": (
        deviations(CENTER + 0.1),
        "the proximal operator moves it by 0.173",
    ),
    "x* outside the set": (ball((2.0, 0.0), 0.0), "1 away from the constraint set"),
    "x* on the set, not the best": (ball((0.6, 0.8)), "projected gradient step from there"),
    "x* of a sum": (composite((1.0, -2.0, 0.1)), "a proximal gradient step from there"),
    "one coordinate of the gradient": (
        bowl(
            with_methods(
                Bowl, gradient=lambda o, x: o.a * (x - o.c) * np.array([1.0, 1.0, 1.001]) + 0 * x
            ),
            L=1.1,
        ),
        "the gradient is not the derivative of the value",
    ),
    "hessian_vector of another function": (
        bowl(with_methods(Bowl, hessian_vector=lambda o, x, v: 1.0001 * o.a * v)),
        "'hessian_vector' is not the derivative",
    ),
    "biased, variance known": (
        bowl(
            with_methods(
                Noise, stochastic_gradient=lambda o, x, r: o.gradient(x) + normal(r, 3) + 0.5
            ),
            bounded_variance(2.0),
        ),
        "the mean of the noise over 2048 draws",
    ),
    "biased, nothing known": (
        bowl(
            with_methods(
                Noise, stochastic_gradient=lambda o, x, r: o.gradient(x) + normal(r, 3) + 0.5
            ),
            unbiased(),
        ),
        "the stochastic gradient is biased",
    ),
    "biased towards one component": (
        pair(
            stochastic_gradient=lambda o, x, r: o.sample_gradient(x, 0 * integers(r, 2)),
        ),
        "declares finite_sum(n=2), but at x =",
    ),
    "moment too small": (
        bowl(Noise(), bounded_variance(1.0)),
        "declares bounded_variance(sigma=1)",
    ),
    "prox ignores the step": (
        deviations(prox=lambda o, x, step: Absolute.prox(o, x, 1.0)),
        "'prox' with step 0.25 gives",
        "does not minimize",
    ),
    "prox of twice the function": (
        deviations(prox=lambda o, x, step: Absolute.prox(o, x, 2 * step)),
        "'prox' with step 0.25 gives",
    ),
    "projection not idempotent": (
        ball(project=lambda o, x: 0.9 * Ball.project(o, x)),
        "'project' is not idempotent",
    ),
    "projection expands": (
        ball(project=lambda o, x: where(norm(x) > 1.0, x / norm(x), x) * sign(x[:, :1])),
        "'project' expands a distance",
    ),
    "components without 1/n": (
        pair(sample_gradient=lambda o, x, i: 2 * (x - mean(element(o.c, i)))),
        "'sample_gradient' over all 2 components gives",
    ),
    "a batch is summed": (
        pair(sample_gradient=lambda o, x, i: i.shape[1] * (x - mean(element(o.c, i))) / 2),
        "'sample_gradient' over a batch of 3 gives",
    ),
    "L too small": (bowl(L=0.99), "declares smooth(L=0.99)"),
    "mu too large": (bowl(mu=0.101), "declares strongly_convex(mu=0.101)"),
    "not the largest curvature": (
        bowl(with_methods(Bowl, hessian_vector=lambda o, x, v: o.a * v), starts_steep(1.1), L=1.1),
        "declares starts_steep(L=1.1)",
    ),
    "not convex": (
        Problem(
            Bowl(np.array([-0.01, 0.5, 1.0])),
            [smooth(1.0), convex(), Assumption("centred", ("x_star",))(CENTER)],
            name="saddle",
        ),
        "declares convex",
    ),
    "coupled by a norm": (
        bowl(with_methods(Bowl, gradient=lambda o, x: o.a * (x - o.c) / np.linalg.norm(x))),
        "the oracle 'gradient' couples replicates",
    ),
    "coupled by a branch": (
        bowl(
            with_methods(
                Bowl,
                gradient=lambda o, x: (
                    o.a * (x - o.c) * (0.5 if (np.abs(x - o.c) > 1).any() else 1.0)
                ),
            )
        ),
        "couples replicates",
    ),
    "impure": (bowl(Impure()), "different values when it is called twice"),
    "shape (R,)": (
        bowl(with_methods(Bowl, value=lambda o, x: (o.a * (x - o.c) ** 2).sum(-1) / 2)),
        "shapes do not match: the oracle 'value' gives (64,)",
    ),
    "not a number": (
        bowl(with_methods(Bowl, value=lambda o, x: 0.5 * total((x - o.c) ** 2) ** 0.5 + np.nan)),
        "the oracle 'value' gives NaN or infinity at x = ",
    ),
    "nearest minimizer is none": (
        bowl(with_methods(Bowl, nearest_minimizer=lambda o, x: o.c + 0.1)),
        "'nearest_minimizer' gives",
        "above f*",
    ),
}


@pytest.mark.parametrize("what", FALSE)
def test_a_falsehood_is_one_clear_sentence(what):
    problem, *parts = FALSE[what]
    with pytest.raises(ConvlabError) as raised:
        check(problem, list(problem.assumptions.values()), 0, THRESHOLD)
    sentence = str(raised.value)
    assert sentence.startswith(f"{problem.name}: ")
    assert all(part in sentence for part in parts), sentence


# True problems that look suspicious --------------------------------------------------------------


def skewed(oracle, x, rng):
    """Pareto noise of index 1.3 less its mean: E|v|^1.2 <= 3 2^1.2 1.3/(1.3 - 1.2)."""
    return oracle.gradient(x) + pareto(rng, 3, 1.3) - 1.3 / 0.3


TRUE = {
    "x* within its error": bowl(x_star=Certificate(CENTER + 1e-6, "solved", 1e-5)),
    "f* within its error": bowl(f_star=Certificate(-1e-9, "solved", 1e-8)),
    "one dimension": Problem(
        Bowl(np.ones(1), np.array([3.0])),
        [smooth(1.0), strongly_convex(1.0), attained(0.0, np.array([3.0]))],
        name="line",
    ),
    "a large infimum": bowl(
        with_methods(Bowl, value=lambda o, x: 1e6 + Bowl.value(o, x)), f_star=1e6
    ),
    "f = 0": Problem(
        Bowl(np.zeros(3)), [smooth(1.0), convex(), attained(0.0, CENTER)], name="zero"
    ),
    "normal noise": bowl(Noise(), bounded_variance(3**0.5)),
    "no noise": bowl(
        with_methods(Bowl, stochastic_gradient=lambda o, x, r: o.gradient(x)), bounded_variance(0.0)
    ),
    "skewed heavy tails": bowl(
        with_methods(Bowl, stochastic_gradient=skewed), alpha_moment(1.2, 90 ** (1 / 1.2))
    ),
    "heavy tails, no moment known": bowl(
        with_methods(
            Bowl, stochastic_gradient=lambda o, x, r: o.gradient(x) + symmetric_pareto(r, 3, 1.5)
        ),
        unbiased(),
    ),
    "a kink at x*": deviations(),
    "a solution on the boundary": ball(),
    "a sum": composite(),
    "a finite sum": pair(),
    "no 50 digits": bowl(
        with_methods(Bowl, value=lambda o, x: np.exp(np.log1p(Bowl.value(o, x))) - 1.0)
    ),
    "no minimizer": Problem(
        Bowl(), [smooth(1.0), bounded_below(0.0)], start=np.zeros(3), name="below"
    ),
}


@pytest.mark.parametrize("what", TRUE)
def test_a_true_problem_passes_under_every_key(what):
    for key in range(50):
        assert list(falsehoods(TRUE[what], key, THRESHOLD)) == []


@pytest.mark.parametrize("order", [1.1, 1.5, 2.0])
def test_the_e_value_of_a_mean_is_valid_with_heavy_tails(order):
    """Skewed Pareto noise, whose moment of this order is barely finite: E[e] <= 1."""
    tail, R = order + 0.1, 40
    generator = np.random.Generator(np.random.Philox(key=3))
    noise = generator.pareto(tail, size=(4000, R, 1)) + 1 - tail / (tail - 1)
    # E|X - m|^a <= 2^a E X^a = 2^a tail/(tail - a) for X >= 1.
    size = 2 * (tail / (tail - order)) ** (1 / order)
    e = np.exp([log_e_centered(sample, order, size) for sample in noise])
    assert e.mean() <= 1 + 5 * e.std() / 4000**0.5
    assert np.mean(e >= 20) <= 0.05


def test_the_e_value_of_a_mean_sees_a_bias():
    generator = np.random.Generator(np.random.Philox(key=4))
    noise = generator.normal(size=(2000, 3))
    assert log_e_centered(noise, 2.0, 3**0.5) < 0
    assert log_e_centered(noise + np.array([0.0, 0.0, 0.4]), 2.0, 1.8) > np.log(1e9)


# On the command line -----------------------------------------------------------------------------

FILE = """
from typing import Annotated, NamedTuple

import numpy as np

from convlab import Problem
from convlab.assumptions import attained, smooth
from convlab.family import between, family


class Bowl(NamedTuple):
    L: float

    def value(self, x):
        return 0.5 * self.L * (x * x).sum(-1, keepdims=True)

    def gradient(self, x):
        return self.L * x


@family
def mine(rng, *, L: Annotated[float, between(1.0, 2.0)] = 1.0):
    return Problem(Bowl(L), [smooth(L), attained(0.0, np.full(2, CENTER))])
"""


def command(*arguments):
    return CliRunner().invoke(main, ["check", *map(str, arguments)])


def test_check_says_of_each_constant_how_it_was_obtained_and_what_was_checked(tmp_path):
    file = tmp_path / "mine.py"
    file.write_text(FILE.replace("CENTER", "0.0"))
    done = command(file)
    assert done.exit_code == 0, done.output
    assert "mine(L=1.0), and 3 others" in done.output
    assert "L = 1 (by construction; error at most 8.9e-16): smooth; the gradient" in done.output
    assert "nothing false was found" in done.output
    assert command(tmp_path, "--key", 3).exit_code == 0


def test_check_ends_with_1_where_a_certificate_is_false(tmp_path):
    file = tmp_path / "mine.py"
    file.write_text(FILE.replace("CENTER", "0.1"))
    done = command(file)
    assert done.exit_code == 1
    assert done.output.count("FALSE: mine(") == 4
    assert "declares x* = [0.1 0.1], but the gradient there has norm" in done.output


@pytest.mark.parametrize(
    ("target", "part"),
    [
        ("quadratc", "did you mean quadratic?"),
        ("empty.py", "holds no family"),
        ("bad.py", "bad.py"),
    ],
)
def test_check_answers_bad_input_with_2(tmp_path, monkeypatch, target, part):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty.py").write_text("x = 1\n")
    (tmp_path / "bad.py").write_text("x = \n")
    done = command(target)
    assert done.exit_code == 2
    assert part in done.output


def test_a_theorem_meets_a_false_certificate_as_one_sentence(tmp_path):
    file = tmp_path / "mine.py"
    file.write_text(
        FILE.replace("CENTER", "0.1")
        + """
from convlab import Theorem, distance, upper_bound
from convlab.algorithms.gradient import gradient_descent
from convlab.symbols import D, L

theorem = Theorem(
    cite="-",
    assume=[smooth(L), attained],
    algorithm=gradient_descent(eta=1 / L),
    claims=[upper_bound(distance, D)],
    on=[mine],
)
"""
    )
    done = CliRunner().invoke(main, ["verify", str(file), "--jobs", "1", "--fresh"])
    assert done.exit_code == 2, done.output
    assert "declares x* = [0.1 0.1], but the gradient there has norm 0.141" in done.output
    assert "50-digit" not in done.output
