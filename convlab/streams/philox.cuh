// The streams of random numbers in CUDA C: those of philox.py, laws.py and compiled.py.
//
// artanh_series, sine_series and expm1_series, and the constants LN2, LN2_HIGH and LN2_LOW, come
// before this text. It must be compiled with no other fused operations than those that are written
// out (--fmad=false): then the numbers are those of compiled.py to the bit.

typedef unsigned long long u64;

struct Pair {
    double u, v;
};

__device__ double as_double(u64 bits) { return __longlong_as_double((long long)bits); }

// (m + 1/2) / 2^52 for the upper 52 bits m.
__device__ double uniform(u64 word) {
    return as_double((word >> 12) | 0x3ff0000000000000ull) - (1.0 - 1.1102230246251565e-16);
}

// The two uniforms of a block: Philox 4x32-10.
__device__ Pair uniforms(u64 key, unsigned replicate, unsigned slot, u64 block) {
    unsigned c0 = (unsigned)block, c1 = (unsigned)(block >> 32), c2 = replicate, c3 = slot;
    unsigned k0 = (unsigned)key, k1 = (unsigned)(key >> 32);
    for (int round = 0; round < 10; ++round) {
        const u64 a = (u64)c0 * 0xD2511F53u, b = (u64)c2 * 0xCD9E8D57u;
        c0 = (unsigned)(b >> 32) ^ c1 ^ k0;
        c1 = (unsigned)b;
        c2 = (unsigned)(a >> 32) ^ c3 ^ k1;
        c3 = (unsigned)a;
        k0 += 0x9E3779B9u;
        k1 += 0xBB67AE85u;
    }
    return {uniform(c0 | ((u64)c1 << 32)), uniform(c2 | ((u64)c3 << 32))};
}

// log u for 0 < u < 1: u = 2^e m with sqrt(1/2) <= m < sqrt(2), and log m = 2 artanh s.
__device__ double log_of_uniform(double u) {
    const long long bits = __double_as_longlong(u);
    const long long e = (bits - 0x3fe6a09e667f3bcdll) >> 52;
    const double f = __longlong_as_double(bits - e * (1ll << 52)) - 1.0;
    const double s = f / (2.0 + f);
    return fma((double)e, LN2, fma(2.0 * s, artanh_series(s * s), 2.0 * s));
}

// exp(x) - 1 for 0 <= x < 700.
__device__ double expm1_of_positive(double x) {
    const double n = floor(x * (1.0 / LN2) + 0.5);
    const double r = fma(-n, LN2_LOW, fma(-n, LN2_HIGH, x));
    const double power = as_double((u64)((long long)n + 1023) << 52);
    return fma(power, fma(r, expm1_series(r), r), power - 1.0);
}

// sin(2 pi t) for t in [-1/4, 1/4].
__device__ double sine_of_turns(double turns) {
    const double r = 6.283185307179586 * turns;
    return fma(r, sine_series(r * r), r);
}

// Two normals from two uniforms (Box and Muller).
__device__ Pair normals(Pair w) {
    const double radius = sqrt(-2.0 * log_of_uniform(w.u));
    const double turns = fabs(w.v - 0.5) - 0.25;
    const double folded = 0.25 - fabs(turns);
    return {radius * sine_of_turns(turns), radius * sine_of_turns(w.v < 0.5 ? folded : -folded)};
}

// A t variate from two uniforms (Bailey).
__device__ double student(Pair w, double nu) {
    // Below one degree of freedom the exponential magnifies the rounding of the logarithm.
    const double x = -2.0 / nu * (nu < 1.0 ? log(w.u) : log_of_uniform(w.u));
    const double radius = sqrt(nu * (nu < 1.0 ? expm1(x) : expm1_of_positive(x)));
    return radius * sine_of_turns(fabs(w.v - 0.5) - 0.25);
}

__device__ double symmetric_pareto(double u, double exponent) {
    const double signed_ = 2.0 * u - 1.0;
    return (signed_ < 0.0 ? -1.0 : 1.0) * pow(fabs(signed_), exponent);
}

// Digits to different integers: a Lehmer code is decoded in place.
__device__ void decode(long long* digits, int b) {
    for (int i = b - 1; i >= 0; --i)
        for (int j = i + 1; j < b; ++j) digits[j] += digits[j] >= digits[i];
}
