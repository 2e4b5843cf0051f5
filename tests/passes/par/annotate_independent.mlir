// RUN: %mlc opt %s --pass-pipeline='builtin.module(func.func(par-annotate-independent))' --split-input-file | %FileCheck %s

// Two borrows of different values never meet: the loop is y[i] += x[i + 1].
// CHECK-LABEL: func.func @independent
// CHECK:         {par.independent}
func.func @independent(%x: !own.ref<!own.list<f32>>, %y: !own.mut<!own.list<f32>>, %n: index) {
  %zero = arith.constant 0 : index
  %one = arith.constant 1 : index
  %xs = own.view %x : !own.ref<!own.list<f32>> -> memref<?xf32>
  %ys = own.view %y : !own.mut<!own.list<f32>> -> memref<?xf32>
  scf.for %i = %zero to %n step %one {
    %j = arith.addi %i, %one : index
    %a = memref.load %xs[%j] : memref<?xf32>
    %b = memref.load %ys[%i] : memref<?xf32>
    %c = arith.addf %a, %b : f32
    memref.store %c, %ys[%i] : memref<?xf32>
  }
  return
}

// -----

// A recurrence: y[i + 1] = y[i].
// CHECK-LABEL: func.func @recurrence
// CHECK-NOT:     par.independent
func.func @recurrence(%y: !own.mut<!own.list<f32>>, %n: index) {
  %zero = arith.constant 0 : index
  %one = arith.constant 1 : index
  %ys = own.view %y : !own.mut<!own.list<f32>> -> memref<?xf32>
  scf.for %i = %zero to %n step %one {
    %j = arith.addi %i, %one : index
    %b = memref.load %ys[%i] : memref<?xf32>
    memref.store %b, %ys[%j] : memref<?xf32>
  }
  return
}

// -----

// An error must come from the first iteration that fails.
// CHECK-LABEL: func.func @check
// CHECK-NOT:     par.independent
func.func @check(%y: !own.mut<!own.list<f32>>, %n: index, %v: f32) -> i32 {
  %ok = arith.constant 0 : i32
  %zero = arith.constant 0 : index
  %one = arith.constant 1 : index
  %m = own.len %y : !own.mut<!own.list<f32>>
  %ys = own.view %y : !own.mut<!own.list<f32>> -> memref<?xf32>
  scf.for %i = %zero to %n step %one {
    own.check_index %i < %m given %i
    memref.store %v, %ys[%i] : memref<?xf32>
  }
  return %ok : i32
}
