/* The workloads by hand: C with run-time dimensions, against which the engine is measured.

Each function runs all replicates from x0 (R, d) and writes the metric at the iterations of the
grid to out (R, G). The numbers drawn are those of convlab's streams: philox4x32-10 at (block,
replicate, slot) under the key. "tile" is the number of replicates that are advanced together:
1, or 4 or more, where products with the shared matrix are done for a whole tile at a time.
Matrices are stored so that the inner loop runs along a row. */

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

typedef uint64_t u64;
typedef int64_t i64;
#define INLINE static inline __attribute__((always_inline))
#define APART static __attribute__((noinline)) /* inlined, the loops do not become vector code */
#define AHEAD 256

/* Random numbers ------------------------------------------------------------------------------ */

INLINE double as_double(u64 bits) { double x; memcpy(&x, &bits, 8); return x; }
INLINE i64 as_bits(double x) { i64 bits; memcpy(&bits, &x, 8); return bits; }

INLINE void block_of(u64 key, u64 replicate, u64 slot, u64 block, double *u, double *v) {
    u64 a = block & 0xffffffff, b = block >> 32, c = replicate, d = slot;
    u64 k0 = key & 0xffffffff, k1 = key >> 32;
    for (int round = 0; round < 10; round++) {
        u64 p = (a & 0xffffffff) * 0xD2511F53ull, q = (c & 0xffffffff) * 0xCD9E8D57ull;
        a = (q >> 32) ^ b ^ k0;
        b = q & 0xffffffff;
        c = (p >> 32) ^ d ^ k1;
        d = p & 0xffffffff;
        k0 = (k0 + 0x9E3779B9) & 0xffffffff;
        k1 = (k1 + 0xBB67AE85) & 0xffffffff;
    }
    const u64 one = 0x3ff0000000000000ull;
    *u = as_double(((a | (b << 32)) >> 12) | one) - (1 - 0x1p-53);
    *v = as_double(((c | (d << 32)) >> 12) | one) - (1 - 0x1p-53);
}

/* log u = e log 2 + 2 artanh((m - 1) / (m + 1)), with m near 1. */
INLINE double log_of(double u) {
    i64 bits = as_bits(u), e = (bits - 0x3fe6a09e667f3bcdll) >> 52;
    double m = as_double((u64)(bits - e * (1ll << 52))), s = (m - 1) / (m + 1), z = s * s, t;
    t = 1. / 15 + z * (1. / 17 + z * (1. / 19));
    t = 1. / 3 + z * (1. / 5 + z * (1. / 7 + z * (1. / 9 + z * (1. / 11 + z * (1. / 13 + z * t)))));
    return (double)e * 0.6931471805599453 + (2 * s + 2 * s * z * t);
}

/* exp(x) - 1 = 2^n (1 + r + r^2 / 2 + ...) - 1 for 0 <= x < 700. */
INLINE double expm1_of(double x) {
    double n = floor(x * 1.4426950408889634 + 0.5);
    double r = (x - n * 0x1.62e42feep-1) - n * 1.90821492927058770002e-10, t;
    t = 1. / 40320 + r * (1. / 362880 + r * (1. / 3628800 + r * (1. / 39916800)));
    t = 1. / 120 + r * (1. / 720 + r * (1. / 5040 + r * t));
    t = r * r * (1. / 2 + r * (1. / 6 + r * (1. / 24 + r * t)));
    double power = as_double((u64)(((i64)n + 1023) << 52));
    return power * (r + t) + (power - 1);
}

/* sin(2 pi t) for |t| <= 1/4. */
INLINE double sine_of(double t) {
    double r = 6.283185307179586 * t, z = r * r, s;
    s = 1. / 6227020800 + z * (-1. / 1307674368000 + z * (1. / 355687428096000));
    s = 1. / 362880 + z * (-1. / 39916800 + z * s);
    return r + r * z * (-1. / 6 + z * (1. / 120 + z * (-1. / 5040 + z * s)));
}

APART void fill_normals(double *restrict out, i64 blocks, u64 key, u64 replicate, u64 start) {
    for (i64 j = 0; j < blocks; j++) {
        double u, v;
        block_of(key, replicate, 0, start + (u64)j, &u, &v);
        double radius = sqrt(-2 * log_of(u)), t = fabs(v - 0.5) - 0.25, folded = 0.25 - fabs(t);
        out[2 * j] = radius * sine_of(t);
        out[2 * j + 1] = radius * sine_of(v < 0.5 ? folded : -folded);
    }
}

APART void fill_students(
    double *restrict out, i64 blocks, u64 key, u64 replicate, u64 start, double nu) {
    for (i64 j = 0; j < blocks; j++) {
        double u, v;
        block_of(key, replicate, 0, start + (u64)j, &u, &v);
        out[j] = sqrt(nu * expm1_of(-2 / nu * log_of(u))) * sine_of(fabs(v - 0.5) - 0.25);
    }
}

APART void fill_integers(
    i64 *restrict out, i64 blocks, u64 key, u64 replicate, u64 slot, u64 start, i64 n) {
    for (i64 j = 0; j < blocks; j++) {
        double u, v;
        block_of(key, replicate, slot, start + (u64)j, &u, &v);
        out[2 * j] = (i64)(u * (double)n);
        out[2 * j + 1] = (i64)(v * (double)n);
    }
}

/* Products ------------------------------------------------------------------------------------ */

INLINE double dot(const double *restrict a, const double *restrict b, i64 n) {
    double s = 0;
#pragma omp simd reduction(+ : s)
    for (i64 j = 0; j < n; j++) s += a[j] * b[j];
    return s;
}

/* o = x M, for M (n, m): o += x_j M_j, four rows at a time. */
static void product(const double *restrict x, const double *restrict M, double *restrict o, i64 n,
    i64 m) {
    for (i64 i = 0; i < m; i++) o[i] = 0;
    i64 j = 0;
    for (; j + 4 <= n; j += 4) {
        const double *p = M + j * m, *q = p + m, *r = q + m, *s = r + m;
        double a = x[j], b = x[j + 1], c = x[j + 2], d = x[j + 3];
#pragma omp simd
        for (i64 i = 0; i < m; i++) o[i] += a * p[i] + b * q[i] + c * r[i] + d * s[i];
    }
    for (; j < n; j++)
        for (i64 i = 0; i < m; i++) o[i] += x[j] * M[j * m + i];
}

/* The same for four rows x and o, without setting o to zero, for the rows j0, ..., j1 of M. */
static void four(const double *restrict x, i64 dx, const double *restrict M, double *restrict o,
    i64 dy, i64 j0, i64 j1, i64 m) {
    i64 j = j0;
    for (; j + 4 <= j1; j += 4) {
        const double *p = M + j * m, *q = p + m, *r = q + m, *s = r + m;
        double a[4], b[4], c[4], d[4];
        for (int t = 0; t < 4; t++) {
            a[t] = x[t * dx + j], b[t] = x[t * dx + j + 1];
            c[t] = x[t * dx + j + 2], d[t] = x[t * dx + j + 3];
        }
        double *o0 = o, *o1 = o + dy, *o2 = o1 + dy, *o3 = o2 + dy;
#pragma omp simd
        for (i64 i = 0; i < m; i++) {
            double e = p[i], f = q[i], g = r[i], h = s[i];
            o0[i] += a[0] * e + b[0] * f + c[0] * g + d[0] * h;
            o1[i] += a[1] * e + b[1] * f + c[1] * g + d[1] * h;
            o2[i] += a[2] * e + b[2] * f + c[2] * g + d[2] * h;
            o3[i] += a[3] * e + b[3] * f + c[3] * g + d[3] * h;
        }
    }
    for (; j < j1; j++)
        for (int t = 0; t < 4; t++)
            for (i64 i = 0; i < m; i++) o[t * dy + i] += x[t * dx + j] * M[j * m + i];
}

/* o = x M for a tile of rows; part of M stays in the cache while all rows pass. */
static void products(int tile, const double *x, i64 dx, const double *M, double *o, i64 dy, i64 n,
    i64 m) {
    if (tile == 1) {
        product(x, M, o, n, m);
        return;
    }
    for (int t = 0; t < tile; t++)
        for (i64 i = 0; i < m; i++) o[t * dy + i] = 0;
    i64 part = tile == 4 ? n : 32;
    for (i64 j = 0; j < n; j += part)
        for (int t = 0; t < tile; t += 4)
            four(x + t * dx, dx, M, o + t * dy, dy, j, j + part < n ? j + part : n, m);
}

static double *numbers(i64 n) { return calloc((size_t)n, 8); }

/* Copies the starting points of a tile; past the last replicate they are repeated. */
static void begin(double *x, const double *x0, int tile, int first, int R, i64 d) {
    for (int t = 0; t < tile; t++)
        memcpy(x + t * d, x0 + (first + t < R ? first + t : first) * d, (size_t)d * 8);
}

#define RECORD(value)                                                                              \
    if (k == grid[g]) {                                                                            \
        for (int t = 0; t < tile && r + t < R; t++) out[(r + t) * G + g] = (value);                \
        g++;                                                                                       \
    }                                                                                              \
    if (g == G) break;

/* Workloads ----------------------------------------------------------------------------------- */

enum { EXACT, NORMAL, STUDENT };

static double half_square(
    const double *x, const double *A, const double *center, i64 d, double *e, double *f) {
    for (i64 j = 0; j < d; j++) e[j] = x[j] - center[j];
    product(e, A, f, d, d);
    return 0.5 * dot(e, f, d);
}

/* (x - c)^T A (x - c) / 2: gradient descent and SGD, clipped at c > 0; or Adam, for beta1 > 0. */
void quadratic(const double *A, const double *center, i64 d, int law, double scale, double nu,
    double eta, double clip, double beta1, double beta2, double eps, const double *x0, int R,
    u64 key, const i64 *grid, int G, int tile, double *out) {
    i64 blocks = law == STUDENT ? d : (d + 1) / 2, width = law == STUDENT ? d : 2 * blocks;
    i64 ahead = AHEAD / blocks > 0 ? AHEAD / blocks : 1;
    double *x = numbers(tile * d), *e = numbers(tile * d), *f = numbers(tile * d);
    double *m = numbers(tile * d), *v = numbers(tile * d), *z = numbers(tile * ahead * width);
    for (int r = 0; r < R; r += tile) {
        begin(x, x0, tile, r, R, d);
        memset(m, 0, (size_t)(tile * d) * 8);
        memset(v, 0, (size_t)(tile * d) * 8);
        int g = 0;
        i64 from = 0, until = 0;
        for (i64 k = 0;; k++) {
            RECORD(half_square(x + t * d, A, center, d, e, f))
            for (int t = 0; t < tile; t++)
                for (i64 j = 0; j < d; j++) e[t * d + j] = x[t * d + j] - center[j];
            products(tile, e, d, A, f, d, d, d);
            if (law != EXACT && k == until) {
                from = k, until = k + ahead;
                for (int t = 0; t < tile; t++) {
                    double *row = z + t * ahead * width;
                    u64 start = (u64)(k * blocks), id = (u64)(r + t);
                    if (law == NORMAL) fill_normals(row, ahead * blocks, key, id, start);
                    else fill_students(row, ahead * blocks, key, id, start, nu);
                }
            }
            for (int t = 0; t < tile; t++) {
                double *restrict p = x + t * d, *restrict q = f + t * d;
                const double *restrict noise = z + (t * ahead + k - from) * width;
                if (law != EXACT && (clip > 0 || beta1 > 0))
                    for (i64 j = 0; j < d; j++) q[j] += scale * noise[j];
                if (beta1 > 0) {
                    double *restrict a = m + t * d, *restrict b = v + t * d;
                    double first = eta / (1 - pow(beta1, (double)(k + 1)));
                    double second = 1 / (1 - pow(beta2, (double)(k + 1)));
#pragma omp simd
                    for (i64 j = 0; j < d; j++) {
                        a[j] = beta1 * a[j] + (1 - beta1) * q[j];
                        b[j] = beta2 * b[j] + (1 - beta2) * q[j] * q[j];
                        p[j] -= first * a[j] / (sqrt(second * b[j]) + eps);
                    }
                } else if (clip > 0) {
                    double step = eta * fmin(1, clip / sqrt(dot(q, q, d)));
                    for (i64 j = 0; j < d; j++) p[j] -= step * q[j];
                } else if (law != EXACT)
                    for (i64 j = 0; j < d; j++) p[j] -= eta * (q[j] + scale * noise[j]);
                else
                    for (i64 j = 0; j < d; j++) p[j] -= eta * q[j];
            }
        }
    }
    free(x), free(e), free(f), free(m), free(v), free(z);
}

static double logistic_value(const double *AT, i64 n, i64 d, double ridge, const double *x,
    double *margin) {
    product(x, AT, margin, d, n);
    double s = 0;
    for (i64 i = 0; i < n; i++) s += log1p(exp(-fabs(margin[i]))) + fmax(-margin[i], 0);
    return s / (double)n + 0.5 * ridge * dot(x, x, d);
}

/* SGD on log(1 + exp(-a_i^T x)) + ridge |x|^2 / 2, or SAGA where there is a first table. */
void logistic(const double *A, const double *AT, i64 n, i64 d, double ridge, double f_star,
    double eta, const double *table, const double *average, const double *x0, int R, u64 key,
    const i64 *grid, int G, double *out) {
    enum { tile = 1 };
    double *x = numbers(d), *m = numbers(d), *T = numbers(table ? n * d : 1), *w = numbers(n);
    i64 chosen[2 * AHEAD];
    for (int r = 0; r < R; r++) {
        begin(x, x0, 1, r, R, d);
        if (table) {
            memcpy(T, table + (i64)r * n * d, (size_t)(n * d) * 8);
            memcpy(m, average + r * d, (size_t)d * 8);
        }
        int g = 0;
        for (i64 k = 0;; k++) {
            RECORD(logistic_value(AT, n, d, ridge, x, w) - f_star)
            /* One integer per iteration is the first number of a block. */
            if (k % AHEAD == 0)
                fill_integers(chosen, AHEAD, key, (u64)r, 0, (u64)k, n);
            i64 i = chosen[2 * (k % AHEAD)];
            const double *restrict a = A + i * d;
            double weight = 1 / (1 + exp(dot(a, x, d)));
            if (!table) {
#pragma omp simd
                for (i64 j = 0; j < d; j++) x[j] -= eta * (ridge * x[j] - weight * a[j]);
                continue;
            }
            double *restrict old = T + i * d, *restrict p = x, *restrict q = m;
            double share = 1 / (double)n;
#pragma omp simd
            for (i64 j = 0; j < d; j++) {
                double new = ridge * p[j] - weight * a[j], change = new - old[j];
                p[j] -= eta * (change + q[j]);
                q[j] += share * change;
                old[j] = new;
            }
        }
    }
    free(x), free(m), free(T), free(w);
}

/* Gradient descent on sum_i (<A_i, U U^T> - y_i)^2 / (4 m). */
void sensing(const double *A, const double *AT, const double *y, i64 n, i64 rank, i64 m, double eta,
    const double *x0, int R, const i64 *grid, int G, int tile, double *out) {
    i64 d = n * rank, nn = n * n;
    double *x = numbers(tile * d), *S = numbers(tile * nn), *res = numbers(tile * m);
    double *T = numbers(d), *gradient = numbers(d);
    for (int r = 0; r < R; r += tile) {
        begin(x, x0, tile, r, R, d);
        int g = 0;
        for (i64 k = 0;; k++) {
            for (int t = 0; t < tile; t++) {
                const double *U = x + t * d;
                for (i64 i = 0; i < n; i++)
                    for (i64 l = 0; l < rank; l++) T[l * n + i] = U[i * rank + l];
                for (i64 i = 0; i < n; i++) product(U + i * rank, T, S + t * nn + i * n, rank, n);
            }
            products(tile, S, nn, AT, res, m, nn, m);
            for (int t = 0; t < tile; t++)
                for (i64 i = 0; i < m; i++) res[t * m + i] -= y[i];
            RECORD(0.25 / (double)m * dot(res + t * m, res + t * m, m))
            products(tile, res, m, A, S, nn, m, nn);
            for (int t = 0; t < tile; t++) {
                double *U = x + t * d, step = eta / (double)m;
                for (i64 i = 0; i < n; i++)
                    product(S + t * nn + i * n, U, gradient + i * rank, n, rank);
                for (i64 j = 0; j < d; j++) U[j] -= step * gradient[j];
            }
        }
    }
    free(x), free(S), free(res), free(T), free(gradient);
}

/* Extragradient with the field (A y, -A^T x). */
void bilinear(const double *A, const double *AT, i64 n, double eta, const double *x0, int R,
    const i64 *grid, int G, int tile, double *out) {
    i64 d = 2 * n;
    double *z = numbers(tile * d), *h = numbers(tile * d), *f = numbers(tile * d);
    for (int r = 0; r < R; r += tile) {
        begin(z, x0, tile, r, R, d);
        int g = 0;
        for (i64 k = 0;; k++) {
            RECORD(dot(z + t * d, z + t * d, d))
            for (int half = 0; half < 2; half++) {
                const double *at = half ? h : z;
                double *to = half ? z : h;
                products(tile, at + n, d, AT, f, d, n, n);
                products(tile, at, d, A, f + n, d, n, n);
                for (int t = 0; t < tile; t++) {
                    const double *restrict q = f + t * d, *p = z + t * d;
                    double *o = to + t * d;
#pragma omp simd
                    for (i64 j = 0; j < n; j++) o[j] = p[j] - eta * q[j];
#pragma omp simd
                    for (i64 j = n; j < d; j++) o[j] = p[j] + eta * q[j];
                }
            }
        }
    }
    free(z), free(h), free(f);
}

/* Federated averaging on least squares; worker w has m rows from w m on. */
void federated(const double *A, const double *AT, const double *y, i64 workers, i64 m, i64 d,
    int local, double f_star, double eta, const double *x0, int R, u64 key, const i64 *grid, int G,
    double *out) {
    enum { tile = 1 };
    i64 n = workers * m, blocks = (workers + 1) / 2, ahead = AHEAD / blocks;
    double *x = numbers(d), *own = numbers(d), *sum = numbers(d), *residual = numbers(n);
    i64 *chosen = calloc((size_t)(local * ahead * 2 * blocks), 8);
    for (int r = 0; r < R; r++) {
        begin(x, x0, 1, r, R, d);
        int g = 0;
        i64 from = 0, until = 0;
        for (i64 k = 0;; k++) {
            if (k == grid[g]) {
                product(x, AT, residual, d, n);
                for (i64 i = 0; i < n; i++) residual[i] -= y[i];
            }
            RECORD(0.5 * dot(residual, residual, n) / (double)n - f_star)
            if (k == until) {
                from = k, until = k + ahead;
                for (int s = 0; s < local; s++)
                    fill_integers(chosen + s * ahead * 2 * blocks, ahead * blocks, key, (u64)r,
                        (u64)s, (u64)(k * blocks), m);
            }
            memset(sum, 0, (size_t)d * 8);
            for (i64 w = 0; w < workers; w++) {
                memcpy(own, x, (size_t)d * 8);
                for (int s = 0; s < local; s++) {
                    i64 i = w * m + chosen[(s * ahead + k - from) * 2 * blocks + w];
                    const double *restrict a = A + i * d;
                    double step = eta * (dot(a, own, d) - y[i]);
                    for (i64 j = 0; j < d; j++) own[j] -= step * a[j];
                }
                for (i64 j = 0; j < d; j++) sum[j] += own[j];
            }
            for (i64 j = 0; j < d; j++) x[j] = sum[j] / (double)workers;
        }
    }
    free(x), free(own), free(sum), free(residual), free(chosen);
}
