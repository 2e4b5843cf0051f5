// RUN: %mlc opt %s --pass-pipeline='builtin.module(own-report-facts{of=origins})' --verify-diagnostics

!list = !own.list<f32>
!rows = !own.list<!list>
!pair = !own.struct<"Pair", [!list, !rows]>
func.func private @part(!own.ref<!rows>) -> !own.ref<!list>
llvm.mlir.global internal @table() {addr_space = 0 : i32} : !llvm.array<3 x i64>

func.func @of(%p: !own.ref<!pair> loc("p"), %x: !own.box<!rows> loc("x"), %c: i1, %i: index) {
  %two = arith.constant 2 : index
  // expected-remark@+1 {{leads to p.1}}
  %rows = own.field %p[1] : !own.ref<!pair> -> !own.ref<!rows>
  // expected-remark@+1 {{leads to p.1[2]}}
  %second = own.elem %rows[%two] : !own.ref<!rows> -> !own.ref<!list>
  // expected-remark@+1 {{leads to x}}
  %all = own.borrow %x : !own.box<!rows> -> !own.ref<!rows>
  // expected-remark@+1 {{leads to p.1[2], x[*]}}
  %either = scf.if %c -> !own.ref<!list> {
    scf.yield %second : !own.ref<!list>
  } else {
    // expected-remark@+1 {{leads to x[*]}}
    %other = own.elem %all[%i] : !own.ref<!rows> -> !own.ref<!list>
    scf.yield %other : !own.ref<!list>
  }
  // expected-remark@+1 {{leads to x[part]}}
  %some = func.call @part(%all) : (!own.ref<!rows>) -> !own.ref<!list>
  %n = own.len %either : !own.ref<!list>
  %m = own.len %some : !own.ref<!list>
  return
}
