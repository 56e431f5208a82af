/* The module _native: a table of the kernels, each of which lies in a file of its own. */
#include "native.h"
#include "sweep.h"

/* Raised whenever what a kernel computes or how it is called changes; stored scores name it. */
#define KERNEL_VERSION 1

static PyMethodDef methods[] = {
    SWEEP_METHODS
    {"bleu_counts", bleu_counts, METH_VARARGS, "Counts for BLEU; see bleu.c."},
    {"chrf_counts", chrf_counts, METH_VARARGS, "Counts for chrF; see chrf.c."},
    {"ter_counts", ter_counts, METH_VARARGS, "Counts for TER; see ter.c."},
    {"bleu_scores", bleu_scores, METH_VARARGS, "BLEU of sums; see scores.c."},
    {"chrf_scores", chrf_scores, METH_VARARGS, "chrF of sums; see scores.c."},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT, "_native", "Inner loops in C; see harness._kernels.", -1, methods,
    NULL, NULL, NULL, NULL,
};

PyMODINIT_FUNC PyInit__native(void)
{
    PyObject *module = PyModule_Create(&definition);
    if (module != NULL && PyModule_AddIntConstant(module, "VERSION", KERNEL_VERSION) < 0) {
        Py_DECREF(module);
        return NULL;
    }
    return module;
}
