// What the compiler cannot take further is reported as its own bug, with exit status 3, a file that shows it again and the
// command that does so.

// RUN: %mlc compile %s --reproducer again.mlir > out 2>&1; test $? = 3
// RUN: %FileCheck %s --check-prefix=MESSAGE < out
// RUN: %not sh -c "$(grep -o 'mlc opt .*' out)" > again.out 2>&1
// RUN: %FileCheck %s --check-prefix=AGAIN < again.out
// RUN: test -z "$(ls | grep '\.so$')"

// MESSAGE: error[internal-error]: `[[STEP:[^`]*]]` failed: [[REASON:.*]]
// MESSAGE: help: this is a bug of the compiler's, not of the program
// MESSAGE: help: to see it again: mlc opt --pass-pipeline='builtin.module([[STEP]])' again.mlir
// AGAIN: error:

func.func @tensors(%x: tensor<4xf32>) -> tensor<4xf32> {
  return %x : tensor<4xf32>
}
