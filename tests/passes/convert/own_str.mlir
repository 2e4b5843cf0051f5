// RUN: %mlc opt %s --convert-own --verify-par --split-input-file | %FileCheck %s

// A copy of a text counts; the buffer is released with the cell.
// CHECK-LABEL: func.func @again
// CHECK:         %[[CELL:.*]] = call @mlc_rt_box_new
// CHECK:         call @mlc.copy.0(%[[CELL]], %arg0)
// CHECK:         call @mlc.drop.0(%[[CELL]])
// CHECK:         call @mlc_rt_box_free(%[[CELL]])
func.func @again(%text: !own.ref<!own.str>) {
  %copy = own.copy %text : !own.ref<!own.str> -> !own.box<!own.str>
  own.drop %copy : !own.box<!own.str>
  return
}

// An error that the runtime raised gets the place of the operation.
// CHECK-LABEL: func.func @leave
// CHECK:         par.exit_if
// CHECK:           call @mlc_rt_error_at
// CHECK:           par.exit %arg0
func.func @leave(%status: i32) -> i32 attributes {mlc.raises} {
  own.propagate %status raised_here
  return %status : i32
}

// CHECK-LABEL: func.func private @mlc.copy.0
// CHECK:         call @mlc_rt_str_retain
// CHECK:         llvm.store
// CHECK-LABEL: func.func private @mlc.drop.0
// CHECK:         %[[TEXT:.*]] = llvm.load %arg0
// CHECK:         call @mlc_rt_str_release(%[[TEXT]])
