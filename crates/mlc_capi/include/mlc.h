/* mlc.h - the compiler as a C library.
 *
 *   mlc_session *session = mlc_session_new();
 *   mlc_module *module = mlc_compile(session, "hot.mlc", text, strlen(text));
 *   if (!module) fputs(mlc_messages(session), stderr);
 *   double (*half)(double) = (double (*)(double))mlc_function(module, "half");
 *
 * A function of a module has the C signature that `mlc compile --emit header` shows. Strings are UTF-8 and end in a
 * zero. A session belongs to one thread at a time; different sessions may compile at once. Modules may be used from
 * every thread.
 */

#ifndef MLC_H
#define MLC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The version of this interface. */
#define MLC_API_VERSION 1

/* Options, and what the last compilation said. */
typedef struct mlc_session mlc_session;

/* A compiled module, loaded into this process. */
typedef struct mlc_module mlc_module;

/* One message. The strings live until the session compiles again or is freed. */
typedef struct mlc_diagnostic {
  const char *code;     /* such as "use-after-move" */
  const char *severity; /* "error", "warning" or "note" */
  const char *message;
  const char *file; /* NULL where the message is about no place in a source */
  uint32_t line, column, end_line, end_column; /* from 1; the end is behind the last character */
} mlc_diagnostic;

/* The version that the library implements. */
uint32_t mlc_api_version(void);

/* A session with the default options: this CPU, optimized, run-time checks on. */
mlc_session *mlc_session_new(void);
void mlc_session_free(mlc_session *session);

/* Sets an option by its name on the command line: "opt-level" ("0" to "3"), "cpu", "checks", "fp", "race-checks",
 * "sanitize", "debug-info" ("true", "false"), or "define" ("NAME=VALUE"). Returns whether there is such an option and value; the
 * reason why not is in the messages. */
bool mlc_session_set(mlc_session *session, const char *option, const char *value);

/* Compiles `length` bytes of source: the mlc language, or MLIR where `name` ends in ".mlir". NULL where the source has
 * errors. Free the module when its functions are no longer called. */
mlc_module *mlc_compile(mlc_session *session, const char *name, const char *source, size_t length);
void mlc_module_free(mlc_module *module);

/* What the last call on the session said: as text for people (empty if nothing), or one by one. */
const char *mlc_messages(const mlc_session *session);
size_t mlc_diagnostic_count(const mlc_session *session);
bool mlc_diagnostic_get(const mlc_session *session, size_t index, mlc_diagnostic *out);

/* The address of an exported function, valid until the module is freed; NULL if there is none of that name. */
void *mlc_function(const mlc_module *module, const char *name);

#ifdef __cplusplus
}
#endif

#endif /* MLC_H */
