// RUN: %mlc opt %s --pass-pipeline='builtin.module(own-insert-drops,own-report-facts{of=live})' --verify-diagnostics

!list = !own.list<f32>

func.func @alive(%x: !own.box<!list> loc("x"), %y: !own.box<!list> loc("y"), %c: i1)
    -> (i32, !own.box<!list>) {
  %ok = arith.constant 0 : i32
  // expected-remark@+1 {{alive: y}}
  own.check %c, "ValueError", "no"
  return %ok, %y : i32, !own.box<!list>
}
