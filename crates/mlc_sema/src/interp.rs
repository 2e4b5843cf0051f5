//! Runs HIR at compile time: `comptime` values, extents of types, `comptime if`.
//!
//! Any pure function may be called; what it does is bounded by a number of steps. Containers are references, as in
//! Python, so a callee that writes through its parameter is seen by the caller whatever the convention will be.

use std::cell::RefCell;
use std::rc::Rc;

use mlc_diagnostics::{Diagnostic, Span};
use rustc_hash::FxHashMap;

use crate::checker::Checker;
use crate::diag;
use crate::hir::{
    Builtin, CompareOp, ConstValue, ErrorKind, Expr, ExprKind, Fill, FuncId, Function, LocalId,
    LogicalOp, Place, ProjectionKind, Range, Root, Stmt, StmtKind, Subscript, TyKind, TypeTable,
};
use crate::walk::{Visitor, walk, walk_part};

/// How many statements and iterations one evaluation may take, unless the options say otherwise.
const MOST_STEPS: u64 = 30_000_000;
/// How deep calls may nest.
const MOST_CALLS: u32 = 400;

#[derive(Clone, Debug)]
pub(crate) enum Value {
    None,
    Bool(bool),
    Int(i128),
    Float(f64),
    Complex(f64, f64),
    Str(Rc<str>),
    /// A tuple, list, struct or (by rows) array.
    Items(Rc<RefCell<Vec<Value>>>),
}

/// Why an expression has no value at compile time.
pub(crate) enum Failure {
    /// It depends on something that is known at run time only.
    NotConstant(Span),
    Raised {
        span: Span,
        kind: ErrorKind,
        message: String,
    },
    /// It takes too long.
    Limit(Span),
}

impl Failure {
    pub fn diagnostic(self, whole: Span) -> Diagnostic {
        match self {
            Failure::NotConstant(span) => {
                diag::not_comptime(if span.is_none() { whole } else { span }, "this")
            }
            Failure::Raised {
                span,
                kind,
                message,
            } => {
                let text = format!("this raises `{}` at compile time: {message}", kind.name());
                Diagnostic::error("comptime-error", span, text)
            }
            Failure::Limit(span) => Diagnostic::error(
                "comptime-limit",
                span,
                "this takes too long at compile time",
            )
            .label(whole, "evaluated for this"),
        }
    }
}

type Outcome = Result<Value, Failure>;

/// A memoised call.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Call {
    func: FuncId,
    args: Vec<Key>,
}

#[derive(Clone, PartialEq, Eq, Hash)]
enum Key {
    Bool(bool),
    Int(i128),
    Float(u64),
    Str(Rc<str>),
}

pub(crate) struct Interpreter<'t> {
    pub types: &'t TypeTable,
    functions: &'t [Option<Function>],
    constants: &'t [crate::hir::Constant],
    steps: u64,
    most_steps: u64,
    calls: u32,
    memo: FxHashMap<Call, Value>,
}

enum Flow {
    Next,
    Break,
    Continue,
    Return(Value),
}

type Frame = Vec<Option<Value>>;

/// The value of an expression whose only variables are those that it binds itself. `locals`: how many there are.
pub(crate) fn evaluate(
    cx: &mut Checker<'_>,
    locals: usize,
    expr: &Expr,
) -> Result<ConstValue, Failure> {
    // Everything that may be called has to be checked first.
    let mut found = Callees(Vec::new());
    walk_part(crate::walk::Part::Expr(expr), &mut found);
    let mut known: Vec<FuncId> = Vec::new();
    while let Some(func) = found.0.pop() {
        if known.contains(&func) {
            continue;
        }
        known.push(func);
        cx.check_body(func);
        if let Some(Some(function)) = cx.functions.get(func.0 as usize) {
            walk(&function.body, &mut found);
        }
    }
    let mut interpreter = Interpreter {
        types: &cx.types,
        functions: &cx.functions,
        constants: &cx.constants,
        steps: 0,
        most_steps: cx.options.comptime_steps.unwrap_or(MOST_STEPS),
        calls: 0,
        memo: FxHashMap::default(),
    };
    let mut frame: Frame = vec![None; locals];
    let value = interpreter.expr(expr, &mut frame)?;
    Ok(constant(&value))
}

struct Callees(Vec<FuncId>);

impl Visitor for Callees {
    fn expr(&mut self, expr: &Expr) {
        if let ExprKind::Call { callee, .. } = expr.kind {
            self.0.push(callee);
        }
    }
}

fn constant(value: &Value) -> ConstValue {
    match value {
        Value::None => ConstValue::None,
        Value::Bool(value) => ConstValue::Bool(*value),
        Value::Int(value) => ConstValue::Int(*value),
        Value::Float(value) => ConstValue::Float(*value),
        Value::Complex(re, im) => ConstValue::Complex(*re, *im),
        Value::Str(text) => ConstValue::Str((&**text).into()),
        Value::Items(items) => ConstValue::Items(items.borrow().iter().map(constant).collect()),
    }
}

fn variable(value: &ConstValue) -> Value {
    match value {
        ConstValue::None => Value::None,
        ConstValue::Bool(value) => Value::Bool(*value),
        ConstValue::Int(value) => Value::Int(*value),
        ConstValue::Float(value) => Value::Float(*value),
        ConstValue::Complex(re, im) => Value::Complex(*re, *im),
        ConstValue::Str(text) => Value::Str((&**text).into()),
        ConstValue::Items(values) => items(values.iter().map(variable).collect()),
    }
}

fn items(values: Vec<Value>) -> Value {
    Value::Items(Rc::new(RefCell::new(values)))
}

fn deep_copy(value: &Value) -> Value {
    match value {
        Value::Items(values) => items(values.borrow().iter().map(deep_copy).collect()),
        other => other.clone(),
    }
}

fn raised(span: Span, kind: ErrorKind, message: impl Into<String>) -> Failure {
    Failure::Raised {
        span,
        kind,
        message: message.into(),
    }
}

impl Interpreter<'_> {
    fn step(&mut self, span: Span) -> Result<(), Failure> {
        self.steps += 1;
        if self.steps > self.most_steps {
            Err(Failure::Limit(span))
        } else {
            Ok(())
        }
    }

    // -------------------------------------------------------------------------------------------------- statements

    fn block(&mut self, stmts: &[Stmt], frame: &mut Frame) -> Result<Flow, Failure> {
        for stmt in stmts {
            self.step(stmt.span)?;
            match self.stmt(stmt, frame)? {
                Flow::Next => {}
                flow => return Ok(flow),
            }
        }
        Ok(Flow::Next)
    }

    fn stmt(&mut self, stmt: &Stmt, frame: &mut Frame) -> Result<Flow, Failure> {
        let span = stmt.span;
        match &stmt.kind {
            StmtKind::Bind { local, value } => {
                let value = self.expr(value, frame)?;
                frame[local.0 as usize] = Some(value);
            }
            StmtKind::Store { place, value } => {
                let value = self.expr(value, frame)?;
                self.store(place, value, frame)?;
            }
            StmtKind::Update { place, op, value } => {
                let old = self.read(place, frame)?;
                let value = self.expr(value, frame)?;
                let new = self.binary(*op, old, value, place.ty, span)?;
                self.store(place, new, frame)?;
            }
            StmtKind::Swap { left, right } => {
                let (first, second) = (self.read(left, frame)?, self.read(right, frame)?);
                self.store(left, second, frame)?;
                self.store(right, first, frame)?;
            }
            StmtKind::Expr(value) => {
                self.expr(value, frame)?;
            }
            StmtKind::Drop(local) => frame[local.0 as usize] = None,
            StmtKind::If {
                condition,
                then,
                orelse,
            } => {
                let taken = if self.truth(condition, frame)? {
                    then
                } else {
                    orelse
                };
                return self.block(taken, frame);
            }
            StmtKind::While {
                condition,
                body,
                orelse,
            } => {
                while self.truth(condition, frame)? {
                    self.step(span)?;
                    match self.block(body, frame)? {
                        Flow::Next | Flow::Continue => {}
                        Flow::Break => return Ok(Flow::Next),
                        flow => return Ok(flow),
                    }
                }
                return self.block(orelse, frame);
            }
            StmtKind::For {
                index,
                range,
                body,
                orelse,
            } => {
                return self.for_loop(*index, range, body, orelse, frame, span);
            }
            StmtKind::Return(None) => return Ok(Flow::Return(Value::None)),
            StmtKind::Return(Some(value)) => return Ok(Flow::Return(self.expr(value, frame)?)),
            StmtKind::Break => return Ok(Flow::Break),
            StmtKind::Continue => return Ok(Flow::Continue),
            StmtKind::Raise { error, message } => {
                let message = self.message(message.as_ref(), frame)?;
                return Err(raised(span, *error, message));
            }
            StmtKind::Check {
                condition,
                error,
                message,
            } => {
                if !self.truth(condition, frame)? {
                    let message = self.message(message.as_ref(), frame)?;
                    return Err(raised(span, *error, message));
                }
            }
            StmtKind::Try {
                body,
                handlers,
                orelse,
                finally,
            } => {
                let result = match self.block(body, frame) {
                    Ok(Flow::Next) => self.block(orelse, frame),
                    Err(Failure::Raised {
                        span,
                        kind,
                        message,
                    }) => {
                        let handler = handlers.iter().find(|handler| {
                            handler.kinds.is_empty()
                                || handler.kinds.iter().any(|caught| kind.is_a(*caught))
                        });
                        match handler {
                            Some(handler) if handler.name.is_none() => {
                                self.block(&handler.body, frame)
                            }
                            Some(handler) => Err(Failure::NotConstant(handler.span)),
                            None => Err(Failure::Raised {
                                span,
                                kind,
                                message,
                            }),
                        }
                    }
                    result => result,
                };
                return match self.block(finally, frame)? {
                    Flow::Next => result,
                    flow => Ok(flow),
                };
            }
            // In order, one iteration after the other.
            StmtKind::ParFor(_)
            | StmtKind::Drain { .. }
            | StmtKind::AtomicUpdate { .. }
            | StmtKind::Reduce { .. }
            | StmtKind::Collect { .. }
            | StmtKind::Reraise(_) => return Err(Failure::NotConstant(span)),
        }
        Ok(Flow::Next)
    }

    fn message(&mut self, message: Option<&Expr>, frame: &mut Frame) -> Result<String, Failure> {
        match message {
            Some(message) => match self.expr(message, frame)? {
                Value::Str(text) => Ok(text.to_string()),
                _ => Ok(String::new()),
            },
            None => Ok(String::new()),
        }
    }

    fn for_loop(
        &mut self,
        index: LocalId,
        range: &Range,
        body: &[Stmt],
        orelse: &[Stmt],
        frame: &mut Frame,
        span: Span,
    ) -> Result<Flow, Failure> {
        let mut at = self.int(&range.start, frame)?;
        let stop = self.int(&range.stop, frame)?;
        let step = match &range.step {
            Some(step) => self.int(step, frame)?,
            None => 1,
        };
        if step == 0 {
            return Err(raised(
                span,
                ErrorKind::ValueError,
                "range() arg 3 must not be zero",
            ));
        }
        while (step > 0 && at < stop) || (step < 0 && at > stop) {
            self.step(span)?;
            frame[index.0 as usize] = Some(Value::Int(at));
            match self.block(body, frame)? {
                Flow::Next | Flow::Continue => {}
                Flow::Break => return Ok(Flow::Next),
                flow => return Ok(flow),
            }
            at += step;
        }
        self.block(orelse, frame)
    }

    // ------------------------------------------------------------------------------------------------------ places

    fn root(&mut self, place: &Place, frame: &mut Frame) -> Outcome {
        match &place.root {
            Root::Local(local) => match frame.get(local.0 as usize).and_then(Option::as_ref) {
                Some(value) => Ok(value.clone()),
                None => Err(Failure::NotConstant(place.span)),
            },
            Root::Temporary(value) | Root::Borrowed(value) => self.expr(value, frame),
            Root::Constant(constant) => Ok(variable(&self.constants[constant.0 as usize].value)),
            Root::Global(_) => Err(Failure::NotConstant(place.span)),
        }
    }

    pub fn read(&mut self, place: &Place, frame: &mut Frame) -> Outcome {
        let mut value = self.root(place, frame)?;
        for projection in &place.projections {
            value = self.project(value, &projection.kind, projection.span, frame)?;
        }
        Ok(value)
    }

    fn project(
        &mut self,
        value: Value,
        kind: &ProjectionKind,
        span: Span,
        frame: &mut Frame,
    ) -> Outcome {
        match kind {
            ProjectionKind::Field(at) | ProjectionKind::Item(at) => match value {
                Value::Items(items) => Ok(items.borrow()[*at as usize].clone()),
                _ => Err(Failure::NotConstant(span)),
            },
            ProjectionKind::Unwrap { checked } => match value {
                Value::None if *checked => Err(raised(
                    span,
                    ErrorKind::TypeError,
                    "`None` where a value is needed",
                )),
                value => Ok(value),
            },
            ProjectionKind::Index { indices, .. } => {
                let mut value = value;
                for index in indices {
                    let index = self.int(index, frame)?;
                    value = match value {
                        Value::Items(items) => {
                            let items = items.borrow();
                            items[position(index, items.len(), span)?].clone()
                        }
                        Value::Str(text) => {
                            let letters: Vec<char> = text.chars().collect();
                            let letter = letters[position(index, letters.len(), span)?];
                            Value::Str(letter.to_string().into())
                        }
                        _ => return Err(Failure::NotConstant(span)),
                    };
                }
                Ok(value)
            }
            ProjectionKind::Slice(subscripts) => match (subscripts.as_slice(), value) {
                (
                    [
                        Subscript::Range {
                            start,
                            stop,
                            step: None,
                            ..
                        },
                    ],
                    Value::Items(values),
                ) => {
                    let values = values.borrow();
                    let (from, to) =
                        self.bounds(start.as_ref(), stop.as_ref(), values.len(), frame)?;
                    Ok(items(values[from..to].to_vec()))
                }
                (
                    [
                        Subscript::Range {
                            start,
                            stop,
                            step: None,
                            ..
                        },
                    ],
                    Value::Str(text),
                ) => {
                    let letters: Vec<char> = text.chars().collect();
                    let (from, to) =
                        self.bounds(start.as_ref(), stop.as_ref(), letters.len(), frame)?;
                    let part: String = letters[from..to].iter().collect();
                    Ok(Value::Str(part.into()))
                }
                _ => Err(Failure::NotConstant(span)),
            },
        }
    }

    fn bounds(
        &mut self,
        start: Option<&Expr>,
        stop: Option<&Expr>,
        len: usize,
        frame: &mut Frame,
    ) -> Result<(usize, usize), Failure> {
        let len = len as i128;
        let mut clamped = |bound: Option<&Expr>, default: i128| match bound {
            Some(bound) => {
                let at = self.int(bound, frame)?;
                Ok((if at < 0 { at + len } else { at }).clamp(0, len))
            }
            None => Ok(default),
        };
        let from = clamped(start, 0)?;
        let to = clamped(stop, len)?.max(from);
        Ok((from as usize, to as usize))
    }

    fn store(&mut self, place: &Place, value: Value, frame: &mut Frame) -> Result<(), Failure> {
        let Some((last, rest)) = place.projections.split_last() else {
            let Root::Local(local) = place.root else {
                return Err(Failure::NotConstant(place.span));
            };
            frame[local.0 as usize] = Some(value);
            return Ok(());
        };
        let mut base = self.root(place, frame)?;
        for projection in rest {
            base = self.project(base, &projection.kind, projection.span, frame)?;
        }
        let Value::Items(mut target) = base else {
            return Err(Failure::NotConstant(place.span));
        };
        let at = match &last.kind {
            ProjectionKind::Field(at) | ProjectionKind::Item(at) => *at as usize,
            ProjectionKind::Index { indices, .. } => {
                let Some((index, outer)) = indices.split_last() else {
                    return Err(Failure::NotConstant(last.span));
                };
                for index in outer {
                    let index = self.int(index, frame)?;
                    let row =
                        target.borrow()[position(index, target.borrow().len(), last.span)?].clone();
                    let Value::Items(row) = row else {
                        return Err(Failure::NotConstant(last.span));
                    };
                    target = row;
                }
                let index = self.int(index, frame)?;
                position(index, target.borrow().len(), last.span)?
            }
            _ => return Err(Failure::NotConstant(last.span)),
        };
        target.borrow_mut()[at] = value;
        Ok(())
    }

    // ------------------------------------------------------------------------------------------------- expressions

    fn int(&mut self, expr: &Expr, frame: &mut Frame) -> Result<i128, Failure> {
        match self.expr(expr, frame)? {
            Value::Int(value) => Ok(value),
            _ => Err(Failure::NotConstant(expr.span)),
        }
    }

    fn truth(&mut self, expr: &Expr, frame: &mut Frame) -> Result<bool, Failure> {
        match self.expr(expr, frame)? {
            Value::Bool(value) => Ok(value),
            _ => Err(Failure::NotConstant(expr.span)),
        }
    }

    fn all(&mut self, exprs: &[Expr], frame: &mut Frame) -> Result<Vec<Value>, Failure> {
        exprs.iter().map(|expr| self.expr(expr, frame)).collect()
    }

    fn expr(&mut self, expr: &Expr, frame: &mut Frame) -> Outcome {
        let span = expr.span;
        Ok(match &expr.kind {
            ExprKind::None | ExprKind::Nothing => Value::None,
            ExprKind::Bool(value) => Value::Bool(*value),
            ExprKind::Int(value) => Value::Int(*value),
            ExprKind::Float(value) => Value::Float(self.round(*value, expr.ty)),
            ExprKind::Complex(re, im) => Value::Complex(*re, *im),
            ExprKind::Str(text) => Value::Str((&**text).into()),
            ExprKind::Load(place) | ExprKind::Move(place) | ExprKind::Borrow { place, .. } => {
                self.read(place, frame)?
            }
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
            ExprKind::Tuple(values)
            | ExprKind::List(values)
            | ExprKind::Struct { fields: values, .. } => items(self.all(values, frame)?),
            ExprKind::Array(values) if matches!(self.types.kind(expr.ty), TyKind::Array { dims, .. } if dims.len() == 1) => {
                items(self.all(values, frame)?)
            }
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
            | ExprKind::Array(_)
            | ExprKind::ArrayFill { .. }
            | ExprKind::Splat(_)
            | ExprKind::Map { .. } => return Err(Failure::NotConstant(span)),
        })
    }

    fn call(&mut self, callee: FuncId, args: Vec<Value>, span: Span) -> Outcome {
        let functions = self.functions;
        let Some(Some(function)) = functions.get(callee.0 as usize) else {
            return Err(Failure::NotConstant(span));
        };
        let key = call_key(callee, &args);
        if let Some(found) = key.as_ref().and_then(|key| self.memo.get(key)) {
            return Ok(found.clone());
        }
        if self.calls >= MOST_CALLS {
            return Err(Failure::Limit(span));
        }
        let mut frame: Frame = vec![None; function.locals.len()];
        for (param, arg) in function.params.iter().zip(args) {
            frame[param.local.0 as usize] = Some(arg);
        }
        self.calls += 1;
        let flow = self.block(&function.body, &mut frame);
        self.calls -= 1;
        let value = match flow? {
            Flow::Return(value) => value,
            _ => Value::None,
        };
        if let Some(key) = key
            && !matches!(value, Value::Items(_))
        {
            self.memo.insert(key, value.clone());
        }
        Ok(value)
    }

    fn builtin(&mut self, op: Builtin, args: &[Expr], expr: &Expr, frame: &mut Frame) -> Outcome {
        let span = expr.span;
        let values = self.all(args, frame)?;
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

fn call_key(func: FuncId, args: &[Value]) -> Option<Call> {
    let keys = args.iter().map(|arg| match arg {
        Value::Bool(value) => Some(Key::Bool(*value)),
        Value::Int(value) => Some(Key::Int(*value)),
        Value::Float(value) => Some(Key::Float(value.to_bits())),
        Value::Str(text) => Some(Key::Str(Rc::clone(text))),
        _ => None,
    });
    let args = keys.collect::<Option<Vec<Key>>>()?;
    Some(Call { func, args })
}

fn position(index: i128, len: usize, span: Span) -> Result<usize, Failure> {
    let at = if index < 0 {
        index + len as i128
    } else {
        index
    };
    if (0..len as i128).contains(&at) {
        Ok(at as usize)
    } else {
        Err(raised(
            span,
            ErrorKind::IndexError,
            format!("index {index} is out of range for length {len}"),
        ))
    }
}

fn filled(shape: &[i128], value: &Value) -> Value {
    match shape.split_first() {
        Some((extent, rest)) => items((0..*extent).map(|_| filled(rest, value)).collect()),
        None => value.clone(),
    }
}

fn order(left: &Value, right: &Value) -> Option<std::cmp::Ordering> {
    match (left, right) {
        (Value::Int(a), Value::Int(b)) => Some(a.cmp(b)),
        (Value::Bool(a), Value::Bool(b)) => Some(a.cmp(b)),
        (Value::Float(a), Value::Float(b)) => a.partial_cmp(b),
        (Value::Str(a), Value::Str(b)) => Some(a.cmp(b)),
        (Value::Items(a), Value::Items(b)) => {
            let (a, b) = (a.borrow(), b.borrow());
            for (left, right) in a.iter().zip(b.iter()) {
                match order(left, right)? {
                    std::cmp::Ordering::Equal => {}
                    other => return Some(other),
                }
            }
            Some(a.len().cmp(&b.len()))
        }
        _ => None,
    }
}

fn compare(op: CompareOp, left: &Value, right: &Value) -> Option<bool> {
    let comparable = std::mem::discriminant(left) == std::mem::discriminant(right);
    if !comparable {
        return None;
    }
    // A NaN is unordered: only `!=` is true of it.
    let order = order(left, right);
    Some(match op {
        CompareOp::Eq => order.is_some_and(std::cmp::Ordering::is_eq),
        CompareOp::Ne => !order.is_some_and(std::cmp::Ordering::is_eq),
        CompareOp::Lt => order.is_some_and(std::cmp::Ordering::is_lt),
        CompareOp::Le => order.is_some_and(std::cmp::Ordering::is_le),
        CompareOp::Gt => order.is_some_and(std::cmp::Ordering::is_gt),
        CompareOp::Ge => order.is_some_and(std::cmp::Ordering::is_ge),
    })
}
