// RUN: %mlc opt %s --pass-pipeline='builtin.module(own-annotate-lends)' | %FileCheck %s

// A call says of which arguments it returns parts, by position: of `%rows`, not of `%out`, which it only writes.
func.func private @row(%n: index, %rows: !own.ref<!own.list<!own.list<i64>>>, %out: !own.mut<!own.list<i64>>) -> (i32, !own.ref<!own.list<i64>>) {
  %zero = arith.constant 0 : i32
  %row = own.elem %rows[%n] : !own.ref<!own.list<!own.list<i64>>> -> !own.ref<!own.list<i64>>
  return %zero, %row : i32, !own.ref<!own.list<i64>>
}

// What is a part of one of two arguments may be one of both.
func.func private @either(%which: i1, %a: !own.ref<!own.list<i64>>, %b: !own.ref<!own.list<i64>>) -> !own.ref<!own.list<i64>> {
  %one = arith.select %which, %a, %b : !own.ref<!own.list<i64>>
  return %one : !own.ref<!own.list<i64>>
}

func.func private @elsewhere(!own.ref<!own.list<i64>>) -> !own.ref<!own.list<i64>>

// CHECK-LABEL: func.func @use
// CHECK:         call @row({{.*}}) {own.lends = "1"}
// CHECK:         call @either({{.*}}) {own.lends = "1 2"}
// CHECK:         call @elsewhere(%{{[^)]*}}) :
func.func @use(%n: index, %rows: !own.ref<!own.list<!own.list<i64>>>, %out: !own.mut<!own.list<i64>>, %which: i1) -> index {
  %status, %row = call @row(%n, %rows, %out) : (index, !own.ref<!own.list<!own.list<i64>>>, !own.mut<!own.list<i64>>) -> (i32, !own.ref<!own.list<i64>>)
  %one = call @either(%which, %row, %row) : (i1, !own.ref<!own.list<i64>>, !own.ref<!own.list<i64>>) -> !own.ref<!own.list<i64>>
  %other = call @elsewhere(%one) : (!own.ref<!own.list<i64>>) -> !own.ref<!own.list<i64>>
  %length = own.len %other : !own.ref<!own.list<i64>>
  return %length : index
}
