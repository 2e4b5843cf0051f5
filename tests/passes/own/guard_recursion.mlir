// RUN: %mlc opt %s --own-guard-recursion | %FileCheck %s
// RUN: %mlc opt %s --own-guard-recursion --convert-own --verify-par | %FileCheck %s --check-prefix=CONVERTED

!list = !own.list<i64>

// The function enters the recursion; its body checks and hands the limit on.
// CHECK-LABEL: func.func @itself(%arg0: i64) -> (i32, i64) attributes {mlc.export, mlc.raises}
// CHECK-NEXT:    %[[LIMIT:.*]] = call @mlc_rt_stack_limit() : () -> i64
// CHECK-NEXT:    %[[R:.*]]:2 = call @itself$guarded(%arg0, %[[LIMIT]])
// CHECK-NEXT:    return %[[R]]#0, %[[R]]#1
// CHECK-LABEL: func.func private @itself$guarded(%arg0: i64, %arg1: i64) -> (i32, i64)
// CHECK-SAME:      attributes {mlc.raises, passthrough = {{\[\[}}"disable-tail-calls", "true"]]}
// CHECK-NEXT:    %[[HERE:.*]] = llvm.call_intrinsic "llvm.stackaddress"() : () -> !llvm.ptr
// CHECK-NEXT:    %[[ADDRESS:.*]] = llvm.ptrtoint %[[HERE]]
// CHECK-NEXT:    %[[ROOM:.*]] = arith.cmpi ugt, %[[ADDRESS]], %arg1
// CHECK-NEXT:    own.check %[[ROOM]], "RecursionError", "maximum recursion depth exceeded"
// CHECK:         call @itself$guarded(%{{.*}}, %arg1)
func.func @itself(%n: i64) -> (i32, i64) attributes {mlc.export, mlc.raises} {
  %one = arith.constant 1 : i64
  %m = arith.subi %n, %one : i64
  %r:2 = call @itself(%m) : (i64) -> (i32, i64)
  own.propagate %r#0
  return %r#0, %r#1 : i32, i64
}

// Two that call one another; what each owns at its start is destroyed where there is no room.
// CHECK-LABEL: func.func private @ping$guarded(%arg0: !own.box<!own.list<i64>> {mlc.name = "rows"}, %arg1: i64)
// CHECK:         own.check %{{.*}}, "RecursionError", {{.*}} unwind(%arg0 :
// CHECK:         call @pong$guarded(%arg0, %arg1)
// CONVERTED-LABEL: func.func private @ping$guarded(
// CONVERTED:         par.exit_if
// CONVERTED:           call @mlc_rt_raise
// CONVERTED:           call @mlc.{{.*}}(%arg0)
// CONVERTED:           par.exit
func.func private @ping(%rows: !own.box<!list> {mlc.name = "rows"}) -> i32 attributes {mlc.raises} {
  %s = call @pong(%rows) : (!own.box<!list>) -> i32
  return %s : i32
}
// CHECK-LABEL: func.func private @pong$guarded(
// CHECK:         call @ping$guarded(%arg0, %arg1)
func.func private @pong(%rows: !own.box<!list>) -> i32 attributes {mlc.raises} {
  %s = call @ping(%rows) : (!own.box<!list>) -> i32
  return %s : i32
}

// An iteration may run on another thread, whose stack ends elsewhere.
// CHECK-LABEL: func.func private @parallel$guarded(
// CHECK:         par.for
// CHECK:           call @parallel(%{{.*}}) : (index) -> i32
func.func private @parallel(%n: index) -> i32 attributes {mlc.raises} {
  %ok = arith.constant 0 : i32
  %s = par.for (%i) in (%n) raises {
    %t = func.call @parallel(%i) : (index) -> i32
    own.propagate %t
  }
  own.propagate %s
  return %ok : i32
}

// Neither what cannot raise nor what only calls recursive functions is changed.
// CHECK-LABEL: func.func @silent(%arg0: i64) -> i64 {
// CHECK-NEXT:    call @silent
func.func @silent(%n: i64) -> i64 {
  %r = call @silent(%n) : (i64) -> i64
  return %r : i64
}
// CHECK-LABEL: func.func @caller(
// CHECK-NEXT:    call @itself(%arg0)
// CHECK-NOT:   @caller$guarded
func.func @caller(%n: i64) -> (i32, i64) attributes {mlc.raises} {
  %r:2 = call @itself(%n) : (i64) -> (i32, i64)
  return %r#0, %r#1 : i32, i64
}
