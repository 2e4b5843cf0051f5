// RUN: %mlc opt %s --convert-math-to-runtime | %FileCheck %s

// CHECK:       func.func private @mlc_rt_math_erf_f64(f64) -> f64

// CHECK-LABEL: func.func @scalar
// CHECK:         call @mlc_rt_math_erf_f64(%{{.+}}) : (f64) -> f64
func.func @scalar(%x: f64) -> f64 {
  %y = math.erf %x : f64
  return %y : f64
}

// CHECK-LABEL: func.func @vector
// CHECK:         scf.for
// CHECK:           vector.extract
// CHECK:           func.call @mlc_rt_math_erf_f64
// CHECK:           vector.insert
func.func @vector(%x: vector<4xf64>) -> vector<4xf64> {
  %y = math.erf %x : vector<4xf64>
  return %y : vector<4xf64>
}

// The C library is accurate enough here.
// CHECK-LABEL: func.func @kept
// CHECK:         math.erf
func.func @kept(%x: f32) -> f32 {
  %y = math.erf %x : f32
  return %y : f32
}
