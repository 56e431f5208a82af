#include "shifts.h"

#include <stdlib.h>
#include <string.h>

/* sacrebleu's limits. When the candidates of all rounds together reach the last one, the search
   ends, and the shift that it was about to make is not made. */
enum { LONGEST_SHIFT = 10, FURTHEST_SHIFT = 50, MOST_CANDIDATES = 1000 };

typedef struct {
    size_t start;
    size_t length;
    size_t target;
} Shift;

/* Better shifts have smaller keys: the longer, then that which starts, then lands, earlier. */
static uint64_t shift_key(Shift shift)
{
    return (uint64_t)(LONGEST_SHIFT - shift.length) << 56 | (uint64_t)shift.start << 28 |
           (uint64_t)shift.target;
}

static Shift key_shift(uint64_t key)
{
    Shift shift;
    shift.length = LONGEST_SHIFT - (size_t)(key >> 56);
    shift.start = (size_t)(key >> 28) & 0xFFFFFFF;
    shift.target = (size_t)key & 0xFFFFFFF;
    return shift;
}

static int compare_keys(const void *a, const void *b)
{
    uint64_t x, y;
    memcpy(&x, a, sizeof x);
    memcpy(&y, b, sizeof y);
    return (x > y) - (x < y);
}

/* The positions [low, high) that a shift rearranges, and what they then hold. A target within the
   shifted words moves them right by as many words as it lies behind their start. */
static void rearrange(const uint32_t *words, size_t n, Shift shift, size_t *low, size_t *high,
                      uint32_t *moved)
{
    size_t end = shift.start + shift.length, other;
    if (shift.target < shift.start) {
        *low = shift.target;
        *high = end;
        other = shift.start - shift.target;
        memcpy(moved, words + shift.start, shift.length * sizeof *words);
        memcpy(moved + shift.length, words + shift.target, other * sizeof *words);
        return;
    }
    *low = shift.start;
    *high = shift.target > end ? shift.target : shift.length + shift.target;
    if (*high > n) {
        *high = n;
    }
    other = *high - end;
    memcpy(moved, words + end, other * sizeof *words);
    memcpy(moved + other, words + shift.start, shift.length * sizeof *words);
}

/* How far the words of both sides, in whatever order, differ: no shift gets below it. */
static int64_t least_distance(Shifts *s, const uint32_t *hypothesis, size_t n_hypothesis,
                              const uint32_t *reference, size_t n_reference, uint32_t n_symbols)
{
    size_t *left = s->places, common = 0, i;
    memset(left, 0, n_symbols * sizeof *left);
    for (i = 0; i < n_reference; i++) {
        left[reference[i]]++;
    }
    for (i = 0; i < n_hypothesis; i++) {
        if (hypothesis[i] < n_symbols && left[hypothesis[i]] > 0) {
            left[hypothesis[i]]--;
            common++;
        }
    }
    return (int64_t)((n_hypothesis > n_reference ? n_hypothesis : n_reference) - common);
}

static int add_key(Shifts *s, size_t n_keys, Shift shift)
{
    if (grow((void **)&s->keys, &s->keys_room, n_keys + 1, sizeof(uint64_t)) < 0) {
        return -1;
    }
    s->keys[n_keys] = shift_key(shift);
    return 0;
}

/* All places to which a run of words that both sides have may move: the run must be wrong somewhere
   on both sides, and not already be aligned within itself. Stops, *n_keys being too many, where the
   limit is reached. */
static int find_candidates(Shifts *s, size_t n_hypothesis, const uint32_t *reference,
                           size_t n_reference, size_t checked, size_t *n_keys)
{
    const uint32_t *words = s->words;
    size_t *hypothesis_wrong = s->places, *reference_wrong = hypothesis_wrong + n_hypothesis + 1;
    const Alignment *alignment = &s->distance.alignment;
    const size_t *next = alignment->next;
    size_t i;
    *n_keys = 0;
    hypothesis_wrong[0] = reference_wrong[0] = 0;
    for (i = 0; i < n_hypothesis; i++) {
        hypothesis_wrong[i + 1] = hypothesis_wrong[i] + alignment->hypothesis_wrong[i];
    }
    for (i = 0; i < n_reference; i++) {
        reference_wrong[i + 1] = reference_wrong[i] + alignment->reference_wrong[i];
    }
    for (i = 0; i < n_hypothesis; i++) {
        size_t j = i > FURTHEST_SHIFT ? i - FURTHEST_SHIFT : 0;
        size_t last = i + FURTHEST_SHIFT < n_reference ? i + FURTHEST_SHIFT + 1 : n_reference;
        for (; j < last; j++) {
            Shift shift;
            for (shift.start = i, shift.length = 1;
                 shift.length <= LONGEST_SHIFT && i + shift.length <= n_hypothesis &&
                 j + shift.length <= n_reference &&
                 words[i + shift.length - 1] == reference[j + shift.length - 1];
                 shift.length++) {
                size_t before = SIZE_MAX, offset, end = i + shift.length;
                if (hypothesis_wrong[end] == hypothesis_wrong[i] ||
                    reference_wrong[j + shift.length] == reference_wrong[j] ||
                    (next[j] > i && next[j] <= end)) {
                    continue;
                }
                for (offset = 0; offset <= shift.length; offset++) {
                    shift.target = j + offset == 0 ? 0 : next[j + offset - 1];
                    if (shift.target == before) {
                        continue;
                    }
                    before = shift.target;
                    if (add_key(s, *n_keys, shift) < 0) {
                        return -1;
                    }
                    ++*n_keys;
                }
                if (checked + *n_keys >= MOST_CANDIDATES) {
                    return 0;
                }
            }
        }
    }
    return 0;
}

/* sacrebleu's distance of the words with a part of them rearranged, computed anew. */
static int64_t exact_distance(Shifts *s, size_t n, size_t low, size_t high)
{
    const Distance *held = &s->distance;
    if (grow((void **)&s->whole, &s->whole_room, n, sizeof *s->whole) < 0 ||
        distance_begin(&s->check, held->reference, held->n_reference, held->n_symbols, n) < 0) {
        return -1;
    }
    memcpy(s->whole, s->words, n * sizeof *s->whole);
    memcpy(s->whole + low, s->moved, (high - low) * sizeof *s->moved);
    return distance_hold(&s->check, s->whole);
}

/* Makes the best shift in s->words; returns by how much it lowers the distance, 0: none does, -1: an
   exception is set. */
static int64_t best_shift(Shifts *s, size_t n, int64_t held, int64_t least, size_t n_keys)
{
    int64_t best = 0;
    size_t i, low, high;
    uint64_t best_key = 0;
    if (n_keys > 0) {
        qsort(s->keys, n_keys, sizeof(uint64_t), compare_keys);
    }
    for (i = 0; i < n_keys; i++) {
        Shift shift = key_shift(s->keys[i]);
        int64_t distance;
        /* A shift gains no more than it costs to delete and insert its words, unless the beam made
           the distance before it more than it is. */
        if ((s->distance.bits && 2 * (int64_t)shift.length <= best) || held - least <= best) {
            break;
        }
        if (i > 0 && s->keys[i] == s->keys[i - 1]) {
            continue;
        }
        rearrange(s->words, n, shift, &low, &high, s->moved);
        distance = distance_moved(&s->distance, s->words, held, low, high, s->moved);
        if (held - distance > best && s->distance.bits && !s->distance.free) {
            distance = exact_distance(s, n, low, high);
            if (distance < 0) {
                return -1;
            }
        }
        if (held - distance > best) {
            best = held - distance;
            best_key = s->keys[i];
        }
    }
    if (best > 0) {
        rearrange(s->words, n, key_shift(best_key), &low, &high, s->moved);
        memcpy(s->words + low, s->moved, (high - low) * sizeof *s->moved);
    }
    return best;
}

static int reserve(Shifts *s, size_t n_hypothesis, size_t n_reference, uint32_t n_symbols)
{
    size_t places = n_hypothesis + n_reference + 2;
    if (places < n_symbols) {
        places = n_symbols;
    }
    return grow((void **)&s->words, &s->words_room, n_hypothesis, sizeof *s->words) < 0 ||
                   grow((void **)&s->moved, &s->moved_room, n_hypothesis, sizeof *s->moved) < 0 ||
                   grow((void **)&s->places, &s->places_room, places, sizeof *s->places) < 0
               ? -1
               : 0;
}

int64_t shift_edits(Shifts *s, const uint32_t *hypothesis, size_t n_hypothesis,
                    const uint32_t *reference, size_t n_reference, uint32_t n_symbols)
{
    int64_t shifts = 0, held, least;
    size_t checked = 0;
    if (n_hypothesis == 0 || n_reference == 0) {
        return (int64_t)(n_hypothesis + n_reference);
    }
    if (distance_begin(&s->distance, reference, n_reference, n_symbols, n_hypothesis) < 0 ||
        reserve(s, n_hypothesis, n_reference, n_symbols) < 0) {
        return -1;
    }
    memcpy(s->words, hypothesis, n_hypothesis * sizeof *hypothesis);
    least = least_distance(s, hypothesis, n_hypothesis, reference, n_reference, n_symbols);
    for (;;) {
        size_t n_keys;
        int64_t gain;
        held = distance_hold(&s->distance, s->words);
        if (held < 0) {
            return -1;
        }
        if (held <= least) {
            return shifts + held;
        }
        if (find_candidates(s, n_hypothesis, reference, n_reference, checked, &n_keys) < 0) {
            return -1;
        }
        checked += n_keys;
        if (checked >= MOST_CANDIDATES) {
            return shifts + held;
        }
        gain = best_shift(s, n_hypothesis, held, least, n_keys);
        if (gain < 0) {
            return -1;
        }
        if (gain == 0) {
            return shifts + held;
        }
        shifts++;
    }
}

void shifts_free(Shifts *s)
{
    distance_free(&s->distance);
    distance_free(&s->check);
    PyMem_Free(s->whole);
    PyMem_Free(s->words);
    PyMem_Free(s->moved);
    PyMem_Free(s->keys);
    PyMem_Free(s->places);
}
