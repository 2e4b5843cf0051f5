// RUN: %mlc opt %s --extend-bf16 | %FileCheck %s

// CHECK-LABEL: func.func @sum
// CHECK-DAG:     %[[X:.+]] = arith.extf %arg0 : bf16 to f32
// CHECK-DAG:     %[[Y:.+]] = arith.extf %arg1 : bf16 to f32
// CHECK:         %[[Z:.+]] = arith.addf %[[X]], %[[Y]] fastmath<contract> : f32
// CHECK:         arith.truncf %[[Z]] : f32 to bf16
func.func @sum(%a: bf16, %b: bf16) -> bf16 {
  %c = arith.addf %a, %b fastmath<contract> : bf16
  return %c : bf16
}

// CHECK-LABEL: func.func @vector
// CHECK:         arith.cmpf olt, %{{.+}}, %{{.+}} : vector<8xf32>
// CHECK:         arith.select %{{.+}}, %{{.+}}, %{{.+}} : vector<8xi1>, vector<8xbf16>
func.func @vector(%a: vector<8xbf16>, %b: vector<8xbf16>) -> vector<8xbf16> {
  %less = arith.cmpf olt, %a, %b : vector<8xbf16>
  %c = arith.select %less, %a, %b : vector<8xi1>, vector<8xbf16>
  return %c : vector<8xbf16>
}

// CHECK-LABEL: func.func @conversions
// CHECK:         %[[F:.+]] = arith.truncf %arg0 : f64 to f32
// CHECK:         arith.truncf %[[F]] : f32 to bf16
// CHECK:         %[[I:.+]] = arith.sitofp %arg1 : i64 to f32
// CHECK:         arith.truncf %[[I]] : f32 to bf16
// CHECK:         %[[W:.+]] = arith.extf %arg2 : bf16 to f32
// CHECK:         arith.extf %[[W]] : f32 to f64
func.func @conversions(%f: f64, %i: i64, %b: bf16) -> (bf16, bf16, f64) {
  %x = arith.truncf %f : f64 to bf16
  %y = arith.sitofp %i : i64 to bf16
  %z = arith.extf %b : bf16 to f64
  return %x, %y, %z : bf16, bf16, f64
}

// CHECK-LABEL: func.func @kept
// CHECK-NEXT:    arith.extf %arg0 : bf16 to f32
// CHECK-NEXT:    arith.truncf %arg1 : f32 to bf16
// CHECK-NEXT:    arith.addf %arg1, %arg1 : f32
// CHECK-NEXT:    return
func.func @kept(%a: bf16, %b: f32) -> (f32, bf16, f32) {
  %x = arith.extf %a : bf16 to f32
  %y = arith.truncf %b : f32 to bf16
  %z = arith.addf %b, %b : f32
  return %x, %y, %z : f32, bf16, f32
}
