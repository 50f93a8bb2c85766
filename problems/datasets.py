"""Regression on real data: scikit-learn's small sets, and any file in LIBSVM's format."""

from pathlib import Path
from typing import Annotated

import numpy as np

from convlab.assumption import Certificate
from convlab.assumptions import attained, quadratic_objective, smooth, strongly_convex
from convlab.errors import ConvlabError, UnavailableError
from convlab.family import between, family
from convlab.problem import Problem
from problems.logistic import logistic_regression
from problems.quadratics import Quadratic

__all__ = ["breast_cancer", "diabetes", "libsvm"]


def _sklearn(name):
    """(n, d + 1) standardized features with a column of ones, and (n,) targets."""
    try:
        from sklearn import datasets
    except ImportError as error:
        raise UnavailableError(
            f"the family {name} needs scikit-learn: install it with pip install convlab[data]"
        ) from error
    X, y = getattr(datasets, f"load_{name}")(return_X_y=True)
    return _standardized(X), y.astype(float)


def _standardized(X):
    deviation = X.std(axis=0)
    X = (X - X.mean(axis=0)) / np.where(deviation > 0, deviation, 1.0)
    return np.concatenate([X, np.ones((len(X), 1))], axis=1)


@family
def breast_cancer(rng, *, ridge: Annotated[float, between(1e-4, 1.0, log=True)] = 1e-2):
    """Logistic regression on the Wisconsin breast cancer data: n = 569, d = 31 with intercept.

    W. N. Street, W. H. Wolberg and O. L. Mangasarian, *Nuclear feature extraction for breast
    tumor diagnosis* (1993). Raises UnavailableError where scikit-learn is not installed.
    """
    X, y = _sklearn("breast_cancer")
    return logistic_regression(X * (2 * y - 1)[:, None], ridge)


@family
def diabetes(rng):
    """Least squares on the diabetes data, n = 442, d = 11 with intercept, raised to infimum 0.

    B. Efron, T. Hastie, I. Johnstone and R. Tibshirani, *Least angle regression*, Ann. Statist. 32
    (2004). Targets are standardized. Raises UnavailableError where scikit-learn is not installed.
    """
    X, y = _sklearn("diabetes")
    hessian = X.T @ X / len(X)
    center, *_ = np.linalg.lstsq(X, (y - y.mean()) / y.std(), rcond=None)
    low, high = map(float, np.linalg.eigvalsh(hessian)[[0, -1]])
    return Problem(
        oracle=Quadratic(hessian, center),
        declares=[
            quadratic_objective(),
            smooth(Certificate(high, "largest eigenvalue of X^T X / n", 1e-13 * high)),
            strongly_convex(Certificate(low, "smallest eigenvalue of X^T X / n", 1e-13 * high)),
            attained(0.0, center),
        ],
    )


def libsvm(path: str | Path, *, ridge: float = 1e-2) -> Problem:
    """Logistic regression on a file in LIBSVM's format, with two labels; features standardized.

    A line is ``label index:value index:value ...``, indices from 1. The format is that of
    C.-C. Chang and C.-J. Lin, *LIBSVM: a library for support vector machines*, ACM TIST 2 (2011).
    Raises ConvlabError where the file cannot be read or has not just two labels.
    """
    try:
        lines = Path(path).read_text().splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise ConvlabError(f"{path} cannot be read: {error}") from error
    labels, rows = [], []
    for number, line in enumerate(lines, start=1):
        words = line.partition("#")[0].split()
        try:
            if words:
                labels.append(float(words[0]))
                rows.append([(int(i), float(v)) for i, v in (w.split(":") for w in words[1:])])
        except ValueError as error:
            raise ConvlabError(
                f"{path}, line {number}: expected 'label index:value ...', found '{line.strip()}'"
            ) from error
    kinds = sorted(set(labels))
    if len(kinds) != 2:
        raise ConvlabError(f"{path} has {len(kinds)} different labels; logistic regression needs 2")
    X = np.zeros((len(rows), max((i for row in rows for i, _ in row), default=0)))
    for r, row in enumerate(rows):
        for i, value in row:
            X[r, i - 1] = value
    signs = np.where(np.array(labels) == kinds[1], 1.0, -1.0)
    return logistic_regression(_standardized(X) * signs[:, None], ridge)
