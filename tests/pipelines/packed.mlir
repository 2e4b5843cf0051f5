// RUN: %mlc compile %s --cpu x86-64-v3 --emit asm -o - | %FileCheck %s

// The hot loops hold packed instructions on whole registers, through all of the pipeline.
// CHECK-LABEL: {{^[a-z_.]*}}scale.par0:
// CHECK:         vmulps {{.*}}(%{{.*}}), %ymm{{[0-9]+}}, %ymm{{[0-9]+}}
// CHECK:         vmovups %ymm
// CHECK-LABEL: {{^[a-z_.]*}}sum.par0:
// CHECK-COUNT-4: vaddps {{.*}}(%{{.*}}), %ymm{{[0-9]+}}, %ymm{{[0-9]+}}
// CHECK-LABEL: {{^[a-z_.]*}}normalize.par0:
// CHECK:         vaddps {{.*}}(%{{.*}}), %ymm{{[0-9]+}}, %ymm{{[0-9]+}}
// CHECK:         vmulps {{.*}}%ymm
// CHECK:         vfmadd{{.*}} %ymm
module {
  func.func @scale(%data: memref<?xf32>, %factor: f32, %n: index) attributes {mlc.fp = "reassoc"} {
    par.for (%i) in (%n) {
      %x = memref.load %data[%i] : memref<?xf32>
      %y = arith.mulf %x, %factor : f32
      memref.store %y, %data[%i] : memref<?xf32>
    }
    return
  }
  func.func @sum(%data: memref<?xf32>, %n: index) -> f32 attributes {mlc.fp = "reassoc"} {
    %zero = arith.constant 0.0 : f32
    %total = par.for (%i) in (%n) reduce(add %zero : f32) {
      %x = memref.load %data[%i] : memref<?xf32>
      par.yield %x : f32
    }
    return %total : f32
  }
  func.func @normalize(%data: memref<?x?xf32>, %n: index, %m: index) attributes {mlc.fp = "reassoc"} {
    %zero = arith.constant 0.0 : f32
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    par.for (%i) in (%n) {
      %total = scf.for %j = %c0 to %m step %c1 iter_args(%t = %zero) -> f32 {
        %x = memref.load %data[%i, %j] : memref<?x?xf32>
        %next = arith.addf %t, %x : f32
        scf.yield %next : f32
      }
      par.for (%j) in (%m) {
        %x = memref.load %data[%i, %j] : memref<?x?xf32>
        %y = arith.divf %x, %total : f32
        memref.store %y, %data[%i, %j] : memref<?x?xf32>
      }
    }
    return
  }
}
