// RUN: %mlc opt %s --own-insert-drops --own-reuse --split-input-file | %FileCheck %s

!list = !own.list<f32>

// CHECK-LABEL: func.func @in_place(
// CHECK-SAME:    %[[X:[a-z0-9]+]]: !own.box
// CHECK:         %[[A:.*]] = own.view
// CHECK:         %[[Y:.*]] = own.reuse %[[X]]
// CHECK:         %[[B:.*]] = own.view
// CHECK:         memref.load %[[A]]
// CHECK:         memref.store %{{.*}}, %[[B]]
// CHECK-NOT:     own.drop
// CHECK:         return %[[Y]]
func.func @in_place(%x: !own.box<!list>) -> !own.box<!list> {
  %r = own.borrow %x : !own.box<!list> -> !own.ref<!list>
  %n = own.len %r : !own.ref<!list>
  %y = own.new_list %n uninit : !own.box<!list>
  %w = own.borrow_mut %y : !own.box<!list> -> !own.mut<!list>
  %b = own.view %w : !own.mut<!list> -> memref<?xf32>
  par.for (%i) in (%n) {
    %a = own.view %r : !own.ref<!list> -> memref<?xf32>
    %v = memref.load %a[%i] : memref<?xf32>
    memref.store %v, %b[%i] : memref<?xf32>
  }
  return %y : !own.box<!list>
}

// -----

!list = !own.list<f32>

// Another place is read than the one that is written.
// CHECK-LABEL: func.func @shifted
// CHECK-NOT:     own.reuse
// CHECK:         own.drop
func.func @shifted(%x: !own.box<!list>) -> !own.box<!list> {
  %zero = arith.constant 0 : index
  %one = arith.constant 1 : index
  %r = own.borrow %x : !own.box<!list> -> !own.ref<!list>
  %n = own.len %r : !own.ref<!list>
  %last = arith.subi %n, %one : index
  %a = own.view %r : !own.ref<!list> -> memref<?xf32>
  %y = own.new_list %n uninit : !own.box<!list>
  %w = own.borrow_mut %y : !own.box<!list> -> !own.mut<!list>
  %b = own.view %w : !own.mut<!list> -> memref<?xf32>
  scf.for %i = %zero to %n step %one {
    %j = arith.subi %last, %i : index
    %v = memref.load %a[%j] : memref<?xf32>
    memref.store %v, %b[%i] : memref<?xf32>
  }
  return %y : !own.box<!list>
}

// -----

!list = !own.list<f32>

// Of another length; used behind; written before it is read again.
// CHECK-LABEL: func.func @longer
// CHECK-NOT:     own.reuse
// CHECK-LABEL: func.func @used_behind
// CHECK-NOT:     own.reuse
// CHECK-LABEL: func.func @read_again
// CHECK-NOT:     own.reuse
func.func @longer(%x: !own.box<!list>) -> !own.box<!list> {
  %one = arith.constant 1 : index
  %r = own.borrow %x : !own.box<!list> -> !own.ref<!list>
  %n = own.len %r : !own.ref<!list>
  %m = arith.addi %n, %one : index
  %y = own.new_list %m uninit : !own.box<!list>
  return %y : !own.box<!list>
}

func.func @used_behind(%x: !own.box<!list>) -> (!own.box<!list>, !own.box<!list>) {
  %r = own.borrow %x : !own.box<!list> -> !own.ref<!list>
  %n = own.len %r : !own.ref<!list>
  %y = own.new_list %n uninit : !own.box<!list>
  return %x, %y : !own.box<!list>, !own.box<!list>
}

func.func @read_again(%x: !own.box<!list>, %v: f32) -> (f32, !own.box<!list>) {
  %zero = arith.constant 0 : index
  %r = own.borrow %x : !own.box<!list> -> !own.ref<!list>
  %n = own.len %r : !own.ref<!list>
  %a = own.view %r : !own.ref<!list> -> memref<?xf32>
  %y = own.new_list %n uninit : !own.box<!list>
  %w = own.borrow_mut %y : !own.box<!list> -> !own.mut<!list>
  %b = own.view %w : !own.mut<!list> -> memref<?xf32>
  memref.store %v, %b[%zero] : memref<?xf32>
  %u = memref.load %a[%zero] : memref<?xf32>
  return %u, %y : f32, !own.box<!list>
}

// -----

!list = !own.list<f32>

// What is lent ends with the call: a version of the callee owns it.
// CHECK-LABEL: func.func @caller(
// CHECK-SAME:    %[[X:[a-z0-9]+]]: !own.box
// CHECK-NEXT:    %[[Y:.*]] = call @copied.owns0(%[[X]]) {mlc.transfers}
// CHECK-NEXT:    return %[[Y]]
// CHECK:       func.func private @copied.owns0(%{{.*}}: !own.box<!own.list<f32>>)
// CHECK:         own.reuse
func.func @copied(%r: !own.ref<!list>) -> !own.box<!list> {
  %n = own.len %r : !own.ref<!list>
  %a = own.view %r : !own.ref<!list> -> memref<?xf32>
  %y = own.new_list %n uninit : !own.box<!list>
  %w = own.borrow_mut %y : !own.box<!list> -> !own.mut<!list>
  %b = own.view %w : !own.mut<!list> -> memref<?xf32>
  par.for (%i) in (%n) {
    %v = memref.load %a[%i] : memref<?xf32>
    memref.store %v, %b[%i] : memref<?xf32>
  }
  return %y : !own.box<!list>
}

func.func @caller(%x: !own.box<!list>) -> !own.box<!list> {
  %r = own.borrow %x : !own.box<!list> -> !own.ref<!list>
  %y = call @copied(%r) : (!own.ref<!list>) -> !own.box<!list>
  return %y : !own.box<!list>
}

// -----

!list = !own.list<f32>

// What took a buffer over may hand it on: the value that ends in its place is the one that was made of the old one.
// CHECK-LABEL: func.func @handed_on(
// CHECK-SAME:    %[[X:[a-z0-9]+]]: !own.box
// CHECK:         %[[Y:.*]] = own.reuse %[[X]]
// CHECK:         %[[Z:.*]] = own.reuse %[[Y]]
// CHECK-NOT:     own.drop
// CHECK:         return %[[Z]]
func.func @handed_on(%x: !own.box<!list>) -> !own.box<!list> {
  %r = own.borrow %x : !own.box<!list> -> !own.ref<!list>
  %n = own.len %r : !own.ref<!list>
  %y = own.new_list %n uninit : !own.box<!list>
  %w = own.borrow_mut %y : !own.box<!list> -> !own.mut<!list>
  %b = own.view %w : !own.mut<!list> -> memref<?xf32>
  par.for (%i) in (%n) {
    %a = own.view %r : !own.ref<!list> -> memref<?xf32>
    %v = memref.load %a[%i] : memref<?xf32>
    memref.store %v, %b[%i] : memref<?xf32>
  }
  %q = own.borrow %y : !own.box<!list> -> !own.ref<!list>
  %m = own.len %q : !own.ref<!list>
  %z = own.new_list %m uninit : !own.box<!list>
  %u = own.borrow_mut %z : !own.box<!list> -> !own.mut<!list>
  %c = own.view %u : !own.mut<!list> -> memref<?xf32>
  par.for (%i) in (%m) {
    %a = own.view %q : !own.ref<!list> -> memref<?xf32>
    %v = memref.load %a[%i] : memref<?xf32>
    memref.store %v, %c[%i] : memref<?xf32>
  }
  return %z : !own.box<!list>
}
