// Functions that generated CUDA kernels call; those of primitives.py and products.py.

#define INF as_double(0x7ff0000000000000ull)

// The maximum and the minimum; NaN if either is NaN.
template <class T>
__device__ T larger(T a, T b) { return a > b || a != a ? a : b; }

template <class T>
__device__ T smaller(T a, T b) { return a < b || a != a ? a : b; }

// The sign; 0 at 0, NaN at NaN.
__device__ double sign(double a) { return a > 0.0 ? 1.0 : a < 0.0 ? -1.0 : a; }

__device__ double absolute(double a) { return fabs(a); }
__device__ long long absolute(long long a) { return a < 0 ? -a : a; }

// Binary digits of an integer, without its sign.
__device__ long long bit_length(long long n) {
    long long digits = 0;
    for (n = absolute(n); n > 0; n >>= 1) ++digits;
    return digits;
}

// Quotient and remainder as in Python: rounded down, with the sign of the divisor.
__device__ long long floordiv(long long a, long long b) {
    return a / b - (a % b != 0 && (a < 0) != (b < 0));
}
__device__ long long modulo(long long a, long long b) { return a - floordiv(a, b) * b; }
__device__ double modulo(double a, double b) {
    const double rest = fmod(a, b);
    return rest != 0.0 && (rest < 0.0) != (b < 0.0) ? rest + b : rest;
}
__device__ double floordiv(double a, double b) { return floor((a - modulo(a, b)) / b + 0.5); }

// Integer powers by squaring.
template <class T>
__device__ T power(T a, long long n) {
    T found = 1;
    for (long long m = n < 0 ? -n : n; m; m >>= 1, a *= a)
        if (m & 1) found *= a;
    return n < 0 ? 1 / found : found;
}

// o = x M: n entries of x, m of o, and a matrix in panels of eight columns (see products.py).
__device__ void products(const double* x, const double* M, double* o, int n, int m) {
    for (int c = 0; c < m; c += 8) {
        const double* panel = M + (long long)c * n;
        double sums[8] = {0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0};
        for (int j = 0; j < n; ++j)
            for (int t = 0; t < 8; ++t) sums[t] = fma(x[j], panel[8 * j + t], sums[t]);
        for (int t = 0; t < 8; ++t) o[c + t] = sums[t];
    }
}

// C = A B: (rows, n) entries of A, (n, m) of B, (rows, m) of C, row by row.
template <class X, class Y>
__device__ void product(const X* A, const Y* B, double* C, int rows, int n, int m) {
    for (int r = 0; r < rows; ++r, A += n, C += m) {
        for (int i = 0; i < m; ++i) C[i] = 0.0;
        for (int j = 0; j < n; ++j)
            for (int i = 0; i < m; ++i) C[i] = fma(A[j], B[(long long)j * m + i], C[i]);
    }
}
