// Parallel loops in IR of other front ends. What they promise is checked, at whatever stage they come in.

// case: all iterations write one place
func.func @f(%a: memref<?xf32>, %n: index, %v: f32) {
  %zero = arith.constant 0 : index
  par.for (%i) in (%n) {
    memref.store %v, %a[%zero] : memref<?xf32>
  }
  return
}

// case: an iteration reads what another one writes
func.func @f(%a: memref<?xf32>, %n: index) {
  %one = arith.constant 1 : index
  par.for (%i) in (%n) {
    %j = arith.addi %i, %one : index
    %v = memref.load %a[%j] : memref<?xf32>
    memref.store %v, %a[%i] : memref<?xf32>
  }
  return
}

// case: one of two dimensions is left out
func.func @f(%a: memref<?xf32>, %n: index, %v: f32) {
  par.for (%i, %j) in (%n, %n) {
    memref.store %v, %a[%i] : memref<?xf32>
  }
  return
}

// case: a loop of scf
func.func @f(%a: memref<?xf32>, %n: index, %v: f32) {
  %zero = arith.constant 0 : index
  %one = arith.constant 1 : index
  scf.parallel (%i) = (%zero) to (%n) step (%one) {
    memref.store %v, %a[%zero] : memref<?xf32>
    scf.reduce
  }
  return
}

// case: control flow of blocks around the loop
func.func @f(%a: memref<?xf32>, %n: index, %v: f32, %c: i1) {
  %zero = arith.constant 0 : index
  cf.cond_br %c, ^then, ^end
^then:
  par.for (%i) in (%n) {
    memref.store %v, %a[%zero] : memref<?xf32>
  }
  cf.br ^end
^end:
  return
}

// case: an array that comes with a block
func.func @f(%a: memref<?xf32>, %b: memref<?xf32>, %n: index, %c: i1) {
  %zero = arith.constant 0 : index
  cf.cond_br %c, ^then(%a : memref<?xf32>), ^then(%b : memref<?xf32>)
^then(%x: memref<?xf32>):
  par.for (%i) in (%n) {
    %v = memref.load %a[%zero] : memref<?xf32>
    memref.store %v, %x[%i] : memref<?xf32>
  }
  return
}

// case: structured operations beside the loop
func.func @f(%a: memref<?xf32>, %n: index, %v: f32) {
  %zero = arith.constant 0 : index
  linalg.fill ins(%v : f32) outs(%a : memref<?xf32>)
  par.for (%i) in (%n) {
    memref.store %v, %a[%zero] : memref<?xf32>
  }
  return
}

// case: a structured operation writes all in each iteration
func.func @f(%a: memref<?xf32>, %n: index, %v: f32) {
  par.for (%i) in (%n) {
    linalg.fill ins(%v : f32) outs(%a : memref<?xf32>)
  }
  return
}

// case: a mark that says that all is well
func.func @f(%a: memref<?xf32>, %n: index, %v: f32) {
  %zero = arith.constant 0 : index
  par.for (%i) in (%n) attributes {par.elementwise} {
    memref.store %v, %a[%zero] : memref<?xf32>
  }
  return
}

// case: one of two arrays, which is read, too
func.func @f(%a: memref<?xf32>, %b: memref<?xf32>, %n: index, %c: i1) {
  %zero = arith.constant 0 : index
  %x = arith.select %c, %a, %b : memref<?xf32>
  par.for (%i) in (%n) {
    %v = memref.load %a[%zero] : memref<?xf32>
    memref.store %v, %x[%i] : memref<?xf32>
  }
  return
}

// case: arrays that a loop exchanges
func.func @f(%a: memref<?xf32>, %n: index) {
  %zero = arith.constant 0 : index
  %one = arith.constant 1 : index
  %r, %s = scf.for %k = %zero to %n step %one iter_args(%x = %a, %y = %a) -> (memref<?xf32>, memref<?xf32>) {
    par.for (%i) in (%n) {
      %v = memref.load %y[%zero] : memref<?xf32>
      memref.store %v, %x[%i] : memref<?xf32>
    }
    scf.yield %y, %x : memref<?xf32>, memref<?xf32>
  }
  return
}

// case: an array of the module
memref.global @table : memref<8xf32> = dense<0.0>
func.func @f(%n: index, %v: f32) {
  %zero = arith.constant 0 : index
  par.for (%i) in (%n) {
    %x = memref.get_global @table : memref<8xf32>
    memref.store %v, %x[%zero] : memref<8xf32>
  }
  return
}

// case: an array of the module that a function writes
memref.global @table : memref<8xf32> = dense<0.0>
func.func @set(%v: f32) {
  %zero = arith.constant 0 : index
  %x = memref.get_global @table : memref<8xf32>
  memref.store %v, %x[%zero] : memref<8xf32>
  return
}
func.func @f(%n: index, %v: f32) {
  par.for (%i) in (%n) {
    func.call @set(%v) : (f32) -> ()
  }
  return
}

// case: an array that comes from somewhere
func.func private @give() -> memref<?xf32>
func.func @f(%n: index, %v: f32) {
  %zero = arith.constant 0 : index
  par.for (%i) in (%n) {
    %x = func.call @give() : () -> memref<?xf32>
    memref.store %v, %x[%zero] : memref<?xf32>
  }
  return
}

// case: a part of an array, seen from its beginning again
func.func @f(%m: !own.mut<memref<?x?xf32>>, %n: index, %v: f32) {
  %zero = arith.constant 0 : index
  par.for (%i) in (%n) {
    %row = own.slice %m[%i] extents(%n) : !own.mut<memref<?x?xf32>> -> !own.mut<memref<?xf32>>
    %x = own.view %row : !own.mut<memref<?xf32>> -> memref<?xf32>
    %y = memref.reinterpret_cast %x to offset: [0], sizes: [2], strides: [1] : memref<?xf32> to memref<2xf32>
    memref.store %v, %y[%zero] : memref<2xf32>
  }
  return
}

// case: only the run knows, and the function has no status
func.func @f(%a: memref<?xf32>, %p: memref<?xindex>, %n: index, %v: f32) {
  par.for (%i) in (%n) {
    %j = memref.load %p[%i] : memref<?xindex>
    memref.store %v, %a[%j] : memref<?xf32>
  }
  return
}

// accepted: each iteration has its place, at every stage
func.func @own(%a: !own.mut<!own.list<f32>>, %v: f32) {
  %n = own.len %a : !own.mut<!own.list<f32>>
  par.for (%i) in (%n) {
    %x = own.view %a : !own.mut<!own.list<f32>> -> memref<?xf32>
    memref.store %v, %x[%i] : memref<?xf32>
  }
  return
}
func.func @scf(%a: memref<?x?xf32>, %n: index, %v: f32) {
  %zero = arith.constant 0 : index
  %two = arith.constant 2 : index
  scf.parallel (%i, %j) = (%zero, %zero) to (%n, %n) step (%two, %two) {
    memref.store %v, %a[%i, %j] : memref<?x?xf32>
    scf.reduce
  }
  return
}

// accepted: control flow of blocks around the loop
func.func @f(%a: memref<?xf32>, %b: memref<?xf32>, %n: index, %v: f32, %c: i1) {
  cf.cond_br %c, ^then(%a : memref<?xf32>), ^then(%b : memref<?xf32>)
^then(%x: memref<?xf32>):
  par.for (%i) in (%n) {
    memref.store %v, %x[%i] : memref<?xf32>
  }
  return
}

// accepted: structured operations, and one on a row in each iteration
func.func @f(%a: memref<?x?xf32>, %b: memref<?x?xf32>, %c: memref<?x?xf32>, %n: index, %v: f32) {
  %zero = arith.constant 0 : index
  linalg.fill ins(%v : f32) outs(%c : memref<?x?xf32>)
  linalg.matmul ins(%a, %b : memref<?x?xf32>, memref<?x?xf32>) outs(%c : memref<?x?xf32>)
  par.for (%i) in (%n) {
    memref.store %v, %c[%i, %zero] : memref<?x?xf32>
  }
  return
}

// accepted: one of two arrays, neither of which is read
func.func @f(%a: memref<?xf32>, %b: memref<?xf32>, %d: memref<?xf32>, %n: index, %c: i1) {
  %x = arith.select %c, %a, %b : memref<?xf32>
  par.for (%i) in (%n) {
    %v = memref.load %d[%i] : memref<?xf32>
    memref.store %v, %x[%i] : memref<?xf32>
  }
  return
}

// accepted: only the run knows, and finds out before the loop
func.func @own(%a: memref<?xf32>, %p: memref<?xindex>, %n: index, %v: f32) -> i32 attributes {mlc.raises} {
  %ok = arith.constant 0 : i32
  par.for (%i) in (%n) {
    %j = memref.load %p[%i] : memref<?xindex>
    memref.store %v, %a[%j] : memref<?xf32>
  }
  return %ok : i32
}

// accepted: the same at a later stage
func.func @f(%a: memref<?xf32>, %b: memref<?xf32>, %p: memref<?xindex>, %n: index, %v: f32) -> i32 attributes {mlc.raises} {
  %ok = arith.constant 0 : i32
  linalg.fill ins(%v : f32) outs(%b : memref<?xf32>)
  par.for (%i) in (%n) {
    %j = memref.load %p[%i] : memref<?xindex>
    memref.store %v, %a[%j] : memref<?xf32>
  }
  return %ok : i32
}

// accepted: an array of each iteration, and a table that is only read
memref.global constant @table : memref<8xf32> = dense<1.0>
func.func @f(%a: memref<?xf32>, %n: index) {
  %zero = arith.constant 0 : index
  %t = memref.get_global @table : memref<8xf32>
  par.for (%i) in (%n) {
    %own = memref.alloca() : memref<4xf32>
    %v = memref.load %t[%zero] : memref<8xf32>
    memref.store %v, %own[%zero] : memref<4xf32>
    %w = memref.load %own[%zero] : memref<4xf32>
    memref.store %w, %a[%i] : memref<?xf32>
  }
  return
}

// accepted: indivisible updates of one place
func.func @f(%a: memref<?xf32>, %n: index, %v: f32) {
  %zero = arith.constant 0 : index
  par.for (%i) in (%n) {
    %x = memref.atomic_rmw addf %v, %a[%zero] : (f32, memref<?xf32>) -> f32
  }
  return
}
