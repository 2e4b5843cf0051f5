//! Views as borrows of their own, for callees, callers and names that know nothing of what they are parts of.

use melior::ir::{Value, ValueLike};
use mlc_diagnostics::{Diagnostic, Span};
use mlc_dialects::own;
use mlc_mlir::rewrite::{defining_op, op_name, operand, value_key};
use mlc_sema::hir::Ty;

use crate::{
    Error,
    function::{Lower, Result},
    place::Borrowed,
    view::{View, ViewDim, array_extents},
};

impl<'x, 'c, 'm> Lower<'x, 'c, 'm> {
    /// A borrow of the elements of a view, under a header of its own; `None` where they do not lie one after another.
    pub fn slice_of_view(
        &mut self,
        view: &View<'c, 'm>,
        ty: Ty,
        mutable: bool,
    ) -> Result<Option<Value<'c, 'm>>> {
        if !is_contiguous(view) || (mutable && own::kind(view.source.r#type()) == own::Kind::Ref) {
            return Ok(None);
        }
        // What only the run knows of a parallel loop is checked element by element.
        let is_known = |dim: &ViewDim<'c, 'm>| match *dim {
            ViewDim::Range { start, length, .. } => {
                is_linear(start) && end_of(start, length).is_none_or(is_linear)
            }
            _ => true,
        };
        if self.in_parallel && !view.dims.iter().all(is_known) {
            return Ok(None);
        }
        let from = own::payload(view.source.r#type()).expect("the value is a borrow");
        let to = match own::list_element(from) {
            Some(_) => from,
            None => self.types().payload(ty)?,
        };
        let mut indices = Vec::new();
        let mut bounds = Vec::new();
        for dim in &view.dims {
            match *dim {
                ViewDim::Fixed(position) => indices.push(position),
                ViewDim::All => {}
                ViewDim::Range { start, length, .. } => {
                    let end = end_of(start, length);
                    let sum = |lower: &Self| {
                        lower
                            .b
                            .value("arith.addi", &[start, length], lower.b.index_type())
                    };
                    bounds.extend([start, end.unwrap_or_else(|| sum(self))]);
                }
            }
        }
        if own::list_element(from).is_some() && bounds.is_empty() {
            return Ok(None);
        }
        let extents: Vec<_> = match array_extents(to) {
            Some(extents) => (extents.into_iter().enumerate())
                .filter(|(_, extent)| *extent == crate::types::DYNAMIC)
                .map(|(axis, _)| self.view_extent(view, axis))
                .collect(),
            None => vec![self.view_extent(view, 0)],
        };
        Ok(Some(self.sliced(
            view.source,
            [&indices, &bounds, &extents],
            to,
            mutable,
        )))
    }

    /// `own.slice` of fixed indices, bounds and extents.
    pub fn sliced(
        &self,
        source: Value<'c, 'm>,
        [indices, bounds, extents]: [&[Value<'c, 'm>]; 3],
        payload: melior::ir::Type<'c>,
        mutable: bool,
    ) -> Value<'c, 'm> {
        let sizes = [1, indices.len(), bounds.len(), extents.len()].map(|size| size as i32);
        let operands = [&[source], indices, bounds, extents].concat();
        let ty = match mutable {
            true => own::mut_type(payload),
            false => own::ref_type(payload),
        };
        let attrs = [("operandSegmentSizes", self.b.segments(&sizes))];
        self.b.value_with("own.slice", &operands, ty, &attrs)
    }

    /// What a function returns of a view: the memref, whose header the caller makes anew.
    pub fn returned_view(
        &mut self,
        borrowed: Borrowed<'c, 'm>,
        ty: Ty,
        span: Span,
    ) -> Result<Value<'c, 'm>> {
        let source = match borrowed {
            Borrowed::Ref(source) => source,
            Borrowed::View(view) => match self.slice_of_view(&view, ty, false)? {
                Some(slice) => slice,
                None => {
                    let message = "the elements of this view lie apart, so it cannot be returned";
                    let diagnostic = Diagnostic::error("view-with-gaps", span, message)
                        .help("return `copy(…)` of it");
                    return Err(Error::Unsupported(Box::new(diagnostic)));
                }
            },
        };
        let payload = self.types().payload(ty)?;
        if own::list_element(payload).is_some() {
            let name = self.cx.program.types.name(ty);
            return Err(Error::unsupported(
                span,
                &format!("returning a slice of `{name}`"),
            ));
        }
        let memory = self.memory(source);
        Ok(match memory.r#type() == payload {
            true => memory,
            false => self.b.value("memref.cast", &[memory], payload),
        })
    }

    /// A borrow of a view that a function returned.
    pub fn lent_view(&self, memory: Value<'c, 'm>, mutable: bool) -> Value<'c, 'm> {
        let payload = memory.r#type();
        let ty = match mutable {
            true => own::mut_type(payload),
            false => own::ref_type(payload),
        };
        self.b.value("own.header", &[memory], ty)
    }
}

/// Whether the elements of a view lie one after another, whatever its extents: fixed positions, then perhaps a range, then
/// whole dimensions, in their order.
fn is_contiguous(view: &View) -> bool {
    let mut dims = view
        .dims
        .iter()
        .skip_while(|dim| matches!(dim, ViewDim::Fixed(_)));
    let first = dims.next();
    view.order.is_sorted()
        && !matches!(first, Some(ViewDim::Range { step: Some(_), .. }))
        && dims.all(|dim| matches!(dim, ViewDim::All))
}

/// The end of a range as its bounds were computed: the length is its distance from the start, or none.
fn end_of<'c: 'm, 'm>(start: Value<'c, 'm>, length: Value<'c, 'm>) -> Option<Value<'c, 'm>> {
    let most = defining_op(length).filter(|op| op_name(*op) == "arith.maxsi")?;
    let distance = defining_op(operand(most, 0)).filter(|op| op_name(*op) == "arith.subi")?;
    (value_key(operand(distance, 1)) == value_key(start)).then(|| operand(distance, 0))
}

/// Whether a bound, but for its clamping at the end, is a sum of constants times values, of which the race check can tell how
/// it goes on from one iteration to the next.
fn is_linear<'c: 'm, 'm>(value: Value<'c, 'm>) -> bool {
    let Some(op) = defining_op(value) else {
        return true;
    };
    let constant = |at| mlc_mlir::rewrite::constant_integer(operand(op, at)).is_some();
    match op_name(op) {
        "arith.minsi" | "arith.index_cast" => is_linear(operand(op, 0)),
        "arith.addi" | "arith.subi" => is_linear(operand(op, 0)) && is_linear(operand(op, 1)),
        "arith.muli" => {
            (constant(0) || constant(1)) && is_linear(operand(op, 0)) && is_linear(operand(op, 1))
        }
        name => !name.starts_with("arith.") || name == "arith.constant",
    }
}
