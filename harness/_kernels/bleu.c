/* bleu_counts: what BLEU needs of each segment. */
#include <string.h>

#include "grams.h"

enum { TOKENIZE_NONE, TOKENIZE_13A, TOKENIZE_ZH, TOKENIZE_CHAR, TOKENIZE_INTL };

enum { CODE_POINTS = 0x110000 };

typedef struct {
    int tokenizer;
    int order;
    const unsigned char *classes;
    Line line;
    Line *references; /* one for each */
    uint32_t *numbers;
    size_t room;
    Words words;
    Grams grams;
} Work;

static int load_tokens(const Work *work, Line *line, PyObject *string)
{
    if (text_load(&line->text, string) < 0) {
        return -1;
    }
    text_strip_right(&line->text);
    switch (work->tokenizer) {
    case TOKENIZE_13A:
        return tokenize_13a(line) < 0 ? -1 : line_split(line);
    case TOKENIZE_ZH:
        return tokenize_zh(line) < 0 ? -1 : line_split(line);
    case TOKENIZE_CHAR:
        return split_characters(line);
    case TOKENIZE_INTL:
        return tokenize_intl(line, work->classes) < 0 ? -1 : line_split(line);
    default:
        return line_split(line);
    }
}

static int hold_references(Work *work, const Corpus *corpus, Py_ssize_t segment)
{
    size_t most = 0, i;
    Py_ssize_t r;
    for (r = 0; r < corpus->n_references; r++) {
        PyObject *texts = PyTuple_GetItem(corpus->references, r);
        Line *line = work->references + r;
        if (load_tokens(work, line, PyTuple_GetItem(texts, segment)) < 0) {
            return -1;
        }
        most += line->count;
    }
    if (most > SIZE_MAX / (size_t)work->order) {
        PyErr_NoMemory();
        return -1;
    }
    if (words_reset(&work->words, most) < 0 ||
        grams_reset(&work->grams, most * (size_t)work->order) < 0 ||
        grow((void **)&work->numbers, &work->room, most, sizeof(uint32_t)) < 0) {
        return -1;
    }
    for (r = 0; r < corpus->n_references; r++) {
        const Line *line = work->references + r;
        for (i = 0; i < line->count; i++) {
            Token token = line->tokens[i];
            if (words_add(&work->words, line->text.at + token.start, token.length,
                          work->numbers + i) < 0) {
                return -1;
            }
        }
        grams_add(&work->grams, work->numbers, line->count, work->order);
        grams_hold(&work->grams);
    }
    return 0;
}

/* The reference length nearest to that of the hypothesis, of two the shorter. */
static size_t closest_length(const Work *work, Py_ssize_t n_references, size_t length)
{
    size_t best = 0, least = 0;
    Py_ssize_t r;
    for (r = 0; r < n_references; r++) {
        size_t held = work->references[r].count;
        size_t apart = held > length ? held - length : length - held;
        if (r == 0 || apart < least || (apart == least && held < best)) {
            least = apart;
            best = held;
        }
    }
    return best;
}

static int count_hypothesis(Work *work, const Corpus *corpus, PyObject *string, int64_t *row)
{
    const Line *line = &work->line;
    size_t i;
    int n;
    if (load_tokens(work, &work->line, string) < 0 ||
        grow((void **)&work->numbers, &work->room, line->count, sizeof(uint32_t)) < 0) {
        return -1;
    }
    for (i = 0; i < line->count; i++) {
        Token token = line->tokens[i];
        work->numbers[i] = words_find(&work->words, line->text.at + token.start, token.length);
    }
    row[0] = (int64_t)line->count;
    row[1] = (int64_t)closest_length(work, corpus->n_references, line->count);
    for (n = 1; n <= work->order; n++) {
        row[1 + work->order + n] = gram_count(line->count, n);
    }
    return grams_match(&work->grams, work->numbers, line->count, work->order, row + 2);
}

static int count_all(Work *work, const Corpus *corpus, int64_t *rows)
{
    size_t width = 2 + 2 * (size_t)work->order;
    Py_ssize_t i, s;
    for (i = 0; i < corpus->n_segments; i++) {
        if (hold_references(work, corpus, i) < 0) {
            return -1;
        }
        for (s = 0; s < corpus->n_systems; s++) {
            PyObject *string = PyTuple_GetItem(PyTuple_GetItem(corpus->systems, s), i);
            int64_t *row = rows + (size_t)(s * corpus->n_segments + i) * width;
            Py_ssize_t twin = corpus_twin(corpus, s, i);
            if (twin >= 0) {
                memcpy(row, rows + (size_t)(twin * corpus->n_segments + i) * width,
                       width * sizeof *row);
            } else if (count_hypothesis(work, corpus, string, row) < 0) {
                return -1;
            }
        }
        if (PyErr_CheckSignals() < 0) {
            return -1;
        }
    }
    return 0;
}

/* bleu_counts(systems, references, tokenizer, order, classes) -> bytes of int64
   [system][segment][length, reference length, matches of order 1.., n-grams of order 1..]. */
PyObject *bleu_counts(PyObject *module, PyObject *arguments)
{
    Corpus corpus;
    Work work;
    const char *classes;
    Py_ssize_t n_classes, r;
    size_t size;
    int64_t *rows = NULL;
    PyObject *result = NULL;
    (void)module;
    memset(&work, 0, sizeof work);
    if (!PyArg_ParseTuple(arguments, "O!O!iiy#", &PyTuple_Type, &corpus.systems, &PyTuple_Type,
                          &corpus.references, &work.tokenizer, &work.order, &classes, &n_classes) ||
        corpus_check(&corpus) < 0) {
        return NULL;
    }
    if (work.order < 1 || work.order > 1000 || work.tokenizer < TOKENIZE_NONE ||
        work.tokenizer > TOKENIZE_INTL ||
        (work.tokenizer == TOKENIZE_INTL && n_classes != CODE_POINTS)) {
        PyErr_SetString(PyExc_ValueError, "order, tokenizer or classes out of range");
        return NULL;
    }
    work.classes = (const unsigned char *)classes;
    size = (size_t)corpus.n_systems * (size_t)corpus.n_segments * (2 + 2 * (size_t)work.order);
    rows = PyMem_Calloc(size + 1, sizeof(int64_t));
    work.references = PyMem_Calloc((size_t)corpus.n_references, sizeof(Line));
    if (rows == NULL || work.references == NULL) {
        PyErr_NoMemory();
    } else if (count_all(&work, &corpus, rows) == 0) {
        result = PyBytes_FromStringAndSize((const char *)rows, (Py_ssize_t)(size * sizeof *rows));
    }
    for (r = 0; work.references != NULL && r < corpus.n_references; r++) {
        line_free(work.references + r);
    }
    PyMem_Free(work.references);
    PyMem_Free(work.numbers);
    PyMem_Free(rows);
    line_free(&work.line);
    words_free(&work.words);
    grams_free(&work.grams);
    return result;
}
