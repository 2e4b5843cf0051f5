/* Linked with two libraries: 0 if they use one runtime. */
#include <stdint.h>

void *keep(int64_t bytes);
int64_t other_live(void);

int main(void) { return keep(1000) && other_live() == 1000 ? 0 : 1; }
