// RUN: %mlc opt %s --pass-pipeline='builtin.module(func.func(own-hoist-checks,own-elide-checks))' --split-input-file | %FileCheck %s

// The loop runs without its check where all indices are in range, else as it was.
// CHECK-LABEL: func.func @other_length
// CHECK:         %[[LAST:.*]] = arith.addi
// CHECK:         arith.cmpi slt, %[[LAST]]
// CHECK:         scf.if
// CHECK:           par.for (%{{.*}}) in (%{{.*}}) {
// CHECK-NOT:       own.check_index
// CHECK:         else
// CHECK:           par.for (%{{.*}}) in (%{{.*}}) raises attributes {mlc.cold}
// CHECK-NEXT:        own.check_index
func.func @other_length(%x: !own.ref<!own.list<f32>>, %y: !own.ref<!own.list<f32>>) -> i32 {
  %ok = arith.constant 0 : i32
  %n = own.len %x : !own.ref<!own.list<f32>>
  %m = own.len %y : !own.ref<!own.list<f32>>
  %status = par.for (%i) in (%n) raises {
    own.check_index %i < %m given %i
  }
  own.propagate %status
  return %ok : i32
}

// -----

// An offset that is not known is bounded first, so that the guard cannot overflow.
// CHECK-LABEL: func.func @offset
// CHECK:         arith.cmpi ult
// CHECK:         scf.if
func.func @offset(%x: !own.ref<!own.list<f32>>, %n: index, %k: index) -> i32 {
  %ok = arith.constant 0 : i32
  %m = own.len %x : !own.ref<!own.list<f32>>
  %status = par.for (%i) in (%n) raises {
    %j = arith.addi %i, %k : index
    own.check_index %j < %m given %j
  }
  own.propagate %status
  return %ok : i32
}

// -----

// A length that changes in the loop cannot be asked for before it.
// CHECK-LABEL: func.func @changing
// CHECK-NOT:     scf.if
func.func @changing(%x: !own.mut<!own.list<i64>>, %n: index, %v: i64) -> i32 {
  %ok = arith.constant 0 : i32
  %zero = arith.constant 0 : index
  %one = arith.constant 1 : index
  scf.for %i = %zero to %n step %one {
    %m = own.len %x : !own.mut<!own.list<i64>>
    own.check_index %i < %m given %i
    own.append %v to %x : i64, !own.mut<!own.list<i64>>
  }
  return %ok : i32
}
