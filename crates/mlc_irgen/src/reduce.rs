//! Reductions of lists and arrays: of all elements, or along some dimensions.

mod extremes;
mod layers;

use melior::ir::Value;
use mlc_dialects::par;
use mlc_sema::hir::{BinaryOp, Builtin, ErrorKind, Expr, Ty, TyKind};

use crate::{
    arith::{Binary, Class},
    builtin::element_ty,
    elements::Elements,
    function::{Lower, Result},
    subscript::constant_int,
};

/// Elements of which some indices are fixed.
struct Section<'e, 'x, 'c, 'm> {
    elements: &'e Elements<'x, 'c, 'm>,
    extents: Vec<Value<'c, 'm>>,
    /// The fixed indices.
    at: Vec<Option<Value<'c, 'm>>>,
    stretched: bool,
}

impl<'e, 'x, 'c, 'm> Section<'e, 'x, 'c, 'm> {
    /// The extents of the dimensions that are free.
    fn free(&self) -> Vec<Value<'c, 'm>> {
        let both = self.extents.iter().zip(&self.at);
        both.filter(|(_, at)| at.is_none())
            .map(|(&extent, _)| extent)
            .collect()
    }

    /// The indices of an element, given those of the free dimensions.
    fn indices(&self, free: &[Value<'c, 'm>]) -> Vec<Value<'c, 'm>> {
        let mut free = free.iter();
        let index = |at: &Option<Value<'c, 'm>>| {
            at.unwrap_or_else(|| *free.next().expect("one index for each free dimension"))
        };
        self.at.iter().map(index).collect()
    }
}

/// The types of the elements and of the result.
#[derive(Clone, Copy)]
struct Types<'c, 'm> {
    elem: Ty,
    result: Ty,
    /// By how many the number of elements is too large as the divisor of a variance.
    ddof: Option<Value<'c, 'm>>,
}

impl<'x, 'c, 'm> Lower<'x, 'c, 'm> {
    /// `(&a)`, of some dimensions `(&a, axes…)`; behind `&a`, `std` has what is taken from the number of elements.
    pub fn reduction(
        &mut self,
        expr: &'x Expr,
        op: Builtin,
        args: &'x [Expr],
    ) -> Result<Value<'c, 'm>> {
        let (ddof, axes) = match op {
            Builtin::Std => (Some(&args[1]), &args[2..]),
            _ => (None, &args[1..]),
        };
        let axes: Vec<usize> = (axes.iter())
            .filter_map(|axis| usize::try_from(constant_int(axis)?).ok())
            .collect();
        let (source, extents) = self.reduction_source(expr, op, &args[0], &axes)?;
        let ddof = match ddof {
            Some(ddof) => Some(self.one(ddof)?),
            None => None,
        };
        self.at(expr.span);
        let result = match axes.is_empty() {
            true => expr.ty,
            false => element_ty(self, expr.ty),
        };
        let types = Types {
            elem: element_ty(self, args[0].ty),
            result,
            ddof,
        };
        match axes.is_empty() {
            true => self.reduce_all(expr, op, source, extents, types),
            false => self.reduce_axes(expr, op, source, extents, types, &axes),
        }
    }

    /// A reduction of everything.
    fn reduce_all(
        &mut self,
        expr: &'x Expr,
        op: Builtin,
        source: Elements<'x, 'c, 'm>,
        extents: Vec<Value<'c, 'm>>,
        types: Types<'c, 'm>,
    ) -> Result<Value<'c, 'm>> {
        let scalar = self.types().flat(expr.ty)?[0];
        let results = self.versions(&source, &[scalar], |lower, stretched| {
            let section = Section {
                elements: &source,
                at: vec![None; extents.len()],
                extents: extents.clone(),
                stretched,
            };
            Ok(vec![lower.reduced(op, &section, types)?])
        })?;
        Ok(results[0])
    }

    /// A reduction along some dimensions. Where the result has as many dimensions, those that were reduced have one position.
    fn reduce_axes(
        &mut self,
        expr: &'x Expr,
        op: Builtin,
        source: Elements<'x, 'c, 'm>,
        extents: Vec<Value<'c, 'm>>,
        types: Types<'c, 'm>,
        axes: &[usize],
    ) -> Result<Value<'c, 'm>> {
        let rank = extents.len();
        let kept: Vec<usize> = (0..rank).filter(|axis| !axes.contains(axis)).collect();
        let keeps_rank =
            matches!(self.types().kind(expr.ty), TyKind::Array { dims, .. } if dims.len() == rank);
        let one = self.b.index(1);
        let shape: Vec<_> = (0..rank)
            .filter(|axis| keeps_rank || kept.contains(axis))
            .map(|axis| {
                if kept.contains(&axis) {
                    extents[axis]
                } else {
                    one
                }
            })
            .collect();
        let fresh = self.fresh(expr.ty, &shape)?;
        let target = self.borrow_box(fresh, true);
        let mut target = self.whole_view(target);
        if keeps_rank {
            let zero = self.b.index(0);
            axes.iter().for_each(|&axis| target.fix(axis, zero));
        }
        let combines = !matches!(op, Builtin::ArgMin | Builtin::ArgMax | Builtin::Std);
        let in_order = self.adds_in_order(op, types.result);
        let by_layers = combines && !in_order && !axes.contains(&(rank - 1));
        let last = if by_layers {
            kept.last().copied()
        } else {
            None
        };
        let outer: Vec<usize> = kept
            .into_iter()
            .filter(|&axis| Some(axis) != last)
            .collect();
        let bounds: Vec<_> = outer.iter().map(|&axis| extents[axis]).collect();
        self.versions(&source, &[], |lower, stretched| {
            let whole = |at: &[Value<'c, 'm>]| {
                let mut fixed = vec![None; rank];
                for (&axis, &index) in outer.iter().zip(at) {
                    fixed[axis] = Some(index);
                }
                Section {
                    elements: &source,
                    extents: extents.clone(),
                    at: fixed,
                    stretched,
                }
            };
            match last {
                None if in_order => {
                    lower.each_in_order(&bounds, &mut vec![], &mut |lower, at| {
                        let value = lower.reduced(op, &whole(at), types)?;
                        lower.store_element(&target, at, value);
                        Ok(())
                    })?
                }
                None => lower.each_index(&bounds, &mut |lower, at| {
                    let value = lower.reduced(op, &whole(at), types)?;
                    lower.store_element(&target, at, value);
                    Ok(())
                })?,
                Some(last) => {
                    lower.column_blocks(extents[last], &bounds, |lower, at, first, count| {
                        lower.reduce_layers(op, &whole(at), (last, first, count), &target, types)
                    })?
                }
            }
            Ok(vec![])
        })?;
        Ok(fresh)
    }

    /// The elements to reduce, and their extents; raises where nothing is to be reduced and that has no answer.
    fn reduction_source(
        &mut self,
        expr: &'x Expr,
        op: Builtin,
        arg: &'x Expr,
        axes: &[usize],
    ) -> Result<(Elements<'x, 'c, 'm>, Vec<Value<'c, 'm>>)> {
        let of_list = matches!(self.types().kind(arg.ty), TyKind::List(_));
        let mut source = self.elements(arg)?;
        self.at(expr.span);
        // What is read twice is computed once.
        if op == Builtin::Std && matches!(source, Elements::Map(_)) {
            let kept = self.gathered(&source, arg.ty)?;
            let kept = self.borrow_box(kept, false);
            source = Elements::View(self.whole_view(kept));
        }
        let extents = self.extents_of(&source);
        let message = match op {
            Builtin::ReduceMin if of_list => "min() arg is an empty sequence",
            Builtin::ReduceMax if of_list => "max() arg is an empty sequence",
            Builtin::ReduceMin => {
                "zero-size array to reduction operation minimum which has no identity"
            }
            Builtin::ReduceMax => {
                "zero-size array to reduction operation maximum which has no identity"
            }
            Builtin::ArgMin => "attempt to get argmin of an empty sequence",
            Builtin::ArgMax => "attempt to get argmax of an empty sequence",
            _ => return Ok((source, extents)),
        };
        let reduced: Vec<_> = (extents.iter().enumerate())
            .filter(|(axis, _)| axes.is_empty() || axes.contains(axis))
            .map(|(_, &extent)| extent)
            .collect();
        let count = self.product(&reduced);
        let zero = self.b.index(0);
        let some = self.compare_ints("ne", count, zero);
        self.check(some, ErrorKind::ValueError, message);
        Ok((source, extents))
    }

    /// The product of extents, of type `index`.
    pub fn product(&self, extents: &[Value<'c, 'm>]) -> Value<'c, 'm> {
        let index = self.b.index_type();
        let extents = extents.iter().copied();
        extents
            .reduce(|a, b| self.b.value("arith.muli", &[a, b], index))
            .unwrap_or_else(|| self.b.index(1))
    }

    /// The reduction of a section.
    fn reduced(
        &mut self,
        op: Builtin,
        section: &Section<'_, 'x, 'c, 'm>,
        types: Types<'c, 'm>,
    ) -> Result<Value<'c, 'm>> {
        match op {
            Builtin::ArgMin | Builtin::ArgMax => self.extreme_position(op, section, types.elem),
            Builtin::Mean => {
                let sum = self.combined(
                    Builtin::Sum,
                    section,
                    types.result,
                    |_, value| Ok(value),
                    types,
                )?;
                self.divided(sum, &section.free(), None, types.result)
            }
            Builtin::Std => {
                let ty = types.result;
                let sum = self.combined(Builtin::Sum, section, ty, |_, value| Ok(value), types)?;
                let mean = self.divided(sum, &section.free(), None, ty)?;
                let squares = self.combined(
                    Builtin::Sum,
                    section,
                    ty,
                    |lower, value| {
                        let scalar = lower.types().flat(ty)?[0];
                        let off = lower.float_op("arith.subf", &[value, mean], scalar);
                        Ok(lower.float_op("arith.mulf", &[off, off], scalar))
                    },
                    types,
                )?;
                let variance = self.divided(squares, &section.free(), types.ddof, ty)?;
                let scalar = self.types().flat(ty)?[0];
                Ok(self.float_op("math.sqrt", &[variance], scalar))
            }
            _ => self.combined(op, section, types.result, |_, value| Ok(value), types),
        }
    }

    /// A sum over as many positions, less `ddof`, as a mean.
    fn divided(
        &mut self,
        sum: Value<'c, 'm>,
        extents: &[Value<'c, 'm>],
        ddof: Option<Value<'c, 'm>>,
        ty: Ty,
    ) -> Result<Value<'c, 'm>> {
        let count = self.product(extents);
        let mut count = self.int_of_index(count);
        if let Some(ddof) = ddof {
            let long = self.b.int_type(64);
            let zero = self.b.int(0, long);
            let left = self.b.value("arith.subi", &[count, ddof], long);
            count = self.b.value("arith.maxsi", &[left, zero], long);
        }
        let count = self.convert(count, Ty::INT, ty)?;
        self.binary(Binary::alike(BinaryOp::Div, sum, count, ty))
    }

    /// The free elements of a section combined, in a parallel loop.
    fn combined(
        &mut self,
        op: Builtin,
        section: &Section<'_, 'x, 'c, 'm>,
        ty: Ty,
        each: impl FnOnce(&mut Self, Value<'c, 'm>) -> Result<Value<'c, 'm>>,
        types: Types<'c, 'm>,
    ) -> Result<Value<'c, 'm>> {
        if self.adds_in_order(op, ty) {
            let start = self.neutral(op, ty)?;
            return self.combined_in_order(op, section, types, &mut vec![], start);
        }
        let scalar = self.types().flat(ty)?[0];
        let class = self.class(ty)?;
        let kind = match (op, class) {
            (Builtin::Sum, _) => par::Reduction::Add,
            (Builtin::Prod, _) => par::Reduction::Mul,
            (Builtin::Any, _) => par::Reduction::Or,
            (Builtin::All, _) => par::Reduction::And,
            (Builtin::ReduceMin, Class::Float(_)) => par::Reduction::MinF,
            (Builtin::ReduceMin, Class::Int { signed: true, .. }) => par::Reduction::MinS,
            (Builtin::ReduceMin, _) => par::Reduction::MinU,
            (_, Class::Float(_)) => par::Reduction::MaxF,
            (_, Class::Int { signed: true, .. }) => par::Reduction::MaxS,
            _ => par::Reduction::MaxU,
        };
        let bounds = section.free();
        let mut operands = bounds.clone();
        operands.push(self.neutral(op, ty)?);
        let attrs = self.loop_attributes(bounds.len(), &[kind]);
        let loop_ = self
            .b
            .structured("par.for", &operands, &[scalar], &attrs, 1);
        let outer = self.b;
        let free = self
            .b
            .enter(loop_, 0, &vec![self.b.index_type(); bounds.len()]);
        let value = self.element(section.elements, &section.indices(&free), section.stretched)?;
        let value = self.convert(value, types.elem, ty)?;
        let value = each(self, value)?;
        self.b.op("par.yield", &[value], &[]);
        self.b = outer;
        Ok(self.results_of(loop_)[0])
    }

    /// Whether the parts of a sum or product are checked one by one.
    fn adds_in_order(&self, op: Builtin, ty: Ty) -> bool {
        let adds = matches!(op, Builtin::Sum | Builtin::Prod);
        self.overflow && adds && self.cx.program.types.is_int(ty)
    }

    /// The free elements of a section added to or multiplied with what there is so far, in order: one loop for each free
    /// dimension.
    fn combined_in_order(
        &mut self,
        op: Builtin,
        section: &Section<'_, 'x, 'c, 'm>,
        types: Types<'c, 'm>,
        free: &mut Vec<Value<'c, 'm>>,
        so_far: Value<'c, 'm>,
    ) -> Result<Value<'c, 'm>> {
        let bounds = section.free();
        let Some(&bound) = bounds.get(free.len()) else {
            let indices = section.indices(free);
            let value = self.element(section.elements, &indices, section.stretched)?;
            let value = self.convert(value, types.elem, types.result)?;
            return self.merged(op, so_far, value, types.result);
        };
        let (zero, one) = (self.b.index(0), self.b.index(1));
        let scalar = self.types().flat(types.result)?[0];
        let operands = [zero, bound, one, so_far];
        let loop_ = self.b.structured("scf.for", &operands, &[scalar], &[], 1);
        let outer = self.b;
        let state = self.b.enter(loop_, 0, &[self.b.index_type(), scalar]);
        free.push(state[0]);
        let next = self.combined_in_order(op, section, types, free, state[1])?;
        free.pop();
        self.b.op("scf.yield", &[next], &[]);
        self.b = outer;
        Ok(self.results_of(loop_)[0])
    }

    /// The value that changes nothing when it is combined with another one.
    fn neutral(&self, op: Builtin, ty: Ty) -> Result<Value<'c, 'm>> {
        let scalar = self.types().flat(ty)?[0];
        let least = op != Builtin::ReduceMin;
        Ok(match (op, self.class(ty)?) {
            (Builtin::Sum, _) => self.number(0.0, ty)?,
            (Builtin::Prod, _) => self.number(1.0, ty)?,
            (Builtin::Any, _) => self.b.bool(false),
            (Builtin::All, _) => self.b.bool(true),
            (_, Class::Float(_)) => {
                let sign = if least { -1.0 } else { 1.0 };
                self.b.float(sign * f64::INFINITY, scalar)
            }
            (_, Class::Int { bits, signed: true }) => {
                let limit = if least { i64::MIN } else { i64::MAX };
                self.b.int(limit >> (64 - bits), scalar)
            }
            _ => self.b.int(if least { 0 } else { -1 }, scalar),
        })
    }

    /// Two contributions as one.
    fn merged(
        &mut self,
        op: Builtin,
        a: Value<'c, 'm>,
        b: Value<'c, 'm>,
        ty: Ty,
    ) -> Result<Value<'c, 'm>> {
        let scalar = self.types().flat(ty)?[0];
        let float = matches!(self.class(ty)?, Class::Float(_));
        let op = match op {
            Builtin::ReduceMin if float => {
                return Ok(self.b.value("arith.minimumf", &[a, b], scalar));
            }
            Builtin::ReduceMax if float => {
                return Ok(self.b.value("arith.maximumf", &[a, b], scalar));
            }
            Builtin::ReduceMin => BinaryOp::Min,
            Builtin::ReduceMax => BinaryOp::Max,
            Builtin::Prod => BinaryOp::Mul,
            Builtin::Any => BinaryOp::Or,
            Builtin::All => BinaryOp::And,
            _ => BinaryOp::Add,
        };
        self.binary(Binary::alike(op, a, b, ty))
    }
}
