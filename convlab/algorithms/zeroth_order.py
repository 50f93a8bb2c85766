"""Methods that see a function only through its values, or its derivative along a direction."""

from convlab.algorithm import Point, algorithm
from convlab.streams import normal, rademacher
from convlab.vocabulary import inner

__all__ = ["forward_gradient_descent", "forward_gradient_signs", "spsa"]


def _along(s, oracle, v, eta):
    """A step along v by the derivative along v."""
    return Point(s.x - eta * inner(oracle.gradient(s.x), v) * v)


@algorithm
def forward_gradient_descent(s, oracle, rng, *, eta):
    r"""Forward gradient descent, :math:`x_{k+1} = x_k - \eta (\nabla f(x_k)^\top v_k) v_k`,
    :math:`v_k \sim \mathcal{N}(0, I)`.

    The derivative along :math:`v_k` takes one forward pass. A. G. Baydin, B. A. Pearlmutter, D.
    Syme, F. Wood and P. Torr, *Gradients without backpropagation* (2022), Algorithm 1.
    """
    return _along(s, oracle, normal(rng, s.x.shape[-1]), eta)


@algorithm
def forward_gradient_signs(s, oracle, rng, *, eta):
    r"""Forward gradient descent, :math:`x_{k+1} = x_k - \eta (\nabla f(x_k)^\top v_k) v_k`, where
    the entries of :math:`v_k` are independent signs.

    They satisfy the conditions of the definition as well: mean zero, variance one, independence.
    Baydin et al. (2022), section 3.
    """
    return _along(s, oracle, rademacher(rng, s.x.shape[-1]), eta)


@algorithm
def spsa(s, oracle, rng, *, eta, c):
    r"""SPSA, :math:`x_{k+1} = x_k - \eta \frac{f(x_k + c v_k) - f(x_k - c v_k)}{2 c} v_k`.

    The entries of :math:`v_k` are independent signs. J. C. Spall, *Multivariate stochastic
    approximation using a simultaneous perturbation gradient approximation*, IEEE Trans. Automat.
    Control 37 (1992).
    """
    v = rademacher(rng, s.x.shape[-1])
    slope = (oracle.value(s.x + c * v) - oracle.value(s.x - c * v)) / (2 * c)
    return Point(s.x - eta * slope * v)
