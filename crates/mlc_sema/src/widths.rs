//! Slices whose length is known: `a[i:i+w]`, `a[i*w:(i+1)*w]` with a constant `w`.

use mlc_syntax::ast::{self, ExprKind as Ast};

use crate::func::FnCx;
use crate::hir::Ty;

/// The most elements that are worth being treated as one register.
const MAX_LANES: i128 = 1024;

/// A sum of multiples of expressions and a constant.
struct Linear<'a> {
    terms: Vec<(&'a ast::Expr, i128)>,
    constant: i128,
}

impl<'a> Linear<'a> {
    fn constant(constant: i128) -> Linear<'a> {
        Linear {
            terms: Vec::new(),
            constant,
        }
    }

    fn plus(mut self, other: &Linear<'a>, factor: i128) -> Linear<'a> {
        for &(term, count) in &other.terms {
            match self
                .terms
                .iter_mut()
                .find(|(known, _)| same_simple(known, term))
            {
                Some((_, sum)) => *sum += factor * count,
                None => self.terms.push((term, factor * count)),
            }
        }
        self.constant += factor * other.constant;
        self
    }

    fn as_constant(&self) -> Option<i128> {
        let vanish = self.terms.iter().all(|(_, count)| *count == 0);
        vanish.then_some(self.constant)
    }
}

impl<'a> FnCx<'_, 'a> {
    /// The length of a slice up to clamping, if its bounds are a constant apart.
    pub fn constant_width(&mut self, lower: &'a ast::Expr, upper: &'a ast::Expr) -> Option<u64> {
        let (first, last) = (self.linear(lower)?, self.linear(upper)?);
        let width = last.plus(&first, -1).as_constant()?;
        // Between constants nothing moves: it is no step of a loop.
        let moves = self.linear(lower)?.as_constant().is_none();
        (moves && (1..=MAX_LANES).contains(&width)).then_some(width as u64)
    }

    fn linear(&mut self, expr: &'a ast::Expr) -> Option<Linear<'a>> {
        Some(match &expr.kind {
            Ast::Int(value) => Linear::constant(i128::try_from(value.value()).ok()?),
            Ast::Name(name) if !self.vars.contains_key(name) => {
                let value = self.value(expr, Some(Ty::INT));
                Linear::constant(value.constant()?)
            }
            Ast::Name(_) => Linear {
                terms: vec![(expr, 1)],
                constant: 0,
            },
            Ast::Binary { op, left, right } => {
                let (a, b) = (self.linear(left)?, self.linear(right)?);
                match (op, a.as_constant(), b.as_constant()) {
                    (ast::BinaryOp::Add, ..) => a.plus(&b, 1),
                    (ast::BinaryOp::Sub, ..) => a.plus(&b, -1),
                    (ast::BinaryOp::Mul, Some(factor), _) => Linear::constant(0).plus(&b, factor),
                    (ast::BinaryOp::Mul, _, Some(factor)) => Linear::constant(0).plus(&a, factor),
                    _ => return None,
                }
            }
            _ => return None,
        })
    }
}

/// Whether two expressions are one name.
fn same_simple(left: &ast::Expr, right: &ast::Expr) -> bool {
    matches!((&left.kind, &right.kind), (Ast::Name(left), Ast::Name(right)) if left == right)
}
