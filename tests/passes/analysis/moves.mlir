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
