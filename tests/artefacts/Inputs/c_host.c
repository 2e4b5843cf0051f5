/* Calls each function of c_host.mlc as a C program does. */
#include "libdigits.h"

#include <stdio.h>
#include <string.h>

#define EXPECT(condition)                                                                          \
  if (!(condition)) {                                                                              \
    fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #condition);                        \
    return 1;                                                                                      \
  }

int64_t mlc_rt_live_bytes(void);

int main(void) {
  float data[1000];
  for (int i = 0; i < 1000; ++i) data[i] = (float)i;
  mlc_array1_f32 array = mlc_array1_f32_of(data, 1000);
  EXPECT(scale(&array, 2.0f) == 0);
  EXPECT(data[0] == 0.0f && data[999] == 1998.0f);

  float got = -1.0f;
  EXPECT(element(&array, -1, &got) == 0 && got == 1998.0f);
  got = -1.0f;
  EXPECT(element(&array, 1000, &got) != 0);
  EXPECT(got == -1.0f);
  int64_t length = 0;
  const char *message = mlc_rt_error_message(&length);
  static const char expected[] = "index 1000 is out of range for length 1000";
  EXPECT(length == (int64_t)strlen(expected) && memcmp(message, expected, strlen(expected)) == 0);
  const char *file = mlc_rt_error_file(&length);
  EXPECT(length == 10 && memcmp(file, "digits.mlc", 10) == 0);
  EXPECT(mlc_rt_error_line() == 21);
  mlc_rt_error_clear();
  EXPECT(mlc_rt_error_kind() == 0);

  mlc_list_i64 *list = NULL;
  EXPECT(evens(5, &list) == 0);
  EXPECT(list->len == 5 && list->data[4] == 8);
  mlc_list_i64_drop(list);

  int64_t half = 0;
  bool even = false;
  halves(14, &half, &even);
  EXPECT(half == 7 && even);

  /* A name of the C library's is not taken. */
  EXPECT(digits_floor(1.5) == 101.5);

  double values[3] = {1.0, 2.0, 3.5};
  mlc_list_f64 given = mlc_list_f64_of(values, 3);
  Stats *stats = NULL;
  EXPECT(summary(&given, &stats) == 0);
  EXPECT(stats->total == 6.5 && stats->values.len == 3 && stats->values.data[2] == 3.5);
  Stats_drop(stats);

  EXPECT(mlc_rt_live_bytes() == 0);
  return 0;
}
