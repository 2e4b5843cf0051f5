// RUN: %mlc opt %s --pass-pipeline='builtin.module(convert-par-to-gpu,canonicalize,cse)' --split-input-file | %FileCheck %s

// One thread for each iteration, and no launch without iterations.
// CHECK-LABEL: func.func @map
// CHECK-SAME:    %[[X:.+]]: memref<?xf32>, %[[N:.+]]: index
// CHECK-DAG:     %[[THREADS:.+]] = arith.constant 256
// CHECK-DAG:     %[[ZERO:.+]] = arith.constant 0
// CHECK:         %[[COUNT:.+]] = arith.maxsi %[[N]], %[[ZERO]]
// CHECK:         %[[ANY:.+]] = arith.cmpi sgt, %[[COUNT]], %[[ZERO]]
// CHECK:         scf.if %[[ANY]] {
// CHECK:           %[[BLOCKS:.+]] = arith.ceildivui %[[COUNT]], %[[THREADS]]
// CHECK:           gpu.launch blocks(%[[BLOCK:.+]], %{{.+}}, %{{.+}}) in (%{{.+}} = %[[BLOCKS]], {{.+}} threads(%[[THREAD:[^,]+]], {{.+}} module(@mlc.kernels) function(@map_par0)
// CHECK:             %[[FIRST:.+]] = arith.muli %[[BLOCK]], %[[THREADS]]
// CHECK:             %[[I:.+]] = arith.addi %[[FIRST]], %[[THREAD]]
// CHECK:             %[[INSIDE:.+]] = arith.cmpi slt, %[[I]], %[[COUNT]]
// CHECK:             scf.if %[[INSIDE]] {
// CHECK:               memref.load %[[X]][%[[I]]]
// CHECK-NOT:         par.for
func.func @map(%x: memref<?xf32>, %n: index) {
  par.for (%i) in (%n) {
    %v = memref.load %x[%i] : memref<?xf32>
    %w = arith.mulf %v, %v : f32
    memref.store %w, %x[%i] : memref<?xf32>
  }
  return
}

// -----

// The last dimension varies fastest, so that neighboring threads touch neighboring memory.
// CHECK-LABEL: func.func @plane
// CHECK-SAME:    %[[X:.+]]: memref<?x?xf32>, %[[N:.+]]: index, %[[M:.+]]: index, %[[V:.+]]: f32
// CHECK:         gpu.launch
// CHECK:           %[[J:.+]] = arith.remui %[[K:.+]], %[[M]]
// CHECK:           %[[I:.+]] = arith.divui %[[K]], %[[M]]
// CHECK:           memref.store %[[V]], %[[X]][%[[I]], %[[J]]]
func.func @plane(%x: memref<?x?xf32>, %n: index, %m: index, %v: f32) {
  par.for (%i, %j) in (%n, %m) {
    memref.store %v, %x[%i, %j] : memref<?x?xf32>
  }
  return
}

// -----

// A thread adds up every so many-th element, a block the sums of its threads, the host those of the blocks.
// CHECK-LABEL: func.func @sum
// CHECK-SAME:    %[[X:.+]]: memref<?xf32>, %[[N:.+]]: index, %[[START:.+]]: f32
// CHECK-DAG:     %[[NEUTRAL:.+]] = arith.constant -0.000000e+00 : f32
// CHECK-DAG:     %[[MOST:.+]] = arith.constant 1024 : index
// CHECK:         scf.if %{{.+}} -> (f32) {
// CHECK:           %[[BLOCKS:.+]] = arith.minsi %{{.+}}, %[[MOST]]
// CHECK:           %[[PARTS:.+]] = gpu.alloc host_shared (%[[BLOCKS]]) : memref<?xf32>
// CHECK:           gpu.launch {{.*}} function(@sum_par0) workgroup(%[[SHARED:.+]] : memref<256xf32, #gpu.address_space<workgroup>>)
// CHECK:             %[[SUM:.+]] = scf.for {{.*}} iter_args(%{{.+}} = %[[NEUTRAL]])
// CHECK:             memref.store %[[SUM]], %[[SHARED]][%[[THREAD:.+]]]
// CHECK-COUNT-9:     gpu.barrier
// CHECK:             %[[TOTAL:.+]] = memref.load %[[SHARED]]
// CHECK:             memref.store %[[TOTAL]], %[[PARTS]]
// CHECK:           %[[RESULT:.+]] = scf.for {{.*}} iter_args(%{{.+}} = %[[START]])
// CHECK:             memref.load %[[PARTS]]
// CHECK:           gpu.dealloc async
// CHECK:           scf.yield %[[RESULT]]
// CHECK:         } else {
// CHECK:           scf.yield %[[START]]
func.func @sum(%x: memref<?xf32>, %n: index, %start: f32) -> f32 {
  %s = par.for (%i) in (%n) reduce(add %start : f32) {
    %v = memref.load %x[%i] : memref<?xf32>
    par.yield %v : f32
  }
  return %s : f32
}

// -----

// Several reductions, on any type: each has a buffer of its own.
// CHECK-LABEL: func.func @several
// CHECK:         gpu.launch {{.*}} workgroup(%{{.+}} : memref<256xi64, {{.+}}>, %{{.+}} : memref<256xi1, {{.+}}>)
// CHECK:           arith.maxsi
// CHECK:           arith.andi
func.func @several(%x: memref<?xi64>, %n: index, %a: i64, %b: i1) -> (i64, i1) {
  %s:2 = par.for (%i) in (%n) reduce(maxs %a : i64, and %b : i1) {
    %v = memref.load %x[%i] : memref<?xi64>
    %p = arith.cmpi sgt, %v, %a : i64
    par.yield %v, %p : i64, i1
  }
  return %s#0, %s#1 : i64, i1
}

// -----

// Where rows are long, a block has a row, and its threads share the loops over it; one thread writes the total. Where
// rows are short, a thread has a row.
// CHECK-LABEL: func.func @rows
// CHECK-SAME:    %[[X:.+]]: memref<?x?xf32>, %[[T:.+]]: memref<?xf32>, %[[N:.+]]: index, %[[M:.+]]: index
// CHECK-DAG:     %[[THREADS:.+]] = arith.constant 256
// CHECK-DAG:     %[[LONG:.+]] = arith.constant 64
// CHECK:         %[[IS_LONG:.+]] = arith.cmpi sge, %[[M]], %[[LONG]]
// CHECK:         scf.if %[[IS_LONG]] {
// CHECK:           gpu.launch blocks(%[[BLOCK:[^,]+]], {{.+}} threads(%[[THREAD:[^,]+]], {{.+}} function(@rows_par0)
// CHECK:             scf.for %[[I:.+]] = %[[BLOCK]] to
// CHECK:               gpu.barrier
// CHECK:               %[[PART:.+]] = scf.for %[[J:.+]] = %[[THREAD]] to %[[M]] step %[[THREADS]]
// CHECK:                 memref.load %[[X]][%[[I]], %[[J]]]
// CHECK:               memref.store %[[PART]], %{{.+}}[%[[THREAD]]]
// CHECK-COUNT-9:         gpu.barrier
// CHECK:               memref.load
// CHECK-NEXT:          %[[TOTAL:.+]] = arith.addf
// CHECK-NEXT:          gpu.barrier
// CHECK:               scf.if %{{.+}} {
// CHECK-NEXT:            memref.store %[[TOTAL]], %[[T]][%[[I]]]
// CHECK-NEXT:          }
// CHECK-NEXT:          gpu.barrier
// CHECK:               scf.for %{{.+}} = %[[THREAD]] to %{{.+}} step %[[THREADS]]
// CHECK:               gpu.barrier
// CHECK:         } else {
// CHECK:           gpu.launch {{.+}} function(@rows_par1)
// CHECK-NOT:         gpu.barrier
func.func @rows(%x: memref<?x?xf32>, %t: memref<?xf32>, %n: index, %m: index) {
  %zero = arith.constant 0 : index
  %one = arith.constant 1 : index
  %start = arith.constant 1.0 : f32
  par.for (%i) in (%n) {
    %total = scf.for %j = %zero to %m step %one iter_args(%sum = %start) -> (f32) {
      %v = memref.load %x[%i, %j] : memref<?x?xf32>
      %s = arith.addf %sum, %v : f32
      scf.yield %s : f32
    } {par.independent}
    memref.store %total, %t[%i] : memref<?xf32>
    par.for (%j) in (%m) {
      %v = memref.load %x[%i, %j] : memref<?x?xf32>
      %w = arith.divf %v, %total : f32
      memref.store %w, %x[%i, %j] : memref<?x?xf32>
    }
  }
  return
}

// -----

// A block's sum of the rows that it runs.
// CHECK-LABEL: func.func @sum_of_rows
// CHECK:         gpu.launch {{.+}} function(@sum_of_rows_par0)
// CHECK:           %[[SUMS:.+]] = scf.for {{.+}} iter_args
// CHECK:             scf.for {{.+}} iter_args
// CHECK:             gpu.barrier
// CHECK:           memref.store %[[SUMS]]
func.func @sum_of_rows(%x: memref<?x128xf32>, %n: index, %start: f32) -> f32 {
  %m = arith.constant 128 : index
  %none = arith.constant 0.0 : f32
  %s = par.for (%i) in (%n) reduce(add %start : f32) {
    %row = par.for (%j) in (%m) reduce(add %none : f32) {
      %v = memref.load %x[%i, %j] : memref<?x128xf32>
      par.yield %v : f32
    }
    par.yield %row : f32
  }
  return %s : f32
}

// -----

// A loop whose length depends on the iteration is run by every thread of the block; it needs no buffer.
// CHECK-LABEL: func.func @triangle
// CHECK:         gpu.launch {{.+}} function(@triangle_par0)
// CHECK-NOT:     workgroup
// CHECK:           scf.for %[[I:.+]] = %{{.+}} to
// CHECK:             scf.for %{{.+}} = %{{.+}} to %[[I]] step %{{.+}} iter_args
// CHECK:             gpu.barrier
// CHECK:             scf.for
// CHECK:             gpu.barrier
func.func @triangle(%x: memref<?x?xf32>, %n: index, %m: index) {
  %zero = arith.constant 0 : index
  %one = arith.constant 1 : index
  %none = arith.constant 0.0 : f32
  par.for (%i) in (%n) {
    %sum = scf.for %k = %zero to %i step %one iter_args(%s = %none) -> (f32) {
      %v = memref.load %x[%i, %k] : memref<?x?xf32>
      %t = arith.addf %s, %v : f32
      scf.yield %t : f32
    } {par.independent}
    par.for (%j) in (%m) {
      memref.store %sum, %x[%i, %j] : memref<?x?xf32>
    }
  }
  return
}

// -----

// In a product of matrices, neighboring elements of a row of the result take neighboring elements: a thread has one of them.
// CHECK-LABEL: func.func @product
// CHECK-NOT:     gpu.barrier
// CHECK:         gpu.launch
// CHECK:           scf.for
func.func @product(%a: memref<?x?xf32>, %b: memref<?x?xf32>, %c: memref<?x?xf32>, %n: index, %m: index, %l: index) {
  %zero = arith.constant 0 : index
  %one = arith.constant 1 : index
  %none = arith.constant 0.0 : f32
  par.for (%i, %j) in (%n, %m) {
    %sum = scf.for %k = %zero to %l step %one iter_args(%s = %none) -> (f32) {
      %x = memref.load %a[%i, %k] : memref<?x?xf32>
      %y = memref.load %b[%k, %j] : memref<?x?xf32>
      %xy = arith.mulf %x, %y : f32
      %t = arith.addf %s, %xy : f32
      scf.yield %t : f32
    } {par.independent}
    memref.store %sum, %c[%i, %j] : memref<?x?xf32>
  }
  return
}

// -----

// A loop that is known to be short, or that carries more than reductions, is the thread's own.
// CHECK-LABEL: func.func @own_loops
// CHECK-NOT:     gpu.barrier
// CHECK:         gpu.launch
// CHECK:           scf.for
// CHECK:         gpu.launch
// CHECK:           scf.for
func.func @own_loops(%x: memref<?x3xf32>, %n: index, %m: index, %v: f32) {
  %zero = arith.constant 0 : index
  %one = arith.constant 1 : index
  %three = arith.constant 3 : index
  par.for (%i) in (%n) {
    par.for (%j) in (%three) {
      memref.store %v, %x[%i, %j] : memref<?x3xf32>
    }
  }
  par.for (%i) in (%n) {
    %last = scf.for %j = %zero to %m step %one iter_args(%power = %v) -> (f32) {
      %square = arith.mulf %power, %power : f32
      scf.yield %square : f32
    } {par.independent}
    memref.store %last, %x[%i, %zero] : memref<?x3xf32>
  }
  return
}

// -----

// These stay: rarely run, may raise, calls what no device has, allocates.
// CHECK-LABEL: func.func @stays
// CHECK-NOT:     gpu.launch
// CHECK-COUNT-4: par.for
func.func private @mlc_rt_print(f32)
func.func @stays(%x: memref<?xf32>, %n: index, %v: f32, %bad: i1) -> i32 {
  par.for (%i) in (%n) attributes {mlc.cold} {
    memref.store %v, %x[%i] : memref<?xf32>
  }
  %status = par.for (%i) in (%n) raises {
    par.exit_if %bad {
      %one = arith.constant 1 : i32
      par.exit %one
    }
    memref.store %v, %x[%i] : memref<?xf32>
  }
  par.for (%i) in (%n) {
    func.call @mlc_rt_print(%v) : (f32) -> ()
  }
  par.for (%i) in (%n) {
    %m = memref.alloc(%n) : memref<?xf32>
    %w = memref.load %m[%i] : memref<?xf32>
    memref.store %w, %x[%i] : memref<?xf32>
    memref.dealloc %m : memref<?xf32>
  }
  return %status : i32
}

// -----

// A function that does nothing but compute goes along.
// CHECK-LABEL: func.func @calls
// CHECK:         gpu.launch
// CHECK:           func.call @square
func.func private @square(%v: f32) -> f32 {
  %w = arith.mulf %v, %v : f32
  return %w : f32
}
func.func @calls(%x: memref<?xf32>, %n: index) {
  par.for (%i) in (%n) {
    %v = memref.load %x[%i] : memref<?xf32>
    %w = func.call @square(%v) : (f32) -> f32
    memref.store %w, %x[%i] : memref<?xf32>
  }
  return
}

// -----

// The order of a sum that rounds is prescribed; that of others is not.
// CHECK-LABEL: func.func @strict
// CHECK:         par.for {{.*}} reduce(add
// CHECK-NOT:     par.for
// CHECK:         gpu.launch
func.func @strict(%x: memref<?xf32>, %n: index, %start: f32) -> (f32, f32) attributes {mlc.fp = "strict"} {
  %s = par.for (%i) in (%n) reduce(add %start : f32) {
    %v = memref.load %x[%i] : memref<?xf32>
    par.yield %v : f32
  }
  %m = par.for (%i) in (%n) reduce(maxf %start : f32) {
    %v = memref.load %x[%i] : memref<?xf32>
    par.yield %v : f32
  }
  return %s, %m : f32, f32
}
