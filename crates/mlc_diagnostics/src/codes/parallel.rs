//! Codes of parallel loops.

use super::Explanation;

pub(super) const PAGES: &[Explanation] = &[
    Explanation {
        code: "race",
        title: "two iterations of a parallel loop can touch the same place",
        meaning: "Iterations run in any order and at once, so that none may write what another reads or
writes. Write to places that belong to the iteration (`a[i]`), combine with a reduction
(`total += x`), append once to a list, or say `atomic` where the order does not matter. The
message shows both accesses.",
        wrong: "fn shift(inout a: [f64]):\n    parallel for i in range(1, len(a)):\n        a[i] = a[i - 1]\n",
        mend: "fn shift(inout a: [f64]):\n    b = copy(a)\n    parallel for i in range(1, len(a)):\n        a[i] = b[i - 1]\n",
    },
    Explanation {
        code: "parallel-exit",
        title: "a statement would leave a parallel loop early",
        meaning: "`break`, `return` and `else` depend on the order of iterations, which a parallel loop does not
have. Use `continue` to end one iteration, or a serial `for`.",
        wrong: "fn f(inout a: [f64]):\n    parallel for i in range(len(a)):\n        if a[i] < 0.0:\n            break\n        a[i] = 0.0\n",
        mend: "fn f(inout a: [f64]):\n    parallel for i in range(len(a)):\n        if a[i] < 0.0:\n            continue\n        a[i] = 0.0\n",
    },
    Explanation {
        code: "bad-atomic",
        title: "`atomic` stands before an update that cannot be atomic",
        meaning: "`atomic` takes `+= -= *= &= |= ^=` on an element of an array or list of numbers, and
`a[k] = min(a[k], e)` or `max`, inside a parallel loop.",
        wrong: "fn f(inout a: [f64]):\n    parallel for i in range(len(a)):\n        atomic a[0] /= 2.0\n",
        mend: "fn f(inout a: [f64]):\n    parallel for i in range(len(a)):\n        atomic a[0] *= 0.5\n",
    },
];
