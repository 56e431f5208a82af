/* Loading texts, white space, tokens. */
#include <string.h>

#include "text.h"

int grow(void **memory, size_t *capacity, size_t wanted, size_t size)
{
    size_t room = *capacity ? *capacity : 64;
    void *moved;
    if (wanted <= *capacity) {
        return 0;
    }
    while (room < wanted) {
        if (room > SIZE_MAX / 2) {
            PyErr_NoMemory();
            return -1;
        }
        room *= 2;
    }
    moved = room > (size_t)PY_SSIZE_T_MAX / size ? NULL : PyMem_Realloc(*memory, room * size);
    if (moved == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    *memory = moved;
    *capacity = room;
    return 0;
}

static int check_side(PyObject *side, Py_ssize_t *n_texts, Py_ssize_t *n_segments)
{
    Py_ssize_t i, j;
    *n_texts = PyTuple_Size(side);
    for (i = 0; i < *n_texts; i++) {
        PyObject *texts = PyTuple_GetItem(side, i);
        Py_ssize_t n;
        if (!PyTuple_Check(texts)) {
            PyErr_SetString(PyExc_TypeError, "texts must be tuples of tuples");
            return -1;
        }
        n = PyTuple_Size(texts);
        if (*n_segments >= 0 && n != *n_segments) {
            PyErr_SetString(PyExc_ValueError, "texts are not aligned");
            return -1;
        }
        *n_segments = n;
        for (j = 0; j < n; j++) {
            if (!PyUnicode_Check(PyTuple_GetItem(texts, j))) {
                PyErr_SetString(PyExc_TypeError, "every text must be a str");
                return -1;
            }
        }
    }
    return 0;
}

int corpus_check(Corpus *corpus)
{
    corpus->n_segments = -1;
    if (check_side(corpus->systems, &corpus->n_systems, &corpus->n_segments) < 0 ||
        check_side(corpus->references, &corpus->n_references, &corpus->n_segments) < 0) {
        return -1;
    }
    if (corpus->n_systems == 0 || corpus->n_references == 0) {
        PyErr_SetString(PyExc_ValueError, "at least one system and one reference are needed");
        return -1;
    }
    return 0;
}

/* Systems that are looked back at: more would cost more than counting again. */
#define TWINS 64

Py_ssize_t corpus_twin(const Corpus *corpus, Py_ssize_t system, Py_ssize_t segment)
{
    PyObject *own = PyTuple_GetItem(PyTuple_GetItem(corpus->systems, system), segment);
    Py_ssize_t s;
    if (!PyUnicode_Check(own)) {
        return -1;
    }
    for (s = system - 1; s >= 0 && s >= system - TWINS; s--) {
        PyObject *other = PyTuple_GetItem(PyTuple_GetItem(corpus->systems, s), segment);
        if (other == own || (PyUnicode_Check(other) && PyUnicode_Compare(own, other) == 0)) {
            return s;
        }
    }
    return -1;
}

int text_reserve(Text *text, size_t length)
{
    return grow((void **)&text->at, &text->capacity, length, sizeof(Py_UCS4));
}

int text_load(Text *text, PyObject *string)
{
    Py_ssize_t length = PyUnicode_GetLength(string);
    if (length < 0 || text_reserve(text, (size_t)length + 1) < 0) {
        return -1;
    }
    if (PyUnicode_AsUCS4(string, text->at, length + 1, 1) == NULL) {
        return -1;
    }
    text->length = (size_t)length;
    return 0;
}

/* As str.isspace. */
int is_space(Py_UCS4 c)
{
    if (c < 0x80) {
        return c == ' ' || (c >= 0x09 && c <= 0x0D) || (c >= 0x1C && c <= 0x1F);
    }
    return c == 0x85 || c == 0xA0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200A) || c == 0x2028 ||
           c == 0x2029 || c == 0x202F || c == 0x205F || c == 0x3000;
}

void text_strip_right(Text *text)
{
    while (text->length > 0 && is_space(text->at[text->length - 1])) {
        text->length--;
    }
}

void text_strip(Text *text)
{
    size_t start = 0;
    text_strip_right(text);
    while (start < text->length && is_space(text->at[start])) {
        start++;
    }
    text->length -= start;
    if (start > 0 && text->length > 0) {
        memmove(text->at, text->at + start, text->length * sizeof(Py_UCS4));
    }
}

void text_remove_spaces(Text *text)
{
    size_t i, kept = 0;
    for (i = 0; i < text->length; i++) {
        Py_UCS4 c = text->at[i];
        text->at[kept] = c;
        kept += !is_space(c);
    }
    text->length = kept;
}

void line_free(Line *line)
{
    PyMem_Free(line->text.at);
    PyMem_Free(line->spare.at);
    PyMem_Free(line->tokens);
}

static int add_token(Line *line, size_t start, size_t length)
{
    if (line->count == line->capacity &&
        grow((void **)&line->tokens, &line->capacity, line->count + 1, sizeof(Token)) < 0) {
        return -1;
    }
    line->tokens[line->count].start = start;
    line->tokens[line->count].length = length;
    line->count++;
    return 0;
}

/* The tokens as str.split gives them. */
int line_split(Line *line)
{
    const Py_UCS4 *at = line->text.at;
    size_t i = 0, length = line->text.length;
    line->count = 0;
    for (;;) {
        size_t start;
        while (i < length && is_space(at[i])) {
            i++;
        }
        if (i == length) {
            return 0;
        }
        start = i;
        while (i < length && !is_space(at[i])) {
            i++;
        }
        if (add_token(line, start, i - start) < 0) {
            return -1;
        }
    }
}

/* Makes the text its tokens with a space between each two. */
void line_join(Line *line)
{
    Py_UCS4 *at = line->text.at;
    size_t i, k, length = 0;
    for (i = 0; i < line->count; i++) {
        Token token = line->tokens[i];
        if (i > 0) {
            at[length++] = ' ';
        }
        for (k = 0; k < token.length; k++) {
            at[length++] = at[token.start + k];
        }
    }
    line->text.length = length;
}

/* Every character that is not white space, as a token. */
int split_characters(Line *line)
{
    size_t i;
    line->count = 0;
    for (i = 0; i < line->text.length; i++) {
        if (!is_space(line->text.at[i]) && add_token(line, i, 1) < 0) {
            return -1;
        }
    }
    return 0;
}

static int is_punctuation(Py_UCS4 c)
{
    return (c >= 0x21 && c <= 0x2F) || (c >= 0x3A && c <= 0x40) || (c >= 0x5B && c <= 0x60) ||
           (c >= 0x7B && c <= 0x7E);
}

/* Words, with one punctuation mark split off: the last character's, else the first's. */
int split_punctuation(Line *line)
{
    size_t i, n;
    if (line_split(line) < 0) {
        return -1;
    }
    n = line->count;
    for (i = 0; i < n; i++) { /* room for the second halves behind the words */
        if (add_token(line, 0, 0) < 0) {
            return -1;
        }
    }
    line->count = 2 * n;
    /* Words move to the back, then forward again: the front never overtakes the back. */
    if (n > 0) {
        memmove(line->tokens + n, line->tokens, n * sizeof(Token));
    }
    line->count = 0;
    for (i = n; i < 2 * n; i++) {
        Token word = line->tokens[i];
        size_t cut = 0;
        if (word.length > 1) {
            if (is_punctuation(line->text.at[word.start + word.length - 1])) {
                cut = word.length - 1;
            } else if (is_punctuation(line->text.at[word.start])) {
                cut = 1;
            }
        }
        if (cut > 0) {
            line->tokens[line->count].start = word.start;
            line->tokens[line->count++].length = cut;
            word.start += cut;
            word.length -= cut;
        }
        line->tokens[line->count++] = word;
    }
    return 0;
}
