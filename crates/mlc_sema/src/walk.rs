//! Ways through the HIR that the passes of this crate and its consumers share.

use crate::hir::{Expr, ExprKind, Fill, Place, ProjectionKind, Root, Stmt, StmtKind, Subscript};

/// Calls `visit` for each block directly inside the statement.
pub fn blocks<'h>(stmt: &'h Stmt, visit: &mut (impl FnMut(&'h Vec<Stmt>) + ?Sized)) {
    match &stmt.kind {
        StmtKind::If { then, orelse, .. } => {
            visit(then);
            visit(orelse);
        }
        StmtKind::While { body, orelse, .. } | StmtKind::For { body, orelse, .. } => {
            visit(body);
            visit(orelse);
        }
        StmtKind::Drain { body, .. } => visit(body),
        StmtKind::ParFor(par) => visit(&par.body),
        StmtKind::Try {
            body,
            handlers,
            orelse,
            finally,
        } => {
            visit(body);
            handlers.iter().for_each(|handler| visit(&handler.body));
            visit(orelse);
            visit(finally);
        }
        _ => {}
    }
}

pub fn blocks_mut(stmt: &mut Stmt, visit: &mut (impl FnMut(&mut Vec<Stmt>) + ?Sized)) {
    match &mut stmt.kind {
        StmtKind::If { then, orelse, .. } => {
            visit(then);
            visit(orelse);
        }
        StmtKind::While { body, orelse, .. } | StmtKind::For { body, orelse, .. } => {
            visit(body);
            visit(orelse);
        }
        StmtKind::Drain { body, .. } => visit(body),
        StmtKind::ParFor(par) => visit(&mut par.body),
        StmtKind::Try {
            body,
            handlers,
            orelse,
            finally,
        } => {
            visit(body);
            handlers
                .iter_mut()
                .for_each(|handler| visit(&mut handler.body));
            visit(orelse);
            visit(finally);
        }
        _ => {}
    }
}

/// Something directly inside a statement, expression or place.
pub enum Part<'h> {
    Expr(&'h Expr),
    Place(&'h Place),
    Stmts(&'h Vec<Stmt>),
}

pub enum PartMut<'h> {
    Expr(&'h mut Expr),
    Place(&'h mut Place),
    Stmts(&'h mut Vec<Stmt>),
}

macro_rules! parts {
    ($stmt_parts:ident, $expr_parts:ident, $place_parts:ident, $part:ident, $blocks:ident, $iter:ident, [$($mutability:tt)?]) => {
        /// The expressions and places of a statement in the order of evaluation, without those of its blocks.
        pub fn $stmt_parts<'h>(stmt: &'h $($mutability)? Stmt, visit: &mut (impl FnMut($part<'h>) + ?Sized)) {
            match &$($mutability)? stmt.kind {
                StmtKind::Bind { value, .. } | StmtKind::Expr(value) | StmtKind::Return(Some(value)) => visit($part::Expr(value)),
                StmtKind::Reduce { value, .. } | StmtKind::Collect { value, .. } => visit($part::Expr(value)),
                StmtKind::Store { place, value, .. } => {
                    visit($part::Expr(value));
                    visit($part::Place(place));
                }
                StmtKind::Update { place, value, .. } | StmtKind::AtomicUpdate { place, value, .. } => {
                    visit($part::Place(place));
                    visit($part::Expr(value));
                }
                StmtKind::Swap { left, right } => {
                    visit($part::Place(left));
                    visit($part::Place(right));
                }
                StmtKind::If { condition, .. } | StmtKind::While { condition, .. } => visit($part::Expr(condition)),
                StmtKind::For { range, .. } => {
                    visit($part::Expr(&$($mutability)? range.start));
                    visit($part::Expr(&$($mutability)? range.stop));
                    if let Some(step) = &$($mutability)? range.step {
                        visit($part::Expr(step));
                    }
                }
                StmtKind::Iterate(place) => visit($part::Place(place)),
                StmtKind::Drain { list, .. } => visit($part::Expr(list)),
                StmtKind::ParFor(par) => {
                    let par = &$($mutability)? **par;
                    for axis in par.axes.$iter() {
                        visit($part::Expr(&$($mutability)? axis.range.start));
                        visit($part::Expr(&$($mutability)? axis.range.stop));
                        if let Some(step) = &$($mutability)? axis.range.step {
                            visit($part::Expr(step));
                        }
                    }
                    for collect in par.collects.$iter() {
                        visit($part::Place(&$($mutability)? collect.list));
                    }
                }
                StmtKind::Raise { message: Some(value), .. } | StmtKind::Reraise(Some(value)) => visit($part::Expr(value)),
                StmtKind::Check { condition, message, .. } => {
                    visit($part::Expr(condition));
                    if let Some(message) = message {
                        visit($part::Expr(message));
                    }
                }
                StmtKind::Drop(_)
                | StmtKind::Break
                | StmtKind::Continue
                | StmtKind::Return(None)
                | StmtKind::Raise { message: None, .. }
                | StmtKind::Reraise(None)
                | StmtKind::Try { .. } => {}
            }
        }

        /// What is directly inside an expression, in the order of evaluation.
        pub fn $expr_parts<'h>(expr: &'h $($mutability)? Expr, visit: &mut (impl FnMut($part<'h>) + ?Sized)) {
            match &$($mutability)? expr.kind {
                ExprKind::None
                | ExprKind::Bool(_)
                | ExprKind::Int(_)
                | ExprKind::Float(_)
                | ExprKind::Complex(..)
                | ExprKind::Str(_)
                | ExprKind::Nothing => {}
                ExprKind::Load(place)
                | ExprKind::Move(place)
                | ExprKind::Copy(place)
                | ExprKind::Share(place)
                | ExprKind::Borrow { place, .. } => {
                    visit($part::Place(place));
                }
                ExprKind::Len { place, .. } | ExprKind::IsSome(place) => visit($part::Place(place)),
                ExprKind::Cast(inner) | ExprKind::Some(inner) | ExprKind::Splat(inner) => visit($part::Expr(inner)),
                ExprKind::Unary { operand, .. } => visit($part::Expr(operand)),
                ExprKind::TupleItem { tuple, .. } => visit($part::Expr(tuple)),
                ExprKind::Binary { left, right, .. }
                | ExprKind::Compare { left, right, .. }
                | ExprKind::Logical { left, right, .. } => {
                    visit($part::Expr(left));
                    visit($part::Expr(right));
                }
                ExprKind::If { condition, then, orelse } => {
                    visit($part::Expr(condition));
                    visit($part::Expr(then));
                    visit($part::Expr(orelse));
                }
                ExprKind::Block { stmts, value } => {
                    visit($part::Stmts(stmts));
                    visit($part::Expr(value));
                }
                ExprKind::Call { args, .. } | ExprKind::Builtin { args, .. } => {
                    args.$iter().for_each(|arg| visit($part::Expr(arg)));
                }
                ExprKind::List(items) | ExprKind::Array { items, .. } | ExprKind::Tuple(items) => {
                    items.$iter().for_each(|item| visit($part::Expr(item)));
                }
                ExprKind::Struct { fields, .. } => fields.$iter().for_each(|field| visit($part::Expr(field))),
                ExprKind::ListFill { value, count } => {
                    visit($part::Expr(value));
                    visit($part::Expr(count));
                }
                ExprKind::ArrayFill { shape, fill } => {
                    shape.$iter().for_each(|extent| visit($part::Expr(extent)));
                    if let Fill::Value(value) = fill {
                        visit($part::Expr(value));
                    }
                }
                ExprKind::Map { inputs, body } => {
                    inputs.$iter().for_each(|input| visit($part::Expr(&$($mutability)? input.value)));
                    visit($part::Expr(body));
                }
            }
        }

        /// The expressions inside a place: its root and its indices.
        pub fn $place_parts<'h>(place: &'h $($mutability)? Place, visit: &mut (impl FnMut($part<'h>) + ?Sized)) {
            if let Root::Temporary(value) | Root::Borrowed(value) = &$($mutability)? place.root {
                visit($part::Expr(value));
            }
            for projection in place.projections.$iter() {
                match &$($mutability)? projection.kind {
                    ProjectionKind::Index { indices, .. } | ProjectionKind::Reshape(indices) => indices.$iter().for_each(|index| visit($part::Expr(index))),
                    ProjectionKind::Slice(subscripts) => {
                        for subscript in subscripts.$iter() {
                            match subscript {
                                Subscript::Index(index) => visit($part::Expr(index)),
                                Subscript::Range { start, stop, step, .. } => {
                                    for bound in [start, stop, step] {
                                        if let Some(bound) = bound {
                                            visit($part::Expr(bound));
                                        }
                                    }
                                }
                            }
                        }
                    }
                    ProjectionKind::Field(_)
                    | ProjectionKind::Item(_)
                    | ProjectionKind::Transpose(_)
                    | ProjectionKind::Unwrap { .. } => {}
                }
            }
        }
    };
}

parts!(stmt_parts, expr_parts, place_parts, Part, blocks, iter, []);
parts!(stmt_parts_mut, expr_parts_mut, place_parts_mut, PartMut, blocks_mut, iter_mut, [mut]);

/// What a walk over everything meets, outermost first.
pub trait Visitor {
    fn stmt(&mut self, _: &Stmt) {}
    fn expr(&mut self, _: &Expr) {}
    fn place(&mut self, _: &Place) {}
}

/// Everything in the statements, in the order of the text.
pub fn walk(stmts: &[Stmt], visitor: &mut (impl Visitor + ?Sized)) {
    for stmt in stmts {
        visitor.stmt(stmt);
        stmt_parts(stmt, &mut |part| walk_part(part, visitor));
        blocks(stmt, &mut |block| walk(block, visitor));
    }
}

pub fn walk_part(part: Part<'_>, visitor: &mut (impl Visitor + ?Sized)) {
    match part {
        Part::Expr(expr) => {
            visitor.expr(expr);
            expr_parts(expr, &mut |part| walk_part(part, visitor));
        }
        Part::Place(place) => {
            visitor.place(place);
            place_parts(place, &mut |part| walk_part(part, visitor));
        }
        Part::Stmts(stmts) => walk(stmts, visitor),
    }
}

/// As [`Visitor`], and may change what it meets; what is inside is visited after that.
pub trait Rewriter {
    fn stmts(&mut self, _: &mut Vec<Stmt>) {}
    fn stmt(&mut self, _: &mut Stmt) {}
    fn expr(&mut self, _: &mut Expr) {}
    fn place(&mut self, _: &mut Place) {}
}

pub fn rewrite(stmts: &mut Vec<Stmt>, rewriter: &mut (impl Rewriter + ?Sized)) {
    rewriter.stmts(stmts);
    for stmt in stmts {
        rewriter.stmt(stmt);
        stmt_parts_mut(stmt, &mut |part| rewrite_part(part, rewriter));
        blocks_mut(stmt, &mut |block| rewrite(block, rewriter));
    }
}

fn rewrite_part(part: PartMut<'_>, rewriter: &mut (impl Rewriter + ?Sized)) {
    match part {
        PartMut::Expr(expr) => {
            rewriter.expr(expr);
            expr_parts_mut(expr, &mut |part| rewrite_part(part, rewriter));
        }
        PartMut::Place(place) => {
            rewriter.place(place);
            place_parts_mut(place, &mut |part| rewrite_part(part, rewriter));
        }
        PartMut::Stmts(stmts) => rewrite(stmts, rewriter),
    }
}
