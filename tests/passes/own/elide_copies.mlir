// RUN: %mlc opt %s --own-insert-drops --own-elide-copies --split-input-file | %FileCheck %s

!list = !own.list<f32>

// CHECK-LABEL: func.func @last_use(
// CHECK-SAME:    %[[X:[a-z0-9]+]]: !own.box
// CHECK-NEXT:    return %[[X]]
func.func @last_use(%x: !own.box<!list>) -> !own.box<!list> {
  %b = own.borrow %x : !own.box<!list> -> !own.ref<!list>
  %c = own.copy %b : !own.ref<!list> -> !own.box<!list>
  return %c : !own.box<!list>
}

// -----

!list = !own.list<f32>

// A caller that is not ours may have lent its memory.
// CHECK-LABEL: func.func @exported
// CHECK:         own.copy
func.func @exported(%x: !own.box<!list>) -> !own.box<!list> attributes {mlc.export} {
  %b = own.borrow %x : !own.box<!list> -> !own.ref<!list>
  %c = own.copy %b : !own.ref<!list> -> !own.box<!list>
  return %c : !own.box<!list>
}

// -----

!list = !own.list<f32>

// The original is used again, or belongs to the caller.
// CHECK-LABEL: func.func @used_again
// CHECK-COUNT-2: own.copy
func.func @used_again(%x: !own.box<!list>, %y: !own.ref<!list>)
    -> (index, !own.box<!list>, !own.box<!list>) {
  %b = own.borrow %x : !own.box<!list> -> !own.ref<!list>
  %c = own.copy %b : !own.ref<!list> -> !own.box<!list>
  %n = own.len %b : !own.ref<!list>
  %d = own.copy %y : !own.ref<!list> -> !own.box<!list>
  return %n, %c, %d : index, !own.box<!list>, !own.box<!list>
}
