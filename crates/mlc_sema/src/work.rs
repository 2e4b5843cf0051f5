//! How long a call may take, as far as the program's text shows: hosts that hold a lock while a short call runs ask for it.
//!
//! It is a bound on the number of steps. A loop counts if it runs over what a parameter holds; any other loop, recursion,
//! and whatever takes time by the size of something that is no parameter makes it unknown.

use rustc_hash::FxHashSet;

use crate::hir::{
    BinaryOp, Builtin, Expr, ExprKind, FuncId, Function, LocalId, Place, Program, ProjectionKind,
    Range, Root, Stmt, StmtKind, Ty,
};
use crate::python_use::PythonUse;
use crate::walk::{Part, blocks, expr_parts, place_parts, stmt_parts};

/// A loop of a constant number of rounds is no loop up to this many.
const FEW_ROUNDS: i128 = 16;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Work {
    /// No loop and no recursion.
    Constant,
    /// At most the number of elements that the parameters hold, to this power.
    Elements(u32),
    /// However much it is, the lock is held: objects of Python are used.
    Python,
    Unknown,
}

/// The bounds of one program's functions, found on demand.
pub struct WorkOf<'p> {
    program: &'p Program,
    python: PythonUse,
    /// `None` while a function is looked at, which is how recursion shows.
    known: Vec<Option<Option<u32>>>,
    seen: Vec<bool>,
}

impl<'p> WorkOf<'p> {
    pub fn new(program: &'p Program) -> WorkOf<'p> {
        let count = program.functions.len();
        WorkOf {
            program,
            python: PythonUse::of(&program.functions, &program.structs, &program.types),
            known: vec![None; count],
            seen: vec![false; count],
        }
    }

    pub fn function(&mut self, id: FuncId) -> Work {
        if self.python.uses(id) {
            return Work::Python;
        }
        match self.power(id) {
            Some(0) => Work::Constant,
            Some(power) => Work::Elements(power),
            None => Work::Unknown,
        }
    }

    /// The power of the number of elements that bounds the steps.
    fn power(&mut self, id: FuncId) -> Option<u32> {
        let position = id.0 as usize;
        if let Some(known) = self.known[position] {
            return known;
        }
        if std::mem::replace(&mut self.seen[position], true) {
            return None;
        }
        let program = self.program;
        let function = &program.functions[position];
        let mut body = Body {
            lent: lent(function),
            lengths: FxHashSet::default(),
            of: self,
        };
        body.lengths = body.length_locals(function);
        let found = body.block(&function.body);
        self.known[position] = Some(found);
        found
    }
}

struct Body<'w, 'p> {
    of: &'w mut WorkOf<'p>,
    /// Locals that stand for parameters of containers, or for parts of them, on every path.
    lent: FxHashSet<LocalId>,
    /// Locals whose every value is at most the number of elements.
    lengths: FxHashSet<LocalId>,
}

impl Body<'_, '_> {
    fn block(&mut self, stmts: &[Stmt]) -> Option<u32> {
        stmts
            .iter()
            .try_fold(0, |most, stmt| Some(most.max(self.stmt(stmt)?)))
    }

    fn stmt(&mut self, stmt: &Stmt) -> Option<u32> {
        let mut most = Some(0);
        stmt_parts(stmt, &mut |part| most = larger(most, self.part(part)));
        let rounds = match &stmt.kind {
            StmtKind::While { .. } | StmtKind::Drain { .. } | StmtKind::ParFor(_) => return None,
            StmtKind::For { range, .. } => self.rounds(range)?,
            // Of elements, if it is of an array or list.
            StmtKind::Update { place, .. } if !self.is_small(place.ty) => 1,
            StmtKind::Store { place, value, .. } if !self.is_small(place.ty) => match &value.kind {
                ExprKind::Borrow { .. } => 1,
                _ => 0,
            },
            _ => 0,
        };
        let mut inner = Some(0);
        blocks(stmt, &mut |block| inner = larger(inner, self.block(block)));
        larger(most, inner.map(|inner| inner + rounds))
    }

    fn part(&mut self, part: Part<'_>) -> Option<u32> {
        match part {
            Part::Expr(expr) => self.expr(expr),
            Part::Stmts(stmts) => self.block(stmts),
            Part::Place(place) => {
                let mut most = Some(0);
                place_parts(place, &mut |part| most = larger(most, self.part(part)));
                most
            }
        }
    }

    fn expr(&mut self, expr: &Expr) -> Option<u32> {
        let mut most = Some(0);
        expr_parts(expr, &mut |part| most = larger(most, self.part(part)));
        let own = match &expr.kind {
            ExprKind::Call { callee, args } => match self.of.power(*callee)? {
                0 => 0,
                power if args.iter().all(|arg| self.is_bounded(arg)) => power,
                _ => return None,
            },
            ExprKind::Builtin { op, args } => match op {
                Builtin::Math(_)
                | Builtin::Gcd
                | Builtin::ComplexNew
                | Builtin::ComplexReal
                | Builtin::ComplexImag
                | Builtin::RoundDigits
                | Builtin::PopCount
                | Builtin::ListAppend => 0,
                Builtin::Sum
                | Builtin::Prod
                | Builtin::ReduceMin
                | Builtin::ReduceMax
                | Builtin::ArgMin
                | Builtin::ArgMax
                | Builtin::Any
                | Builtin::All
                | Builtin::Mean
                | Builtin::Std
                    if args.iter().all(|arg| self.is_bounded(arg)) =>
                {
                    1
                }
                _ => return None,
            },
            ExprKind::Map { .. }
            | ExprKind::ListFill { .. }
            | ExprKind::ArrayFill { .. }
            | ExprKind::Str(_) => return None,
            ExprKind::Copy(place) | ExprKind::Share(place) if !self.is_small(place.ty) => {
                return None;
            }
            ExprKind::Compare { left, .. } if !self.is_small(left.ty) => return None,
            ExprKind::Binary { left, .. } if !self.is_small(left.ty) => return None,
            _ => 0,
        };
        larger(most, Some(own))
    }

    /// The power that a loop over the range adds.
    fn rounds(&self, range: &Range) -> Option<u32> {
        match (&range.start.kind, &range.stop.kind) {
            (ExprKind::Int(start), ExprKind::Int(stop)) if (stop - start).abs() <= FEW_ROUNDS => {
                Some(0)
            }
            _ => (self.is_length(&range.start) && self.is_length(&range.stop)).then_some(1),
        }
    }

    /// Whether the value is at most a small multiple of the number of elements.
    fn is_length(&self, expr: &Expr) -> bool {
        match &expr.kind {
            ExprKind::Int(value) => value.abs() <= FEW_ROUNDS,
            ExprKind::Len { place, .. } => self.is_lent(place),
            ExprKind::Load(place) => match place.root {
                Root::Local(local) => place.projections.is_empty() && self.lengths.contains(&local),
                _ => false,
            },
            ExprKind::Binary {
                op: BinaryOp::Add | BinaryOp::Sub | BinaryOp::FloorDiv,
                left,
                right,
            } => self.is_length(left) && self.is_length(right),
            _ => false,
        }
    }

    /// Locals all of whose values are lengths; those of a loop are counters, which are, too, where the loop is bounded.
    fn length_locals(&self, function: &Function) -> FxHashSet<LocalId> {
        let found = Assigned::of(function);
        let mut lengths: FxHashSet<LocalId> = FxHashSet::default();
        for (local, value) in &found.values {
            if self.is_length(value) {
                lengths.insert(*local);
            }
        }
        for (local, value) in &found.values {
            if !self.is_length(value) {
                lengths.remove(local);
            }
        }
        for local in &found.changed {
            lengths.remove(local);
        }
        for param in &function.params {
            lengths.remove(&param.local);
        }
        lengths
    }

    fn is_lent(&self, place: &Place) -> bool {
        matches!(place.root, Root::Local(local) if self.lent.contains(&local))
    }

    /// Whether an argument holds no more elements than the parameters of this function.
    fn is_bounded(&self, arg: &Expr) -> bool {
        match &arg.kind {
            ExprKind::Borrow { place, .. } => self.is_lent(place),
            _ => self.is_small(arg.ty),
        }
    }

    /// Whether values of the type have a size that the type tells.
    fn is_small(&self, ty: Ty) -> bool {
        ty == Ty::NONE || self.of.program.types.is_scalar(ty)
    }
}

/// Parameters that hold elements of others, and names for parts of them.
fn lent(function: &Function) -> FxHashSet<LocalId> {
    let assigned = Assigned::of(function);
    let params = function.params.iter().map(|param| param.local);
    let mut lent: FxHashSet<LocalId> = params.collect();
    let is_part = |value: &Expr, lent: &FxHashSet<LocalId>| match &value.kind {
        ExprKind::Borrow { place, .. } => {
            matches!(place.root, Root::Local(local) if lent.contains(&local))
        }
        _ => false,
    };
    for (local, value) in &assigned.values {
        if is_part(value, &lent) {
            lent.insert(*local);
        }
    }
    // What is anything else on some path is none; names for its parts then are none, either.
    loop {
        let other = assigned
            .values
            .iter()
            .find(|(local, value)| lent.contains(local) && !is_part(value, &lent));
        let Some((local, _)) = other else { break };
        lent.remove(local);
    }
    for local in &assigned.changed {
        lent.remove(local);
    }
    lent
}

/// What the locals of a function become.
#[derive(Default)]
struct Assigned<'h> {
    values: Vec<(LocalId, &'h Expr)>,
    /// Locals that become something else than the value of an expression, or may grow.
    changed: Vec<LocalId>,
}

impl<'h> Assigned<'h> {
    fn of(function: &'h Function) -> Assigned<'h> {
        let mut found = Assigned::default();
        found.block(&function.body);
        found
    }

    fn block(&mut self, stmts: &'h [Stmt]) {
        for stmt in stmts {
            match &stmt.kind {
                StmtKind::Bind { local, value } => self.values.push((*local, value)),
                StmtKind::Store { place, .. }
                | StmtKind::Update { place, .. }
                | StmtKind::Swap { left: place, .. } => self.change(place),
                _ => {}
            }
            stmt_parts(stmt, &mut |part| self.part(part));
            blocks(stmt, &mut |block| self.block(block));
        }
    }

    fn part(&mut self, part: Part<'h>) {
        match part {
            Part::Stmts(stmts) => self.block(stmts),
            Part::Place(place) => place_parts(place, &mut |part| self.part(part)),
            Part::Expr(expr) => {
                if let ExprKind::Borrow {
                    place,
                    mutable: true,
                } = &expr.kind
                {
                    self.change(place);
                }
                expr_parts(expr, &mut |part| self.part(part));
            }
        }
    }

    /// The whole of a local, or a list in it, may become another. What is written to its elements changes no length.
    fn change(&mut self, place: &Place) {
        let grows = place.projections.iter().all(|step| {
            matches!(
                step.kind,
                ProjectionKind::Field(_) | ProjectionKind::Item(_)
            )
        });
        if let (Root::Local(local), true) = (&place.root, grows) {
            self.changed.push(*local);
        }
    }
}

/// The larger of two powers, if both are known.
fn larger(one: Option<u32>, other: Option<u32>) -> Option<u32> {
    Some(one?.max(other?))
}
