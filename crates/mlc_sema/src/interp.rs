//! Runs HIR at compile time: `comptime` values, extents of types, `comptime if`.
//!
//! Any pure function may be called; what it does is bounded by a number of steps. Containers are references, as in
//! Python, so a callee that writes through its parameter is seen by the caller whatever the convention will be.

mod builtin;
mod expr;
mod frame;
mod numbers;
mod order;
mod place;
mod stmt;
mod text;

use std::cell::RefCell;
use std::rc::Rc;

use mlc_diagnostics::{Diagnostic, Span};
use rustc_hash::FxHashMap;

use crate::checker::Checker;
use crate::diag;
use crate::hir::{ConstValue, ErrorKind, Expr, ExprKind, FuncId, Function, TypeTable};
use crate::walk::{Visitor, walk, walk_part};

/// How many statements and iterations one evaluation may take, unless the options say otherwise.
const MOST_STEPS: u64 = 30_000_000;
/// How deep calls may nest.
const MOST_CALLS: u32 = 10_000;

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
    /// Calls nest too deep.
    Depth(Span),
    /// A function that it calls is wrong, which has been reported.
    Wrong,
}

impl Failure {
    /// What to report; nothing where that has been done.
    pub fn diagnostic(self, whole: Span) -> Option<Diagnostic> {
        Some(match self {
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
            Failure::Depth(span) => Diagnostic::error(
                "comptime-limit",
                span,
                format!("calls nest more than {MOST_CALLS} deep at compile time"),
            )
            .label(whole, "evaluated for this"),
            Failure::Wrong => return None,
        })
    }
}

pub(crate) type Outcome = Result<Value, Failure>;

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
    structs: &'t [crate::hir::Struct],
    /// Whether arithmetic raises where its result does not fit.
    overflow: bool,
    steps: u64,
    most_steps: u64,
    calls: u32,
    memo: FxHashMap<Call, Value>,
}

pub(crate) enum Flow {
    Next,
    Break,
    Continue,
    Return(Value),
}

pub(crate) use frame::Frame;

/// The value of an expression whose only variables are those that it binds itself.
pub(crate) fn evaluate(cx: &mut Checker<'_>, expr: &Expr) -> Result<ConstValue, Failure> {
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
    if known.iter().any(|&func| cx.is_wrong(func)) {
        return Err(Failure::Wrong);
    }
    let mut interpreter = Interpreter {
        types: &cx.types,
        functions: &cx.functions,
        constants: &cx.constants,
        structs: &cx.structs,
        overflow: cx.options.overflow,
        steps: 0,
        most_steps: cx.options.comptime_steps.unwrap_or(MOST_STEPS),
        calls: 0,
        memo: FxHashMap::default(),
    };
    let value = interpreter.expr(expr, &mut Frame::default())?;
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
            return Err(Failure::Depth(span));
        }
        let mut frame = Frame::of_function(function.locals.len());
        for (param, arg) in function.params.iter().zip(args) {
            frame.set(param.local, Some(arg));
        }
        self.calls += 1;
        let flow = stacker::maybe_grow(256 * 1024, 4 * 1024 * 1024, || {
            self.block(&function.body, &mut frame)
        });
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
