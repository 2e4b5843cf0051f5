//! Built-in functions and conversions.

use mlc_diagnostics::Span;
use mlc_syntax::Name;
use mlc_syntax::ast::{Arg, ArgKind, ExprKind as Ast};

use crate::coerce::{Val, Weak, int_range, into_place};
use crate::diag;
use crate::expr::Operand;
use crate::func::FnCx;
use crate::hir::{BinaryOp, Builtin, Dim, Expr, ExprKind, MathFn, Ty, TyKind};

impl<'a> FnCx<'_, 'a> {
    pub fn call_builtin_operand(
        &mut self,
        name: Name,
        at: Span,
        args: &'a [Arg],
        want: Option<Ty>,
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
        want: Option<Ty>,
        span: Span,
    ) -> Val {
        let reported = self.cx.diagnostics.len();
        match self.builtin_by_name(name, args, want, span) {
            Some(value) => value,
            None if self.cx.diagnostics.len() > reported => Val::error(span),
            None if BUILTIN_LATER.contains(&name.as_str()) => {
                self.report(diag::not_yet(at, &format!("`{name}`")));
                self.poisoned_call(args, span)
            }
            None if crate::hir::ErrorKind::from_name(name.as_str()).is_some() => {
                self.report(diag::not_yet(at, "an exception as a value"));
                self.poisoned_call(args, span)
            }
            None => {
                let known = self.visible_names();
                self.report(diag::unknown_name(at, name.as_str(), known));
                self.poisoned_call(args, span)
            }
        }
    }

    /// `None` if there is no such function, or it was called wrongly and that has been reported at `span`.
    fn builtin_by_name(
        &mut self,
        name: Name,
        args: &'a [Arg],
        want: Option<Ty>,
        span: Span,
    ) -> Option<Val> {
        let text = name.as_str();
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
            "round" => return Some(self.round(args, want, span)),
            "divmod" => {
                let values = self.positional(text, args, 2..=2, span)?;
                return Some(self.divmod(values, span));
            }
            "copy" => {
                let values = self.positional(text, args, 1..=1, span)?;
                let value = values.into_iter().next()?;
                return Some(self.copy_of(value));
            }
            "pow" => {
                let values = self.positional(text, args, 2..=2, span)?;
                let mut values = values.into_iter();
                let (base, exponent) = (values.next()?, values.next()?);
                return Some(self.binary(mlc_syntax::ast::BinaryOp::Pow, base, exponent, span));
            }
            "ord" | "chr" => {
                let values = self.positional(text, args, 1..=1, span)?;
                let value = values.into_iter().next()?;
                let (op, from, to) = if text == "ord" {
                    (Builtin::Ord, Ty::STR, Ty::INT)
                } else {
                    (Builtin::Chr, Ty::INT, Ty::STR)
                };
                let value = self.coerce(value, from);
                return Some(self.builtin(op, vec![value], to, span));
            }
            "repr" => {
                let value = self.one_argument(text, args, span)?;
                let value = self.settle(value);
                let value = self.borrow(value);
                return Some(self.builtin(Builtin::Repr, vec![value], Ty::STR, span));
            }
            "hex" | "bin" => {
                let values = self.positional(text, args, 1..=1, span)?;
                let value = self.coerce(values.into_iter().next()?, Ty::INT);
                let spec = self.str(if text == "hex" { "#x" } else { "#b" }, span);
                return Some(self.builtin(Builtin::Format, vec![value, spec], Ty::STR, span));
            }
            "sorted" => return Some(self.sorted(args, span)),
            "list" => return Some(self.list_of(args, want, span)),
            "range" | "zip" | "enumerate" | "reversed" | "map" | "filter" => {
                let diagnostic = diag::not_yet(span, &format!("storing what `{text}` gives"));
                self.report(diagnostic.help(format!("make a list of it: `list({text}(…))`")));
                return Some(Val::error(span));
            }
            "isinstance" => return Some(self.is_instance(args, span)),
            "tuple" => return Some(self.tuple_from(args, span)),
            _ => {}
        }
        if let Some(value) = self.array_builder(text, args, want, span) {
            return Some(value);
        }
        self.math_by_name(text, args, want, span)
    }

    fn one_argument(&mut self, name: &str, args: &'a [Arg], span: Span) -> Option<Val> {
        self.positional(name, args, 1..=1, span)?.into_iter().next()
    }

    fn len(&mut self, value: Val, span: Span) -> Val {
        let ty = self.cx.resolve(value.expr.ty);
        match self.cx.types.kind(ty).clone() {
            TyKind::List(_) | TyKind::Str => {
                let place = into_place(value.expr);
                self.len_of(place, 0, span).into()
            }
            TyKind::Array { dims, .. } => match dims[0] {
                Dim::Static(extent) => {
                    Val::strong(ExprKind::Int(i128::from(extent)), Ty::INT, span)
                }
                Dim::Dynamic => {
                    let place = into_place(value.expr);
                    self.len_of(place, 0, span).into()
                }
            },
            TyKind::Tuple(items) => Val::int(items.len() as i128, span),
            TyKind::Simd { lanes, .. } => Val::int(i128::from(lanes), span),
            TyKind::Error => Val::error(span),
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

    fn min_or_max(&mut self, name: &str, args: &'a [Arg], span: Span) -> Option<Val> {
        let op = if name == "min" {
            BinaryOp::Min
        } else {
            BinaryOp::Max
        };
        if args.len() == 1 {
            let op = if name == "min" {
                Builtin::ReduceMin
            } else {
                Builtin::ReduceMax
            };
            return Some(self.reduction(op, name, args, span));
        }
        let values = self.positional(name, args, 1..=usize::MAX, span)?;
        let mut values = values.into_iter();
        let mut result = values.next()?;
        for value in values {
            result = self.min_max(op, result, value, span);
        }
        Some(result)
    }

    /// `sum(xs)`, `min(xs)`, `any(xs)`, … over a list, an array or a generator expression.
    fn reduction(&mut self, op: Builtin, name: &str, args: &'a [Arg], span: Span) -> Val {
        let (arg, start) = match args {
            [arg] => (arg, None),
            [arg, start] if op == Builtin::Sum => {
                if let ArgKind::Keyword(keyword) = start.kind
                    && keyword.name != "start"
                {
                    let message = format!("`sum` has no parameter `{}`", keyword.name);
                    self.report(diag::wrong_arguments(keyword.span, message));
                }
                (arg, Some(&start.value))
            }
            _ => {
                let takes = if op == Builtin::Sum { 0..=2 } else { 1..=1 };
                self.positional(name, args, takes, span);
                return Val::error(span);
            }
        };
        if self.is_iterator(&arg.value) {
            let start = start.map(|start| self.value(start, None));
            return self.reduced(op, name, start, span, &mut |cx, body| {
                cx.each(&arg.value, body)
            });
        }
        let value = self.value(&arg.value, None);
        if start.is_none() && self.reduces_at_once(&value) {
            return self.reduce_value(op, name, value, span);
        }
        let source = self.elements_of(value, arg.value.span);
        let mut source = Some(source);
        let start = start.map(|start| self.value(start, None));
        self.reduced(op, name, start, span, &mut |cx, body| {
            if let Some(source) = source.take() {
                cx.each_of(source, arg.value.span, body);
            }
        })
    }

    /// A list or array of numbers.
    fn reduces_at_once(&mut self, value: &Val) -> bool {
        let ty = self.cx.resolve(value.expr.ty);
        match *self.cx.types.kind(ty) {
            TyKind::List(elem) | TyKind::Array { elem, .. } => {
                let elem = self.cx.resolve(elem);
                self.is_arithmetic(elem) || elem == Ty::ERROR
            }
            _ => ty == Ty::ERROR,
        }
    }

    pub fn reduce_value(&mut self, op: Builtin, name: &str, value: Val, span: Span) -> Val {
        let ty = self.cx.resolve(value.expr.ty);
        if ty == Ty::ERROR {
            return Val::error(span);
        }
        let elem = match *self.cx.types.kind(ty) {
            TyKind::List(elem) => elem,
            TyKind::Array { elem, .. } => elem,
            _ => {
                let found = self.ty_name(ty);
                self.report(diag::bad_operand(span, name, &found));
                return Val::error(span);
            }
        };
        let elem = self.cx.resolve(elem);
        let result = match op {
            Builtin::Any | Builtin::All => Some(Ty::BOOL),
            Builtin::Sum | Builtin::Prod if elem == Ty::BOOL => Some(Ty::INT),
            Builtin::Sum | Builtin::Prod if self.cx.types.is_number(elem) => Some(elem),
            Builtin::ReduceMin | Builtin::ReduceMax
                if self.is_arithmetic(elem) && !self.cx.types.is_complex(elem) =>
            {
                Some(elem)
            }
            _ => None,
        };
        let Some(result) = result.filter(|_| self.is_arithmetic(elem)) else {
            let found = self.ty_name(ty);
            self.report(diag::bad_operand(span, name, &found));
            return Val::error(span);
        };
        let value = self.borrow(value.expr);
        self.builtin(op, vec![value], result, span)
    }

    fn round(&mut self, args: &'a [Arg], want: Option<Ty>, span: Span) -> Val {
        let Some(values) = self.positional("round", args, 1..=2, span) else {
            return Val::error(span);
        };
        if values.len() == 2 {
            let mut values = values.into_iter();
            let (Some(value), Some(digits)) = (values.next(), values.next()) else {
                return Val::error(span);
            };
            let digits = self.coerce(digits, Ty::INT);
            if self.cx.types.is_int(value.expr.ty) {
                self.report(diag::not_yet(
                    span,
                    "`round` of an integer to a number of digits",
                ));
                return Val::error(span);
            }
            let value = self.as_float(value, want);
            let value = self.settle(value);
            let ty = value.ty;
            return self.builtin(Builtin::RoundDigits, vec![value, digits], ty, span);
        }
        let Some(value) = values.into_iter().next() else {
            return Val::error(span);
        };
        if self.cx.types.is_int(value.expr.ty) {
            return value;
        }
        let value = self.math_call(MathFn::Round, vec![value], want, span);
        let value = self.settle(value);
        self.cast_to(value, Ty::INT).into()
    }

    fn divmod(&mut self, values: Vec<Val>, span: Span) -> Val {
        let mut values = values.into_iter();
        let (Some(left), Some(right)) = (values.next(), values.next()) else {
            return Val::error(span);
        };
        let (left, left_again) = self.evaluate_once(left);
        let (right, right_again) = self.evaluate_once(right);
        let quotient = self.binary(mlc_syntax::ast::BinaryOp::FloorDiv, left, right, span);
        let rest = self.binary(
            mlc_syntax::ast::BinaryOp::Mod,
            left_again,
            right_again,
            span,
        );
        let (quotient, rest) = (self.settle(quotient), self.settle(rest));
        if quotient.ty == Ty::ERROR || rest.ty == Ty::ERROR {
            return Val::error(span);
        }
        let ty = self.cx.types.tuple(&[quotient.ty, rest.ty]);
        Val::strong(ExprKind::Tuple(vec![quotient, rest]), ty, span)
    }

    /// `copy(x)`: deep.
    pub fn copy_of(&mut self, value: Val) -> Val {
        let (ty, span) = (value.expr.ty, value.expr.span);
        if !self.cx.types.is_owning(ty) {
            return value;
        }
        match value.expr.kind {
            ExprKind::Move(place) => Val::strong(ExprKind::Copy(place), ty, span),
            kind => Val::strong(kind, ty, span),
        }
    }

    fn sorted(&mut self, args: &'a [Arg], span: Span) -> Val {
        let Some((first, rest)) = args.split_first() else {
            self.report(diag::wrong_arguments(
                span,
                "`sorted` takes 1 argument, 0 were given",
            ));
            return Val::error(span);
        };
        let Some(reverse) = self.reverse_argument("sorted", rest) else {
            return Val::error(span);
        };
        let value = self.listed(&first.value, None);
        let ty = self.cx.resolve(value.expr.ty);
        let TyKind::List(elem) = *self.cx.types.kind(ty) else {
            if ty != Ty::ERROR {
                let name = self.ty_name(ty);
                self.report(diag::not_yet(span, &format!("`sorted` of `{name}`")));
            }
            return Val::error(span);
        };
        if !self.sortable(elem, span) {
            return Val::error(span);
        }
        let copied = self.copy_of(value);
        let local = self.temp("sorted", ty, span);
        let bind = crate::hir::Stmt {
            kind: crate::hir::StmtKind::Bind {
                local,
                value: copied.expr,
            },
            span,
        };
        let place = self.local_place(local, span);
        let list = self.read(place.clone());
        let list = self.borrow_as(list, true);
        let sort = self.builtin(Builtin::ListSort, vec![list, reverse], Ty::NONE, span);
        let stmts = vec![
            bind,
            crate::hir::Stmt {
                kind: crate::hir::StmtKind::Expr(sort.expr),
                span,
            },
        ];
        let value = Box::new(self.read(place));
        Val::strong(ExprKind::Block { stmts, value }, ty, span)
    }

    /// `reverse=…` of `sorted` and `sort`; a `key` is for later.
    pub fn reverse_argument(&mut self, name: &str, args: &'a [Arg]) -> Option<Expr> {
        let mut reverse = None;
        for arg in args {
            match &arg.kind {
                ArgKind::Keyword(keyword) if keyword.name == "reverse" => {
                    let value = self.condition(&arg.value);
                    reverse = Some(value);
                }
                ArgKind::Keyword(keyword) if keyword.name == "key" => {
                    self.report(diag::not_yet(keyword.span, &format!("`key` of `{name}`")));
                    return None;
                }
                _ => {
                    let message = format!("unexpected argument of `{name}`");
                    self.report(diag::wrong_arguments(arg.value.span, message));
                    return None;
                }
            }
        }
        Some(reverse.unwrap_or(Expr {
            kind: ExprKind::Bool(false),
            ty: Ty::BOOL,
            span: Span::NONE,
        }))
    }

    pub fn sortable(&mut self, elem: Ty, span: Span) -> bool {
        let elem = self.cx.resolve(elem);
        if (self.is_arithmetic(elem) && !self.cx.types.is_complex(elem)) || elem == Ty::STR {
            return true;
        }
        let name = self.ty_name(elem);
        self.report(diag::not_yet(
            span,
            &format!("sorting values of type `{name}`"),
        ));
        false
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
        let mut found = false;
        for class in classes {
            let wanted = match &class.kind {
                Ast::Name(name) if *name == "list" => {
                    found |= matches!(self.cx.types.kind(ty), TyKind::List(_));
                    continue;
                }
                Ast::Name(name) if *name == "tuple" => {
                    found |= matches!(self.cx.types.kind(ty), TyKind::Tuple(_));
                    continue;
                }
                _ => self.annotation(class),
            };
            if wanted == Ty::ERROR {
                return Val::error(span);
            }
            found |= wanted == ty || (wanted == Ty::INT && ty == Ty::BOOL);
        }
        Val::strong(ExprKind::Bool(found), Ty::BOOL, span)
    }

    // ------------------------------------------------------------------------------------------------ conversions

    /// `T(x)`
    pub fn convert(&mut self, ty: Ty, args: &'a [Arg], span: Span) -> Val {
        if ty == Ty::ERROR {
            return self.poisoned_call(args, span);
        }
        let name = self.ty_name(ty);
        if ty == Ty::STR && args.is_empty() {
            return Val::strong(ExprKind::Str("".into()), ty, span);
        }
        if self.cx.types.is_complex(ty) && args.len() == 2 {
            let Some(values) = self.positional(&name, args, 2..=2, span) else {
                return Val::error(span);
            };
            let part = if ty == Ty::C64 { Ty::F32 } else { Ty::F64 };
            let parts: Vec<Expr> = values
                .into_iter()
                .map(|value| self.number_from(value, part, span))
                .collect();
            return self.builtin(Builtin::ComplexNew, parts, ty, span);
        }
        if self.simd_parts(ty).is_some() {
            return self.simd_new(ty, args, span);
        }
        let Some(values) = self.positional(&name, args, 1..=1, span) else {
            return Val::error(span);
        };
        let Some(value) = values.into_iter().next() else {
            return Val::error(span);
        };
        match self.cx.types.kind(ty).clone() {
            TyKind::Bool => {
                let mut value = self.truth(value);
                value.span = span;
                value.into()
            }
            TyKind::Str => {
                let value = self.settle(value);
                if value.ty == Ty::ERROR {
                    return Val::error(span);
                }
                if let Some(text) = self.dunder_value("__str__", &value.clone().into(), span) {
                    return text;
                }
                self.str_of(value, span)
            }
            TyKind::Int { .. } | TyKind::Float(_) | TyKind::Complex(_) => {
                let value = self.number_from(value, ty, span);
                value.into()
            }
            TyKind::Array { elem, dims } => self.array_from(value, ty, elem, &dims, span),
            _ => {
                let found = self.ty_name(value.expr.ty);
                self.report(diag::not_yet(
                    span,
                    &format!("the conversion of `{found}` to `{name}`"),
                ));
                Val::error(span)
            }
        }
    }

    /// An explicit conversion to a number.
    fn number_from(&mut self, value: Val, to: Ty, span: Span) -> Expr {
        let from = self.cx.resolve(value.expr.ty);
        if from == Ty::ERROR {
            return Val::error(span).expr;
        }
        if from == Ty::STR {
            let to_float = self.cx.types.is_float(to);
            let (op, parsed) = if to_float {
                (Builtin::FloatFromStr, Ty::F64)
            } else if self.cx.types.is_int(to) {
                (Builtin::IntFromStr, Ty::INT)
            } else {
                self.report(diag::not_yet(span, "a complex number from a string"));
                return Val::error(span).expr;
            };
            let value = self.builtin(op, vec![value.expr], parsed, span).expr;
            return self.cast_to(value, to);
        }
        if let TyKind::Optional(inner) = *self.cx.types.kind(from) {
            let value = self.unwrap(value.expr, inner, true);
            return self.number_from(value.into(), to, span);
        }
        let dunder = if self.cx.types.is_int(to) {
            "__int__"
        } else {
            "__float__"
        };
        if let Some(value) = self.dunder_value(dunder, &value, span) {
            return self.cast_to(value.expr, to);
        }
        if !self.is_arithmetic(from)
            || (self.cx.types.is_complex(from) && !self.cx.types.is_complex(to))
        {
            let (expected, found) = (self.ty_name(to), self.ty_name(from));
            let message = format!("`{found}` cannot be converted to `{expected}`");
            self.report(mlc_diagnostics::Diagnostic::error(
                "type-mismatch",
                span,
                message,
            ));
            return Val::error(span).expr;
        }
        if let Some(constant) = value.constant()
            && let TyKind::Int { bits, signed } = *self.cx.types.kind(to)
        {
            return self.wrap_constant(constant, bits, signed, to, span);
        }
        if value.weak == Weak::Float && self.cx.types.is_float(to) {
            let mut expr = self.coerce(value, to);
            expr.span = span;
            return expr;
        }
        let expr = if value.weak == Weak::Int {
            self.coerce(value, to)
        } else {
            value.expr
        };
        let mut expr = self.cast_to(expr, to);
        expr.span = span;
        expr
    }

    /// `i8(300)`: an explicit conversion keeps the low bits, of a constant too.
    fn wrap_constant(
        &mut self,
        constant: i128,
        bits: u8,
        signed: bool,
        ty: Ty,
        span: Span,
    ) -> Expr {
        let (low, high) = int_range(bits, signed);
        let wrapped = if (low..=high).contains(&constant) {
            constant
        } else {
            let mask = (1i128 << bits) - 1;
            let bottom = constant & mask;
            if signed && bottom > high {
                bottom - (1i128 << bits)
            } else {
                bottom
            }
        };
        Expr {
            kind: ExprKind::Int(wrapped),
            ty,
            span,
        }
    }
}

/// Functions of the language that this version does not compile.
const BUILTIN_LATER: &[&str] = &[
    "dict", "set", "input", "open", "random", "prefetch", "iter", "next", "format", "id", "hash",
    "type",
];
