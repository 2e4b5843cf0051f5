/* A second library. */
#include "mlc_runtime.h"

int64_t other_live(void) { return mlc_rt_live_bytes(); }
