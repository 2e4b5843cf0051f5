//! Functions of the program as objects that Python calls.
//!
//! ```text
//! o.apply(f)        # fn f(x: Int, y: f64 = 1.0) -> f64, which captures `scale`
//!
//! fn $callback(arguments: [PythonObject], scale) -> PythonObject:
//!     return f(Int(arguments[0]), f64(arguments[1]) if given else 1.0)
//! ```
//!
//! The object calls a function like this one, with an item for each parameter. Parameters without a type take objects as they are.

use mlc_diagnostics::{Diagnostic, Span};
use mlc_syntax::Name;
use mlc_syntax::ast::{self, ExprKind as Ast};
use rustc_hash::{FxHashMap, FxHashSet};

use crate::call::{Given, is_variadic};
use crate::checker::Item;
use crate::coerce::Val;
use crate::diag;
use crate::func::FnCx;
use crate::hir::{Builtin, Expr, ExprKind, ProjectionKind, PythonOp, StmtKind, Ty, TyKind};
use crate::nested::Bound;

/// The name of functions that are made here, and what they call the function of the program.
const MADE: &str = "$callback";
const TARGET: &str = "$target";

/// A function on its way to Python.
pub(super) struct Callback {
    /// The name, a bar, and the parameters as Python writes them, separated by commas: `name=` for one with a default.
    pub description: String,
    /// A call of the function that was made. It says what is captured, and is not evaluated.
    pub call: Expr,
    pub captures: bool,
}

impl<'a> FnCx<'_, 'a> {
    /// The function that an expression names or is; `None` for other expressions.
    pub(super) fn callback(&mut self, expr: &'a ast::Expr) -> Option<Callback> {
        let is_function = match &expr.kind {
            Ast::Lambda(_) => true,
            Ast::Name(name) => {
                let item = self.cx.module(self.module).items.get(name);
                self.nested.contains_key(name)
                    || (!self.vars.contains_key(name) && matches!(item, Some(Item::Function(_))))
            }
            Ast::Attribute { value, .. } => {
                matches!(self.static_item(value), Some(Item::Module(_)))
            }
            _ => false,
        };
        let bound = match is_function {
            true => self.callable_argument(expr)?,
            false => self.bound_method(expr)?,
        };
        self.cx.uses_python = true;
        let function: &'a ast::Function = self.cx.decl(bound.decl).ast;
        let description = describe(function);
        let made = self.made_for(bound, expr.span);
        let captured = self.captured_values(&made, expr.span)?;
        let arguments = self.list_of_objects(Vec::new(), expr.span);
        let mut tys = vec![arguments.ty];
        for value in &captured {
            let ty = self.cx.resolve(value.ty);
            tys.push(ty);
        }
        let func = self
            .cx
            .instance(made.decl, &tys, FxHashMap::default(), None);
        let captures = !captured.is_empty();
        let arguments = std::iter::once(arguments).chain(captured).collect();
        let call = self.finish_call(func, arguments, expr.span).expr;
        Some(Callback {
            description,
            call,
            captures,
        })
    }

    /// The object for a function that is no argument of a call of Python's: one that captures nothing.
    pub(super) fn callback_object(&mut self, expr: &'a ast::Expr) -> Option<Val> {
        let callback = self.callback(expr)?;
        if callback.captures {
            let message = "a function that uses variables of the function around it can be an argument of a call of Python, and is an error elsewhere";
            let diagnostic = Diagnostic::error("type-mismatch", expr.span, message);
            self.report(
                diagnostic.help("pass what it uses as arguments, or call Python with it here"),
            );
            return Some(Val::error(expr.span));
        }
        let description = self.str(&callback.description, expr.span);
        let args = vec![description, callback.call];
        Some(self.object(PythonOp::Callback, args, expr.span))
    }

    fn made_for(&mut self, bound: Bound, span: Span) -> Bound {
        let target = Name::new(TARGET);
        let captures = self.cx.decl(bound.decl).captures.clone();
        let rebound: FxHashSet<Name> = (captures.iter().zip(&bound.sources))
            .filter(|(capture, _)| capture.by_reference)
            .map(|(_, source)| *source)
            .collect();
        let before = self.bind_nested(target, bound);
        // Where it stands tells it from what the expression itself stands for.
        let key = Span {
            end: span.start,
            ..span
        };
        let function = match self.cx.nested_decls.get(&(key, self.func)) {
            Some(decl) => self.cx.decl(*decl).ast,
            None => self.cx.synthesized.functions.alloc(made(span)),
        };
        let free = FxHashSet::from_iter([target]);
        let made = self.declare_hidden(function, free, &rebound, Vec::new(), key);
        self.restore_nested(target, before);
        made
    }

    /// The body of a function that is made here; false for any other.
    pub fn callback_body(&mut self, function: &ast::Function) -> bool {
        let target = Name::new(TARGET);
        if function.name.name != MADE {
            return false;
        }
        if let Some(bound) = self.nested.get(&target).cloned()
            && let Some(result) = self.call_with_objects(&bound, function)
        {
            let span = function.signature;
            let result = self.settle(result);
            let result = if result.ty == Ty::NONE {
                self.emit(StmtKind::Expr(result), span);
                Val::strong(ExprKind::None, Ty::NONE, span)
            } else {
                result.into()
            };
            let object = self.object_of(result);
            if object.ty != Ty::ERROR {
                self.emit(StmtKind::Return(Some(object)), span);
            }
        }
        self.reachable = false;
        true
    }

    fn call_with_objects(&mut self, bound: &Bound, made: &ast::Function) -> Option<Val> {
        let span = made.signature;
        let function: &'a ast::Function = self.cx.decl(bound.decl).ast;
        let arguments = self.vars.get(&made.params[0].name.name)?.local;
        let captured = self.captured_values(bound, span)?;
        let mut given = Vec::with_capacity(function.params.len());
        for (at, param) in function.params.iter().enumerate() {
            if param.kind == ast::ParamKind::VarKeyword && param.annotation.is_some() {
                let feature = "`**kwargs` with a type of a function that Python calls";
                self.report(diag::not_yet(param.span, feature));
                return None;
            }
            let place = self.local_place(arguments, span);
            let kind = ProjectionKind::Index {
                indices: vec![self.int(at as i128, span)],
                checked: false,
            };
            let item = self.project(place, kind, Ty::PYTHON_OBJECT, span);
            let item = self.read(item);
            let value = self.argument(bound, param, item, &captured, span)?;
            given.push(Some(Given::Value(Box::new(value.into()))));
        }
        let result = self.call_captured(bound.decl, captured, given, span);
        (!result.is_error()).then_some(result)
    }

    /// An argument from the object for it, which is missing where the default is to be taken.
    fn argument(
        &mut self,
        bound: &Bound,
        param: &'a ast::Param,
        item: Expr,
        captured: &[Expr],
        span: Span,
    ) -> Option<Expr> {
        let ty = (param.annotation.as_ref())
            .map(|annotation| self.annotation_in(bound.decl, &FxHashMap::default(), annotation));
        let ty = ty.unwrap_or(Ty::PYTHON_OBJECT);
        // All arguments of `*args: T` come as one.
        let ty = match is_variadic(param) && param.annotation.is_some() {
            true => self.cx.types.list(ty),
            false => ty,
        };
        let value = match ty {
            Ty::PYTHON_OBJECT => item.clone(),
            ty => {
                let value = self.converted_object(&item.clone().into(), ty, span)?.expr;
                self.read_in_place(value)
            }
        };
        if value.ty == Ty::ERROR {
            return None;
        }
        if param.default.is_none() {
            return Some(value);
        }
        let default = self.default_value(bound.decl, param, Some(ty), captured)?;
        let missing = self.python(PythonOp::IsEnd, vec![item], Ty::BOOL, span);
        let kind = ExprKind::If {
            condition: Box::new(missing.expr),
            then: Box::new(default),
            orelse: Box::new(value),
        };
        Some(Expr { kind, ty, span })
    }
}

impl FnCx<'_, '_> {
    /// The elements of a list or an array of numbers need not be copied where the function only reads them.
    fn read_in_place(&mut self, mut value: Expr) -> Expr {
        let elem = match self.cx.types.kind(value.ty) {
            TyKind::List(elem) | TyKind::Array { elem, .. } => *elem,
            _ => return value,
        };
        if self.cx.types.is_scalar(elem)
            && let ExprKind::Builtin { op, .. } = &mut value.kind
        {
            *op = Builtin::Python(PythonOp::Argument);
        }
        value
    }
}

fn describe(function: &ast::Function) -> String {
    let mut parts: Vec<String> = Vec::new();
    let mut before = None;
    for param in &function.params {
        let kind = Some(param.kind);
        if before == Some(ast::ParamKind::PositionalOnly) && kind != before {
            parts.push("/".to_owned());
        }
        let starred = matches!(
            before,
            Some(ast::ParamKind::KeywordOnly | ast::ParamKind::VarPositional)
        );
        if param.kind == ast::ParamKind::KeywordOnly && !starred {
            parts.push("*".to_owned());
        }
        let stars = match param.kind {
            ast::ParamKind::VarPositional => "*",
            ast::ParamKind::VarKeyword => "**",
            _ => "",
        };
        before = kind;
        let default = if param.default.is_some() { "=" } else { "" };
        parts.push(format!("{stars}{}{default}", param.name.name));
    }
    if before == Some(ast::ParamKind::PositionalOnly) {
        parts.push("/".to_owned());
    }
    let name = match function.name.name.as_str() {
        "lambda" => "<lambda>",
        name => name,
    };
    format!("{name}|{}", parts.join(","))
}

/// `def $callback($arguments) -> PythonObject`, whose body is not syntax.
fn made(span: Span) -> ast::Function {
    let ident = |name| ast::Ident {
        name: Name::new(name),
        span,
    };
    ast::Function {
        keyword: ast::FunctionKeyword::Def,
        decorators: Vec::new(),
        name: ident(MADE),
        generics: Vec::new(),
        params: vec![ast::Param {
            kind: ast::ParamKind::Plain,
            convention: None,
            name: ident("$arguments"),
            annotation: None,
            default: None,
            span,
        }],
        raises: None,
        returns: Some(crate::synthesized::name_expr(
            Name::new("PythonObject"),
            span,
        )),
        docstring: None,
        body: Vec::new(),
        signature: span,
    }
}
