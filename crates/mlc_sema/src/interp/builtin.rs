//! Built-in operations at compile time.

use super::{Failure, Frame, Interpreter, Outcome, Value, deep_copy, items, raised};
use std::rc::Rc;

use crate::hir::{Builtin, Dim, ErrorKind, Expr, TyKind};
impl Interpreter<'_> {
    pub fn builtin(
        &mut self,
        op: Builtin,
        args: &[Expr],
        expr: &Expr,
        frame: &mut Frame,
    ) -> Outcome {
        let span = expr.span;
        let values = self.all(args, frame)?;
        if let [Value::Str(text), rest @ ..] = values.as_slice()
            && let Some(found) = super::text::method(op, text, rest, span)
        {
            return found;
        }
        Ok(match (op, values.as_slice()) {
            (Builtin::Math(function), values) => self.math(function, values, expr.ty, span)?,
            (Builtin::ListAppend, [Value::Items(list), value]) => {
                list.borrow_mut().push(value.clone());
                Value::None
            }
            (Builtin::ListExtend, [Value::Items(list), Value::Items(other)]) => {
                let more: Vec<Value> = other.borrow().iter().map(deep_copy).collect();
                list.borrow_mut().extend(more);
                Value::None
            }
            (Builtin::ListConcat, [Value::Items(left), Value::Items(right)]) => items(
                left.borrow()
                    .iter()
                    .chain(right.borrow().iter())
                    .map(deep_copy)
                    .collect(),
            ),
            (Builtin::ArrayFromList, [Value::Items(list)]) => {
                let TyKind::Array { elem, dims } = self.types.kind(expr.ty) else {
                    return Err(Failure::NotConstant(span));
                };
                let fits = match &**dims {
                    [Dim::Static(extent)] => *extent == list.borrow().len() as u64,
                    dims => dims.len() == 1,
                };
                if !fits || !self.types.is_scalar(*elem) {
                    return Err(Failure::NotConstant(span));
                }
                items(list.borrow().clone())
            }
            (Builtin::ListPop, [Value::Items(list)]) => match list.borrow_mut().pop() {
                Some(value) => value,
                None => return Err(raised(span, ErrorKind::IndexError, "pop from empty list")),
            },
            (Builtin::StrConcat, [Value::Str(left), Value::Str(right)]) => {
                Value::Str(format!("{left}{right}").into())
            }
            (Builtin::Str, [Value::Int(value)]) => Value::Str(value.to_string().into()),
            (Builtin::Str, [Value::Str(text)]) => Value::Str(Rc::clone(text)),
            (Builtin::Ord, [Value::Str(text)]) => Value::Int(
                text.chars()
                    .next()
                    .map_or(0, |letter| i128::from(u32::from(letter))),
            ),
            (Builtin::Gcd, [Value::Int(a), Value::Int(b)]) => {
                let (mut a, mut b) = (a.abs(), b.abs());
                while b != 0 {
                    (a, b) = (b, a % b);
                }
                Value::Int(a)
            }
            (Builtin::Sum, [Value::Items(list)]) => {
                let list = list.borrow();
                let zero = if self.types.is_int(expr.ty) {
                    Value::Int(0)
                } else {
                    Value::Float(0.0)
                };
                let mut total = zero;
                for value in list.iter() {
                    total = self.binary(
                        crate::hir::BinaryOp::Add,
                        total,
                        value.clone(),
                        expr.ty,
                        span,
                    )?;
                }
                total
            }
            _ => return Err(Failure::NotConstant(span)),
        })
    }
}
