// RUN: %mlc opt %s --pass-pipeline='builtin.module(own-report-facts{of=moves})' --verify-diagnostics

!list = !own.list<f32>
func.func private @eat(!own.box<!list>)
func.func private @flag() -> i1

// A move that leaves the loop, and a use that is guarded by the way in which it was left.
func.func @left(%x: !own.box<!list> loc("x"), %n: index) -> index {
  %fell = arith.constant 0 : i32
  %returned = arith.constant 3 : i32
  %zero = arith.constant 0 : index
  %out = scf.while (%signal = %fell) : (i32) -> i32 {
    %goes = arith.cmpi eq, %signal, %fell : i32
    scf.condition(%goes) %signal : i32
  } do {
  ^bb0(%signal: i32):
    %found = func.call @flag() : () -> i1
    %next = scf.if %found -> i32 {
      func.call @eat(%x) : (!own.box<!list>) -> ()
      scf.yield %returned : i32
    } else {
      scf.yield %fell : i32
    }
    scf.yield %next : i32
  }
  %there = arith.cmpi eq, %out, %fell : i32
  %k = scf.if %there -> index {
    %b = own.borrow %x : !own.box<!list> -> !own.ref<!list>
    %m = own.len %b : !own.ref<!list>
    scf.yield %m : index
  } else {
    scf.yield %zero : index
  }
  return %k : index
}

// The same condition twice.
func.func @tested(%x: !own.box<!list> loc("x"), %c: i1) -> index {
  %zero = arith.constant 0 : index
  %true = arith.constant true
  scf.if %c {
    func.call @eat(%x) : (!own.box<!list>) -> ()
  }
  %d = arith.xori %c, %true : i1
  %k = scf.if %d -> index {
    %b = own.borrow %x : !own.box<!list> -> !own.ref<!list>
    %m = own.len %b : !own.ref<!list>
    scf.yield %m : index
  } else {
    scf.yield %zero : index
  }
  return %k : index
}

// Another condition.
func.func @not_tested(%x: !own.box<!list> loc("x"), %c: i1, %d: i1) {
  scf.if %c {
    // expected-remark@+1 {{x is moved}}
    func.call @eat(%x) : (!own.box<!list>) -> ()
  }
  scf.if %d {
    // expected-remark@+1 {{x is used after that}}
    func.call @eat(%x) : (!own.box<!list>) -> ()
  }
  return
}

// An error leaves the loop.
func.func @raised(%x: !own.box<!list> loc("x"), %n: index) -> (i32, index) attributes {mlc.raises} {
  %zero = arith.constant 0 : index
  %one = arith.constant 1 : index
  %fine = arith.constant 0 : i32
  %never = arith.constant false
  scf.for %i = %zero to %n step %one {
    %found = func.call @flag() : () -> i1
    scf.if %found {
      func.call @eat(%x) : (!own.box<!list>) -> ()
      own.check %never, "ValueError", "no"
    }
  }
  %b = own.borrow %x : !own.box<!list> -> !own.ref<!list>
  %m = own.len %b : !own.ref<!list>
  return %fine, %m : i32, index
}

// In a parallel loop other iterations go on.
func.func @raised_in_parallel(%x: !own.box<!list> loc("x"), %n: index) -> i32 attributes {mlc.raises} {
  %fine = arith.constant 0 : i32
  %never = arith.constant false
  %s = par.for (%i) in (%n) raises {
    %found = func.call @flag() : () -> i1
    scf.if %found {
      // expected-remark@+2 {{x is moved}}
      // expected-remark@+1 {{x is used after that}}
      func.call @eat(%x) : (!own.box<!list>) -> ()
      own.check %never, "ValueError", "no"
    }
  }
  own.propagate %s
  return %fine : i32
}

func.func private @fails() -> i32

// The cell of a variable is lent to an outlined function: what that moves is gone where it failed, and there again where it
// did not.
func.func @caught(%x: !own.box<!list> loc("x"), %again: i1) -> (i32, index) attributes {mlc.raises} {
  %fine = arith.constant 0 : i32
  %zero = arith.constant 0 : index
  %cell = own.new : !own.box<!list>
  %place = own.borrow_mut %cell : !own.box<!list> -> !own.mut<!list>
  own.put %x, %place : !own.box<!list>, !own.mut<!list>
  %status, %signal = func.call @caught.try(%place) : (!own.mut<!list>) -> (i32, i32)
  %y = own.take %place : !own.mut<!list> -> !own.box<!list>
  %failed = arith.cmpi ne, %status, %fine : i32
  %k = scf.if %failed -> index {
    scf.yield %zero : index
  } else {
    %b = own.borrow %y : !own.box<!list> -> !own.ref<!list>
    %m = own.len %b : !own.ref<!list>
    scf.yield %m : index
  }
  return %fine, %k : i32, index
}

func.func private @caught.try(%place: !own.mut<!list> loc("x")) -> (i32, i32) attributes {mlc.outlined, mlc.raises} {
  %fine = arith.constant 0 : i32
  %t = own.take %place : !own.mut<!list> -> !own.box<!list>
  func.call @eat(%t) : (!own.box<!list>) -> ()
  %s = func.call @fails() : () -> i32
  own.propagate %s
  %n = own.new : !own.box<!list>
  own.put %n, %place : !own.box<!list>, !own.mut<!list>
  return %fine, %fine : i32, i32
}

// The same, used whatever became of the call.
func.func @not_caught(%x: !own.box<!list> loc("x")) -> (i32, index) attributes {mlc.raises} {
  %fine = arith.constant 0 : i32
  %cell = own.new : !own.box<!list>
  %place = own.borrow_mut %cell : !own.box<!list> -> !own.mut<!list>
  own.put %x, %place : !own.box<!list>, !own.mut<!list>
  %status = func.call @not_caught.try(%place) : (!own.mut<!list>) -> i32
  %y = own.take %place : !own.mut<!list> -> !own.box<!list>
  // expected-remark@+1 {{cell is used after that}}
  %b = own.borrow %y : !own.box<!list> -> !own.ref<!list>
  %m = own.len %b : !own.ref<!list>
  return %fine, %m : i32, index
}

func.func private @not_caught.try(%place: !own.mut<!list> loc("cell")) -> i32 attributes {mlc.outlined, mlc.raises} {
  %fine = arith.constant 0 : i32
  // expected-remark@+1 {{cell is moved}}
  %t = own.take %place : !own.mut<!list> -> !own.box<!list>
  func.call @eat(%t) : (!own.box<!list>) -> ()
  %s = func.call @fails() : () -> i32
  own.propagate %s
  %n = own.new : !own.box<!list>
  own.put %n, %place : !own.box<!list>, !own.mut<!list>
  return %fine : i32
}

// A function that is called twice is no part of either caller: it fills again what it is lent.
func.func @twice(%x: !own.box<!list> loc("x")) -> i32 attributes {mlc.raises} {
  %place = own.borrow_mut %x : !own.box<!list> -> !own.mut<!list>
  %a = func.call @twice.try(%place) : (!own.mut<!list>) -> i32
  %b = func.call @twice.try(%place) : (!own.mut<!list>) -> i32
  return %b : i32
}

func.func private @twice.try(%place: !own.mut<!list>) -> i32 attributes {mlc.outlined, mlc.raises} {
  %fine = arith.constant 0 : i32
  %t = own.take %place : !own.mut<!list> -> !own.box<!list>
  own.put %t, %place : !own.box<!list>, !own.mut<!list>
  return %fine : i32
}
