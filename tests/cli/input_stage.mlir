// What no stage allows is the fault of the IR that came in, and is said at its place.

// RUN: %mlc check %s > out 2>&1; test $? = 1
// RUN: %FileCheck %s < out
// CHECK: error[malformed-ir]: `tensor.empty` is not legal in stage `own`
// CHECK: input_stage.mlir:[[@LINE+4]]:

func.func @f() {
  // The line below is the one that is shown.
  %0 = tensor.empty() : tensor<4xf32>
  return
}
