//! Methods of strings.

use mlc_diagnostics::Span;
use mlc_syntax::ast::{self, Arg, ArgKind, ExprKind as Ast};

use crate::coerce::Val;
use crate::diag;
use crate::func::FnCx;
use crate::hir::{Builtin, Expr, Place, Ty};

const STR_METHODS: &[&str] = &[
    "join",
    "split",
    "strip",
    "lstrip",
    "rstrip",
    "find",
    "replace",
    "startswith",
    "endswith",
    "upper",
    "lower",
];

/// The methods that `str` has in Python.
const PYTHON_STR_METHODS: &[&str] = &[
    "capitalize",
    "casefold",
    "center",
    "count",
    "encode",
    "expandtabs",
    "format",
    "format_map",
    "index",
    "isalnum",
    "isalpha",
    "isascii",
    "isdecimal",
    "isdigit",
    "isidentifier",
    "islower",
    "isnumeric",
    "isprintable",
    "isspace",
    "istitle",
    "isupper",
    "ljust",
    "maketrans",
    "partition",
    "removeprefix",
    "removesuffix",
    "rfind",
    "rindex",
    "rjust",
    "rpartition",
    "rsplit",
    "splitlines",
    "swapcase",
    "title",
    "translate",
    "zfill",
];

impl<'a> FnCx<'_, 'a> {
    pub(super) fn str_method(
        &mut self,
        text: Place,
        attr: &'a ast::Ident,
        args: &'a [Arg],
        span: Span,
    ) -> Val {
        let name = attr.name.as_str();
        let receiver = self.read(text);
        let list_of_str = self.cx.types.list(Ty::STR);
        let one = |cx: &mut Self, op: Builtin, arg: &'a Arg, result: Ty, receiver: Expr| {
            let arg = cx.value_of(&arg.value, Ty::STR);
            cx.builtin(op, vec![receiver, arg], result, span)
        };
        match (name, args) {
            ("join", [arg]) => {
                let list = self.list_to_read(&arg.value, Some(list_of_str), span);
                let list = self.coerce(list, list_of_str);
                let list = self.borrow(list);
                self.builtin(Builtin::StrJoin, vec![receiver, list], Ty::STR, span)
            }
            ("split", args) if split_parameters(args).is_some() => {
                let [separator, most] = split_parameters(args).unwrap_or_default();
                let mut operands = vec![receiver];
                if let Some(separator) = separator.filter(|arg| !is_none(arg)) {
                    operands.push(self.value_of(&separator.value, Ty::STR));
                }
                if let Some(most) = most {
                    operands.push(self.value_of(&most.value, Ty::INT));
                }
                self.builtin(Builtin::StrSplit, operands, list_of_str, span)
            }
            ("strip" | "lstrip" | "rstrip", [arg]) if is_none(arg) => {
                let op = match name {
                    "strip" => Builtin::StrStrip,
                    "lstrip" => Builtin::StrLstrip,
                    _ => Builtin::StrRstrip,
                };
                self.builtin(op, vec![receiver], Ty::STR, span)
            }
            ("find", [part, start, ends @ ..]) if ends.len() <= 1 => {
                let mut operands = vec![receiver, self.value_of(&part.value, Ty::STR)];
                for (bound, absent) in [(Some(start), 0), (ends.first(), i64::MAX)] {
                    operands.push(match bound.filter(|arg| !is_none(arg)) {
                        Some(bound) => self.value_of(&bound.value, Ty::INT),
                        None => self.int(i128::from(absent), span),
                    });
                }
                self.builtin(Builtin::StrFind, operands, Ty::INT, span)
            }
            ("strip", []) => self.builtin(Builtin::StrStrip, vec![receiver], Ty::STR, span),
            ("strip", [arg]) => one(self, Builtin::StrStrip, arg, Ty::STR, receiver),
            ("lstrip", []) => self.builtin(Builtin::StrLstrip, vec![receiver], Ty::STR, span),
            ("lstrip", [arg]) => one(self, Builtin::StrLstrip, arg, Ty::STR, receiver),
            ("rstrip", []) => self.builtin(Builtin::StrRstrip, vec![receiver], Ty::STR, span),
            ("rstrip", [arg]) => one(self, Builtin::StrRstrip, arg, Ty::STR, receiver),
            ("find", [arg]) => one(self, Builtin::StrFind, arg, Ty::INT, receiver),
            ("startswith", [arg]) => one(self, Builtin::StrStartsWith, arg, Ty::BOOL, receiver),
            ("endswith", [arg]) => one(self, Builtin::StrEndsWith, arg, Ty::BOOL, receiver),
            ("upper", []) => self.builtin(Builtin::StrUpper, vec![receiver], Ty::STR, span),
            ("lower", []) => self.builtin(Builtin::StrLower, vec![receiver], Ty::STR, span),
            ("replace", [old, new, counts @ ..]) if counts.len() <= 1 => {
                let mut operands = vec![receiver];
                operands.extend([old, new].map(|text| self.value_of(&text.value, Ty::STR)));
                operands.extend(
                    counts
                        .first()
                        .map(|count| self.value_of(&count.value, Ty::INT)),
                );
                self.builtin(Builtin::StrReplace, operands, Ty::STR, span)
            }
            _ if STR_METHODS.contains(&name) => self.wrong_method_call("string", name, args, span),
            _ => {
                let known = STR_METHODS.iter().copied();
                self.report(if PYTHON_STR_METHODS.contains(&name) {
                    diag::not_yet(attr.span, &format!("the string method `{name}`"))
                } else {
                    diag::unknown_attribute(attr.span, "String", name, known)
                });
                self.poisoned_call(args, span)
            }
        }
    }
}

fn is_none(arg: &Arg) -> bool {
    matches!(arg.value.kind, Ast::None)
}

/// The separator and the greatest number of splits among the arguments of `split`; `None` where there are others.
fn split_parameters(args: &[Arg]) -> Option<[Option<&Arg>; 2]> {
    let mut given = [None; 2];
    for (at, arg) in args.iter().enumerate() {
        let position = match &arg.kind {
            ArgKind::Positional => at,
            ArgKind::Keyword(keyword) if keyword.name == "sep" => 0,
            ArgKind::Keyword(keyword) if keyword.name == "maxsplit" => 1,
            _ => return None,
        };
        let slot = given.get_mut(position)?;
        if slot.replace(arg).is_some() {
            return None;
        }
    }
    Some(given)
}
