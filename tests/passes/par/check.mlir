// RUN: %mlc opt %s --pass-pipeline='builtin.module(par-check)' --split-input-file --verify-diagnostics

func.func @element(%x: memref<?xf32>, %y: memref<?xf32>, %n: index) {
  par.for (%i) in (%n) {
    %v = memref.load %x[%i] : memref<?xf32>
    memref.store %v, %y[%i] : memref<?xf32>
  }
  return
}

// -----

func.func @same_place(%y: memref<?xf32>, %n: index, %v: f32) {
  %zero = arith.constant 0 : index
  par.for (%i) in (%n) {
    // expected-note @+2 {{help: }}
    // expected-error @+1 {{race: two iterations of the parallel loop may write the same place}}
    memref.store %v, %y[%zero] : memref<?xf32>
  }
  return
}

// -----

func.func @neighbor(%y: memref<?xf32>, %n: index) {
  %one = arith.constant 1 : index
  par.for (%i) in (%n) {
    %j = arith.addi %i, %one : index
    // expected-note @+1 {{another iteration reads it here}}
    %v = memref.load %y[%i] : memref<?xf32>
    // expected-note @+2 {{help: }}
    // expected-error @+1 {{race: an iteration of the parallel loop may write a place}}
    memref.store %v, %y[%j] : memref<?xf32>
  }
  return
}

// -----

// Even and odd places never meet.
func.func @interleaved(%y: memref<?xf32>, %n: index, %v: f32) {
  %one = arith.constant 1 : index
  %two = arith.constant 2 : index
  par.for (%i) in (%n) {
    %even = arith.muli %i, %two : index
    %odd = arith.addi %even, %one : index
    memref.store %v, %y[%even] : memref<?xf32>
    memref.store %v, %y[%odd] : memref<?xf32>
  }
  return
}

// -----

// Blocks of four: 4 * i + j with j below 4.
func.func @blocks(%y: memref<?xf32>, %n: index, %v: f32) {
  %zero = arith.constant 0 : index
  %one = arith.constant 1 : index
  %four = arith.constant 4 : index
  par.for (%i) in (%n) {
    %start = arith.muli %i, %four : index
    scf.for %j = %zero to %four step %one {
      %k = arith.addi %start, %j : index
      memref.store %v, %y[%k] : memref<?xf32>
    }
  }
  return
}

// -----

// With j up to 4 the blocks overlap.
func.func @overlapping_blocks(%y: memref<?xf32>, %n: index, %v: f32) {
  %zero = arith.constant 0 : index
  %one = arith.constant 1 : index
  %four = arith.constant 4 : index
  %five = arith.constant 5 : index
  par.for (%i) in (%n) {
    %start = arith.muli %i, %four : index
    scf.for %j = %zero to %five step %one {
      %k = arith.addi %start, %j : index
      // expected-note @+2 {{help: }}
      // expected-error @+1 {{race:}}
      memref.store %v, %y[%k] : memref<?xf32>
    }
  }
  return
}

// -----

func.func @matrix(%y: memref<?x?xf32>, %n: index, %m: index, %v: f32) {
  par.for (%i, %j) in (%n, %m) {
    memref.store %v, %y[%i, %j] : memref<?x?xf32>
  }
  return
}

// -----

// Only the row depends on the iteration: columns of one row meet.
func.func @missing_dimension(%y: memref<?x?xf32>, %n: index, %m: index, %v: f32) {
  %zero = arith.constant 0 : index
  par.for (%i, %j) in (%n, %m) {
    // expected-note @+2 {{help: }}
    // expected-error @+1 {{race:}}
    memref.store %v, %y[%i, %zero] : memref<?x?xf32>
  }
  return
}

// -----

func.func @indirect(%y: memref<?xf32>, %p: memref<?xindex>, %n: index, %v: f32) {
  par.for (%i) in (%n) {
    %k = memref.load %p[%i] : memref<?xindex>
    // expected-note @+2 {{help: }}
    // expected-error @+1 {{race:}}
    memref.store %v, %y[%k] : memref<?xf32>
  }
  return
}

// -----

// Rows of a list of lists are different memory.
func.func @rows(%m: !own.mut<!own.list<!own.list<f32>>>, %v: f32) {
  %zero = arith.constant 0 : index
  %n = own.len %m : !own.mut<!own.list<!own.list<f32>>>
  par.for (%i) in (%n) {
    %row = own.elem %m[%i] : !own.mut<!own.list<!own.list<f32>>> -> !own.mut<!own.list<f32>>
    %data = own.view %row : !own.mut<!own.list<f32>> -> memref<?xf32>
    memref.store %v, %data[%zero] : memref<?xf32>
  }
  return
}

// -----

// Two fields of one struct are different places; the same field is not.
func.func @fields(%p: !own.mut<!own.struct<"P", [f32, f32]>>, %n: index, %v: f32) {
  %x = own.field %p[0] : !own.mut<!own.struct<"P", [f32, f32]>> -> !own.mut<f32>
  par.for (%i) in (%n) {
    // expected-note @+2 {{help: }}
    // expected-error @+1 {{race: two iterations of the parallel loop may write the same place}}
    own.store %v, %x : f32, !own.mut<f32>
  }
  return
}

// -----

// A list that an iteration makes for itself is private.
func.func @private(%n: index, %v: f32) -> i32 {
  %ok = arith.constant 0 : i32
  %status = par.for (%i) in (%n) raises {
    %l = own.new : !own.box<!own.list<f32>>
    %m = own.borrow_mut %l : !own.box<!own.list<f32>> -> !own.mut<!own.list<f32>>
    own.append %v to %m : f32, !own.mut<!own.list<f32>>
  }
  own.propagate %status
  return %ok : i32
}

// -----

// An ordered append excludes every other use of the list.
func.func @collect(%l: !own.mut<!own.list<f32>>, %n: index, %v: f32) {
  par.for (%i) in (%n) {
    par.collect %v into %l : f32, !own.mut<!own.list<f32>>
  }
  return
}

// -----

func.func @collect_and_read(%l: !own.mut<!own.list<f32>>, %n: index, %v: f32) {
  par.for (%i) in (%n) {
    // expected-note @+1 {{another iteration reads it here}}
    %k = own.len %l : !own.mut<!own.list<f32>>
    // expected-note @+2 {{help: }}
    // expected-error @+1 {{race:}}
    par.collect %v into %l : f32, !own.mut<!own.list<f32>>
  }
  return
}

// -----

// Nothing writes constant data, so a read of it meets no write.
func.func private @read(!own.ref<!own.list<f32>>) -> f32
func.func @collect_beside_constant(%data: !llvm.ptr, %l: !own.mut<!own.list<f32>>, %n: index) {
  par.for (%i) in (%n) {
    %c = builtin.unrealized_conversion_cast %data : !llvm.ptr to !own.ref<!own.list<f32>> {mlc.constant}
    %v = func.call @read(%c) : (!own.ref<!own.list<f32>>) -> f32
    par.collect %v into %l : f32, !own.mut<!own.list<f32>>
  }
  return
}
