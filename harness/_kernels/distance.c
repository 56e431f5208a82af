#include "distance.h"

#include <string.h>

enum { BEAM = 25, UNREACHED = 1 << 29 };

/* Beyond these sizes the beam's cells are fewer than the matrix's bits. */
enum { MOST_REFERENCE_WORDS = 2048, MOST_BLOCKS = 1 << 21 };

static unsigned count_bits(uint64_t x)
{
    x -= x >> 1 & 0x5555555555555555u;
    x = (x & 0x3333333333333333u) + (x >> 2 & 0x3333333333333333u);
    x = (x + (x >> 4)) & 0x0F0F0F0F0F0F0F0Fu;
    return (unsigned)((x * 0x0101010101010101u) >> 56);
}

static size_t at_least(size_t a, size_t b)
{
    return a > b ? a : b;
}

/* The bits of reference words 0..n-1 that lie in block b. */
static uint64_t block_mask(const Distance *d, size_t b)
{
    size_t rest = d->n_reference - 64 * b;
    return rest >= 64 ? ~(uint64_t)0 : ((uint64_t)1 << rest) - 1;
}

static const uint64_t *equal_row(const Distance *d, uint32_t symbol)
{
    return d->equal + (symbol < d->n_symbols ? symbol : d->n_symbols) * d->blocks;
}

/* One row from the one above, block by block; zero and more may be NULL. */
static void advance(const uint64_t *equal, const Column *above, Column *row, size_t blocks,
                    uint64_t *zero, uint64_t *more)
{
    uint64_t carry_more = 1, carry_less = 0; /* the row's first cell is one more than that above */
    size_t b;
    for (b = 0; b < blocks; b++) {
        uint64_t vp = above[b].vp, vn = above[b].vn, eq = equal[b] | carry_less;
        uint64_t d0 = (((eq & vp) + vp) ^ vp) | eq | vn;
        uint64_t hp = vn | ~(d0 | vp), hn = d0 & vp;
        if (zero != NULL) {
            zero[b] = d0;
            more[b] = hp;
        }
        vp = hp << 1 | carry_more;
        vn = hn << 1 | carry_less;
        carry_more = hp >> 63;
        carry_less = hn >> 63;
        row[b].vn = vp & d0;
        row[b].vp = vn | ~(d0 | vp);
    }
}

static int64_t bits_total(const Distance *d, const Column *row)
{
    int64_t total = (int64_t)d->n_hypothesis;
    size_t b;
    for (b = 0; b < d->blocks; b++) {
        uint64_t mask = block_mask(d, b);
        total += (int64_t)count_bits(row[b].vp & mask) - (int64_t)count_bits(row[b].vn & mask);
    }
    return total;
}

static int bits_begin(Distance *d)
{
    size_t rows = d->n_hypothesis + 1, blocks = d->blocks, b, j;
    if (grow((void **)&d->equal, &d->equal_room, ((size_t)d->n_symbols + 1) * blocks,
             sizeof(uint64_t)) < 0 ||
        grow((void **)&d->rows, &d->rows_room, rows * blocks, sizeof(Column)) < 0 ||
        grow((void **)&d->zero, &d->zero_room, rows * blocks, sizeof(uint64_t)) < 0 ||
        grow((void **)&d->more, &d->more_room, rows * blocks, sizeof(uint64_t)) < 0 ||
        grow((void **)&d->work, &d->work_room, blocks, sizeof(Column)) < 0) {
        return -1;
    }
    memset(d->equal, 0, ((size_t)d->n_symbols + 1) * blocks * sizeof(uint64_t));
    for (j = 0; j < d->n_reference; j++) {
        d->equal[d->reference[j] * blocks + j / 64] |= (uint64_t)1 << j % 64;
    }
    for (b = 0; b < blocks; b++) {
        d->rows[b].vp = ~(uint64_t)0;
        d->rows[b].vn = 0;
    }
    return 0;
}

static int64_t bits_hold(Distance *d, const uint32_t *words)
{
    size_t i, blocks = d->blocks;
    for (i = 0; i < d->n_hypothesis; i++) {
        advance(equal_row(d, words[i]), d->rows + i * blocks, d->rows + (i + 1) * blocks, blocks,
                d->zero + (i + 1) * blocks, d->more + (i + 1) * blocks);
    }
    return bits_total(d, d->rows + d->n_hypothesis * blocks);
}

static int same_row(const Distance *d, const Column *a, const Column *b)
{
    size_t k;
    for (k = 0; k < d->blocks; k++) {
        if (((a[k].vp ^ b[k].vp) | (a[k].vn ^ b[k].vn)) & block_mask(d, k)) {
            return 0;
        }
    }
    return 1;
}

static int64_t bits_moved(Distance *d, const uint32_t *words, int64_t held, size_t low, size_t high,
                          const uint32_t *moved)
{
    size_t blocks = d->blocks, i;
    memcpy(d->work, d->rows + low * blocks, blocks * sizeof(Column));
    for (i = low; i < high; i++) {
        advance(equal_row(d, moved[i - low]), d->work, d->work, blocks, NULL, NULL);
    }
    for (i = high; i < d->n_hypothesis; i++) {
        if (same_row(d, d->work, d->rows + i * blocks)) {
            return held; /* from here on all is as it was */
        }
        advance(equal_row(d, words[i]), d->work, d->work, blocks, NULL, NULL);
    }
    return bits_total(d, d->work);
}

/* Whether every path of that cost or less stays within the beam. A path through a cell off the main
   diagonal by k costs at least |k| + |delta - k|, where delta is the difference of the lengths, and
   the beam's middle is never further than |delta| + 1 from the diagonal. */
static int fits_beam(const Distance *d, int64_t distance)
{
    int64_t delta = (int64_t)d->n_hypothesis - (int64_t)d->n_reference;
    delta = delta < 0 ? -delta : delta;
    return delta + (distance - delta) / 2 <= BEAM - 2;
}

static size_t beam_low(const Distance *d, size_t i)
{
    size_t middle = (size_t)((double)i * d->ratio);
    return middle > d->beam ? middle - d->beam : 0;
}

static size_t beam_high(const Distance *d, size_t i)
{
    size_t high = (size_t)((double)i * d->ratio) + d->beam;
    return i == d->n_hypothesis || high > d->n_reference + 1 ? d->n_reference + 1 : high;
}

static void beam_begin(Distance *d)
{
    d->ratio = (double)d->n_reference / (double)d->n_hypothesis;
    d->beam = BEAM;
    if (BEAM < d->ratio / 2) {
        double half = d->ratio / 2 + BEAM;
        d->beam = (size_t)half;
        d->beam += (double)d->beam < half; /* rounded up */
    }
}

static int cells_begin(Distance *d)
{
    size_t i, k;
    d->width = 1;
    for (i = 1; i <= d->n_hypothesis; i++) {
        d->width = at_least(d->width, beam_high(d, i) - beam_low(d, i));
    }
    if (d->n_hypothesis + 1 > SIZE_MAX / d->width) {
        PyErr_NoMemory();
        return -1;
    }
    if (grow((void **)&d->cells, &d->cells_room, (d->n_hypothesis + 1) * d->width,
             sizeof(int32_t)) < 0) {
        return -1;
    }
    for (k = 0; k < 2; k++) {
        if (grow((void **)&d->row[k], &d->row_room[k], d->width, sizeof(int32_t)) < 0) {
            return -1;
        }
    }
    return 0;
}

/* Where the cells of row i of the words held lie; row 0 is not stored, as its cell j is j. */
static int32_t *cells_row(const Distance *d, size_t i)
{
    return d->cells + i * d->width;
}

static int32_t cell(const Distance *d, const int32_t *row, size_t i, size_t j)
{
    size_t low;
    if (i == 0) {
        return (int32_t)j;
    }
    low = beam_low(d, i);
    return j < low || j >= beam_high(d, i) ? UNREACHED : row[j - low];
}

static void cells_advance(const Distance *d, uint32_t word, size_t i, const int32_t *above,
                          int32_t *row)
{
    size_t low = beam_low(d, i), high = beam_high(d, i), j;
    int32_t left = UNREACHED;
    int32_t diagonal = low > 0 ? cell(d, above, i - 1, low - 1) : UNREACHED;
    size_t above_low = i > 1 ? beam_low(d, i - 1) : 0;
    size_t above_high = i > 1 ? beam_high(d, i - 1) : d->n_reference + 1;
    for (j = low; j < high; j++) {
        int32_t up = j < above_low || j >= above_high ? UNREACHED
                     : i == 1                         ? (int32_t)j
                                                      : above[j - above_low];
        int32_t best = UNREACHED;
        if (j == 0) {
            best = up + 1;
        } else {
            int32_t by_diagonal = diagonal + (word != d->reference[j - 1]);
            best = by_diagonal < best ? by_diagonal : best;
            best = up + 1 < best ? up + 1 : best;
            best = left + 1 < best ? left + 1 : best;
        }
        row[j - low] = best;
        left = best;
        diagonal = up;
    }
}

static int64_t cells_hold(Distance *d, const uint32_t *words)
{
    size_t i;
    for (i = 1; i <= d->n_hypothesis; i++) {
        cells_advance(d, words[i - 1], i, cells_row(d, i - 1), cells_row(d, i));
    }
    return cell(d, cells_row(d, d->n_hypothesis), d->n_hypothesis, d->n_reference);
}

static int64_t cells_moved(Distance *d, const uint32_t *words, int64_t held, size_t low,
                           size_t high, const uint32_t *moved)
{
    const int32_t *above = cells_row(d, low);
    size_t i;
    for (i = low + 1; i <= d->n_hypothesis; i++) {
        int32_t *row = d->row[i & 1];
        if (i > high) { /* every row from `high` on may equal the one held */
            size_t first = beam_low(d, i - 1), n = beam_high(d, i - 1) - first;
            if (memcmp(above, cells_row(d, i - 1), n * sizeof(int32_t)) == 0) {
                return held;
            }
        }
        cells_advance(d, i <= high ? moved[i - 1 - low] : words[i - 1], i, above, row);
        above = row;
    }
    return cell(d, above, d->n_hypothesis, d->n_reference);
}

/* The last part of an optimal path to cell (i, j): match or substitution, then deletion, then
   insertion, as sacrebleu prefers. */
typedef enum { DIAGONAL, DELETION, INSERTION } Step;

static Step path_step(const Distance *d, size_t i, size_t j, int equal)
{
    if (i == 0 || j == 0) {
        return j == 0 ? DELETION : INSERTION;
    }
    if (d->bits) {
        size_t at = i * d->blocks + (j - 1) / 64;
        if (equal || !(d->zero[at] >> (j - 1) % 64 & 1)) {
            return DIAGONAL;
        }
        return d->more[at] >> (j - 1) % 64 & 1 ? DELETION : INSERTION;
    }
    {
        const int32_t *above = cells_row(d, i - 1);
        int32_t here = cell(d, cells_row(d, i), i, j);
        if (cell(d, above, i - 1, j - 1) + !equal == here) {
            return DIAGONAL;
        }
        return cell(d, above, i - 1, j) + 1 == here ? DELETION : INSERTION;
    }
}

static void align(Distance *d, const uint32_t *words)
{
    const Alignment *alignment = &d->alignment;
    size_t i = d->n_hypothesis, j = d->n_reference;
    while (i > 0 || j > 0) {
        int equal = i > 0 && j > 0 && words[i - 1] == d->reference[j - 1];
        Step step = path_step(d, i, j, equal);
        if (step != DELETION) {
            alignment->next[j - 1] = i;
            alignment->reference_wrong[j - 1] = !equal || step == INSERTION;
            j--;
        }
        if (step != INSERTION) {
            alignment->hypothesis_wrong[i - 1] = !equal || step == DELETION;
            i--;
        }
    }
}

/* Whether the aligned path lies within the beam; may say no of one that just does. */
static int path_fits_beam(const Distance *d)
{
    size_t i, column = 0;
    for (i = 0; i <= d->n_hypothesis; i++) {
        if (i > 0 && column < beam_low(d, i)) {
            return 0;
        }
        while (column < d->n_reference && d->alignment.next[column] <= i) {
            column++;
        }
        if (i > 0 && column >= beam_high(d, i)) {
            return 0;
        }
    }
    return 1;
}

int distance_begin(Distance *d, const uint32_t *reference, size_t n_reference, uint32_t n_symbols,
                   size_t n_hypothesis)
{
    Alignment *alignment = &d->alignment;
    d->reference = reference;
    d->n_reference = n_reference;
    d->n_symbols = n_symbols;
    d->n_hypothesis = n_hypothesis;
    d->blocks = (n_reference + 63) / 64;
    d->small = n_reference <= MOST_REFERENCE_WORDS && n_hypothesis <= MOST_BLOCKS / d->blocks;
    d->cells_ready = 0;
    if (n_reference >= UNREACHED / 4 || n_hypothesis >= UNREACHED / 4) {
        PyErr_SetString(PyExc_OverflowError, "too many words for TER");
        return -1;
    }
    if (grow((void **)&alignment->hypothesis_wrong, &alignment->hypothesis_room, n_hypothesis, 1) <
            0 ||
        grow((void **)&alignment->reference_wrong, &alignment->reference_room, n_reference, 1) <
            0 ||
        grow((void **)&alignment->next, &alignment->next_room, n_reference, sizeof(size_t)) < 0) {
        return -1;
    }
    beam_begin(d);
    return d->small ? bits_begin(d) : 0;
}

int64_t distance_hold(Distance *d, const uint32_t *words)
{
    int64_t distance;
    d->bits = d->small;
    if (d->small) {
        distance = bits_hold(d, words);
        d->free = fits_beam(d, distance);
        align(d, words);
        if (d->free || path_fits_beam(d)) {
            return distance;
        }
    }
    d->bits = d->free = 0;
    if (!d->cells_ready && cells_begin(d) < 0) {
        return -1;
    }
    d->cells_ready = 1;
    distance = cells_hold(d, words);
    if (distance >= UNREACHED) {
        PyErr_SetString(PyExc_RuntimeError, "no path lies within the beam");
        return -1;
    }
    align(d, words);
    return distance;
}

int64_t distance_moved(Distance *d, const uint32_t *words, int64_t held, size_t low, size_t high,
                       const uint32_t *moved)
{
    return d->bits ? bits_moved(d, words, held, low, high, moved)
                   : cells_moved(d, words, held, low, high, moved);
}

void distance_free(Distance *d)
{
    PyMem_Free(d->alignment.hypothesis_wrong);
    PyMem_Free(d->alignment.reference_wrong);
    PyMem_Free(d->alignment.next);
    PyMem_Free(d->equal);
    PyMem_Free(d->rows);
    PyMem_Free(d->zero);
    PyMem_Free(d->more);
    PyMem_Free(d->work);
    PyMem_Free(d->cells);
    PyMem_Free(d->row[0]);
    PyMem_Free(d->row[1]);
}
