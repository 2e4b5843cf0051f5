//! What arguments are that exist at compile time only: functions, and what `*args` and `**kwargs` without types take.
//!
//! Their type names them, so that they are part of what distinguishes instances. What they hold at run time becomes hidden
//! parameters of the callee: the variables that a function captures, the items of a pack.

use mlc_diagnostics::Span;
use mlc_syntax::Name;
use mlc_syntax::ast::{self, ExprKind as Ast};

use crate::checker::{Checker, DeclId, HeaderParam};
use crate::coerce::Val;
use crate::diag;
use crate::expr::Operand;
use crate::func::FnCx;
use crate::hir::{Expr, ExprKind, Ty, TyKind};
use crate::nested::{Bound, Capture, hidden_name};

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Passed {
    /// With what it captures.
    Function {
        decl: DeclId,
        captures: Vec<(Capture, Ty)>,
    },
    /// `*args`, whose items are named by position, or, `keyed`, `**kwargs`.
    Pack { keyed: bool, items: Vec<(Name, Ty)> },
}

/// A parameter `*args` or `**kwargs` in the body of its function.
#[derive(Clone, Debug)]
pub(crate) struct Pack {
    pub keyed: bool,
    /// The name of each item, and the variable that holds it.
    pub items: Vec<(Name, Name)>,
}

impl Checker<'_> {
    pub fn passed_type(&mut self, passed: Passed) -> Ty {
        let next = self.passed.len();
        let at = *self.passed_at.entry(passed).or_insert_with_key(|passed| {
            self.passed.push(passed.clone());
            next
        });
        self.types.intern(TyKind::Passed(at as u32))
    }

    pub fn passed(&self, ty: Ty) -> Option<&Passed> {
        match self.types.kind(ty) {
            TyKind::Passed(at) => self.passed.get(*at as usize),
            _ => None,
        }
    }

    /// The type, or what is passed in its place, as the name of an instance shows it.
    pub fn type_or_passed_name(&self, ty: Ty) -> String {
        match self.passed(ty) {
            Some(Passed::Function { decl, .. }) => self.decl(*decl).name.clone(),
            Some(Passed::Pack { keyed, items }) => {
                let shown: Vec<String> = (items.iter())
                    .map(|(name, ty)| match keyed {
                        true => format!("{name}={}", self.types.name(*ty)),
                        false => self.types.name(*ty),
                    })
                    .collect();
                let stars = if *keyed { "**" } else { "*" };
                format!("{stars}({})", shown.join(", "))
            }
            None => self.types.name(ty),
        }
    }

    /// The hidden parameters in which what is passed as `param` arrives.
    pub fn hidden_params(&self, param: Name, ty: Ty, span: Span) -> Vec<HeaderParam> {
        let hidden = |name: Name, ty: Ty, written| HeaderParam {
            name: hidden_name(&param, name),
            ty,
            written,
            span,
        };
        match self.passed(ty) {
            Some(Passed::Function { captures, .. }) => (captures.iter())
                .map(|(capture, ty)| hidden(capture.name, *ty, FnCx::capture_convention(capture)))
                .collect(),
            Some(Passed::Pack { items, .. }) => (items.iter())
                .map(|(name, ty)| hidden(*name, *ty, None))
                .collect(),
            None => Vec::new(),
        }
    }
}

impl<'a> FnCx<'_, 'a> {
    /// What a parameter's name means in the body, if what it takes exists at compile time only.
    pub fn declare_passed(&mut self, param: Name, ty: Ty) -> bool {
        match self.cx.passed(ty).cloned() {
            Some(Passed::Function { decl, captures }) => {
                let sources = captures
                    .iter()
                    .map(|(capture, _)| hidden_name(&param, capture.name))
                    .collect();
                self.bind_nested(param, Bound { decl, sources });
            }
            Some(Passed::Pack { keyed, items }) => {
                let items = items
                    .iter()
                    .map(|(name, _)| (*name, hidden_name(&param, *name)))
                    .collect();
                self.packs.insert(param, Pack { keyed, items });
            }
            None => return false,
        }
        true
    }

    /// The pack that a name means here.
    pub fn pack(&self, expr: &ast::Expr) -> Option<&Pack> {
        match &expr.kind {
            Ast::Name(name) if !self.vars.contains_key(name) => self.packs.get(name),
            _ => None,
        }
    }

    /// `args` as a value: a tuple.
    pub fn pack_value(&mut self, pack: &Pack, span: Span) -> Val {
        if pack.keyed {
            let feature = "`**kwargs` other than as `kwargs[\"name\"]`, `\"name\" in kwargs`, `len` and `**kwargs` in calls";
            self.report(diag::not_yet(span, feature));
            return Val::error(span);
        }
        let mut items = Vec::with_capacity(pack.items.len());
        for (_, variable) in &pack.items {
            let Operand::Place(place) = self.name(*variable, span) else {
                return Val::error(span);
            };
            items.push(self.read(place));
        }
        self.tuple_of(items, span)
    }

    /// `args[0]`, `kwargs["name"]`
    pub fn pack_item(
        &mut self,
        base: &'a ast::Expr,
        index: &'a ast::Expr,
        span: Span,
    ) -> Option<Operand> {
        let pack = self.pack(base)?.clone();
        if pack.keyed {
            let Ast::Str(key) = &index.kind else {
                self.report(diag::not_comptime(index.span, "a key of `**kwargs`"));
                return Some(Operand::Value(Val::error(span)));
            };
            let found = pack.items.iter().find(|(name, _)| *name == **key);
            let Some((_, variable)) = found else {
                let message = format!("no argument `{key}` is given here");
                self.report(diag::wrong_arguments(index.span, message));
                return Some(Operand::Value(Val::error(span)));
            };
            return Some(self.name(*variable, span));
        }
        let (sign, number) = match &index.kind {
            Ast::Int(number) => (1, number),
            Ast::Unary {
                op: ast::UnaryOp::Minus,
                operand,
            } => match &operand.kind {
                Ast::Int(number) => (-1, number),
                _ => return None,
            },
            _ => return None,
        };
        let at = sign * i128::try_from(number.value()).ok()?;
        let at = if at < 0 {
            at + pack.items.len() as i128
        } else {
            at
        };
        let (_, variable) = pack.items.get(usize::try_from(at).ok()?)?;
        Some(self.name(*variable, span))
    }

    /// `"name" in kwargs`
    pub fn in_pack(&self, key: &ast::Expr, pack: &ast::Expr) -> Option<bool> {
        let pack = self.pack(pack).filter(|pack| pack.keyed)?;
        match &key.kind {
            Ast::Str(key) => Some(pack.items.iter().any(|(name, _)| *name == **key)),
            _ => None,
        }
    }

    /// The type and the values of what a call gives to `*args` or `**kwargs`.
    pub fn pass_pack(
        &mut self,
        keyed: bool,
        given: Vec<(Option<Name>, &'a ast::Expr)>,
        span: Span,
    ) -> Option<(Val, Vec<Expr>)> {
        let mut items = Vec::with_capacity(given.len());
        let mut values = Vec::with_capacity(given.len());
        for (at, (name, expr)) in given.into_iter().enumerate() {
            let value = self.value(expr, None);
            let value = self.settle(value);
            let ty = self.cx.resolve(value.ty);
            if ty == Ty::ERROR {
                return None;
            }
            items.push((name.unwrap_or_else(|| Name::new(&at.to_string())), ty));
            values.push(value);
        }
        let ty = self.cx.passed_type(Passed::Pack { keyed, items });
        Some((Val::strong(ExprKind::None, ty, span), values))
    }
}
