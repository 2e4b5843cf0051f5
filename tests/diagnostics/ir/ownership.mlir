// Ownership in IR of other front ends, which has no source: each wrong module with what is said, and near misses.

// case: a box is used twice
func.func private @eat(!own.box<!own.list<f32>>)
func.func @f(%x: !own.box<!own.list<f32>>) {
  call @eat(%x) : (!own.box<!own.list<f32>>) -> ()
  call @eat(%x) : (!own.box<!own.list<f32>>) -> ()
  return
}

// case: a box is an operand of one call twice
func.func private @both(!own.box<!own.list<f32>>, !own.box<!own.list<f32>>)
func.func @f(%x: !own.box<!own.list<f32>>) {
  call @both(%x, %x) : (!own.box<!own.list<f32>>, !own.box<!own.list<f32>>) -> ()
  return
}

// case: a box is returned and appended
func.func @f(%x: !own.box<!own.str>, %m: !own.mut<!own.list<!own.str>>) -> (i32, !own.box<!own.str>) {
  %ok = arith.constant 0 : i32
  own.append %x to %m : !own.box<!own.str>, !own.mut<!own.list<!own.str>>
  return %ok, %x : i32, !own.box<!own.str>
}

// case: a box is consumed by one of two branches, and then used
func.func private @eat(!own.box<!own.list<f32>>)
func.func @f(%x: !own.box<!own.list<f32>>, %c: i1) -> index {
  scf.if %c {
    func.call @eat(%x) : (!own.box<!own.list<f32>>) -> ()
  }
  %b = own.borrow %x : !own.box<!own.list<f32>> -> !own.ref<!own.list<f32>>
  %n = own.len %b : !own.ref<!own.list<f32>>
  return %n : index
}

// case: a box is consumed in every iteration
func.func private @eat(!own.box<!own.list<f32>>)
func.func @f(%x: !own.box<!own.list<f32>>, %n: index) {
  %zero = arith.constant 0 : index
  %one = arith.constant 1 : index
  scf.for %i = %zero to %n step %one {
    func.call @eat(%x) : (!own.box<!own.list<f32>>) -> ()
  }
  return
}

// case: a box is consumed in every iteration of a parallel loop
func.func private @eat(!own.box<!own.list<f32>>)
func.func @f(%x: !own.box<!own.list<f32>>, %n: index) {
  par.for (%i) in (%n) {
    func.call @eat(%x) : (!own.box<!own.list<f32>>) -> ()
  }
  return
}

// case: a borrow of what was moved
func.func private @eat(!own.box<!own.list<f32>>)
func.func @f(%x: !own.box<!own.list<f32>>) -> index {
  %b = own.borrow %x : !own.box<!own.list<f32>> -> !own.ref<!own.list<f32>>
  call @eat(%x) : (!own.box<!own.list<f32>>) -> ()
  %n = own.len %b : !own.ref<!own.list<f32>>
  return %n : index
}

// case: a view of what was dropped
func.func @f(%x: !own.box<!own.list<f32>>, %i: index) -> f32 {
  %b = own.borrow %x : !own.box<!own.list<f32>> -> !own.ref<!own.list<f32>>
  %data = own.view %b : !own.ref<!own.list<f32>> -> memref<?xf32>
  own.drop %x : !own.box<!own.list<f32>>
  %v = memref.load %data[%i] : memref<?xf32>
  return %v : f32
}

// case: a borrow of a box of the function is returned
func.func @f(%x: !own.box<!own.list<f32>>) -> !own.ref<!own.list<f32>> {
  %b = own.borrow %x : !own.box<!own.list<f32>> -> !own.ref<!own.list<f32>>
  return %b : !own.ref<!own.list<f32>>
}

// case: a write through a shared borrow
func.func @f(%x: !own.ref<!own.list<f32>>, %i: index, %v: f32) {
  %data = own.view %x : !own.ref<!own.list<f32>> -> memref<?xf32>
  memref.store %v, %data[%i] : memref<?xf32>
  return
}

// case: an exclusive borrow and another one to one call
func.func private @join(!own.mut<!own.list<f32>>, !own.ref<!own.list<f32>>)
func.func @f(%x: !own.box<!own.list<f32>>) {
  %m = own.borrow_mut %x : !own.box<!own.list<f32>> -> !own.mut<!own.list<f32>>
  %b = own.borrow %x : !own.box<!own.list<f32>> -> !own.ref<!own.list<f32>>
  call @join(%m, %b) : (!own.mut<!own.list<f32>>, !own.ref<!own.list<f32>>) -> ()
  return
}

// case: an element is used after the list grew
func.func @f(%m: !own.mut<!own.list<!own.list<f32>>>, %row: !own.box<!own.list<f32>>) -> (i32, index) {
  %ok = arith.constant 0 : i32
  %zero = arith.constant 0 : index
  %e = own.elem %m[%zero] : !own.mut<!own.list<!own.list<f32>>> -> !own.mut<!own.list<f32>>
  own.append %row to %m : !own.box<!own.list<f32>>, !own.mut<!own.list<!own.list<f32>>>
  %n = own.len %e : !own.mut<!own.list<f32>>
  return %ok, %n : i32, index
}

// case: one array is two operands of a call that may write both
func.func @set(%a: memref<?xf32>, %b: memref<?xf32>, %v: f32) {
  %zero = arith.constant 0 : index
  memref.store %v, %a[%zero] : memref<?xf32>
  return
}
func.func @f(%a: memref<?xf32>, %v: f32) {
  call @set(%a, %a, %v) : (memref<?xf32>, memref<?xf32>, f32) -> ()
  return
}

// case: the same, where control flow has blocks
func.func @set(%a: memref<?xf32>, %b: memref<?xf32>, %v: f32) {
  %zero = arith.constant 0 : index
  memref.store %v, %a[%zero] : memref<?xf32>
  return
}
func.func @f(%a: memref<?xf32>, %v: f32, %c: i1) {
  cf.cond_br %c, ^then, ^end
^then:
  call @set(%a, %a, %v) : (memref<?xf32>, memref<?xf32>, f32) -> ()
  cf.br ^end
^end:
  return
}

// case: a call has too few results
func.func private @two(f32) -> (f32, f32)
func.func @f(%v: f32) -> f32 {
  %a = call @two(%v) : (f32) -> f32
  return %a : f32
}

// case: a return has too many
func.func @f(%v: f32) -> f32 {
  return %v, %v : f32, f32
}

// case: a function that leaves with an error has no status
func.func @f(%x: !own.ref<!own.list<f32>>, %c: i1) -> f32 {
  %v = arith.constant 1.0 : f32
  own.check %c, "ValueError", "wrong"
  return %v : f32
}

// accepted: a box that nobody consumes is destroyed, also where an error leaves
func.func @f(%x: !own.box<!own.list<f32>>, %c: i1) -> (i32, index) attributes {mlc.raises} {
  %ok = arith.constant 0 : i32
  own.check %c, "ValueError", "wrong"
  %b = own.borrow %x : !own.box<!own.list<f32>> -> !own.ref<!own.list<f32>>
  %n = own.len %b : !own.ref<!own.list<f32>>
  return %ok, %n : i32, index
}

// accepted: a box is consumed by both branches
func.func private @eat(!own.box<!own.list<f32>>)
func.func @f(%x: !own.box<!own.list<f32>>, %c: i1) {
  scf.if %c {
    func.call @eat(%x) : (!own.box<!own.list<f32>>) -> ()
  } else {
    func.call @eat(%x) : (!own.box<!own.list<f32>>) -> ()
  }
  return
}

// accepted: a box is carried by the loop that replaces it
func.func private @next(!own.box<!own.list<f32>>) -> !own.box<!own.list<f32>>
func.func @f(%x: !own.box<!own.list<f32>>, %n: index) -> !own.box<!own.list<f32>> {
  %zero = arith.constant 0 : index
  %one = arith.constant 1 : index
  %r = scf.for %i = %zero to %n step %one iter_args(%y = %x) -> (!own.box<!own.list<f32>>) {
    %z = func.call @next(%y) : (!own.box<!own.list<f32>>) -> !own.box<!own.list<f32>>
    scf.yield %z : !own.box<!own.list<f32>>
  }
  return %r : !own.box<!own.list<f32>>
}

// accepted: the borrow ends before the move
func.func private @eat(!own.box<!own.list<f32>>)
func.func @f(%x: !own.box<!own.list<f32>>) -> index {
  %b = own.borrow %x : !own.box<!own.list<f32>> -> !own.ref<!own.list<f32>>
  %n = own.len %b : !own.ref<!own.list<f32>>
  call @eat(%x) : (!own.box<!own.list<f32>>) -> ()
  return %n : index
}

// accepted: a borrow of an argument's part is returned
func.func @f(%x: !own.ref<!own.list<!own.list<f32>>>) -> !own.ref<!own.list<f32>> {
  %zero = arith.constant 0 : index
  %e = own.elem %x[%zero] : !own.ref<!own.list<!own.list<f32>>> -> !own.ref<!own.list<f32>>
  return %e : !own.ref<!own.list<f32>>
}

// accepted: two arrays to a call
func.func @set(%a: memref<?xf32>, %b: memref<?xf32>, %v: f32) {
  %zero = arith.constant 0 : index
  memref.store %v, %a[%zero] : memref<?xf32>
  return
}
func.func @f(%a: memref<?xf32>, %b: memref<?xf32>, %v: f32, %c: i1) {
  cf.cond_br %c, ^then, ^end
^then:
  call @set(%a, %b, %v) : (memref<?xf32>, memref<?xf32>, f32) -> ()
  cf.br ^end
^end:
  return
}
