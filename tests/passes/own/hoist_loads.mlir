// RUN: %mlc opt %s --pass-pipeline='builtin.module(func.func(own-hoist-loads))' --split-input-file | %FileCheck %s

!grid = !own.struct<"Grid", [!own.list<i64>, i64]>

// A field that the loop leaves alone is read once, though elements of another field are written.
// CHECK-LABEL: func.func @stride
// CHECK:         own.load
// CHECK:         par.for
// CHECK-NOT:     own.load
// CHECK:         return
func.func @stride(%g: !own.mut<!grid>, %n: index, %v: i64) {
  %cells = own.field %g[0] : !own.mut<!grid> -> !own.mut<!own.list<i64>>
  %width = own.field %g[1] : !own.mut<!grid> -> !own.mut<i64>
  par.for (%i) in (%n) {
    %w = own.load %width : !own.mut<i64> -> i64
    %again = own.load %width : !own.mut<i64> -> i64
    %k = arith.index_cast %w : i64 to index
    %at = arith.muli %i, %k : index
    %view = own.view %cells : !own.mut<!own.list<i64>> -> memref<?xi64>
    memref.store %again, %view[%at] : memref<?xi64>
  }
  return
}

// -----

!grid = !own.struct<"Grid", [!own.list<i64>, i64]>

// A field that the loop writes is read where it is, as is one that a call may write, and a top-level value that it changes.
// CHECK-LABEL: func.func @written
// CHECK:         par.for
// CHECK:           own.load
// CHECK:           own.store
// CHECK:         par.for
// CHECK:           own.load
// CHECK:           call @touch
// CHECK:         par.for
// CHECK:           own.load
// CHECK:           call @bump
func.func @written(%g: !own.mut<!grid>, %n: index, %out: memref<?xi64>) {
  %width = own.field %g[1] : !own.mut<!grid> -> !own.mut<i64>
  %a = llvm.mlir.addressof @m.n : !llvm.ptr
  %global = builtin.unrealized_conversion_cast %a : !llvm.ptr to !own.ref<i64>
  par.for (%i) in (%n) {
    %w = own.load %width : !own.mut<i64> -> i64
    own.store %w, %width : i64, <i64>
  }
  par.for (%i) in (%n) {
    %w = own.load %width : !own.mut<i64> -> i64
    memref.store %w, %out[%i] : memref<?xi64>
    func.call @touch(%g) : (!own.mut<!grid>) -> ()
  }
  par.for (%i) in (%n) {
    %w = own.load %global : !own.ref<i64> -> i64
    memref.store %w, %out[%i] : memref<?xi64>
    func.call @bump() {own.changes = "m.n"} : () -> ()
  }
  return
}
func.func private @touch(!own.mut<!grid>)
func.func private @bump()
llvm.mlir.global internal @m.n() : !llvm.array<1 x i64> {
  %0 = llvm.mlir.zero : !llvm.array<1 x i64>
  llvm.return %0 : !llvm.array<1 x i64>
}
