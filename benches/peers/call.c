/* What a hand-written extension module costs a call: the peer of call.mlc. */
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <numpy/arrayobject.h>

static PyObject *add(PyObject *self, PyObject *const *args, Py_ssize_t count) {
  (void)self;
  if (count != 2) return PyErr_SetString(PyExc_TypeError, "add takes 2 arguments"), NULL;
  long long a = PyLong_AsLongLong(args[0]);
  if (a == -1 && PyErr_Occurred()) return NULL;
  long long b = PyLong_AsLongLong(args[1]);
  if (b == -1 && PyErr_Occurred()) return NULL;
  return PyLong_FromLongLong(a + b);
}

static PyObject *total(PyObject *self, PyObject *const *args, Py_ssize_t count) {
  (void)self;
  if (count != 1 || !PyArray_CheckExact(args[0])) return PyErr_SetString(PyExc_TypeError, "total takes an array"), NULL;
  PyArrayObject *array = (PyArrayObject *)args[0];
  if (PyArray_TYPE(array) != NPY_DOUBLE || PyArray_NDIM(array) != 1 || !PyArray_IS_C_CONTIGUOUS(array))
    return PyErr_SetString(PyExc_TypeError, "total takes a row of doubles"), NULL;
  const double *data = PyArray_DATA(array);
  double sum = 0;
  for (npy_intp i = 0; i < PyArray_DIM(array, 0); ++i) sum += data[i];
  return PyFloat_FromDouble(sum);
}

static PyMethodDef methods[] = {
    {"add", (PyCFunction)(void (*)(void))add, METH_FASTCALL, NULL},
    {"total", (PyCFunction)(void (*)(void))total, METH_FASTCALL, NULL},
    {NULL, NULL, 0, NULL},
};
static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, "call_c", NULL, -1, methods, NULL, NULL, NULL, NULL};

PyMODINIT_FUNC PyInit_call_c(void) {
  import_array();
  return PyModule_Create(&module);
}
