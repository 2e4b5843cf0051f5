// RUN: %mlc opt %s --convert-results --split-input-file | %FileCheck %s

// CHECK-LABEL: func.func @raising(
// CHECK-SAME:    %[[X:[a-z0-9]+]]: f32, %[[C:[a-z0-9]+]]: i1 {llvm.zeroext}, %[[OUT:[a-z0-9]+]]: !llvm.ptr {llvm.noalias, {{.*}}}, %[[BOX:[a-z0-9]+]]: !llvm.ptr {{.*}}) -> i32
// CHECK:         llvm.store %[[X]], %[[OUT]] : f32, !llvm.ptr
// CHECK:         llvm.store %{{.*}}, %[[BOX]] : !llvm.ptr, !llvm.ptr
// CHECK:         return %{{.*}} : i32
// An error does not write them.
// CHECK-NOT:     llvm.store
// CHECK:         return %{{.*}} : i32
func.func @raising(%x: f32, %c: i1) -> (i32, f32, !llvm.ptr) attributes {mlc.export, mlc.raises} {
  %ok = arith.constant 0 : i32
  %seven = arith.constant 7 : i32
  %p = llvm.mlir.zero : !llvm.ptr
  cf.cond_br %c, ^good, ^bad
^good:
  return %ok, %x, %p : i32, f32, !llvm.ptr
^bad:
  %f = ub.poison : f32
  %q = ub.poison : !llvm.ptr
  return %seven, %f, %q : i32, f32, !llvm.ptr
}

// -----

// One result is returned; several are written, as C has no tuples.
// CHECK-LABEL: func.func @one(%{{.*}}: f32) -> f32
// CHECK-LABEL: func.func @truth() -> (i1 {llvm.zeroext})
// CHECK-LABEL: func.func @two(%{{.*}}: i32, %{{.*}}: !llvm.ptr {{.*}}, %{{.*}}: !llvm.ptr {{.*}}) attributes
// CHECK:         llvm.store %{{.*}}, %{{.*}} : i32, !llvm.ptr
// CHECK:         arith.index_cast
// CHECK:         llvm.store %{{.*}}, %{{.*}} : i64, !llvm.ptr
// CHECK:         return{{$}}
func.func @one(%x: f32) -> f32 attributes {mlc.export} {
  return %x : f32
}
func.func @truth() -> i1 attributes {mlc.export} {
  %c = arith.constant true
  return %c : i1
}
func.func @two(%x: i32) -> (i32, index) attributes {mlc.export} {
  %i = arith.index_cast %x : i32 to index
  return %x, %i : i32, index
}

// -----

// Calls within the module keep several results.
// CHECK-LABEL: func.func @f(
// CHECK-SAME:    %[[OUT:[a-z0-9]+]]: !llvm.ptr {{.*}}) -> i32
// CHECK:         %[[R:.*]]:2 = call @f$inner(%{{.*}}) : (f32) -> (i32, f32)
// CHECK:         llvm.store %[[R]]#1, %[[OUT]]
// CHECK:         return %[[R]]#0 : i32
// CHECK-LABEL: func.func private @f$inner(%{{.*}}: f32) -> (i32, f32)
// CHECK:         call @f$inner
func.func @f(%x: f32) -> (i32, f32) attributes {mlc.export, mlc.raises} {
  %r:2 = call @f(%x) : (f32) -> (i32, f32)
  return %r#0, %r#1 : i32, f32
}
