//! Expressions.

use melior::ir::{Value, ValueLike};
use mlc_sema::hir::{
    BinaryOp, CompareOp, Expr, ExprKind, Function, Mode, Place, ProjectionKind, Root, Stmt,
};

use crate::{
    Error,
    arith::{Binary, Known},
    copies::Copies,
    function::{Lower, Result, result_types, signature},
    place::Borrowed,
    subscript::constant_int,
};

impl<'x, 'c, 'm> Lower<'x, 'c, 'm> {
    /// The one SSA value of an expression: a number, a box or a borrow.
    pub fn one(&mut self, expr: &'x Expr) -> Result<Value<'c, 'm>> {
        let values = self.expr(expr)?;
        match values.as_slice() {
            [value] => Ok(*value),
            _ => Err(Error::unsupported(
                expr.span,
                "a value of several parts here",
            )),
        }
    }

    /// The SSA values of an expression.
    /// Statements in front of a value, and what is made of the value behind them.
    pub fn block_expr<R>(
        &mut self,
        stmts: &'x [Stmt],
        value: &'x Expr,
        lower_value: impl FnOnce(&mut Self) -> Result<R>,
    ) -> Result<R> {
        let list: Vec<_> = stmts.iter().collect();
        let live = self.live.clone();
        let mut behind = live.clone();
        self.slots().reads_of(value, &mut behind);
        self.stmts(&list, &behind)?;
        self.live = behind;
        let lowered = lower_value(self)?;
        self.live = live;
        Ok(lowered)
    }

    pub fn expr(&mut self, expr: &'x Expr) -> Result<Vec<Value<'c, 'm>>> {
        self.at(expr.span);
        self.expr_kind(expr).map_err(|error| error.at(expr.span))
    }

    fn expr_kind(&mut self, expr: &'x Expr) -> Result<Vec<Value<'c, 'm>>> {
        match &expr.kind {
            ExprKind::None => Ok(vec![]),
            ExprKind::Bool(_) | ExprKind::Int(_) | ExprKind::Float(_) | ExprKind::Complex(..) => {
                Ok(vec![self.literal(expr)?])
            }
            ExprKind::Str(text) => {
                let literal = self.text_literal(text);
                self.load(literal, expr.ty)
            }
            ExprKind::Load(place) => {
                let spot = self.place(place, false)?;
                self.at(expr.span);
                self.read(&spot, place.ty)
            }
            ExprKind::Move(place) => self.take(place),
            ExprKind::Copy(place) => self.copy_of(place, expr.span, Copies::Deep),
            ExprKind::Share(place) => self.copy_of(place, expr.span, Copies::Shared),
            ExprKind::Borrow { place, mutable } => match self.borrow(place, *mutable)? {
                Borrowed::Ref(value) => Ok(vec![value]),
                Borrowed::View(view) => Ok(vec![self.view_as_array(&view, place.ty, *mutable)?]),
            },
            ExprKind::Cast(operand) => {
                let value = self.one(operand)?;
                self.at(expr.span);
                Ok(vec![self.cast(value, operand.ty, expr.ty)?])
            }
            ExprKind::Unary { op, operand } => {
                let value = self.one(operand)?;
                self.at(expr.span);
                Ok(vec![self.unary(*op, value, operand.ty, expr.ty)?])
            }
            ExprKind::Binary { op, left, right } => self.binary_expr(expr, *op, left, right),
            ExprKind::Compare { op, left, right } => self.compare_expr(expr, *op, left, right),
            ExprKind::Logical { op, left, right } => self.logical(*op, left, right),
            ExprKind::If {
                condition,
                then,
                orelse,
            } => self.conditional(expr.ty, condition, then, orelse),
            ExprKind::Block { stmts, value } => {
                self.block_expr(stmts, value, |lower| lower.expr(value))
            }
            ExprKind::Call { callee, args } => self.call(expr, *callee, args),
            ExprKind::Builtin { op, args } => self.builtin(expr, *op, args),
            ExprKind::Len { place, axis } => Ok(vec![self.len(place, *axis)?]),
            ExprKind::List(items) => self.list(expr.ty, items).map(|value| vec![value]),
            ExprKind::ListFill { value, count } => self
                .list_fill(expr.ty, value, count)
                .map(|value| vec![value]),
            ExprKind::Array { items, shape } => {
                self.array(expr.ty, items, shape).map(|value| vec![value])
            }
            ExprKind::ArrayFill { shape, fill } => {
                self.array_fill(expr, shape, fill).map(|value| vec![value])
            }
            ExprKind::Tuple(items) => {
                let mut values = Vec::new();
                for item in items {
                    values.extend(self.expr(item)?);
                }
                Ok(values)
            }
            ExprKind::TupleItem { tuple, item } => {
                let values = self.expr(tuple)?;
                let range = self.item_range(tuple.ty, *item as usize)?;
                Ok(values[range].to_vec())
            }
            ExprKind::Struct { id, fields, whole } => self
                .structure(expr.ty, *id, fields, *whole)
                .map(|value| vec![value]),
            ExprKind::Some(value) => {
                let some = self.b.bool(true);
                let mut values = vec![some];
                values.extend(self.expr(value)?);
                Ok(values)
            }
            ExprKind::Nothing => {
                let types = self.types().flat(expr.ty)?;
                let mut values = vec![self.b.bool(false)];
                values.extend(types[1..].iter().map(|&ty| self.placeholder(ty)));
                Ok(values)
            }
            ExprKind::IsSome(place) => {
                let spot = self.place(place, false)?;
                self.at(expr.span);
                Ok(vec![self.is_some(&spot)?])
            }
            ExprKind::Splat(value) => {
                let value = self.one(value)?;
                let ty = self.types().flat(expr.ty)?[0];
                Ok(vec![self.b.value("vector.broadcast", &[value], ty)])
            }
            ExprKind::Map { .. } => self.map(expr).map(|value| vec![value]),
        }
    }

    fn binary_expr(
        &mut self,
        expr: &'x Expr,
        op: BinaryOp,
        left: &'x Expr,
        right: &'x Expr,
    ) -> Result<Vec<Value<'c, 'm>>> {
        let a = self.one(left)?;
        // A small constant power is a product, but for the strict mode, which has CPython's `pow`.
        if op == BinaryOp::Pow
            && let Some(power) = small_power(right)
            && (self.fp != crate::FpMode::Strict || self.cx.program.types.is_int(left.ty))
            && self.types().is_scalar(left.ty)
            && !self.cx.program.types.is_complex(left.ty)
        {
            self.at(expr.span);
            let mut product = a;
            for _ in 1..power {
                product = self.binary(Binary {
                    op: BinaryOp::Mul,
                    a: product,
                    b: a,
                    left: left.ty,
                    right: left.ty,
                    ty: expr.ty,
                    known: Known::default(),
                })?;
            }
            return Ok(vec![product]);
        }
        let b = self.one(right)?;
        self.at(expr.span);
        let known = Known {
            nonnegative: self.is_nonnegative(left) && self.is_nonnegative(right),
            fits: self.always_fits(op, self.interval(left), self.interval(right), expr.ty),
            ..self.known_right(right)
        };
        let value = self.binary(Binary {
            op,
            a,
            b,
            left: left.ty,
            right: right.ty,
            ty: expr.ty,
            known,
        })?;
        Ok(vec![value])
    }

    /// What is known of a division or shift from its right operand.
    pub fn known_right(&self, right: &Expr) -> Known {
        let constant = constant_int(right);
        Known {
            nonzero_divisor: constant.is_some_and(|value| value != 0),
            safe_divisor: constant.is_some_and(|value| value != 0 && value != -1),
            nonnegative: false,
            nonnegative_right: self.is_nonnegative(right),
            fits: false,
        }
    }

    fn compare_expr(
        &mut self,
        expr: &'x Expr,
        op: CompareOp,
        left: &'x Expr,
        right: &'x Expr,
    ) -> Result<Vec<Value<'c, 'm>>> {
        if self.is_text(left.ty) {
            return Ok(vec![self.compare_texts(expr, op, left, right)?]);
        }
        if !self.types().is_scalar(left.ty) {
            let result = self.compare_stored(op, left, right);
            return Ok(vec![result.map_err(|error| error.at(expr.span))?]);
        }
        let (a, b) = (self.one(left)?, self.one(right)?);
        self.at(expr.span);
        if left.ty != right.ty {
            return Ok(vec![self.compare_exactly(
                op,
                (a, left.ty),
                (b, right.ty),
            )?]);
        }
        Ok(vec![self.compare(op, a, b, left.ty)?])
    }

    /// Whether an integer expression is known not to be negative.
    pub fn is_nonnegative(&self, expr: &Expr) -> bool {
        if !self.cx.program.types.is_int(expr.ty) {
            return false;
        }
        match &expr.kind {
            ExprKind::Int(value) => *value >= 0,
            ExprKind::Len { .. } => true,
            ExprKind::Load(Place {
                root: Root::Local(local),
                projections,
                ..
            }) => projections.is_empty() && self.nonnegative.contains(local.0 as usize),
            ExprKind::Binary { op, left, right } => match op {
                // A sum that wraps round is out of range of any list, negative or not.
                BinaryOp::Add
                | BinaryOp::Mul
                | BinaryOp::FloorDiv
                | BinaryOp::Min
                | BinaryOp::Shr => self.is_nonnegative(left) && self.is_nonnegative(right),
                BinaryOp::Max => self.is_nonnegative(left) || self.is_nonnegative(right),
                BinaryOp::Mod => self.is_nonnegative(right),
                BinaryOp::And => self.is_nonnegative(left) || self.is_nonnegative(right),
                _ => false,
            },
            ExprKind::Cast(operand) => {
                let types = &self.cx.program.types;
                match (types.kind(operand.ty), types.kind(expr.ty)) {
                    (
                        mlc_sema::hir::TyKind::Int { bits: from, signed },
                        mlc_sema::hir::TyKind::Int { bits: to, .. },
                    ) => {
                        !signed && to > from
                            || *signed && to >= from && self.is_nonnegative(operand)
                    }
                    (mlc_sema::hir::TyKind::Bool, _) => true,
                    _ => false,
                }
            }
            _ => false,
        }
    }

    fn call(
        &mut self,
        expr: &'x Expr,
        callee: mlc_sema::hir::FuncId,
        args: &'x [Expr],
    ) -> Result<Vec<Value<'c, 'm>>> {
        let function = &self.cx.program.functions[callee.0 as usize];
        let spilled = std::mem::take(&mut self.spilled);
        let copied = std::mem::take(&mut self.copied);
        let kept = self.kept_by_call(args);
        let mut operands = self
            .arguments(function, args)?
            .into_iter()
            .flatten()
            .collect::<Vec<_>>();
        self.at(expr.span);
        let signature = signature(self.types(), function)?;
        for (operand, &wanted) in operands.iter_mut().zip(&signature.inputs) {
            // An array of known extents is one of unknown extents: the headers are the same.
            if operand.r#type() != wanted {
                *operand = self
                    .b
                    .value("builtin.unrealized_conversion_cast", &[*operand], wanted);
            }
        }
        let types = signature.results;
        let attrs = [("callee", self.b.symbol(&function.symbol))];
        let mut results = self.b.results("func.call", &operands, &types, &attrs);
        if function.raises {
            let status = results.remove(0);
            self.b.op("own.propagate", &[status], &[]);
        }
        debug_assert_eq!(results.len(), result_types(self.types(), function)?.len());
        // What the callee wrote to variables that have no memory of their own comes back.
        for (slot, borrow) in std::mem::replace(&mut self.spilled, spilled) {
            let ty = self.function.locals[slot].ty;
            let values = self.load(borrow, ty)?;
            self.set_slot(slot, values);
        }
        for (view, copy) in std::mem::replace(&mut self.copied, copied) {
            self.copy_from_borrow(&view, copy)?;
        }
        self.keep_all(kept);
        if let Some(param) = function.result_borrows.filter(|_| function.result_view) {
            let local = function.params[param as usize].local;
            let mutable = function.locals[local.0 as usize].mode == Mode::Mut;
            self.at(expr.span);
            results = vec![self.lent_view(results[0], mutable)];
        }
        Ok(results)
    }

    /// The values of arguments.
    pub fn operands(&mut self, args: &'x [Expr]) -> Result<Vec<Vec<Value<'c, 'm>>>> {
        self.evaluated(args, |_| false)
    }

    /// The arguments of a call.
    fn arguments(
        &mut self,
        callee: &'x Function,
        args: &'x [Expr],
    ) -> Result<Vec<Vec<Value<'c, 'm>>>> {
        let types = self.types();
        self.evaluated(args, |at| callee.borrows_counted(at, &types.program.types))
    }

    /// Names that are borrowed come last: what the other arguments compute may still use them. Those of `texts` are
    /// borrows of texts.
    pub fn evaluated(
        &mut self,
        args: &'x [Expr],
        texts: impl Fn(usize) -> bool,
    ) -> Result<Vec<Vec<Value<'c, 'm>>>> {
        let is_name = |arg: &Expr| {
            matches!(&arg.kind, ExprKind::Borrow { place, .. }
            if matches!(place.root, Root::Local(_)) && place.projections.iter().all(|projection| {
                matches!(projection.kind, ProjectionKind::Field(_) | ProjectionKind::Item(_))
            }))
        };
        let mut values = vec![Vec::new(); args.len()];
        for names in [false, true] {
            for (at, (arg, value)) in args.iter().zip(&mut values).enumerate() {
                if is_name(arg) == names {
                    *value = if texts(at) {
                        vec![self.text_argument(arg, args)?]
                    } else {
                        self.expr(arg)?
                    };
                }
            }
        }
        Ok(values)
    }

    fn len(&mut self, place: &'x Place, axis: u32) -> Result<Value<'c, 'm>> {
        if self.is_text(place.ty) {
            let spot = self.place(place, false)?;
            let text = self.borrow_of(&spot, place.ty)?;
            self.at(place.span);
            return Ok(self.text_length(text));
        }
        let view = self.view_of(place, false)?;
        self.at(place.span);
        let extent = self.view_extent(&view, axis as usize);
        Ok(self.int_of_index(extent))
    }
}

/// The exponent, where it is a number that is worth multiplying out.
fn small_power(expr: &Expr) -> Option<u32> {
    match &expr.kind {
        ExprKind::Int(value) => u32::try_from(*value).ok(),
        ExprKind::Float(value) if value.fract() == 0.0 && (1.0..=4.0).contains(value) => {
            Some(*value as u32)
        }
        _ => None,
    }
    .filter(|power| (1..=4).contains(power))
}
