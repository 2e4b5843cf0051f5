//! Functions inside functions, lambdas, and functions passed as arguments.
//!
//! There are no function values at run time. A nested function gets the variables that it takes from outside as further
//! parameters, at each call. A parameter that is called makes the function generic: the argument's type is the function
//! itself, and what that captures becomes further parameters of the callee.

mod group;

use std::rc::Rc;

pub(crate) use group::Member;
use mlc_diagnostics::Span;
use mlc_syntax::Name;
use mlc_syntax::ast::{self, Arg, ExprKind as Ast};
use rustc_hash::FxHashSet;

use crate::checker::{DeclId, Item};
use crate::coerce::Val;
use crate::diag;
use crate::expr::Operand;
use crate::func::FnCx;
use crate::hir::{self, Expr, ExprKind, Ty};
use crate::passed::Passed;

/// A variable of the enclosing function that a nested one uses.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Capture {
    pub name: Name,
    /// `nonlocal`: bound again inside, or by a function that is called there.
    pub by_reference: bool,
    /// Whether its type is written.
    pub written: bool,
}

/// A function that can be called here by a name that is local.
#[derive(Clone, Debug)]
pub(crate) struct Bound {
    pub decl: DeclId,
    /// The variables here that hold what the function captures, in the order of its captures.
    pub sources: Vec<Name>,
}

impl<'a> FnCx<'_, 'a> {
    fn outer_name(&self) -> String {
        match self
            .cx
            .headers
            .get(self.func.0 as usize)
            .and_then(|header| header.decl)
        {
            Some(decl) => self.cx.decl(decl).name.clone(),
            None => String::new(),
        }
    }

    /// A lambda, or the name of a function, as an argument.
    pub fn callable_argument(&mut self, expr: &'a ast::Expr) -> Option<Bound> {
        match &expr.kind {
            Ast::Name(name) => {
                if let Some(bound) = self.nested.get(name) {
                    return Some(bound.clone());
                }
                if self.vars.contains_key(name) || (self.assigned.contains(name) && !self.at_top) {
                    return None;
                }
                match self.cx.module(self.module).items.get(name) {
                    Some(Item::Function(decl)) => Some(Bound {
                        decl: *decl,
                        sources: Vec::new(),
                    }),
                    Some(Item::Builtin(_)) => Some(self.built_in_function(expr)),
                    None if self.is_built_in(*name) => Some(self.built_in_function(expr)),
                    _ => None,
                }
            }
            Ast::Attribute { value, attr } => match self.module_member(expr) {
                Some(Item::Function(decl)) => Some(Bound {
                    decl,
                    sources: Vec::new(),
                }),
                Some(_) => None,
                None if self.is_method_of_type(value, attr) => Some(self.built_in_function(expr)),
                None => None,
            },
            Ast::Lambda(lambda) => Some(self.lambda(lambda, expr)),
            _ => None,
        }
    }

    pub fn is_built_in(&self, name: Name) -> bool {
        crate::names::is_builtin(name.as_str())
            || crate::annotations::scalar_type(name.as_str()).is_some()
    }

    /// A built-in function, a type that converts, or a type's method, as `lambda *items: f(*items)`.
    fn built_in_function(&mut self, function: &'a ast::Expr) -> Bound {
        let span = function.span;
        let name = Name::new("items");
        let expr = |kind| ast::Expr { kind, span };
        let call = expr(Ast::Call {
            function: Box::new(function.clone()),
            args: vec![Arg {
                kind: ast::ArgKind::Star,
                value: expr(Ast::Name(name)),
            }],
        });
        let param = ast::Param {
            kind: ast::ParamKind::VarPositional,
            convention: None,
            name: ast::Ident { name, span },
            annotation: None,
            default: None,
            span,
        };
        let body = vec![ast::Stmt {
            kind: ast::StmtKind::Return(Some(call)),
            span,
            named: true,
        }];
        let function = self.synthesized(Name::new("lambda"), vec![param], body, span);
        let none = FxHashSet::default();
        self.declare_hidden(function, none, &FxHashSet::default(), Vec::new(), span)
    }

    /// A function that the program does not define by itself.
    pub fn synthesized(
        &self,
        name: Name,
        params: Vec<ast::Param>,
        body: Vec<ast::Stmt>,
        span: Span,
    ) -> &'a ast::Function {
        match self.cx.nested_decls.get(&(span, self.func)) {
            Some(decl) => self.cx.decl(*decl).ast,
            None => self.new_function(name, params, body, span),
        }
    }

    fn new_function(
        &self,
        name: Name,
        params: Vec<ast::Param>,
        body: Vec<ast::Stmt>,
        span: Span,
    ) -> &'a ast::Function {
        self.cx.synthesized.functions.alloc(ast::Function {
            keyword: ast::FunctionKeyword::Def,
            decorators: Vec::new(),
            name: ast::Ident { name, span },
            generics: Vec::new(),
            params,
            raises: None,
            returns: None,
            docstring: None,
            body,
            signature: span,
        })
    }

    /// A nested function that no name calls.
    pub fn declare_hidden(
        &mut self,
        function: &'a ast::Function,
        free: FxHashSet<Name>,
        rebound: &FxHashSet<Name>,
        defaults: Vec<Name>,
        span: Span,
    ) -> Bound {
        let name = function.name.name;
        let before = self.nested.get(&name).cloned();
        let bound = self.declare_alone(&Member {
            name,
            function,
            free,
            rebound: rebound.clone(),
            defaults,
            needs: Vec::new(),
            span,
        });
        self.restore_nested(name, before);
        bound
    }

    pub fn bind_nested(&mut self, name: Name, bound: Bound) -> Option<Bound> {
        Rc::make_mut(&mut self.nested).insert(name, bound)
    }

    pub fn unbind_nested(&mut self, name: Name) -> Option<Bound> {
        if !self.nested.contains_key(&name) {
            return None;
        }
        Rc::make_mut(&mut self.nested).remove(&name)
    }

    /// Says of a variable that functions here capture that it has another name.
    pub fn rename_sources(&mut self, name: Name, other: Name) {
        for bound in Rc::make_mut(&mut self.nested).values_mut() {
            let sources = bound.sources.iter_mut();
            sources
                .filter(|source| **source == name)
                .for_each(|source| *source = other);
        }
    }

    /// What a name meant `before`, it means again.
    pub fn restore_nested(&mut self, name: Name, before: Option<Bound>) {
        match before {
            Some(before) => self.bind_nested(name, before),
            None => self.unbind_nested(name),
        };
    }

    pub fn lambda(&mut self, lambda: &'a ast::Lambda, whole: &'a ast::Expr) -> Bound {
        let span = whole.span;
        let function = self.lambda_function(lambda, span);
        let defaults = self.default_variables(function);
        let free = names_from_outside(function);
        if let Some(needed) = self.defined_later(&free, span).first() {
            self.report(diag::lambda_needs_later(span, needed.as_str()));
            self.bind_poisoned(*needed, span);
        }
        self.declare_hidden(function, free, &FxHashSet::default(), defaults, span)
    }

    fn lambda_function(&self, lambda: &'a ast::Lambda, span: Span) -> &'a ast::Function {
        let body = vec![ast::Stmt {
            kind: ast::StmtKind::Return(Some(lambda.body.clone())),
            span: lambda.body.span,
            named: true,
        }];
        self.synthesized(Name::new("lambda"), lambda.params.clone(), body, span)
    }

    /// `name = lambda …: …` that needs functions which are defined further down; false if it needs none.
    fn lambda_that_waits(&mut self, name: Name, value: &'a ast::Expr) -> bool {
        let Ast::Lambda(lambda) = &value.kind else {
            return false;
        };
        let span = value.span;
        let function = self.lambda_function(lambda, span);
        let free = names_from_outside(function);
        if self.defined_later(&free, span).is_empty() {
            return false;
        }
        // Tracebacks call it a lambda.
        let decl = self.nested_decl(function.name.name, function, span);
        self.defined_again(name, decl, span);
        let defaults = self.default_variables(function);
        self.define(name, function, free, FxHashSet::default(), defaults, span);
        true
    }

    /// Computes the defaults of a lambda that stands further on.
    pub fn compute_early(&mut self, lambda: &mut ast::Lambda, span: Span) {
        let name = Name::new("lambda");
        let function = self.new_function(name, lambda.params.clone(), Vec::new(), span);
        let variables = self.default_variables(function);
        self.early_defaults.extend(variables);
        for default in lambda
            .params
            .iter_mut()
            .flat_map(|param| &mut param.default)
        {
            if !crate::defaults::is_constant(default) {
                default.kind = Ast::None;
            }
        }
    }

    /// `name = lambda …: …` and `name = function`: another name for a function.
    pub fn name_function(&mut self, name: Name, value: &'a ast::Expr) -> bool {
        // What is only there because something is wrong with it may become a function.
        let is_variable = |var: &crate::func::Var| self.local(var.local).ty != Ty::ERROR;
        if self.annotated.contains_key(&name) || self.vars.get(&name).is_some_and(is_variable) {
            return false;
        }
        if self.lambda_that_waits(name, value) {
            return true;
        }
        let Some(bound) = self.callable_argument(value) else {
            return false;
        };
        let bound = match value.kind {
            Ast::Name(_) => self.with_own_defaults(name, bound, value.span),
            _ => bound,
        };
        self.defined_again(name, bound.decl, value.span);
        if self.vars.contains_key(&name) {
            self.set_var(name, None);
        }
        self.bind_nested(name, bound);
        self.declare_waiting();
        true
    }

    /// The types of what a function captures here, as the type of the function.
    pub fn callable_value(&mut self, bound: &Bound, span: Span) -> Val {
        let captures = self.cx.decl(bound.decl).captures.clone();
        let mut typed = Vec::with_capacity(captures.len());
        for (capture, source) in captures.into_iter().zip(&bound.sources) {
            let Some(var) = self.vars.get(source).copied() else {
                self.report(diag::use_before_assignment(span, written(*source)));
                return Val::error(span);
            };
            let mut place = self.local_place(var.local, span);
            if !capture.by_reference {
                self.narrow(*source, &mut place);
            }
            let ty = self.cx.resolve(place.ty);
            if ty == Ty::ERROR {
                // Why it has no type is told now at the latest.
                self.name(*source, span);
                return Val::error(span);
            }
            typed.push((capture, ty));
        }
        let ty = self.cx.passed_type(Passed::Function {
            decl: bound.decl,
            captures: typed,
        });
        Val::strong(ExprKind::None, ty, span)
    }

    /// The values of what a function captures that is passed as an argument of this type.
    pub fn passed_values(&mut self, bound: &Bound, passed: Ty, span: Span) -> Option<Vec<Expr>> {
        let values = self.captured_values(bound, span)?;
        let Some(Passed::Function { captures, .. }) = self.cx.passed(passed).cloned() else {
            return Some(values);
        };
        let typed = values.into_iter().zip(captures);
        // A later argument may have put `None` where a test showed a value before.
        Some(
            typed
                .map(|(value, (_, ty))| self.coerce(value.into(), ty))
                .collect(),
        )
    }

    /// The values of what a function captures, for a call here.
    pub fn captured_values(&mut self, bound: &Bound, span: Span) -> Option<Vec<Expr>> {
        let captures = self.cx.decl(bound.decl).captures.clone();
        let mut values = Vec::with_capacity(captures.len());
        for (capture, source) in captures.iter().zip(&bound.sources) {
            if capture.by_reference {
                self.forget_shown(*source);
                self.changed_by_others.insert(*source);
            }
            // Under its own name another variable would be found.
            if is_hidden(*source) && !self.vars.contains_key(source) {
                self.report(diag::use_before_assignment(span, written(*source)));
                return None;
            }
            let Operand::Place(place) = self.name(*source, span) else {
                return None;
            };
            let (ty, at) = (place.ty, place.span);
            values.push(if capture.by_reference {
                Expr {
                    kind: ExprKind::Borrow {
                        place,
                        mutable: true,
                    },
                    ty,
                    span: at,
                }
            } else {
                self.read(place)
            });
        }
        Some(values)
    }

    /// A call of a function that is known by a local name.
    pub fn call_bound(&mut self, bound: &Bound, args: &'a [Arg], span: Span) -> Val {
        match self.captured_values(bound, span) {
            Some(captured) => self.call_with_captures(bound.decl, captured, args, span),
            None => self.poisoned_call(args, span),
        }
    }

    /// `nonlocal x`: `x` is a parameter that is passed by reference, so there is nothing to do but to check the name.
    pub fn nonlocal(&mut self, names: &'a [ast::Ident]) {
        for name in names {
            if !self.refuses_parameter(name) && !self.vars.contains_key(&name.name) {
                self.report(diag::unknown_name(name.span, name.name.as_str(), []));
            }
        }
    }

    /// Reports what `global` or `nonlocal` names where it is a parameter; whether it is.
    pub fn refuses_parameter(&mut self, name: &ast::Ident) -> bool {
        let header = self.cx.headers.get(self.func.0 as usize);
        let Some(decl) = header.and_then(|header| header.decl) else {
            return false;
        };
        let mut params = self.cx.decl(decl).ast.params.iter();
        let Some(param) = params.find(|param| param.name.name == name.name) else {
            return false;
        };
        let first = param.name.span;
        self.report(diag::parameter_elsewhere(
            name.span,
            name.name.as_str(),
            first,
        ));
        true
    }

    /// The convention of a capture's parameter.
    pub fn capture_convention(capture: &Capture) -> Option<hir::Convention> {
        capture.by_reference.then_some(hir::Convention::Inout)
    }
}

/// A name for a variable where its own is that of another one.
pub(crate) fn hidden_name(place: &dyn std::fmt::Display, name: Name) -> Name {
    Name::new(&format!("${place}.{name}"))
}

fn is_hidden(name: Name) -> bool {
    name.as_str().starts_with('$')
}

/// The name that a variable has in the source.
pub(crate) fn written(name: Name) -> &'static str {
    let text = name.as_str();
    match is_hidden(name) {
        true => text.rsplit('.').next().unwrap_or(text),
        false => text,
    }
}

/// The names that a function takes from outside.
fn names_from_outside(function: &ast::Function) -> FxHashSet<Name> {
    let mut free: FxHashSet<Name> = FxHashSet::default();
    crate::names::free_in(function, &mut |name| {
        free.insert(name);
    });
    free
}
