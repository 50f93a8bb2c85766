"""
Gradient descent on breast cancer data
======================================

Gradient descent with step 1/L on two smooth convex functions: logistic regression on the breast
cancer data of scikit-learn, and the Huber functions, one for each number of steps, which are as
slow as any. Both stay below the bound, each below its own, since the distance D of the start to
the minimizer and the smoothness L are in it.
"""

from convlab.report.picture import Picture

pictures = {
    "readme": Picture(
        ["first_order/gradient_descent_convex"],
        instances=["huber", "breast_cancer"],
        values={"eta": "1/L"},
        iterations=1000,
    )
}
