/* The fewest edits with shifts that tercom's greedy search, as sacrebleu has it, finds. */
#ifndef HARNESS_SHIFTS_H
#define HARNESS_SHIFTS_H

#include "distance.h"

typedef struct {
    Distance distance;
    Distance check; /* of one candidate, whose words are `whole` */
    uint32_t *whole;
    size_t whole_room;
    uint32_t *words; /* the hypothesis as shifted so far */
    size_t words_room;
    uint32_t *moved; /* the part of it that a candidate changes */
    size_t moved_room;
    uint64_t *keys; /* candidates, best first */
    size_t keys_room;
    size_t *places; /* wrong words before each position of either side */
    size_t places_room;
} Shifts;

/* Edits of `hypothesis` against `reference`; symbols below n_symbols are the reference's, all others
   equal nothing. -1 with an exception set where memory ran out. */
int64_t shift_edits(Shifts *shifts, const uint32_t *hypothesis, size_t n_hypothesis,
                    const uint32_t *reference, size_t n_reference, uint32_t n_symbols);
void shifts_free(Shifts *shifts);

#endif
