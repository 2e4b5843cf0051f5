// RUN: %mlc opt %s --expand-math --split-input-file | %FileCheck %s

// The same arithmetic on scalars and on vectors; nothing is left to a library.
// CHECK-LABEL: func.func @exp
// CHECK-NOT:     math.exp
// CHECK:         %[[SHIFTED:.+]] = math.fma %{{.+}} : f32
// CHECK:         arith.bitcast %[[SHIFTED]] : f32 to i32
// CHECK:         math.fma
// CHECK:         %[[SHIFTED_VECTOR:.+]] = math.fma %{{.+}} : vector<16xf32>
// CHECK:         arith.bitcast %[[SHIFTED_VECTOR]] : vector<16xf32> to vector<16xi32>
// CHECK-NOT:     math.exp
// CHECK:         return
func.func @exp(%x: f32, %v: vector<16xf32>) -> (f32, vector<16xf32>) {
  %y = math.exp %x : f32
  %w = math.exp %v : vector<16xf32>
  return %y, %w : f32, vector<16xf32>
}

// -----

// Large arguments go to the C library, in scalars by a branch.
// CHECK-LABEL: func.func @sin
// CHECK-SAME:    %[[X:.+]]: f64
// CHECK:         %[[SMALL:.+]] = arith.cmpf ole
// CHECK:         scf.if %[[SMALL]] -> (f64)
// CHECK:         } else {
// CHECK:           math.sin %[[X]] : f64
func.func @sin(%x: f64) -> f64 {
  %y = math.sin %x : f64
  return %y : f64
}

// -----

// In vectors the lanes that need it go one by one.
// CHECK-LABEL: func.func @sines
// CHECK:         %[[ANY:.+]] = vector.reduction <or>
// CHECK:         scf.if %[[ANY]]
// CHECK:           scf.for
// CHECK:             vector.extract
// CHECK:             scf.if
// CHECK:               math.sin %{{.+}} : f32
// CHECK:               vector.insert
func.func @sines(%x: vector<16xf32>) -> vector<16xf32> {
  %y = math.sin %x : vector<16xf32>
  return %y : vector<16xf32>
}

// -----

// Without a fused multiply-add the C library is both faster and exact enough.
// CHECK-LABEL: func.func @without
// CHECK:         math.exp %{{.+}} : f32
module attributes {mlc.fma = false} {
  func.func @without(%x: f32) -> f32 {
    %y = math.exp %x : f32
    return %y : f32
  }
}

// -----

// Two roundings would lose more than the last place of f64.
// CHECK-LABEL: func.func @rsqrt
// CHECK:         %[[ROOT:.+]] = math.sqrt
// CHECK:         %[[Y:.+]] = arith.divf %{{.+}}, %[[ROOT]]
// CHECK:         math.fma %[[ROOT]], %[[ROOT]]
// CHECK:         math.fma %[[Y]], %{{.+}}, %[[Y]]
// CHECK:         math.rsqrt %{{.+}} : f32
func.func @rsqrt(%x: f64, %y: f32) -> (f64, f32) {
  %a = math.rsqrt %x : f64
  %b = math.rsqrt %y : f32
  return %a, %b : f64, f32
}
