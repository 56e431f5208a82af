/* Edit distance to one reference, of a text and of the text with a part of it rearranged.

   Two methods give one result: sacrebleu's distance, which is that of a beam. Where the path of the
   whole matrix lies within the beam, all its cells have the same value in both, others no lower one
   in the beam, and so the paths are the same; there the whole matrix is computed by bits (Myers
   1999, Hyyrö 2003), elsewhere the cells of the beam one by one. */
#ifndef HARNESS_DISTANCE_H
#define HARNESS_DISTANCE_H

#include "text.h"

typedef struct {
    uint64_t vp; /* the cell is one more than that to its left; bit j: reference word j */
    uint64_t vn; /* one less */
} Column;

/* How the words held and the reference are aligned. */
typedef struct {
    unsigned char *hypothesis_wrong; /* whether the word equals no partner */
    size_t hypothesis_room;
    unsigned char *reference_wrong;
    size_t reference_room;
    size_t *next; /* of each reference word: hypothesis words up to and with its partner */
    size_t next_room;
} Alignment;

typedef struct {
    const uint32_t *reference;
    size_t n_reference;
    uint32_t n_symbols;
    size_t n_hypothesis;
    Alignment alignment;
    int small; /* few enough words to try bits */
    int bits;  /* the words held were done by bits */
    int free;  /* nothing better than them can meet the beam's edge */
    size_t blocks;   /* words of 64 bits to a row */
    uint64_t *equal; /* [symbol][block]; one more symbol that equals nothing */
    size_t equal_room;
    Column *rows; /* bits: rows of the text, [row][block]; row 0 first */
    size_t rows_room;
    uint64_t *zero; /* bits: [row][block], cell equals its diagonal predecessor */
    size_t zero_room;
    uint64_t *more; /* bits: [row][block], cell is one more than that above */
    size_t more_room;
    Column *work;
    size_t work_room;
    int cells_ready;
    size_t beam; /* half the beam's width */
    double ratio;
    size_t width;   /* room for one row of cells */
    int32_t *cells; /* rows of the text, [row][0..width), from the row's first column */
    size_t cells_room;
    int32_t *row[2];
    size_t row_room[2];
} Distance;

int distance_begin(Distance *distance, const uint32_t *reference, size_t n_reference,
                   uint32_t n_symbols, size_t n_hypothesis);
/* The distance of `words`, which are aligned, and whose rows later calls know; -1 with an exception
   set. */
int64_t distance_hold(Distance *distance, const uint32_t *words);
/* The distance, with words [low, high) replaced by `moved`; `held` is the distance of `words`. Where
   these were done by bits and are not free, the beam may make it more. */
int64_t distance_moved(Distance *distance, const uint32_t *words, int64_t held, size_t low,
                       size_t high, const uint32_t *moved);
void distance_free(Distance *distance);

#endif
