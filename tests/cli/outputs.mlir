// Where things go: to files named after the source, to the name that is given, or to standard output.

// RUN: cp %s add.mlir
// RUN: %mlc compile add.mlir && test -x add.so
// RUN: %mlc compile add.mlir --emit asm,llvm-ir,own && test -s add.s && test -s add.ll && test -s add.own.mlir
// RUN: %mlc compile add.mlir --emit obj -o there.o && test -s there.o
// RUN: %mlc compile add.mlir --emit obj,asm -o both.o && test -s both.o && test -s both.s
// RUN: %mlc compile add.mlir --stop-after llvm -o - | %FileCheck %s --check-prefix=LLVM
// RUN: %mlc compile - --emit obj < add.mlir > %t.out 2>&1; test $? = 1
// RUN: %not %mlc compile add.mlir --emit own,par -o - 2>&1 | %FileCheck %s --check-prefix=SEVERAL
// RUN: %not %mlc compile add.mlir --emit own -o add.mlir 2>&1 | %FileCheck %s --check-prefix=SELF
// RUN: %mlc compile add.mlir --emit asm -o /dev/null && test -c /dev/null
// RUN: %not %mlc compile add.mlir --emit asm -o no/such/folder/x.s 2>&1 | %FileCheck %s --check-prefix=NOFOLDER
// RUN: %mlc compile add.mlir --save-temps -o temps.so && ls temps.own.mlir temps.par.mlir temps.llvm.mlir temps.ll temps.s temps.o
// RUN: %mlc compile add.mlir --print-ir-after-all --emit llvm -o /dev/null 2>&1 | %FileCheck %s --check-prefix=PRINT
// RUN: %mlc compile add.mlir --timing=json -o t.so 2>&1 | %python -c 'import json,sys; t=json.load(sys.stdin); assert t["seconds"] > 0 and any(p["part"] == "link" for p in t["parts"])'
// RUN: test -z "$(ls -A | grep '^\.mlc-')"

// LLVM: llvm.func @add(%arg0: i64, %arg1: i64) -> i64
// SEVERAL: error[usage]: several things cannot go to standard output
// SELF: error[usage]: `add.mlir` is the source; it would be overwritten
// NOFOLDER: error[usage]: `no/such/folder/x.s` cannot be written: No such file or directory
// PRINT: // ----- IR after verify-own ----- //
// PRINT: llvm.func @add

func.func @add(%a: i64, %b: i64) -> i64 {
  %c = arith.addi %a, %b : i64
  return %c : i64
}
