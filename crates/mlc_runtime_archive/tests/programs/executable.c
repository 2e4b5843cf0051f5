/* An executable: with an argument it fails as an uncaught error does. */
#include "mlc_runtime.h"

int main(int argc, char **argv, char **envp) {
  (void)envp;
  mlc_rt_print_str(argv[0][0] ? "arguments " : "no name ", 10);
  mlc_rt_print_i64(argc - 1);
  mlc_rt_print_newline();
  mlc_rt_print_f64(0.1);
  mlc_rt_print_newline();
  mlc_rt_print_bool(true);
  if (argc > 1) {
    mlc_rt_raise_index(7, 5, "x.mlc", 5, 3);
    return mlc_rt_report_uncaught();
  }
  return 0;
}
