//! The arguments of functions and methods that the compiler knows, by the names of their parameters.

use mlc_syntax::ast::{self, Arg, ArgKind};

use crate::diag;
use crate::func::FnCx;

/// The parameters of such a function.
pub(crate) struct Known<'n> {
    pub name: &'n str,
    /// Those that may be given by position, in order.
    pub by_position: &'n [&'n str],
    /// Those that are given by name only.
    pub by_name: &'n [&'n str],
    /// Those that NumPy has beside these.
    pub not_yet: &'n [&'n str],
}

impl<'a> FnCx<'_, 'a> {
    /// What is given for each parameter, those by position first.
    pub(crate) fn named_arguments(
        &mut self,
        known: &Known,
        args: &'a [Arg],
    ) -> Option<Vec<Option<&'a ast::Expr>>> {
        let names: Vec<&str> = [known.by_position, known.by_name].concat();
        let mut given = vec![None; names.len()];
        for (position, arg) in args.iter().enumerate() {
            let (name, at) = match &arg.kind {
                ArgKind::Positional if position < known.by_position.len() => {
                    (names[position], arg.value.span)
                }
                ArgKind::Positional => {
                    let message = match known.by_position {
                        [] => format!("`{}` takes no argument by position", known.name),
                        [one] => {
                            format!("`{}` takes one argument by position, `{one}`", known.name)
                        }
                        several => {
                            let (most, given) = (several.len(), args.len());
                            let name = known.name;
                            format!("`{name}` takes up to {most} arguments, {given} were given")
                        }
                    };
                    self.report(diag::wrong_arguments(arg.value.span, message));
                    return None;
                }
                ArgKind::Keyword(keyword) => (keyword.name.as_str(), keyword.span),
                ArgKind::Star | ArgKind::DoubleStar => {
                    let feature = "unpacking arguments of a built-in function";
                    self.report(diag::not_yet(arg.value.span, feature));
                    return None;
                }
            };
            let Some(slot) = names.iter().position(|other| *other == name) else {
                self.report(if known.not_yet.contains(&name) {
                    diag::not_yet(at, &format!("`{name}` of `{}`", known.name))
                } else {
                    let message = format!("`{}` has no parameter `{name}`", known.name);
                    diag::wrong_arguments(at, message)
                });
                return None;
            };
            if given[slot].is_some() {
                let message = format!("`{}` gets `{name}` twice", known.name);
                self.report(diag::wrong_arguments(at, message));
                return None;
            }
            given[slot] = Some(&arg.value);
        }
        Some(given)
    }
}
