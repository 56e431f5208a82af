/* The formulas of BLEU and chrF over rows of summed statistics, as in harness/metrics/formulas.py,
   which says what they mean: the same operations in the same order, so that the scores are equal. */
#include "native.h"

#include <math.h>

#define EPSILON 1e-16

enum smoothing { NONE, FLOOR, ADD_K, EXP };

typedef struct {
    int order;
    enum smoothing smoothing;
    double value;
    int effective_order;
    int compensated;
} Bleu;

/* Python's sum() of doubles; from 3.12 on it carries what rounding loses (Neumaier 1974). */
static double python_sum(const double *terms, int n, int compensated)
{
    double sum = 0.0, lost = 0.0;
    for (int i = 0; i < n; i++) {
        double next = sum + terms[i];
        if (fabs(sum) >= fabs(terms[i]))
            lost += (sum - next) + terms[i];
        else
            lost += (terms[i] - next) + sum;
        sum = next;
    }
    return compensated && lost != 0.0 && isfinite(lost) ? sum + lost : sum;
}

static double bleu_score(const double *row, const Bleu *how)
{
    const double *matches = row + 2, *totals = row + 2 + how->order;
    double penalty = 1.0, logarithms[64], halving = 1.0;
    int matched = 0, counted = 0, zero = 0;
    if (row[0] < row[1])
        penalty = row[0] > 0 ? exp(1 - row[1] / row[0]) : 0.0;
    for (int n = 0; n < how->order; n++)
        matched |= matches[n] != 0;
    if (!matched)
        return 0.0;
    for (int n = 0; n < how->order; n++) {
        double more = how->smoothing == ADD_K && n > 0 ? how->value : 0.0;
        double match = matches[n] + more, total = totals[n] + more, precision = 0.0;
        if (total == 0)
            break;
        counted++;
        if (match != 0)
            precision = 100.0 * match / total;
        else if (how->smoothing == EXP)
            precision = 100.0 / ((halving *= 2) * total);
        else if (how->smoothing == FLOOR)
            precision = 100.0 * how->value / total;
        zero |= !(precision > 0);
        logarithms[n] = precision > 0 ? log(precision) : 0.0;
    }
    if (zero || counted == 0 || (counted < how->order && !how->effective_order))
        return 0.0;
    return penalty * exp(python_sum(logarithms, counted, how->compensated) / counted);
}

static double f_score(double precision, double recall, double factor, double otherwise)
{
    double denominator = factor * precision + recall;
    return denominator > 0 ? (1 + factor) * precision * recall / denominator : otherwise;
}

static double chrf_score(const double *row, int order, double factor, int eps_smoothing)
{
    double total = 0.0, precisions = 0.0, recalls = 0.0;
    int effective = 0;
    for (int n = 0; n < order; n++, row += 3) {
        double precision = row[0] > 0 ? row[2] / row[0] : EPSILON;
        double recall = row[1] > 0 ? row[2] / row[1] : EPSILON;
        if (eps_smoothing) {
            total += f_score(precision, recall, factor, EPSILON);
        } else if (row[0] > 0 && row[1] > 0) {
            precisions += precision;
            recalls += recall;
            effective++;
        }
    }
    if (eps_smoothing)
        return 100 * total / order;
    if (effective == 0)
        effective = 1;
    return 100 * f_score(precisions / effective, recalls / effective, factor, 0.0);
}

/* Whether rows of `width` doubles each have a place for their score. */
static int fit(const Py_buffer *sums, const Py_buffer *scores, Py_ssize_t width)
{
    Py_ssize_t rows = scores->len / (Py_ssize_t)sizeof(double);
    return width > 0 && scores->len == rows * (Py_ssize_t)sizeof(double) &&
           sums->len == rows * width * (Py_ssize_t)sizeof(double);
}

static PyObject *finished(Py_buffer *sums, Py_buffer *scores, int fits, const char *name)
{
    PyBuffer_Release(sums);
    PyBuffer_Release(scores);
    if (!fits) {
        PyErr_Format(PyExc_ValueError, "%s: the sizes do not fit", name);
        return NULL;
    }
    Py_RETURN_NONE;
}

/* bleu_scores(sums, scores, order, smoothing, value, effective_order, compensated)

   sums: (rows, 2 + 2 * order) doubles; scores: (rows,) doubles, written; smoothing: 0 none, 1 floor,
   2 add-k, 3 exp; compensated: whether Python's sum() is. */
PyObject *bleu_scores(PyObject *self, PyObject *args)
{
    (void)self;
    Py_buffer sums, scores;
    int order, smoothing, effective_order, compensated;
    double value;
    if (!PyArg_ParseTuple(args, "y*w*iidpp", &sums, &scores, &order, &smoothing, &value,
                          &effective_order, &compensated))
        return NULL;
    int fits = order > 0 && order <= 64 && smoothing >= NONE && smoothing <= EXP &&
               fit(&sums, &scores, 2 + 2 * order);
    if (fits) {
        Py_BEGIN_ALLOW_THREADS
        Bleu how = {order, (enum smoothing)smoothing, value, effective_order, compensated};
        const double *row = sums.buf;
        double *score = scores.buf;
        for (Py_ssize_t n = scores.len / (Py_ssize_t)sizeof(double); n > 0; n--) {
            *score++ = bleu_score(row, &how);
            row += 2 + 2 * order;
        }
        Py_END_ALLOW_THREADS
    }
    return finished(&sums, &scores, fits, "bleu_scores");
}

/* chrf_scores(sums, scores, order, factor, eps_smoothing)

   sums: (rows, 3 * order) doubles; scores: (rows,) doubles, written; factor: the square of beta. */
PyObject *chrf_scores(PyObject *self, PyObject *args)
{
    (void)self;
    Py_buffer sums, scores;
    int order, eps_smoothing;
    double factor;
    if (!PyArg_ParseTuple(args, "y*w*idp", &sums, &scores, &order, &factor, &eps_smoothing))
        return NULL;
    int fits = order > 0 && fit(&sums, &scores, 3 * (Py_ssize_t)order);
    if (fits) {
        Py_BEGIN_ALLOW_THREADS
        const double *row = sums.buf;
        double *score = scores.buf;
        for (Py_ssize_t n = scores.len / (Py_ssize_t)sizeof(double); n > 0; n--) {
            *score++ = chrf_score(row, order, factor, eps_smoothing);
            row += 3 * (Py_ssize_t)order;
        }
        Py_END_ALLOW_THREADS
    }
    return finished(&sums, &scores, fits, "chrf_scores");
}
