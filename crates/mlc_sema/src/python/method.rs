//! `value.method` where a function is expected: `lambda …: value.method(…)`, which captures the variable.

use mlc_syntax::ast::{self, Arg, ArgKind, ExprKind as Ast, ParamKind};
use rustc_hash::FxHashSet;

use crate::call::is_variadic;
use crate::func::FnCx;
use crate::nested::Bound;

impl<'a> FnCx<'_, 'a> {
    /// The function that a method of a variable, or of a part of one, is; `None` for other expressions.
    pub(super) fn bound_method(&mut self, expr: &'a ast::Expr) -> Option<Bound> {
        let Ast::Attribute { value, attr } = &expr.kind else {
            return None;
        };
        if !self.is_part_of_variable(value) {
            return None;
        }
        let ty = self.type_if_evaluated(value);
        let id = self.cx.struct_of(ty)?;
        let method = self.cx.method(id, attr.name)?;
        let method = self.cx.decl(method);
        let (module, is_generic) = (method.module, !method.ast.generics.is_empty());
        let mut generics = method.outer_generics.clone();
        if method.is_static || method.is_property || is_generic {
            return None;
        }
        let params = method.ast.params.get(1..)?.to_vec();
        if params.iter().any(is_variadic) {
            return None;
        }
        let span = expr.span;
        let args = params.iter().map(|param| Arg {
            kind: match param.kind {
                ParamKind::KeywordOnly => ArgKind::Keyword(param.name),
                _ => ArgKind::Positional,
            },
            value: ast::Expr {
                kind: Ast::Name(param.name.name),
                span,
            },
        });
        let call = ast::Expr {
            kind: Ast::Call {
                function: Box::new(expr.clone()),
                args: args.collect(),
            },
            span,
        };
        let body = vec![ast::Stmt {
            kind: ast::StmtKind::Return(Some(call)),
            span,
            named: true,
        }];
        let function = self.synthesized(attr.name, params, body, span);
        let mut free = FxHashSet::default();
        crate::names::mentioned_expr(value, &mut |name| {
            free.insert(name);
        });
        let bound = self.declare_hidden(function, free, &FxHashSet::default(), Vec::new(), span);
        // Types and defaults of the parameters mean what they do where the method stands.
        generics.extend(self.cx.struct_instances[id.0 as usize].generics.clone());
        let declaration = &mut self.cx.decls[bound.decl.0 as usize];
        declaration.module = module;
        declaration.outer_generics = generics;
        Some(bound)
    }

    /// `name`, `name.field`, …: what can be looked at again, with the same result.
    fn is_part_of_variable(&self, expr: &ast::Expr) -> bool {
        match &expr.kind {
            Ast::Name(name) => self.vars.contains_key(name),
            Ast::Attribute { value, .. } => self.is_part_of_variable(value),
            _ => false,
        }
    }
}
