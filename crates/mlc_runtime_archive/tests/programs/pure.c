/* A library that needs nothing of the runtime. */
#include <stdint.h>

int64_t add(int64_t a, int64_t b) { return a + b; }
