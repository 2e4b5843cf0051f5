// RUN: %mlc opt %s --pass-pipeline='builtin.module(vectorize-inner-loops{width=512})' --split-input-file | %FileCheck %s

// A long loop that streams first runs to where its stores are aligned: a register under a mask.
// CHECK-LABEL: func.func @stream
// CHECK:         %[[ADDRESS:.*]] = memref.extract_aligned_pointer_as_index %arg1
// CHECK:         arith.remui
// CHECK:         %[[PEELED:.*]] = arith.select
// CHECK:         %[[START:.*]] = arith.addi %{{.*}}, %[[PEELED]]
// CHECK:         scf.for %{{.*}} = %{{.*}} to %[[START]]
// CHECK:           vector.maskedstore
// CHECK:         scf.for %{{.*}} = %[[START]] to
// CHECK:           vector.store %{{.*}} : memref<?xf32>, vector<64xf32>
func.func @stream(%x: memref<?xf32>, %y: memref<?xf32>, %n: index) {
  %zero = arith.constant 0 : index
  %one = arith.constant 1 : index
  scf.for %i = %zero to %n step %one {
    %a = memref.load %x[%i] : memref<?xf32>
    %b = arith.addf %a, %a : f32
    memref.store %b, %y[%i] : memref<?xf32>
  } {par.independent}
  return
}

// -----

// Where lanes combine, their number must not depend on an address.
// CHECK-LABEL: func.func @sum
// CHECK-NOT:     memref.extract_aligned_pointer_as_index
func.func @sum(%x: memref<?xf32>, %y: memref<?xf32>, %n: index) -> f32 {
  %zero = arith.constant 0 : index
  %one = arith.constant 1 : index
  %init = arith.constant 0.0 : f32
  %sum = scf.for %i = %zero to %n step %one iter_args(%s = %init) -> (f32) {
    %a = memref.load %x[%i] : memref<?xf32>
    memref.store %a, %y[%i] : memref<?xf32>
    %t = arith.addf %s, %a : f32
    scf.yield %t : f32
  } {par.independent}
  return %sum : f32
}
