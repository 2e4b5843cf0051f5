// RUN: %mlc opt %s --split-input-file --pass-pipeline='builtin.module(own-report-facts{of=exact})' --verify-diagnostics
// RUN: %mlc opt %s --split-input-file --pass-pipeline='builtin.module(own-report-facts{of=selections})' > out 2>&1
// RUN: %FileCheck %s < out

// A loop that ends has fewer than 2^48 iterations, an array as many elements: sums of such are exact, and so are products with
// small numbers. What comes from outside may be anything.
func.func @sizes(%a: memref<?xf32>, %p: memref<?xindex>, %n: index, %w: index) {
  %zero = arith.constant 0 : index
  %two = arith.constant 2 : index
  %large = arith.constant 1048576 : index
  %length = memref.dim %a, %zero : memref<?xf32>
  par.for (%i) in (%n) {
    // expected-remark@+1 {{always exact}}
    %0 = arith.addi %i, %length : index
    // expected-remark@+1 {{always exact}}
    %1 = arith.muli %i, %two : index
    // Beyond 2^61.
    // expected-remark@+1 {{exact if what comes from outside is small}}
    %2 = arith.muli %i, %large : index
    // expected-remark@+1 {{exact if what comes from outside is small}}
    %3 = arith.muli %i, %w : index
    // By at most one large value, an index is far out of range.
    // expected-remark@+1 {{always exact}}
    %4 = arith.addi %i, %w : index
    %k = memref.load %p[%i] : memref<?xindex>
    // expected-remark@+1 {{may wrap}}
    %5 = arith.muli %k, %two : index
    // expected-remark@+1 {{may wrap}}
    %6 = arith.subi %k, %w : index
    // expected-remark@+1 {{always exact}}
    %7 = arith.subi %k, %i : index
  }
  return
}

// -----

// What front ends make of `//` and `%`, by any divisor and by a positive one, and of a negative index.
func.func @selections(%x: i64, %m: i64, %i: index, %n: index, %c: i1) {
  %zero = arith.constant 0 : i64
  %one = arith.constant 1 : i64
  %seven = arith.constant 7 : i64
  %none = arith.constant 0 : index
  %r = arith.remsi %x, %m : i64
  %q = arith.divsi %x, %m : i64
  %left = arith.cmpi ne, %r, %zero : i64
  %signs = arith.xori %r, %m : i64
  %differ = arith.cmpi slt, %signs, %zero : i64
  %wrong = arith.andi %left, %differ : i1
  %more = arith.addi %r, %m : i64
  %less = arith.subi %q, %one : i64
  // CHECK-DAG: [[#@LINE+1]]:{{[0-9]+}}: remark: remainder of a quotient rounded down
  %remainder = arith.select %wrong, %more, %r : i64
  // CHECK-DAG: [[#@LINE+1]]:{{[0-9]+}}: remark: quotient, rounded down
  %quotient = arith.select %wrong, %less, %q : i64
  %r7 = arith.remsi %x, %seven : i64
  %negative = arith.cmpi slt, %r7, %zero : i64
  %more7 = arith.addi %r7, %seven : i64
  // CHECK-DAG: [[#@LINE+1]]:{{[0-9]+}}: remark: remainder of a quotient rounded down
  %remainder7 = arith.select %negative, %more7, %r7 : i64
  // On another condition.
  // CHECK-DAG: [[#@LINE+1]]:{{[0-9]+}}: remark: a choice
  %other = arith.select %c, %less, %q : i64
  %below = arith.cmpi slt, %i, %none : index
  %from_end = arith.addi %i, %n : index
  // CHECK-DAG: [[#@LINE+1]]:{{[0-9]+}}: remark: wrap of a negative index
  %at = arith.select %below, %from_end, %i : index
  return
}
