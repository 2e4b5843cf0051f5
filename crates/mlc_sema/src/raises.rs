//! Which functions may raise: what their bodies do themselves, and what they call, as a fixpoint through recursion. A function that
//! calls itself, also through others, raises where the stack ends.

use crate::hir::{
    BinaryOp, Builtin, Expr, ExprKind, Function, Place, ProjectionKind, PythonOp, Range, Stmt,
    StmtKind, Subscript, Ty, TyKind, TypeTable,
};
use crate::options::Options;
use crate::walk::{Visitor, walk};
use petgraph::{algo::kosaraju_scc, graph::DiGraph};

/// What a body says of that by itself.
pub(crate) struct OfBody {
    raises: bool,
    unchecked: bool,
    calls: Vec<usize>,
}

pub(crate) fn of_body(function: &Function, types: &TypeTable, options: &Options) -> OfBody {
    let mut facts = Facts::new(types, options);
    facts.unchecked |= function.attributes.unchecked;
    facts.raises = function.raises;
    walk(&function.body, &mut facts);
    OfBody {
        raises: facts.raises,
        unchecked: facts.unchecked,
        calls: facts.calls,
    }
}

/// `bodies` are in the order of the functions.
pub(crate) fn infer(functions: &mut [Function], mut bodies: Vec<OfBody>) {
    for position in recursive(&bodies) {
        bodies[position].raises |= !bodies[position].unchecked;
    }
    let mut callers: Vec<Vec<usize>> = vec![Vec::new(); functions.len()];
    let mut work: Vec<usize> = Vec::new();
    for (position, body) in bodies.into_iter().enumerate() {
        for callee in body.calls {
            callers[callee].push(position);
        }
        functions[position].raises = body.raises;
        if body.raises {
            work.push(position);
        }
    }
    while let Some(position) = work.pop() {
        for &caller in &callers[position] {
            if !functions[caller].raises {
                functions[caller].raises = true;
                work.push(caller);
            }
        }
    }
}

/// The functions that lie on a cycle of calls.
fn recursive(bodies: &[OfBody]) -> Vec<usize> {
    let calls = (bodies.iter().enumerate())
        .flat_map(|(caller, body)| body.calls.iter().map(move |callee| (caller, *callee)));
    let graph = DiGraph::<(), (), usize>::from_edges(calls);
    kosaraju_scc(&graph)
        .into_iter()
        .filter(|cycle| cycle.len() > 1 || graph.contains_edge(cycle[0], cycle[0]))
        .flatten()
        .map(|function| function.index())
        .collect()
}

/// What is found of raises and calls in a walk.
pub(crate) struct Facts<'t> {
    types: &'t TypeTable,
    unchecked: bool,
    overflow: bool,
    raises: bool,
    calls: Vec<usize>,
}

impl<'t> Facts<'t> {
    pub(crate) fn new(types: &'t TypeTable, options: &Options) -> Self {
        Facts {
            types,
            unchecked: options.unchecked,
            overflow: options.overflow,
            raises: false,
            calls: Vec::new(),
        }
    }

    pub(crate) fn raises_or_calls(&self) -> bool {
        self.raises || !self.calls.is_empty()
    }

    /// Something that a run-time check guards, which `unchecked` removes.
    fn check(&mut self) {
        self.raises |= !self.unchecked;
    }

    /// Arithmetic of numbers of a type, or of elements of one.
    fn arithmetic(&mut self, ty: Ty) {
        let elem = match self.types.kind(ty) {
            TyKind::Simd { elem, .. } | TyKind::Array { elem, .. } | TyKind::List(elem) => *elem,
            _ => ty,
        };
        if self.overflow && self.types.is_int(elem) {
            self.check();
        }
    }

    fn range(&mut self, range: &Range) {
        if let Some(step) = &range.step
            && !matches!(step.kind, ExprKind::Int(step) if step != 0)
        {
            self.raises = true;
        }
    }

    /// The type of what an operation computes with, lane by lane.
    fn lane_type(&self, ty: Ty) -> Ty {
        match *self.types.kind(ty) {
            TyKind::Simd { elem, .. } => elem,
            _ => ty,
        }
    }

    fn binary(&mut self, op: BinaryOp, left: &Expr, right: &Expr) {
        let (left_ty, right_ty) = (self.lane_type(left.ty), self.lane_type(right.ty));
        if !self.types.is_int(left_ty) {
            return;
        }
        self.arithmetic(left.ty);
        let constant = match right.kind {
            ExprKind::Int(value) => Some(value),
            _ => None,
        };
        match op {
            BinaryOp::Div | BinaryOp::FloorDiv | BinaryOp::Mod
                if constant.is_none_or(|value| value == 0) =>
            {
                self.check()
            }
            BinaryOp::Pow | BinaryOp::Shl | BinaryOp::Shr
                if self.types.is_signed(right_ty) && constant.is_none_or(|value| value < 0) =>
            {
                self.raises = true;
            }
            _ => {}
        }
    }
}

/// Whether statements write to elements of something.
fn writes_elements(stmts: &[Stmt]) -> bool {
    struct Writes(bool);
    impl Writes {
        fn look(&mut self, place: &Place) {
            self.0 |= (place.projections.iter()).any(|step| {
                matches!(
                    step.kind,
                    ProjectionKind::Index { .. } | ProjectionKind::Slice(_)
                )
            });
        }
    }
    impl Visitor for Writes {
        fn stmt(&mut self, stmt: &Stmt) {
            match &stmt.kind {
                StmtKind::Store { place, .. } | StmtKind::Update { place, .. } => self.look(place),
                _ => {}
            }
        }

        fn expr(&mut self, expr: &Expr) {
            if let ExprKind::Borrow {
                place,
                mutable: true,
            } = &expr.kind
            {
                self.look(place);
            }
        }
    }
    let mut writes = Writes(false);
    walk(stmts, &mut writes);
    writes.0
}

impl Visitor for Facts<'_> {
    fn stmt(&mut self, stmt: &Stmt) {
        match &stmt.kind {
            StmtKind::Raise { .. } | StmtKind::Reraise(_) | StmtKind::Check { .. } => {
                self.raises = true
            }
            StmtKind::Reduce { value, .. } => self.arithmetic(value.ty),
            StmtKind::For { range, .. } => self.range(range),
            StmtKind::ParFor(par) => {
                par.axes.iter().for_each(|axis| self.range(&axis.range));
                // The list grows.
                self.raises |= !par.collects.is_empty();
                // Where only the run knows whether iterations meet, a check in front of the loop raises.
                self.raises |= writes_elements(&par.body);
            }
            StmtKind::Store { place, value, .. } => {
                let slice = place
                    .projections
                    .last()
                    .is_some_and(|last| matches!(last.kind, ProjectionKind::Slice(_)));
                let array = matches!(self.types.kind(place.ty), crate::hir::TyKind::Array { .. });
                if (slice || array) && !self.types.is_scalar(value.ty) {
                    self.raises = true;
                }
            }
            StmtKind::Update { place, op, value } | StmtKind::AtomicUpdate { place, op, value } => {
                if self.types.is_int(place.ty) {
                    let left = Expr {
                        kind: ExprKind::None,
                        ty: place.ty,
                        span: place.span,
                    };
                    self.binary(*op, &left, value);
                } else if !self.types.is_number(place.ty) {
                    self.raises = true;
                }
            }
            _ => {}
        }
    }

    fn expr(&mut self, expr: &Expr) {
        match &expr.kind {
            ExprKind::Call { callee, .. } => self.calls.push(callee.0 as usize),
            ExprKind::Binary { op, left, right } => {
                self.arithmetic(expr.ty);
                self.binary(*op, left, right)
            }
            ExprKind::Unary { .. } => self.arithmetic(expr.ty),
            ExprKind::Cast(inner)
                if self.types.is_float(inner.ty) && self.types.is_int(expr.ty) =>
            {
                self.check()
            }
            ExprKind::Copy(_)
            | ExprKind::Share(_)
            | ExprKind::ListFill { .. }
            | ExprKind::ArrayFill { .. }
            | ExprKind::Map { .. } => {
                self.raises = true;
            }
            ExprKind::List(items) => self.raises |= !items.is_empty(),
            ExprKind::Array { .. } => self.raises |= self.types.is_owning(expr.ty),
            // What gives an array needs memory.
            ExprKind::Builtin { op, .. } => {
                self.arithmetic(expr.ty);
                self.raises |= may_raise(*op) || self.types.is_owning(expr.ty)
            }
            _ => {}
        }
    }

    fn place(&mut self, place: &Place) {
        for projection in &place.projections {
            match &projection.kind {
                // A part of a string is a string of its own.
                ProjectionKind::Index { .. } | ProjectionKind::Slice(_)
                    if projection.ty == Ty::STR =>
                {
                    self.raises = true;
                }
                ProjectionKind::Index { checked: true, .. }
                | ProjectionKind::Unwrap { checked: true } => self.check(),
                ProjectionKind::Reshape(_) => self.raises = true,
                ProjectionKind::Slice(subscripts) => {
                    for subscript in subscripts {
                        match subscript {
                            Subscript::Index(_) => self.check(),
                            Subscript::Range {
                                step: Some(step), ..
                            } if !matches!(step.kind, ExprKind::Int(step) if step != 0) => {
                                self.raises = true;
                            }
                            Subscript::Range { .. } => {}
                        }
                    }
                }
                _ => {}
            }
        }
    }
}

/// Whether a built-in operation may raise; what allocates may.
fn may_raise(op: Builtin) -> bool {
    !matches!(
        op,
        Builtin::Math(_)
            | Builtin::Gcd
            | Builtin::ComplexNew
            | Builtin::ComplexReal
            | Builtin::ComplexImag
            | Builtin::PopCount
            | Builtin::SimdNew
            | Builtin::SimdSelect
            | Builtin::RoundDigits
            | Builtin::RoundInt
            | Builtin::Arm
            | Builtin::ListClear
            | Builtin::ListReverse
            | Builtin::Contains
            | Builtin::CountOf
            | Builtin::Sum
            | Builtin::Prod
            | Builtin::Any
            | Builtin::All
            | Builtin::Mean
            | Builtin::Std
            | Builtin::ArrayFillWith
            | Builtin::StrContains
            | Builtin::StrFind
            | Builtin::StrStartsWith
            | Builtin::StrEndsWith
            | Builtin::Print
            | Builtin::Prefetch
            | Builtin::Python(PythonOp::Is | PythonOp::IsEnd)
    )
}
