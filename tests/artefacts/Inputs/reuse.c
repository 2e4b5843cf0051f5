/* Counts what each function of reuse.mlc allocates. */
#include "libreuse.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

#define N 1000
/* 64 MiB of doubles. */
#ifndef LARGE
#define LARGE (8L << 20)
#endif

int64_t mlc_rt_live_bytes(void);
int64_t mlc_rt_allocations(void);
void *mlc_rt_alloc(int64_t bytes);

typedef int32_t function(mlc_list_f64 *x, mlc_list_f64 **result);

static mlc_list_f64 *given(int n) {
  mlc_list_f64 *x = mlc_rt_box_new(sizeof *x);
  x->data = mlc_rt_alloc(n * (int64_t)sizeof(double));
  x->len = x->cap = n;
  for (int i = 0; i < n; ++i) x->data[i] = i;
  return x;
}

/* What a function makes of 0, 1, 2, …; `allocations` is how many it may make. */
static void run(const char *name, function *f, int64_t allocations, double (*expected)(int)) {
  mlc_list_f64 *result = NULL;
  mlc_list_f64 *x = given(N);
  int64_t before = mlc_rt_allocations();
  if (f(x, &result) != 0) exit(1);
  int64_t made = mlc_rt_allocations() - before;
  if (allocations >= 0 && made != allocations) {
    printf("%s: %lld allocations\n", name, (long long)made);
    exit(1);
  }
  for (int i = 0; i < N; ++i) {
    if (result->len != N || result->data[i] != expected(i)) {
      printf("%s: element %d is %f\n", name, i, result->data[i]);
      exit(1);
    }
  }
  mlc_list_f64_drop(result);
}

/* The most memory that the process has had, in KiB. */
static long peak(void) {
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss;
}

/* A chain of ten element-wise functions needs at most a tenth more than the list that is transferred to it. */
static void run_large_chain(void) {
  mlc_list_f64 *x = given(LARGE);
  mlc_list_f64 *result = NULL;
  long before = peak();
  if (chain(x, &result) != 0 || result->data[LARGE - 1] != 2.0 * (LARGE - 1)) exit(1);
  long more = peak() - before;
  if (getenv("SHOW_PEAK") != NULL)
    printf("a list of %ld KiB, and %ld KiB more at the peak\n", LARGE * (long)sizeof(double) / 1024, more);
  if (more > LARGE * (long)sizeof(double) / 1024 / 10) {
    printf("the chain needs %ld KiB more than its list\n", more);
    exit(1);
  }
  mlc_list_f64_drop(result);
}

static double doubled(int i) { return 2.0 * i; }
static double tripled(int i) { return 3.0 * i; }
static double shifted(int i) { return i + (double)((i + 1) % N); }
static double reversed(int i) { return N - 1 - i; }
static double plus_one(int i) { return 2.0 * i + 1.0; }

int main(void) {
  run("comprehension", comprehension, 0, doubled);
  run("elementwise", elementwise, 0, doubled);
  run("mapped", mapped, 0, doubled);
  run("appended", appended, 0, doubled);
  run("copied", copied, 0, doubled);
  run("in_place", in_place, 0, doubled);
  run("collected", collected, 0, doubled);
  run("chain", chain, 0, doubled);
  run("both", both, -1, tripled);
  run("neighbors", neighbors, -1, shifted);
  run("backwards", backwards, -1, reversed);
  run("twice", twice, -1, plus_one);

  run_large_chain();

  /* Memory that is only lent is left alone. */
  double data[3] = {1.0, 2.0, 3.0};
  mlc_list_f64 *lent = mlc_rt_box_new(sizeof *lent);
  *lent = mlc_list_f64_of(data, 3);
  mlc_list_f64 *result = NULL;
  if (copied(lent, &result) != 0 || data[0] != 1.0 || result->data[2] != 6.0) return 1;
  mlc_list_f64_drop(result);
  lent = mlc_rt_box_new(sizeof *lent);
  *lent = mlc_list_f64_of(data, 3);
  if (elementwise(lent, &result) != 0 || data[0] != 1.0 || result->data[2] != 6.0) return 1;
  mlc_list_f64_drop(result);
  mlc_array1_f64 *view = mlc_rt_box_new(sizeof *view);
  *view = mlc_array1_f64_of(data, 3);
  mlc_array1_f64 *made = NULL;
  if (array(view, &made) != 0 || data[0] != 1.0) return 1;
  int64_t before = mlc_rt_allocations();
  mlc_array1_f64 *again = NULL;
  if (array(made, &again) != 0 || mlc_rt_allocations() != before) return 1;
  mlc_array1_f64_drop(again);
  return mlc_rt_live_bytes() == 0 ? 0 : 1;
}
