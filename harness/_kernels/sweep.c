/* The tests and intervals of pairwise accuracy with calibrated ties, and of soft pairwise accuracy.

   A sweep lowers the tie threshold past one difference after the other, largest first; each step
   adds a whole number to the running total of every draw in which it takes part, and the best total
   is kept. LANES draws are carried side by side, so that the inner loops are vector code. Callers
   check nothing here but sizes: positions must lie within the tables they point into. Equal Python
   code, and what the arguments mean: harness/_kernels/sweep.py, harness/statistics/fast/flips.py. */
#include "sweep.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define LANES 64
/* Steps of one before a lane of a byte, which starts in the middle, could run over. */
#define BYTE_STEPS 127

/* The loops are compiled for several widths of vector; the loader picks what the machine has. */
#if defined(__GNUC__) && !defined(__clang__) && defined(__x86_64__) && defined(__GLIBC__)
#if __GNUC__ >= 12
#define WIDE __attribute__((target_clones("arch=x86-64-v4", "avx2", "default")))
#else
#define WIDE __attribute__((target_clones("avx2", "default")))
#endif
#else
#define WIDE
#endif

/* The steps of a sweep: the cells of each pair, and whose scores its difference is between. */
typedef struct {
    const int32_t *first, *second;
    const uint8_t *mixture;
    Py_ssize_t n;
} Steps;

WIDE static void swapped_by_one(const uint8_t *swaps, const Steps *steps, const int8_t *gain,
                                int64_t *best_one, int64_t *best_two)
{
    int32_t total_one[LANES] = {0}, total_two[LANES] = {0}, top_one[LANES] = {0},
            top_two[LANES] = {0};
    for (Py_ssize_t start = 0; start < steps->n; start += BYTE_STEPS) {
        Py_ssize_t stop = start + BYTE_STEPS < steps->n ? start + BYTE_STEPS : steps->n;
        uint8_t now_one[LANES], now_two[LANES], high_one[LANES], high_two[LANES];
        memset(now_one, 128, LANES);
        memset(now_two, 128, LANES);
        memset(high_one, 128, LANES);
        memset(high_two, 128, LANES);
        for (Py_ssize_t k = start; k < stop; k++) {
            const uint8_t *x = swaps + (Py_ssize_t)steps->first[k] * LANES;
            const uint8_t *y = swaps + (Py_ssize_t)steps->second[k] * LANES;
            const uint8_t flip_x = steps->mixture[k] & 1 ? 0 : 0xFF;
            const uint8_t flip_y = steps->mixture[k] & 2 ? 0 : 0xFF;
            const uint8_t step = (uint8_t)gain[k];
            for (int i = 0; i < LANES; i++) {
                uint8_t a = x[i] ^ flip_x, b = y[i] ^ flip_y;
                now_one[i] += (uint8_t)(a & b) & step;
                now_two[i] += (uint8_t)~(a | b) & step;
                high_one[i] = now_one[i] > high_one[i] ? now_one[i] : high_one[i];
                high_two[i] = now_two[i] > high_two[i] ? now_two[i] : high_two[i];
            }
        }
        for (int i = 0; i < LANES; i++) {
            int32_t one = total_one[i] + high_one[i] - 128, two = total_two[i] + high_two[i] - 128;
            top_one[i] = one > top_one[i] ? one : top_one[i];
            top_two[i] = two > top_two[i] ? two : top_two[i];
            total_one[i] += now_one[i] - 128;
            total_two[i] += now_two[i] - 128;
        }
    }
    for (int i = 0; i < LANES; i++) {
        best_one[i] = top_one[i];
        best_two[i] = top_two[i];
    }
}

WIDE static void swapped_by_weight(const uint8_t *swaps, const Steps *steps, const int32_t *gain,
                                   Py_ssize_t block, int64_t *best_one, int64_t *best_two)
{
    int64_t total_one[LANES] = {0}, total_two[LANES] = {0};
    memset(best_one, 0, LANES * sizeof(int64_t));
    memset(best_two, 0, LANES * sizeof(int64_t));
    for (Py_ssize_t start = 0; start < steps->n; start += block) {
        Py_ssize_t stop = steps->n - start > block ? start + block : steps->n;
        int32_t now_one[LANES] = {0}, now_two[LANES] = {0}, high_one[LANES] = {0},
                high_two[LANES] = {0};
        for (Py_ssize_t k = start; k < stop; k++) {
            const uint8_t *x = swaps + (Py_ssize_t)steps->first[k] * LANES;
            const uint8_t *y = swaps + (Py_ssize_t)steps->second[k] * LANES;
            const uint8_t flip_x = steps->mixture[k] & 1 ? 0 : 0xFF;
            const uint8_t flip_y = steps->mixture[k] & 2 ? 0 : 0xFF;
            const int32_t step = gain[k];
            for (int i = 0; i < LANES; i++) {
                uint8_t a = x[i] ^ flip_x, b = y[i] ^ flip_y;
                now_one[i] += (int32_t)(int8_t)(a & b) & step;
                now_two[i] += (int32_t)(int8_t)~(a | b) & step;
                high_one[i] = now_one[i] > high_one[i] ? now_one[i] : high_one[i];
                high_two[i] = now_two[i] > high_two[i] ? now_two[i] : high_two[i];
            }
        }
        for (int i = 0; i < LANES; i++) {
            int64_t one = total_one[i] + high_one[i], two = total_two[i] + high_two[i];
            best_one[i] = one > best_one[i] ? one : best_one[i];
            best_two[i] = two > best_two[i] ? two : best_two[i];
            total_one[i] += now_one[i];
            total_two[i] += now_two[i];
        }
    }
}

/* sweep_swapped(swaps, first, second, mixture, gain, best_one, best_two)

   swaps: (tiles, cells, LANES) bytes, 0xFF where a draw takes the first metric's score; first,
   second: int32 cells; mixture: bytes, bit 0 (1) set if the step needs the first metric's score in
   the first (second) cell; gain: int8 of 1 and -1, or int32; best: (tiles, LANES) int64, written. */
PyObject *sweep_swapped(PyObject *self, PyObject *args)
{
    (void)self;
    Py_buffer swaps, first, second, mixture, gain, best_one, best_two;
    if (!PyArg_ParseTuple(args, "y*y*y*y*y*w*w*", &swaps, &first, &second, &mixture, &gain,
                          &best_one, &best_two))
        return NULL;
    Py_ssize_t n = mixture.len, tiles = best_one.len / (Py_ssize_t)(LANES * sizeof(int64_t));
    int by_one = gain.len == n;
    int fits = first.len == 4 * n && second.len == 4 * n && (by_one || gain.len == 4 * n) &&
               best_one.len == best_two.len && tiles * LANES * 8 == best_one.len &&
               (tiles == 0 || swaps.len % (tiles * LANES) == 0);
    if (fits) {
        Py_BEGIN_ALLOW_THREADS
        Steps steps = {first.buf, second.buf, mixture.buf, n};
        Py_ssize_t block = n, size = tiles ? swaps.len / tiles : 0;
        if (!by_one) {
            int64_t largest = 1;
            const int32_t *gains = gain.buf;
            for (Py_ssize_t k = 0; k < n; k++) {
                int64_t absolute = gains[k] < 0 ? -(int64_t)gains[k] : gains[k];
                largest = absolute > largest ? absolute : largest;
            }
            block = (Py_ssize_t)(INT32_MAX / largest);
        }
        for (Py_ssize_t tile = 0; tile < tiles; tile++) {
            const uint8_t *own = (const uint8_t *)swaps.buf + tile * size;
            int64_t *one = (int64_t *)best_one.buf + tile * LANES;
            int64_t *two = (int64_t *)best_two.buf + tile * LANES;
            if (by_one)
                swapped_by_one(own, &steps, gain.buf, one, two);
            else
                swapped_by_weight(own, &steps, gain.buf, block, one, two);
        }
        Py_END_ALLOW_THREADS
    }
    PyBuffer_Release(&swaps);
    PyBuffer_Release(&first);
    PyBuffer_Release(&second);
    PyBuffer_Release(&mixture);
    PyBuffer_Release(&gain);
    PyBuffer_Release(&best_one);
    PyBuffer_Release(&best_two);
    if (!fits) {
        PyErr_SetString(PyExc_ValueError, "sweep_swapped: the sizes do not fit");
        return NULL;
    }
    Py_RETURN_NONE;
}

WIDE static void counted(const uint16_t *counts, const int32_t *group, const int32_t *gain,
                         Py_ssize_t n, Py_ssize_t block, int64_t *best)
{
    int64_t total[LANES] = {0};
    memset(best, 0, LANES * sizeof(int64_t));
    for (Py_ssize_t start = 0; start < n; start += block) {
        Py_ssize_t stop = n - start > block ? start + block : n;
        int32_t now[LANES] = {0}, high[LANES] = {0};
        for (Py_ssize_t k = start; k < stop; k++) {
            const uint16_t *times = counts + (Py_ssize_t)group[k] * LANES;
            const int32_t step = gain[k];
            for (int i = 0; i < LANES; i++) {
                now[i] += (int32_t)times[i] * step;
                high[i] = now[i] > high[i] ? now[i] : high[i];
            }
        }
        for (int i = 0; i < LANES; i++) {
            int64_t value = total[i] + high[i];
            best[i] = value > best[i] ? value : best[i];
            total[i] += now[i];
        }
    }
}

/* sweep_counted(counts, group, gain, block, best)

   counts: (tiles, groups, LANES) uint16, how often each draw has a group; group, gain: int32 of
   each step; block: steps before a sum of largest count times largest gain could pass an int32;
   best: (tiles, LANES) int64, written. */
PyObject *sweep_counted(PyObject *self, PyObject *args)
{
    (void)self;
    Py_buffer counts, group, gain, best;
    Py_ssize_t block;
    if (!PyArg_ParseTuple(args, "y*y*y*nw*", &counts, &group, &gain, &block, &best))
        return NULL;
    Py_ssize_t n = gain.len / 4, tiles = best.len / (Py_ssize_t)(LANES * sizeof(int64_t));
    int fits = group.len == 4 * n && gain.len == 4 * n && tiles * LANES * 8 == best.len &&
               block > 0 && (tiles == 0 || counts.len % (tiles * LANES * 2) == 0);
    if (fits) {
        Py_BEGIN_ALLOW_THREADS
        Py_ssize_t size = tiles ? counts.len / 2 / tiles : 0;
        for (Py_ssize_t tile = 0; tile < tiles; tile++)
            counted((const uint16_t *)counts.buf + tile * size, group.buf, gain.buf, n, block,
                    (int64_t *)best.buf + tile * LANES);
        Py_END_ALLOW_THREADS
    }
    PyBuffer_Release(&counts);
    PyBuffer_Release(&group);
    PyBuffer_Release(&gain);
    PyBuffer_Release(&best);
    if (!fits) {
        PyErr_SetString(PyExc_ValueError, "sweep_counted: the sizes do not fit");
        return NULL;
    }
    Py_RETURN_NONE;
}

/* How many of n flips have a signed difference x - y of at least `limit`. */
WIDE static int32_t at_least(const float *x, const float *y, Py_ssize_t n, float limit)
{
    int32_t count = 0;
    for (Py_ssize_t i = 0; i < n; i++)
        count += (x[i] - y[i]) >= limit;
    return count;
}

/* soft_losses(own, other, whole, human, systems, tolerance, losses)

   own, other: (draws, systems, 1 + flips) float32, signed sums of the scores that a draw takes from
   either metric, the plain sums first; whole: (systems, 1 + flips) float32, those of the other
   metric's every score; human: int32 counts of each pair of systems; losses: (draws,) int64,
   written: the summed absolute differences between those counts and the mixture's. */
PyObject *soft_losses(PyObject *self, PyObject *args)
{
    (void)self;
    Py_buffer own, other, whole, human, losses;
    Py_ssize_t systems;
    float tolerance;
    if (!PyArg_ParseTuple(args, "y*y*y*y*nfw*", &own, &other, &whole, &human, &systems, &tolerance,
                          &losses))
        return NULL;
    Py_ssize_t draws = losses.len / 8, width = systems > 0 ? whole.len / 4 / systems : 0;
    int fits = systems > 0 && width > 0 && whole.len == 4 * systems * width &&
               own.len == draws * whole.len && other.len == own.len && losses.len == 8 * draws &&
               human.len == 4 * (systems * (systems - 1) / 2);
    float *mixed = fits ? malloc((size_t)whole.len) : NULL;
    if (mixed != NULL) {
        Py_BEGIN_ALLOW_THREADS
        Py_ssize_t size = systems * width;
        for (Py_ssize_t draw = 0; draw < draws; draw++) {
            const float *a = (const float *)own.buf + draw * size;
            const float *b = (const float *)other.buf + draw * size, *c = whole.buf;
            const int32_t *people = human.buf;
            int64_t loss = 0;
            for (Py_ssize_t i = 0; i < size; i++)
                mixed[i] = a[i] + (c[i] - b[i]);
            for (Py_ssize_t i = 0; i < systems; i++)
                for (Py_ssize_t j = i + 1; j < systems; j++) {
                    const float *x = mixed + i * width, *y = mixed + j * width;
                    int32_t count = at_least(x + 1, y + 1, width - 1, x[0] - y[0] - tolerance);
                    int32_t apart = count - *people++;
                    loss += apart < 0 ? -apart : apart;
                }
            ((int64_t *)losses.buf)[draw] = loss;
        }
        Py_END_ALLOW_THREADS
        free(mixed);
    }
    PyBuffer_Release(&own);
    PyBuffer_Release(&other);
    PyBuffer_Release(&whole);
    PyBuffer_Release(&human);
    PyBuffer_Release(&losses);
    if (!fits) {
        PyErr_SetString(PyExc_ValueError, "soft_losses: the sizes do not fit");
        return NULL;
    }
    if (mixed == NULL)
        return PyErr_NoMemory();
    Py_RETURN_NONE;
}
