// RUN: %mlc opt %s --fuse-multiply-add --split-input-file | %FileCheck %s

// CHECK-LABEL: func.func @fuse
// CHECK-SAME:    %[[A:.+]]: f32, %[[B:.+]]: f32, %[[C:.+]]: f32
// CHECK:         %[[SUM:.+]] = math.fma %[[A]], %[[B]], %[[C]] : f32
// CHECK:         %[[OPPOSITE:.+]] = arith.negf %[[A]]
// CHECK:         %[[LESS:.+]] = math.fma %[[OPPOSITE]], %[[B]], %[[C]] : f32
// CHECK-NOT:     arith.mulf
// CHECK:         return %[[SUM]], %[[LESS]]
func.func @fuse(%a: f32, %b: f32, %c: f32) -> (f32, f32) {
  %p = arith.mulf %a, %b fastmath<contract> : f32
  %sum = arith.addf %c, %p fastmath<contract> : f32
  %q = arith.mulf %a, %b fastmath<contract> : f32
  %less = arith.subf %c, %q fastmath<contract> : f32
  return %sum, %less : f32, f32
}

// -----

// A product that is used twice is rounded, and LLVM may not fuse it either.
// CHECK-LABEL: func.func @twice
// CHECK:         arith.mulf %{{.+}}, %{{.+}} : f32
// CHECK:         arith.addf %{{.+}}, %{{.+}} : f32
func.func @twice(%a: f32, %b: f32, %c: f32) -> (f32, f32) {
  %p = arith.mulf %a, %b fastmath<contract> : f32
  %sum = arith.addf %c, %p fastmath<contract> : f32
  return %sum, %p : f32, f32
}

// -----

// Strict operations carry no flag and round each for itself.
// CHECK-LABEL: func.func @strict
// CHECK-NOT:     math.fma
// CHECK:         return
func.func @strict(%a: f32, %b: f32, %c: f32) -> f32 {
  %p = arith.mulf %a, %b : f32
  %sum = arith.addf %c, %p : f32
  return %sum : f32
}

// -----

// A processor without the instruction gets none.
// CHECK-LABEL: func.func @without
// CHECK-NOT:     math.fma
// CHECK-NOT:     contract
// CHECK:         return
module attributes {mlc.fma = false} {
  func.func @without(%a: f32, %b: f32, %c: f32) -> f32 {
    %p = arith.mulf %a, %b fastmath<contract> : f32
    %sum = arith.addf %c, %p fastmath<contract> : f32
    return %sum : f32
  }
}
