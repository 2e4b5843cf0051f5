// RUN: %mlc opt %s --pass-pipeline='builtin.module(func.func(own-presize-lists))' --split-input-file | %FileCheck %s

!list = !own.list<f32>

// CHECK-LABEL: func.func @filled(
// CHECK-SAME:    %{{.*}}: f32, %[[N:.*]]: index)
// CHECK:         %[[COUNT:.*]] = arith.maxsi %[[N]]
// CHECK:         %[[L:.*]] = own.new_list %[[COUNT]] uninit
// CHECK:         %[[B:.*]] = own.borrow_mut %[[L]]
// CHECK:         %[[D:.*]] = own.view
// CHECK:         scf.for %[[I:.*]] =
// CHECK-NEXT:      memref.store %{{.*}}, %[[D]][%[[I]]]
// CHECK-NOT:     own.append
func.func @filled(%x: f32, %n: index) -> (i32, !own.box<!list>) {
  %ok = arith.constant 0 : i32
  %zero = arith.constant 0 : index
  %one = arith.constant 1 : index
  %l = own.new : !own.box<!list>
  %b = own.borrow_mut %l : !own.box<!list> -> !own.mut<!list>
  scf.for %i = %zero to %n step %one {
    own.append %x to %b : f32, !own.mut<!list>
  }
  return %ok, %l : i32, !own.box<!list>
}

// -----

!list = !own.list<f32>

// Only some iterations append.
// CHECK-LABEL: func.func @some
// CHECK:         own.append
func.func @some(%x: f32, %n: index, %c: i1) -> (i32, !own.box<!list>) {
  %ok = arith.constant 0 : i32
  %zero = arith.constant 0 : index
  %one = arith.constant 1 : index
  %l = own.new : !own.box<!list>
  %b = own.borrow_mut %l : !own.box<!list> -> !own.mut<!list>
  scf.for %i = %zero to %n step %one {
    scf.if %c {
      own.append %x to %b : f32, !own.mut<!list>
    }
  }
  return %ok, %l : i32, !own.box<!list>
}

// -----

!list = !own.list<f32>

// The length is looked at in the loop.
// CHECK-LABEL: func.func @looked_at
// CHECK:         own.append
func.func @looked_at(%x: f32, %n: index) -> (i32, !own.box<!list>) {
  %ok = arith.constant 0 : i32
  %zero = arith.constant 0 : index
  %one = arith.constant 1 : index
  %l = own.new : !own.box<!list>
  %b = own.borrow_mut %l : !own.box<!list> -> !own.mut<!list>
  scf.for %i = %zero to %n step %one {
    own.append %x to %b : f32, !own.mut<!list>
    %k = own.len %b : !own.mut<!list>
    %same = arith.cmpi eq, %k, %n : index
    own.check %same, "ValueError", "full"
  }
  return %ok, %l : i32, !own.box<!list>
}

// -----

!list = !own.list<f32>

// A loop before this one may leave items in the list.
// CHECK-LABEL: func.func @filled_before
// CHECK-NOT:     own.new_list
// CHECK-COUNT-2: own.append
func.func @filled_before(%x: f32, %n: index, %c: i1) -> (i32, !own.box<!list>) {
  %ok = arith.constant 0 : i32
  %zero = arith.constant 0 : index
  %one = arith.constant 1 : index
  %l = own.new : !own.box<!list>
  %b = own.borrow_mut %l : !own.box<!list> -> !own.mut<!list>
  scf.for %i = %zero to %n step %one {
    scf.if %c {
      own.append %x to %b : f32, !own.mut<!list>
    }
  }
  scf.for %i = %zero to %n step %one {
    own.append %x to %b : f32, !own.mut<!list>
  }
  return %ok, %l : i32, !own.box<!list>
}

// -----

!list = !own.list<f32>

// The second list is as long as the first; each is made before its own loop.
// CHECK-LABEL: func.func @one_after_the_other
// CHECK:         %[[L:.*]] = own.new_list %{{.*}} uninit
// CHECK-NEXT:    %[[A:.*]] = own.borrow %[[L]]
// CHECK:         scf.for
// CHECK:         %[[COUNT:.*]] = own.len %[[A]]
// CHECK:         own.new_list %[[COUNT]] uninit
// CHECK:         scf.for
// CHECK-NOT:     own.append
func.func @one_after_the_other(%x: f32, %n: index) -> (i32, !own.box<!list>, !own.box<!list>) {
  %ok = arith.constant 0 : i32
  %zero = arith.constant 0 : index
  %one = arith.constant 1 : index
  %l = own.new : !own.box<!list>
  %m = own.new : !own.box<!list>
  %c = own.borrow_mut %m : !own.box<!list> -> !own.mut<!list>
  %a = own.borrow %l : !own.box<!list> -> !own.ref<!list>
  %b = own.borrow_mut %l : !own.box<!list> -> !own.mut<!list>
  scf.for %i = %zero to %n step %one {
    own.append %x to %b : f32, !own.mut<!list>
  }
  %k = own.len %a : !own.ref<!list>
  scf.for %i = %zero to %k step %one {
    own.append %x to %c : f32, !own.mut<!list>
  }
  return %ok, %l, %m : i32, !own.box<!list>, !own.box<!list>
}
