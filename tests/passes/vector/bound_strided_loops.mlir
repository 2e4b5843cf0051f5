// RUN: %mlc opt %s -allow-unregistered-dialect --bound-strided-loops --split-input-file | %FileCheck %s

// From zero, the end is taken back to where no step wraps.
// CHECK-LABEL: func.func @near
// CHECK-SAME:    %[[N:.+]]: index
// CHECK:         %[[MOST:.+]] = arith.constant 9223372036854775806 : index
// CHECK:         %[[END:.+]] = arith.minsi %[[N]], %[[MOST]]
// CHECK:         scf.for %{{.+}} = %c0 to %[[END]] step %c2
func.func @near(%n: index) {
  %c0 = arith.constant 0 : index
  %c2 = arith.constant 2 : index
  scf.for %i = %c0 to %n step %c2 {
    "test.use"(%i) : (index) -> ()
  }
  return
}

// -----

// From anywhere else, iterations are counted.
// CHECK-LABEL: func.func @far
// CHECK-SAME:    %[[B:.+]]: index, %[[N:.+]]: index
// CHECK:         %[[TRIPS:.+]] = arith.select %{{.+}}, %{{.+}}, %c0{{.*}} : index
// CHECK:         scf.for %[[K:.+]] = %c0{{.*}} to %[[TRIPS]] step %c1
// CHECK:           %[[OFFSET:.+]] = arith.muli %[[K]], %c3
// CHECK:           %[[I:.+]] = arith.addi %[[B]], %[[OFFSET]]
// CHECK:           "test.use"(%[[I]])
func.func @far(%b: index, %n: index) {
  %c3 = arith.constant 3 : index
  scf.for %i = %b to %n step %c3 {
    "test.use"(%i) : (index) -> ()
  }
  return
}

// -----

// The rest of a widened loop counts lower, by nothing but near the greatest integer.
// CHECK-LABEL: func.func @rest
// CHECK-SAME:    %[[B:.+]]: index, %[[N:.+]]: index
// CHECK:         %[[HIGHEST:.+]] = arith.maxsi %[[N]], %[[MOST:.+]] : index
// CHECK:         %[[EXCESS:.+]] = arith.subi %[[HIGHEST]], %[[MOST]]
// CHECK:         %[[FIRST:.+]] = arith.subi %[[B]], %[[EXCESS]]
// CHECK:         %[[END:.+]] = arith.subi %[[N]], %[[EXCESS]]
// CHECK:         scf.for %[[K:.+]] = %[[FIRST]] to %[[END]] step %c8
// CHECK:           %[[I:.+]] = arith.addi %[[K]], %[[EXCESS]]
// CHECK:           arith.subi %[[N]], %[[I]]
func.func @rest(%b: index, %n: index) {
  %c8 = arith.constant 8 : index
  scf.for %i = %b to %n step %c8 {
    %left = arith.subi %n, %i : index
    %mask = vector.create_mask %left : vector<8xi1>
    "test.use"(%mask) : (vector<8xi1>) -> ()
  }
  return
}

// -----

// What cannot wrap stays: a step of one, an end that is a constant or whole steps away, an index of memory.
// CHECK-LABEL: func.func @kept
// CHECK:         scf.for %{{.+}} = %arg0 to %arg1 step %c1
// CHECK:         scf.for %{{.+}} = %arg0 to %c100 step %c4
// CHECK:         %[[WHOLE:.+]] = arith.addi %arg0, %{{.+}} : index
// CHECK:         scf.for %{{.+}} = %arg0 to %[[WHOLE]] step %c4
// CHECK:         scf.for %[[I:.+]] = %arg0 to %arg1 step %c4
// CHECK-NEXT:      memref.load %arg2[%[[I]]]
func.func @kept(%b: index, %n: index, %a: memref<?xf32>) {
  %c1 = arith.constant 1 : index
  %c4 = arith.constant 4 : index
  %c100 = arith.constant 100 : index
  scf.for %i = %b to %n step %c1 {
    "test.use"(%i) : (index) -> ()
  }
  scf.for %i = %b to %c100 step %c4 {
    "test.use"(%i) : (index) -> ()
  }
  %span = arith.subi %n, %b : index
  %rest = arith.remui %span, %c4 : index
  %whole = arith.subi %span, %rest : index
  %end = arith.addi %b, %whole : index
  scf.for %i = %b to %end step %c4 {
    "test.use"(%i) : (index) -> ()
  }
  scf.for %i = %b to %n step %c4 {
    %x = memref.load %a[%i] : memref<?xf32>
    "test.use"(%x) : (f32) -> ()
  }
  return
}

// -----

// An index in some iterations alone says nothing about the last one.
// CHECK-LABEL: func.func @sometimes
// CHECK:         arith.divui
func.func @sometimes(%b: index, %n: index, %a: memref<?xf32>, %c: i1) {
  %c4 = arith.constant 4 : index
  scf.for %i = %b to %n step %c4 {
    scf.if %c {
      %x = memref.load %a[%i] : memref<?xf32>
      "test.use"(%x) : (f32) -> ()
    }
  }
  return
}
