// RUN: %mlc opt %s --own-insert-drops --own-reuse --split-input-file | %FileCheck %s

// A text that ends where more is joined to it is appended to.

// CHECK-LABEL: func.func @appends
// CHECK-SAME:    (%[[X:.*]]: !own.box<!own.str>, %[[MORE:.*]]: !own.ref<!own.str>)
// CHECK-NEXT:    %[[PLACE:.*]] = own.borrow_mut %[[X]]
// CHECK-NEXT:    %[[STATUS:.*]] = call @mlc_rt_str_append(%[[PLACE]], %[[MORE]])
// CHECK-NEXT:    own.propagate %[[STATUS]] unwind(%[[X]] :
// CHECK-NEXT:    %[[OK:.*]] = arith.constant
// CHECK-NEXT:    return %[[OK]], %[[X]]
func.func @appends(%x: !own.box<!own.str>, %more: !own.ref<!own.str>) -> (i32, !own.box<!own.str>) {
  %y = own.new : <!own.str>
  %out = own.borrow_mut %y : !own.box<!own.str> -> <!own.str>
  %old = own.borrow %x : !own.box<!own.str> -> <!own.str>
  %status = func.call @mlc_rt_str_concat(%out, %old, %more) : (!own.mut<!own.str>, !own.ref<!own.str>, !own.ref<!own.str>) -> i32
  own.propagate %status
  %ok = arith.constant 0 : i32
  return %ok, %y : i32, !own.box<!own.str>
}
func.func private @mlc_rt_str_concat(!own.mut<!own.str>, !own.ref<!own.str>, !own.ref<!own.str>) -> i32

// -----

// A text that is read later, and one that is joined to itself, are not.

// CHECK-LABEL: func.func @read_later
// CHECK-NOT:     mlc_rt_str_append
// CHECK:         call @mlc_rt_str_concat
// CHECK-LABEL: func.func @to_itself
// CHECK-NOT:     mlc_rt_str_append
// CHECK:         call @mlc_rt_str_concat
func.func @read_later(%x: !own.box<!own.str>, %more: !own.ref<!own.str>) -> (i64, !own.box<!own.str>) {
  %y = own.new : <!own.str>
  %out = own.borrow_mut %y : !own.box<!own.str> -> <!own.str>
  %old = own.borrow %x : !own.box<!own.str> -> <!own.str>
  %status = func.call @mlc_rt_str_concat(%out, %old, %more) : (!own.mut<!own.str>, !own.ref<!own.str>, !own.ref<!own.str>) -> i32
  %length = func.call @mlc_rt_str_len(%old) : (!own.ref<!own.str>) -> i64
  return %length, %y : i64, !own.box<!own.str>
}
func.func @to_itself(%x: !own.box<!own.str>) -> !own.box<!own.str> {
  %y = own.new : <!own.str>
  %out = own.borrow_mut %y : !own.box<!own.str> -> <!own.str>
  %old = own.borrow %x : !own.box<!own.str> -> <!own.str>
  %status = func.call @mlc_rt_str_concat(%out, %old, %old) : (!own.mut<!own.str>, !own.ref<!own.str>, !own.ref<!own.str>) -> i32
  return %y : !own.box<!own.str>
}
func.func private @mlc_rt_str_concat(!own.mut<!own.str>, !own.ref<!own.str>, !own.ref<!own.str>) -> i32
func.func private @mlc_rt_str_len(!own.ref<!own.str>) -> i64
