//! Codes of ownership: moves and borrows.

use super::Explanation;

pub(super) const PAGES: &[Explanation] = &[
    Explanation {
        code: "use-after-move",
        title: "a value is used after it was moved",
        meaning: "A value that owns memory has one owner. Assigning it to another name, storing it, returning
it or passing it to an `owned` parameter moves it; the old name is then empty. Use the new
owner, or copy the value where it is moved.",
        wrong: "fn total() -> Int:\n    a = [1, 2, 3]\n    b = a\n    return len(a) + len(b)\n",
        mend: "fn total() -> Int:\n    a = [1, 2, 3]\n    b = copy(a)\n    return len(a) + len(b)\n",
    },
    Explanation {
        code: "move-while-borrowed",
        title: "a value is moved while a borrow of it is still used",
        meaning: "A name for a part of a value (`row = m[i]`) borrows it. Until the last use of that name the
whole must stay where it is. Move it later, or copy the part.",
        wrong: "fn take(owned m: [[Int]]) -> Int:\n    return len(m)\n\nfn f(owned m: [[Int]]) -> Int:\n    row = m[0]\n    n = take(m^)\n    return n + len(row)\n",
        mend: "fn take(owned m: [[Int]]) -> Int:\n    return len(m)\n\nfn f(owned m: [[Int]]) -> Int:\n    row = copy(m[0])\n    n = take(m^)\n    return n + len(row)\n",
    },
    Explanation {
        code: "borrow-conflict",
        title: "a value is read or written while it is borrowed exclusively",
        meaning: "While an `inout` borrow is live, nothing else may read or write the same value. Passing one
variable twice where one of the parameters is `inout`, and growing a list while iterating over
it, are such conflicts. Pass a copy, or finish one use before the other.",
        wrong: "fn add(x: [Int], inout y: [Int]):\n    y[0] += x[0]\n\nfn f(inout a: [Int]):\n    add(a, a)\n",
        mend: "fn add(x: [Int], inout y: [Int]):\n    y[0] += x[0]\n\nfn f(inout a: [Int]):\n    add(copy(a), a)\n",
    },
    Explanation {
        code: "move-out-of-borrow",
        title: "a part of a borrowed value is moved out of it",
        meaning: "What a borrow leads to belongs to somebody else. Storing or returning it would leave two
owners. Copy it, or make the parameter `owned`.",
        wrong: "fn first(m: [[Int]], inout out_rows: [[Int]]):\n    out_rows.append(m[0])\n",
        mend: "fn first(m: [[Int]], inout out_rows: [[Int]]):\n    out_rows.append(copy(m[0]))\n",
    },
    Explanation {
        code: "shared-items",
        title: "an item is changed that two lists would share in Python",
        meaning: "In Python `a[:]`, `sorted(a)`, `list(a)`, `a + b`, `a * n` and `b.extend(a)` make lists that
hold the very items of `a`: where those are lists, arrays or structs, a change through one list is
seen through the other. Here every item has one owner, so such lists hold copies. Where nobody
could tell, that is fine; changing an item of one list and then using the other is an error. Say
`copy(…)` for items of their own, or change the items before the lists part.",
        wrong: "fn f():\n    a = [[1, 2], [3, 4]]\n    b = a[:]\n    b[0][0] = 9\n    print(a, b)\n",
        mend: "fn f():\n    a = [[1, 2], [3, 4]]\n    b = copy(a)\n    b[0][0] = 9\n    print(a, b)\n",
    },
    Explanation {
        code: "write-through-shared-borrow",
        title: "a value is changed that may only be read",
        meaning: "A parameter declared `borrowed` (or `read`) can be read only. Declare it `inout`, or change a
copy.",
        wrong: "fn clear(borrowed a: [Int]):\n    a[0] = 0\n",
        mend: "fn clear(inout a: [Int]):\n    a[0] = 0\n",
    },
    Explanation {
        code: "return-of-local-borrow",
        title: "a borrow is returned of a value that dies with the function",
        meaning: "A function may return a borrow of a part of one of its parameters. A part of a local value is
gone when the function ends: return a copy of it.",
        wrong: "fn row(n: Int) -> [Int]:\n    m = [[n], [n]]\n    r = m[0]\n    return r\n",
        mend: "fn row(n: Int) -> [Int]:\n    m = [[n], [n]]\n    r = copy(m[0])\n    return r\n",
    },
    Explanation {
        code: "view-with-gaps",
        title: "a view whose elements lie apart is returned",
        meaning: "A function may return a slice of an array that it was given, as long as the elements lie one after
another: rows, `a[i:j]`, another shape. Columns and slices with a step have gaps: return a copy.",
        wrong: "fn odd(a: [f64; _]):\n    return a[1::2]\n",
        mend: "fn odd(a: [f64; _]):\n    return copy(a[1::2])\n",
    },
    Explanation {
        code: "partly-moved",
        title: "a struct is used as a whole after a field was moved out of it",
        meaning: "Moving out of a field leaves the rest of the struct in place, but the whole can no longer be
passed, stored or compared. Copy the field, or use the other fields one by one.",
        wrong: "struct Pair:\n    a: [Int]\n    b: [Int]\n\nfn show(p: Pair) -> Int:\n    return len(p.a) + len(p.b)\n\nfn f(owned p: Pair) -> Int:\n    a = p.a^\n    return len(a) + show(p)\n",
        mend: "struct Pair:\n    a: [Int]\n    b: [Int]\n\nfn show(p: Pair) -> Int:\n    return len(p.a) + len(p.b)\n\nfn f(owned p: Pair) -> Int:\n    a = copy(p.a)\n    return len(a) + show(p)\n",
    },
    Explanation {
        code: "not-copyable",
        title: "a value with a destructor is copied",
        meaning: "A struct with a `__del__` stands for something that ends once: a file, a lock, a handle. A copy
would end it twice. Move the value, borrow it, or write a method that makes another one.",
        wrong: "struct File:\n    handle: Int\n\n    fn __del__(owned self):\n        print('close', self.handle)\n\nfn f(a: File) -> File:\n    return copy(a)\n",
        mend: "struct File:\n    handle: Int\n\n    fn __del__(owned self):\n        print('close', self.handle)\n\nfn f(owned a: File) -> File:\n    return a\n",
    },
    Explanation {
        code: "move-out-of-destructor",
        title: "a field is moved out of a struct that has a `__del__`",
        meaning: "The destructor runs on the whole struct, so none of its fields may be missing. Copy the field,
exchange it with another value, or take the struct apart in a method with `deinit self`, after
which its `__del__` is not called.",
        wrong: "struct Log:\n    lines: [Int]\n\n    fn __del__(owned self):\n        print(len(self.lines))\n\nfn lines(owned log: Log) -> [Int]:\n    return log.lines\n",
        mend: "struct Log:\n    lines: [Int]\n\n    fn take(deinit self) -> [Int]:\n        return self.lines\n\n    fn __del__(owned self):\n        print(len(self.lines))\n\nfn lines(owned log: Log) -> [Int]:\n    return log.take()\n",
    },
    Explanation {
        code: "use-before-assignment",
        title: "a name is read where nothing was assigned to it",
        meaning: "No path to this place assigns to the name. Assign to it first. Where only some paths do, the
program is accepted and the read is checked when it runs. A function inside another one can be used
behind the functions that it uses; a default value is computed where its function is defined.",
        wrong: "fn f() -> Int:\n    y = x + 1\n    x = 2\n    return y\n",
        mend: "fn f() -> Int:\n    x = 2\n    y = x + 1\n    return y\n",
    },
    Explanation {
        code: "destroyed",
        title: "a value is destroyed here",
        meaning: "What `mlc check --explain-drops` says of a value after whose last use nothing needs it: its memory
is given back at once, on every path, not at the end of the function.",
        wrong: "",
        mend: "",
    },
    Explanation {
        code: "moved",
        title: "a value goes to another owner here",
        meaning: "What `mlc check --explain-drops` says of a value that is stored, returned or handed over: it is not
destroyed here, but where its new owner ends.",
        wrong: "",
        mend: "",
    },
    Explanation {
        code: "reused",
        title: "the memory of a value is used again here",
        meaning: "What `mlc check --explain-drops` says of a value that ends where one of the same size begins: the
new one takes its memory over, and nothing is allocated.",
        wrong: "",
        mend: "",
    },
];
