// RUN: %mlc opt %s --own-stack-promote --split-input-file | %FileCheck %s
// RUN: %mlc opt %s --own-stack-promote --convert-own --split-input-file | %FileCheck %s --check-prefix=CELL

!list = !own.list<f32>

// Dropped here, also on the way out, under another name.
// CHECK-LABEL: func.func @stays
// CHECK:         %[[L:.*]] = own.new_list %{{.*}} {stack}
// CHECK-NOT:     own.move
// CHECK:         own.drop %[[L]]
// The cell is in the frame, made once however often the loop runs; only the buffer is freed.
// CELL-LABEL:  func.func @stays
// CELL:          %[[C:.*]] = llvm.alloca %{{.*}} x !llvm.struct<(ptr, i64, i64)>
// CELL:          scf.for
// CELL:            llvm.intr.memset
// CELL:            func.call @mlc.drop.0(%[[C]])
// CELL-NOT:        box_free
// CELL:          return
func.func @stays(%n: index, %c: i1) -> i32 {
  %ok = arith.constant 0 : i32
  %zero = arith.constant 0 : index
  %one = arith.constant 1 : index
  scf.for %i = %zero to %n step %one {
    %l = own.new_list %n : !own.box<!list>
    %m = own.move %l : !own.box<!list>
    own.check %c, "ValueError", "no" unwind(%m : !own.box<!list>)
    own.drop %m : !own.box<!list>
  }
  return %ok : i32
}

// -----

!list = !own.list<f32>

// CHECK-LABEL: func.func @leaves
// CHECK-NOT:     stack
// CELL-LABEL:  func.func @leaves
// CELL:          call @mlc_rt_box_new
func.func @leaves(%n: index, %c: i1) -> (i32, !own.box<!list>) {
  %ok = arith.constant 0 : i32
  %l = own.new_list %n : !own.box<!list>
  own.check %c, "ValueError", "no" unwind(%l : !own.box<!list>)
  return %ok, %l : i32, !own.box<!list>
}

// -----

!list = !own.list<f32>

// What an iteration makes is in its own frame.
// CHECK-LABEL: func.func @iteration
// CHECK:         par.for
// CHECK:           own.new {stack}
// CELL-LABEL:  func.func @iteration
// CELL:          par.for
// CELL:            llvm.alloca
func.func @iteration(%n: index) {
  par.for (%i) in (%n) {
    %l = own.new : !own.box<!list>
    own.drop %l : !own.box<!list>
  }
  return
}

// -----

!list = !own.list<i64>

// The elements are in the frame too where their number is written, and nothing takes the header elsewhere.
// CHECK-LABEL: func.func @few
// CHECK:         own.new_list %{{.*}} {stack, stack_elements}
// CHECK:         own.new_list %{{.*}} uninit {stack}
// CELL-LABEL:  func.func @few
// CELL-DAG:      llvm.alloca %{{.*}} x i64 {alignment = 64 : i64}
// CELL-DAG:      llvm.alloca %{{.*}} x !llvm.struct<(ptr, i64, i64)>
// CELL:          call @mlc_rt_alloc
func.func @few() -> i64 {
  %three = arith.constant 3 : index
  %zero = arith.constant 0 : index
  %read = own.new_list %three : !own.box<!list>
  %r = own.borrow %read : !own.box<!list> -> !own.ref<!list>
  %swapped = own.new_list %three uninit : !own.box<!list>
  %m = own.borrow_mut %swapped : !own.box<!list> -> !own.mut<!list>
  func.call @takes(%m) : (!own.mut<!list>) -> ()
  %v = own.view %r : !own.ref<!list> -> memref<?xi64>
  %x = memref.load %v[%zero] : memref<?xi64>
  own.drop %swapped : !own.box<!list>
  own.drop %read : !own.box<!list>
  return %x : i64
}
func.func private @takes(!own.mut<!list>)
