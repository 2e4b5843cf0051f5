//! Functions inside functions, lambdas, and functions passed as arguments.
//!
//! There are no function values at run time. A nested function gets the variables that it takes from outside as further
//! parameters, at each call. A parameter that is called makes the function generic: the argument's type is the function
//! itself, and what that captures becomes further parameters of the callee.

use std::rc::Rc;

use mlc_diagnostics::Span;
use mlc_syntax::Name;
use mlc_syntax::ast::{self, Arg, ExprKind as Ast};
use rustc_hash::{FxHashMap, FxHashSet};

use crate::checker::{DeclId, FnDecl, Item};
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
}

/// A function that can be called here by a name that is local.
#[derive(Clone, Debug)]
pub(crate) struct Bound {
    pub decl: DeclId,
    /// The variables here that hold what the function captures, in the order of its captures.
    pub sources: Vec<Name>,
}

impl<'a> FnCx<'_, 'a> {
    /// A `def` inside a function: from here on its name can be called.
    pub fn nested_function(&mut self, function: &'a ast::Function, span: Span) {
        let name = function.name.name;
        let mut free: FxHashSet<Name> = FxHashSet::default();
        crate::names::free_in(function, &mut |name| {
            free.insert(name);
        });
        let mut rebound: FxHashSet<Name> = FxHashSet::default();
        crate::names::rebound_in(function, &mut |name| {
            rebound.insert(name);
        });
        self.declare_nested(name, function, free, &rebound, span);
        self.set_var(name, None);
    }

    fn declare_nested(
        &mut self,
        name: Name,
        function: &'a ast::Function,
        free: FxHashSet<Name>,
        rebound: &FxHashSet<Name>,
        span: Span,
    ) -> Bound {
        let mut captures = self.captures_of(name, &free, rebound);
        captures.sort_by_key(|capture| capture.name.as_str());
        let sources: Vec<Name> = captures.iter().map(|capture| capture.name).collect();
        let key = (span, self.func);
        let decl = match self.cx.nested_decls.get(&key) {
            Some(&decl) => decl,
            None => {
                let outer = self.outer_name();
                let text = if outer.is_empty() {
                    name.to_string()
                } else {
                    format!("{outer}.{name}")
                };
                let decl = self.cx.add_decl(self.module, function, None, text);
                self.cx.nested_decls.insert(key, decl);
                decl
            }
        };
        let bound = Bound { decl, sources };
        self.bind_nested(name, bound.clone());
        let mut callable = free;
        callable.insert(name);
        let defaults = function.params.iter().flat_map(|param| &param.default);
        for default in defaults {
            crate::names::mentioned_expr(default, &mut |name| {
                callable.insert(name);
            });
        }
        let mut scope: FxHashMap<Name, Bound> = FxHashMap::default();
        for name in callable {
            let Some(sibling) = self.nested.get(&name) else {
                continue;
            };
            // A sibling can be called inside if what it captures is captured too.
            if sibling
                .sources
                .iter()
                .all(|source| captures.iter().any(|capture| capture.name == *source))
            {
                scope.insert(name, sibling.clone());
            }
        }
        let generics = self.generics.clone();
        let declaration: &mut FnDecl<'a> = &mut self.cx.decls[decl.0 as usize];
        declaration.captures = captures;
        declaration.outer_generics = generics;
        declaration.scope = scope;
        bound
    }

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

    /// The variables of this function that the free names mean, with those that called siblings need.
    fn captures_of(
        &self,
        own: Name,
        free: &FxHashSet<Name>,
        rebound: &FxHashSet<Name>,
    ) -> Vec<Capture> {
        let mut names: FxHashMap<Name, bool> = FxHashMap::default();
        for name in free {
            if *name == own {
                continue;
            }
            if let Some(sibling) = self.nested.get(name) {
                let captures = &self.cx.decl(sibling.decl).captures;
                for (source, capture) in sibling.sources.iter().zip(captures) {
                    *names.entry(*source).or_default() |= capture.by_reference;
                }
            } else if self.vars.contains_key(name) || self.assigned.contains(name) {
                *names.entry(*name).or_default() |= rebound.contains(name);
            }
        }
        names.remove(&own);
        let capture = |(name, by_reference)| Capture { name, by_reference };
        names.into_iter().map(capture).collect()
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

    fn is_built_in(&self, name: Name) -> bool {
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
        }];
        let function = self.synthesized(Name::new("lambda"), vec![param], body, span);
        self.declare_anonymous(function, FxHashSet::default(), span)
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
            None => self.cx.synthesized.functions.alloc(ast::Function {
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
            }),
        }
    }

    /// A nested function that no name calls.
    fn declare_anonymous(
        &mut self,
        function: &'a ast::Function,
        free: FxHashSet<Name>,
        span: Span,
    ) -> Bound {
        self.declare_hidden(function, free, &FxHashSet::default(), span)
    }

    pub fn declare_hidden(
        &mut self,
        function: &'a ast::Function,
        free: FxHashSet<Name>,
        rebound: &FxHashSet<Name>,
        span: Span,
    ) -> Bound {
        let name = function.name.name;
        let before = self.nested.get(&name).cloned();
        let bound = self.declare_nested(name, function, free, rebound, span);
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

    /// What a name meant `before`, it means again.
    pub fn restore_nested(&mut self, name: Name, before: Option<Bound>) {
        match before {
            Some(before) => self.bind_nested(name, before),
            None => self.unbind_nested(name),
        };
    }

    pub fn lambda(&mut self, lambda: &'a ast::Lambda, whole: &'a ast::Expr) -> Bound {
        let span = whole.span;
        let body = vec![ast::Stmt {
            kind: ast::StmtKind::Return(Some(lambda.body.clone())),
            span: lambda.body.span,
        }];
        let function = self.synthesized(Name::new("lambda"), lambda.params.clone(), body, span);
        let mut free: FxHashSet<Name> = FxHashSet::default();
        crate::names::mentioned_expr(whole, &mut |name| {
            free.insert(name);
        });
        self.declare_anonymous(function, free, span)
    }

    /// `name = lambda …: …` and `name = function`: another name for a function.
    pub fn name_function(&mut self, name: Name, value: &'a ast::Expr) -> bool {
        if self.annotated.contains_key(&name) || self.vars.contains_key(&name) {
            return false;
        }
        let Some(bound) = self.callable_argument(value) else {
            return false;
        };
        self.bind_nested(name, bound);
        true
    }

    /// The types of what a function captures here, as the type of the function.
    pub fn callable_value(&mut self, bound: &Bound, span: Span) -> Val {
        let captures = self.cx.decl(bound.decl).captures.clone();
        let mut typed = Vec::with_capacity(captures.len());
        for (capture, source) in captures.into_iter().zip(&bound.sources) {
            let Some(var) = self.vars.get(source).copied() else {
                self.report(diag::use_before_assignment(span, source.as_str()));
                return Val::error(span);
            };
            let mut place = self.local_place(var.local, span);
            if !capture.by_reference {
                self.narrow(*source, &mut place);
            }
            let ty = self.cx.resolve(place.ty);
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
            if !self.vars.contains_key(&name.name) {
                self.report(diag::unknown_name(name.span, name.name.as_str(), []));
            }
        }
    }

    /// The convention of a capture's parameter.
    pub fn capture_convention(capture: &Capture) -> Option<hir::Convention> {
        capture.by_reference.then_some(hir::Convention::Inout)
    }
}
