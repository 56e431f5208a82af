/* What the files of the extension share: each file gives the methods of one kernel. */
#ifndef HARNESS_NATIVE_H
#define HARNESS_NATIVE_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>

PyObject *bleu_counts(PyObject *module, PyObject *arguments);
PyObject *chrf_counts(PyObject *module, PyObject *arguments);
PyObject *ter_counts(PyObject *module, PyObject *arguments);
PyObject *bleu_scores(PyObject *self, PyObject *args);
PyObject *chrf_scores(PyObject *self, PyObject *args);

#endif
