// The kernels of kernels.mlc as a C programmer writes them.
#include <math.h>
#include <stdint.h>

void scale(const float *restrict x, float *restrict out, int64_t n) {
#pragma omp parallel for simd
  for (int64_t i = 0; i < n; i++)
    out[i] = x[i] * 2.0f;
}

float total(const float *x, int64_t n) {
  float result = 0;
#pragma omp parallel for simd reduction(+ : result)
  for (int64_t i = 0; i < n; i++)
    result += x[i];
  return result;
}

void normalize_rows(float *rows, int64_t count, int64_t width) {
#pragma omp parallel for
  for (int64_t i = 0; i < count; i++) {
    float *row = rows + i * width;
    float squares = 0;
    for (int64_t k = 0; k < width; k++)
      squares += row[k] * row[k];
    float factor = 1.0f / sqrtf(squares);
    for (int64_t k = 0; k < width; k++)
      row[k] *= factor;
  }
}
