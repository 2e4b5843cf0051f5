/* A library of two functions, as the code generator makes them. */
#include "mlc_runtime.h"

static int32_t halve(void *context, int64_t chunk, int64_t begin, int64_t end) {
  double *values = context;
  for (int64_t i = begin; i < end; i++) {
    if (values[i] < 0) {
      mlc_rt_raise(MLC_RT_VALUE_ERROR, "negative", 8, "halve.mlc", 9, (int32_t)chunk);
      return MLC_RT_VALUE_ERROR;
    }
    values[i] *= 0.5;
  }
  return 0;
}

int32_t halve_all(double *values, int64_t count) { return mlc_rt_parallel_for(halve, values, count, 100); }

void *keep(int64_t bytes) { return mlc_rt_alloc(bytes); }

int64_t live(void) { return mlc_rt_live_bytes(); }

int64_t hidden(void) { return 1; }
