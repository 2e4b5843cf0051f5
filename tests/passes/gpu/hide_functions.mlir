// RUN: %mlc opt %s --pass-pipeline='builtin.module(gpu.module(gpu-hide-functions))' | %FileCheck %s

// Only what stands beside kernels.
// CHECK:     func.func @square
// CHECK:     gpu.module @kernels
// CHECK:       gpu.func @kernel() kernel
// CHECK:       func.func private @square
func.func @square(%x: f32) -> f32 {
  return %x : f32
}
gpu.module @kernels {
  gpu.func @kernel() kernel {
    gpu.return
  }
  func.func @square(%x: f32) -> f32 {
    return %x : f32
  }
}
