#include "grams.h"

#include <string.h>

#define MULTIPLIER 0x9E3779B97F4A7C15u

/* The least power of two, at least 16, that leaves a third of the table free. */
static int table_size(size_t most, size_t *capacity, unsigned *shift)
{
    size_t size = 16;
    unsigned bits = 4;
    if (most > UINT32_MAX / 4) { /* slots are numbered by 32 bits */
        PyErr_NoMemory();
        return -1;
    }
    while (size < most + most / 2 + 1) {
        size *= 2;
        bits++;
    }
    *capacity = size;
    *shift = 64 - bits;
    return 0;
}

int words_reset(Words *words, size_t most)
{
    unsigned shift;
    if (table_size(most, &words->capacity, &shift) < 0 ||
        grow((void **)&words->slots, &words->room, words->capacity, sizeof(WordSlot)) < 0) {
        return -1;
    }
    memset(words->slots, 0, words->capacity * sizeof(WordSlot));
    words->count = 0;
    words->letters.length = 0;
    return 0;
}

static uint64_t hash_word(const Py_UCS4 *letters, size_t length)
{
    uint64_t hash = length;
    size_t i;
    for (i = 0; i < length; i++) {
        hash = (hash ^ letters[i]) * MULTIPLIER;
        hash ^= hash >> 29;
    }
    return hash;
}

/* The word's slot, or the free one where it would lie. */
static WordSlot *word_slot(const Words *words, const Py_UCS4 *letters, size_t length, uint64_t hash)
{
    size_t mask = words->capacity - 1, at = (size_t)hash & mask;
    for (;;) {
        WordSlot *slot = words->slots + at;
        if (slot->number == 0 ||
            (slot->hash == hash && slot->length == length &&
             memcmp(words->letters.at + slot->start, letters, length * sizeof(Py_UCS4)) == 0)) {
            return slot;
        }
        at = (at + 1) & mask;
    }
}

int words_add(Words *words, const Py_UCS4 *letters, size_t length, uint32_t *number)
{
    uint64_t hash = hash_word(letters, length);
    WordSlot *slot = word_slot(words, letters, length, hash);
    if (slot->number == 0) {
        Text *held = &words->letters;
        if (text_reserve(held, held->length + length) < 0) {
            return -1;
        }
        memcpy(held->at + held->length, letters, length * sizeof(Py_UCS4));
        slot->hash = hash;
        slot->start = held->length;
        slot->length = length;
        slot->number = ++words->count;
        held->length += length;
    }
    *number = slot->number - 1;
    return 0;
}

uint32_t words_find(const Words *words, const Py_UCS4 *letters, size_t length)
{
    const WordSlot *slot = word_slot(words, letters, length, hash_word(letters, length));
    return slot->number == 0 ? WORD_ABSENT : slot->number - 1;
}

void words_free(Words *words)
{
    PyMem_Free(words->slots);
    PyMem_Free(words->letters.at);
}

int grams_reset(Grams *grams, size_t most)
{
    if (table_size(most, &grams->capacity, &grams->shift) < 0 ||
        grow((void **)&grams->slots, &grams->room, grams->capacity, sizeof(GramSlot)) < 0) {
        return -1;
    }
    memset(grams->slots, 0, grams->capacity * sizeof(GramSlot));
    return 0;
}

static inline uint64_t child_key(uint64_t parent, uint32_t symbol)
{
    return parent << 32 | symbol;
}

/* The slot of the key, or the free one where it would lie. */
static inline size_t gram_slot(const Grams *grams, uint64_t key)
{
    size_t mask = grams->capacity - 1, at = (size_t)((key * MULTIPLIER) >> grams->shift);
    while (grams->slots[at].key != key && grams->slots[at].key != 0) {
        at = (at + 1) & mask;
    }
    return at;
}

enum { ROOT = 1 }; /* the n-gram of no symbols; slot s is parent s + 2 */

/* Counts all n-grams of 1..order symbols as seen. */
void grams_add(Grams *grams, const uint32_t *symbols, size_t n, int order)
{
    size_t i;
    for (i = 0; i < n; i++) {
        size_t last = n - i < (size_t)order ? n : i + (size_t)order, j;
        uint64_t parent = ROOT;
        for (j = i; j < last; j++) {
            uint64_t key = child_key(parent, symbols[j]);
            size_t at = gram_slot(grams, key);
            grams->slots[at].key = key;
            grams->slots[at].seen++;
            parent = at + 2;
        }
    }
}

/* Ends one reference: what was seen is held, if it is more than another reference had. */
void grams_hold(Grams *grams)
{
    size_t i;
    for (i = 0; i < grams->capacity; i++) {
        GramSlot *slot = grams->slots + i;
        if (slot->seen > slot->held) {
            slot->held = slot->seen;
        }
        slot->seen = 0;
    }
}

/* Adds to matches[k] how many of the (k+1)-grams are held, each at most as often as it is held. */
int grams_match(Grams *grams, const uint32_t *symbols, size_t n, int order, int64_t *matches)
{
    size_t i, touched = 0;
    if (grow((void **)&grams->touched, &grams->touched_room, n * (size_t)order + 1,
             sizeof(size_t)) < 0) {
        return -1;
    }
    for (i = 0; i < n; i++) {
        size_t last = n - i < (size_t)order ? n : i + (size_t)order, j;
        uint64_t parent = ROOT;
        for (j = i; j < last; j++) {
            size_t at = gram_slot(grams, child_key(parent, symbols[j]));
            GramSlot *slot = grams->slots + at;
            if (slot->key == 0) {
                break; /* nor is any longer one from here */
            }
            if (slot->seen < slot->held) {
                slot->seen++;
                matches[j - i]++;
                grams->touched[touched++] = at;
            }
            parent = at + 2;
        }
    }
    for (i = 0; i < touched; i++) {
        grams->slots[grams->touched[i]].seen = 0;
    }
    return 0;
}

void grams_free(Grams *grams)
{
    PyMem_Free(grams->slots);
    PyMem_Free(grams->touched);
}
