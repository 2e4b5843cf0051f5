// RUN: %mlc opt %s --own-check --split-input-file --verify-diagnostics

!list = !own.list<f32>
func.func private @eat(!own.box<!list>)

func.func @use_after_move(%x: !own.box<!list> loc("x")) -> index {
  // expected-note@+2 {{moved here}}
  // expected-note@+1 {{help: move `copy(…)` of it to keep the value}}
  call @eat(%x) : (!own.box<!list>) -> ()
  // expected-error@+1 {{use-after-move: `x` is used after it was moved}}
  %b = own.borrow %x : !own.box<!list> -> !own.ref<!list>
  %n = own.len %b : !own.ref<!list>
  return %n : index
}

// -----

!list = !own.list<f32>
func.func private @eat(!own.box<!list>)

func.func @moved_on_one_path(%x: !own.box<!list>, %c: i1) {
  scf.if %c {
    // expected-note@+2 {{moved here}}
    // expected-note@+1 {{help}}
    func.call @eat(%x) : (!own.box<!list>) -> ()
  }
  // expected-error@+1 {{use-after-move: a value is used after it was moved}}
  call @eat(%x) : (!own.box<!list>) -> ()
  return
}

// -----

!list = !own.list<f32>
func.func private @eat(!own.box<!list>)

// One of two branches runs.
func.func @branches(%x: !own.box<!list>, %c: i1) {
  scf.if %c {
    func.call @eat(%x) : (!own.box<!list>) -> ()
  } else {
    func.call @eat(%x) : (!own.box<!list>) -> ()
  }
  return
}

// -----

!list = !own.list<f32>
func.func private @eat(!own.box<!list>)

func.func @in_loop(%x: !own.box<!list> loc("x"), %n: index) {
  %zero = arith.constant 0 : index
  %one = arith.constant 1 : index
  scf.for %i = %zero to %n step %one {
    // expected-error@+2 {{use-after-move: `x` is moved in every iteration of a loop}}
    // expected-note@+1 {{help}}
    func.call @eat(%x) : (!own.box<!list>) -> ()
  }
  return
}

// -----

!list = !own.list<f32>
func.func private @eat(!own.box<!list>)
func.func private @found(!own.ref<!list>, index) -> i1

// A return in a loop: what is moved there leaves, as the hidden variable tells.
func.func @return_in_loop(%x: !own.box<!list>, %n: index) {
  %zero = arith.constant 0 : index
  %one = arith.constant 1 : index
  %go = arith.constant 0 : i32
  %leave = arith.constant 3 : i32
  %r:2 = scf.while (%i = %zero, %s = %go) : (index, i32) -> (index, i32) {
    %more = arith.cmpi slt, %i, %n : index
    %stay = arith.cmpi eq, %s, %go : i32
    %c = arith.andi %more, %stay : i1
    scf.condition(%c) %i, %s : index, i32
  } do {
  ^bb0(%i: index, %s: i32):
    %b = own.borrow %x : !own.box<!list> -> !own.ref<!list>
    %hit = func.call @found(%b, %i) : (!own.ref<!list>, index) -> i1
    %t = scf.if %hit -> i32 {
      func.call @eat(%x) : (!own.box<!list>) -> ()
      scf.yield %leave : i32
    } else {
      scf.yield %go : i32
    }
    %next = arith.addi %i, %one : index
    scf.yield %next, %t : index, i32
  }
  %stayed = arith.cmpi eq, %r#1, %go : i32
  scf.if %stayed {
    func.call @eat(%x) : (!own.box<!list>) -> ()
  }
  return
}

// -----

!list = !own.list<f32>
func.func private @eat(!own.box<!list>)
func.func private @found(!own.ref<!list>, index) -> i1

// The same without the guard behind the loop.
func.func @no_guard(%x: !own.box<!list>, %n: index) {
  %zero = arith.constant 0 : index
  %one = arith.constant 1 : index
  %go = arith.constant 0 : i32
  %leave = arith.constant 3 : i32
  %r:2 = scf.while (%i = %zero, %s = %go) : (index, i32) -> (index, i32) {
    %more = arith.cmpi slt, %i, %n : index
    %stay = arith.cmpi eq, %s, %go : i32
    %c = arith.andi %more, %stay : i1
    scf.condition(%c) %i, %s : index, i32
  } do {
  ^bb0(%i: index, %s: i32):
    %b = own.borrow %x : !own.box<!list> -> !own.ref<!list>
    %hit = func.call @found(%b, %i) : (!own.ref<!list>, index) -> i1
    %t = scf.if %hit -> i32 {
      // expected-note@+2 {{moved here}}
      // expected-note@+1 {{help}}
      func.call @eat(%x) : (!own.box<!list>) -> ()
      scf.yield %leave : i32
    } else {
      scf.yield %go : i32
    }
    %next = arith.addi %i, %one : index
    scf.yield %next, %t : index, i32
  }
  // expected-error@+1 {{use-after-move}}
  call @eat(%x) : (!own.box<!list>) -> ()
  return
}

// -----

!list = !own.list<f32>
func.func private @eat(!own.box<!list>)

func.func @move_while_borrowed(%x: !own.box<!list> loc("x")) -> index {
  // expected-note@+1 {{borrowed here}}
  %b = own.borrow %x : !own.box<!list> -> !own.ref<!list>
  // expected-error@+1 {{move-while-borrowed: `x` is moved while it is borrowed}}
  call @eat(%x) : (!own.box<!list>) -> ()
  // expected-note@+1 {{the borrow is used here}}
  %n = own.len %b : !own.ref<!list>
  return %n : index
}

// -----

!list = !own.list<f32>
func.func private @both(!own.box<!list>, !own.box<!list>)

func.func @twice(%x: !own.box<!list>) {
  // expected-error@+2 {{use-after-move}}
  // expected-note@+1 {{help}}
  call @both(%x, %x) : (!own.box<!list>, !own.box<!list>) -> ()
  return
}

// -----

!list = !own.list<f32>
func.func private @add(!own.ref<!list>, !own.mut<!list>)
func.func private @compare(!own.ref<!list>, !own.ref<!list>)

func.func @one_call(%a: !own.mut<!list> loc("a")) {
  %r = own.borrow %a : !own.mut<!list> -> !own.ref<!list>
  call @compare(%r, %r) : (!own.ref<!list>, !own.ref<!list>) -> ()
  // expected-error@+2 {{borrow-conflict: `a` is passed twice to a call that changes it}}
  // expected-note@+1 {{help}}
  call @add(%r, %a) : (!own.ref<!list>, !own.mut<!list>) -> ()
  return
}

// -----

!list = !own.list<f32>
!rows = !own.list<!list>

func.func @grown_while_borrowed(%m: !own.mut<!rows> loc("m"), %x: !own.box<!list>, %i: index)
    -> (i32, index) {
  %ok = arith.constant 0 : i32
  // expected-note@+1 {{borrowed here}}
  %row = own.elem %m[%i] : !own.mut<!rows> -> !own.mut<!list>
  // expected-error@+2 {{borrow-conflict: `m` is changed while a part of it is borrowed}}
  // expected-note@+1 {{help: use the part before the change}}
  own.append %x to %m : !own.box<!list>, !own.mut<!rows>
  // expected-note@+1 {{the borrow is used here}}
  %n = own.len %row : !own.mut<!list>
  return %ok, %n : i32, index
}

// -----

!list = !own.list<f32>
!rows = !own.list<!list>

// Different constant indices, and the length of the whole, which rows do not change.
func.func @disjoint(%m: !own.mut<!rows>, %x: !own.box<!list>, %y: !own.box<!list>) -> (i32, index) {
  %ok = arith.constant 0 : i32
  %zero = arith.constant 0 : index
  %one = arith.constant 1 : index
  %r0 = own.elem %m[%zero] : !own.mut<!rows> -> !own.mut<!list>
  %r1 = own.elem %m[%one] : !own.mut<!rows> -> !own.mut<!list>
  own.put %x, %r0 : !own.box<!list>, !own.mut<!list>
  %n = own.len %m : !own.mut<!rows>
  own.put %y, %r1 : !own.box<!list>, !own.mut<!list>
  %k = own.len %r0 : !own.mut<!list>
  return %ok, %n : i32, index
}

// -----

!list = !own.list<f32>
!rows = !own.list<!list>

// A borrow from before a loop, a change in it, a use in the next iteration.
func.func @across_iterations(%m: !own.mut<!rows>, %n: index) -> i32 {
  %ok = arith.constant 0 : i32
  %zero = arith.constant 0 : index
  %one = arith.constant 1 : index
  // expected-note@+1 {{borrowed here}}
  %row = own.elem %m[%zero] : !own.mut<!rows> -> !own.mut<!list>
  scf.for %i = %zero to %n step %one {
    // expected-note@+1 {{the borrow is used here}}
    %k = own.len %row : !own.mut<!list>
    // expected-error@+2 {{borrow-conflict}}
  // expected-note@+1 {{help: use the part before the change}}
    own.resize %m to %k : !own.mut<!rows>
  }
  return %ok : i32
}

// -----

!list = !own.list<f32>

// Elements may be written through one view and read through another; what replaces the buffer may not
// come between.
func.func @views(%l: !own.mut<!list>, %i: index, %x: f32) -> (i32, f32) {
  %ok = arith.constant 0 : i32
  %a = own.view %l : !own.mut<!list> -> memref<?xf32>
  %b = own.view %l : !own.mut<!list> -> memref<?xf32>
  memref.store %x, %b[%i] : memref<?xf32>
  %y = memref.load %a[%i] : memref<?xf32>
  // expected-note@+1 {{borrowed here}}
  %c = own.view %l : !own.mut<!list> -> memref<?xf32>
  // expected-error@+2 {{borrow-conflict}}
  // expected-note@+1 {{help: use the part before the change}}
  own.append %x to %l : f32, !own.mut<!list>
  // expected-note@+1 {{the borrow is used here}}
  %z = memref.load %c[%i] : memref<?xf32>
  return %ok, %z : i32, f32
}

// -----

!list = !own.list<f32>

// expected-note@+1 {{borrowed here}}
func.func @shared(%l: !own.ref<!list>, %i: index, %x: f32) {
  %a = own.view %l : !own.ref<!list> -> memref<?xf32>
  // expected-error@+1 {{write-through-shared-borrow: a value is changed, but borrowed to be read only}}
  memref.store %x, %a[%i] : memref<?xf32>
  return
}

// -----

!list = !own.list<f32>

func.func @escape() -> !own.ref<!list> {
  %l = own.new : !own.box<!list>
  %b = own.borrow %l : !own.box<!list> -> !own.ref<!list>
  // expected-error@+2 {{return-of-local-borrow: a value ends here, and a borrow of it is returned}}
  // expected-note@+1 {{help: return a copy}}
  return %b : !own.ref<!list>
}

// -----

!list = !own.list<f32>
!pair = !own.struct<"Pair", [!list, !list]>
func.func private @show(!own.ref<!pair>)

// A field moved out and used again, the whole used, the other field used.
func.func @fields(%p: !own.box<!pair> loc("p"), %q: !own.box<!pair> loc("q")) -> !own.box<!list> {
  %m = own.borrow_mut %p : !own.box<!pair> -> !own.mut<!pair>
  %a = own.field %m[0] : !own.mut<!pair> -> !own.mut<!list>
  // expected-note@+2 {{the field is moved here}}
  // expected-note@+1 {{help}}
  %x = own.take %a : !own.mut<!list> -> !own.box<!list>
  %b = own.field %m[1] : !own.mut<!pair> -> !own.mut<!list>
  %n = own.len %b : !own.mut<!list>
  %r = own.borrow %p : !own.box<!pair> -> !own.ref<!pair>
  // expected-error@+1 {{partly-moved: `p` is used as a whole, but a field of it was moved}}
  func.call @show(%r) : (!own.ref<!pair>) -> ()
  %mq = own.borrow_mut %q : !own.box<!pair> -> !own.mut<!pair>
  %c = own.field %mq[0] : !own.mut<!pair> -> !own.mut<!list>
  // expected-note@+2 {{the field is moved here}}
  // expected-note@+1 {{help}}
  %y = own.take %c : !own.mut<!list> -> !own.box<!list>
  // expected-error@+1 {{use-after-move: a field of `q` is used after it was moved}}
  %k = own.len %c : !own.mut<!list>
  return %x : !own.box<!list>
}

// -----

!list = !own.list<f32>
!pair = !own.struct<"Pair", [!list, !list]>

// A field of what is borrowed must be filled again.
func.func @borrowed(%p: !own.mut<!pair> loc("p"), %new: !own.box<!list>) -> !own.box<!list> {
  %a = own.field %p[0] : !own.mut<!pair> -> !own.mut<!list>
  %x = own.take %a : !own.mut<!list> -> !own.box<!list>
  own.put %new, %a : !own.box<!list>, !own.mut<!list>
  %b = own.field %p[1] : !own.mut<!pair> -> !own.mut<!list>
  // expected-error@+2 {{move-out-of-borrow: a field is moved out of `p`, which is only borrowed}}
  // expected-note@+1 {{help}}
  %y = own.take %b : !own.mut<!list> -> !own.box<!list>
  return %x : !own.box<!list>
}

// -----

!list = !own.list<f32>
func.func @told(%a: !own.ref<!own.list<!list>> loc("a"), %i: index) -> (i32, index) {
  %item = own.elem %a[%i] : !own.ref<!own.list<!list>> -> !own.ref<!list>
  // expected-note@+2 {{the items are copied here}}
  // expected-note@+1 {{help: make the items of one their own: `copy(…)` of it}}
  %copy = own.copy %item {mlc.shares} : !own.ref<!list> -> !own.box<!list>
  %shared = own.borrow_mut %copy : !own.box<!list> -> !own.mut<!list>
  // expected-error@+1 {{shared-items: an item of `a` is changed that another list would share in Python}}
  own.resize %shared to %i : !own.mut<!list>
  // expected-note@+1 {{the other one is used here, without the change}}
  %n = own.len %item : !own.ref<!list>
  %ok = arith.constant 0 : i32
  return %ok, %n : i32, index
}

// -----

// A copy that says that it is one may be told.
!list = !own.list<f32>
func.func @own_copy(%a: !own.ref<!own.list<!list>>, %i: index) -> (i32, index) {
  %item = own.elem %a[%i] : !own.ref<!own.list<!list>> -> !own.ref<!list>
  %copy = own.copy %item : !own.ref<!list> -> !own.box<!list>
  %shared = own.borrow_mut %copy : !own.box<!list> -> !own.mut<!list>
  own.resize %shared to %i : !own.mut<!list>
  %n = own.len %item : !own.ref<!list>
  %ok = arith.constant 0 : i32
  return %ok, %n : i32, index
}
