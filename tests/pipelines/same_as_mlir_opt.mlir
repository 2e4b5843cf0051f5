// On IR of upstream dialects `mlc opt` is `mlir-opt`: the same flags, the same output.
// RUN: %mlc opt %s --pass-pipeline='builtin.module(func.func(canonicalize,cse),convert-scf-to-cf)' > %t.mlc
// RUN: %mlir-opt %s --pass-pipeline='builtin.module(func.func(canonicalize,cse),convert-scf-to-cf)' > %t.mlir
// RUN: diff %t.mlir %t.mlc
// RUN: %FileCheck %s < %t.mlc

// CHECK-LABEL: func.func @sum
// CHECK-NOT:     scf.for
// CHECK:         cf.cond_br
func.func @sum(%n: index) -> index {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c1_again = arith.constant 1 : index
  %total = scf.for %i = %c0 to %n step %c1_again iter_args(%acc = %c0) -> (index) {
    %next = arith.addi %acc, %i : index
    %doubled = arith.muli %next, %c1 : index
    scf.yield %doubled : index
  }
  return %total : index
}
