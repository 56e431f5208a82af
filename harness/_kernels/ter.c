/* ter_counts: edits and reference lengths of each segment. */
#include <string.h>

#include "grams.h"
#include "shifts.h"

typedef struct {
    int normalized;
    int no_punct;
    int asian_support;
    Line line;
    uint32_t *reference;
    size_t reference_room;
    uint32_t *hypothesis;
    size_t hypothesis_room;
    Words words;
    Shifts shifts;
} Work;

static int tokenize(Work *work)
{
    Line *line = &work->line;
    return tokenize_tercom(line, work->normalized, work->no_punct, work->asian_support) < 0 ||
                   line_split(line) < 0
               ? -1
               : 0;
}

static int load_tokens(Work *work, PyObject *string)
{
    return text_load(&work->line.text, string) < 0 || tokenize(work) < 0 ? -1 : 0;
}

static int hold_reference(Work *work, PyObject *string, size_t *n_reference)
{
    const Line *line = &work->line;
    size_t i;
    if (load_tokens(work, string) < 0) {
        return -1;
    }
    if (work->normalized) { /* sacrebleu tokenizes references twice */
        line_join(&work->line);
        if (tokenize(work) < 0) {
            return -1;
        }
    }
    if (words_reset(&work->words, line->count) < 0 ||
        grow((void **)&work->reference, &work->reference_room, line->count, sizeof(uint32_t)) < 0) {
        return -1;
    }
    for (i = 0; i < line->count; i++) {
        Token token = line->tokens[i];
        if (words_add(&work->words, line->text.at + token.start, token.length,
                      work->reference + i) < 0) {
            return -1;
        }
    }
    *n_reference = line->count;
    return 0;
}

static int64_t count_edits(Work *work, PyObject *string, size_t n_reference)
{
    const Line *line = &work->line;
    size_t i;
    if (load_tokens(work, string) < 0 || grow((void **)&work->hypothesis, &work->hypothesis_room,
                                              line->count, sizeof(uint32_t)) < 0) {
        return -1;
    }
    for (i = 0; i < line->count; i++) {
        Token token = line->tokens[i];
        work->hypothesis[i] =
            words_find(&work->words, line->text.at + token.start, token.length);
    }
    return shift_edits(&work->shifts, work->hypothesis, line->count, work->reference, n_reference,
                       work->words.count);
}

static int count_all(Work *work, const Corpus *corpus, int64_t *rows)
{
    Py_ssize_t i, r, s;
    for (i = 0; i < corpus->n_segments; i++) {
        for (r = 0; r < corpus->n_references; r++) {
            size_t n_reference;
            if (hold_reference(work, PyTuple_GetItem(PyTuple_GetItem(corpus->references, r), i),
                               &n_reference) < 0) {
                return -1;
            }
            for (s = 0; s < corpus->n_systems; s++) {
                PyObject *string = PyTuple_GetItem(PyTuple_GetItem(corpus->systems, s), i);
                int64_t *row =
                    rows + 2 * ((s * corpus->n_segments + i) * corpus->n_references + r);
                Py_ssize_t twin = corpus_twin(corpus, s, i);
                row[0] = twin < 0 ? count_edits(work, string, n_reference)
                                  : row[2 * (twin - s) * corpus->n_segments * corpus->n_references];
                row[1] = (int64_t)n_reference;
                if (row[0] < 0) {
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

/* ter_counts(systems, references, normalized, no_punct, asian_support) -> bytes of int64
   [system][segment][reference][edits, reference length]. Texts come in the case that counts. */
PyObject *ter_counts(PyObject *module, PyObject *arguments)
{
    Corpus corpus;
    Work work;
    size_t size;
    int64_t *rows = NULL;
    PyObject *result = NULL;
    (void)module;
    memset(&work, 0, sizeof work);
    if (!PyArg_ParseTuple(arguments, "O!O!ppp", &PyTuple_Type, &corpus.systems, &PyTuple_Type,
                          &corpus.references, &work.normalized, &work.no_punct,
                          &work.asian_support) ||
        corpus_check(&corpus) < 0) {
        return NULL;
    }
    size = 2 * (size_t)corpus.n_systems * (size_t)corpus.n_segments * (size_t)corpus.n_references;
    rows = PyMem_Calloc(size + 1, sizeof(int64_t));
    if (rows == NULL) {
        PyErr_NoMemory();
    } else if (count_all(&work, &corpus, rows) == 0) {
        result = PyBytes_FromStringAndSize((const char *)rows, (Py_ssize_t)(size * sizeof *rows));
    }
    PyMem_Free(work.reference);
    PyMem_Free(work.hypothesis);
    PyMem_Free(rows);
    line_free(&work.line);
    words_free(&work.words);
    shifts_free(&work.shifts);
    return result;
}
