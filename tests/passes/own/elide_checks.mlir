// RUN: %mlc opt %s --pass-pipeline='builtin.module(func.func(own-elide-checks))' --split-input-file | %FileCheck %s

// An induction variable below the length needs no check, and the loop no status.
// CHECK-LABEL: func.func @below
// CHECK:         par.for (%{{.*}}) in (%{{.*}}) {
// CHECK-NOT:     own.check_index
// CHECK-NOT:     own.propagate
func.func @below(%x: !own.ref<!own.list<f32>>) -> i32 {
  %ok = arith.constant 0 : i32
  %n = own.len %x : !own.ref<!own.list<f32>>
  %status = par.for (%i) in (%n) raises {
    own.check_index %i < %n given %i
  }
  own.propagate %status
  return %ok : i32
}

// -----

// A stencil from 1 to n - 1 touches i - 1 and i + 1; the wrap of i - 1 goes too.
// CHECK-LABEL: func.func @stencil
// CHECK:         scf.for
// CHECK-NOT:       own.check_index
// CHECK-NOT:       arith.select
func.func @stencil(%x: !own.ref<!own.list<f32>>) -> i32 {
  %ok = arith.constant 0 : i32
  %zero = arith.constant 0 : i64
  %one = arith.constant 1 : index
  %n = own.len %x : !own.ref<!own.list<f32>>
  %end = arith.subi %n, %one : index
  scf.for %i = %one to %end step %one {
    %left = arith.subi %i, %one : index
    %given = arith.index_cast %left : index to i64
    %negative = arith.cmpi slt, %given, %zero : i64
    %length = arith.index_cast %n : index to i64
    %shifted = arith.addi %given, %length : i64
    %wrapped = arith.select %negative, %shifted, %given : i64
    %index = arith.index_cast %wrapped : i64 to index
    own.check_index %index < %n given %left
    %right = arith.addi %i, %one : index
    own.check_index %right < %n given %right
  }
  return %ok : i32
}

// -----

// One past the end may fail: the check stays.
// CHECK-LABEL: func.func @past
// CHECK:         par.for (%{{.*}}) in (%{{.*}}) raises
// CHECK:           own.check_index
func.func @past(%x: !own.ref<!own.list<f32>>) -> i32 {
  %ok = arith.constant 0 : i32
  %one = arith.constant 1 : index
  %n = own.len %x : !own.ref<!own.list<f32>>
  %status = par.for (%i) in (%n) raises {
    %next = arith.addi %i, %one : index
    own.check_index %next < %n given %next
  }
  own.propagate %status
  return %ok : i32
}

// -----

// A length of a triangle: j <= i < n.
// CHECK-LABEL: func.func @triangle
// CHECK-NOT:     own.check_index
func.func @triangle(%x: !own.ref<!own.list<f32>>) -> i32 {
  %ok = arith.constant 0 : i32
  %zero = arith.constant 0 : index
  %one = arith.constant 1 : index
  %n = own.len %x : !own.ref<!own.list<f32>>
  %status = par.for (%i) in (%n) raises {
    %end = arith.addi %i, %one : index
    scf.for %j = %zero to %end step %one {
      own.check_index %j < %n given %j
    }
  }
  own.propagate %status
  return %ok : i32
}

// -----

// What cannot have raised leaves nothing, and so does not keep a loop from losing its status.
// CHECK-LABEL: func.func @fine
// CHECK-NOT:     raises
// CHECK-NOT:     own.propagate
func.func @fine(%n: index) -> i32 {
  %ok = arith.constant 0 : i32
  %status = par.for (%i) in (%n) raises {
    %none = arith.constant 0 : i32
    own.propagate %none raised_here
  }
  own.propagate %status
  return %ok : i32
}
