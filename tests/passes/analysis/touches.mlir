// RUN: %mlc opt %s --pass-pipeline='builtin.module(own-report-facts{of=touches})' --verify-diagnostics

!list = !own.list<f32>
!rows = !own.list<!list>
llvm.mlir.global internal @table() {addr_space = 0 : i32} : !llvm.array<3 x i64>

func.func @grow(%v: f32) -> i32 {
  %ok = arith.constant 0 : i32
  %a = llvm.mlir.addressof @table : !llvm.ptr
  %t = builtin.unrealized_conversion_cast %a : !llvm.ptr to !own.mut<!list>
  // expected-remark@+1 {{writes @table}}
  own.append %v to %t : f32, !own.mut<!list>
  return %ok : i32
}

func.func @touch(%m: !own.mut<!rows> loc("m"), %i: index, %v: f32, %x: !own.box<!list>) {
  %one = arith.constant 1 : index
  // expected-remark@+1 {{reads m.header}}
  %row = own.elem %m[%one] : !own.mut<!rows> -> !own.mut<!list>
  // expected-remark@+1 {{reads m[1].header}}
  %d = own.view %row : !own.mut<!list> -> memref<?xf32>
  // expected-remark@+1 {{writes m[1][*]}}
  memref.store %v, %d[%i] : memref<?xf32>
  // expected-remark@+1 {{writes m[1]}}
  own.put %x, %row : !own.box<!list>, !own.mut<!list>
  // What a called function changes by itself.
  // expected-remark@+1 {{writes @table}}
  %s = func.call @grow(%v) : (f32) -> i32
  return
}
