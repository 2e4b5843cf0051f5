// RUN: %mlc opt %s | FileCheck %s
// RUN: %mlc opt %s --own-check --own-insert-drops --convert-own | FileCheck %s --check-prefix=MEMORY

!tree = !own.node<"Tree", [i64, !own.list<!own.node<"Tree">>]>
!trees = !own.list<!own.node<"Tree">>

// A struct that holds itself in a list is told from others by its name.
// CHECK-LABEL: func.func @first
// CHECK-SAME: !own.ref<!own.node<"Tree", [i64, !own.list<!own.node<"Tree">>]>>
// CHECK: own.field
// CHECK: own.elem
func.func @first(%tree: !own.ref<!tree>) -> i64 {
  %zero = arith.constant 0 : index
  %trees = own.field %tree[1] : !own.ref<!tree> -> !own.ref<!trees>
  %child = own.elem %trees[%zero] : !own.ref<!trees> -> !own.ref<!tree>
  %field = own.field %child[0] : !own.ref<!tree> -> !own.ref<i64>
  %value = own.load %field : !own.ref<i64> -> i64
  return %value : i64
}

// What destroys it calls itself, where that is near; a list that lies deep in others is left to the runtime.
// MEMORY-LABEL: func.func @end
// MEMORY: call @[[TREE:mlc.drop.[0-9]+]](%arg0)
// MEMORY: func.func private @[[LIST:mlc.drop.[0-9]+]]
// MEMORY: %[[SELF:.*]] = func.constant @[[LIST]] :
// MEMORY: %[[ADDRESS:.*]] = builtin.unrealized_conversion_cast %[[SELF]]
// MEMORY: %[[NEAR:.*]] = func.call @mlc_rt_deep_drop(%{{.*}}, %[[ADDRESS]])
// MEMORY: scf.if %[[NEAR]]
// MEMORY: call @[[TREE]]
// MEMORY: call @mlc_rt_free
// MEMORY: call @mlc_rt_deep_dropped
func.func @end(%tree: !own.box<!tree>) {
  return
}
