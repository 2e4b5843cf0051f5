// RUN: %mlc opt %s --pass-pipeline='builtin.module(own-report-facts{of=uses})' --verify-diagnostics

!list = !own.list<f32>

// A borrow is followed through a branch.
func.func @branch(%x: !own.box<!list> loc("x"), %y: !own.ref<!list>, %c: i1) -> index {
  // expected-remark@+1 {{borrows x}}
  %b = own.borrow %x : !own.box<!list> -> !own.ref<!list>
  %r = scf.if %c -> !own.ref<!list> {
    // expected-remark@+1 {{uses a borrow of x}}
    scf.yield %b : !own.ref<!list>
  } else {
    scf.yield %y : !own.ref<!list>
  }
  // expected-remark@+1 {{uses a borrow of x}}
  %n = own.len %r : !own.ref<!list>
  // expected-remark@+1 {{consumes x}}
  own.drop %x : !own.box<!list>
  return %n : index
}
