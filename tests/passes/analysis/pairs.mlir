// RUN: %mlc opt %s --split-input-file --pass-pipeline='builtin.module(own-report-facts{of=pairs})' --verify-diagnostics

// One index keeps the iterations apart, whatever the others are.
func.func @rows(%a: memref<?x?xf32>, %n: index, %v: f32) {
  %zero = arith.constant 0 : index
  %one = arith.constant 1 : index
  // expected-remark@+1 {{one index keeps all iterations apart}}
  par.for (%i) in (%n) {
    // Two reads are no pair.
    %u = memref.load %a[%i, %zero] : memref<?x?xf32>
    // expected-remark@+2 {{access 1 and 0: apart by their lines}}
    // expected-remark@+1 {{access 1 and 1: apart by their lines}}
    memref.store %u, %a[%i, %one] : memref<?x?xf32>
  }
  return
}

// -----

// Odd and even places; neighbors; and places that depend on what comes from outside.
func.func @lines(%a: memref<?xf32>, %n: index, %k: index, %v: f32) {
  %one = arith.constant 1 : index
  %two = arith.constant 2 : index
  par.for (%i) in (%n) {
    %even = arith.muli %i, %two : index
    %odd = arith.addi %even, %one : index
    // expected-remark@+1 {{access 0 and 0: apart by their lines}}
    memref.store %v, %a[%even] : memref<?xf32>
    // expected-remark@+2 {{access 1 and 0: apart by their lines}}
    // expected-remark@+1 {{access 1 and 1: apart by their lines}}
    memref.store %v, %a[%odd] : memref<?xf32>
  }
  par.for (%i) in (%n) {
    %next = arith.addi %i, %one : index
    %u = memref.load %a[%i] : memref<?xf32>
    // expected-remark@+2 {{access 1 and 0: surely meet}}
    // expected-remark@+1 {{access 1 and 1: apart by their lines}}
    memref.store %u, %a[%next] : memref<?xf32>
  }
  par.for (%i) in (%n) {
    %other = arith.addi %i, %k : index
    %u = memref.load %a[%i] : memref<?xf32>
    // expected-remark@+2 {{access 1 and 0: may meet}}
    // expected-remark@+1 {{access 1 and 1: apart by their lines}}
    memref.store %u, %a[%other] : memref<?xf32>
  }
  return
}

// -----

// Bounds of inner loops: a triangle, blocks whose width only the run knows, and a loop that has no iteration at all.
func.func @inner(%a: memref<?x?xf32>, %b: memref<?xf32>, %n: index, %w: index, %v: f32) {
  %zero = arith.constant 0 : index
  %one = arith.constant 1 : index
  par.for (%i) in (%n) {
    %next = arith.addi %i, %one : index
    scf.for %j = %next to %n step %one {
      // expected-remark@+1 {{access 0 and 0: apart by their lines}}
      memref.store %v, %a[%i, %j] : memref<?x?xf32>
      // expected-remark@+2 {{access 1 and 0: apart always}}
      // expected-remark@+1 {{access 1 and 1: apart by their lines}}
      memref.store %v, %a[%j, %i] : memref<?x?xf32>
    }
  }
  par.for (%i) in (%n) {
    %start = arith.muli %i, %w : index
    scf.for %j = %zero to %w step %one {
      %at = arith.addi %start, %j : index
      // expected-remark@+1 {{access 0 and 0: apart where nothing wraps}}
      memref.store %v, %b[%at] : memref<?xf32>
    }
  }
  par.for (%i) in (%n) {
    scf.for %j = %n to %i step %one {
      // expected-remark@+1 {{access 0 and 0: apart always}}
      memref.store %v, %b[%zero] : memref<?xf32>
    }
  }
  return
}

// -----

// Conditions around accesses, floor divisions, minima, and what memory holds.
func.func @others(%a: memref<?xf32>, %p: memref<?xindex>, %n: index, %v: f32) {
  %two = arith.constant 2 : index
  %seven = arith.constant 7 : index
  par.for (%i) in (%n) {
    %is = arith.cmpi eq, %i, %seven : index
    scf.if %is {
      // expected-remark@+1 {{access 0 and 0: apart always}}
      memref.store %v, %a[%two] : memref<?xf32>
    }
  }
  par.for (%i) in (%n) {
    %half = arith.floordivsi %i, %two : index
    // expected-remark@+1 {{access 0 and 0: surely meet}}
    memref.store %v, %a[%half] : memref<?xf32>
  }
  par.for (%i) in (%n) {
    %least = arith.minsi %i, %seven : index
    // Not before the eighth iteration.
    // expected-remark@+1 {{access 0 and 0: may meet}}
    memref.store %v, %a[%least] : memref<?xf32>
  }
  par.for (%i) in (%n) {
    %k = memref.load %p[%i] : memref<?xindex>
    // expected-remark@+2 {{access 1 and 0: may meet}}
    // expected-remark@+1 {{access 1 and 1: may meet}}
    memref.store %v, %a[%k] : memref<?xf32>
  }
  return
}

// -----

// Fields of structs, and the header of a list beside its elements.
!body = !own.struct<"Body", [f32, f32]>
!bodies = !own.list<!body>
func.func @fields(%bodies: !own.mut<!bodies>, %n: index, %v: f32) {
  // expected-remark@+1 {{one index keeps all iterations apart}}
  par.for (%i) in (%n) {
    %body = own.elem %bodies[%i] : !own.mut<!bodies> -> !own.mut<!body>
    %x = own.field %body[0] : !own.mut<!body> -> !own.ref<f32>
    %y = own.field %body[1] : !own.mut<!body> -> !own.mut<f32>
    %u = own.load %x : !own.ref<f32> -> f32
    // expected-remark@+3 {{access 2 and 0: other parts}}
    // expected-remark@+2 {{access 2 and 1: other parts}}
    // expected-remark@+1 {{access 2 and 2: apart by their lines}}
    own.store %u, %y : f32, !own.mut<f32>
  }
  return
}
