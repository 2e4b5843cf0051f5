//! What yields elements: a list, an array or a part of one, or an element-wise computation that is carried out where
//! its elements are used, so that nothing is stored in between.

use melior::ir::{Value, ValueLike};
use mlc_dialects::own;
use mlc_sema::hir::{Expr, ExprKind, MapInput, Place, Root, TyKind};

use crate::{
    Error,
    function::{Binding, Lower, Result},
    place::{Borrowed, Spot},
    same_value::{is_same, may_share},
    shapes::Mismatch,
    view::{View, ViewDim},
};

#[derive(Clone)]
pub enum Elements<'x, 'c, 'm> {
    View(View<'c, 'm>),
    Map(Map<'x, 'c, 'm>),
}

/// An element-wise computation whose inputs are evaluated.
#[derive(Clone)]
pub struct Map<'x, 'c, 'm> {
    inputs: Vec<Input<'c, 'm>>,
    extents: Vec<Value<'c, 'm>>,
    body: &'x Expr,
    /// Whether an input with one position in a dimension is repeated over those of the others; absent where none can be.
    stretches: Option<Value<'c, 'm>>,
}

#[derive(Clone)]
struct Input<'c, 'm> {
    slot: usize,
    view: View<'c, 'm>,
}

impl<'x, 'c, 'm> Lower<'x, 'c, 'm> {
    /// The elements of a list or array: an operand `&x`, or a fresh value.
    pub fn elements(&mut self, value: &'x Expr) -> Result<Elements<'x, 'c, 'm>> {
        let inner = match &value.kind {
            ExprKind::Borrow { place, .. } => match &place.root {
                Root::Temporary(inner) if place.projections.is_empty() => inner,
                _ => return Ok(Elements::View(self.view_of(place, false)?)),
            },
            _ => value,
        };
        if let ExprKind::Map { inputs, body } = &inner.kind
            && !self.slots().expr_may_raise(body)
        {
            let map = self.map_of(inner, inputs, body)?;
            return Ok(Elements::Map(map));
        }
        Ok(Elements::View(self.fresh_view(inner)?))
    }

    /// All of a fresh value.
    fn fresh_view(&mut self, value: &'x Expr) -> Result<View<'c, 'm>> {
        let fresh = self.one(value)?;
        let source = match own::is_box(fresh.r#type()) {
            true => self.borrow_box(fresh, false),
            false => fresh,
        };
        Ok(self.whole_view(source))
    }

    /// A place that is a list, an array or a part of one, as a view.
    pub fn view_of(&mut self, place: &'x Place, mutable: bool) -> Result<View<'c, 'm>> {
        let spot = self.place(place, mutable)?;
        self.view_at(spot, place, mutable)
    }

    /// What was found at a place, as a view.
    pub fn view_at(
        &mut self,
        spot: Spot<'c, 'm>,
        place: &Place,
        mutable: bool,
    ) -> Result<View<'c, 'm>> {
        match spot {
            Spot::Borrow(source) => Ok(self.whole_view(source)),
            Spot::View(view) | Spot::Element(view) => Ok(view),
            Spot::Fresh(values) if self.types().is_boxed(place.ty) => {
                let source = self.borrow_box(values[0], mutable);
                Ok(self.whole_view(source))
            }
            _ => Err(Error::unsupported(
                place.span,
                "element-wise use of a value of this type",
            )),
        }
    }

    /// A borrow of a list or array, or of a part of one, as a view.
    pub fn as_view(&self, borrowed: Borrowed<'c, 'm>) -> View<'c, 'm> {
        match borrowed {
            Borrowed::Ref(source) => self.whole_view(source),
            Borrowed::View(view) => view,
        }
    }

    /// The extents of a view, of type `index`.
    pub fn extents(&self, view: &View<'c, 'm>) -> Vec<Value<'c, 'm>> {
        (0..view.rank())
            .map(|axis| self.view_extent(view, axis))
            .collect()
    }

    pub fn extents_of(&self, elements: &Elements<'x, 'c, 'm>) -> Vec<Value<'c, 'm>> {
        match elements {
            Elements::View(view) => self.extents(view),
            Elements::Map(map) => map.extents.clone(),
        }
    }

    /// The element at some indices. Without `stretched`, no input is repeated.
    pub fn element(
        &mut self,
        elements: &Elements<'x, 'c, 'm>,
        indices: &[Value<'c, 'm>],
        stretched: bool,
    ) -> Result<Value<'c, 'm>> {
        let map = match elements {
            Elements::View(view) => return Ok(self.load_element(view, indices)),
            Elements::Map(map) => map,
        };
        for input in &map.inputs {
            let missing = indices.len() - input.view.rank();
            let mut at = indices[missing..].to_vec();
            if stretched {
                let index = self.b.index_type();
                let (zero, one) = (self.b.index(0), self.b.index(1));
                for (axis, at) in at.iter_mut().enumerate() {
                    let extent = self.view_extent(&input.view, axis);
                    if extent != map.extents[missing + axis] {
                        let repeated = self.compare_ints("eq", extent, one);
                        *at = self.b.value("arith.select", &[repeated, zero, *at], index);
                    }
                }
            }
            let value = self.load_element(&input.view, &at);
            self.env[input.slot] = Binding::Values(vec![value]);
        }
        self.one(map.body)
    }

    /// Evaluates the inputs of an element-wise computation, and the shape that they have together: as NumPy broadcasts
    /// them; of lists, the one length that all have.
    pub fn map_of(
        &mut self,
        expr: &'x Expr,
        inputs: &'x [MapInput],
        body: &'x Expr,
    ) -> Result<Map<'x, 'c, 'm>> {
        let mut all = Vec::new();
        for input in inputs {
            let view = match &input.value.kind {
                ExprKind::Borrow { place, .. } => self.view_of(place, false)?,
                _ => self.fresh_view(&input.value)?,
            };
            let slot = input.param.0 as usize;
            all.push(Input { slot, view });
        }
        self.at(expr.span);
        let broadcasts = matches!(self.types().kind(expr.ty), TyKind::Array { .. });
        let rank = all.iter().map(|input| input.view.rank()).max().unwrap_or(0);
        let (index, bit) = (self.b.index_type(), self.b.int_type(1));
        let one = self.b.index(1);
        let mut extents: Vec<Option<Value<'c, 'm>>> = vec![None; rank];
        let mut equal: Option<Value<'c, 'm>> = None;
        for input in &all {
            let missing = rank - input.view.rank();
            // Whether the input fits what came before, dimension by dimension.
            let mut fits: Option<Value<'c, 'm>> = None;
            let before: Vec<_> = extents.iter().flatten().copied().collect();
            let own = self.extents(&input.view);
            for (axis, &extent) in own.iter().enumerate() {
                let Some(other) = extents[missing + axis] else {
                    extents[missing + axis] = Some(extent);
                    continue;
                };
                if is_same(other, extent) {
                    continue;
                }
                let same = self.compare_ints("eq", other, extent);
                let mut fine = same;
                if broadcasts {
                    let first = self.compare_ints("eq", other, one);
                    let second = self.compare_ints("eq", extent, one);
                    fine = self.b.value("arith.ori", &[fine, first], bit);
                    fine = self.b.value("arith.ori", &[fine, second], bit);
                    let both = self.b.value("arith.select", &[first, extent, other], index);
                    extents[missing + axis] = Some(both);
                    equal = Some(self.both(equal, same));
                }
                fits = Some(self.both(fits, fine));
            }
            if let Some(fits) = fits {
                let why = if broadcasts {
                    Mismatch::Broadcast
                } else {
                    Mismatch::Lists
                };
                self.check_shapes(fits, why, &before, &own)?;
            }
        }
        let stretches = equal.map(|equal| {
            let yes = self.b.bool(true);
            self.b.value("arith.xori", &[equal, yes], bit)
        });
        Ok(Map {
            inputs: all,
            extents: extents
                .into_iter()
                .map(|extent| extent.unwrap_or(one))
                .collect(),
            body,
            stretches,
        })
    }

    fn both(&self, first: Option<Value<'c, 'm>>, second: Value<'c, 'm>) -> Value<'c, 'm> {
        match first {
            Some(first) => self
                .b
                .value("arith.andi", &[first, second], self.b.int_type(1)),
            None => second,
        }
    }

    /// What uses elements, in a version where no input is repeated and, where that can be, in one where some are: the
    /// former is what is worth optimizing.
    pub fn versions(
        &mut self,
        elements: &Elements<'x, 'c, 'm>,
        types: &[melior::ir::Type<'c>],
        mut body: impl FnMut(&mut Self, bool) -> Result<Vec<Value<'c, 'm>>>,
    ) -> Result<Vec<Value<'c, 'm>>> {
        let stretches = match elements {
            Elements::View(_) => None,
            Elements::Map(map) => map.stretches,
        };
        let Some(stretches) = stretches else {
            return body(self, false);
        };
        let op = self.b.structured("scf.if", &[stretches], types, &[], 2);
        let outer = self.b;
        for (region, stretched) in [(0, true), (1, false)] {
            self.b.enter(op, region, &[]);
            let values = body(self, stretched)?;
            self.b.op("scf.yield", &values, &[]);
            self.b = outer;
        }
        Ok(self.results_of(op))
    }

    /// Whether writing element after element of `target` may change an element that is still to be read.
    pub fn may_be_overwritten(
        &self,
        elements: &Elements<'x, 'c, 'm>,
        target: &View<'c, 'm>,
    ) -> bool {
        let overlaps = |view: &View<'c, 'm>| {
            may_share(view.source, target.source) && !is_same_view(view, target)
        };
        match elements {
            Elements::View(view) => overlaps(view),
            Elements::Map(map) => map.inputs.iter().any(|input| {
                overlaps(&input.view)
                    // An element that is repeated is read again after it was written.
                    || map.stretches.is_some() && may_share(input.view.source, target.source)
            }),
        }
    }
}

/// Whether two views are known to take the same elements in the same order.
fn is_same_view(a: &View, b: &View) -> bool {
    let same_dim = |a: &ViewDim, b: &ViewDim| match (a, b) {
        (ViewDim::All, ViewDim::All) => true,
        (ViewDim::Fixed(a), ViewDim::Fixed(b)) => is_same(*a, *b),
        (
            ViewDim::Range {
                start,
                step,
                length,
                ..
            },
            ViewDim::Range {
                start: other_start,
                step: other_step,
                length: other_length,
                ..
            },
        ) => {
            let same_step = match (step, other_step) {
                (None, None) => true,
                (Some(a), Some(b)) => is_same(*a, *b),
                _ => false,
            };
            same_step && is_same(*start, *other_start) && is_same(*length, *other_length)
        }
        _ => false,
    };
    is_same(a.source, b.source)
        && a.order == b.order
        && a.dims.iter().zip(&b.dims).all(|(a, b)| same_dim(a, b))
}
