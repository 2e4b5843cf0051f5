// RUN: %mlc opt %s --pass-pipeline='builtin.module(own-report-facts{of=conflicts})' --verify-diagnostics

!list = !own.list<f32>
!rows = !own.list<!list>
func.func private @first(!own.ref<!rows>) -> !own.ref<!list>

// A list that is visited grows, and one whose elements are assigned.
func.func @visited(%l: !own.mut<!list>, %n: index, %v: f32) -> i32 {
  %ok = arith.constant 0 : i32
  %zero = arith.constant 0 : index
  %one = arith.constant 1 : index
  scf.for %i = %zero to %n step %one {
    // expected-remark@+1 {{borrowed}}
    %b = own.borrow %l : !own.mut<!list> -> !own.ref<!list>
    // expected-remark@+1 {{ended}}
    own.append %v to %l : f32, !own.mut<!list>
    // expected-remark@+1 {{used after that}}
    own.keep %b : !own.ref<!list>
  }
  scf.for %i = %zero to %n step %one {
    %b = own.borrow %l : !own.mut<!list> -> !own.ref<!list>
    %d = own.view %l : !own.mut<!list> -> memref<?xf32>
    memref.store %v, %d[%i] : memref<?xf32>
    own.keep %b : !own.ref<!list>
  }
  return %ok : i32
}

// What a call returns is a part of what it was given.
func.func @returned(%m: !own.mut<!rows>, %x: !own.box<!list>) -> (i32, index) {
  %ok = arith.constant 0 : i32
  %b = own.borrow %m : !own.mut<!rows> -> !own.ref<!rows>
  // expected-remark@+1 {{borrowed}}
  %row = func.call @first(%b) : (!own.ref<!rows>) -> !own.ref<!list>
  // expected-remark@+1 {{ended}}
  own.append %x to %m : !own.box<!list>, !own.mut<!rows>
  // expected-remark@+1 {{used after that}}
  %n = own.len %row : !own.ref<!list>
  return %ok, %n : i32, index
}

// A borrow that a loop carries leads to what it was made of.
func.func @carried(%m: !own.mut<!rows>, %x: !own.box<!list>, %n: index) -> (i32, index) {
  %ok = arith.constant 0 : i32
  %zero = arith.constant 0 : index
  %one = arith.constant 1 : index
  // expected-remark@+1 {{borrowed}}
  %first = own.elem %m[%zero] : !own.mut<!rows> -> !own.mut<!list>
  %best = scf.for %i = %zero to %n step %one iter_args(%b = %first) -> (!own.mut<!list>) {
    %row = own.elem %m[%i] : !own.mut<!rows> -> !own.mut<!list>
    scf.yield %row : !own.mut<!list>
  }
  // expected-remark@+1 {{ended}}
  own.append %x to %m : !own.box<!list>, !own.mut<!rows>
  // expected-remark@+1 {{used after that}}
  %k = own.len %best : !own.mut<!list>
  return %ok, %k : i32, index
}
