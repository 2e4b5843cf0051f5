/* The runtime of compiled mlc programs: what generated code calls, and what a host needs around it.
 *
 * A function that can fail returns a status: 0, or the kind of the error, which is then pending on the calling thread
 * until it is cleared or replaced. Texts are not NUL-terminated; they are passed and returned with their length. All
 * functions may be called from any thread.
 */
#ifndef MLC_RUNTIME_H
#define MLC_RUNTIME_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define MLC_RT_ABI_VERSION 1u

/* The version that the linked runtime implements. */
uint32_t mlc_rt_abi_version(void);

/* ---- Memory: 64-byte aligned, on huge pages from 4 MiB, counted exactly ---- */

/* NULL and a pending MemoryError on failure only: the result for 0 bytes is not NULL. Not initialized. */
void *mlc_rt_alloc(int64_t bytes);
/* Keeps the contents; on failure NULL and a pending MemoryError, and the old block is untouched. NULL allocates. */
void *mlc_rt_realloc(void *payload, int64_t bytes);
/* NULL is fine. */
void mlc_rt_free(void *payload);
/* Bytes allocated and not yet freed, over all threads. */
int64_t mlc_rt_live_bytes(void);
/* Blocks allocated or resized so far, over all threads: what a call allocates is the difference. */
int64_t mlc_rt_allocations(void);
/* At the end of a program that destroyed its top-level values: with MLC_CHECK_LEAKS in the environment, the exit status 23
 * and a line on standard error where memory is still allocated; else 0. */
int32_t mlc_rt_check_leaks(void);

/* A heap cell of zero bytes for the payload of one owned value (an array descriptor, a list header, a struct). */
void *mlc_rt_box_new(int64_t bytes);
/* Frees the cell, not what its payload owns. NULL is fine. */
void mlc_rt_box_free(void *cell);

/* A cell with the bytes of a value, for its destructor; ends the process without memory. */
void *mlc_rt_destructor_cell(const void *place, int64_t bytes);
/* Around a call of a destructor: the pending error is put aside, and one that leaves the destructor is reported. */
void mlc_rt_destructor_enter(void);
void mlc_rt_destructor_leave(const char *name, int64_t name_len);

/* ---- Lists ---- */

typedef struct mlc_rt_list {
  void *data;
  int64_t len;
  int64_t cap; /* 0 with elements present: the buffer belongs to somebody else, and is never freed here */
} mlc_rt_list;

/* Around destroying the elements of a list whose elements hold such lists. False: drop is called with the header later, since
 * the list lies too deep in others for the stack, and the caller is done. */
bool mlc_rt_deep_drop(const mlc_rt_list *list, void (*drop)(mlc_rt_list *list));
void mlc_rt_deep_dropped(void);
/* Around copying them. False: copy is called later, and the caller leaves `to` empty. After all of a list, or at a failure, whose
 * status is passed: the status of the whole. */
bool mlc_rt_deep_copy(mlc_rt_list *to, const mlc_rt_list *from, int32_t (*copy)(mlc_rt_list *to, const mlc_rt_list *from));
int32_t mlc_rt_deep_copied(int32_t status);

/* Makes room for min_cap elements; amortized growth; a foreign buffer is copied. Returns a status. */
int32_t mlc_rt_list_reserve(mlc_rt_list *list, int64_t min_cap, int64_t elem_size);
/* Replaces a foreign buffer by an own one of the same size; with keep, of the same contents. Returns a status. */
int32_t mlc_rt_list_renew(mlc_rt_list *list, int64_t elem_size, int32_t keep);
int32_t mlc_rt_array_renew(void *array, int64_t rank, int64_t elem_size, int32_t keep);

/* ---- The stack ---- */

/* The lowest address that the frames of recursive functions may come to on this thread, as an unsigned number; 0 where it is not
 * known. Below it they raise RecursionError. */
int64_t mlc_rt_stack_limit(void);

/* ---- Parallel regions ---- */

/* Runs the iterations begin..end, which are chunk `chunk`; returns a status. */
typedef int32_t (*mlc_rt_body)(void *context, int64_t chunk, int64_t begin, int64_t end);

/* Calls body for each chunk k of 0..n, which covers k*grain .. min(n, (k+1)*grain). Returns the status of the lowest
 * chunk that failed, with its error pending here; all chunks below it have run. Regions inside others run serially. */
int32_t mlc_rt_parallel_for(mlc_rt_body body, void *context, int64_t n, int64_t grain);
/* How many threads a region uses at most: set here, else MLC_NUM_THREADS, else what the process may run at once. */
int32_t mlc_rt_num_threads(void);
/* Below 1 restores the default. Results do not depend on the number. */
void mlc_rt_set_num_threads(int32_t count);

/* The check in front of a parallel loop of which only the run knows whether its iterations are independent.
 * Whether two accesses with affine indices stay apart, in constant time; false means that it is not known. The numbers,
 * which the thread gave one by one since it last asked, are
 *   dimensions, trips..., indices, then for each index that of the first access and that of the second:
 *   constant, coefficient of each dimension..., wraps, length, inner loops, then for each of these
 *   step, trips, what each iteration of a dimension adds to the trips... */
void mlc_rt_race_number(int64_t number);
bool mlc_rt_race_apart(void);
/* Marks for so many places: the number of places, whether one was marked twice, and a bit for each place in words of 64. Compiled code
 * sets them; the end frees them and tells whether no place was marked twice. */
uint64_t *mlc_rt_race_marks(int64_t places);
bool mlc_rt_race_marks_apart(uint64_t *marks);
/* Begins an exact check: the numbers of iterations (0 for a dimension that there is not), and how many places there are
 * where the first number of a place alone tells it, else -1. */
void *mlc_rt_race_begin(int64_t first, int64_t second, int64_t third, int64_t places);
/* An iteration, by its number, reads (mode 0) or writes (1) a place. */
void mlc_rt_race_touch(void *inspection, int32_t mode, int64_t iteration, int64_t first, int64_t second, int64_t third);
/* Frees the check. Where two iterations meet, one of them writing, returns the status of a RaceError that names both. */
int32_t mlc_rt_race_end(void *inspection);

/* --sanitize=race: around a parallel loop, at the start of each iteration, and for each access of memory (mode 0 reads,
 * 1 writes, 2 updates indivisibly). Two iterations that meet are reported, and the process ends with status 66. */
void mlc_rt_race_enter(void);
void mlc_rt_race_leave(void);
void mlc_rt_race_iteration(int64_t iteration);
void mlc_rt_race_access(int64_t address, int64_t size, int32_t mode, const char *file, int64_t file_len, int32_t line);

/* Makes running regions stop with KeyboardInterrupt. Safe in a signal handler. */
void mlc_rt_interrupt(void);
/* Withdraws a request that nobody has seen. */
void mlc_rt_interrupt_clear(void);
/* Raises KeyboardInterrupt if a stop was asked for; for long serial loops. Returns a status. */
int32_t mlc_rt_check_interrupt(void);

/* ---- Errors ---- */

enum mlc_rt_kind {
  MLC_RT_EXCEPTION = 1,
  MLC_RT_INDEX_ERROR = 2,
  MLC_RT_ZERO_DIVISION_ERROR = 3,
  MLC_RT_VALUE_ERROR = 4,
  MLC_RT_TYPE_ERROR = 5,
  MLC_RT_OVERFLOW_ERROR = 6,
  MLC_RT_MEMORY_ERROR = 7,
  MLC_RT_RACE_ERROR = 8,
  MLC_RT_ASSERTION_ERROR = 9,
  MLC_RT_KEY_ERROR = 10,
  MLC_RT_STOP_ITERATION = 11,
  MLC_RT_UNBOUND_LOCAL_ERROR = 12,
  MLC_RT_NOT_IMPLEMENTED_ERROR = 13,
  MLC_RT_RUNTIME_ERROR = 14,
  MLC_RT_ARITHMETIC_ERROR = 15,
  MLC_RT_LOOKUP_ERROR = 16,
  MLC_RT_OS_ERROR = 17,
  MLC_RT_KEYBOARD_INTERRUPT = 18,
  MLC_RT_NAME_ERROR = 19,
  MLC_RT_RECURSION_ERROR = 20,
  MLC_RT_FLOATING_POINT_ERROR = 21,
  MLC_RT_ATTRIBUTE_ERROR = 22,
  MLC_RT_EOF_ERROR = 23,
  MLC_RT_IMPORT_ERROR = 24,
  MLC_RT_FILE_NOT_FOUND_ERROR = 25,
  MLC_RT_BUFFER_ERROR = 26,
  MLC_RT_PERMISSION_ERROR = 28,
  MLC_RT_FILE_EXISTS_ERROR = 29,
  MLC_RT_IS_A_DIRECTORY_ERROR = 30,
  MLC_RT_NOT_A_DIRECTORY_ERROR = 31,
  MLC_RT_TIMEOUT_ERROR = 32,
  MLC_RT_CONNECTION_ERROR = 33,
  MLC_RT_BROKEN_PIPE_ERROR = 34,
  MLC_RT_CONNECTION_REFUSED_ERROR = 35,
  MLC_RT_CONNECTION_RESET_ERROR = 36,
  MLC_RT_CONNECTION_ABORTED_ERROR = 37,
  MLC_RT_INTERRUPTED_ERROR = 38,
  MLC_RT_BLOCKING_IO_ERROR = 39,
  MLC_RT_CHILD_PROCESS_ERROR = 40,
  MLC_RT_PROCESS_LOOKUP_ERROR = 41,
  MLC_RT_MODULE_NOT_FOUND_ERROR = 42,
  MLC_RT_UNICODE_ERROR = 43,
  MLC_RT_SYSTEM_ERROR = 44,
  MLC_RT_REFERENCE_ERROR = 45,
  MLC_RT_WARNING = 46,
  MLC_RT_USER_WARNING = 47,
  MLC_RT_DEPRECATION_WARNING = 48,
  MLC_RT_RUNTIME_WARNING = 49,
  MLC_RT_BASE_EXCEPTION = 27
};

/* Makes an error pending; line counts from 1, 0 and an empty file mean no place. */
void mlc_rt_raise(int32_t kind, const char *message, int64_t message_len, const char *file, int64_t file_len,
                  int32_t line);
/* IndexError: "index 7 is out of range for length 5". */
void mlc_rt_raise_index(int64_t index, int64_t len, const char *file, int64_t file_len, int32_t line);

/* Of the pending error: 0, empty or false where there is none. A text lives until the pending error changes. */
int32_t mlc_rt_error_kind(void);
/* Whether `except base` catches it. */
bool mlc_rt_error_matches(int32_t base);
const char *mlc_rt_error_message(int64_t *len);
const char *mlc_rt_error_file(int64_t *len);
int32_t mlc_rt_error_line(void);
void mlc_rt_error_clear(void);
/* Gives the pending error a place in the source, if it has none. */
void mlc_rt_error_at(const char *file, int64_t file_len, int32_t line);
/* The name of a kind in Python, which lives forever. */
const char *mlc_rt_kind_name(int32_t kind, int64_t *len);

/* For executables: flushes, writes the pending error to standard error as CPython does, returns the exit status. */
int32_t mlc_rt_report_uncaught(void);

/* ---- Output: buffered, whole lines, values as CPython prints them ---- */

void mlc_rt_print_i64(int64_t value);
void mlc_rt_print_u64(uint64_t value);
void mlc_rt_print_f64(double value);
void mlc_rt_print_f32(float value);
void mlc_rt_print_f16(float value);
void mlc_rt_print_bf16(float value);
void mlc_rt_print_bool(bool value);
void mlc_rt_print_c128(double re, double im);
void mlc_rt_print_c64(float re, float im);
void mlc_rt_print_str(const char *text, int64_t len);
void mlc_rt_print_newline(void);
/* Returns a status. */
int32_t mlc_rt_flush(void);

/* Sorts the elements of a list: stable, as Python's list.sort; what is no number comes last. */
void mlc_rt_sort_i8(mlc_rt_list *list, bool reverse);
void mlc_rt_sort_i16(mlc_rt_list *list, bool reverse);
void mlc_rt_sort_i32(mlc_rt_list *list, bool reverse);
void mlc_rt_sort_i64(mlc_rt_list *list, bool reverse);
void mlc_rt_sort_u8(mlc_rt_list *list, bool reverse);
void mlc_rt_sort_u16(mlc_rt_list *list, bool reverse);
void mlc_rt_sort_u32(mlc_rt_list *list, bool reverse);
void mlc_rt_sort_u64(mlc_rt_list *list, bool reverse);
void mlc_rt_sort_f32(mlc_rt_list *list, bool reverse);
void mlc_rt_sort_f64(mlc_rt_list *list, bool reverse);
void mlc_rt_sort_str(mlc_rt_list *list, bool reverse);

/* The start of the header of an array: sizes and strides follow. */
typedef struct {
  void *allocated;
  void *data;
  int64_t offset;
} mlc_rt_array;

/* target[m, n] = left[m, k] * right[k, n]; of each factor: where it starts in its array and how far apart rows and columns are, in
   elements. 0, or the status of the pending error. */
int32_t mlc_rt_matmul_f64(const mlc_rt_array *target, int64_t m, int64_t n, int64_t k, const mlc_rt_array *left,
                          int64_t left_start, int64_t left_row, int64_t left_column, const mlc_rt_array *right,
                          int64_t right_start, int64_t right_row, int64_t right_column);
int32_t mlc_rt_matmul_f32(const mlc_rt_array *target, int64_t m, int64_t n, int64_t k, const mlc_rt_array *left,
                          int64_t left_start, int64_t left_row, int64_t left_column, const mlc_rt_array *right,
                          int64_t right_start, int64_t right_row, int64_t right_column);
/* ValueError about two shapes of up to four extents; `why`: 0 element-wise operation, 1 assignment, 2 matrix product, 3 change of
   shape, 4 two lists. */
int32_t mlc_rt_raise_shapes(int32_t why, int64_t rank, int64_t a, int64_t b, int64_t c, int64_t d, int64_t other_rank,
                            int64_t e, int64_t f, int64_t g, int64_t h);

/* Strings: immutable, counted; null is the empty one. They are passed by address. Functions whose first parameter is `out`
   write there and return 0 or the status of the pending error. The mlc_rt_text functions put a string together in a list of
   bytes. `present` of a slice: 1 if it has a start, plus 2 if it has a stop. */
typedef struct mlc_rt_text_buffer *mlc_rt_text;
/* `str` of numbers, and `format`; f16 and bf16 come as float. */
int32_t mlc_rt_str_of_i64(mlc_rt_text *out, int64_t value);
int32_t mlc_rt_text_push_i64(mlc_rt_list *out, int64_t value);
int32_t mlc_rt_text_format_i64(mlc_rt_list *out, int64_t value, const mlc_rt_text *spec);
int32_t mlc_rt_str_of_u64(mlc_rt_text *out, uint64_t value);
int32_t mlc_rt_text_push_u64(mlc_rt_list *out, uint64_t value);
int32_t mlc_rt_text_format_u64(mlc_rt_list *out, uint64_t value, const mlc_rt_text *spec);
int32_t mlc_rt_str_of_f64(mlc_rt_text *out, double value);
int32_t mlc_rt_text_push_f64(mlc_rt_list *out, double value);
int32_t mlc_rt_text_format_f64(mlc_rt_list *out, double value, const mlc_rt_text *spec);
int32_t mlc_rt_str_of_f32(mlc_rt_text *out, float value);
int32_t mlc_rt_text_push_f32(mlc_rt_list *out, float value);
int32_t mlc_rt_text_format_f32(mlc_rt_list *out, float value, const mlc_rt_text *spec);
int32_t mlc_rt_str_of_f16(mlc_rt_text *out, float value);
int32_t mlc_rt_text_push_f16(mlc_rt_list *out, float value);
int32_t mlc_rt_text_format_f16(mlc_rt_list *out, float value, const mlc_rt_text *spec);
int32_t mlc_rt_str_of_bf16(mlc_rt_text *out, float value);
int32_t mlc_rt_text_push_bf16(mlc_rt_list *out, float value);
int32_t mlc_rt_text_format_bf16(mlc_rt_list *out, float value, const mlc_rt_text *spec);
int32_t mlc_rt_str_of_bool(mlc_rt_text *out, bool value);
int32_t mlc_rt_text_push_bool(mlc_rt_list *out, bool value);
int32_t mlc_rt_text_format_bool(mlc_rt_list *out, bool value, const mlc_rt_text *spec);
int32_t mlc_rt_str_of_c128(mlc_rt_text *out, double re, double im);
int32_t mlc_rt_text_push_c128(mlc_rt_list *out, double re, double im);
int32_t mlc_rt_text_format_c128(mlc_rt_list *out, double re, double im, const mlc_rt_text *spec);
int32_t mlc_rt_str_of_c64(mlc_rt_text *out, float re, float im);
int32_t mlc_rt_text_push_c64(mlc_rt_list *out, float re, float im);
int32_t mlc_rt_text_format_c64(mlc_rt_list *out, float re, float im, const mlc_rt_text *spec);
void mlc_rt_print_repr(const mlc_rt_text *text);
void mlc_rt_print_text(const mlc_rt_text *text);
int32_t mlc_rt_str_chr(mlc_rt_text *out, int64_t code);
int32_t mlc_rt_str_compare(const mlc_rt_text *a, const mlc_rt_text *b);
int32_t mlc_rt_str_append(mlc_rt_text *place, const mlc_rt_text *more);
int32_t mlc_rt_str_concat(mlc_rt_text *out, const mlc_rt_text *a, const mlc_rt_text *b);
bool mlc_rt_str_contains(const mlc_rt_text *text, const mlc_rt_text *part);
bool mlc_rt_str_ends_with(const mlc_rt_text *text, const mlc_rt_text *part);
bool mlc_rt_str_equal(const mlc_rt_text *a, const mlc_rt_text *b);
int64_t mlc_rt_str_find(const mlc_rt_text *text, const mlc_rt_text *part);
int64_t mlc_rt_str_find_in(const mlc_rt_text *text, const mlc_rt_text *part, int64_t start, int64_t end);
int32_t mlc_rt_str_index(mlc_rt_text *out, const mlc_rt_text *text, int64_t index);
int32_t mlc_rt_str_join(mlc_rt_text *out, const mlc_rt_text *separator, const mlc_rt_list *list);
int64_t mlc_rt_str_len(const mlc_rt_text *text);
int32_t mlc_rt_str_lower(mlc_rt_text *out, const mlc_rt_text *text);
int32_t mlc_rt_str_lstrip(mlc_rt_text *out, const mlc_rt_text *text);
int32_t mlc_rt_str_lstrip_of(mlc_rt_text *out, const mlc_rt_text *text, const mlc_rt_text *of);
int32_t mlc_rt_str_new(mlc_rt_text *out, const char *bytes, int64_t len);
/* -1 with a pending error unless the text is one character. */
int64_t mlc_rt_str_ord(const mlc_rt_text *text);
void mlc_rt_str_release(mlc_rt_text text);
int32_t mlc_rt_str_repeat(mlc_rt_text *out, const mlc_rt_text *text, int64_t count);
int32_t mlc_rt_str_replace(mlc_rt_text *out, const mlc_rt_text *text, const mlc_rt_text *old, const mlc_rt_text *replacement);
int32_t mlc_rt_str_replace_most(mlc_rt_text *out, const mlc_rt_text *text, const mlc_rt_text *old, const mlc_rt_text *replacement, int64_t count);
int32_t mlc_rt_str_repr(mlc_rt_text *out, const mlc_rt_text *text);
void mlc_rt_str_retain(mlc_rt_text text);
int32_t mlc_rt_str_rstrip(mlc_rt_text *out, const mlc_rt_text *text);
int32_t mlc_rt_str_rstrip_of(mlc_rt_text *out, const mlc_rt_text *text, const mlc_rt_text *of);
int32_t mlc_rt_str_slice(mlc_rt_text *out, const mlc_rt_text *text, int64_t start, int64_t stop, int64_t step, int32_t present);
int32_t mlc_rt_str_split(mlc_rt_list *list, const mlc_rt_text *text);
int32_t mlc_rt_str_split_at(mlc_rt_list *list, const mlc_rt_text *text, const mlc_rt_text *separator);
int32_t mlc_rt_str_split_at_most(mlc_rt_list *list, const mlc_rt_text *text, const mlc_rt_text *separator, int64_t most);
int32_t mlc_rt_str_split_most(mlc_rt_list *list, const mlc_rt_text *text, int64_t most);
bool mlc_rt_str_starts_with(const mlc_rt_text *text, const mlc_rt_text *part);
int32_t mlc_rt_str_strip(mlc_rt_text *out, const mlc_rt_text *text);
int32_t mlc_rt_str_strip_of(mlc_rt_text *out, const mlc_rt_text *text, const mlc_rt_text *of);
/* Writes the real and the imaginary part. */
int32_t mlc_rt_str_to_c128(double out[2], const mlc_rt_text *text);
int32_t mlc_rt_str_to_f64(double *out, const mlc_rt_text *text);
int32_t mlc_rt_str_to_int(int64_t *out, const mlc_rt_text *text, int64_t base, int64_t bits, int64_t signed_);
int32_t mlc_rt_str_upper(mlc_rt_text *out, const mlc_rt_text *text);
/* What `repr` gives of an exception of a kind, and the name of the kind. The text of a caught exception is what
   `mlc_rt_text_caught` made: its message, and its arguments where they do not follow from that. */
void mlc_rt_print_exception(int32_t kind, const mlc_rt_text *text);
int32_t mlc_rt_text_push_exception(mlc_rt_list *out, int32_t kind, const mlc_rt_text *text);
int32_t mlc_rt_str_of_kind(mlc_rt_text *out, int32_t kind);
/* What `str` gives of it, what `repr` gives of the tuple of its arguments, their number, and one that is a text. */
int32_t mlc_rt_exception_message(mlc_rt_text *out, const mlc_rt_text *text);
int32_t mlc_rt_exception_arguments(mlc_rt_text *out, int32_t kind, const mlc_rt_text *text);
int64_t mlc_rt_exception_count(int32_t kind, const mlc_rt_text *text);
int32_t mlc_rt_exception_argument(mlc_rt_text *out, int32_t kind, const mlc_rt_text *text, int64_t index);
void mlc_rt_text_caught(mlc_rt_text *out);
int32_t mlc_rt_text_finish(mlc_rt_text *out, const mlc_rt_list *list);
int32_t mlc_rt_text_format_text(mlc_rt_list *out, const mlc_rt_text *value, const mlc_rt_text *spec);
int32_t mlc_rt_text_push(mlc_rt_list *out, const mlc_rt_text *text);
int32_t mlc_rt_text_push_repr(mlc_rt_list *out, const mlc_rt_text *text);
int32_t mlc_rt_text_raise(int32_t kind, const mlc_rt_text *message);
/* Raises again what was caught, which keeps its place. */
int32_t mlc_rt_text_reraise(int32_t kind, const mlc_rt_text *message);

/* Takes output in place of standard output; called on threads of the host only, never on workers of the pool. */
typedef void (*mlc_rt_sink)(void *context, const char *text, int64_t len);
/* NULL restores standard output. */
void mlc_rt_set_output(mlc_rt_sink sink, void *context);

/* ---- Objects of Python: counted references; NULL is None. A status unless it cannot fail. ---- */

typedef void *mlc_rt_object;
void mlc_rt_py_retain(mlc_rt_object object);
void mlc_rt_py_release(mlc_rt_object object);
/* `package` may be empty. */
int32_t mlc_rt_py_import(mlc_rt_object *out, const mlc_rt_text *package, const mlc_rt_text *name);
int32_t mlc_rt_py_attribute(mlc_rt_object *out, const mlc_rt_object *object, const mlc_rt_text *name);
int32_t mlc_rt_py_set_attribute(const mlc_rt_object *object, const mlc_rt_text *name, const mlc_rt_object *value);
int32_t mlc_rt_py_del_attribute(const mlc_rt_object *object, const mlc_rt_text *name);
int32_t mlc_rt_py_item(mlc_rt_object *out, const mlc_rt_object *object, const mlc_rt_object *index);
int32_t mlc_rt_py_set_item(const mlc_rt_object *object, const mlc_rt_object *index, const mlc_rt_object *value);
int32_t mlc_rt_py_del_item(const mlc_rt_object *object, const mlc_rt_object *index);
int32_t mlc_rt_py_slice(mlc_rt_object *out, const mlc_rt_object *start, const mlc_rt_object *stop, const mlc_rt_object *step);
int32_t mlc_rt_py_tuple(mlc_rt_object *out, const mlc_rt_list *items);
/* `names` is empty, or says of each argument, separated by commas: nothing, its name, `*` or `**`. */
int32_t mlc_rt_py_call(mlc_rt_object *out, const mlc_rt_object *function, const mlc_rt_list *arguments, const mlc_rt_text *names);
/* + - * @ / // % ** << >> | ^ & from 0 on, the same in place from 16 on. */
int32_t mlc_rt_py_binary(mlc_rt_object *out, int32_t operation, const mlc_rt_object *left, const mlc_rt_object *right);
/* - + ~ abs */
int32_t mlc_rt_py_unary(mlc_rt_object *out, int32_t operation, const mlc_rt_object *object);
/* < <= == != > >= */
int32_t mlc_rt_py_compare(mlc_rt_object *out, int32_t operation, const mlc_rt_object *left, const mlc_rt_object *right);
int32_t mlc_rt_py_contains(bool *out, const mlc_rt_object *item, const mlc_rt_object *container);
bool mlc_rt_py_is(const mlc_rt_object *left, const mlc_rt_object *right);
int32_t mlc_rt_py_truth(bool *out, const mlc_rt_object *object);
int32_t mlc_rt_py_len(int64_t *out, const mlc_rt_object *object);
int32_t mlc_rt_py_iterate(mlc_rt_object *out, const mlc_rt_object *object);
/* At the end of the iterator what is stored is an end, which is no object. */
int32_t mlc_rt_py_next(mlc_rt_object *out, const mlc_rt_object *iterator);
bool mlc_rt_py_is_end(const mlc_rt_object *object);
int32_t mlc_rt_py_str(mlc_rt_text *out, const mlc_rt_object *object);
int32_t mlc_rt_py_repr(mlc_rt_text *out, const mlc_rt_object *object);
int32_t mlc_rt_py_format(mlc_rt_text *out, const mlc_rt_object *object, const mlc_rt_text *spec);
/* `shape` says how the value lies in memory: see src/python/shape.rs. */
int32_t mlc_rt_py_from(mlc_rt_object *out, const uint8_t *value, const mlc_rt_text *shape);
int32_t mlc_rt_py_into(uint8_t *out, const mlc_rt_object *object, const mlc_rt_text *shape);
/* As mlc_rt_py_into, of a list or array of numbers that is only read: the address of its header, good until the end of the call by Python
 * that is under way. The elements are the object's where they lie as those of the value would. */
int32_t mlc_rt_py_lend(const uint64_t **out, const mlc_rt_object *object, const mlc_rt_text *shape);
/* As mlc_rt_py_from, of a value that ends: its memory becomes the object's where it is large. */
int32_t mlc_rt_py_hand_over(mlc_rt_object *out, uint8_t *value, const mlc_rt_text *shape);
/* The object for a struct, whose memory holds zeros afterwards. `type` points to a word that whoever makes the module's types sets. */
int32_t mlc_rt_py_struct(mlc_rt_object *out, uint8_t *value, const void *const *type, const mlc_rt_text *name);
/* Context managers: `exit` gives whether the exception, if any, is suppressed. */
int32_t mlc_rt_py_enter(mlc_rt_object *out, const mlc_rt_object *manager);
int32_t mlc_rt_py_exit(bool *out, const mlc_rt_object *manager, const mlc_rt_object *exception);
int32_t mlc_rt_py_matches(bool *out, const mlc_rt_object *exception, const mlc_rt_object *classes);
int32_t mlc_rt_py_raise(const mlc_rt_object *exception);
int32_t mlc_rt_py_raise_from(const mlc_rt_object *exception, const mlc_rt_object *cause);
/* The next function that becomes an object in this thread uses a top-level variable: so many bytes, changed or not, whose parts may move or not. */
void mlc_rt_py_callback_uses(const void *variable, int64_t size, bool changes, bool moves);
/* A function of the program as an object; `guard` ends what it captures. */
int32_t mlc_rt_py_callback(mlc_rt_object *out, mlc_rt_object *guard, void *entry, void *captures, const mlc_rt_text *description);
void mlc_rt_py_callback_place(mlc_rt_list *arguments, int64_t at, const mlc_rt_object *object);

/* ---- Numbers ---- */

/* Rounded once; `b` is not zero. */
double mlc_rt_divide_i64(int64_t a, int64_t b);
double mlc_rt_divide_u64(uint64_t a, uint64_t b);
/* Python's pow with three operands; a status. */
int32_t mlc_rt_pow_mod(int64_t *out, int64_t base, int64_t exponent, int64_t modulus);
/* Python's round with two operands: correctly rounded, ties to even. */
double mlc_rt_round_f64(double value, int64_t digits);
float mlc_rt_round_f32(float value, int64_t digits);
int64_t mlc_rt_round_i64(int64_t value, int64_t digits);
typedef struct {
  double re, im;
} mlc_rt_complex;
void mlc_rt_complex_pow(mlc_rt_complex *out, double re, double im, double b_re, double b_im);

/* ---- Math: where the C library is less accurate than 1 ULP (double) or 2 ULP (float) ---- */

double mlc_rt_math_log10_f64(double x);
double mlc_rt_math_sinh_f64(double x);
double mlc_rt_math_cosh_f64(double x);
double mlc_rt_math_tanh_f64(double x);
double mlc_rt_math_asinh_f64(double x);
double mlc_rt_math_acosh_f64(double x);
double mlc_rt_math_atanh_f64(double x);
double mlc_rt_math_cbrt_f64(double x);
double mlc_rt_math_erf_f64(double x);
double mlc_rt_math_erfc_f64(double x);
double mlc_rt_math_tgamma_f64(double x);
double mlc_rt_math_lgamma_f64(double x);
float mlc_rt_math_tanh_f32(float x);
float mlc_rt_math_acosh_f32(float x);
float mlc_rt_math_erfc_f32(float x);
float mlc_rt_math_tgamma_f32(float x);
float mlc_rt_math_lgamma_f32(float x);
double mlc_rt_math_expm1_f64(double x);
float mlc_rt_math_expm1_f32(float x);
double mlc_rt_math_log1p_f64(double x);
float mlc_rt_math_log1p_f32(float x);
double mlc_rt_math_rsqrt_f64(double x);

#ifdef __cplusplus
}
#endif

#endif
