// RUN: %mlc opt %s --own-insert-drops --own-stack-promote --convert-own --verify-par --split-input-file | %FileCheck %s

!file = !own.struct<"File", [i64], destructor "File.__del__">

// What takes the struct apart notes that behind its fields.
// CHECK-LABEL: func.func @File.__del__
// CHECK-SAME:    %[[CELL:[a-z0-9]+]]: !llvm.ptr
// CHECK:         %[[FLAG:.*]] = llvm.getelementptr %[[CELL]][0, 1] : {{.*}}, !llvm.struct<(i64, i1)>
// CHECK:         llvm.store %{{.*}}, %[[FLAG]] : i1, !llvm.ptr
// CHECK:         call @mlc.end.0(%[[CELL]])
func.func @File.__del__(%self: !own.box<!file>) {
  %whole = own.borrow_mut %self : !own.box<!file> -> !own.mut<!file>
  own.disarm %whole : !own.mut<!file>
  return
}

// A cell with a destructor is on the heap, and stays to the last `own.keep … alive`.
// CHECK-LABEL: func.func @make
// CHECK:         %[[CELL:.*]] = call @mlc_rt_box_new
// CHECK:         llvm.store %{{.*}} : i1, !llvm.ptr
// CHECK:         call @seen
// CHECK-NEXT:    call @mlc.end.0(%[[CELL]])
func.func private @seen()
func.func @make() {
  %new = own.new : !own.box<!file>
  %whole = own.borrow_mut %new : !own.box<!file> -> !own.mut<!file>
  own.arm %whole : !own.mut<!file>
  func.call @seen() : () -> ()
  %still = own.borrow %new : !own.box<!file> -> !own.ref<!file>
  own.keep %still alive : !own.ref<!file>
  return
}

// What lies inline gets a cell, which the destructor takes over.
// CHECK-LABEL: func.func @list
// CHECK:         call @mlc.drop.[[LIST:[0-9]+]]
func.func @list(%l: !own.box<!own.list<!file>>) {
  return
}

// CHECK:       func.func private @mlc.end.0(%[[PLACE:.*]]: !llvm.ptr)
// CHECK:         %[[ARMED:.*]] = llvm.load %{{.*}} : !llvm.ptr -> i1
// CHECK-NEXT:    scf.if %[[ARMED]] {
// CHECK-NEXT:      call @mlc_rt_destructor_enter
// CHECK-NEXT:      call @File.__del__(%[[PLACE]])
// CHECK:           call @mlc_rt_destructor_leave
// CHECK-NEXT:    } else {
// CHECK-NEXT:      call @mlc_rt_box_free(%[[PLACE]])
// CHECK:       func.func private @mlc.drop.
// CHECK:         call @mlc_rt_destructor_cell
