/* The error of compiled mathematical functions, in units of the last place, against the C library's functions of
 * wider types: `double` for f16, bf16 and f32, whose worst cases are then taken again with 80-bit `long double`, and
 * `long double` for f64. Built and driven by measure.py. */

#define _GNU_SOURCE
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { CHUNK = 4096 };

/* ---- formats */

typedef struct {
    int bytes, fraction_bits, least_exponent, greatest_exponent;
} Format;

static const Format FORMATS[] = {
    {2, 10, -14, 15},      /* f16 */
    {2, 7, -126, 127},     /* bf16 */
    {4, 23, -126, 127},    /* f32 */
    {8, 52, -1022, 1023},  /* f64 */
};

static double to_double(int format, uint64_t bits) {
    if (format == 3) {
        double value;
        memcpy(&value, &bits, 8);
        return value;
    }
    if (format == 2 || format == 1) {
        uint32_t word = format == 1 ? (uint32_t)bits << 16 : (uint32_t)bits;
        float value;
        memcpy(&value, &word, 4);
        return value;
    }
    int exponent = bits >> 10 & 31;
    double fraction = bits & 1023;
    double size = exponent == 31 ? (fraction ? NAN : INFINITY)
                  : exponent     ? ldexp(1024 + fraction, exponent - 25)
                                 : ldexp(fraction, -24);
    return bits >> 15 ? -size : size;
}

static uint64_t load(const void *data, int bytes, int64_t i) {
    switch (bytes) {
    case 2: return ((const uint16_t *)data)[i];
    case 4: return ((const uint32_t *)data)[i];
    default: return ((const uint64_t *)data)[i];
    }
}

/* A signaling NaN made quiet: what wider functions make of one differs from what narrower ones do. */
static uint64_t quiet(int format, uint64_t bits) {
    return isnan(to_double(format, bits)) ? bits | 1ull << (FORMATS[format].fraction_bits - 1) : bits;
}

static void store(void *data, int bytes, int64_t i, uint64_t bits) {
    switch (bytes) {
    case 2: ((uint16_t *)data)[i] = (uint16_t)bits; break;
    case 4: ((uint32_t *)data)[i] = (uint32_t)bits; break;
    default: ((uint64_t *)data)[i] = bits;
    }
}

/* The pattern of the format that is nearest to a value; used for arguments only. */
static uint64_t from_double(int format, double value) {
    if (format == 3) {
        uint64_t bits;
        memcpy(&bits, &value, 8);
        return bits;
    }
    float narrow = (float)value;
    uint32_t word;
    memcpy(&word, &narrow, 4);
    if (format == 2) return word;
    if (format == 1) return word >> 16;
    double size = fabs(value);
    uint64_t sign = signbit(value) ? 0x8000 : 0;
    if (isnan(value)) return 0x7e00;
    if (size >= 65520) return sign | 0x7c00;
    if (size < ldexp(1, -14)) return sign | (uint64_t)rint(ldexp(size, 24));
    int exponent = ilogb(size);
    return sign | ((uint64_t)(exponent + 14) << 10) + (uint64_t)rint(ldexp(size, 10 - exponent));
}

/* ---- references */

typedef double Lanes __attribute__((vector_size(32)));

static long double rsqrt_l(long double x) { return 1 / sqrtl(x); }
static double rsqrt_d(double x) { return 1 / sqrt(x); }
static const long double PI_L = 3.14159265358979323846264338327950288L;
static long double radians_l(long double x) { return x * PI_L / 180; }
static double radians_d(double x) { return (double)radians_l(x); }
static long double degrees_l(long double x) { return x * 180 / PI_L; }
static double degrees_d(double x) { return (double)degrees_l(x); }

/* These give an integer, which has one zero. */
static long double floor_l(long double x) { return floorl(x) + 0.0L; }
static long double ceil_l(long double x) { return ceill(x) + 0.0L; }
static long double trunc_l(long double x) { return truncl(x) + 0.0L; }

/* The C library's functions of four doubles; glibc says at most 4 ULP, which is nothing in f32. */
#define VECTOR_1(name) extern Lanes _ZGVdN4v_##name(Lanes)
#define VECTOR_2(name) extern Lanes _ZGVdN4vv_##name(Lanes, Lanes)
VECTOR_1(exp); VECTOR_1(exp2); VECTOR_1(expm1); VECTOR_1(log); VECTOR_1(log2); VECTOR_1(log10); VECTOR_1(log1p);
VECTOR_1(cbrt); VECTOR_1(sin); VECTOR_1(cos); VECTOR_1(tan); VECTOR_1(asin); VECTOR_1(acos); VECTOR_1(atan);
VECTOR_1(sinh); VECTOR_1(cosh); VECTOR_1(tanh); VECTOR_1(asinh); VECTOR_1(acosh); VECTOR_1(atanh); VECTOR_1(erf);
VECTOR_1(erfc); VECTOR_2(pow); VECTOR_2(atan2); VECTOR_2(hypot);

typedef struct {
    const char *name;
    int arguments;
    void *wide, *plain, *lanes;
} Reference;

#define ONE(name, wide) {#name, 1, (void *)wide, (void *)name, (void *)_ZGVdN4v_##name}
#define TWO(name, wide) {#name, 2, (void *)wide, (void *)name, (void *)_ZGVdN4vv_##name}

static const Reference REFERENCES[] = {
    ONE(exp, expl), ONE(exp2, exp2l), ONE(expm1, expm1l), ONE(log, logl), ONE(log2, log2l), ONE(log10, log10l),
    ONE(log1p, log1pl), ONE(cbrt, cbrtl), ONE(sin, sinl), ONE(cos, cosl), ONE(tan, tanl), ONE(asin, asinl),
    ONE(acos, acosl), ONE(atan, atanl), ONE(sinh, sinhl), ONE(cosh, coshl), ONE(tanh, tanhl), ONE(asinh, asinhl),
    ONE(acosh, acoshl), ONE(atanh, atanhl), ONE(erf, erfl), ONE(erfc, erfcl),
    TWO(pow, powl), TWO(atan2, atan2l), TWO(hypot, hypotl),
    {"sqrt", 1, sqrtl, sqrt, 0},
    {"rsqrt", 1, rsqrt_l, rsqrt_d, 0},
    {"gamma", 1, tgammal, tgamma, 0},
    {"lgamma", 1, lgammal, lgamma, 0},
    {"floor", 1, floor_l, floor, 0},
    {"ceil", 1, ceil_l, ceil, 0},
    {"trunc", 1, trunc_l, trunc, 0},
    {"radians", 1, radians_l, radians_d, 0},
    {"degrees", 1, degrees_l, degrees_d, 0},
    {"fmod", 2, fmodl, fmod, 0},
};

typedef long double Wide1(long double), Wide2(long double, long double);
typedef double Plain1(double), Plain2(double, double);
typedef Lanes Lanes1(Lanes), Lanes2(Lanes, Lanes);

static const Reference *find(const char *name) {
    for (size_t i = 0; i < sizeof REFERENCES / sizeof *REFERENCES; i++)
        if (!strcmp(REFERENCES[i].name, name)) return &REFERENCES[i];
    return 0;
}

static long double exactly(const Reference *reference, double a, double b) {
    return reference->arguments == 1 ? ((Wide1 *)reference->wide)(a) : ((Wide2 *)reference->wide)(a, b);
}

/* ---- points */

static uint64_t mix(uint64_t x) { /* Steele, Lea and Flood, SplitMix, 2014 */
    x += 0x9e3779b97f4a7c15u;
    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
    x = (x ^ x >> 27) * 0x94d049bb133111ebu;
    return x ^ x >> 31;
}

static double unit(uint64_t random) { return (double)(random >> 11) * 0x1p-53; }

/* How an argument is drawn. */
enum { PATTERNS, UNIFORM, EXPONENTS, NEAR, MULTIPLES };
typedef struct {
    int how;
    double low, high; /* the range; of exponents for EXPONENTS; the point for NEAR; the step and the count for MULTIPLES */
} Draw;

static uint64_t draw(int format, const Draw *from, uint64_t number) {
    uint64_t r = mix(number), s = mix(r);
    double size;
    switch (from->how) {
    case PATTERNS: return format == 3 ? r : r & ((1ull << 8 * FORMATS[format].bytes) - 1);
    case UNIFORM: return from_double(format, from->low + (from->high - from->low) * unit(r));
    case EXPONENTS:
        size = exp2(from->low + (from->high - from->low) * unit(r));
        return from_double(format, s & 1 ? -size : size);
    case NEAR: /* the distance spreads over magnitudes */
        size = exp2(-60 * unit(r));
        return from_double(format, from->low + (s & 1 ? -size : size) * (from->low == 0 ? 1 : fabs(from->low)));
    default: { /* the neighbors of a multiple */
        uint64_t bits = from_double(format, from->low * floor(from->high * (2 * unit(r) - 1)));
        return bits + (s % 9) - 4;
    }
    }
}

/* ---- measuring */

typedef struct {
    uint64_t argument[2], value;
    double error; /* in units of the last place; infinite where the kind of value differs */
} Worst;

typedef struct {
    Worst lanes, one;
    uint64_t points, unequal;   /* where the two paths differ in bits */
    uint64_t wrong;             /* NaN, infinities or the sign of zero are not what they should be */
    Worst first_wrong;
} Result;

typedef struct {
    void *base, *data;
    int64_t offset, size, stride;
} Array;

/* The error of a value in units of the last place of the exact one. Infinite: another kind of value. */
static double error_of(int format, double value, long double exact) {
    const Format *f = &FORMATS[format];
    if (isnan(exact) || isnan(value)) return isnan(exact) && isnan(value) ? 0 : INFINITY;
    if (exact == 0) return value == 0 && !signbit(value) == !signbit(exact) ? 0 : INFINITY;
    long double limit = ldexpl(1, f->greatest_exponent + 1);
    if (isinf(exact)) return value == (double)exact ? 0 : INFINITY;
    int exponent = ilogbl(exact);
    if (exponent < f->least_exponent) exponent = f->least_exponent;
    if (exponent > f->greatest_exponent) exponent = f->greatest_exponent;
    long double place = ldexpl(1, exponent - f->fraction_bits);
    /* An infinity stands for the first number that is out of range. */
    long double got = isinf(value) ? (value > 0 ? limit : -limit) : (long double)value;
    if (fabsl(exact) >= limit && isinf(value) && (value > 0) == (exact > 0)) return 0;
    if (value == 0 && !signbit(value) != !(exact < 0)) return INFINITY;
    return (double)(fabsl(got - exact) / place);
}

static void consider(Worst *worst, double error, uint64_t a, uint64_t b, uint64_t value) {
    if (error > worst->error) *worst = (Worst){{a, b}, value, error};
}

/* A value that is surely nearer than the worst so far need not be looked at in detail. `half` is half of a unit in the
 * last place relative to the value, at the least; that holds between the bounds. Beyond them a value is surely right where
 * it is NaN as it should be, infinite where it is far out of range, and zero where it is far below the least number. */
typedef struct {
    double half, least, greatest, tiny;
} Ordinary;

static int is_unremarkable(const Ordinary *o, double value, double about, double worst) {
    double size = fabs(about);
    if (size > o->least && size < o->greatest) return fabs(value - about) < worst * o->half * size;
    if (isnan(about) || isnan(value)) return isnan(about) && isnan(value);
    if (signbit(about) != signbit(value)) return 0;
    return size > o->greatest ? isinf(value) && size > 4 * o->greatest : value == 0 && size < worst * o->tiny;
}

/* Whether all of `size` values of f32, by both paths, are the same and unremarkable, in a loop that becomes vectors. It may
 * say no where a detailed look says yes. */
static int are_unremarkable(const Ordinary *o, const uint32_t *of_lanes, const uint32_t *of_one, const double *about,
                            int64_t size, double worst) {
    const double limit = worst * o->half, least = o->least, greatest = o->greatest;
    int ordinary = 1;
    for (int64_t i = 0; i < size; i++) {
        float value;
        memcpy(&value, of_lanes + i, 4);
        double magnitude = fabs(about[i]);
        ordinary &= (of_lanes[i] == of_one[i]) & (magnitude > least) & (magnitude < greatest) &
                    (fabs((double)value - about[i]) < limit * magnitude);
    }
    return ordinary;
}

/* All patterns of f32 from one on. */
static void fill_f32(uint32_t *data, uint32_t first, int64_t size) {
    for (int64_t i = 0; i < size; i++) {
        uint32_t bits = first + (uint32_t)i;
        data[i] = (bits & 0x7fffffff) > 0x7f800000 ? bits | 0x400000 : bits;
    }
}

static void widen(int format, const void *data, double *wide, int64_t size) {
    if (format == 2)
        for (int64_t i = 0; i < size; i++) wide[i] = ((const float *)data)[i];
    else
        for (int64_t i = 0; i < size; i++) wide[i] = to_double(format, load(data, FORMATS[format].bytes, i));
}

/* `lanes(x…, y)` computes all elements, `one(x…, y, i)` one; both are null-safe arrays of one dimension. Arguments are
 * patterns `first .. first + count` where `draws` is null, else drawn. Of the narrow types errors below `known` are not
 * looked for. */
int measure(void *lanes, void *one, const char *name, int format, const Draw *draws, int ways, uint64_t first,
            uint64_t count, double known, Result *out) {
    const Reference *reference = find(name);
    if (!reference) return 1;
    const int bytes = FORMATS[format].bytes, arguments = reference->arguments;
    void *memory[4];
    double *about;
    double *wide[2];
    for (int k = 0; k < 4; k++) memory[k] = aligned_alloc(64, CHUNK * 8);
    for (int k = 0; k < 2; k++) wide[k] = aligned_alloc(64, CHUNK * 8);
    about = aligned_alloc(64, CHUNK * 8);
    Array array[4];
    for (int k = 0; k < 4; k++) array[k] = (Array){memory[k], memory[k], 0, CHUNK, 1};
    const Format *f = &FORMATS[format];
    const Ordinary ordinary = {ldexp(0.5, -f->fraction_bits), ldexp(1, f->least_exponent), ldexp(1, f->greatest_exponent),
                               ldexp(1, f->least_exponent - f->fraction_bits)};
    memset(out, 0, sizeof *out);
    for (uint64_t done = 0; done < count; done += CHUNK) {
        int64_t size = count - done < CHUNK ? (int64_t)(count - done) : CHUNK;
        for (int k = 0; k < 4; k++) array[k].size = size;
        const int every_f32 = format == 2 && !draws;
        if (every_f32) fill_f32(memory[0], (uint32_t)(first + done), size);
        for (int64_t i = 0; i < size && !every_f32; i++) {
            uint64_t number = first + done + i;
            for (int k = 0; k < arguments; k++) {
                uint64_t bits = !draws ? (k ? number >> 16 : number) & (bytes == 2 ? 0xffff : ~0ull)
                                       : draw(format, &draws[2 * (number % ways) + k], 2 * number + k);
                store(memory[k], bytes, i, quiet(format, bits));
            }
        }
        if (arguments == 1) {
            ((int (*)(Array *, Array *))lanes)(&array[0], &array[2]);
            for (int64_t i = 0; i < size; i++)
                ((int (*)(Array *, Array *, int64_t))one)(&array[0], &array[3], i);
        } else {
            ((int (*)(Array *, Array *, Array *))lanes)(&array[0], &array[1], &array[2]);
            for (int64_t i = 0; i < size; i++)
                ((int (*)(Array *, Array *, Array *, int64_t))one)(&array[0], &array[1], &array[3], i);
        }
        for (int k = 0; k < arguments; k++) widen(format, memory[k], wide[k], size);
        if (format != 3) {
            if (reference->lanes) {
                for (int64_t i = 0; i < size; i += 4) {
                    Lanes a = *(Lanes *)(wide[0] + i);
                    *(Lanes *)(about + i) = arguments == 1
                                                ? ((Lanes1 *)reference->lanes)(a)
                                                : ((Lanes2 *)reference->lanes)(a, *(Lanes *)(wide[1] + i));
                }
            } else {
                for (int64_t i = 0; i < size; i++)
                    about[i] = arguments == 1 ? ((Plain1 *)reference->plain)(wide[0][i])
                                              : ((Plain2 *)reference->plain)(wide[0][i], wide[1][i]);
            }
        }
        const int64_t block = 64;
        for (int64_t i = 0; i < size; i++) {
            if (format == 2 && i % block == 0 && i + block <= size) {
                double worst = 0.99 * fmax(known, out->lanes.error);
                const uint32_t *of_lanes = memory[2], *of_one = memory[3];
                if (are_unremarkable(&ordinary, of_lanes + i, of_one + i, about + i, block, worst)) {
                    i += block - 1;
                    continue;
                }
            }
            uint64_t a = load(memory[0], bytes, i), b = arguments == 2 ? load(memory[1], bytes, i) : 0;
            uint64_t of_lanes = load(memory[2], bytes, i), of_one = load(memory[3], bytes, i);
            double value = to_double(format, of_lanes);
            int equal = of_lanes == of_one || (isnan(value) && isnan(to_double(format, of_one)));
            out->unequal += !equal;
            double worst = 0.99 * fmax(known, out->lanes.error);
            if (equal && format != 3 && is_unremarkable(&ordinary, value, about[i], worst)) continue;
            long double exact = exactly(reference, wide[0][i], wide[1][i]);
            double error = error_of(format, value, exact);
            double error_one = equal ? error : error_of(format, to_double(format, of_one), exact);
            if (isinf(error) || isinf(error_one)) {
                if (!out->wrong++)
                    out->first_wrong = (Worst){{a, b}, isinf(error) ? of_lanes : of_one, INFINITY};
            } else {
                consider(&out->lanes, error, a, b, of_lanes);
                consider(&out->one, error_one, a, b, of_one);
            }
        }
        out->points += size;
    }
    for (int k = 0; k < 4; k++) free(memory[k]);
    for (int k = 0; k < 2; k++) free(wide[k]);
    free(about);
    return 0;
}

/* The reference in units of the last place above a given number, for comparison with another reference. */
double reference_minus(const char *name, double a, double b, double near, double place) {
    return (double)((exactly(find(name), a, b) - near) / place);
}
