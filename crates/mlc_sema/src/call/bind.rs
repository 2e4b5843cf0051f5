//! Which argument goes to which parameter.

use mlc_diagnostics::{Span, closest};
use mlc_syntax::ast::{self, Arg, ArgKind, ParamKind};

use super::Given;
use crate::coerce::Val;
use crate::diag;
use crate::func::FnCx;
impl<'a> FnCx<'_, 'a> {
    /// Which argument each parameter gets; `None` for a default.
    pub fn bind_args(
        &mut self,
        function: &'a ast::Function,
        receiver: Option<Val>,
        args: &'a [Arg],
        span: Span,
    ) -> Option<Vec<Option<Given<'a>>>> {
        let params = &function.params;
        let name = function.name.name;
        let mut bound: Vec<Option<Given<'a>>> = vec![None; params.len()];
        let mut next = 0;
        if let Some(value) = receiver {
            if params.is_empty() {
                self.report(diag::wrong_arguments(
                    span,
                    format!("`{name}` takes no `self`"),
                ));
                return None;
            }
            bound[0] = Some(Given::Value(Box::new(value)));
            next = 1;
        }
        let variadic = params
            .iter()
            .find(|param| matches!(param.kind, ParamKind::VarPositional | ParamKind::VarKeyword));
        if let Some(param) = variadic {
            self.report(diag::not_yet(param.span, "`*args` and `**kwargs`"));
            return None;
        }
        let positional =
            |param: &ast::Param| matches!(param.kind, ParamKind::PositionalOnly | ParamKind::Plain);
        let mut fine = true;
        for arg in args {
            match &arg.kind {
                ArgKind::Positional => {
                    if params.get(next).is_some_and(positional) {
                        bound[next] = Some(Given::Expr(&arg.value));
                        next += 1;
                    } else if fine {
                        let takes = params.iter().filter(|param| positional(param)).count();
                        let given = args
                            .iter()
                            .filter(|arg| arg.kind == ArgKind::Positional)
                            .count();
                        let plural = if takes == 1 { "argument" } else { "arguments" };
                        let message =
                            format!("`{name}` takes {takes} {plural}, {given} were given");
                        self.report(
                            diag::wrong_arguments(arg.value.span, message)
                                .label(function.signature, "declared here"),
                        );
                        fine = false;
                    }
                }
                ArgKind::Keyword(keyword) => {
                    let at = params.iter().position(|param| {
                        param.name.name == keyword.name && param.kind != ParamKind::PositionalOnly
                    });
                    match at {
                        Some(at) if bound[at].is_some() => {
                            let message = format!("`{name}` gets `{}` twice", keyword.name);
                            self.report(diag::wrong_arguments(keyword.span, message));
                            fine = false;
                        }
                        Some(at) => bound[at] = Some(Given::Expr(&arg.value)),
                        None => {
                            let message = format!("`{name}` has no parameter `{}`", keyword.name);
                            let known = params.iter().map(|param| param.name.name.as_str());
                            let mut diagnostic = diag::wrong_arguments(keyword.span, message);
                            if let Some(near) = closest(keyword.name.as_str(), known) {
                                diagnostic = diagnostic.fixit(
                                    format!("did you mean `{near}`?"),
                                    keyword.span,
                                    near,
                                );
                            }
                            self.report(diagnostic);
                            fine = false;
                        }
                    }
                }
                ArgKind::Star | ArgKind::DoubleStar => {
                    self.report(diag::not_yet(arg.value.span, "unpacking arguments"));
                    fine = false;
                }
            }
        }
        if !fine {
            return None;
        }
        let missing: Vec<String> = (params.iter().zip(&bound))
            .filter(|(param, given)| given.is_none() && param.default.is_none())
            .map(|(param, _)| format!("`{}`", param.name.name))
            .collect();
        if !missing.is_empty() {
            let plural = if missing.len() == 1 {
                "argument"
            } else {
                "arguments"
            };
            let message = format!("missing {plural} {} of `{name}`", missing.join(", "));
            self.report(
                diag::wrong_arguments(span, message).label(function.signature, "declared here"),
            );
            return None;
        }
        Some(bound)
    }
}
