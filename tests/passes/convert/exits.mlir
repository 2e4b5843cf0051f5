// RUN: %mlc opt %s --convert-scf-to-cf --convert-exits-to-cf --split-input-file | %FileCheck %s
// The branch keeps its weights on the way to LLVM's IR.
// RUN: %mlc opt %s --convert-scf-to-cf --convert-exits-to-cf --convert-to-llvm --split-input-file | %FileCheck %s --check-prefix=LLVM

func.func private @raise(i32)

// CHECK-LABEL: func.func @leave
// CHECK:         cf.cond_br %{{.*}} weights([1, 2000]), ^[[OUT:bb[0-9]]], ^[[ON:bb[0-9]]]
// CHECK:       ^[[ON]]:
// CHECK:         return %{{.*}}, %{{.*}} : i32, f32
// CHECK:       ^[[OUT]]:
// CHECK:         call @raise
// CHECK:         %[[REST:.*]] = ub.poison : f32
// CHECK-NEXT:    return %{{.*}}, %[[REST]] : i32, f32
// LLVM-LABEL:  llvm.func @leave
// LLVM:          llvm.cond_br %{{.*}} weights([1, 2000])
func.func @leave(%failed: i1, %x: f32) -> (i32, f32) {
  %ok = arith.constant 0 : i32
  par.exit_if %failed {
    %status = arith.constant 4 : i32
    func.call @raise(%status) : (i32) -> ()
    par.exit %status
  }
  return %ok, %x : i32, f32
}

// -----

// From a branch in a loop.
// CHECK-LABEL: func.func @deep
// CHECK-NOT:     par.
// CHECK-COUNT-3: cf.cond_br
// CHECK:         return
// CHECK:         return
// CHECK-NOT:     par.
func.func @deep(%failed: i1, %other: i1, %n: index) -> i32 {
  %ok = arith.constant 0 : i32
  %zero = arith.constant 0 : index
  %one = arith.constant 1 : index
  scf.for %i = %zero to %n step %one {
    scf.if %other {
      par.exit_if %failed {
        %status = arith.constant 1 : i32
        par.exit %status
      }
    }
  }
  return %ok : i32
}
