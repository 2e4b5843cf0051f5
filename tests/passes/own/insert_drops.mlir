// RUN: %mlc opt %s --own-insert-drops --split-input-file | %FileCheck %s

!list = !own.list<f32>

// After the last use of what was borrowed, and before the check that follows.
// CHECK-LABEL: func.func @last_use
// CHECK:         %[[L:.*]] = own.new_list
// CHECK:         own.len
// CHECK-NEXT:    own.drop %[[L]]
// CHECK-NEXT:    own.check %{{.*}}, "ValueError", "no"{{$}}
func.func @last_use(%n: index, %c: i1) -> (i32, index) {
  %ok = arith.constant 0 : i32
  %l = own.new_list %n : !own.box<!list>
  %b = own.borrow %l : !own.box<!list> -> !own.ref<!list>
  %k = own.len %b : !own.ref<!list>
  own.check %c, "ValueError", "no"
  return %ok, %k : i32, index
}

// -----

!list = !own.list<f32>

// Unused: dropped at once, newest first where several end at one place.
// CHECK-LABEL: func.func @unused(
// CHECK-SAME:    %[[A:.*]]: !own.box<!own.list<f32>>, %[[B:.*]]: !own.box<!own.list<f32>>)
// CHECK-NEXT:    own.drop %[[B]]
// CHECK-NEXT:    own.drop %[[A]]
// CHECK-NEXT:    %[[C:.*]] = own.new
// CHECK-NEXT:    own.drop %[[C]]
func.func @unused(%a: !own.box<!list>, %b: !own.box<!list>) {
  %c = own.new : !own.box<!list>
  return
}

// -----

!list = !own.list<f32>
func.func private @eat(!own.box<!list>)

// Consumed in one branch, so dropped in the other.
// CHECK-LABEL: func.func @branch
// CHECK:         scf.if
// CHECK-NEXT:      call @eat
// CHECK-NEXT:    } else {
// CHECK-NEXT:      own.drop
// CHECK-NEXT:    }
// CHECK-NEXT:    return
func.func @branch(%l: !own.box<!list>, %c: i1) {
  scf.if %c {
    func.call @eat(%l) : (!own.box<!list>) -> ()
  }
  return
}

// -----

!list = !own.list<f32>

// Borrowed in a loop, so dropped behind it; what an iteration makes is dropped in it.
// CHECK-LABEL: func.func @loop(
// CHECK-SAME:    %[[L:.*]]: !own.box
// CHECK:         scf.for
// CHECK:           own.borrow %[[L]]
// CHECK:           %[[C:.*]] = own.copy
// CHECK-NEXT:      own.drop %[[C]]
// CHECK-NEXT:    }
// CHECK-NEXT:    own.drop %[[L]]
func.func @loop(%l: !own.box<!list>, %n: index) {
  %zero = arith.constant 0 : index
  %one = arith.constant 1 : index
  scf.for %i = %zero to %n step %one {
    %b = own.borrow %l : !own.box<!list> -> !own.ref<!list>
    %c = own.copy %b : !own.ref<!list> -> !own.box<!list>
  }
  return
}

// -----

!list = !own.list<f32>

// A value that a loop replaces: the old one is dropped, the new one is carried on.
// CHECK-LABEL: func.func @carried
// CHECK:         %[[R:.*]] = scf.for {{.*}} iter_args(%[[A:.*]] = %{{.*}})
// CHECK-NEXT:      own.drop %[[A]]
// CHECK-NEXT:      %[[N:.*]] = own.new
// CHECK-NEXT:      scf.yield %[[N]]
// CHECK:         own.drop %[[R]]
func.func @carried(%l: !own.box<!list>, %n: index) {
  %zero = arith.constant 0 : index
  %one = arith.constant 1 : index
  %r = scf.for %i = %zero to %n step %one iter_args(%a = %l) -> (!own.box<!list>) {
    %new = own.new : !own.box<!list>
    scf.yield %new : !own.box<!list>
  }
  return
}

// -----

!list = !own.list<f32>

// A borrow that leaves a branch keeps the box alive behind it.
// CHECK-LABEL: func.func @escape
// CHECK:         %[[R:.*]] = scf.if
// CHECK:         %[[K:.*]] = own.len %[[R]]
// CHECK-NEXT:    own.drop %{{.*}}
// CHECK-NEXT:    own.drop %{{.*}}
// CHECK-NEXT:    return %[[K]]
func.func @escape(%x: !own.box<!list>, %y: !own.box<!list>, %c: i1) -> index {
  %r = scf.if %c -> (!own.ref<!list>) {
    %b = own.borrow %x : !own.box<!list> -> !own.ref<!list>
    scf.yield %b : !own.ref<!list>
  } else {
    %b = own.borrow %y : !own.box<!list> -> !own.ref<!list>
    scf.yield %b : !own.ref<!list>
  }
  %k = own.len %r : !own.ref<!list>
  return %k : index
}

// -----

!list = !own.list<f32>

// On the way out of a function: what is live, newest first, neither borrowed arguments nor what
// the operation consumes.
// CHECK-LABEL: func.func @unwind(
// CHECK-SAME:    %[[A:[a-z0-9]+]]: !own.box{{.*}}, %{{.*}}: !own.mut
// CHECK:         own.check %{{.*}}, "ValueError", "first" unwind(%[[A]] : {{.*}})
// CHECK:         %[[N:.*]] = own.new
// CHECK:         own.check_index %{{.*}} unwind(%[[N]], %[[A]] :
// CHECK:         own.append %[[N]] to %{{.*}} unwind(%[[A]] :
// CHECK:         own.drop %[[A]]
// CHECK-NEXT:    own.propagate %{{[a-z0-9]+$}}
func.func @unwind(%a: !own.box<!list>, %m: !own.mut<!own.list<!list>>, %c: i1, %i: index,
                  %s: i32) -> i32 {
  %ok = arith.constant 0 : i32
  own.check %c, "ValueError", "first"
  %n = own.new : !own.box<!list>
  own.check_index %i < %i given %i
  own.append %n to %m : !own.box<!list>, !own.mut<!own.list<!list>>
  %b = own.borrow %a : !own.box<!list> -> !own.ref<!list>
  %k = own.len %b : !own.ref<!list>
  own.propagate %s
  return %ok : i32
}

// -----

!list = !own.list<f32>

// The iterations of a parallel loop unwind on their own.
// CHECK-LABEL: func.func @parallel(
// CHECK-SAME:    %[[A:[a-z0-9]+]]: !own.box
// CHECK:         par.for
// CHECK:           %[[N:.*]] = own.new
// CHECK:           own.check %{{.*}}, "ValueError", "in" unwind(%[[N]] : {{[^,]*}})
// CHECK:           own.len
// CHECK-NEXT:      own.drop %[[N]]
// CHECK:         own.drop %[[A]]
// CHECK:         own.propagate %{{[a-z0-9]+$}}
func.func @parallel(%a: !own.box<!list>, %n: index, %c: i1) -> i32 {
  %ok = arith.constant 0 : i32
  %b = own.borrow %a : !own.box<!list> -> !own.ref<!list>
  %s = par.for (%i) in (%n) raises {
    %l = own.new : !own.box<!list>
    own.check %c, "ValueError", "in"
    %r = own.borrow %l : !own.box<!list> -> !own.ref<!list>
    %k = own.len %r : !own.ref<!list>
    %m = own.len %b : !own.ref<!list>
  }
  own.propagate %s
  return %ok : i32
}

// -----

!list = !own.list<f32>

// A while loop whose condition does not hand the box on drops it there.
// CHECK-LABEL: func.func @while
// CHECK:         scf.while (%[[A:.*]] = %{{.*}})
// CHECK:           %[[K:.*]] = own.len
// CHECK-NEXT:      scf.condition(%{{.*}}) %[[A]]
// CHECK:         ^bb0(%[[B:.*]]: !own.box
// CHECK-NEXT:      own.drop %[[B]]
// CHECK-NEXT:      %[[N:.*]] = own.new
// CHECK-NEXT:      scf.yield %[[N]]
func.func @while(%l: !own.box<!list>, %c: i1) -> !own.box<!list> {
  %r = scf.while (%a = %l) : (!own.box<!list>) -> !own.box<!list> {
    %b = own.borrow %a : !own.box<!list> -> !own.ref<!list>
    %k = own.len %b : !own.ref<!list>
    scf.condition(%c) %a : !own.box<!list>
  } do {
  ^bb0(%a: !own.box<!list>):
    %new = own.new : !own.box<!list>
    scf.yield %new : !own.box<!list>
  }
  return %r : !own.box<!list>
}

// -----

!list = !own.list<f32>

// A borrow from before a loop that carries the box on: the box lives, under its new name, to the end of
// the borrow.
// CHECK-LABEL: func.func @inherited
// CHECK:         %[[R:.*]] = scf.for
// CHECK:         %[[K:.*]] = own.len
// CHECK-NEXT:    own.drop %[[R]]
// CHECK-NEXT:    return %[[K]]
func.func @inherited(%l: !own.box<!list>, %n: index) -> index {
  %zero = arith.constant 0 : index
  %one = arith.constant 1 : index
  %b = own.borrow %l : !own.box<!list> -> !own.ref<!list>
  %r = scf.for %i = %zero to %n step %one iter_args(%a = %l) -> (!own.box<!list>) {
    scf.yield %a : !own.box<!list>
  }
  %k = own.len %b : !own.ref<!list>
  return %k : index
}

// -----

!list = !own.list<f32>

// What an iteration makes does not keep alive what it replaces.
// CHECK-LABEL: func.func @replaced
// CHECK:         scf.for {{.*}} iter_args(%[[A:.*]] = %{{.*}})
// CHECK-NEXT:      own.drop %[[A]]
// CHECK-NEXT:      own.new
func.func @replaced(%l: !own.box<!list>, %n: index) -> !own.box<!list> {
  %zero = arith.constant 0 : index
  %one = arith.constant 1 : index
  %r = scf.for %i = %zero to %n step %one iter_args(%a = %l) -> (!own.box<!list>) {
    %new = own.new : !own.box<!list>
    %b = own.borrow %new : !own.box<!list> -> !own.ref<!list>
    %k = own.len %b : !own.ref<!list>
    scf.yield %new : !own.box<!list>
  }
  return %r : !own.box<!list>
}

// -----

// Where a call fails it has made none of its results: nothing of them is destroyed on the way out, and what is never
// used is destroyed behind the check.
// CHECK-LABEL: func.func @failing_call
// CHECK:         %[[FIRST:.*]]:2 = call @make
// CHECK-NEXT:    own.propagate %[[FIRST]]#0{{$}}
// CHECK-NEXT:    own.drop %[[FIRST]]#1
// CHECK-NEXT:    %[[SECOND:.*]]:2 = call @make
// CHECK-NEXT:    own.propagate %[[SECOND]]#0{{$}}
func.func private @make() -> (i32, !own.box<!own.list<f32>>) attributes {mlc.raises}
func.func @failing_call() -> (i32, !own.box<!own.list<f32>>) attributes {mlc.raises} {
  %unused:2 = call @make() : () -> (i32, !own.box<!own.list<f32>>)
  own.propagate %unused#0
  %used:2 = call @make() : () -> (i32, !own.box<!own.list<f32>>)
  own.propagate %used#0
  %ok = arith.constant 0 : i32
  return %ok, %used#1 : i32, !own.box<!own.list<f32>>
}

// -----

// A branch that leaves with an error destroys what another branch destroys for itself.
// CHECK-LABEL: func.func @branches
// CHECK:         scf.if
// CHECK-NEXT:      own.drop %[[A:.*]] :
// CHECK-NEXT:    } else {
// CHECK-NEXT:      own.check %{{.*}}, "ValueError", "second" unwind(%[[A]] : {{.*}})
// CHECK:           own.drop %[[A]] :
func.func @branches(%c: i1, %d: i1) -> i32 attributes {mlc.raises} {
  %a = own.new : !own.box<!own.list<f32>>
  %b = own.borrow %a : !own.box<!own.list<f32>> -> !own.ref<!own.list<f32>>
  scf.if %c {
  } else {
    own.check %d, "ValueError", "second"
    %n = own.len %b : !own.ref<!own.list<f32>>
    func.call @take_length(%n) : (index) -> ()
  }
  %ok = arith.constant 0 : i32
  return %ok : i32
}
func.func private @take_length(index)
