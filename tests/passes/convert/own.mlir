// RUN: %mlc opt %s --convert-own --verify-par --split-input-file | %FileCheck %s

// CHECK-LABEL: func.func @len
// CHECK-SAME:    %[[L:.*]]: !llvm.ptr {llvm.noalias, llvm.nonnull, llvm.noundef}
// CHECK:         %[[P:.*]] = llvm.getelementptr %[[L]][0, 1]
// CHECK:         %[[N:.*]] = llvm.load %[[P]] : !llvm.ptr -> i64
// CHECK:         arith.index_cast %[[N]] : i64 to index
func.func @len(%l: !own.ref<!own.list<f32>>) -> index {
  %n = own.len %l : !own.ref<!own.list<f32>>
  return %n : index
}

// -----

// CHECK-LABEL: func.func @view
// CHECK-SAME:    %[[L:[a-z0-9]+]]: !llvm.ptr {{.*}}, %[[A:[a-z0-9]+]]: !llvm.ptr
// CHECK:         llvm.load %[[L]] : !llvm.ptr -> !llvm.ptr
// CHECK:         builtin.unrealized_conversion_cast %{{.*}} : !llvm.struct<(ptr, ptr, i64, array<1 x i64>, array<1 x i64>)> to memref<?xf32>
// CHECK:         %[[D:.*]] = llvm.load %[[A]] : !llvm.ptr -> !llvm.struct<(ptr, ptr, i64, array<2 x i64>, array<2 x i64>)>
// CHECK:         builtin.unrealized_conversion_cast %[[D]]
func.func @view(%l: !own.ref<!own.list<f32>>, %a: !own.mut<memref<?x?xf32>>, %i: index) -> f32 {
  %d = own.view %l : !own.ref<!own.list<f32>> -> memref<?xf32>
  %e = own.view %a : !own.mut<memref<?x?xf32>> -> memref<?x?xf32>
  %x = memref.load %d[%i] : memref<?xf32>
  memref.store %x, %e[%i, %i] : memref<?x?xf32>
  return %x : f32
}

// -----

// Elements and fields are addresses; structs are laid out as C does.
// CHECK-LABEL: func.func @parts
// CHECK:         %[[DATA:.*]] = llvm.load %{{.*}} : !llvm.ptr -> !llvm.ptr
// CHECK:         %[[E:.*]] = llvm.getelementptr %[[DATA]][%{{.*}}] : (!llvm.ptr, i64) -> !llvm.ptr, !llvm.struct<(i8, f64, struct<(ptr, i64, i64)>)>
// CHECK:         %[[F:.*]] = llvm.getelementptr %[[E]][0, 1]
// CHECK:         %[[X:.*]] = llvm.load %[[F]] : !llvm.ptr -> f64
// CHECK:         llvm.store %[[X]], %[[F]]
!point = !own.struct<"Point", [i8, f64, !own.list<f32>]>
func.func @parts(%l: !own.mut<!own.list<!point>>, %i: index) -> f64 {
  %e = own.elem %l[%i] : !own.mut<!own.list<!point>> -> !own.mut<!point>
  %f = own.field %e[1] : !own.mut<!point> -> !own.mut<f64>
  %x = own.load %f : !own.mut<f64> -> f64
  own.store %x, %f : f64, !own.mut<f64>
  return %x : f64
}

// -----

// CHECK-LABEL: func.func @create
// CHECK:         %[[C:.*]] = call @mlc_rt_box_new(%{{.*}}) : (i64) -> !llvm.ptr
// CHECK:         %[[CAP:.*]] = arith.maxsi
// CHECK:         %[[D:.*]] = call @mlc_rt_alloc
// CHECK:         par.exit_if
// CHECK-NEXT:      func.call @mlc_rt_free(%[[D]])
// CHECK-NEXT:      func.call @mlc_rt_box_free(%[[C]])
// CHECK:           par.exit
// CHECK:         llvm.intr.memset
// CHECK:         llvm.store %[[D]], %[[C]]
// CHECK:         par.exit_if
// CHECK:           func.call @mlc_rt_raise(
// CHECK:           func.call @mlc.drop.0(%[[C]])
// CHECK-NEXT:      func.call @mlc_rt_box_free(%[[C]])
// CHECK:         return %{{.*}}, %[[C]] : i32, !llvm.ptr
// CHECK:       func.func private @mlc.drop.0(
// CHECK:         call @mlc_rt_free
// CHECK-DAG:   func.func private @mlc_rt_alloc(i64) -> (!llvm.ptr {llvm.noalias}) attributes {passthrough = ["nounwind", {{.*}}"allockind"
// CHECK-DAG:   func.func private @mlc_rt_raise({{.*}} attributes {passthrough = ["nounwind", "cold"]}
// CHECK-DAG:   llvm.mlir.global private unnamed_addr constant @mlc.message.0("no\22\0A")
func.func @create(%n: index, %c: i1) -> (i32, !own.box<!own.list<f32>>) {
  %ok = arith.constant 0 : i32
  %l = own.new_list %n : !own.box<!own.list<f32>>
  own.check %c, "ValueError", "no\22\n" unwind(%l : !own.box<!own.list<f32>>)
  return %ok, %l : i32, !own.box<!own.list<f32>>
}

// -----

// A function that cannot raise ends the process where memory runs out.
// CHECK-LABEL: func.func @no_status
// CHECK:         scf.if
// CHECK-NEXT:      func.call @mlc_rt_report_uncaught
// CHECK-NEXT:      llvm.intr.trap
func.func @no_status() -> !own.box<f64> {
  %b = own.new : !own.box<f64>
  return %b : !own.box<f64>
}

// -----

// CHECK-LABEL: func.func @index
// CHECK:         %[[OUT:.*]] = arith.cmpi uge, %{{.*}}, %{{.*}} : index
// CHECK:         par.exit_if %[[OUT]]
// CHECK:           %[[LINE:.*]] = arith.constant 42 : i32
// CHECK:           func.call @mlc_rt_raise_index(%{{.*}}, %{{.*}}, %{{.*}}, %{{.*}}, %[[LINE]])
// CHECK:           %[[STATUS:.*]] = arith.constant 2 : i32
// CHECK:           par.exit %[[STATUS]]
// CHECK:       llvm.mlir.global {{.*}}("a.mlc")
func.func @index(%i: index, %n: index) -> i32 {
  %ok = arith.constant 0 : i32
  own.check_index %i < %n given %i loc("x"("a.mlc":42:3))
  return %ok : i32
}

// -----

// Room in the list: no call.
// CHECK-LABEL: func.func @append
// CHECK:         %[[FULL:.*]] = arith.cmpi sge
// CHECK:         scf.if %[[FULL]]
// CHECK:           func.call @mlc_rt_list_reserve
// CHECK:           par.exit_if
// CHECK:         llvm.store %{{.*}}, %{{.*}} : f32, !llvm.ptr
// CHECK:         llvm.store %{{.*}}, %{{.*}} : i64, !llvm.ptr
// CHECK:         llvm.intr.memcpy
// CHECK:         call @mlc_rt_box_free
func.func @append(%x: f32, %l: !own.mut<!own.list<f32>>, %b: !own.box<!own.list<f32>>,
                  %m: !own.mut<!own.list<!own.list<f32>>>) -> i32 {
  %ok = arith.constant 0 : i32
  own.append %x to %l unwind(%b : !own.box<!own.list<f32>>) : f32, !own.mut<!own.list<f32>>
  own.append %b to %m : !own.box<!own.list<f32>>, !own.mut<!own.list<!own.list<f32>>>
  return %ok : i32
}

// -----

// Destroying and copying lists of lists goes through one function for each type.
// CHECK-LABEL: func.func @deep
// CHECK:         call @[[COPY:mlc.copy.[0-9]]](
// CHECK:         call @[[DROP:mlc.drop.[0-9]]](
// CHECK-NEXT:    call @mlc_rt_box_free
// CHECK-DAG:   func.func private @[[COPY]](%{{.*}}: !llvm.ptr, %{{.*}}: !llvm.ptr) -> i32
// CHECK-DAG:   func.func private @[[DROP]](%{{.*}}: !llvm.ptr)
func.func @deep(%m: !own.ref<!own.list<!own.list<f32>>>) -> i32 {
  %ok = arith.constant 0 : i32
  own.propagate %ok
  %c = own.copy %m : !own.ref<!own.list<!own.list<f32>>> -> !own.box<!own.list<!own.list<f32>>>
  own.drop %c : !own.box<!own.list<!own.list<f32>>>
  return %ok : i32
}

// -----

// Types change everywhere: block arguments, results of loops and of calls.
// CHECK-LABEL: func.func @flow
// CHECK-NOT:     own
// CHECK:         scf.for {{.*}} -> (!llvm.ptr)
// CHECK-NOT:     own
// CHECK:         call @other(%{{.*}}) : (!llvm.ptr) -> !llvm.ptr
func.func private @other(!own.box<f64>) -> !own.box<f64>
func.func @flow(%b: !own.box<f64>, %n: index) -> !own.box<f64> {
  %zero = arith.constant 0 : index
  %one = arith.constant 1 : index
  %r = scf.for %i = %zero to %n step %one iter_args(%a = %b) -> (!own.box<f64>) {
    %m = own.move %a : !own.box<f64>
    scf.yield %m : !own.box<f64>
  }
  %s = call @other(%r) : (!own.box<f64>) -> !own.box<f64>
  return %s : !own.box<f64>
}

// -----

// CHECK-LABEL: func.func @collect
// CHECK:         par.collect %{{.*}} into %{{.*}} {element_bytes = 24 : i64} : !llvm.ptr, !llvm.ptr
func.func @collect(%l: !own.mut<!own.list<!own.list<f32>>>, %n: index) {
  par.for (%i) in (%n) {
    %b = own.new : !own.box<!own.list<f32>>
    par.collect %b into %l : !own.box<!own.list<f32>>, !own.mut<!own.list<!own.list<f32>>>
  }
  return
}

// -----

// What is live where memory runs out is dropped on the way out.
// CHECK-LABEL: func.func @second
// CHECK:         %[[A:.*]] = call @mlc_rt_box_new
// CHECK:         %[[B:.*]] = call @mlc_rt_box_new
// CHECK:         par.exit_if
// CHECK-NEXT:      func.call @mlc_rt_box_free(%[[A]])
func.func @second() -> (i32, !own.box<f64>, !own.box<f64>) attributes {mlc.raises} {
  %ok = arith.constant 0 : i32
  %a = own.new : !own.box<f64>
  %m = own.move %a : !own.box<f64>
  %b = own.new : !own.box<f64>
  return %ok, %m, %b : i32, !own.box<f64>, !own.box<f64>
}
