//! Iteration by `__next__`: items are asked for one by one until `StopIteration`.

use mlc_diagnostics::Span;
use mlc_syntax::ast;

use super::Source;
use crate::call::Given;
use crate::coerce::Val;
use crate::diag;
use crate::func::FnCx;
use crate::hir::{
    BinaryOp, CompareOp, Expr, ExprKind, LocalId, Place, ProjectionKind, Range, Stmt, StmtKind, Ty,
    TyKind,
};

/// What gives the items of a loop.
pub(crate) struct Asked {
    /// The item that was asked for last, as an optional.
    next: LocalId,
    /// The item itself.
    item: LocalId,
    /// Asks for another one.
    ask: Expr,
}

/// How a loop goes on to the next position.
pub(crate) enum Steps {
    Range(Range),
    /// Each round asks, and is the last one where there is no item.
    Asked {
        ask: Vec<Stmt>,
        found: Expr,
    },
}

fn bind(local: LocalId, value: Expr) -> Stmt {
    let span = value.span;
    let kind = StmtKind::Bind { local, value };
    Stmt { kind, span }
}

impl<'a> FnCx<'_, 'a> {
    /// The items of a struct with `__iter__`, or `None` where those are what something else iterates over.
    pub(super) fn iterator(&mut self, place: Place, span: Span) -> Result<Source<'a>, Val> {
        let place = match self.returns_self(place.ty) {
            // The iterator is the very struct.
            true => {
                let value = self.read(place);
                let place = self.held(value, span);
                let restart = self.lend_to("restart", place.clone(), span);
                self.emit(StmtKind::Expr(restart.expr), span);
                place
            }
            false => {
                let receiver = self.read(place);
                let found = self.dunder_value("__iter__", &receiver.into(), span);
                let found = found.unwrap_or_else(|| Val::error(span));
                if !self.has_method(found.expr.ty, "__next__") {
                    // Not by an `__iter__` once more, which may give the same again.
                    if self.has_method(found.expr.ty, "__iter__") {
                        let name = self.ty_name(found.expr.ty);
                        let help = format!("`__iter__` gives a `{name}`, which has no `__next__`");
                        self.report(diag::not_iterable(span, &name).help(help));
                        return Ok(Source::Failed);
                    }
                    return Err(found);
                }
                self.held(found.expr, span)
            }
        };
        let ask = self.lend_to("next_of", place, span);
        let ty = self.cx.resolve(ask.expr.ty);
        let TyKind::Optional(elem) = *self.cx.types.kind(ty) else {
            return Ok(Source::Failed);
        };
        let (next, item) = (self.temp("next", ty, span), self.temp("item", elem, span));
        let ask = ask.expr;
        Ok(Source::Asked(Asked { next, item, ask }))
    }

    /// A call of a function of the library that changes a struct.
    fn lend_to(&mut self, function: &str, place: Place, span: Span) -> Val {
        let borrow = Expr {
            ty: place.ty,
            kind: ExprKind::Borrow {
                place,
                mutable: true,
            },
            span,
        };
        let args = vec![Given::Value(Box::new(borrow.into()))];
        self.call_library(function, args, span)
    }

    /// Whether a struct's `__iter__` gives the struct itself, which has `__next__`.
    fn returns_self(&self, ty: Ty) -> bool {
        fn returned<'s>(body: &'s [ast::Stmt], found: &mut dyn FnMut(Option<&'s ast::Expr>)) {
            for stmt in body {
                if let ast::StmtKind::Return(value) = &stmt.kind {
                    found(value.as_ref());
                }
                if !matches!(stmt.kind, ast::StmtKind::Function(_)) {
                    crate::names::each_block(stmt, &mut |block| returned(block, found));
                }
            }
        }
        let method = self.cx.struct_of(ty).and_then(|id| {
            let name = mlc_syntax::Name::new("__iter__");
            self.cx.method(id, name)
        });
        let Some(function) = method.map(|method| self.cx.decl(method).ast) else {
            return false;
        };
        let Some(receiver) = function.params.first().map(|param| param.name.name) else {
            return false;
        };
        let mut all = self.has_method(ty, "__next__");
        returned(&function.body, &mut |value| {
            let is_self = |value: &ast::Expr| matches!(value.kind, ast::ExprKind::Name(name) if name == receiver);
            all &= value.is_some_and(is_self);
        });
        all
    }

    /// How a loop over the source goes on, and whether `index`, which counts the positions, is the element itself.
    pub fn steps(&mut self, source: &mut Source<'a>, index: LocalId, span: Span) -> (Steps, bool) {
        if !is_asked(source) {
            let (range, direct) = self.loop_range(source, span);
            return (Steps::Range(range), direct);
        }
        self.settle_source(source);
        let before = self.int(-1, span);
        self.out.push(bind(index, before));
        let (position, one) = (self.load_local(index, span), self.int(1, span));
        let position = self.int_binary(BinaryOp::Add, position, one, span);
        let mut ask = vec![bind(index, position)];
        let found = match source {
            Source::Asked(asked) => self.ask(asked, &mut ask),
            _ => {
                let going = self.temp("going", Ty::BOOL, span);
                self.ask_each(source, (index, going), &mut ask, span);
                self.load_local(going, span)
            }
        };
        (Steps::Asked { ask, found }, false)
    }

    /// Asks for an item; the other way round whether there is one.
    fn ask(&mut self, asked: &Asked, stmts: &mut Vec<Stmt>) -> Expr {
        let span = asked.ask.span;
        stmts.push(bind(asked.next, asked.ask.clone()));
        Expr {
            kind: ExprKind::IsSome(Box::new(self.local_place(asked.next, span))),
            ty: Ty::BOOL,
            span,
        }
    }

    /// Asks all that gives items, in order, until one has none: what comes after it is not asked, as with Python's `zip`.
    fn ask_each(
        &mut self,
        source: &Source<'a>,
        (index, going): (LocalId, LocalId),
        stmts: &mut Vec<Stmt>,
        span: Span,
    ) {
        match source {
            Source::Enumerate { inner, .. } | Source::Generator { inner, .. } => {
                self.ask_each(inner, (index, going), stmts, span);
            }
            Source::Zip(sources) => {
                let mut after: Vec<Stmt> = Vec::new();
                for source in sources.iter().rev() {
                    let mut round = Vec::new();
                    self.ask_each(source, (index, going), &mut round, span);
                    if !after.is_empty() {
                        let condition = self.load_local(going, span);
                        let kind = StmtKind::If {
                            condition,
                            then: after,
                            orelse: Vec::new(),
                        };
                        round.push(Stmt { kind, span });
                    }
                    after = round;
                }
                stmts.extend(after);
            }
            Source::Asked(asked) => {
                let found = self.ask(asked, stmts);
                stmts.push(bind(going, found));
            }
            Source::Columns(columns) => {
                // A row may grow or shrink in the loop.
                let count = self.columns_in(columns, span);
                let position = self.load_local(index, span);
                let found = self.compare_ints(CompareOp::Lt, position, count, span);
                stmts.push(bind(going, found));
            }
            _ => {
                let count = self.count(source, span);
                let count = self.keep(count);
                let position = self.load_local(index, span);
                let found = self.compare_ints(CompareOp::Lt, position, count, span);
                stmts.push(bind(going, found));
            }
        }
    }

    /// The loop itself.
    pub fn emit_loop(
        &mut self,
        source: &Source<'a>,
        index: LocalId,
        steps: Steps,
        body: Vec<Stmt>,
        orelse: Vec<Stmt>,
        span: Span,
    ) {
        self.check_rebound(source, &body);
        let kind = match steps {
            Steps::Range(range) => {
                self.emit_iterated(source, span);
                StmtKind::For {
                    index,
                    range: Box::new(range),
                    body,
                    orelse,
                }
            }
            Steps::Asked { ask, found } => {
                let more = self.temp("more", Ty::BOOL, span);
                let set = |truth| {
                    let value = Val::strong(ExprKind::Bool(truth), Ty::BOOL, span).expr;
                    let kind = StmtKind::Bind { local: more, value };
                    Stmt { kind, span }
                };
                self.out.push(set(true));
                let round = StmtKind::If {
                    condition: found,
                    then: body,
                    orelse: vec![set(false)],
                };
                let mut body = ask;
                body.push(Stmt { kind: round, span });
                StmtKind::While {
                    condition: self.load_local(more, span),
                    body,
                    orelse,
                }
            }
        };
        self.emit(kind, span);
    }

    /// The item that was asked for, as a value of the loop's own.
    pub(super) fn asked_item(&mut self, asked: &Asked, span: Span) -> Val {
        let ty = self.local(asked.item).ty;
        let place = self.local_place(asked.next, span);
        let place = self.project(place, ProjectionKind::Unwrap { checked: false }, ty, span);
        let value = self.read(place);
        let local = asked.item;
        self.emit(StmtKind::Bind { local, value }, span);
        self.read_local(local, span).into()
    }

    /// A source that gives the element at any position, or one that has been reported.
    pub fn at_positions(&mut self, source: Source<'a>, what: &str, span: Span) -> Source<'a> {
        if !is_asked(&source) {
            return source;
        }
        let of = match source {
            Source::Columns(_) => "`zip(*…)`",
            _ => "what has `__next__`",
        };
        let feature = format!("`{what}` of {of}");
        let help = "make a list of it: `list(…)`";
        self.report(crate::diag::not_yet(span, &feature).help(help));
        Source::Failed
    }
}

/// Whether any items are asked for one by one.
fn is_asked(source: &Source<'_>) -> bool {
    match source {
        Source::Asked(_) | Source::Columns(_) => true,
        Source::Enumerate { inner, .. } | Source::Generator { inner, .. } => is_asked(inner),
        Source::Zip(sources) => sources.iter().any(is_asked),
        _ => false,
    }
}
