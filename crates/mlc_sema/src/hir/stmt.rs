//! Statements.

use mlc_diagnostics::Span;

use super::{BinaryOp, ErrorKind, Expr, LocalId, Place};

#[derive(Clone, Debug)]
pub struct Stmt {
    pub kind: StmtKind,
    pub span: Span,
}

/// `start`, `stop`, `step` of `Int`, evaluated once, in this order, before the loop. `step` is absent for 1; a step of
/// zero raises `ValueError`.
#[derive(Clone, Debug)]
pub struct Range {
    pub start: Expr,
    pub stop: Expr,
    pub step: Option<Expr>,
}

#[derive(Clone, Debug)]
pub enum StmtKind {
    /// Binds a local, for the first time or again. `Owner`: the local takes the value; what it owned before ends. `Ref` and
    /// `Mut`: the value is a `Borrow` (or a call that yields one), and the local is that borrow from now on.
    Bind {
        local: LocalId,
        value: Expr,
    },
    /// Writes through a place: an element, a field, a slice (element by element, the lengths must agree: `ValueError`, but a slice of a
    /// list without step takes any length), a global, the whole of a `Mut` local. The value is evaluated before the place. An owning value
    /// replaced is destroyed. Where the value is a borrow of an array or list, elements are copied, as if it were read first.
    ///
    /// `updates`: for `place op= value` that is no single operation. The value is the new one, which reads the old one through the same
    /// place; what has the place as its part is found first, the subscripts are simple.
    Store {
        place: Place,
        value: Expr,
        updates: bool,
    },
    /// `place op= value` for a place that is not a plain local: the place is evaluated once, first, and read; then the value is evaluated,
    /// then written. On slices and arrays element by element; the value is then a scalar or a borrow of a list or array.
    Update {
        place: Place,
        op: BinaryOp,
        value: Expr,
    },
    /// `atomic place op= value`, in a `ParFor`: indivisible, in no fixed order. `op` is one of `Add Sub Mul And Or Xor Min Max`.
    AtomicUpdate {
        place: Place,
        op: BinaryOp,
        value: Expr,
    },
    /// Exchanges the contents of two places of one type (`m[i], m[j] = m[j], m[i]`).
    Swap {
        left: Place,
        right: Place,
    },
    /// Evaluates for the effect; an owning result is destroyed.
    Expr(Expr),
    /// `del x`: destroys what the local owns.
    Drop(LocalId),
    If {
        condition: Expr,
        then: Vec<Stmt>,
        orelse: Vec<Stmt>,
    },
    /// `orelse` runs when the condition was false, not after a `break`.
    While {
        condition: Expr,
        body: Vec<Stmt>,
        orelse: Vec<Stmt>,
    },
    /// Counts `index` through the range. The body never assigns `index`, and nothing reads it after the loop (a `Bind` in the body
    /// makes the copy where a program does). `orelse` runs when the range was exhausted.
    For {
        index: LocalId,
        range: Box<Range>,
        body: Vec<Stmt>,
        orelse: Vec<Stmt>,
    },
    /// Just before a [`StmtKind::For`]: the loop visits the elements of this list or array, which nothing moves, replaces or resizes
    /// until it ends.
    Iterate(Place),
    /// `for x in list^`: consumes the list and binds each item, owned, in turn.
    Drain {
        item: LocalId,
        list: Expr,
        body: Vec<Stmt>,
    },
    ParFor(Box<ParFor>),
    /// In the body of a `ParFor`, anywhere: combines `value` into the reduction of that number. To be treated as an update of an
    /// accumulator that is private to the iteration and starts at the identity of the operator.
    Reduce {
        reduction: u32,
        value: Expr,
    },
    /// In the body of a `ParFor`, once, directly in its statement list: appends the value to the collect of that number.
    Collect {
        collect: u32,
        value: Expr,
    },
    /// Leaves the innermost loop. Never leaves a `ParFor`.
    Break,
    /// In the statement list of a `ParFor`: ends the iteration.
    Continue,
    /// The value is absent for a result of `None`. Never inside a `ParFor`.
    Return(Option<Expr>),
    /// Raises an error of the kind; the message is a `Str`, and says more as [`mlc_exceptions::Told`] has it.
    Raise {
        error: ErrorKind,
        message: Option<Expr>,
    },
    /// Raises a caught exception again (an expression of type `Exception`), or, absent, the one that is being handled.
    Reraise(Option<Expr>),
    /// If the `Bool` is false, raises. What `assert` and checks that the desugaring needs become.
    Check {
        condition: Expr,
        error: ErrorKind,
        message: Option<Expr>,
    },
    /// Python's `try`. `orelse` runs if the body raised nothing; `finally` on every way out.
    Try {
        body: Vec<Stmt>,
        handlers: Vec<Handler>,
        orelse: Vec<Stmt>,
        finally: Vec<Stmt>,
    },
}

impl StmtKind {
    /// `place = value`
    pub fn store(place: Place, value: Expr) -> Self {
        StmtKind::Store {
            place,
            value,
            updates: false,
        }
    }
}

#[derive(Clone, Debug)]
pub struct Handler {
    /// What is caught: an error of one of these kinds or of one derived from it. Empty: everything.
    pub kinds: Vec<ErrorKind>,
    /// The local, of type `Exception`, that the error is bound to.
    pub name: Option<LocalId>,
    pub body: Vec<Stmt>,
    pub span: Span,
}

/// A `parallel for`. Iterations are claimed, not yet proved, to be independent.
///
/// The iteration space is the product of the `axes`, the last the fastest. What the loop iterates over besides ranges has been
/// rewritten: for `parallel for row in batch` there is one axis over `0..len(batch)` and the body starts by binding `row`, a
/// `Ref` or `Mut` local, to a borrow of `batch[$i]` that is not checked.
///
/// Inside the body, a write to a local that is declared outside is either in `privates` or a race, which the race check
/// reports; reductions and collects never appear as plain writes.
#[derive(Clone, Debug)]
pub struct ParFor {
    pub axes: Vec<Axis>,
    pub reductions: Vec<Reduction>,
    pub collects: Vec<CollectInto>,
    /// Locals that every iteration sets before it reads them and that nothing reads after the loop.
    pub privates: Vec<LocalId>,
    pub body: Vec<Stmt>,
}

#[derive(Clone, Debug)]
pub struct Axis {
    /// Never assigned in the body.
    pub index: LocalId,
    pub range: Range,
}

/// After the loop, `place = place op (contributions of all iterations in the fixed tree)`.
#[derive(Clone, Debug)]
pub struct Reduction {
    /// A local of the enclosing function (or an `inout` parameter of scalar type).
    pub local: LocalId,
    /// `Add Mul Min Max And Or Xor`; `s -= e` arrives as `Add` of the negated value. `and`, `or` are `And`, `Or` on `Bool`.
    pub op: BinaryOp,
    pub span: Span,
}

/// After the loop the list has grown by one item per iteration, in order.
#[derive(Clone, Debug)]
pub struct CollectInto {
    /// A place that holds a list and is not otherwise used in the loop.
    pub list: Place,
    pub span: Span,
}
