/* Exact counts of n-grams: words as numbers, and a table of the n-grams of the references. */
#ifndef HARNESS_GRAMS_H
#define HARNESS_GRAMS_H

#include "text.h"

#define WORD_ABSENT UINT32_MAX

typedef struct {
    uint64_t hash;
    size_t start; /* of the word in `letters` */
    size_t length;
    uint32_t number; /* from 1; 0: the slot is free */
} WordSlot;

/* Distinct words, numbered from 0 in the order in which they were added. */
typedef struct {
    WordSlot *slots;
    size_t room; /* slots allocated */
    size_t capacity;
    uint32_t count;
    Text letters;
} Words;

typedef struct {
    uint64_t key; /* 0: the slot is free */
    uint32_t held; /* how often the n-gram is in the reference (of several: at most) */
    uint32_t seen; /* how often in the text at hand */
} GramSlot;

/* An n-gram is the n-gram of one symbol fewer (the number of its slot) and a last symbol, and is
   found by exactly these two: no two n-grams are ever taken for one another. */
typedef struct {
    GramSlot *slots;
    size_t room;
    size_t capacity;
    unsigned shift;
    size_t *touched;
    size_t touched_room;
} Grams;

int words_reset(Words *words, size_t most);
int words_add(Words *words, const Py_UCS4 *letters, size_t length, uint32_t *number);
uint32_t words_find(const Words *words, const Py_UCS4 *letters, size_t length);
void words_free(Words *words);

int grams_reset(Grams *grams, size_t most);
void grams_add(Grams *grams, const uint32_t *symbols, size_t n, int order);
void grams_hold(Grams *grams);
int grams_match(Grams *grams, const uint32_t *symbols, size_t n, int order, int64_t *matches);
void grams_free(Grams *grams);

/* How many n-grams a text of that length has. */
static inline int64_t gram_count(size_t length, int n)
{
    return length >= (size_t)n ? (int64_t)(length - (size_t)n + 1) : 0;
}

#endif
