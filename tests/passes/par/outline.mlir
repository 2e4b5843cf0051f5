// RUN: %mlc opt %s --par-outline --canonicalize --cse --split-input-file | %FileCheck %s

// The body moves into a function over a chunk; what it uses travels in a frame.
// CHECK:       func.func private @mlc_rt_parallel_for(!llvm.ptr, !llvm.ptr, i64, i64) -> i32
// CHECK-LABEL: func.func private @scale.par0(
// CHECK-SAME:    %[[FRAME:[a-z0-9]+]]: !llvm.ptr {llvm.noalias, llvm.readonly},
// CHECK-SAME:    %{{[a-z0-9]+}}: i64, %[[BEGIN:[a-z0-9]+]]: i64, %[[END:[a-z0-9]+]]: i64) -> i32
// CHECK-DAG:     %[[FIRST:.+]] = arith.index_cast %[[BEGIN]]
// CHECK-DAG:     %[[LAST:.+]] = arith.index_cast %[[END]]
// CHECK-DAG:     %[[FACTOR:.+]] = llvm.load %{{.+}} : !llvm.ptr -> f32
// CHECK:         scf.for %[[I:.+]] = %[[FIRST]] to %[[LAST]]
// CHECK:           %[[X:.+]] = memref.load %[[DATA:.+]][%[[I]]]
// CHECK:           %[[Y:.+]] = arith.mulf %[[X]], %[[FACTOR]]
// CHECK:           memref.store %[[Y]], %[[DATA]][%[[I]]]
// CHECK:         } {par.independent}

// Chunks depend on the number of iterations and on the cost of one, not on the threads.
// CHECK-LABEL: func.func @scale(
// CHECK:         %[[PLACE:.+]] = llvm.alloca
// CHECK:         arith.ceildivui %{{.+}}, %c1024
// CHECK:         arith.select
// CHECK:         llvm.store %{{.+}}, %{{.+}} : f32, !llvm.ptr
// CHECK:         call @mlc_rt_parallel_for(%{{.+}}, %[[PLACE]],
func.func @scale(%data: memref<?xf32>, %factor: f32, %n: index) {
  par.for (%i) in (%n) {
    %x = memref.load %data[%i] : memref<?xf32>
    %y = arith.mulf %x, %factor : f32
    memref.store %y, %data[%i] : memref<?xf32>
  }
  return
}

// -----

// Each chunk stores its part; a fixed tree combines them.
// CHECK-LABEL: func.func private @sum.par0(
// CHECK-SAME:    %{{[a-z0-9]+}}: !llvm.ptr {llvm.noalias, llvm.readonly}, %[[CHUNK:[a-z0-9]+]]: i64,
// CHECK:         %[[ZERO:.+]] = arith.constant -0.000000e+00 : f64
// CHECK:         %[[PART:.+]] = scf.for {{.*}} iter_args(%[[TOTAL:.+]] = %[[ZERO]])
// CHECK:           %[[X:.+]] = memref.load
// CHECK:           %[[NEXT:.+]] = arith.addf %[[TOTAL]], %[[X]]
// CHECK:           scf.yield %[[NEXT]]
// CHECK:         %[[PLACE:.+]] = llvm.getelementptr %{{.+}}[%[[CHUNK]]]
// CHECK:         llvm.store %[[PART]], %[[PLACE]]
// CHECK-LABEL: func.func @sum(
// CHECK:         %[[PARTS:.+]] = llvm.alloca %{{.+}} x f64
// CHECK:         call @mlc_rt_parallel_for
// CHECK:         %[[ALL:.+]] = call @mlc.reduce.addf.f64(%[[PARTS]],
// CHECK:         arith.addf %{{.*}}%[[ALL]]
// CHECK-LABEL: func.func private @mlc.reduce.addf.f64(
// CHECK:         scf.while
// CHECK:           scf.for
// CHECK:             arith.addf
func.func @sum(%data: memref<?xf64>, %n: index, %start: f64) -> f64 {
  %total = par.for (%i) in (%n) reduce(add %start : f64) {
    %x = memref.load %data[%i] : memref<?xf64>
    par.yield %x : f64
  }
  return %total : f64
}

// -----

// With strict floats there is one chunk, in the order of the source.
// CHECK-LABEL: func.func @strict(
// CHECK-NOT:     %c1024 = arith.constant 1024 : index
// CHECK:         %[[N:.+]] = arith.index_cast %{{.+}} : index to i64
// CHECK:         call @mlc_rt_parallel_for
func.func @strict(%data: memref<?xf64>, %n: index, %start: f64) -> f64 attributes {mlc.fp = "strict"} {
  %total = par.for (%i) in (%n) reduce(add %start : f64) {
    %x = memref.load %data[%i] : memref<?xf64>
    par.yield %x : f64
  }
  return %total : f64
}

// -----

// Two dimensions: chunks are ranges of all iterations, rows keep an inner loop.
// CHECK-LABEL: func.func private @fill.par0(
// CHECK:         arith.divui
// CHECK:         arith.ceildivui
// CHECK:         scf.for %[[ROW:.+]] = 
// CHECK:           arith.maxsi
// CHECK:           arith.minsi
// CHECK:           scf.for %[[COLUMN:.+]] =
// CHECK:             memref.store %{{.+}}, %{{.+}}[%[[ROW]], %[[COLUMN]]]
func.func @fill(%data: memref<?x?xf32>, %n: index, %m: index, %value: f32) {
  par.for (%i, %j) in (%n, %m) {
    memref.store %value, %data[%i, %j] : memref<?x?xf32>
  }
  return
}

// -----

// A loop in a parallel loop is serial, and stays marked.
// CHECK-LABEL: func.func private @nested.par0(
// CHECK:         scf.for
// CHECK:           scf.for
// CHECK:           } {par.independent}
// CHECK:         } {par.independent}
// CHECK-NOT:     func.call
func.func @nested(%data: memref<?x?xf32>, %n: index, %m: index, %value: f32) {
  par.for (%i) in (%n) {
    par.for (%j) in (%m) {
      memref.store %value, %data[%i, %j] : memref<?x?xf32>
    }
  }
  return
}

// -----

// Where the inner loop may fail it is a function, so that the outer iteration can clean up.
// CHECK-LABEL: func.func private @raising.par0.par0(
// CHECK:         scf.for
// CHECK:           par.exit_if
// CHECK-LABEL: func.func private @raising.par0(
// CHECK:         llvm.alloca
// CHECK:         scf.for
// CHECK:           %[[STATUS:.+]] = func.call @raising.par0.par0
// CHECK:           par.exit_if
// CHECK-NEXT:        par.exit %[[STATUS]]
// CHECK-LABEL: func.func @raising(
// CHECK:         %[[STATUS:.+]] = call @mlc_rt_parallel_for
// CHECK:         return %[[STATUS]]
func.func @raising(%data: memref<?xi64>, %n: index) -> i32 {
  %one = arith.constant 1 : i32
  %zero = arith.constant 0 : i32
  %outer = par.for (%i) in (%n) raises {
    %x = memref.load %data[%i] : memref<?xi64>
    %inner = par.for (%j) in (%n) raises {
      %y = memref.load %data[%j] : memref<?xi64>
      %less = arith.cmpi slt, %y, %x : i64
      par.exit_if %less {
        par.exit %one
      }
    }
    %failed = arith.cmpi ne, %inner, %zero : i32
    par.exit_if %failed {
      par.exit %inner
    }
  }
  return %outer : i32
}

// -----

// Rows whose length only the loop knows: the first one tells what an iteration costs.
// CHECK-LABEL: func.func @rows(
// CHECK:         %[[SOME:.+]] = arith.cmpi
// CHECK:         %[[LENGTH:.+]] = scf.if %[[SOME]] -> (index) {
// CHECK:           memref.load %{{.+}}[%c0]
// CHECK:         arith.divui
// CHECK:         call @mlc_rt_parallel_for
func.func @rows(%lengths: memref<?xindex>, %data: memref<?x?xf32>, %n: index, %x: f32) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  par.for (%i) in (%n) {
    %length = memref.load %lengths[%i] : memref<?xindex>
    scf.for %j = %c0 to %length step %c1 {
      memref.store %x, %data[%i, %j] : memref<?x?xf32>
    }
  }
  return
}

// -----

// A loop that hardly ever runs becomes a function that hardly ever runs.
// CHECK-LABEL: func.func private @cold.par0(
// CHECK-SAME:    mlc.cold
// CHECK-SAME:    passthrough = ["cold"]
func.func @cold(%data: memref<?xf32>, %n: index, %x: f32) {
  par.for (%i) in (%n) attributes {mlc.cold} {
    memref.store %x, %data[%i] : memref<?xf32>
  }
  return
}
