// RUN: %mlc opt %s --own-insert-drops --own-elide-copies --split-input-file | %FileCheck %s

!list = !own.list<f32>

// CHECK-LABEL: func.func @last_use(
// CHECK:         %[[X:.*]] = own.new_list
// CHECK-NEXT:    return %[[X]]
func.func @last_use(%n: index) -> !own.box<!list> {
  %x = own.new_list %n : !own.box<!list>
  %b = own.borrow %x : !own.box<!list> -> !own.ref<!list>
  %c = own.copy %b : !own.ref<!list> -> !own.box<!list>
  return %c : !own.box<!list>
}

// -----

!list = !own.list<f32>

// A caller may have lent its memory, which is copied when the program runs.
// CHECK-LABEL: func.func @argument(
// CHECK-SAME:    %[[X:[a-z0-9]+]]: !own.box
// CHECK-NEXT:    %[[Y:.*]] = own.reuse %[[X]] keep
// CHECK-NEXT:    return %[[Y]]
func.func @argument(%x: !own.box<!list>) -> !own.box<!list> attributes {mlc.export} {
  %b = own.borrow %x : !own.box<!list> -> !own.ref<!list>
  %c = own.copy %b : !own.ref<!list> -> !own.box<!list>
  return %c : !own.box<!list>
}

// -----

!list = !own.list<f32>
!rows = !own.list<!list>

// Rows of it may be lent one by one.
// CHECK-LABEL: func.func @rows
// CHECK:         own.copy
func.func @rows(%x: !own.box<!rows>) -> !own.box<!rows> attributes {mlc.export} {
  %b = own.borrow %x : !own.box<!rows> -> !own.ref<!rows>
  %c = own.copy %b : !own.ref<!rows> -> !own.box<!rows>
  return %c : !own.box<!rows>
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

// -----

// A text never changes: whoever made it, no other one is needed. The optional of one is a flag and the text.
// CHECK-LABEL: func.func @text(
// CHECK-SAME:    %[[C:[a-z0-9]+]]: i1, %[[X:[a-z0-9]+]]: !own.box<!own.str>
// CHECK-NEXT:    return %[[C]], %[[X]]
func.func @text(%c: i1, %x: !own.box<!own.str>) -> (i1, !own.box<!own.str>) attributes {mlc.export} {
  %b = own.borrow %x : !own.box<!own.str> -> !own.ref<!own.str>
  %y = own.copy %b : !own.ref<!own.str> -> !own.box<!own.str>
  return %c, %y : i1, !own.box<!own.str>
}
