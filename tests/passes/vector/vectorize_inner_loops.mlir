// RUN: %mlc opt %s --vectorize-inner-loops=width=256 --split-input-file | %FileCheck %s

// Four registers of eight lanes at once, and single ones under a mask for the rest.
// CHECK-LABEL: func.func @scale
// CHECK:         %[[REST:.+]] = arith.remui
// CHECK:         scf.for %[[I:.+]] = %{{.+}} to %[[END:.+]] step %c32{{.*}} {
// CHECK:           %[[X:.+]] = vector.load %[[DATA:.+]][%[[I]]] : memref<?xf32>, vector<32xf32>
// CHECK:           %[[F:.+]] = vector.broadcast
// CHECK:           %[[Y:.+]] = arith.mulf %[[X]], %[[F]] : vector<32xf32>
// CHECK:           vector.store %[[Y]], %[[DATA]][%[[I]]]
// CHECK:         scf.for %[[J:.+]] = %[[END]] to %[[N:.+]] step %c8{{.*}} {
// CHECK:           %[[LEFT:.+]] = arith.subi %[[N]], %[[J]]
// CHECK:           %[[MASK:.+]] = vector.create_mask %[[LEFT]] : vector<8xi1>
// CHECK:           vector.maskedload %[[DATA]][%[[J]]], %[[MASK]]
// CHECK:           vector.maskedstore %[[DATA]][%[[J]]], %[[MASK]]
func.func @scale(%data: memref<?xf32>, %factor: f32, %n: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  scf.for %i = %c0 to %n step %c1 {
    %x = memref.load %data[%i] : memref<?xf32>
    %y = arith.mulf %x, %factor : f32
    memref.store %y, %data[%i] : memref<?xf32>
  } {par.independent}
  return
}

// -----

// A known number of iterations has no rest.
// CHECK-LABEL: func.func @known
// CHECK:         vector<16xf32>
// CHECK-NOT:     scf.if
// CHECK-NOT:     vector.create_mask
// CHECK:         return
func.func @known(%data: memref<16xf32>, %factor: f32) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c16 = arith.constant 16 : index
  scf.for %i = %c0 to %c16 step %c1 {
    %x = memref.load %data[%i] : memref<16xf32>
    %y = arith.mulf %x, %factor : f32
    memref.store %y, %data[%i] : memref<16xf32>
  } {par.independent}
  return
}

// -----

// A sum of floats: a part in each lane, halves added down to one.
// CHECK-LABEL: func.func @sum
// CHECK:         %[[NEUTRAL:.+]] = arith.constant dense<-0.000000e+00> : vector<16xf64>
// CHECK:         scf.for {{.+}} iter_args(%[[PARTS:.+]] = %[[NEUTRAL]]) -> (vector<16xf64>)
// CHECK:           arith.addf %[[PARTS]], %{{.+}} : vector<16xf64>
// CHECK:         arith.addf {{.+}} : vector<8xf64>
// CHECK:         %[[REGISTER:.+]] = arith.addf {{.+}} : vector<4xf64>
// CHECK:         scf.for {{.+}} iter_args(%[[OLD:.+]] = %[[REGISTER]]) -> (vector<4xf64>)
// CHECK:           %[[NEXT:.+]] = arith.addf %[[OLD]]
// CHECK:           arith.select %{{.+}}, %[[NEXT]], %[[OLD]] : vector<4xi1>, vector<4xf64>
// CHECK:         arith.addf {{.+}} : vector<2xf64>
// CHECK:         arith.addf {{.+}} : vector<1xf64>
// CHECK:         %[[TOTAL:.+]] = vector.extract
// CHECK:         arith.addf %{{.+}}, %[[TOTAL]] : f64
func.func @sum(%data: memref<?xf64>, %n: index, %start: f64) -> f64 attributes {mlc.fp = "reassoc"} {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %total = scf.for %i = %c0 to %n step %c1 iter_args(%t = %start) -> f64 {
    %x = memref.load %data[%i] : memref<?xf64>
    %next = arith.addf %t, %x : f64
    scf.yield %next : f64
  }
  return %total : f64
}

// -----

// Strict floats keep the order of the source; integers have no order.
// CHECK-LABEL: func.func @strict
// CHECK-NOT:     vector.load {{.+}} vector<{{.+}}xf64>
// CHECK:         vector.load {{.+}} vector<{{.+}}xi64>
func.func @strict(%data: memref<?xf64>, %ints: memref<?xi64>, %n: index, %start: f64, %first: i64) -> (f64, i64) attributes {mlc.fp = "strict"} {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %total = scf.for %i = %c0 to %n step %c1 iter_args(%t = %start) -> f64 {
    %x = memref.load %data[%i] : memref<?xf64>
    %next = arith.addf %t, %x : f64
    scf.yield %next : f64
  }
  %count = scf.for %i = %c0 to %n step %c1 iter_args(%t = %first) -> i64 {
    %x = memref.load %ints[%i] : memref<?xi64>
    %next = arith.addi %t, %x : i64
    scf.yield %next : i64
  }
  return %total, %count : f64, i64
}

// -----

// A branch becomes a mask; a lane that does not run neither loads nor stores nor divides by zero.
// CHECK-LABEL: func.func @branch
// CHECK:         scf.for
// CHECK:           %[[X:.+]] = vector.load
// CHECK:           %[[TAKEN:.+]] = arith.cmpi sgt, %[[X]]
// CHECK-NOT:       scf.if
// CHECK:           %[[Y:.+]] = vector.maskedload %{{.+}}, %[[TAKEN]]
// CHECK:           %[[SAFE:.+]] = arith.select %[[TAKEN]], %[[X]], %{{.+}} : vector<{{.+}}xi1>, vector<{{.+}}xi32>
// CHECK:           %[[Q:.+]] = arith.divsi %[[Y]], %[[SAFE]]
// CHECK:           vector.maskedstore %{{.+}}, %[[TAKEN]], %[[Q]]
func.func @branch(%a: memref<?xi32>, %b: memref<?xi32>, %n: index, %least: i32) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  scf.for %i = %c0 to %n step %c1 {
    %x = memref.load %a[%i] : memref<?xi32>
    %more = arith.cmpi sgt, %x, %least : i32
    scf.if %more {
      %y = memref.load %b[%i] : memref<?xi32>
      %q = arith.divsi %y, %x : i32
      memref.store %q, %b[%i] : memref<?xi32>
    }
  } {par.independent}
  return
}

// -----

// Lanes are counted by the widest value; the induction variable is a vector of steps.
// CHECK-LABEL: func.func @widths
// CHECK:         %[[X:.+]] = vector.load %{{.+}} : memref<?xf32>, vector<16xf32>
// CHECK:         arith.extf %[[X]] : vector<16xf32> to vector<16xf64>
// CHECK:         arith.constant dense<[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15]> : vector<16xi64>
// CHECK:         arith.sitofp %{{.+}} : vector<16xi64> to vector<16xf64>
func.func @widths(%a: memref<?xf32>, %b: memref<?xf64>, %n: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  scf.for %i = %c0 to %n step %c1 {
    %x = memref.load %a[%i] : memref<?xf32>
    %wide = arith.extf %x : f32 to f64
    %int = arith.index_cast %i : index to i64
    %float = arith.sitofp %int : i64 to f64
    %s = arith.addf %wide, %float : f64
    memref.store %s, %b[%i] : memref<?xf64>
  } {par.independent}
  return
}

// -----

// Not taken: iterations that may meet, places that are not consecutive, values carried otherwise.
// CHECK-LABEL: func.func @left_alone
// CHECK-NOT:     vector
// CHECK:         return
func.func @left_alone(%a: memref<?xf32>, %b: memref<?xf32>, %m: memref<?x?xf32>, %n: index, %z: f32) -> f32 attributes {mlc.fp = "reassoc"} {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  scf.for %i = %c0 to %n step %c1 {
    %x = memref.load %a[%i] : memref<?xf32>
    memref.store %x, %b[%i] : memref<?xf32>
  }
  scf.for %i = %c0 to %n step %c1 {
    %x = memref.load %m[%i, %c0] : memref<?x?xf32>
    memref.store %x, %a[%i] : memref<?xf32>
  } {par.independent}
  %last = scf.for %i = %c0 to %n step %c1 iter_args(%t = %z) -> f32 {
    %x = memref.load %a[%i] : memref<?xf32>
    %half = arith.mulf %t, %x : f32
    %next = arith.addf %half, %x : f32
    scf.yield %next : f32
  }
  return %last : f32
}

// -----

// The smallest so far, as a front end writes it: a NaN is passed over.
// CHECK-LABEL: func.func @smallest
// CHECK:         arith.constant dense<0x7F800000> : vector<32xf32>
// CHECK:         arith.cmpf olt, %{{.+}}, %{{.+}} : vector<32xf32>
// CHECK:         arith.select %{{.+}} : vector<32xi1>, vector<32xf32>
// CHECK:         arith.minimumf %{{.+}} : vector<16xf32>
func.func @smallest(%a: memref<?xf32>, %n: index, %first: f32) -> f32 attributes {mlc.fp = "reassoc"} {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %best = scf.for %i = %c0 to %n step %c1 iter_args(%old = %first) -> f32 {
    %new = memref.load %a[%i] : memref<?xf32>
    %less = arith.cmpf olt, %new, %old : f32
    %next = arith.select %less, %new, %old : f32
    scf.yield %next : f32
  }
  return %best : f32
}

// -----

// A processor without masks for bytes: the loop does the rest, and adds to what the vectors made.
// CHECK-LABEL: func.func @bytes
// CHECK:         scf.for {{.+}} step %c128
// CHECK:           vector.load {{.+}} vector<128xi8>
// CHECK:         vector.extract
// CHECK:         %[[TOTAL:.+]] = arith.addi {{.+}} : i8{{$}}
// CHECK:         scf.for %{{.+}} = %{{.+}} to %{{.+}} step %c1 iter_args(%{{.+}} = %[[TOTAL]])
// CHECK:           memref.load
// CHECK-NOT:     vector.create_mask
func.func @bytes(%a: memref<?xi8>, %n: index, %first: i8) -> i8 {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %total = scf.for %i = %c0 to %n step %c1 iter_args(%t = %first) -> i8 {
    %x = memref.load %a[%i] : memref<?xi8>
    %next = arith.addi %t, %x : i8
    scf.yield %next : i8
  }
  return %total : i8
}

// -----

// In a cold function only a sum of floats is taken: it keeps its shape.
// CHECK-LABEL: func.func @cold
// CHECK:         memref.store
// CHECK:         arith.addf {{.+}} : vector<16xf64>
func.func @cold(%a: memref<?xf64>, %n: index, %x: f64) -> f64 attributes {mlc.cold, mlc.fp = "reassoc"} {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  scf.for %i = %c0 to %n step %c1 {
    memref.store %x, %a[%i] : memref<?xf64>
  } {par.independent}
  %total = scf.for %i = %c0 to %n step %c1 iter_args(%t = %x) -> f64 {
    %v = memref.load %a[%i] : memref<?xf64>
    %next = arith.addf %t, %v : f64
    scf.yield %next : f64
  }
  return %total : f64
}
