//! The functions of `math` that the library has, in the language itself.

use mlc_diagnostics::Span;
use mlc_syntax::ast::Arg;

use crate::call::Given;
use crate::coerce::Val;
use crate::func::FnCx;
use crate::hir::{Ty, TyKind};

/// Functions of numbers, with how many they take.
const OF_NUMBERS: &[(&str, usize)] = &[
    ("comb", 2),
    ("dist", 2),
    ("factorial", 1),
    ("frexp", 1),
    ("isqrt", 1),
    ("ldexp", 2),
    ("modf", 1),
    ("nextafter", 2),
    ("remainder", 2),
    ("ulp", 1),
];

impl<'a> FnCx<'_, 'a> {
    /// The call of a function of `math` that the library has.
    pub(super) fn written_math(&mut self, name: &str, args: &'a [Arg], span: Span) -> Option<Val> {
        match name {
            "gcd" | "lcm" if args.len() != 2 => {
                let values = self.positional(name, args, 0..=args.len(), span)?;
                let of_none = Val::int(i128::from(name == "lcm"), span);
                let list = self.list_of_integers(values, span);
                Some(match args {
                    [] => of_none,
                    _ => self.call_library(&format!("{name}_of"), given([list]), span),
                })
            }
            "lcm" => {
                let values = self.positional(name, args, 2..=2, span)?;
                let list = self.list_of_integers(values, span);
                Some(self.call_library("lcm_of", given([list]), span))
            }
            "hypot" if args.len() != 2 => {
                let values = self.positional(name, args, 0..=args.len(), span)?;
                if values.is_empty() {
                    return Some(Val::float(0.0, span));
                }
                let list = self.list_of_values(values, span);
                Some(self.call_library("hypot_of", given([list]), span))
            }
            "perm" => {
                let mut values = self.positional(name, args, 1..=2, span)?.into_iter();
                let (n, k) = (values.next()?, values.next());
                Some(match k {
                    Some(k) => self.call_library("perm", given([n, k]), span),
                    None => self.call_library("factorial", given([n]), span),
                })
            }
            "fsum" => {
                let [items] = args else {
                    self.positional(name, args, 1..=1, span)?;
                    return Some(Val::error(span));
                };
                let items = self.list_to_read(&items.value, None, span);
                if let TyKind::List(elem) = *self.cx.types.kind(items.expr.ty) {
                    self.cx.unify_unknown(elem, Ty::F64);
                }
                Some(self.call_library("fsum", given([items]), span))
            }
            "prod" => {
                let (values, [start]) = self.split_arguments(name, args, ["start"])?;
                let [items] = values.as_slice() else {
                    self.positional(name, args, 1..=1, span)?;
                    return Some(Val::error(span));
                };
                let items = self.list_to_read(items, None, span);
                let start = match start {
                    Some(start) => self.value(start, None),
                    None => Val::int(1, span),
                };
                Some(self.call_library("product_of", given([items, start]), span))
            }
            "isclose" => {
                let keywords = ["rel_tol", "abs_tol"];
                let (values, tolerances) = self.split_arguments(name, args, keywords)?;
                let [a, b] = values.as_slice() else {
                    self.positional(name, args, 2..=2, span)?;
                    return Some(Val::error(span));
                };
                let mut all = vec![self.value(a, None), self.value(b, None)];
                for (given, default) in tolerances.into_iter().zip([1e-9, 0.0]) {
                    all.push(match given {
                        Some(given) => self.value(given, None),
                        None => Val::float(default, span),
                    });
                }
                let all = all.into_iter().map(|value| Given::Value(Box::new(value)));
                Some(self.call_library("isclose", all.collect(), span))
            }
            _ => {
                let (_, count) = OF_NUMBERS.iter().find(|(known, _)| *known == name)?;
                let values = self.positional(name, args, *count..=*count, span)?;
                let values = values
                    .into_iter()
                    .map(|value| Given::Value(Box::new(value)));
                Some(self.call_library(name, values.collect(), span))
            }
        }
    }

    fn list_of_integers(&mut self, values: Vec<Val>, span: Span) -> Val {
        let values = (values.into_iter())
            .map(|value| self.coerce(value, Ty::INT).into())
            .collect();
        self.list_of_values(values, span)
    }
}

fn given<'a, const N: usize>(values: [Val; N]) -> Vec<Given<'a>> {
    values.map(|value| Given::Value(Box::new(value))).into()
}
