/* Texts as code points, their tokens, and the texts that a kernel is called with. */
#ifndef HARNESS_TEXT_H
#define HARNESS_TEXT_H

#include <stddef.h>
#include <stdint.h>

#include "native.h"

typedef struct {
    Py_UCS4 *at;
    size_t length;
    size_t capacity;
} Text;

typedef struct {
    size_t start;
    size_t length;
} Token;

/* A text, a second buffer for passes from one to the other, and the tokens of the text. */
typedef struct {
    Text text;
    Text spare;
    Token *tokens;
    size_t count;
    size_t capacity;
} Line;

/* Hypotheses of several systems and one or more references of the same segments. */
typedef struct {
    PyObject *systems;    /* tuple of tuples of str */
    PyObject *references; /* likewise */
    Py_ssize_t n_systems;
    Py_ssize_t n_references;
    Py_ssize_t n_segments;
} Corpus;

/* Functions that return int give 0, or -1 with a Python exception set. */
int grow(void **memory, size_t *capacity, size_t wanted, size_t size);

int corpus_check(Corpus *corpus);
/* An earlier system with the same text for this segment, whose counts are the same; -1: none. */
Py_ssize_t corpus_twin(const Corpus *corpus, Py_ssize_t system, Py_ssize_t segment);
int text_load(Text *text, PyObject *string);
int text_reserve(Text *text, size_t length);
int is_space(Py_UCS4 c);
void text_strip(Text *text);
void text_strip_right(Text *text);
void text_remove_spaces(Text *text);

void line_free(Line *line);
int line_split(Line *line);
void line_join(Line *line);

/* Replaces the text, in Line, by what sacrebleu's tokenizer of that name makes of it, white space
   between tokens not yet made single. */
int tokenize_13a(Line *line);
int tokenize_zh(Line *line);
int tokenize_intl(Line *line, const unsigned char *classes);
int tokenize_tercom(Line *line, int normalized, int no_punct, int asian_support);
int split_characters(Line *line);
int split_punctuation(Line *line);

#endif
