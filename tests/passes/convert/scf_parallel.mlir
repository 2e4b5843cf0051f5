// RUN: %mlc opt %s --convert-scf-parallel-to-par --split-input-file | %FileCheck %s

// Starts and steps move into the body.
// CHECK-LABEL: func.func @steps
// CHECK-SAME:    %[[DATA:[a-z0-9]+]]: memref<?x?xf32>, %[[L:[a-z0-9]+]]: index, %[[U:[a-z0-9]+]]: index, %[[S:[a-z0-9]+]]: index
// CHECK:         %[[SPAN:.+]] = arith.subi %[[U]], %[[L]]
// CHECK:         %[[COUNT:.+]] = arith.ceildivsi %[[SPAN]], %[[S]]
// CHECK:         par.for (%[[I:.+]], %[[J:.+]]) in (%[[U]], %[[COUNT]]) {
// CHECK:           %[[OFFSET:.+]] = arith.muli %[[J]], %[[S]]
// CHECK:           %[[COLUMN:.+]] = arith.addi %[[L]], %[[OFFSET]]
// CHECK:           memref.store %{{.+}}, %[[DATA]][%[[I]], %[[COLUMN]]]
func.func @steps(%data: memref<?x?xf32>, %l: index, %u: index, %s: index, %x: f32) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  scf.parallel (%i, %j) = (%c0, %l) to (%u, %u) step (%c1, %s) {
    memref.store %x, %data[%i, %j] : memref<?x?xf32>
  }
  return
}

// -----

// CHECK-LABEL: func.func @sum
// CHECK:         %[[TOTAL:.+]] = par.for (%{{.+}}) in (%{{.+}}) reduce(add %{{.+}} : f32) {
// CHECK:           %[[X:.+]] = memref.load
// CHECK:           par.yield %[[X]] : f32
// CHECK:         return %[[TOTAL]]
func.func @sum(%data: memref<?xf32>, %n: index, %z: f32) -> f32 {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %total = scf.parallel (%i) = (%c0) to (%n) step (%c1) init (%z) -> f32 {
    %x = memref.load %data[%i] : memref<?xf32>
    scf.reduce(%x : f32) {
    ^bb0(%a: f32, %b: f32):
      %s = arith.addf %a, %b : f32
      scf.reduce.return %s : f32
    }
  }
  return %total : f32
}

// -----

// A reduction without a name stays.
// CHECK-LABEL: func.func @other
// CHECK:         scf.parallel
// CHECK-NOT:     par.for
func.func @other(%data: memref<?xf32>, %n: index, %z: f32) -> f32 {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %total = scf.parallel (%i) = (%c0) to (%n) step (%c1) init (%z) -> f32 {
    %x = memref.load %data[%i] : memref<?xf32>
    scf.reduce(%x : f32) {
    ^bb0(%a: f32, %b: f32):
      %s = arith.subf %a, %b : f32
      scf.reduce.return %s : f32
    }
  }
  return %total : f32
}
