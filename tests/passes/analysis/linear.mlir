// RUN: %mlc opt %s --pass-pipeline='builtin.module(own-report-facts{of=linear})' --verify-diagnostics

func.func @indices(%m: memref<?xf32>, %i: index loc("i"), %j: index loc("j")) {
  %two = arith.constant 2 : index
  %three = arith.constant 3 : index
  %a = arith.muli %i, %two : index
  %b = arith.addi %a, %j : index
  %c = arith.subi %b, %three : index
  // expected-remark@+1 {{index 1 j + 2 i + -3}}
  %u = memref.load %m[%c] : memref<?xf32>
  // A product of two symbols is a symbol.
  %d = arith.muli %i, %j : index
  // expected-remark@+1 {{index 1 arith.muli + 0}}
  %v = memref.load %m[%d] : memref<?xf32>
  return
}
