// RUN: %mlc opt %s --pass-pipeline='builtin.module(convert-regions-to-cf)' | %FileCheck %s

func.func private @call()

// CHECK-LABEL: func.func @branches(
// CHECK-SAME:    %[[C:.*]]: i1, %[[D:.*]]: i1, %[[X:.*]]: i64)
// CHECK-NEXT:    cf.cond_br %[[C]], ^[[THEN:bb[0-9]+]], ^[[ELSE:bb[0-9]+]]
// CHECK-NEXT:  ^[[THEN]]:
// CHECK-NEXT:    cf.cond_br %[[D]], ^[[CALL:bb[0-9]+]], ^[[ON:bb[0-9]+]]
// CHECK-NEXT:  ^[[CALL]]:
// CHECK-NEXT:    call @call
// CHECK-NEXT:    cf.br ^[[ON]]
// CHECK-NEXT:  ^[[ON]]:
// CHECK-NEXT:    cf.br ^[[REST:bb[0-9]+]](%[[X]] : i64)
// CHECK-NEXT:  ^[[ELSE]]:
// CHECK-NEXT:    %[[Y:.*]] = arith.addi
// CHECK-NEXT:    cf.br ^[[REST]](%[[Y]] : i64)
// CHECK-NEXT:  ^[[REST]](%[[R:.*]]: i64):
// CHECK-NEXT:    return %[[R]] : i64
func.func @branches(%c: i1, %d: i1, %x: i64) -> i64 {
  %r = scf.if %c -> (i64) {
    scf.if %d {
      func.call @call() : () -> ()
    }
    scf.yield %x : i64
  } else {
    %y = arith.addi %x, %x : i64
    scf.yield %y : i64
  }
  return %r : i64
}

// CHECK-LABEL: func.func @counted(
// CHECK-SAME:    %[[N:.*]]: index, %[[S:.*]]: index, %[[X:.*]]: i64)
// CHECK-NEXT:    cf.br ^[[HEAD:bb[0-9]+]](%[[S]], %[[X]] : index, i64)
// CHECK-NEXT:  ^[[HEAD]](%[[I:.*]]: index, %[[A:.*]]: i64):
// CHECK-NEXT:    %[[MORE:.*]] = arith.cmpi slt, %[[I]], %[[N]]
// CHECK-NEXT:    cf.cond_br %[[MORE]], ^[[BODY:bb[0-9]+]], ^[[REST:bb[0-9]+]]
// CHECK-NEXT:  ^[[BODY]]:
// CHECK-NEXT:    %[[B:.*]] = arith.addi %[[A]], %[[X]]
// CHECK-NEXT:    %[[NEXT:.*]] = arith.addi %[[I]], %[[S]]
// CHECK-NEXT:    cf.br ^[[HEAD]](%[[NEXT]], %[[B]] : index, i64)
// CHECK-NEXT:  ^[[REST]]:
// CHECK-NEXT:    return %[[A]] : i64
func.func @counted(%n: index, %s: index, %x: i64) -> i64 {
  %r = scf.for %i = %s to %n step %s iter_args(%a = %x) -> (i64) {
    %b = arith.addi %a, %x : i64
    scf.yield %b : i64
  }
  return %r : i64
}

// CHECK-LABEL: func.func @unsigned
// CHECK:         arith.cmpi ult
func.func @unsigned(%n: i64) {
  scf.for unsigned %i = %n to %n step %n : i64 {
    func.call @call() : () -> ()
  }
  return
}

// CHECK-LABEL: func.func @conditional(
// CHECK-SAME:    %[[X:.*]]: i64)
// CHECK-NEXT:    cf.br ^[[BEFORE:bb[0-9]+]](%[[X]] : i64)
// CHECK-NEXT:  ^[[BEFORE]](%[[A:.*]]: i64):
// CHECK-NEXT:    %[[MORE:.*]] = arith.cmpi slt, %[[A]], %[[X]]
// CHECK-NEXT:    cf.cond_br %[[MORE]], ^[[AFTER:bb[0-9]+]](%[[A]], %[[X]] : i64, i64), ^[[REST:bb[0-9]+]]
// CHECK-NEXT:  ^[[AFTER]](%[[B:.*]]: i64, %[[C:.*]]: i64):
// CHECK-NEXT:    %[[NEXT:.*]] = arith.addi %[[B]], %[[C]]
// CHECK-NEXT:    cf.br ^[[BEFORE]](%[[NEXT]] : i64)
// CHECK-NEXT:  ^[[REST]]:
// CHECK-NEXT:    return %[[A]] : i64
func.func @conditional(%x: i64) -> i64 {
  %w:2 = scf.while (%a = %x) : (i64) -> (i64, i64) {
    %more = arith.cmpi slt, %a, %x : i64
    scf.condition(%more) %a, %x : i64, i64
  } do {
  ^bb0(%b: i64, %c: i64):
    %y = arith.addi %b, %c : i64
    scf.yield %y : i64
  }
  return %w#0 : i64
}
