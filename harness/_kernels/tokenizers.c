/* sacrebleu's tokenizers, each a sequence of passes over the text, as its regular expressions are.

   A pass reads the text and writes the spare buffer; then the two change places. */
#include <string.h>

#include "text.h"

static int begin(Line *line, size_t times, size_t more)
{
    if (line->text.length > (SIZE_MAX - more) / times) {
        PyErr_NoMemory();
        return -1;
    }
    line->spare.length = 0;
    return text_reserve(&line->spare, line->text.length * times + more + 1);
}

static void end(Line *line, const Py_UCS4 *to)
{
    Text text = line->text;
    line->spare.length = (size_t)(to - line->spare.at);
    line->text = line->spare;
    line->spare = text;
}

static int is_digit(Py_UCS4 c)
{
    return c >= '0' && c <= '9';
}

static int contains(const Text *text, Py_UCS4 wanted)
{
    size_t i;
    for (i = 0; i < text->length; i++) {
        if (text->at[i] == wanted) {
            return 1;
        }
    }
    return 0;
}

/* Replaces each occurrence of `from` (ASCII), left to right, in place: `to` is never longer. */
static void replace(Text *text, const char *from, const char *to)
{
    size_t n = strlen(from), m = strlen(to), i = 0, kept = 0, k;
    while (i < text->length) {
        size_t same = 0;
        while (same < n && i + same < text->length &&
               text->at[i + same] == (Py_UCS4)(unsigned char)from[same]) {
            same++;
        }
        if (same == n) {
            for (k = 0; k < m; k++) {
                text->at[kept++] = (Py_UCS4)(unsigned char)to[k];
            }
            i += n;
        } else {
            text->at[kept++] = text->at[i++];
        }
    }
    text->length = kept;
}

static void replace_entities(Text *text)
{
    if (contains(text, '&')) {
        replace(text, "&quot;", "\"");
        replace(text, "&amp;", "&");
        replace(text, "&lt;", "<");
        replace(text, "&gt;", ">");
    }
}

static int pad(Line *line)
{
    Py_UCS4 *to;
    if (begin(line, 1, 2) < 0) {
        return -1;
    }
    to = line->spare.at;
    *to++ = ' ';
    if (line->text.length > 0) {
        memcpy(to, line->text.at, line->text.length * sizeof(Py_UCS4));
    }
    to += line->text.length;
    *to++ = ' ';
    end(line, to);
    return 0;
}

typedef int (*Predicate)(Py_UCS4 c);

/* [{-~[-` -&(-+:-@/] */
static int is_western_mark(Py_UCS4 c)
{
    return (c >= '{' && c <= '~') || (c >= '[' && c <= '`') || (c >= ' ' && c <= '&') ||
           (c >= '(' && c <= '+') || (c >= ':' && c <= '@') || c == '/';
}

/* The passes that 13a, zh and tercom share. The first makes every mark a token of its own; the
   later three look at neighbours, from left to right, each character in one match at most. */
static int space_marks(Line *line)
{
    size_t i;
    Py_UCS4 *to;
    if (begin(line, 3, 0) < 0) {
        return -1;
    }
    to = line->spare.at;
    for (i = 0; i < line->text.length; i++) {
        Py_UCS4 c = line->text.at[i];
        if (is_western_mark(c)) {
            *to++ = ' ';
            *to++ = c;
            *to++ = ' ';
        } else {
            *to++ = c;
        }
    }
    end(line, to);
    return 0;
}

static int is_stop(Py_UCS4 c)
{
    return c == '.' || c == ',';
}

static int space_stops(Line *line)
{
    const Py_UCS4 *at, *last;
    Py_UCS4 *to;
    if (begin(line, 2, 0) < 0) { /* ([^0-9])([.,]) */
        return -1;
    }
    to = line->spare.at;
    at = line->text.at;
    last = at + line->text.length;
    while (at < last) {
        if (last - at > 1 && is_stop(at[1]) && !is_digit(at[0])) {
            *to++ = *at++;
            *to++ = ' ';
            *to++ = *at++;
            *to++ = ' ';
        } else {
            *to++ = *at++;
        }
    }
    end(line, to);
    if (begin(line, 2, 0) < 0) { /* ([.,])([^0-9]) */
        return -1;
    }
    to = line->spare.at;
    at = line->text.at;
    last = at + line->text.length;
    while (at < last) {
        if (is_stop(at[0]) && last - at > 1 && !is_digit(at[1])) {
            *to++ = ' ';
            *to++ = *at++;
            *to++ = ' ';
            *to++ = *at++;
        } else {
            *to++ = *at++;
        }
    }
    end(line, to);
    if (begin(line, 2, 0) < 0) { /* ([0-9])(-) */
        return -1;
    }
    to = line->spare.at;
    at = line->text.at;
    last = at + line->text.length;
    while (at < last) {
        if (last - at > 1 && at[1] == '-' && is_digit(at[0])) {
            *to++ = *at++;
            *to++ = ' ';
            *to++ = *at++;
            *to++ = ' ';
        } else {
            *to++ = *at++;
        }
    }
    end(line, to);
    return 0;
}

int tokenize_13a(Line *line)
{
    if (contains(&line->text, '<')) {
        replace(&line->text, "<skipped>", "");
    }
    if (contains(&line->text, '\n')) {
        replace(&line->text, "-\n", "");
        replace(&line->text, "\n", " ");
    }
    replace_entities(&line->text);
    return pad(line) < 0 || space_marks(line) < 0 || space_stops(line) < 0 ? -1 : 0;
}

static int space_where(Line *line, Predicate chosen)
{
    size_t i;
    Py_UCS4 *to;
    if (begin(line, 3, 0) < 0) {
        return -1;
    }
    to = line->spare.at;
    for (i = 0; i < line->text.length; i++) {
        Py_UCS4 c = line->text.at[i];
        if (chosen(c)) {
            *to++ = ' ';
            *to++ = c;
            *to++ = ' ';
        } else {
            *to++ = c;
        }
    }
    end(line, to);
    return 0;
}

static void remove_where(Text *text, Predicate chosen)
{
    size_t i, kept = 0;
    for (i = 0; i < text->length; i++) {
        if (!chosen(text->at[i])) {
            text->at[kept++] = text->at[i];
        }
    }
    text->length = kept;
}

/* sacrebleu writes Extension B and the Compatibility Supplement with four digits too few; so the
   ranges mean U+2001..U+2A6D and U+2F81..U+2FA1, and that is what is computed here. */
static int is_chinese(Py_UCS4 c)
{
    static const Py_UCS4 ranges[][2] = {
        {0x2001, 0x2A6D}, {0x2E80, 0x2EFF}, {0x2F00, 0x2FDF}, {0x2FF0, 0x303F}, {0x3100, 0x312F},
        {0x31A0, 0x31BF}, {0x31C0, 0x31EF}, {0x3200, 0x33FF}, {0x3400, 0x4DB5}, {0x4E00, 0x9FBB},
        {0xF900, 0xFA2D}, {0xFA30, 0xFA6A}, {0xFA70, 0xFAD9}, {0xFE10, 0xFE1F}, {0xFE30, 0xFE4F},
        {0xFF00, 0xFFEF},
    };
    size_t i;
    if (c < 0x2001) {
        return 0;
    }
    for (i = 0; i < sizeof ranges / sizeof ranges[0]; i++) {
        if (c >= ranges[i][0] && c <= ranges[i][1]) {
            return 1;
        }
    }
    return 0;
}

int tokenize_zh(Line *line)
{
    text_strip(&line->text);
    return space_where(line, is_chinese) < 0 || space_marks(line) < 0 || space_stops(line) < 0 ? -1
                                                                                               : 0;
}

enum { PUNCTUATION = 1, NUMBER = 2, SYMBOL = 4 };

int tokenize_intl(Line *line, const unsigned char *classes)
{
    const Py_UCS4 *at, *last;
    Py_UCS4 *to;
    if (begin(line, 2, 0) < 0) { /* (\P{N})(\p{P}) */
        return -1;
    }
    to = line->spare.at;
    at = line->text.at;
    last = at + line->text.length;
    while (at < last) {
        if (last - at > 1 && (classes[at[1]] & PUNCTUATION) && !(classes[at[0]] & NUMBER)) {
            *to++ = *at++;
            *to++ = ' ';
            *to++ = *at++;
            *to++ = ' ';
        } else {
            *to++ = *at++;
        }
    }
    end(line, to);
    if (begin(line, 2, 0) < 0) { /* (\p{P})(\P{N}) */
        return -1;
    }
    to = line->spare.at;
    at = line->text.at;
    last = at + line->text.length;
    while (at < last) {
        if ((classes[at[0]] & PUNCTUATION) && last - at > 1 && !(classes[at[1]] & NUMBER)) {
            *to++ = ' ';
            *to++ = *at++;
            *to++ = ' ';
            *to++ = *at++;
        } else {
            *to++ = *at++;
        }
    }
    end(line, to);
    if (begin(line, 3, 0) < 0) { /* (\p{S}) */
        return -1;
    }
    to = line->spare.at;
    at = line->text.at;
    last = at + line->text.length;
    for (; at < last; at++) {
        if (classes[*at] & SYMBOL) {
            *to++ = ' ';
            *to++ = *at;
            *to++ = ' ';
        } else {
            *to++ = *at;
        }
    }
    end(line, to);
    return 0;
}

static int is_tercom_punctuation(Py_UCS4 c)
{
    return c == '.' || c == ',' || c == '?' || c == ':' || c == ';' || c == '!' || c == '"' ||
           c == '(' || c == ')';
}

static int is_asian_punctuation(Py_UCS4 c)
{
    return c == 0x3001 || c == 0x3002 || (c >= 0x3008 && c <= 0x3011) ||
           (c >= 0x3014 && c <= 0x301F) || (c >= 0xFF61 && c <= 0xFF65) || c == 0x30FB ||
           c == 0xFF0E || c == 0xFF0C || c == 0xFF1F || c == 0xFF1A || c == 0xFF1B || c == 0xFF01 ||
           c == 0xFF02 || c == 0xFF08 || c == 0xFF09;
}

/* What tercom's Asian part puts between spaces. Its rules for kana match at the very start of the
   text only, where padding has put a space, and so never do; U+3200..U+3F22 is as written there. */
static int is_asian(Py_UCS4 c)
{
    return (c >= 0x2E80 && c <= 0x2EFF) || (c >= 0x31C0 && c <= 0x31EF) ||
           (c >= 0x3200 && c <= 0x4DBF) || (c >= 0x4E00 && c <= 0x9FFF) ||
           (c >= 0xF900 && c <= 0xFAFF) || (c >= 0xFE30 && c <= 0xFE4F) || is_asian_punctuation(c);
}

/* "'s " becomes " 's ". */
static int space_possessives(Line *line)
{
    const Py_UCS4 *at, *last;
    Py_UCS4 *to;
    if (!contains(&line->text, '\'')) {
        return 0;
    }
    if (begin(line, 2, 0) < 0) {
        return -1;
    }
    to = line->spare.at;
    at = line->text.at;
    last = at + line->text.length;
    while (at < last) {
        if (at[0] == '\'' && last - at > 2 && at[1] == 's' && at[2] == ' ') {
            *to++ = ' ';
            *to++ = *at++;
            *to++ = *at++;
        }
        *to++ = *at++;
    }
    end(line, to);
    return 0;
}

int tokenize_tercom(Line *line, int normalized, int no_punct, int asian_support)
{
    if (normalized && line->text.length > 0) {
        if (contains(&line->text, '\n')) {
            replace(&line->text, "\n-", "");
            replace(&line->text, "\n", " ");
        }
        replace_entities(&line->text);
        if (pad(line) < 0 || space_marks(line) < 0 || space_possessives(line) < 0 ||
            space_stops(line) < 0 || (asian_support && space_where(line, is_asian) < 0)) {
            return -1;
        }
    }
    if (no_punct) {
        remove_where(&line->text, is_tercom_punctuation);
        if (asian_support) {
            remove_where(&line->text, is_asian_punctuation);
        }
    }
    return 0;
}
