/* The methods of sweep.c, in the form that module.c lists. */
#ifndef HARNESS_SWEEP_H
#define HARNESS_SWEEP_H

#include "native.h"

PyObject *sweep_swapped(PyObject *self, PyObject *args);
PyObject *sweep_counted(PyObject *self, PyObject *args);
PyObject *soft_losses(PyObject *self, PyObject *args);

#define SWEEP_METHODS \
    {"sweep_swapped", sweep_swapped, METH_VARARGS, "Best accuracy of swapped scores, per draw."}, \
    {"sweep_counted", sweep_counted, METH_VARARGS, "Best accuracy of drawn groups, per draw."}, \
    {"soft_losses", soft_losses, METH_VARARGS, "Summed differences of p-values, per draw."},

#endif
