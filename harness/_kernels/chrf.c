/* chrf_counts: what chrF and chrF++ need of each segment. */
#include <string.h>

#include "grams.h"

typedef struct {
    int char_order;
    int word_order;
    int whitespace;
    Line line;
    uint32_t *numbers;
    size_t room;
    size_t n_chars; /* of the reference */
    size_t n_words;
    Words words;
    Grams chars;
    Grams grams;
} Work;

/* Words first, because white space is then taken out of the text they lie in. */
static int hold_reference(Work *work, PyObject *string)
{
    Line *line = &work->line;
    size_t i;
    if (text_load(&line->text, string) < 0) {
        return -1;
    }
    if (work->word_order > 0) {
        if (split_punctuation(line) < 0 || words_reset(&work->words, line->count) < 0 ||
            grams_reset(&work->grams, line->count * (size_t)work->word_order) < 0 ||
            grow((void **)&work->numbers, &work->room, line->count, sizeof(uint32_t)) < 0) {
            return -1;
        }
        work->n_words = line->count;
        for (i = 0; i < line->count; i++) {
            Token token = line->tokens[i];
            if (words_add(&work->words, line->text.at + token.start, token.length,
                          work->numbers + i) < 0) {
                return -1;
            }
        }
        grams_add(&work->grams, work->numbers, line->count, work->word_order);
        grams_hold(&work->grams);
    }
    if (work->char_order > 0) {
        if (!work->whitespace) {
            text_remove_spaces(&line->text);
        }
        work->n_chars = line->text.length;
        if (grams_reset(&work->chars, line->text.length * (size_t)work->char_order) < 0) {
            return -1;
        }
        grams_add(&work->chars, line->text.at, line->text.length, work->char_order);
        grams_hold(&work->chars);
    }
    return 0;
}

/* Writes n-grams of the hypothesis (0 where the reference has none), of the reference, matches. */
static int fill(int64_t *row, Grams *grams, const uint32_t *symbols, size_t n, size_t n_reference,
                int order)
{
    int64_t matches[64] = {0};
    int k;
    if (grams_match(grams, symbols, n, order, matches) < 0) {
        return -1;
    }
    for (k = 1; k <= order; k++, row += 3) {
        row[1] = gram_count(n_reference, k);
        row[0] = row[1] > 0 ? gram_count(n, k) : 0;
        row[2] = matches[k - 1];
    }
    return 0;
}

static int count_hypothesis(Work *work, PyObject *string, int64_t *row)
{
    Line *line = &work->line;
    size_t i;
    if (text_load(&line->text, string) < 0) {
        return -1;
    }
    if (work->word_order > 0) {
        if (split_punctuation(line) < 0 ||
            grow((void **)&work->numbers, &work->room, line->count, sizeof(uint32_t)) < 0) {
            return -1;
        }
        for (i = 0; i < line->count; i++) {
            Token token = line->tokens[i];
            work->numbers[i] = words_find(&work->words, line->text.at + token.start, token.length);
        }
        if (fill(row + 3 * work->char_order, &work->grams, work->numbers, line->count,
                 work->n_words, work->word_order) < 0) {
            return -1;
        }
    }
    if (work->char_order > 0) {
        if (!work->whitespace) {
            text_remove_spaces(&line->text);
        }
        return fill(row, &work->chars, line->text.at, line->text.length, work->n_chars,
                    work->char_order);
    }
    return 0;
}

static int count_all(Work *work, const Corpus *corpus, int64_t *rows)
{
    size_t width = 3 * (size_t)(work->char_order + work->word_order);
    Py_ssize_t i, r, s;
    for (i = 0; i < corpus->n_segments; i++) {
        for (r = 0; r < corpus->n_references; r++) {
            if (hold_reference(work,
                               PyTuple_GetItem(PyTuple_GetItem(corpus->references, r), i)) < 0) {
                return -1;
            }
            for (s = 0; s < corpus->n_systems; s++) {
                PyObject *string = PyTuple_GetItem(PyTuple_GetItem(corpus->systems, s), i);
                size_t place =
                    (size_t)((s * corpus->n_segments + i) * corpus->n_references + r) * width;
                Py_ssize_t twin = corpus_twin(corpus, s, i);
                if (twin >= 0) {
                    size_t held =
                        (size_t)((twin * corpus->n_segments + i) * corpus->n_references + r);
                    memcpy(rows + place, rows + held * width, width * sizeof *rows);
                } else if (count_hypothesis(work, string, rows + place) < 0) {
                    return -1;
                }
            }
        }
        if (PyErr_CheckSignals() < 0) {
            return -1;
        }
    }
    return 0;
}

/* chrf_counts(systems, references, char_order, word_order, whitespace) -> bytes of int64
   [system][segment][reference][n-grams of hypothesis, of reference, matches; characters of order
   1.., then words of order 1..]. */
PyObject *chrf_counts(PyObject *module, PyObject *arguments)
{
    Corpus corpus;
    Work work;
    size_t size;
    int64_t *rows = NULL;
    PyObject *result = NULL;
    (void)module;
    memset(&work, 0, sizeof work);
    if (!PyArg_ParseTuple(arguments, "O!O!iip", &PyTuple_Type, &corpus.systems, &PyTuple_Type,
                          &corpus.references, &work.char_order, &work.word_order,
                          &work.whitespace) ||
        corpus_check(&corpus) < 0) {
        return NULL;
    }
    if (work.char_order < 0 || work.char_order > 64 || work.word_order < 0 ||
        work.word_order > 64) {
        PyErr_SetString(PyExc_ValueError, "order out of range");
        return NULL;
    }
    size = (size_t)corpus.n_systems * (size_t)corpus.n_segments * (size_t)corpus.n_references * 3 *
           (size_t)(work.char_order + work.word_order);
    rows = PyMem_Calloc(size + 1, sizeof(int64_t));
    if (rows == NULL) {
        PyErr_NoMemory();
    } else if (count_all(&work, &corpus, rows) == 0) {
        result = PyBytes_FromStringAndSize((const char *)rows, (Py_ssize_t)(size * sizeof *rows));
    }
    PyMem_Free(work.numbers);
    PyMem_Free(rows);
    line_free(&work.line);
    words_free(&work.words);
    grams_free(&work.chars);
    grams_free(&work.grams);
    return result;
}
