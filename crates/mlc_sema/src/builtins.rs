//! Built-in functions and conversions.

mod conversion;
mod number;
mod order;
mod prefetch;
mod reduce;

use mlc_diagnostics::Span;
use mlc_syntax::Name;
use mlc_syntax::ast::{Arg, ArgKind, Expr as AstExpr, ExprKind as Ast};

use crate::call::Given;
use crate::coerce::{Val, Weak, constant_for, into_place};
use crate::diag;
use crate::expr::{Operand, with_stmts};
use crate::func::FnCx;
use crate::hir::{
    Builtin, Dim, ErrorKind, Expr, ExprKind, ProjectionKind, Stmt, StmtKind, Subscript, Ty, TyKind,
    is_quiet,
};
use crate::want::Want;

impl<'a> FnCx<'_, 'a> {
    pub fn call_builtin_operand(
        &mut self,
        name: Name,
        at: Span,
        args: &'a [Arg],
        want: Want,
        span: Span,
    ) -> Operand {
        Operand::Value(self.call_builtin(name, at, args, want, span))
    }

    /// A call of a built-in function; `at` is where its name stands.
    pub fn call_builtin(
        &mut self,
        name: Name,
        at: Span,
        args: &'a [Arg],
        want: Want,
        span: Span,
    ) -> Val {
        let reported = self.cx.diagnostics.len();
        match self.builtin_by_name(name, args, want, span) {
            Some(value) => value,
            // An argument may be wrong that was reported before.
            None if self.cx.diagnostics.len() > reported
                || crate::names::is_builtin(name.as_str()) =>
            {
                Val::error(span)
            }
            None if is_for_later(name) => {
                self.report(diag::not_yet(at, &format!("`{name}`")));
                self.poisoned_call(args, span)
            }
            None if crate::hir::ErrorKind::from_name(name.as_str()).is_some() => {
                self.report(diag::not_yet(at, "an exception as a value"));
                self.poisoned_call(args, span)
            }
            None => {
                let diagnostic = match self.member_of_self(name, at) {
                    Some(diagnostic) => diagnostic,
                    None => diag::unknown_name(at, name.as_str(), self.visible_names()),
                };
                self.report(diagnostic);
                self.poisoned_call(args, span)
            }
        }
    }

    /// `None` if there is no such function, or it was called wrongly and that has been reported at `span`.
    fn builtin_by_name(
        &mut self,
        name: Name,
        args: &'a [Arg],
        want: Want,
        span: Span,
    ) -> Option<Val> {
        let text = name.as_str();
        if let Some(value) = self.python_builtin(name, args, span) {
            return Some(value);
        }
        match text {
            "print" => return Some(self.print(args, span)),
            "len" => {
                if let [arg] = args
                    && let Some(pack) = self.pack(&arg.value)
                {
                    let len = pack.items.len() as i128;
                    return Some(Val::int(len, span));
                }
                let value = self.one_argument(text, args, span)?;
                return Some(self.len(value, span));
            }
            "abs" => {
                let values = self.positional(text, args, 1..=1, span)?;
                let value = values.into_iter().next()?;
                if let Some(value) = self.dunder_value("__abs__", &value, span) {
                    return Some(value);
                }
                if let Some(value) = self.array_abs(&value, span) {
                    return Some(value);
                }
                return Some(self.absolute(value, span));
            }
            "min" | "max" => return self.min_or_max(text, args, span),
            "sum" => return Some(self.reduction(Builtin::Sum, text, args, span)),
            "any" => return Some(self.reduction(Builtin::Any, text, args, span)),
            "all" => return Some(self.reduction(Builtin::All, text, args, span)),
            "round" => return self.round(args, want.ty(), span),
            "divmod" => {
                let values = self.positional(text, args, 2..=2, span)?;
                return Some(self.divmod(values, span));
            }
            "copy" => {
                let values = self.positional(text, args, 1..=1, span)?;
                let value = values.into_iter().next()?;
                // The library gives what Python gives: the value itself.
                let in_library = self.cx.library_id == Some(self.module);
                return Some(match in_library {
                    true => self.share(value),
                    false => self.copy_of(value),
                });
            }
            "pow" => return self.power(args, span),
            "ord" | "chr" => {
                let values = self.positional(text, args, 1..=1, span)?;
                let value = values.into_iter().next()?;
                let (op, from, to) = if text == "ord" {
                    (Builtin::Ord, Ty::STR, Ty::INT)
                } else {
                    (Builtin::Chr, Ty::INT, Ty::STR)
                };
                let value = self.as_index(value);
                let value = self.coerce(value, from);
                return Some(self.builtin(op, vec![value], to, span));
            }
            "repr" => {
                let value = self.one_argument(text, args, span)?;
                let value = self.settle(value);
                return Some(self.repr_of(value, span));
            }
            "hex" | "bin" | "oct" => {
                let values = self.positional(text, args, 1..=1, span)?;
                let value = self.as_index(values.into_iter().next()?);
                let value = self.coerce(value, Ty::INT);
                let spec = match text {
                    "hex" => "#x",
                    "bin" => "#b",
                    _ => "#o",
                };
                let spec = self.str(spec, span);
                return Some(self.builtin(Builtin::Format, vec![value, spec], Ty::STR, span));
            }
            "sorted" => return Some(self.sorted(args, span)),
            "list" => return Some(self.list_of(args, want.ty(), span)),
            "range" => return Some(self.range_value(args, span)),
            "random" => {
                let seed = self
                    .positional(text, args, 1..=1, span)?
                    .into_iter()
                    .next()?;
                let seed = self.coerce(seed, Ty::INT);
                let seed = Given::Value(Box::new(seed.into()));
                return Some(self.call_library("random_of", vec![seed], span));
            }
            "prefetch" => return Some(self.prefetch(args, span)),
            "zip" | "enumerate" | "reversed" | "map" | "filter" => {
                let diagnostic = diag::not_yet(span, &format!("storing what `{text}` gives"));
                self.report(diagnostic.help(format!("make a list of it: `list({text}(…))`")));
                return Some(Val::error(span));
            }
            "format" => {
                let mut values = self.positional(text, args, 1..=2, span)?.into_iter();
                let value = values.next()?;
                let value = self.settle(value);
                return Some(match values.next() {
                    Some(spec) => self.formatted(value, spec, span),
                    None if self.has_method(value.ty, "__format__") => {
                        let spec = self.str("", span);
                        self.formatted(value, spec.into(), span)
                    }
                    None => self.str_of(value, span),
                });
            }
            "isinstance" => return Some(self.is_instance(args, span)),
            "tuple" => return Some(self.tuple_from(args, span)),
            _ => {}
        }
        let before = self.out.len();
        if let Some(mut value) = self.array_builder(text, args, want, span) {
            // What may be seen has its turn behind the operands in front.
            if !self.out[before..].iter().all(binds_quietly) {
                value.expr = with_stmts(self.out.split_off(before), value.expr);
            }
            return Some(value);
        }
        self.math_by_name(text, args, want.ty(), span)
    }

    /// The arguments by position, and those of the keywords that a built-in function has.
    pub(crate) fn split_arguments<const N: usize>(
        &mut self,
        name: &str,
        args: &'a [Arg],
        keywords: [&str; N],
    ) -> Option<(Vec<&'a AstExpr>, [Option<&'a AstExpr>; N])> {
        let mut values = Vec::with_capacity(args.len());
        let mut named = [None; N];
        for arg in args {
            let place = match &arg.kind {
                ArgKind::Positional => {
                    values.push(&arg.value);
                    continue;
                }
                ArgKind::Keyword(keyword) => keywords
                    .iter()
                    .position(|known| keyword.name == *known)
                    .ok_or((keyword.span, keyword.name.as_str()))
                    .map(|at| (at, keyword.span)),
                ArgKind::Star | ArgKind::DoubleStar => Err((arg.value.span, "*")),
            };
            match place {
                Ok((at, span)) if named[at].is_some() => {
                    let message = format!("`{name}` gets `{}` twice", keywords[at]);
                    self.report(diag::wrong_arguments(span, message));
                    return None;
                }
                Ok((at, _)) => named[at] = Some(&arg.value),
                Err((at, "*")) => {
                    self.report(diag::not_yet(
                        at,
                        "unpacking arguments of a built-in function",
                    ));
                    return None;
                }
                Err((at, found)) => {
                    let message = format!("`{name}` has no parameter `{found}`");
                    self.report(diag::wrong_arguments(at, message));
                    return None;
                }
            }
        }
        Some((values, named))
    }

    fn one_argument(&mut self, name: &str, args: &'a [Arg], span: Span) -> Option<Val> {
        self.positional(name, args, 1..=1, span)?.into_iter().next()
    }

    fn len(&mut self, value: Val, span: Span) -> Val {
        let ty = self.cx.resolve(value.expr.ty);
        match self.cx.types.kind(ty).clone() {
            TyKind::List(_) | TyKind::Str => {
                let place = into_place(value.expr.keeping_branches());
                self.len_of(place, 0, span).into()
            }
            TyKind::Array { dims, .. } => match dims[0] {
                Dim::Static(extent) => {
                    let len = Val::strong(ExprKind::Int(i128::from(extent)), Ty::INT, span);
                    known_len(len, value.expr)
                }
                Dim::Dynamic => {
                    let place = into_place(value.expr);
                    self.len_of(place, 0, span).into()
                }
            },
            TyKind::Tuple(items) => known_len(Val::int(items.len() as i128, span), value.expr),
            TyKind::Simd { lanes, .. } => known_len(Val::int(i128::from(lanes), span), value.expr),
            TyKind::Error => Val::error(span),
            TyKind::PythonObject => self.python_len(value.expr, span),
            TyKind::Optional(inner) => {
                let value = self.unwrap(value.expr, inner, true);
                self.len(value.into(), span)
            }
            _ => {
                if let Some(value) = self.dunder_value("__len__", &value, span) {
                    return value;
                }
                let name = self.ty_name(ty);
                self.report(diag::bad_operand(span, "len", &name));
                Val::error(span)
            }
        }
    }

    /// `copy(x)`: deep.
    pub fn copy_of(&mut self, value: Val) -> Val {
        let (ty, span) = (value.expr.ty, value.expr.span);
        if !self.cx.types.is_owning(ty) {
            // An array that is small enough to be copied by itself is so where it is bound.
            if !matches!(self.cx.types.kind(ty), TyKind::Array { .. }) {
                return value;
            }
            let (place, stmts) = self.place_to_read(value.expr, span);
            let copy = self.read(place);
            return crate::expr::with_stmts(stmts, copy).into();
        }
        // The value of a call may turn out to be lent, and what others make may have parts that Python shares; the copy of any
        // other temporary goes again.
        let place = crate::coerce::into_place(value.expr);
        Val::strong(ExprKind::Copy(place), ty, span)
    }

    /// The value of a place once more, for one who keeps it: in Python it is then at both places.
    pub fn share(&mut self, value: Val) -> Val {
        let (ty, span) = (value.expr.ty, value.expr.span);
        match value.expr.kind {
            ExprKind::Move(place) if self.cx.types.is_owning(ty) => {
                Val::strong(ExprKind::Share(place), ty, span)
            }
            kind => Val {
                expr: crate::hir::Expr { kind, ..value.expr },
                ..value
            },
        }
    }

    /// A new list of the items of another one, as `xs[:]` makes it.
    pub fn share_items(&mut self, list: Val) -> Val {
        let (ty, span) = (list.expr.ty, list.expr.span);
        let place = crate::coerce::into_place(list.expr);
        if !self.cx.types.has_owning_parts(ty) {
            return Val::strong(ExprKind::Copy(place), ty, span);
        }
        let all = Subscript::Range {
            start: None,
            stop: None,
            step: None,
            lanes: None,
        };
        let slice = self.project(place, ProjectionKind::Slice(vec![all]), ty, span);
        Val::strong(ExprKind::Share(slice), ty, span)
    }

    /// `isinstance(e, (ValueError, KeyError))`: by the name of its class.
    fn is_exception_of(&mut self, exception: Expr, kinds: Vec<ErrorKind>, span: Span) -> Val {
        let found = ErrorKind::ALL
            .iter()
            .filter(|found| kinds.iter().any(|kind| found.is_a(*kind)));
        let names: Vec<Expr> = found.map(|kind| self.str(kind.name(), span)).collect();
        let list = Expr {
            kind: ExprKind::List(names),
            ty: self.cx.types.list(Ty::STR),
            span,
        };
        let name = self.builtin(Builtin::ExceptionName, vec![exception], Ty::STR, span);
        let list = self.borrow(list);
        self.builtin(Builtin::Contains, vec![list, name.expr], Ty::BOOL, span)
    }

    fn is_instance(&mut self, args: &'a [Arg], span: Span) -> Val {
        let [value, class] = args else {
            self.report(diag::wrong_arguments(
                span,
                "`isinstance` takes 2 arguments",
            ));
            return Val::error(span);
        };
        let value = self.value(&value.value, None);
        let ty = self.cx.resolve(value.expr.ty);
        let classes: &'a [mlc_syntax::ast::Expr] = match &class.value.kind {
            Ast::Tuple(items) => items,
            _ => std::slice::from_ref(&class.value),
        };
        if ty == Ty::EXCEPTION
            && let Some(kinds) = classes.iter().map(|class| self.error_kind(class)).collect()
        {
            return self.is_exception_of(value.expr, kinds, span);
        }
        let (ty, is_optional) = match *self.cx.types.kind(ty) {
            TyKind::Optional(inner) => (self.cx.resolve(inner), true),
            _ => (ty, false),
        };
        let mut found = false;
        for class in classes {
            let wanted = match &class.kind {
                Ast::Name(name) if *name == "list" => {
                    found |= matches!(self.cx.types.kind(ty), TyKind::List(_));
                    continue;
                }
                Ast::Name(name) if *name == "tuple" => {
                    found |= match *self.cx.types.kind(ty) {
                        TyKind::Tuple(_) => true,
                        TyKind::Struct(id) => self.cx.is_any_tuple(id),
                        _ => false,
                    };
                    continue;
                }
                _ => self.annotation(class),
            };
            if wanted == Ty::ERROR {
                return Val::error(span);
            }
            found |= wanted == ty || (wanted == Ty::INT && ty == Ty::BOOL);
        }
        if found && is_optional {
            return self.holds_value(value.expr, span).into();
        }
        self.constant_bool(found, value.expr, span).into()
    }
}

/// The length that the type tells, of a value that is evaluated all the same if it does anything.
fn known_len(len: Val, value: Expr) -> Val {
    let expr = constant_for(len.expr, value);
    let weak = match expr.kind {
        ExprKind::Int(_) => len.weak,
        _ => Weak::No,
    };
    Val { expr, weak }
}

/// Whether the language has a function of that name, which cannot be compiled yet.
pub(crate) fn is_for_later(name: Name) -> bool {
    BUILTIN_LATER.contains(&name.as_str())
}

const BUILTIN_LATER: &[&str] = &[
    "linalg",
    "solve",
    "inv",
    "det",
    "norm",
    "eig",
    "eigh",
    "eigvals",
    "eigvalsh",
    "svd",
    "qr",
    "cholesky",
    "lstsq",
    "pinv",
    "matrix_rank",
    "slogdet",
    "matrix_power",
    "dict",
    "set",
    "input",
    "open",
    "iter",
    "next",
    "id",
    "hash",
    "type",
];

fn binds_quietly(stmt: &Stmt) -> bool {
    matches!(&stmt.kind, StmtKind::Bind { value, .. } if is_quiet(value))
}
