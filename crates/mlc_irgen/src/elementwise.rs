//! Loops over the elements of lists, arrays and their parts: copies, element-wise assignment and arithmetic.

use melior::ir::{Attribute, TypeLike, Value, attribute::ArrayAttribute};
use mlc_sema::hir::{BinaryOp, Dim, ErrorKind, Expr, ExprKind, MapInput, Place, Ty, TyKind};

use crate::{
    Error,
    arith::Binary,
    function::{Binding, Lower, Result},
    place::{Borrowed, Spot},
    view::{View, element_type},
};

/// What is done for each element, given its indices.
type Each<'f, 'x, 'c, 'm> =
    &'f mut dyn FnMut(&mut Lower<'x, 'c, 'm>, &[Value<'c, 'm>]) -> Result<()>;

impl<'x, 'c, 'm> Lower<'x, 'c, 'm> {
    /// The extents of a view, of type `index`.
    pub fn extents(&self, view: &View<'c, 'm>) -> Vec<Value<'c, 'm>> {
        (0..view.rank())
            .map(|axis| self.view_extent(view, axis))
            .collect()
    }

    /// A parallel loop over all elements of a view. The body must not raise.
    pub fn each_element(&mut self, view: &View<'c, 'm>, each: Each<'_, 'x, 'c, 'm>) -> Result<()> {
        let extents = self.extents(view);
        self.each_index(&extents, each)
    }

    /// A parallel loop over all indices below some extents. The body must not raise.
    pub fn each_index(
        &mut self,
        extents: &[Value<'c, 'm>],
        each: Each<'_, 'x, 'c, 'm>,
    ) -> Result<()> {
        let attrs: [(&str, Attribute<'c>); 2] = [
            (
                "operandSegmentSizes",
                self.b.segments(&[extents.len() as i32, 0]),
            ),
            (
                "reductions",
                ArrayAttribute::new(self.cx.context, &[]).into(),
            ),
        ];
        let op = self.b.structured("par.for", extents, &[], &attrs, 1);
        let outer = self.b;
        let indices = self
            .b
            .enter(op, 0, &vec![self.b.index_type(); extents.len()]);
        each(self, &indices)?;
        self.b.op("par.yield", &[], &[]);
        self.b = outer;
        Ok(())
    }

    /// Loops in order over all indices below some extents.
    fn each_in_order(
        &mut self,
        extents: &[Value<'c, 'm>],
        indices: &mut Vec<Value<'c, 'm>>,
        each: Each<'_, 'x, 'c, 'm>,
    ) -> Result<()> {
        let Some((&first, rest)) = extents.split_first() else {
            return each(self, indices);
        };
        let bounds = self.count_to(first);
        self.scf_for(&bounds, &[], |lower, index| {
            indices.push(index);
            lower.each_in_order(rest, indices, each)?;
            indices.pop();
            Ok(())
        })
    }

    /// Whether what a view names are scalars.
    fn is_scalar_view(&self, view: &View<'c, 'm>) -> bool {
        mlc_dialects::own::kind(element_type(view)) == mlc_dialects::own::Kind::Other
            && !element_type(view).is_mem_ref()
    }

    /// A fresh list or array of type `ty` with copies of the elements of a view.
    pub fn copy_view(&mut self, view: &View<'c, 'm>, ty: Ty) -> Result<Value<'c, 'm>> {
        let extents = self.extents(view);
        let fresh = match self.types().kind(ty) {
            TyKind::Array { dims, .. } => {
                let dynamic: Vec<_> = dims
                    .iter()
                    .zip(&extents)
                    .filter(|(dim, _)| **dim == Dim::Dynamic)
                    .map(|(_, &extent)| extent)
                    .collect();
                self.new_array(ty, &dynamic, true)?
            }
            TyKind::List(elem) => {
                let elem = *elem;
                let box_type = mlc_dialects::own::box_type(self.types().payload(ty)?);
                let scalar = self.types().is_scalar(elem);
                let list = self.new_list(extents[0], box_type, scalar);
                if !scalar {
                    let target = self.borrow_box(list, true);
                    self.each_in_order(&extents, &mut vec![], &mut |lower, indices| {
                        let source = lower.borrow_element(view, indices[0], false);
                        let copy = lower.load(source, elem)?;
                        let place = lower.elem(target, indices[0], true);
                        lower.put(place, elem, &copy)
                    })?;
                    return Ok(list);
                }
                list
            }
            _ => {
                return Err(Error::Invalid(
                    "a copy of a part of something that has none".into(),
                ));
            }
        };
        let target = self.borrow_box(fresh, true);
        let target = self.whole_view(target);
        self.each_index(&extents, &mut |lower, indices| {
            let value = lower.load_element(view, indices);
            lower.store_element(&target, indices, value);
            Ok(())
        })?;
        Ok(fresh)
    }

    /// Writes the elements of a fresh list or array to the elements of a view.
    pub fn copy_from_box(&mut self, view: &View<'c, 'm>, value: Value<'c, 'm>) -> Result<()> {
        let source = self.borrow_box(value, false);
        self.copy_from_borrow(view, source)
    }

    pub fn copy_from_borrow(&mut self, view: &View<'c, 'm>, source: Value<'c, 'm>) -> Result<()> {
        let source = self.whole_view(source);
        self.copy_elements(view, &source)
    }

    /// Writes the elements of one view to another that does not overlap.
    fn copy_elements(&mut self, target: &View<'c, 'm>, source: &View<'c, 'm>) -> Result<()> {
        if !self.is_scalar_view(target) {
            return Err(Error::unsupported(
                mlc_diagnostics::Span::NONE,
                "assigning a slice of a list whose elements are no numbers",
            ));
        }
        let extents = self.extents(target);
        self.check_same_extents(&extents, source)?;
        let broadcast = extents.len() - source.rank();
        self.each_index(&extents, &mut |lower, indices| {
            let value = lower.load_element(source, &indices[broadcast..]);
            lower.store_element(target, indices, value);
            Ok(())
        })
    }

    /// Raises where the trailing extents of a target are not those of a source.
    fn check_same_extents(
        &mut self,
        extents: &[Value<'c, 'm>],
        source: &View<'c, 'm>,
    ) -> Result<()> {
        if source.rank() > extents.len() {
            return Err(Error::unsupported(
                mlc_diagnostics::Span::NONE,
                "assigning an array of more dimensions",
            ));
        }
        let first = extents.len() - source.rank();
        for (axis, &extent) in extents[first..].iter().enumerate() {
            let other = self.view_extent(source, axis);
            if other != extent {
                let same = self.compare_ints("eq", extent, other);
                self.check(
                    same,
                    ErrorKind::ValueError,
                    "the lengths of the two sides differ",
                );
            }
        }
        Ok(())
    }

    /// `place = source`, element by element, as if the source were read first.
    pub fn assign_elements(&mut self, place: &'x Place, source: &'x Place) -> Result<()> {
        let source_view = self.view_of(source, false)?;
        let target = self.view_of(place, true)?;
        self.at(place.span);
        // A source that may overlap the target is copied first.
        if may_share(place, source) {
            let copy = self.copy_view(&source_view, source.ty)?;
            return self
                .copy_from_box(&target, copy)
                .map_err(|error| error.at(place.span));
        }
        self.copy_elements(&target, &source_view)
            .map_err(|error| error.at(place.span))
    }

    /// A place that is a list, an array or a part of one, as a view.
    pub fn view_of(&mut self, place: &'x Place, mutable: bool) -> Result<View<'c, 'm>> {
        match self.place(place, mutable)? {
            Spot::Borrow(source) => Ok(self.whole_view(source)),
            Spot::View(view) | Spot::Element(view) => Ok(view),
            _ => Err(Error::unsupported(
                place.span,
                "element-wise use of a value of this type",
            )),
        }
    }

    /// `place op= value`, element by element.
    pub fn update_elements(
        &mut self,
        place: &'x Place,
        op: BinaryOp,
        value: &'x Expr,
    ) -> Result<()> {
        let elem = match self.types().kind(place.ty) {
            TyKind::List(elem) | TyKind::Array { elem, .. } => *elem,
            _ => {
                return Err(Error::unsupported(
                    place.span,
                    "an update of a value of this type",
                ));
            }
        };
        let target = self.view_of(place, true)?;
        let operand = if let ExprKind::Borrow { place: source, .. } = &value.kind {
            let source_view = self.view_of(source, false)?;
            if may_share(place, source) {
                let copy = self.copy_view(&source_view, source.ty)?;
                let copy = self.borrow_box(copy, false);
                Some(self.whole_view(copy))
            } else {
                Some(source_view)
            }
        } else if self.types().is_boxed(value.ty) {
            let fresh = self.one(value)?;
            let fresh = self.borrow_box(fresh, false);
            Some(self.whole_view(fresh))
        } else {
            None
        };
        let operand_ty = match self.types().kind(value.ty) {
            TyKind::List(elem) | TyKind::Array { elem, .. } => *elem,
            _ => value.ty,
        };
        let scalar = if operand.is_none() {
            Some(self.one(value)?)
        } else {
            None
        };
        self.at(place.span);
        let extents = self.extents(&target);
        if let Some(source) = &operand {
            self.check_same_extents(&extents, source)?;
        }
        let known = self.known_right(value);
        let fails = self.cx.program.types.is_int(elem)
            && !known.nonzero_divisor
            && matches!(
                op,
                BinaryOp::FloorDiv | BinaryOp::Mod | BinaryOp::Pow | BinaryOp::Shl | BinaryOp::Shr
            );
        let mut each = |lower: &mut Self, indices: &[Value<'c, 'm>]| {
            let old = lower.load_element(&target, indices);
            let other = match (&operand, scalar) {
                (Some(source), _) => {
                    let broadcast = indices.len() - source.rank();
                    lower.load_element(source, &indices[broadcast..])
                }
                (None, Some(scalar)) => scalar,
                (None, None) => return Err(Error::Invalid("an update without a value".into())),
            };
            let new = lower.binary(Binary {
                op,
                a: old,
                b: other,
                left: elem,
                right: operand_ty,
                ty: elem,
                known,
            })?;
            lower.store_element(&target, indices, new);
            Ok(())
        };
        if fails {
            self.each_in_order(&extents, &mut vec![], &mut each)
        } else {
            self.each_index(&extents, &mut each)
        }
    }

    /// An element-wise computation with a fresh result.
    pub fn map(
        &mut self,
        expr: &'x Expr,
        inputs: &'x [MapInput],
        body: &'x Expr,
    ) -> Result<Value<'c, 'm>> {
        let mut views = Vec::new();
        for input in inputs {
            let view = if let ExprKind::Borrow { place, .. } = &input.value.kind {
                self.view_of(place, false)?
            } else {
                let fresh = self.one(&input.value)?;
                let fresh = match mlc_dialects::own::is_box(melior::ir::ValueLike::r#type(&fresh)) {
                    true => self.borrow_box(fresh, false),
                    false => fresh,
                };
                self.whole_view(fresh)
            };
            views.push((input.param.0 as usize, view));
        }
        self.at(expr.span);
        let rank = views.iter().map(|(_, view)| view.rank()).max().unwrap_or(0);
        let extents = self.broadcast_extents(&views, rank, expr.ty)?;
        let fresh = match self.types().kind(expr.ty) {
            TyKind::Array { dims, .. } => {
                let dynamic: Vec<_> = dims
                    .iter()
                    .zip(&extents)
                    .filter(|(dim, _)| **dim == Dim::Dynamic)
                    .map(|(_, &extent)| extent)
                    .collect();
                self.new_array(expr.ty, &dynamic, true)?
            }
            _ => {
                let box_type = mlc_dialects::own::box_type(self.types().payload(expr.ty)?);
                self.new_list(extents[0], box_type, true)
            }
        };
        let target = self.borrow_box(fresh, true);
        let target = self.whole_view(target);
        let broadcasts = matches!(self.types().kind(expr.ty), TyKind::Array { .. });
        let mut each = |lower: &mut Self, indices: &[Value<'c, 'm>]| {
            for (slot, view) in &views {
                let own = &indices[indices.len() - view.rank()..];
                let mut at = Vec::new();
                for (axis, &index) in own.iter().enumerate() {
                    at.push(if broadcasts {
                        lower.broadcast_index(view, axis, rank, index, &views)
                    } else {
                        index
                    });
                }
                let value = lower.load_element(view, &at);
                lower.env[*slot] = Binding::Values(vec![value]);
            }
            let value = lower.one(body)?;
            lower.store_element(&target, indices, value);
            Ok(())
        };
        if self.slots().expr_may_raise(body) {
            self.each_in_order(&extents, &mut vec![], &mut each)?;
        } else {
            self.each_index(&extents, &mut each)?;
        }
        Ok(fresh)
    }

    /// The extents that all inputs have together, as NumPy broadcasts them; of lists, the one that all have.
    fn broadcast_extents(
        &mut self,
        views: &[(usize, View<'c, 'm>)],
        rank: usize,
        ty: Ty,
    ) -> Result<Vec<Value<'c, 'm>>> {
        let array = matches!(self.types().kind(ty), TyKind::Array { .. });
        let one = self.b.index(1);
        let mut extents: Vec<Option<Value<'c, 'm>>> = vec![None; rank];
        for (_, view) in views {
            let missing = rank - view.rank();
            for axis in 0..view.rank() {
                let extent = self.view_extent(view, axis);
                let slot = &mut extents[missing + axis];
                *slot = Some(match *slot {
                    None => extent,
                    Some(other) if views.len() == 1 || other == extent => other,
                    Some(other) => {
                        let same = self.compare_ints("eq", other, extent);
                        if !array {
                            self.check(
                                same,
                                ErrorKind::ValueError,
                                "the lengths of the lists differ",
                            );
                            other
                        } else {
                            let bit = self.b.int_type(1);
                            let (a, b) = (
                                self.compare_ints("eq", other, one),
                                self.compare_ints("eq", extent, one),
                            );
                            let fine = self.b.value("arith.ori", &[a, b], bit);
                            let fine = self.b.value("arith.ori", &[fine, same], bit);
                            self.check(
                                fine,
                                ErrorKind::ValueError,
                                "operands could not be broadcast together",
                            );
                            self.b
                                .value("arith.select", &[a, extent, other], self.b.index_type())
                        }
                    }
                });
            }
        }
        Ok(extents
            .into_iter()
            .map(|extent| extent.unwrap_or(one))
            .collect())
    }

    /// The index into a dimension of an input: 0 where the input has one position and others have more.
    fn broadcast_index(
        &mut self,
        view: &View<'c, 'm>,
        axis: usize,
        rank: usize,
        index: Value<'c, 'm>,
        views: &[(usize, View<'c, 'm>)],
    ) -> Value<'c, 'm> {
        // Alone in its dimension, an input is not stretched.
        let place = rank - view.rank() + axis;
        let others = views
            .iter()
            .filter(|(_, other)| other.rank() + place >= rank)
            .count();
        if others < 2 {
            return index;
        }
        let extent = self.view_extent(view, axis);
        let one = self.b.index(1);
        let zero = self.b.index(0);
        let stretched = self.compare_ints("eq", extent, one);
        self.b.value(
            "arith.select",
            &[stretched, zero, index],
            self.b.index_type(),
        )
    }

    /// A borrow of a list or array with the elements of a view, for a callee that takes one: a copy, whose elements
    /// go back to the view behind the call if the callee may write them.
    pub fn view_as_array(
        &mut self,
        view: &View<'c, 'm>,
        ty: Ty,
        mutable: bool,
    ) -> Result<Value<'c, 'm>> {
        let copy = self.copy_view(view, ty)?;
        let borrow = self.borrow_box(copy, mutable);
        if mutable {
            self.copied.push((view.clone(), borrow));
        }
        Ok(borrow)
    }

    /// A borrow of a list or array, or of a part of one, as a view.
    pub fn as_view(&self, borrowed: Borrowed<'c, 'm>) -> View<'c, 'm> {
        match borrowed {
            Borrowed::Ref(source) => self.whole_view(source),
            Borrowed::View(view) => view,
        }
    }
}

/// Whether two places may be parts of the same value.
fn may_share(a: &Place, b: &Place) -> bool {
    use mlc_sema::hir::Root;
    match (&a.root, &b.root) {
        (Root::Local(a), Root::Local(b)) => a == b,
        (Root::Temporary(_), _) | (_, Root::Temporary(_)) => false,
        _ => true,
    }
}
