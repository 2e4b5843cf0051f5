//! Expressions at compile time.

use super::order::compare;
use super::{Failure, Frame, Interpreter, Outcome, Value, deep_copy, items};

use crate::hir::{Expr, ExprKind, Fill, LogicalOp};
impl Interpreter<'_> {
    pub fn int(&mut self, expr: &Expr, frame: &mut Frame) -> Result<i128, Failure> {
        match self.expr(expr, frame)? {
            Value::Int(value) => Ok(value),
            _ => Err(Failure::NotConstant(expr.span)),
        }
    }

    pub fn truth(&mut self, expr: &Expr, frame: &mut Frame) -> Result<bool, Failure> {
        match self.expr(expr, frame)? {
            Value::Bool(value) => Ok(value),
            _ => Err(Failure::NotConstant(expr.span)),
        }
    }

    pub fn all(&mut self, exprs: &[Expr], frame: &mut Frame) -> Result<Vec<Value>, Failure> {
        exprs.iter().map(|expr| self.expr(expr, frame)).collect()
    }

    pub fn expr(&mut self, expr: &Expr, frame: &mut Frame) -> Outcome {
        let span = expr.span;
        Ok(match &expr.kind {
            ExprKind::None | ExprKind::Nothing => Value::None,
            ExprKind::Bool(value) => Value::Bool(*value),
            ExprKind::Int(value) => Value::Int(*value),
            ExprKind::Float(value) => Value::Float(self.round(*value, expr.ty)),
            ExprKind::Complex(re, im) => Value::Complex(*re, *im),
            ExprKind::Str(text) => Value::Str((&**text).into()),
            // Values are shared here as in Python.
            ExprKind::Load(place)
            | ExprKind::Move(place)
            | ExprKind::Share(place)
            | ExprKind::Borrow { place, .. } => self.read(place, frame)?,
            ExprKind::Copy(place) => deep_copy(&self.read(place, frame)?),
            ExprKind::Some(value) => self.expr(value, frame)?,
            ExprKind::IsSome(place) => {
                Value::Bool(!matches!(self.read(place, frame)?, Value::None))
            }
            ExprKind::Cast(inner) => {
                let value = self.expr(inner, frame)?;
                self.cast(value, expr.ty, span)?
            }
            ExprKind::Unary { op, operand } => {
                let value = self.expr(operand, frame)?;
                self.unary(*op, value, expr.ty, span)?
            }
            ExprKind::Binary { op, left, right } => {
                let (left, right) = (self.expr(left, frame)?, self.expr(right, frame)?);
                self.binary(*op, left, right, expr.ty, span)?
            }
            ExprKind::Compare { op, left, right } => {
                let (left, right) = (self.expr(left, frame)?, self.expr(right, frame)?);
                Value::Bool(compare(*op, &left, &right).ok_or(Failure::NotConstant(span))?)
            }
            ExprKind::Logical { op, left, right } => match (op, self.truth(left, frame)?) {
                (LogicalOp::And, false) => Value::Bool(false),
                (LogicalOp::Or, true) => Value::Bool(true),
                _ => self.expr(right, frame)?,
            },
            ExprKind::If {
                condition,
                then,
                orelse,
            } => {
                let taken = if self.truth(condition, frame)? {
                    then
                } else {
                    orelse
                };
                self.expr(taken, frame)?
            }
            ExprKind::Block { stmts, value } => {
                self.block(stmts, frame)?;
                self.expr(value, frame)?
            }
            // When a value is destroyed is not known here.
            ExprKind::Struct { id, .. } if self.structs[id.0 as usize].destructor.is_some() => {
                return Err(Failure::NotConstant(span));
            }
            ExprKind::Tuple(values)
            | ExprKind::List(values)
            | ExprKind::Struct { fields: values, .. } => items(self.all(values, frame)?),
            ExprKind::Array {
                items: values,
                shape,
            } if shape.len() == 1 => items(self.all(values, frame)?),
            ExprKind::TupleItem { tuple, item } => match self.expr(tuple, frame)? {
                Value::Items(items) => items.borrow()[*item as usize].clone(),
                _ => return Err(Failure::NotConstant(span)),
            },
            ExprKind::ListFill { value, count } => {
                let value = self.expr(value, frame)?;
                let count = self.int(count, frame)?.max(0);
                self.steps += count as u64;
                self.step(span)?;
                items(vec![value; count as usize])
            }
            ExprKind::ArrayFill {
                shape,
                fill: Fill::Value(value),
            } => {
                let value = self.expr(value, frame)?;
                let shape: Result<Vec<i128>, Failure> =
                    shape.iter().map(|extent| self.int(extent, frame)).collect();
                let shape = shape?;
                let size: i128 = shape.iter().map(|extent| (*extent).max(0)).product();
                self.steps += size as u64;
                self.step(span)?;
                filled(&shape, &value)
            }
            ExprKind::Len { place, axis: 0 } => match self.read(place, frame)? {
                Value::Items(items) => Value::Int(items.borrow().len() as i128),
                Value::Str(text) => Value::Int(text.chars().count() as i128),
                _ => return Err(Failure::NotConstant(span)),
            },
            ExprKind::Call { callee, args } => {
                let args = self.all(args, frame)?;
                self.call(*callee, args, span)?
            }
            ExprKind::Builtin { op, args } => self.builtin(*op, args, expr, frame)?,
            ExprKind::Len { .. }
            | ExprKind::Array { .. }
            | ExprKind::ArrayFill { .. }
            | ExprKind::Splat(_)
            | ExprKind::Map { .. } => return Err(Failure::NotConstant(span)),
        })
    }
}

fn filled(shape: &[i128], value: &Value) -> Value {
    match shape.split_first() {
        Some((extent, rest)) => items((0..*extent).map(|_| filled(rest, value)).collect()),
        None => value.clone(),
    }
}
