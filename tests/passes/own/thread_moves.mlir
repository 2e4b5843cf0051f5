// RUN: %mlc opt %s --own-thread-moves --own-insert-drops --split-input-file | %FileCheck %s

!list = !own.list<f32>
func.func private @eat(!own.box<!list>)
func.func private @found(!own.ref<!list>, index) -> i1

// A return in a loop: the box is carried, an empty one takes its place when it is moved.
// CHECK-LABEL: func.func @return_in_loop(
// CHECK-SAME:    %[[BOX:[a-z0-9]+]]: !own.box
// CHECK:         %[[R:.*]]:3 = scf.while (%{{.*}} = %{{.*}}, %{{.*}} = %{{.*}}, %[[A:.*]] = %[[BOX]])
// CHECK:           scf.condition(%{{.*}}) %{{.*}}, %{{.*}}, %[[A]]
// CHECK:         ^bb0(%{{.*}}: index, %{{.*}}: i32, %[[B:.*]]: !own.box
// CHECK:           own.borrow %[[B]]
// CHECK:           %[[I:.*]]:2 = scf.if
// CHECK-NEXT:        func.call @eat(%[[B]])
// CHECK-NEXT:        %[[E:.*]] = own.new
// CHECK-NEXT:        scf.yield %{{.*}}, %[[E]]
// CHECK-NEXT:      } else {
// CHECK-NEXT:        scf.yield %{{.*}}, %[[B]]
// CHECK:           scf.yield %{{.*}}, %[[I]]#0, %[[I]]#1
// CHECK:         scf.if
// CHECK-NEXT:      func.call @eat(%[[R]]#2)
// CHECK-NEXT:    } else {
// CHECK-NEXT:      own.drop %[[R]]#2
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

// Two guards one after the other.
// CHECK-LABEL: func.func @guards
// CHECK:         %[[R:.*]] = scf.if
// CHECK:           %[[E:.*]] = own.new
// CHECK-NEXT:      scf.yield %[[E]]
// CHECK:         scf.if
// CHECK-NEXT:      func.call @eat(%[[R]])
// CHECK-NEXT:    } else {
// CHECK-NEXT:      own.drop %[[R]]
func.func @guards(%x: !own.box<!list>, %c: i1, %d: i1) {
  scf.if %c {
    func.call @eat(%x) : (!own.box<!list>) -> ()
  }
  scf.if %d {
    func.call @eat(%x) : (!own.box<!list>) -> ()
  }
  return
}

// -----

!list = !own.list<f32>

// What straight-line code and the last branch consume stays as it is.
// CHECK-LABEL: func.func @untouched
// CHECK-NOT:     own.new
func.func @untouched(%x: !own.box<!list>, %y: !own.box<!list>, %c: i1) {
  own.drop %x : !own.box<!list>
  scf.if %c {
    own.drop %y : !own.box<!list>
  }
  return
}

// -----

!list = !own.list<f32>

// A choice consumes one of two boxes.
// CHECK-LABEL: func.func @choice(
// CHECK-SAME:    %[[X:[a-z0-9]+]]: !own.box{{.*}}, %[[Y:[a-z0-9]+]]: !own.box
// CHECK:         %[[R:.*]] = scf.if
// CHECK-NEXT:      own.drop %[[Y]]
// CHECK-NEXT:      scf.yield %[[X]]
// CHECK-NEXT:    } else {
// CHECK-NEXT:      own.drop %[[X]]
// CHECK-NEXT:      scf.yield %[[Y]]
// CHECK:         return %[[R]]
func.func @choice(%x: !own.box<!list>, %y: !own.box<!list>, %c: i1) -> !own.box<!list> {
  %r = arith.select %c, %x, %y : !own.box<!list>
  return %r : !own.box<!list>
}
