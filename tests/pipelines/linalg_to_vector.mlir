// RUN: %mlc compile %s --cpu x86-64-v3 --emit vector -o - | %FileCheck %s

// A structured operation runs on threads and vectors.
// CHECK-LABEL: func.func private @add.par0(
// CHECK:         scf.for
// CHECK:           scf.for
// CHECK:             vector.load {{.+}} vector<32xf32>
// CHECK:             arith.addf {{.+}} : vector<32xf32>
// CHECK:             vector.store
// CHECK-LABEL: func.func @add(
// CHECK:         call @mlc_rt_parallel_for
// CHECK-NOT:     linalg
func.func @add(%a: memref<?x?xf32>, %b: memref<?x?xf32>) {
  linalg.add ins(%a, %b : memref<?x?xf32>, memref<?x?xf32>) outs(%b : memref<?x?xf32>)
  return
}
