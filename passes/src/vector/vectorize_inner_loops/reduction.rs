//! Reductions over the iterations of a loop: what the loop carries, told from its body.

use crate::emit;
use melior::ir::{Type, TypeLike, ValueLike, operation::OperationLike};
use mlc_dialects::par::Reduction as Kind;
use mlc_mlir::rewrite::{
    Blk, Key, Op, Val, defining_op, integer_attribute, nested_blocks, op_key, op_name, ops,
    position, results, value_key,
};
use std::collections::HashSet;

/// A value that a loop carries and to which each iteration adds.
pub struct Reduction<'c, 'a> {
    pub kind: Kind,
    /// The value as the body sees it.
    pub carried: Val<'c, 'a>,
    /// The value for the next iteration.
    pub next: Val<'c, 'a>,
}

/// The reductions that the values a loop carries are; `None` where one is something else, or may
/// not be computed in another order.
pub fn of_loop<'c, 'a>(
    body: Blk<'c, 'a>,
    carried: &[Val<'c, 'a>],
    reorder: bool,
) -> Option<Vec<Reduction<'c, 'a>>> {
    let terminator = ops(body).pop()?;
    carried
        .iter()
        .zip(terminator.operands())
        .map(|(carried, next)| {
            let mut chain = Chain::new(body, *carried);
            chain.follow(next)?;
            let kind = chain.kind?;
            // Sums and products round; the smaller of 0 and -0 may be either.
            let ordered = carried.r#type().is_float();
            (chain.is_complete() && (reorder || !ordered)).then_some(Reduction {
                kind,
                carried: *carried,
                next,
            })
        })
        .collect()
}

/// The operations from what a loop carries to its next value.
struct Chain<'c, 'a> {
    carried: Val<'c, 'a>,
    /// The operations of the body that use the carried value or something made of it.
    dependent: HashSet<Key>,
    dependent_values: HashSet<Key>,
    followed: HashSet<Key>,
    kind: Option<Kind>,
}

impl<'c: 'a, 'a> Chain<'c, 'a> {
    fn new(body: Blk<'c, 'a>, carried: Val<'c, 'a>) -> Self {
        let mut chain = Self {
            carried,
            dependent: HashSet::new(),
            dependent_values: HashSet::from([value_key(carried)]),
            followed: HashSet::new(),
            kind: None,
        };
        for op in ops(body) {
            chain.collect(op);
        }
        chain
    }

    fn collect(&mut self, op: Op<'c, 'a>) -> bool {
        let mut depends = op
            .operands()
            .any(|value| self.dependent_values.contains(&value_key(value)));
        for block in nested_blocks(op) {
            for op in ops(block) {
                depends |= self.collect(op);
            }
        }
        if depends && op_name(op) != "scf.yield" {
            self.dependent.insert(op_key(op));
            self.dependent_values
                .extend(results(op).into_iter().map(value_key));
        }
        depends
    }

    fn depends(&self, value: Val<'c, 'a>) -> bool {
        self.dependent_values.contains(&value_key(value))
    }

    /// Follows a value back to the carried one.
    fn follow(&mut self, value: Val<'c, 'a>) -> Option<()> {
        if value == self.carried {
            return Some(());
        }
        let op = defining_op(value)?;
        if !self.dependent.contains(&op_key(op)) {
            return None;
        }
        self.followed.insert(op_key(op));
        let operands: Vec<_> = op.operands().collect();
        match op_name(op) {
            "arith.select" => {
                if self.depends(operands[0]) {
                    return self.follow_choice(&operands);
                }
                self.follow(operands[1])?;
                self.follow(operands[2])
            }
            "scf.if" => {
                if self.depends(operands[0]) {
                    return None;
                }
                let place = position(value);
                for block in nested_blocks(op) {
                    let terminator = ops(block).pop()?;
                    let yielded = terminator.operands().nth(place)?;
                    self.follow(yielded)?;
                }
                Some(())
            }
            // Subtracting adds the opposite; the carried value is what is subtracted from.
            "arith.subf" | "arith.subi" => self.combine(Kind::Add, operands[0], &operands[1..]),
            "math.fma" => self.combine(Kind::Add, operands[2], &operands[..2]),
            name => {
                let kind = kind_of(name, value.r#type())?;
                let [left, right] = operands[..] else {
                    return None;
                };
                if self.depends(left) {
                    self.combine(kind, left, &[right])
                } else {
                    self.combine(kind, right, &[left])
                }
            }
        }
    }

    /// `select(new < carried, new, carried)` and its like, which keep the carried value where the
    /// new one is NaN.
    fn follow_choice(&mut self, operands: &[Val<'c, 'a>]) -> Option<()> {
        let [condition, new, old] = *operands else {
            return None;
        };
        let comparison = defining_op(condition)?;
        let compared: Vec<_> = comparison.operands().collect();
        if op_name(comparison) != "arith.cmpf" {
            return None;
        }
        // The ordered predicates of `arith.cmpf`.
        let less = match integer_attribute(comparison, "predicate")? {
            4 | 5 => true,
            2 | 3 => false,
            _ => return None,
        };
        let kind = match compared[..] {
            [a, b] if a == new && b == old => less,
            [a, b] if a == old && b == new => !less,
            _ => return None,
        };
        let kind = if kind { Kind::MinF } else { Kind::MaxF };
        self.followed.insert(op_key(comparison));
        self.combine(kind, old, &[new])
    }

    fn combine(&mut self, kind: Kind, chain: Val<'c, 'a>, others: &[Val<'c, 'a>]) -> Option<()> {
        if self.kind.is_some_and(|known| known != kind)
            || others.iter().any(|value| self.depends(*value))
        {
            return None;
        }
        self.kind = Some(kind);
        self.follow(chain)
    }

    /// Whether nothing else in the body sees the carried value or what is made of it.
    fn is_complete(&self) -> bool {
        self.dependent.is_subset(&self.followed)
    }
}

fn kind_of(name: &str, ty: Type) -> Option<Kind> {
    if emit::is_complex(ty) {
        return None;
    }
    Some(match name {
        "arith.addf" | "arith.addi" => Kind::Add,
        "arith.mulf" | "arith.muli" => Kind::Mul,
        "arith.minsi" => Kind::MinS,
        "arith.maxsi" => Kind::MaxS,
        "arith.minui" => Kind::MinU,
        "arith.maxui" => Kind::MaxU,
        "arith.minimumf" => Kind::MinF,
        "arith.maximumf" => Kind::MaxF,
        "arith.andi" => Kind::And,
        "arith.ori" => Kind::Or,
        "arith.xori" => Kind::Xor,
        _ => return None,
    })
}
