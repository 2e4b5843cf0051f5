/* A host in C: compiles, calls, and is told what is wrong. */
#include "mlc.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

#define EXPECT(condition)                                                                          \
  if (!(condition)) {                                                                              \
    fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #condition);                        \
    return 1;                                                                                      \
  }

static const char good[] = "func.func @twice(%x: f64) -> f64 {\n"
                           "  %y = arith.addf %x, %x : f64\n"
                           "  return %y : f64\n"
                           "}\n";
static const char bad[] = "func.func @f() {\n  return %x : f64\n}\n";

/* Compiles and calls in a session of its own; the result is not NULL where all went well. */
static void *compile_and_call(void *unused) {
  (void)unused;
  int calls = 0;
  for (int round = 0; round < 3; ++round) {
    mlc_session *session = mlc_session_new();
    mlc_module *module = mlc_compile(session, "good.mlir", good, strlen(good));
    double (*twice)(double) = (double (*)(double))mlc_function(module, "twice");
    if (twice && twice(round) == 2.0 * round) ++calls;
    mlc_module_free(module);
    mlc_session_free(session);
  }
  return calls == 3 ? (void *)good : NULL;
}

static int threads_compile_at_once(void) {
  pthread_t threads[4];
  for (int i = 0; i < 4; ++i) EXPECT(pthread_create(&threads[i], NULL, compile_and_call, NULL) == 0);
  for (int i = 0; i < 4; ++i) {
    void *result = NULL;
    EXPECT(pthread_join(threads[i], &result) == 0);
    EXPECT(result);
  }
  return 0;
}

int main(void) {
  EXPECT(mlc_api_version() == MLC_API_VERSION);
  mlc_session *session = mlc_session_new();

  EXPECT(mlc_session_set(session, "opt-level", "2"));
  EXPECT(!mlc_session_set(session, "opt-level", "9"));
  EXPECT(strstr(mlc_messages(session), "unknown optimization level `9`"));
  EXPECT(!mlc_session_set(session, "no-such-option", ""));

  mlc_module *module = mlc_compile(session, "good.mlir", good, strlen(good));
  EXPECT(module);
  EXPECT(mlc_diagnostic_count(session) == 0);
  EXPECT(strlen(mlc_messages(session)) == 0);
  double (*twice)(double) = (double (*)(double))mlc_function(module, "twice");
  EXPECT(twice);
  EXPECT(twice(21.0) == 42.0);
  EXPECT(!mlc_function(module, "thrice"));
  mlc_module_free(module);

  EXPECT(!mlc_compile(session, "bad.mlir", bad, strlen(bad)));
  EXPECT(mlc_diagnostic_count(session) == 1);
  mlc_diagnostic diagnostic;
  EXPECT(mlc_diagnostic_get(session, 0, &diagnostic));
  EXPECT(strcmp(diagnostic.severity, "error") == 0);
  EXPECT(strcmp(diagnostic.file, "bad.mlir") == 0);
  EXPECT(diagnostic.line == 2);
  EXPECT(!mlc_diagnostic_get(session, 1, &diagnostic));

  EXPECT(mlc_session_set(session, "cpu", "no-such-cpu"));
  EXPECT(!mlc_compile(session, "good.mlir", good, strlen(good)));
  EXPECT(strstr(mlc_messages(session), "unknown CPU `no-such-cpu`"));

  mlc_session_free(session);
  if (threads_compile_at_once() != 0) return 1;
  puts("embedded");
  return 0;
}
