// Factorizations of small matrices: those of matrices.py, by the same operations in the same order.
//
// A function takes its matrix, row by row, its sizes, and the place of its result, behind which
// there is room to work in. A matrix that has no factorization gives NaN.

#define NOT_A_NUMBER as_double(0x7ff8000000000000ull)

// Rotations converge quadratically: more sweeps than this are never needed.
constexpr int SWEEPS = 60;
constexpr double SMALL = 1.1102230246251565e-16;

// Numbers in a line, a fixed step apart.
struct Line {
    double* at;
    int size, step;
    __device__ double& operator[](int i) const { return at[i * step]; }
};

// An (m, n) matrix that lies row by row; lines may begin off its border.
struct Matrix {
    double* at;
    int m, n;
    __device__ double& operator()(int i, int j) const { return at[i * n + j]; }
    __device__ Line row(int i) const { return {at + i * n, n, 1}; }
    __device__ Line column(int j, int i = 0) const { return {at + i * n + j, m - i, n}; }
};

__device__ Matrix filled(double* at, int m, int n, double value) {
    for (int i = 0; i < m * n; ++i) at[i] = value;
    return {at, m, n};
}

__device__ Matrix copied(double* at, int m, int n, const double* A) {
    for (int i = 0; i < m * n; ++i) at[i] = A[i];
    return {at, m, n};
}

__device__ Matrix unit(double* at, int n) {
    const Matrix A = filled(at, n, n, 0.0);
    for (int i = 0; i < n; ++i) A(i, i) = 1.0;
    return A;
}

__device__ void exchange(double& a, double& b) {
    const double c = a;
    a = b, b = c;
}

__device__ void exchange(Line x, Line y) {
    for (int i = 0; i < x.size; ++i) exchange(x[i], y[i]);
}

__device__ double dot(Line x, Line y) {
    double total = 0.0;
    for (int i = 0; i < x.size; ++i) total += x[i] * y[i];
    return total;
}

__device__ void divide(Line x, double a) {
    for (int i = 0; i < x.size; ++i) x[i] /= a;
}

__device__ void subtract(Line x, double a, Line y) {
    for (int i = 0; i < x.size; ++i) x[i] -= a * y[i];
}

// Rotate two lines by the angle that makes the form (0, off; off, diagonal) diagonal.
__device__ void turn(Line x, Line y, double diagonal, double off) {
    const double slope = diagonal / (2.0 * off);
    const double t = copysign(1.0, slope) / (fabs(slope) + sqrt(1.0 + slope * slope));
    const double c = 1.0 / sqrt(1.0 + t * t);
    for (int i = 0; i < x.size; ++i) {
        const double a = x[i], b = y[i];
        x[i] = c * (a - t * b);
        y[i] = c * (t * a + b);
    }
}

// Bring keys into descending order, and rows of X and Y with them.
__device__ void sort(double* keys, Matrix X, Matrix Y) {
    for (int i = 0; i < X.m; ++i) {
        int best = i;
        for (int j = i + 1; j < X.m; ++j)
            if (keys[j] > keys[best]) best = j;
        if (best == i) continue;
        exchange(keys[i], keys[best]);
        exchange(X.row(i), X.row(best));
        exchange(Y.row(i), Y.row(best));
    }
}

// L below and U above the diagonal, (n, n), then the rows with which rows were exchanged.
__device__ void lu(const double* A, int, int n, double* o) {
    const Matrix F = copied(o, n, n, A);
    for (int j = 0; j < n; ++j) {
        int best = j;
        for (int i = j + 1; i < n; ++i)
            if (fabs(F(i, j)) > fabs(F(best, j))) best = i;
        o[n * n + j] = best;
        exchange(F.row(j), F.row(best));
        if (F(j, j) == 0.0) filled(o, n, n, NOT_A_NUMBER);
        for (int i = j + 1; i < n; ++i) {
            F(i, j) /= F(j, j);
            for (int c = j + 1; c < n; ++c) F(i, c) -= F(i, j) * F(j, c);
        }
    }
}

// The (n, m) solutions for right-hand sides B, from what lu gives.
__device__ void substituted(const double* F, const double* B, int n, int m, double* o) {
    const Matrix X = copied(o, n, m, B);
    for (int j = 0; j < n; ++j) exchange(X.row(j), X.row((int)F[n * n + j]));
    for (int i = 0; i < n; ++i)
        for (int j = 0; j < i; ++j) subtract(X.row(i), F[i * n + j], X.row(j));
    for (int i = n - 1; i >= 0; --i) {
        for (int j = i + 1; j < n; ++j) subtract(X.row(i), F[i * n + j], X.row(j));
        divide(X.row(i), F[i * n + i]);
    }
}

// The lower triangular factor, (n, n).
__device__ void cholesky(const double* A, int, int n, double* o) {
    const Matrix L = filled(o, n, n, 0.0);
    for (int j = 0; j < n; ++j)
        for (int i = j; i < n; ++i) {
            double total = A[i * n + j];
            for (int c = 0; c < j; ++c) total -= L(i, c) * L(j, c);
            if (i > j) L(i, j) = total / L(j, j);
            else if (total > 0.0) L(j, j) = sqrt(total);
            else filled(o, n, n, NOT_A_NUMBER);
        }
}

// Eigenvalues, ascending, then eigenvectors as columns, (n, n): Jacobi's rotations.
__device__ void eigh(const double* A, int, int n, double* o) {
    const Matrix vectors = {o + n, n, n}, W = {o + n + n * n, n, n};
    const Matrix rows = unit(o + n + 2 * n * n, n);
    double scale = 0.0;
    for (int i = 0; i < n; ++i)
        for (int j = 0; j < n; ++j) {
            W(i, j) = i > j ? A[i * n + j] : A[j * n + i];
            scale += W(i, j) * W(i, j);
        }
    bool turning = scale < INF;
    if (!turning) filled(W.at, n, n, NOT_A_NUMBER);
    for (int sweep = 0; sweep < SWEEPS && turning; ++sweep) {
        turning = false;
        for (int i = 0; i < n - 1; ++i)
            for (int j = i + 1; j < n; ++j) {
                const double off = W(i, j), difference = W(j, j) - W(i, i);
                if (!(fabs(off) > 0.1 * SMALL * sqrt(scale))) continue;
                turning = true;
                turn(W.row(i), W.row(j), difference, off);
                turn(W.column(i), W.column(j), difference, off);
                turn(rows.row(i), rows.row(j), difference, off);
                W(i, j) = W(j, i) = 0.0;
            }
    }
    for (int i = 0; i < n; ++i) o[i] = -W(i, i);
    sort(o, rows, W);
    for (int i = 0; i < n; ++i) {
        o[i] = -o[i];
        for (int j = 0; j < n; ++j) vectors(j, i) = rows(i, j);
    }
}

// Make row i a unit vector; if it is no longer than least, one orthogonal to those above: what is
// left, after projection, of the unit vector of which most is left.
__device__ void normalize(Matrix A, int i, double length, double least) {
    const Line row = A.row(i);
    if (!(length <= least)) return divide(row, length);
    int best = 0;
    double most = -1.0;
    for (int c = 0; c < A.n; ++c) {
        double left = 1.0;
        for (int j = 0; j < i; ++j) left -= A(j, c) * A(j, c);
        if (left > most) best = c, most = left;
    }
    for (int c = 0; c < A.n; ++c) row[c] = c == best ? 1.0 : 0.0;
    for (int twice = 0; twice < 2; ++twice)
        for (int j = 0; j < i; ++j) subtract(row, dot(row, A.row(j)), A.row(j));
    divide(row, sqrt(dot(row, row)));
}

// U (m, p), singular values, descending, (p,), V^T (p, n): one-sided Jacobi. Columns of the matrix,
// or of its transpose if that is tall, are turned until orthogonal.
__device__ void svd(const double* A, int m, int n, double* o) {
    const bool upright = m >= n;
    const int p = upright ? n : m, tall = upright ? m : n;
    double* const values = o + m * p;
    const Matrix U = {o, m, p}, V = {values + p, p, n}, columns = {V.at + p * n, p, tall};
    const Matrix turns = unit(columns.at + p * tall, p);
    double scale = 0.0;
    for (int i = 0; i < p; ++i)
        for (int c = 0; c < tall; ++c) {
            columns(i, c) = upright ? A[c * n + i] : A[i * n + c];
            scale += columns(i, c) * columns(i, c);
        }
    bool turning = scale < INF;
    if (!turning) filled(columns.at, p, tall, NOT_A_NUMBER);
    for (int sweep = 0; sweep < SWEEPS && turning; ++sweep) {
        turning = false;
        for (int i = 0; i < p - 1; ++i)
            for (int j = i + 1; j < p; ++j) {
                const Line x = columns.row(i), y = columns.row(j);
                const double xx = dot(x, x), yy = dot(y, y), xy = dot(x, y);
                if (!(fabs(xy) > 4.0 * SMALL * sqrt(xx * yy))) continue;
                turning = true;
                turn(x, y, yy - xx, xy);
                turn(turns.row(i), turns.row(j), yy - xx, xy);
            }
    }
    for (int i = 0; i < p; ++i) values[i] = sqrt(dot(columns.row(i), columns.row(i)));
    sort(values, columns, turns);
    for (int i = 0; i < p; ++i) normalize(columns, i, values[i], tall * SMALL * values[0]);
    const Matrix left = upright ? columns : turns, right = upright ? turns : columns;
    for (int i = 0; i < p; ++i) {
        for (int r = 0; r < m; ++r) U(r, i) = left(i, r);
        for (int c = 0; c < n; ++c) V(i, c) = right(i, c);
    }
}

// Reflect x in the plane orthogonal to v.
__device__ void reflect(Line x, Line v) {
    const double square = dot(v, v);
    if (square > 0.0) subtract(x, 2.0 * dot(v, x) / square, v);
}

// Q (m, p), R (p, n), by Householder's reflections.
__device__ void qr(const double* A, int m, int n, double* o) {
    const int p = m < n ? m : n;
    const Matrix Q = filled(o, m, p, 0.0), R = filled(o + m * p, p, n, 0.0);
    const Matrix W = copied(o + (m + n) * p, m, n, A);
    for (int j = 0; j < p; ++j) {
        const Line v = W.column(j, j);
        Q(j, j) = 1.0;
        const double length = sqrt(dot(v, v));
        v[0] += copysign(length, v[0]);
        for (int c = j + 1; c < n; ++c) reflect(W.column(c, j), v);
        R(j, j) = -copysign(length, v[0]);
        for (int c = j + 1; c < n; ++c) R(j, c) = W(j, c);
    }
    for (int j = p - 1; j >= 0; --j)
        for (int c = j; c < p; ++c) reflect(Q.column(c, j), W.column(j, j));
}
