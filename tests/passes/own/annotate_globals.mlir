// RUN: %mlc opt %s --pass-pipeline='builtin.module(own-annotate-globals)' | %FileCheck %s

// A call says what the called function may change, by those that it calls too; what is only read is not named.
llvm.mlir.global internal @m.log() : !llvm.array<3 x i64> {
  %0 = llvm.mlir.zero : !llvm.array<3 x i64>
  llvm.return %0 : !llvm.array<3 x i64>
}
llvm.mlir.global internal @m.n() : !llvm.array<1 x i64> {
  %0 = llvm.mlir.zero : !llvm.array<1 x i64>
  llvm.return %0 : !llvm.array<1 x i64>
}

func.func @bump() {
  %a = llvm.mlir.addressof @m.n : !llvm.ptr
  %g = builtin.unrealized_conversion_cast %a : !llvm.ptr to !own.mut<i64>
  %v = own.load %g : !own.mut<i64> -> i64
  own.store %v, %g : i64, <i64>
  return
}

// CHECK-LABEL: func.func @see
// CHECK:         call @bump() {own.changes = "m.n"}
func.func @see() -> index {
  call @bump() : () -> ()
  %a = llvm.mlir.addressof @m.log : !llvm.ptr
  %g = builtin.unrealized_conversion_cast %a : !llvm.ptr to !own.ref<!own.list<i64>>
  %n = own.len %g : !own.ref<!own.list<i64>>
  return %n : index
}

// Each calls the other.
// CHECK-LABEL: func.func @even
// CHECK:         call @odd() {own.changes = "m.n"}
func.func @even() {
  call @odd() : () -> ()
  return
}

// CHECK-LABEL: func.func @odd
// CHECK:         call @even() {own.changes = "m.n"}
// CHECK:         call @see() {own.changes = "m.n"}
func.func @odd() {
  call @even() : () -> ()
  %n = call @see() : () -> index
  return
}

// What Python keeps may be called wherever Python runs.
func.func private @run_python() attributes {own.calls_back}

// CHECK-LABEL: func.func @hand_over
// CHECK:         call @run_python() {own.changes = "m.n"}
func.func @hand_over() -> (() -> ()) {
  %kept = func.constant @bump : () -> ()
  call @run_python() : () -> ()
  return %kept : () -> ()
}
