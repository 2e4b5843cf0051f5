// RUN: %mlc opt %s --expand-uniform-division --split-input-file | %FileCheck %s

// A product and two corrections: the same bits. What might underflow is divided.
// CHECK-LABEL: func.func @exact
// CHECK-SAME:    %[[X:.+]]: vector<16xf32>, %[[S:.+]]: f32
// CHECK:         %[[R:.+]] = arith.divf %{{.+}}, %[[S]] : f32
// CHECK:         %[[RS:.+]] = vector.broadcast %[[R]] : f32 to vector<16xf32>
// CHECK:         %[[Q0:.+]] = arith.mulf %[[X]], %[[RS]] : vector<16xf32>
// CHECK:         %[[E0:.+]] = math.fma %[[Q0]], %{{.+}}, %[[X]]
// CHECK:         %[[Q1:.+]] = math.fma %[[E0]], %[[RS]], %[[Q0]]
// CHECK:         %[[E1:.+]] = math.fma %[[Q1]], %{{.+}}, %[[X]]
// CHECK:         %[[Q2:.+]] = math.fma %[[E1]], %[[RS]], %[[Q1]]
// CHECK:         %[[Q:.+]] = arith.select %{{.+}}, %[[Q2]], %[[Q0]]
// CHECK:         %[[ANY:.+]] = vector.reduction <or>
// CHECK:         scf.if
// CHECK:           arith.divf %[[X]], %{{.+}} : vector<16xf32>
// CHECK:         } else {
// CHECK:           scf.yield %[[Q]]
func.func @exact(%x: vector<16xf32>, %s: f32) -> vector<16xf32> {
  %b = vector.broadcast %s : f32 to vector<16xf32>
  %q = arith.divf %x, %b : vector<16xf32>
  return %q : vector<16xf32>
}

// -----

// CHECK-LABEL: func.func @fast
// CHECK:         %[[R:.+]] = arith.divf %{{.+}} : f32
// CHECK:         %[[RS:.+]] = vector.broadcast %[[R]]
// CHECK:         %[[Q:.+]] = arith.mulf %{{.+}}, %[[RS]] : vector<16xf32>
// CHECK:         return %[[Q]]
func.func @fast(%x: vector<16xf32>, %s: f32) -> vector<16xf32> attributes {mlc.fp = "fast"} {
  %b = vector.broadcast %s : f32 to vector<16xf32>
  %q = arith.divf %x, %b : vector<16xf32>
  return %q : vector<16xf32>
}

// -----

// A divisor of its own in each lane.
// CHECK-LABEL: func.func @kept
// CHECK:         arith.divf
// CHECK-NOT:     arith.mulf
func.func @kept(%y: vector<16xf32>, %z: vector<16xf32>) -> vector<16xf32> {
  %r = arith.divf %y, %z : vector<16xf32>
  return %r : vector<16xf32>
}
