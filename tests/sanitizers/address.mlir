// AddressSanitizer knows of the bytes around what the runtime allocates, and of what it has freed.

// RUN: %split-file %s %t
// RUN: for case in behind before after; do %mlc run --sanitize=address %t/$case.mlir > %t/$case.out 2>&1; test $? = 1 || exit 1; done
// RUN: %FileCheck %s --check-prefix=BEHIND < %t/behind.out
// RUN: %FileCheck %s --check-prefix=BEFORE < %t/before.out
// RUN: %FileCheck %s --check-prefix=AFTER < %t/after.out

//--- behind.mlir
llvm.func @mlc_rt_alloc(i64) -> !llvm.ptr
// BEHIND: ERROR: AddressSanitizer: use-after-poison
// BEHIND-NEXT: WRITE of size 8
llvm.func @main() {
  %bytes = llvm.mlir.constant(24 : i64) : i64
  %block = llvm.call @mlc_rt_alloc(%bytes) : (i64) -> !llvm.ptr
  %behind = llvm.getelementptr %block[3] : (!llvm.ptr) -> !llvm.ptr, i64
  llvm.store %bytes, %behind : i64, !llvm.ptr
  llvm.return
}

//--- before.mlir
llvm.func @mlc_rt_alloc(i64) -> !llvm.ptr
// BEFORE: ERROR: AddressSanitizer: use-after-poison
// BEFORE-NEXT: READ of size 8
llvm.func @main() {
  %bytes = llvm.mlir.constant(24 : i64) : i64
  %block = llvm.call @mlc_rt_alloc(%bytes) : (i64) -> !llvm.ptr
  %before = llvm.getelementptr %block[-1] : (!llvm.ptr) -> !llvm.ptr, i64
  %x = llvm.load %before : !llvm.ptr -> i64
  llvm.store %x, %block : i64, !llvm.ptr
  llvm.return
}

//--- after.mlir
llvm.func @mlc_rt_alloc(i64) -> !llvm.ptr
llvm.func @mlc_rt_realloc(!llvm.ptr, i64) -> !llvm.ptr
llvm.func @mlc_rt_free(!llvm.ptr)
// AFTER: ERROR: AddressSanitizer: heap-use-after-free
// AFTER-NEXT: WRITE of size 8
llvm.func @main() {
  %bytes = llvm.mlir.constant(24 : i64) : i64
  %more = llvm.mlir.constant(4096 : i64) : i64
  %old = llvm.call @mlc_rt_alloc(%bytes) : (i64) -> !llvm.ptr
  %block = llvm.call @mlc_rt_realloc(%old, %more) : (!llvm.ptr, i64) -> !llvm.ptr
  %last = llvm.getelementptr %block[511] : (!llvm.ptr) -> !llvm.ptr, i64
  llvm.store %bytes, %last : i64, !llvm.ptr
  llvm.call @mlc_rt_free(%block) : (!llvm.ptr) -> ()
  llvm.store %bytes, %block : i64, !llvm.ptr
  llvm.return
}
