//! Operations that the compiler knows.

use melior::ir::{Value, ValueLike};
use mlc_dialects::own;
use mlc_sema::hir::{Builtin, ErrorKind, Expr, ExprKind, Ty, TyKind};

use crate::{
    Error,
    function::{Lower, Result},
    place::Borrowed,
    view::View,
};

impl<'x, 'c, 'm> Lower<'x, 'c, 'm> {
    pub fn builtin(
        &mut self,
        expr: &'x Expr,
        op: Builtin,
        args: &'x [Expr],
    ) -> Result<Vec<Value<'c, 'm>>> {
        match op {
            Builtin::Math(function) => {
                let mut values = Vec::new();
                for arg in args {
                    values.push(self.one(arg)?);
                }
                self.at(expr.span);
                Ok(vec![self.math(function, values, args[0].ty, expr.ty)?])
            }
            Builtin::Gcd => {
                let (a, b) = (self.one(&args[0])?, self.one(&args[1])?);
                Ok(vec![self.gcd(a, b)])
            }
            Builtin::ComplexNew => {
                let (re, im) = (self.one(&args[0])?, self.one(&args[1])?);
                let ty = self.types().flat(expr.ty)?[0];
                Ok(vec![self.b.value("complex.create", &[re, im], ty)])
            }
            Builtin::ComplexReal | Builtin::ComplexImag => {
                let value = self.one(&args[0])?;
                let ty = self.types().flat(expr.ty)?[0];
                let name = if op == Builtin::ComplexReal {
                    "complex.re"
                } else {
                    "complex.im"
                };
                Ok(vec![self.b.value(name, &[value], ty)])
            }
            Builtin::PopCount => {
                let value = self.one(&args[0])?;
                let count = self.b.value("math.ctpop", &[value], value.r#type());
                Ok(vec![self.convert(count, args[0].ty, expr.ty)?])
            }
            Builtin::RoundDigits | Builtin::RoundInt => {
                let (value, digits) = (self.one(&args[0])?, self.one(&args[1])?);
                self.at(expr.span);
                Ok(vec![self.round_digits(value, args[0].ty, digits)?])
            }
            Builtin::PowMod => {
                let operands: Vec<_> = self.operands(args)?.into_iter().flatten().collect();
                self.at(expr.span);
                let long = self.b.int_type(64);
                Ok(vec![self.stored_by_runtime(
                    "mlc_rt_pow_mod",
                    long,
                    &operands,
                )])
            }
            Builtin::ListAppend => {
                let mut operands = self.operands(args)?;
                let value = self.storable(args[1].ty, operands.remove(1))?;
                let list = operands[0][0];
                self.at(expr.span);
                self.b.op("own.append", &[value, list], &[]);
                Ok(vec![])
            }
            Builtin::Arm => {
                let whole = self.exclusive(&args[0])?;
                self.b.op("own.arm", &[whole], &[]);
                Ok(vec![])
            }
            Builtin::ListClear => {
                let list = self.exclusive(&args[0])?;
                let payload = own::payload(list.r#type()).expect("the value is a borrow");
                let empty = self.b.value("own.new", &[], own::box_type(payload));
                self.b.op("own.put", &[empty, list], &[]);
                Ok(vec![])
            }
            Builtin::ListPop if args.len() == 1 => self.pop(expr, &args[0]),
            Builtin::ListPop => self.remove_at(expr, args, "pop index out of range"),
            Builtin::ListRemoveAt => {
                let removed = self.remove_at(expr, args, "list assignment index out of range")?;
                drop(removed);
                Ok(vec![])
            }
            Builtin::ListRemoveSlice => {
                let ExprKind::Borrow { place, .. } = &args[0].kind else {
                    unreachable!("a slice is borrowed");
                };
                self.remove_in_steps(place).map(|()| vec![])
            }
            Builtin::ListExtend => self.extend(args).map(|()| vec![]),
            Builtin::ListInsert => self.insert(expr, args).map(|()| vec![]),
            Builtin::ListSort => self.sort(expr, args).map(|()| vec![]),
            Builtin::ListConcat => self.concat_lists(expr.ty, args).map(|list| vec![list]),
            Builtin::ListRepeat => self.repeat_list(expr.ty, args).map(|list| vec![list]),
            Builtin::Contains | Builtin::IndexOf | Builtin::CountOf => {
                self.search(expr, op, args).map(|value| vec![value])
            }
            Builtin::ListReverse => {
                let list = self.exclusive(&args[0])?;
                self.reverse(list)?;
                Ok(vec![])
            }
            Builtin::Prefetch => {
                self.prefetch(args)?;
                Ok(vec![])
            }
            Builtin::SimdNew
            | Builtin::SimdLoad
            | Builtin::SimdLane
            | Builtin::SimdWith
            | Builtin::SimdSelect => Ok(vec![self.simd_builtin(expr, op, args)?]),
            _ if args
                .first()
                .is_some_and(|arg| self.simd_parts(arg.ty).is_some())
                && !matches!(op, Builtin::Print | Builtin::Str | Builtin::Repr) =>
            {
                Ok(vec![self.simd_builtin(expr, op, args)?])
            }
            Builtin::Sum
            | Builtin::Prod
            | Builtin::ReduceMin
            | Builtin::ReduceMax
            | Builtin::Any
            | Builtin::All
            | Builtin::Mean
            | Builtin::Std
            | Builtin::ArgMin
            | Builtin::ArgMax => Ok(vec![self.reduction(expr, op, args)?]),
            Builtin::Reshape
            | Builtin::Transpose
            | Builtin::Arange
            | Builtin::Linspace
            | Builtin::Eye
            | Builtin::ArrayFromList
            | Builtin::ListFromArray => Ok(vec![self.new_array_of(expr, op, args)?]),
            Builtin::MatMul => Ok(vec![self.matrix_product(expr, args)?]),
            Builtin::ArrayFillWith => {
                let view = self.operand_view(&args[0])?;
                let value = self.one(&args[1])?;
                self.each_element(&view, &mut |lower, indices| {
                    lower.store_element(&view, indices, value);
                    Ok(())
                })?;
                Ok(vec![])
            }
            Builtin::Print => self.print(args).map(|()| vec![]),
            _ if op.is_of_texts() => Ok(vec![self.text_builtin(expr, op, args)?]),
            Builtin::Python(op) => self.python(expr, op, args),
            Builtin::ExceptionMessage
            | Builtin::ExceptionArguments
            | Builtin::ExceptionCount
            | Builtin::ExceptionArgument => Ok(vec![self.exception_part(expr, op, args)?]),
            Builtin::ExceptionName => {
                let kind = self.expr(&args[0])?[0];
                self.at(expr.span);
                Ok(vec![self.new_text("mlc_rt_str_of_kind", &[kind])])
            }
            _ => Err(Error::unsupported(expr.span, "this built-in operation")),
        }
    }

    /// An operand `&mut x` that covers a whole list or array.
    fn exclusive(&mut self, arg: &'x Expr) -> Result<Value<'c, 'm>> {
        self.one(arg)
    }

    /// An operand `&x`: a list, an array or a part of one.
    pub fn operand_view(&mut self, arg: &'x Expr) -> Result<View<'c, 'm>> {
        if let ExprKind::Borrow { place, mutable } = &arg.kind {
            let borrowed = self.borrow(place, *mutable)?;
            return Ok(self.as_view(borrowed));
        }
        let value = self.one(arg)?;
        let source = if own::is_box(value.r#type()) {
            self.borrow_box(value, false)
        } else {
            value
        };
        Ok(self.as_view(Borrowed::Ref(source)))
    }

    /// `list.pop()`
    fn pop(&mut self, expr: &'x Expr, list: &'x Expr) -> Result<Vec<Value<'c, 'm>>> {
        let list = self.exclusive(list)?;
        self.at(expr.span);
        let index = self.b.index_type();
        let length = self.b.value("own.len", &[list], index);
        let zero = self.b.index(0);
        let some = self.compare_ints("sgt", length, zero);
        self.check(some, ErrorKind::IndexError, "pop from empty list");
        let one = self.b.index(1);
        let last = self.b.value("arith.subi", &[length, one], index);
        let values = if self.types().is_scalar(expr.ty) {
            let view = self.whole_view(list);
            vec![self.load_element(&view, &[last])]
        } else {
            let place = self.elem(list, last, true);
            self.take_from(place, expr.ty)?
        };
        self.b.op("own.resize", &[list, last], &[]);
        Ok(values)
    }

    /// `list.reverse()`
    fn reverse(&mut self, list: Value<'c, 'm>) -> Result<()> {
        let length = self.b.value("own.len", &[list], self.b.index_type());
        self.reverse_between(list, self.b.index(0), length)
    }

    /// Reverses the items from `first` to before `end`.
    pub fn reverse_between(
        &mut self,
        list: Value<'c, 'm>,
        first: Value<'c, 'm>,
        end: Value<'c, 'm>,
    ) -> Result<()> {
        let index = self.b.index_type();
        let (one, two) = (self.b.index(1), self.b.index(2));
        let length = self.b.value("arith.subi", &[end, first], index);
        let half = self.b.value("arith.divui", &[length, two], index);
        let last = self.b.value("arith.subi", &[end, one], index);
        let bounds = self.count_to(half);
        self.scf_for(&bounds, &[], |lower, at| {
            let other = lower.b.value("arith.subi", &[last, at], index);
            let at = lower.b.value("arith.addi", &[first, at], index);
            lower.exchange(list, at, other);
            Ok(())
        })
    }

    /// Exchanges two items of a list.
    pub fn exchange(&mut self, list: Value<'c, 'm>, one: Value<'c, 'm>, other: Value<'c, 'm>) {
        let view = self.whole_view(list);
        let payload = own::payload(list.r#type()).expect("the value is a borrow");
        let elem = own::list_element(payload).expect("the value is a borrow of a list");
        if own::kind(elem) == own::Kind::Other && !melior::ir::TypeLike::is_mem_ref(&elem) {
            let (a, b) = (
                self.load_element(&view, &[one]),
                self.load_element(&view, &[other]),
            );
            self.store_element(&view, &[one], b);
            self.store_element(&view, &[other], a);
        } else {
            let (a, b) = (self.elem(list, one, true), self.elem(list, other, true));
            self.b.op("own.swap", &[a, b], &[]);
        }
    }

    /// The greatest common divisor, by Euclid's algorithm.
    fn gcd(&mut self, a: Value<'c, 'm>, b: Value<'c, 'm>) -> Value<'c, 'm> {
        let ty = self.b.int_type(64);
        let a = self.b.value("math.absi", &[a], ty);
        let b = self.b.value("math.absi", &[b], ty);
        let types = [ty, ty];
        let op = self.b.structured("scf.while", &[a, b], &types, &[], 2);
        let outer = self.b;
        let state = self.b.enter(op, 0, &types);
        let zero = self.b.int(0, ty);
        let more = self.compare_ints("ne", state[1], zero);
        self.b.op("scf.condition", &[more, state[0], state[1]], &[]);
        let state = self.b.enter(op, 1, &types);
        let rest = self.b.value("arith.remui", &[state[0], state[1]], ty);
        self.b.op("scf.yield", &[state[1], rest], &[]);
        self.b = outer;
        self.results_of(op)[0]
    }
}

/// The type of the elements of a list or array.
pub fn element_ty(lower: &Lower, ty: Ty) -> Ty {
    match lower.types().kind(ty) {
        TyKind::List(elem) | TyKind::Array { elem, .. } => *elem,
        _ => ty,
    }
}
