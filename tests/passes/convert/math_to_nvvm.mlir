// RUN: %mlc opt %s --pass-pipeline='builtin.module(gpu.module(convert-math-to-nvvm))' --split-input-file --verify-diagnostics | %FileCheck %s

// What a device has an instruction for, with its flags.
// CHECK-LABEL: gpu.func @intrinsics
// CHECK:         llvm.call_intrinsic "llvm.sqrt"(%{{.+}}) {fastmathFlags = #llvm.fastmath<contract>} : (f32) -> f32
// CHECK:         llvm.call_intrinsic "llvm.fma"(%{{.+}}, %{{.+}}, %{{.+}}) : (f32, f32, f32) -> f32
// CHECK:         llvm.call_intrinsic "llvm.floor"
gpu.module @kernels {
  gpu.func @intrinsics(%x: f32, %y: memref<f32>) kernel {
    %a = math.sqrt %x fastmath<contract> : f32
    %b = math.fma %a, %x, %x : f32
    %c = math.floor %b : f32
    memref.store %c, %y[] : memref<f32>
    gpu.return
  }
}

// -----

// CHECK-LABEL: gpu.func @absolute
// CHECK-SAME:    %[[X:.+]]: i64
// CHECK:         %[[OPPOSITE:.+]] = arith.subi %{{.+}}, %[[X]]
// CHECK:         arith.maxsi %[[X]], %[[OPPOSITE]]
gpu.module @kernels {
  gpu.func @absolute(%x: i64, %y: memref<i64>) kernel {
    %a = math.absi %x : i64
    memref.store %a, %y[] : memref<i64>
    gpu.return
  }
}

// -----

// A remainder is a function of the module, which is made once.
// CHECK-LABEL: gpu.func @remainders
// CHECK-COUNT-2: call @mlc_fmod_f64
// CHECK:         func.func private @mlc_fmod_f64
// CHECK-NOT:     func.func private @mlc_fmod_f64
gpu.module @kernels {
  gpu.func @remainders(%x: f64, %y: memref<f64>) kernel {
    %a = arith.remf %x, %x : f64
    %b = arith.remf %a, %x : f64
    memref.store %b, %y[] : memref<f64>
    gpu.return
  }
}

// -----

gpu.module @kernels {
  gpu.func @lacking(%x: f64, %y: memref<f64>) kernel {
    // expected-error @+1 {{unsupported: `sin` of 64-bit numbers cannot run on a GPU}}
    %a = math.sin %x : f64
    memref.store %a, %y[] : memref<f64>
    gpu.return
  }
}
