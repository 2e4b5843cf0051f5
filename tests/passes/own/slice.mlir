// RUN: %mlc opt %s --own-check | FileCheck %s
// RUN: %mlc opt %s --own-check --convert-own | FileCheck %s --check-prefix=MEMORY

!row = memref<?xf32>
!rows = memref<?x4xf32>
func.func private @add(!own.mut<!row>, !own.ref<memref<4xf32>>)

// Two rows at different indices are apart. The memory under the headers is somebody else's: nobody allocated it.
// CHECK-LABEL: func.func @rows
// CHECK: own.slice %{{.*}}[%{{.*}}] in(%{{.*}}, %{{.*}}) extents(%{{.*}})
// CHECK: own.slice %{{.*}}[%{{.*}}] extents()
// MEMORY-LABEL: func.func @rows
// MEMORY: llvm.alloca
// MEMORY: llvm.mlir.zero
// MEMORY: llvm.insertvalue {{.*}}[0]
func.func @rows(%m: !own.mut<!rows>, %n: index) {
  %zero = arith.constant 0 : index
  %one = arith.constant 1 : index
  %first = own.slice %m[%zero] in (%one, %n) extents(%n) : !own.mut<!rows> -> !own.mut<!row>
  %second = own.slice %m[%one] extents() : !own.mut<!rows> -> !own.ref<memref<4xf32>>
  call @add(%first, %second) : (!own.mut<!row>, !own.ref<memref<4xf32>>) -> ()
  return
}

// What comes back of a part is the memref.
// CHECK-LABEL: func.func @tail
func.func @tail(%a: !own.ref<!row>, %n: index) -> !row {
  %one = arith.constant 1 : index
  %part = own.slice %a in (%one, %n) extents(%n) : !own.ref<!row> -> !own.ref<!row>
  %view = own.view %part : !own.ref<!row> -> !row
  return %view : !row
}

// CHECK-LABEL: func.func @caller
// CHECK: own.header
func.func @caller(%a: !own.ref<!row>, %n: index) -> index {
  %view = call @tail(%a, %n) : (!own.ref<!row>, index) -> !row
  %part = own.header %view : !row -> !own.ref<!row>
  %length = own.len %part : !own.ref<!row>
  return %length : index
}
