//! Which argument goes to which parameter, or to which field.

use mlc_diagnostics::{Span, closest};
use mlc_syntax::Name;
use mlc_syntax::ast::{self, Arg, ArgKind, ExprKind as Ast, ParamKind};
use rustc_hash::{FxHashMap, FxHashSet};

use super::Given;
use crate::coerce::Val;
use crate::diag;
use crate::func::FnCx;

/// What takes arguments: a function with its parameters, or a struct with its fields.
pub(crate) struct Binding {
    pub name: Name,
    pub slots: Vec<Slot>,
    /// The header of a function; absent for a struct.
    pub declared: Option<Span>,
}

pub(crate) struct Slot {
    pub name: Name,
    pub kind: ParamKind,
    pub has_default: bool,
    /// `*args` and `**kwargs` with a type: the arguments become a list.
    pub typed: bool,
}

/// `*args` or `**kwargs`
pub(crate) fn is_variadic(param: &ast::Param) -> bool {
    matches!(param.kind, ParamKind::VarPositional | ParamKind::VarKeyword)
}

impl Binding {
    fn position(&self, kind: ParamKind) -> Option<usize> {
        self.slots.iter().position(|slot| slot.kind == kind)
    }

    /// The slots that arguments without a name go to.
    pub fn by_position(&self) -> Vec<&Slot> {
        let slots = self.slots.iter().enumerate();
        let taken = slots.filter(|(at, _)| self.takes_position(*at));
        taken.map(|(_, slot)| slot).collect()
    }

    /// Where arguments with these names go to.
    fn by_name(&self) -> FxHashMap<Name, usize> {
        let slots = self.slots.iter().enumerate().rev();
        slots
            .filter(|(_, slot)| matches!(slot.kind, ParamKind::Plain | ParamKind::KeywordOnly))
            .map(|(at, slot)| (slot.name, at))
            .collect()
    }

    /// Where each name stands.
    pub fn positions(&self) -> FxHashMap<Name, usize> {
        let slots = self.slots.iter().enumerate().rev();
        slots.map(|(at, slot)| (slot.name, at)).collect()
    }

    fn takes_position(&self, at: usize) -> bool {
        let kind = self.slots.get(at).map(|slot| slot.kind);
        matches!(kind, Some(ParamKind::PositionalOnly | ParamKind::Plain))
    }

    fn too_many(&self, given: usize) -> String {
        let takes = (0..self.slots.len())
            .filter(|&at| self.takes_position(at))
            .count();
        let name = self.name;
        match self.declared {
            Some(_) => {
                let plural = if takes == 1 { "argument" } else { "arguments" };
                format!("`{name}` takes {takes} {plural}, {given} were given")
            }
            None => {
                let plural = if takes == 1 { "field" } else { "fields" };
                format!("`{name}` has {takes} {plural}, {given} values were given")
            }
        }
    }
}

impl<'a> FnCx<'_, 'a> {
    pub fn function_binding(&self, function: &'a ast::Function) -> Binding {
        let slot = |param: &ast::Param| Slot {
            name: param.name.name,
            kind: param.kind,
            // The value of an `out` parameter is made by the callee.
            has_default: param.default.is_some(),
            typed: param.annotation.is_some(),
        };
        Binding {
            name: function.name.name,
            slots: function.params.iter().map(slot).collect(),
            declared: Some(function.signature),
        }
    }

    /// Which argument each parameter gets; `None` for a default.
    pub fn bind_args(
        &mut self,
        function: &'a ast::Function,
        receiver: Option<Val>,
        args: &'a [Arg],
        span: Span,
    ) -> Option<Vec<Option<Given<'a>>>> {
        let callee = self.function_binding(function);
        let first = receiver.map(|value| Given::Value(Box::new(value)));
        self.bind(&callee, first.into_iter().collect(), args, span)
    }

    /// Which argument each slot gets, the first ones those in `first`; `None` for a default.
    pub fn bind(
        &mut self,
        callee: &Binding,
        first: Vec<Given<'a>>,
        args: &'a [Arg],
        span: Span,
    ) -> Option<Vec<Option<Given<'a>>>> {
        let name = callee.name;
        let mut bound: Vec<Option<Given<'a>>> = vec![None; callee.slots.len()];
        let positional = args.iter().filter(|arg| arg.kind == ArgKind::Positional);
        let given = first.len() + positional.count();
        let mut next = 0;
        for value in first {
            if !callee.takes_position(next) {
                let diagnostic = diag::wrong_arguments(span, callee.too_many(given));
                self.report_binding(callee, diagnostic);
                return None;
            }
            bound[next] = Some(value);
            next += 1;
        }
        let (rest, keywords) = (
            callee.position(ParamKind::VarPositional),
            callee.position(ParamKind::VarKeyword),
        );
        let mut named: Option<FxHashMap<Name, usize>> = None;
        let mut seen: FxHashSet<Name> = FxHashSet::default();
        let mut more: Vec<(Option<Name>, &'a ast::Expr)> = Vec::new();
        let mut more_keywords: Vec<(Option<Name>, &'a ast::Expr)> = Vec::new();
        let mut fine = true;
        for arg in args {
            match &arg.kind {
                ArgKind::Positional if callee.takes_position(next) => {
                    bound[next] = Some(Given::Expr(&arg.value));
                    next += 1;
                }
                ArgKind::Positional if rest.is_some() => more.push((None, &arg.value)),
                ArgKind::Positional => {
                    if fine {
                        let message = callee.too_many(given);
                        let diagnostic = diag::wrong_arguments(arg.value.span, message);
                        self.report_binding(callee, diagnostic);
                    }
                    fine = false;
                }
                ArgKind::Keyword(keyword) => {
                    let named = named.get_or_insert_with(|| callee.by_name());
                    let at = named.get(&keyword.name).copied();
                    let twice = at.is_some_and(|at| bound[at].is_some())
                        || (at.is_none() && keywords.is_some() && !seen.insert(keyword.name));
                    match at {
                        _ if twice => {
                            let message = format!("`{name}` gets `{}` twice", keyword.name);
                            self.report(diag::wrong_arguments(keyword.span, message));
                            fine = false;
                        }
                        Some(at) => bound[at] = Some(Given::Expr(&arg.value)),
                        None if keywords.is_some() => {
                            more_keywords.push((Some(keyword.name), &arg.value));
                        }
                        None => {
                            self.unknown_keyword(callee, *keyword);
                            fine = false;
                        }
                    }
                }
                ArgKind::Star if rest.is_some_and(|at| callee.slots[at].typed) => {
                    if callee.takes_position(next) {
                        let what = format!("how many arguments of `{name}` this stands for");
                        self.report(diag::not_comptime(arg.value.span, &what));
                        fine = false;
                    }
                    more.push((None, self.starred(&arg.value)));
                }
                ArgKind::Star => {
                    let diagnostic =
                        diag::not_comptime(arg.value.span, "how many arguments this stands for");
                    self.report(diagnostic.help("pass a tuple, or the list itself"));
                    fine = false;
                }
                ArgKind::DoubleStar => {
                    let feature = "`**` of anything but the `**kwargs` of this function";
                    self.report(diag::not_yet(arg.value.span, feature));
                    fine = false;
                }
            }
        }
        if !fine {
            return None;
        }
        if let Some(at) = rest {
            bound[at] = Some(match callee.slots[at].typed {
                true => Given::Expr(self.list_of_args(more, span)),
                false => Given::Pack(more),
            });
        }
        if let Some(at) = keywords {
            if callee.slots[at].typed {
                self.report(diag::not_yet(span, "`**kwargs` with a type"));
                return None;
            }
            bound[at] = Some(Given::Pack(more_keywords));
        }
        self.check_missing(callee, &bound, span).then_some(bound)
    }

    fn report_binding(&mut self, callee: &Binding, diagnostic: mlc_diagnostics::Diagnostic) {
        self.report(match callee.declared {
            Some(declared) => diagnostic.label(declared, "declared here"),
            None => diagnostic,
        });
    }

    fn unknown_keyword(&mut self, callee: &Binding, keyword: ast::Ident) {
        let noun = match callee.declared {
            Some(_) => "parameter",
            None => "field",
        };
        let named = |slot: &&Slot| matches!(slot.kind, ParamKind::Plain | ParamKind::KeywordOnly);
        let known = callee.slots.iter().filter(named);
        let message = format!("`{}` has no {noun} `{}`", callee.name, keyword.name);
        let mut diagnostic = diag::wrong_arguments(keyword.span, message);
        let only_by_position = callee.slots.iter().any(|slot| slot.name == keyword.name);
        if only_by_position {
            diagnostic = diagnostic.help(format!("`{}` is given by position", keyword.name));
        } else if let Some(near) =
            closest(keyword.name.as_str(), known.map(|slot| slot.name.as_str()))
        {
            diagnostic = diagnostic.fixit(format!("did you mean `{near}`?"), keyword.span, near);
        }
        self.report(diagnostic);
    }

    fn check_missing(&mut self, callee: &Binding, bound: &[Option<Given<'a>>], span: Span) -> bool {
        let missing: Vec<String> = (callee.slots.iter().zip(bound))
            .filter(|(slot, given)| given.is_none() && !slot.has_default)
            .map(|(slot, _)| format!("`{}`", slot.name))
            .collect();
        if missing.is_empty() {
            return true;
        }
        let noun = match callee.declared {
            Some(_) => "argument",
            None => "field",
        };
        let plural = if missing.len() == 1 { "" } else { "s" };
        let message = format!(
            "missing {noun}{plural} {} of `{}`",
            missing.join(", "),
            callee.name
        );
        let diagnostic = diag::wrong_arguments(span, message);
        self.report_binding(callee, diagnostic);
        false
    }

    fn starred(&mut self, value: &'a ast::Expr) -> &'a ast::Expr {
        self.cx.synthesized.exprs.alloc(ast::Expr {
            kind: Ast::Starred(Box::new(value.clone())),
            span: value.span,
        })
    }

    /// What `*args: T` takes, as a list.
    fn list_of_args(
        &mut self,
        given: Vec<(Option<Name>, &'a ast::Expr)>,
        span: Span,
    ) -> &'a ast::Expr {
        let items = given.into_iter().map(|(_, value)| value.clone()).collect();
        self.cx.synthesized.exprs.alloc(ast::Expr {
            kind: Ast::List(items),
            span,
        })
    }
}
