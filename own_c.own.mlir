module attributes {mlc.fma = true, mlc.vector_bits = 512 : i64} {
  func.func @make(%arg0: i64) -> (i32, !own.box<!own.list<f64>>) attributes {mlc.export, mlc.fp = "reassoc", mlc.raises} {
    %0 = own.new : <!own.list<f64>>
    %c0_i64 = arith.constant 0 : i64
    %c0 = arith.constant 0 : index
    %1 = arith.index_cast %arg0 : i64 to index
    %c1 = arith.constant 1 : index
    scf.for %arg1 = %c0 to %1 step %c1 {
      %3 = arith.index_cast %arg1 : index to i64
      %4 = arith.sitofp %3 : i64 to f64
      %5 = own.borrow_mut %0 : !own.box<!own.list<f64>> -> <!own.list<f64>>
      own.append %4 to %5 : f64, <!own.list<f64>>
    }
    %2 = own.move %0 : <!own.list<f64>>
    %c0_i32 = arith.constant 0 : i32
    return %c0_i32, %2 : i32, !own.box<!own.list<f64>>
  }
  func.func @rows(%arg0: i64) -> (i32, !own.box<!own.list<!own.list<f64>>>) attributes {mlc.export, mlc.fp = "reassoc", mlc.raises} {
    %0 = own.new : <!own.list<!own.list<f64>>>
    %c0_i64 = arith.constant 0 : i64
    %c0 = arith.constant 0 : index
    %1 = arith.index_cast %arg0 : i64 to index
    %c1 = arith.constant 1 : index
    scf.for %arg1 = %c0 to %1 step %c1 {
      %3 = arith.index_cast %arg1 : index to i64
      %4:2 = func.call @make(%3) : (i64) -> (i32, !own.box<!own.list<f64>>)
      own.propagate %4#0
      %5 = own.borrow_mut %0 : !own.box<!own.list<!own.list<f64>>> -> <!own.list<!own.list<f64>>>
      own.append %4#1 to %5 : !own.box<!own.list<f64>>, <!own.list<!own.list<f64>>>
    }
    %2 = own.move %0 : <!own.list<!own.list<f64>>>
    %c0_i32 = arith.constant 0 : i32
    return %c0_i32, %2 : i32, !own.box<!own.list<!own.list<f64>>>
  }
  func.func @find(%arg0: !own.box<!own.list<f64>>, %arg1: f64) -> (i32, !own.box<!own.list<f64>>) attributes {mlc.export, mlc.fp = "reassoc", mlc.raises} {
    %c0_i64 = arith.constant 0 : i64
    %0 = own.borrow %arg0 : !own.box<!own.list<f64>> -> <!own.list<f64>>
    %1 = own.len %0 : !own.ref<!own.list<f64>>
    %2 = arith.index_cast %1 : index to i64
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %c0_i32 = arith.constant 0 : i32
    %3 = own.new : <!own.list<f64>>
    %4:3 = scf.while (%arg2 = %c0, %arg3 = %3, %arg4 = %c0_i32) : (index, !own.box<!own.list<f64>>, i32) -> (index, !own.box<!own.list<f64>>, i32) {
      %8 = arith.cmpi slt, %arg2, %1 : index
      %c0_i32_3 = arith.constant 0 : i32
      %9 = arith.cmpi eq, %arg4, %c0_i32_3 : i32
      %10 = arith.andi %8, %9 : i1
      scf.condition(%10) %arg2, %arg3, %arg4 : index, !own.box<!own.list<f64>>, i32
    } do {
    ^bb0(%arg2: index, %arg3: !own.box<!own.list<f64>>, %arg4: i32):
      %8 = arith.index_cast %arg2 : index to i64
      %9 = own.borrow %arg0 : !own.box<!own.list<f64>> -> <!own.list<f64>>
      %10 = own.len %9 : !own.ref<!own.list<f64>>
      own.check_index %arg2<%10 given %arg2
      %11 = own.view %9 : !own.ref<!own.list<f64>> -> memref<?xf64>
      %12 = memref.load %11[%arg2] : memref<?xf64>
      %13 = arith.cmpf oeq, %12, %arg1 : f64
      %14:2 = scf.if %13 -> (!own.box<!own.list<f64>>, i32) {
        %16 = own.move %arg0 : <!own.list<f64>>
        %c3_i32 = arith.constant 3 : i32
        scf.yield %16, %c3_i32 : !own.box<!own.list<f64>>, i32
      } else {
        %c0_i32_3 = arith.constant 0 : i32
        scf.yield %arg3, %c0_i32_3 : !own.box<!own.list<f64>>, i32
      }
      %15 = arith.addi %arg2, %c1 : index
      scf.yield %15, %14#0, %14#1 : index, !own.box<!own.list<f64>>, i32
    }
    %c0_i32_0 = arith.constant 0 : i32
    %5 = arith.cmpi eq, %4#2, %c0_i32_0 : i32
    %c0_i32_1 = arith.constant 0 : i32
    %6 = arith.cmpi eq, %4#2, %c0_i32_1 : i32
    %7:2 = scf.if %6 -> (!own.box<!own.list<f64>>, i32) {
      %c1_i64 = arith.constant 1 : i64
      %8:2 = func.call @make(%c1_i64) : (i64) -> (i32, !own.box<!own.list<f64>>)
      own.propagate %8#0
      %c3_i32 = arith.constant 3 : i32
      scf.yield %8#1, %c3_i32 : !own.box<!own.list<f64>>, i32
    } else {
      scf.yield %4#1, %4#2 : !own.box<!own.list<f64>>, i32
    }
    %c0_i32_2 = arith.constant 0 : i32
    return %c0_i32_2, %7#0 : i32, !own.box<!own.list<f64>>
  }
  func.func @main() -> i32 attributes {mlc.export, mlc.fp = "reassoc", mlc.raises} {
    %c5_i64 = arith.constant 5 : i64
    %0:2 = call @rows(%c5_i64) : (i64) -> (i32, !own.box<!own.list<!own.list<f64>>>)
    own.propagate %0#0
    %cst = arith.constant 0.000000e+00 : f64
    %c0_i64 = arith.constant 0 : i64
    %1 = own.borrow %0#1 : !own.box<!own.list<!own.list<f64>>> -> <!own.list<!own.list<f64>>>
    %2 = own.len %1 : !own.ref<!own.list<!own.list<f64>>>
    %3 = arith.index_cast %2 : index to i64
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %4 = scf.for %arg0 = %c0 to %2 step %c1 iter_args(%arg1 = %cst) -> (f64) {
      %32 = arith.index_cast %arg0 : index to i64
      %33 = own.borrow %0#1 : !own.box<!own.list<!own.list<f64>>> -> <!own.list<!own.list<f64>>>
      %34 = own.elem %33[%arg0] : !own.ref<!own.list<!own.list<f64>>> -> !own.ref<!own.list<f64>>
      %c0_i64_9 = arith.constant 0 : i64
      %35 = own.len %34 : !own.ref<!own.list<f64>>
      %36 = arith.index_cast %35 : index to i64
      %c0_10 = arith.constant 0 : index
      %c1_11 = arith.constant 1 : index
      %37 = scf.for %arg2 = %c0_10 to %35 step %c1_11 iter_args(%arg3 = %arg1) -> (f64) {
        %38 = arith.index_cast %arg2 : index to i64
        %39 = own.view %34 : !own.ref<!own.list<f64>> -> memref<?xf64>
        %40 = memref.load %39[%arg2] : memref<?xf64>
        %41 = arith.addf %arg3, %40 fastmath<contract> : f64
        scf.yield %41 : f64
      }
      scf.yield %37 : f64
    }
    call @mlc_rt_print_f64(%4) : (f64) -> ()
    call @mlc_rt_print_newline() : () -> ()
    %c10_i64 = arith.constant 10 : i64
    %5:2 = call @make(%c10_i64) : (i64) -> (i32, !own.box<!own.list<f64>>)
    own.propagate %5#0
    %cst_0 = arith.constant 3.000000e+00 : f64
    %6:2 = call @find(%5#1, %cst_0) : (!own.box<!own.list<f64>>, f64) -> (i32, !own.box<!own.list<f64>>)
    own.propagate %6#0
    %7 = own.borrow %6#1 : !own.box<!own.list<f64>> -> <!own.list<f64>>
    %8 = own.len %7 : !own.ref<!own.list<f64>>
    %9 = arith.index_cast %8 : index to i64
    call @mlc_rt_print_i64(%9) : (i64) -> ()
    call @mlc_rt_print_newline() : () -> ()
    %c10_i64_1 = arith.constant 10 : i64
    %10:2 = call @make(%c10_i64_1) : (i64) -> (i32, !own.box<!own.list<f64>>)
    own.propagate %10#0
    %cst_2 = arith.constant 3.000000e+01 : f64
    %11:2 = call @find(%10#1, %cst_2) : (!own.box<!own.list<f64>>, f64) -> (i32, !own.box<!own.list<f64>>)
    own.propagate %11#0
    %12 = own.borrow %11#1 : !own.box<!own.list<f64>> -> <!own.list<f64>>
    %13 = own.len %12 : !own.ref<!own.list<f64>>
    %14 = arith.index_cast %13 : index to i64
    call @mlc_rt_print_i64(%14) : (i64) -> ()
    call @mlc_rt_print_newline() : () -> ()
    %15 = own.borrow %0#1 : !own.box<!own.list<!own.list<f64>>> -> <!own.list<!own.list<f64>>>
    %16 = own.copy %15 : !own.ref<!own.list<!own.list<f64>>> -> <!own.list<!own.list<f64>>>
    %c3_i64 = arith.constant 3 : i64
    %17:2 = call @make(%c3_i64) : (i64) -> (i32, !own.box<!own.list<f64>>)
    own.propagate %17#0
    %18 = own.borrow_mut %16 : !own.box<!own.list<!own.list<f64>>> -> <!own.list<!own.list<f64>>>
    %c0_i64_3 = arith.constant 0 : i64
    %c0_4 = arith.constant 0 : index
    %19 = own.len %18 : !own.mut<!own.list<!own.list<f64>>>
    own.check_index %c0_4<%19 given %c0_4
    %20 = own.elem %18[%c0_4] : !own.mut<!own.list<!own.list<f64>>> -> !own.mut<!own.list<f64>>
    own.put %17#1, %20 : <!own.list<f64>>, <!own.list<f64>>
    %21 = own.borrow %16 : !own.box<!own.list<!own.list<f64>>> -> <!own.list<!own.list<f64>>>
    %c0_i64_5 = arith.constant 0 : i64
    %c0_6 = arith.constant 0 : index
    %22 = own.len %21 : !own.ref<!own.list<!own.list<f64>>>
    own.check_index %c0_6<%22 given %c0_6
    %23 = own.elem %21[%c0_6] : !own.ref<!own.list<!own.list<f64>>> -> !own.ref<!own.list<f64>>
    %24 = own.len %23 : !own.ref<!own.list<f64>>
    %25 = arith.index_cast %24 : index to i64
    call @mlc_rt_print_i64(%25) : (i64) -> ()
    call @mlc_rt_print_newline() : () -> ()
    %26 = own.borrow %16 : !own.box<!own.list<!own.list<f64>>> -> <!own.list<!own.list<f64>>>
    %c7_i64 = arith.constant 7 : i64
    %c7 = arith.constant 7 : index
    %27 = own.len %26 : !own.ref<!own.list<!own.list<f64>>>
    own.check_index %c7<%27 given %c7
    %28 = own.elem %26[%c7] : !own.ref<!own.list<!own.list<f64>>> -> !own.ref<!own.list<f64>>
    %c0_i64_7 = arith.constant 0 : i64
    %c0_8 = arith.constant 0 : index
    %29 = own.len %28 : !own.ref<!own.list<f64>>
    own.check_index %c0_8<%29 given %c0_8
    %30 = own.view %28 : !own.ref<!own.list<f64>> -> memref<?xf64>
    %31 = memref.load %30[%c0_8] : memref<?xf64>
    call @mlc_rt_print_f64(%31) : (f64) -> ()
    call @mlc_rt_print_newline() : () -> ()
    %c0_i32 = arith.constant 0 : i32
    return %c0_i32 : i32
  }
  func.func private @mlc_rt_print_f64(f64)
  func.func private @mlc_rt_print_newline()
  func.func private @mlc_rt_print_i64(i64)
}
