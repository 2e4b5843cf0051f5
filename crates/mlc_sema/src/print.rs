//! `print`.

use mlc_diagnostics::{Span, closest};
use mlc_syntax::ast::{Arg, ArgKind, Ident};

use crate::coerce::Val;
use crate::diag;
use crate::func::FnCx;
use crate::hir::{Builtin, Expr, ExprKind, Ty};

const KEYWORDS: [&str; 4] = ["sep", "end", "flush", "file"];

impl<'a> FnCx<'_, 'a> {
    /// `print(…, sep=…, end=…)`
    pub fn print(&mut self, args: &'a [Arg], span: Span) -> Val {
        let mut separator = self.str(" ", span);
        let mut end = self.str("\n", span);
        let mut values = Vec::new();
        let starred = args.iter().any(|arg| arg.kind == ArgKind::Star);
        for arg in args {
            match &arg.kind {
                ArgKind::Positional if starred => {}
                ArgKind::Positional => {
                    let value = self.value(&arg.value, None);
                    let value = self.settle(value);
                    let text = match self.python_text(&value, false, arg.value.span) {
                        None => self.text_method(&value, false, arg.value.span),
                        text => text,
                    };
                    let shown = text.map_or(value, |text| text.expr);
                    values.push(self.borrow(shown));
                }
                ArgKind::Keyword(keyword) => match keyword.name.as_str() {
                    "sep" => separator = self.print_text(arg, " "),
                    "end" => end = self.print_text(arg, "\n"),
                    "flush" => {
                        self.value_of(&arg.value, Ty::BOOL);
                    }
                    "file" => self.report(diag::not_yet(keyword.span, "`file` of `print`")),
                    _ => self.unknown_print_keyword(*keyword),
                },
                ArgKind::Star => {}
                ArgKind::DoubleStar => {
                    self.report(diag::not_yet(arg.value.span, "`**` in a call of `print`"));
                }
            }
        }
        if starred {
            // How many values there are is known when it runs: their texts, joined.
            let texts = self.gathered(span, Some(Ty::STR), |cx, push| {
                let mut write = |cx: &mut Self, value: Val| {
                    let value = cx.settle(value);
                    let at = value.span;
                    let text = cx.str_of(value, at);
                    push(cx, text);
                };
                for arg in args {
                    match arg.kind {
                        ArgKind::Star => cx.each(&arg.value, &mut write),
                        ArgKind::Positional => {
                            let value = cx.value(&arg.value, None);
                            write(cx, value);
                        }
                        _ => {}
                    }
                }
            });
            let texts = self.borrow(texts.expr);
            let line = vec![separator, texts];
            separator = self.str(" ", span);
            values.push(self.builtin(Builtin::StrJoin, line, Ty::STR, span).expr);
        }
        let mut operands: Vec<Expr> = vec![separator, end];
        operands.append(&mut values);
        if operands.iter().any(|value| value.ty == Ty::ERROR) {
            return Val::strong(ExprKind::None, Ty::NONE, span);
        }
        self.builtin(Builtin::Print, operands, Ty::NONE, span)
    }

    /// `sep` or `end`; `None` stands for the default.
    fn print_text(&mut self, arg: &'a Arg, default: &str) -> Expr {
        let value = self.value(&arg.value, Some(Ty::STR));
        if value.expr.ty == Ty::NONE {
            return self.str(default, arg.value.span);
        }
        self.coerce(value, Ty::STR)
    }

    fn unknown_print_keyword(&mut self, keyword: Ident) {
        let message = format!("`print` has no parameter `{}`", keyword.name);
        let mut diagnostic = diag::wrong_arguments(keyword.span, message);
        if let Some(near) = closest(keyword.name.as_str(), KEYWORDS) {
            diagnostic = diagnostic.fixit(format!("did you mean `{near}`?"), keyword.span, near);
        }
        self.report(diagnostic);
    }
}
