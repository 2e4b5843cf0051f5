// RUN: %mlc opt %s --pass-pipeline='builtin.module(func.func(own-hoist-views))' --split-input-file | %FileCheck %s

// Header reads leave the loop and equal ones are merged.
// CHECK-LABEL: func.func @scale
// CHECK-DAG:     %[[N:.*]] = own.len %{{.*}} : !own.ref
// CHECK-DAG:     own.view %{{.*}} : !own.ref
// CHECK-DAG:     own.view %{{.*}} : !own.mut
// CHECK:         par.for (%{{.*}}) in (%[[N]])
// CHECK-NOT:     own.len
// CHECK-NOT:     own.view
// CHECK:           own.check_index %{{.*}}<%[[N]]
func.func @scale(%x: !own.ref<!own.list<f32>>, %y: !own.mut<!own.list<f32>>) -> i32 {
  %ok = arith.constant 0 : i32
  %r = own.borrow %x : !own.ref<!own.list<f32>> -> !own.ref<!own.list<f32>>
  %n = own.len %r : !own.ref<!own.list<f32>>
  %status = par.for (%i) in (%n) raises {
    %r1 = own.borrow %x : !own.ref<!own.list<f32>> -> !own.ref<!own.list<f32>>
    %n1 = own.len %r1 : !own.ref<!own.list<f32>>
    own.check_index %i < %n1 given %i
    %d = own.view %r1 : !own.ref<!own.list<f32>> -> memref<?xf32>
    %v = memref.load %d[%i] : memref<?xf32>
    %m1 = own.borrow_mut %y : !own.mut<!own.list<f32>> -> !own.mut<!own.list<f32>>
    %b1 = own.borrow %y : !own.mut<!own.list<f32>> -> !own.ref<!own.list<f32>>
    %n2 = own.len %b1 : !own.ref<!own.list<f32>>
    own.check_index %i < %n2 given %i
    %w = own.view %m1 : !own.mut<!own.list<f32>> -> memref<?xf32>
    memref.store %v, %w[%i] : memref<?xf32>
  }
  own.propagate %status
  return %ok : i32
}

// -----

// A list that grows in the loop is read anew in each iteration.
// CHECK-LABEL: func.func @grow
// CHECK:         scf.for
// CHECK:           own.len
// CHECK:           own.append
func.func @grow(%x: !own.mut<!own.list<i64>>, %v: i64) -> i32 {
  %ok = arith.constant 0 : i32
  %zero = arith.constant 0 : index
  %one = arith.constant 1 : index
  %ten = arith.constant 10 : index
  scf.for %i = %zero to %ten step %one {
    %r = own.borrow %x : !own.mut<!own.list<i64>> -> !own.ref<!own.list<i64>>
    %n = own.len %r : !own.ref<!own.list<i64>>
    own.check_index %i < %n given %i
    own.append %v to %x : i64, !own.mut<!own.list<i64>>
  }
  return %ok : i32
}

// -----

// The borrow of a row stays where its index is still checked.
// CHECK-LABEL: func.func @row
// CHECK:         scf.for
// CHECK:           own.check_index
// CHECK-NEXT:      own.elem
func.func @row(%m: !own.ref<!own.list<!own.list<f32>>>, %k: index) -> i32 {
  %ok = arith.constant 0 : i32
  %zero = arith.constant 0 : index
  %one = arith.constant 1 : index
  %ten = arith.constant 10 : index
  scf.for %i = %zero to %ten step %one {
    %n = own.len %m : !own.ref<!own.list<!own.list<f32>>>
    own.check_index %k < %n given %k
    %row = own.elem %m[%k] : !own.ref<!own.list<!own.list<f32>>> -> !own.ref<!own.list<f32>>
    %l = own.len %row : !own.ref<!own.list<f32>>
    own.check_index %i < %l given %i
  }
  return %ok : i32
}

// -----

// Of one field, a borrow that reads and one that writes are two.
// CHECK-LABEL: func.func @read_then_write
// CHECK:         own.field %{{.*}} -> !own.ref<!own.str>
// CHECK:         own.field %{{.*}} -> !own.mut<!own.str>
func.func @read_then_write(%x: !own.mut<!own.struct<"S", [!own.str]>>, %b: !own.box<!own.str>) -> i64 {
  %r = own.field %x[0] : !own.mut<!own.struct<"S", [!own.str]>> -> !own.ref<!own.str>
  %n = func.call @length(%r) : (!own.ref<!own.str>) -> i64
  %w = own.field %x[0] : !own.mut<!own.struct<"S", [!own.str]>> -> !own.mut<!own.str>
  own.put %b, %w : <!own.str>, <!own.str>
  return %n : i64
}
func.func private @length(!own.ref<!own.str>) -> i64
