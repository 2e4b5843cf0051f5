// RUN: %mlc opt %s --pass-pipeline='builtin.module(func.func(par-materialize-collects),cse)' | %FileCheck %s

// A scalar becomes a store behind what the list held before.
// CHECK-LABEL: func.func @scalars
// CHECK-SAME:  %[[LIST:[a-z0-9]+]]: !own.mut<!own.list<f32>>
// CHECK:       %[[OLD:.+]] = own.len %[[LIST]]
// CHECK:       %[[NEW:.+]] = arith.addi %[[OLD]]
// CHECK:       own.resize %[[LIST]] to %[[NEW]] {own.uninit}
// CHECK:       %[[VIEW:.+]] = own.view %[[LIST]]
// CHECK:       par.for (%[[I:.+]]) in
// CHECK:         %[[PLACE:.+]] = arith.addi %[[OLD]], %[[I]]
// CHECK:         memref.store %{{.+}}, %[[VIEW]][%[[PLACE]]]
// CHECK-NOT:   par.collect
func.func @scalars(%data: memref<?xf32>, %n: index, %list: !own.mut<!own.list<f32>>) -> i32 {
  par.for (%i) in (%n) {
    %x = memref.load %data[%i] : memref<?xf32>
    par.collect %x into %list : f32, !own.mut<!own.list<f32>>
  }
  %ok = arith.constant 0 : i32
  return %ok : i32
}

// A box is moved into an empty element; the last dimension is the fastest.
// CHECK-LABEL: func.func @boxes
// CHECK:       %[[ROWS:.+]] = arith.maxsi
// CHECK:       %[[COLUMNS:.+]] = arith.maxsi
// CHECK:       arith.muli %[[ROWS]], %[[COLUMNS]]
// CHECK:       own.resize %{{.+}} to %{{.+}} : <!own.list<!own.list<f32>>>
// CHECK:       par.for (%[[I:.+]], %[[J:.+]]) in
// CHECK:         %[[ROW:.+]] = arith.muli %[[I]], %[[COLUMNS]]
// CHECK:         arith.addi %[[ROW]], %[[J]]
// CHECK:         %[[ELEMENT:.+]] = own.elem
// CHECK:         own.put %{{.+}}, %[[ELEMENT]]
func.func @boxes(%n: index, %m: index, %rows: !own.mut<!own.list<!own.list<f32>>>) -> i32 {
  par.for (%i, %j) in (%n, %m) {
    %row = own.new : !own.box<!own.list<f32>>
    par.collect %row into %rows : !own.box<!own.list<f32>>, !own.mut<!own.list<!own.list<f32>>>
  }
  %ok = arith.constant 0 : i32
  return %ok : i32
}

// Where an iteration fails nothing is appended.
// CHECK-LABEL: func.func @raising
// CHECK:       %[[OLD:.+]] = own.len
// CHECK:       %[[STATUS:.+]] = par.for
// CHECK:       %[[FAILED:.+]] = arith.cmpi ne, %[[STATUS]]
// CHECK:       scf.if %[[FAILED]] {
// CHECK-NEXT:    own.resize %{{.+}} to %[[OLD]]
// CHECK:       own.propagate %[[STATUS]]
func.func @raising(%data: memref<?xf32>, %n: index, %list: !own.mut<!own.list<f32>>, %fine: i1) -> i32 {
  %status = par.for (%i) in (%n) raises {
    own.check %fine, "ValueError", "not fine"
    %x = memref.load %data[%i] : memref<?xf32>
    par.collect %x into %list : f32, !own.mut<!own.list<f32>>
  }
  own.propagate %status
  %ok = arith.constant 0 : i32
  return %ok : i32
}
