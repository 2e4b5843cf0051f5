// With `MLC_CHECK_LEAKS`, a program that ended normally says what it did not free, and its exit status is 23.

// RUN: %split-file %s %t
// RUN: MLC_CHECK_LEAKS=1 %mlc run %t/leak.mlir > %t/leak.out 2>&1; test $? = 23
// RUN: %FileCheck %s < %t/leak.out
// CHECK: leak: 40 bytes are still allocated at the end of the program
// RUN: %mlc compile --emit exe %t/leak.mlir -o %t/leak
// RUN: MLC_CHECK_LEAKS=1 %t/leak > %t/leak.out 2>&1; test $? = 23
// RUN: %FileCheck %s < %t/leak.out

// Nobody asked.
// RUN: MLC_CHECK_LEAKS=0 %t/leak && %t/leak

// Values at the top level are destroyed at the end, whatever holds them, and however a function was left.
// RUN: MLC_CHECK_LEAKS=1 %mlc run %t/clean.mlc > %t/clean.out 2>&1
// RUN: %FileCheck %s --check-prefix=CLEAN < %t/clean.out
// CLEAN: [1, 2, 3] {{[[][[]}}0], [0, 1{{[]][]]}} 2xyz Named(name='n2', items=[2]) [7]
// CLEAN-NEXT: index 5 is out of range for length 2

//--- leak.mlir
llvm.func @mlc_rt_alloc(i64) -> !llvm.ptr
llvm.func @main() {
  %bytes = llvm.mlir.constant(40 : i64) : i64
  %block = llvm.call @mlc_rt_alloc(%bytes) : (i64) -> !llvm.ptr
  llvm.return
}

//--- clean.mlc
struct Named:
    name: String
    items: [Int]

xs = [1, 2]
rows = [list(range(i + 1)) for i in range(2)]
text = str(len(xs)) + "xyz"
named = Named("n" + str(len(xs)), [2])
pair = (xs[0], [7])
maybe: [Int]? = None
maybe = [4]

fn grow():
    xs.append(3)

fn fails(at: Int) -> Int:
    t = [text, text + "!"]
    u = copy(rows)
    return len(t[at]) + len(u)

grow()
print(xs, rows, text, named, pair[1])
try:
    print(fails(5))
except IndexError as error:
    print(error)
