// What only an instrumented run shows: loops that race, which are made functions over chunks before the checks of text see them. Each
// race is reported once, with both lines of the program, whatever kind of access it is, and the process ends with status 66.

// RUN: %split-file %s %t
// RUN: cd %t && for case in elements blocks copies runtime apart; do %mlc opt $case.mlir --mlir-print-debuginfo --pass-pipeline='builtin.module(par-log-accesses,par-outline)' -o $case.logged.mlir || exit 1; done
// RUN: cd %t && for case in elements blocks copies runtime; do %mlc run --sanitize=race $case.logged.mlir > $case.out 2>&1; test $? = 66 || exit 1; done
// RUN: %FileCheck %s --check-prefix=ELEMENTS < %t/elements.out
// RUN: %FileCheck %s --check-prefix=BLOCKS < %t/blocks.out
// RUN: %FileCheck %s --check-prefix=COPIES < %t/copies.out
// RUN: %FileCheck %s --check-prefix=RUNTIME < %t/runtime.out

// Without a race nothing is said.
// RUN: %mlc run --sanitize=race %t/apart.logged.mlir > %t/apart.out 2>&1 && test ! -s %t/apart.out

// ThreadSanitizer finds the same, wherever the threads are, and says nothing where they are apart.
// RUN: %mlc opt %t/threads.mlir --par-outline -o %t/outlined.mlir
// RUN: MLC_NUM_THREADS=4 %mlc run -O0 --sanitize=thread %t/outlined.mlir > %t/threads.out 2>&1; test $? = 66
// RUN: %FileCheck %s --check-prefix=THREADS < %t/threads.out
// THREADS: WARNING: ThreadSanitizer: data race
// RUN: MLC_NUM_THREADS=4 %mlc run --sanitize=thread %t/apart.mlir > %t/apart.out 2>&1 && test ! -s %t/apart.out

//--- elements.mlir
module attributes {mlc.sanitize = "race"} {
// ELEMENTS: race: iterations 0 and 1 of a parallel loop touch the same place
// ELEMENTS-NEXT:   read at program.mlc:5 by iteration 1
// ELEMENTS-NEXT:   written at program.mlc:4 by iteration 0
func.func @main() {
  %n = arith.constant 8 : index
  %one = arith.constant 1 : index
  %zero = arith.constant 0.0 : f64
  %y = memref.alloc() : memref<9xf64>
  par.for (%i) in (%n) {
    %next = arith.addi %i, %one : index
    memref.store %zero, %y[%next] : memref<9xf64> loc("program.mlc":4:5)
    %x = memref.load %y[%i] : memref<9xf64> loc("program.mlc":5:5)
  }
  memref.dealloc %y : memref<9xf64>
  return
}
}

//--- blocks.mlir
module attributes {mlc.sanitize = "race"} {
// Four elements at a time, three apart.
// BLOCKS: race: iterations 0 and 1 of a parallel loop touch the same place
// BLOCKS-NEXT:   written at program.mlc:7 by iteration 1
// BLOCKS-NEXT:   written at program.mlc:7 by iteration 0
// BLOCKS: race: iterations 0 and 1 of a parallel loop touch the same place
// BLOCKS-NEXT:   read at program.mlc:9 by iteration 1
// BLOCKS-NEXT:   written at program.mlc:7 by iteration 0
func.func @main() {
  %n = arith.constant 2 : index
  %three = arith.constant 3 : index
  %zero = arith.constant dense<0.0> : vector<4xf32>
  %y = memref.alloc() : memref<7xf32>
  par.for (%i) in (%n) {
    %at = arith.muli %i, %three : index
    vector.store %zero, %y[%at] : memref<7xf32>, vector<4xf32> loc("program.mlc":7:1)
    %x = vector.load %y[%at] : memref<7xf32>, vector<4xf32> loc("program.mlc":9:1)
  }
  memref.dealloc %y : memref<7xf32>
  return
}
}

//--- copies.mlir
module attributes {mlc.sanitize = "race"} {
// COPIES: race: iterations 0 and 1 of a parallel loop touch the same place
// COPIES-NEXT:   read at program.mlc:2 by iteration 1
// COPIES-NEXT:   written at program.mlc:3 by iteration 0
// COPIES: race: iterations 0 and 1 of a parallel loop touch the same place
// COPIES-NEXT:   written at program.mlc:2 by iteration 1
// COPIES-NEXT:   written at program.mlc:2 by iteration 0
// COPIES: race: iterations 0 and 1 of a parallel loop touch the same place
// COPIES-NEXT:   written at program.mlc:3 by iteration 1
// COPIES-NEXT:   read at program.mlc:2 by iteration 0
func.func @main() {
  %n = arith.constant 2 : index
  %eight = arith.constant 8 : i64
  %byte = arith.constant 0 : i8
  %from = memref.alloc() : memref<2x3xi32>
  %to = memref.alloc() : memref<2x3xi32>
  %address = memref.extract_aligned_pointer_as_index %from : memref<2x3xi32> -> index
  %word = arith.index_cast %address : index to i64
  %pointer = llvm.inttoptr %word : i64 to !llvm.ptr
  par.for (%i) in (%n) {
    memref.copy %from, %to : memref<2x3xi32> to memref<2x3xi32> loc("program.mlc":2:1)
    "llvm.intr.memset"(%pointer, %byte, %eight) <{isVolatile = false}> : (!llvm.ptr, i8, i64) -> () loc("program.mlc":3:1)
  }
  memref.dealloc %from : memref<2x3xi32>
  memref.dealloc %to : memref<2x3xi32>
  return
}
}

//--- runtime.mlir
module attributes {mlc.sanitize = "race"} {
func.func private @mlc_rt_sort_i64(!llvm.ptr, i1 {llvm.zeroext})
func.func private @mlc_rt_str_len(!llvm.ptr) -> i64

// A header of 24 bytes is read whole, and what the runtime does is done by who calls it.
// RUNTIME: race: iterations 0 and 1 of a parallel loop touch the same place
// RUNTIME-NEXT:   read at program.mlc:4 by iteration 1
// RUNTIME-NEXT:   written at program.mlc:6 by iteration 0
// RUNTIME: race: iterations 0 and 1 of a parallel loop touch the same place
// RUNTIME-NEXT:   read at program.mlc:5 by iteration 1
// RUNTIME-NEXT:   written at program.mlc:6 by iteration 0
// RUNTIME: race: iterations 0 and 1 of a parallel loop touch the same place
// RUNTIME-NEXT:   written at program.mlc:5 by iteration 1
// RUNTIME-NEXT:   written at program.mlc:5 by iteration 0
// RUNTIME: written at program.mlc:6 by iteration 1
// RUNTIME-NEXT:   read at program.mlc:4 by iteration 0
// RUNTIME: race: iterations 0 and 1 of a parallel loop touch the same place
// RUNTIME-NEXT:   read at program.mlc:7 by iteration 1
// RUNTIME-NEXT:   written at program.mlc:8 by iteration 0
func.func @main() {
  %n = arith.constant 2 : index
  %false = arith.constant false
  %one = arith.constant 1 : i64
  %two = arith.constant 2 : i64
  %null = llvm.mlir.zero : !llvm.ptr
  %items = llvm.alloca %two x i64 : (i64) -> !llvm.ptr
  llvm.store %one, %items : i64, !llvm.ptr
  %second = llvm.getelementptr %items[1] : (!llvm.ptr) -> !llvm.ptr, i64
  llvm.store %one, %second : i64, !llvm.ptr
  %list = llvm.alloca %one x !llvm.struct<(ptr, i64, i64)> : (i64) -> !llvm.ptr
  llvm.store %items, %list : !llvm.ptr, !llvm.ptr
  %length = llvm.getelementptr %list[0, 1] : (!llvm.ptr) -> !llvm.ptr, !llvm.struct<(ptr, i64, i64)>
  llvm.store %two, %length : i64, !llvm.ptr
  %capacity = llvm.getelementptr %list[0, 2] : (!llvm.ptr) -> !llvm.ptr, !llvm.struct<(ptr, i64, i64)>
  llvm.store %two, %capacity : i64, !llvm.ptr
  %text = llvm.alloca %one x !llvm.ptr : (i64) -> !llvm.ptr
  llvm.store %null, %text : !llvm.ptr, !llvm.ptr
  par.for (%i) in (%n) {
    %header = llvm.load %list : !llvm.ptr -> !llvm.struct<(ptr, i64, i64)> loc("program.mlc":4:1)
    func.call @mlc_rt_sort_i64(%list, %false) : (!llvm.ptr, i1) -> () loc("program.mlc":5:1)
    llvm.store %two, %capacity : i64, !llvm.ptr loc("program.mlc":6:1)
    %size = func.call @mlc_rt_str_len(%text) : (!llvm.ptr) -> i64 loc("program.mlc":7:1)
    llvm.store %null, %text : !llvm.ptr, !llvm.ptr loc("program.mlc":8:1)
  }
  return
}
}

//--- apart.mlir
module attributes {mlc.sanitize = "race"} {
func.func @main() {
  %n = arith.constant 100000 : index
  %c = arith.constant 1.0 : f64
  %y = memref.alloc(%n) : memref<?xf64>
  %t = memref.alloc() : memref<f64>
  memref.store %c, %t[] : memref<f64>
  par.for (%i) in (%n) {
    %x = memref.load %t[] : memref<f64>
    memref.store %x, %y[%i] : memref<?xf64>
  }
  %sum = par.for (%i) in (%n) reduce(add %c : f64) {
    %x = memref.load %y[%i] : memref<?xf64>
    par.yield %x : f64
  }
  memref.store %sum, %t[] : memref<f64>
  memref.dealloc %t : memref<f64>
  memref.dealloc %y : memref<?xf64>
  return
}
}

//--- threads.mlir
func.func private @usleep(i32) -> i32

// Many chunks, which all write one place again and again, and wait for each other's threads to wake up.
func.func @main() {
  %n = arith.constant 100000 : index
  %c = arith.constant 0 : index
  %often = arith.constant 1000 : index
  %time = arith.constant 1000 : i32
  %y = memref.alloc() : memref<1xindex>
  par.for (%i) in (%n) {
    %x = memref.load %y[%c] : memref<1xindex>
    %next = arith.addi %x, %i : index
    memref.store %next, %y[%c] : memref<1xindex>
    %rest = arith.remui %i, %often : index
    %now = arith.cmpi eq, %rest, %c : index
    scf.if %now {
      %status = func.call @usleep(%time) : (i32) -> i32
    }
  }
  memref.dealloc %y : memref<1xindex>
  return
}
