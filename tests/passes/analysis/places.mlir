// Which values a memref or borrow stands for, and which lengths are one.

// RUN: %split-file %s %t
// RUN: %mlc opt %t/roots.mlir --pass-pipeline='builtin.module(own-report-facts{of=roots})' --verify-diagnostics
// RUN: %mlc opt %t/lengths.mlir --pass-pipeline='builtin.module(own-report-facts{of=lengths})' --verify-diagnostics

//--- roots.mlir
!list = !own.list<f32>
func.func private @give(memref<?xf32>) -> memref<?xf32>

func.func @of(%a: memref<?xf32> loc("a"), %b: memref<?xf32> loc("b"), %x: !own.box<!list> loc("x"), %y: !own.box<!list> loc("y"), %c: i1, %n: index) {
  %zero = arith.constant 0 : index
  %one = arith.constant 1 : index
  // What is made of one value is that value.
  %part = memref.subview %a[%n] [%n] [%one] : memref<?xf32> to memref<?xf32, strided<[?], offset: ?>>
  // expected-remark@+1 {{stands for a, b}}
  %either = arith.select %c, %a, %b : memref<?xf32>
  // expected-remark@+1 {{stands for something}}
  %given = func.call @give(%a) : (memref<?xf32>) -> memref<?xf32>
  // expected-remark@+1 {{stands for a, something}}
  %or_given = scf.if %c -> memref<?xf32> {
    scf.yield %a : memref<?xf32>
  } else {
    scf.yield %given : memref<?xf32>
  }
  // What a loop exchanges, and its results.
  // expected-remark@+1 {{stands for a, b}}
  %r, %s = scf.for %i = %zero to %n step %one iter_args(%u = %a, %v = %b) -> (memref<?xf32>, memref<?xf32>) {
    scf.yield %v, %u : memref<?xf32>, memref<?xf32>
  }
  %p = own.borrow_mut %x : !own.box<!list> -> !own.mut<!list>
  %q = own.borrow_mut %y : !own.box<!list> -> !own.mut<!list>
  // expected-remark@+1 {{stands for x, y}}
  %m = scf.if %c -> !own.mut<!list> {
    scf.yield %p : !own.mut<!list>
  } else {
    scf.yield %q : !own.mut<!list>
  }
  // expected-remark@+1 {{stands for x, y}}
  %view = own.view %m : !own.mut<!list> -> memref<?xf32>
  return
}

//--- lengths.mlir
!list = !own.list<f32>
!rows = !own.list<!list>
func.func private @change(!own.mut<!list>)

func.func @of(%x: !own.mut<!list>, %y: !own.mut<!list>, %m: !own.mut<!rows>, %c: i1, %i: index, %j: index) {
  %0 = own.len %x : !own.mut<!list>
  // expected-remark@+1 {{the length before}}
  %1 = own.len %x : !own.mut<!list>
  // expected-remark@+1 {{another length}}
  %2 = own.len %y : !own.mut<!list>
  call @change(%x) : (!own.mut<!list>) -> ()
  // Another list changed.
  // expected-remark@+1 {{the length before}}
  %3 = own.len %y : !own.mut<!list>
  call @change(%y) : (!own.mut<!list>) -> ()
  // expected-remark@+1 {{another length}}
  %4 = own.len %y : !own.mut<!list>
  scf.if %c {
    func.call @change(%y) : (!own.mut<!list>) -> ()
  }
  // expected-remark@+1 {{another length}}
  %5 = own.len %y : !own.mut<!list>
  %first = own.elem %m[%i] : !own.mut<!rows> -> !own.mut<!list>
  // expected-remark@+1 {{another length}}
  %6 = own.len %first : !own.mut<!list>
  %again = own.elem %m[%i] : !own.mut<!rows> -> !own.mut<!list>
  // expected-remark@+1 {{the length before}}
  %7 = own.len %again : !own.mut<!list>
  %other = own.elem %m[%j] : !own.mut<!rows> -> !own.mut<!list>
  // expected-remark@+1 {{another length}}
  %8 = own.len %other : !own.mut<!list>
  return
}
