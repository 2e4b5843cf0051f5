//! Loops over the elements of lists, arrays and their parts: copies, element-wise assignment and arithmetic.

use melior::ir::{Attribute, TypeLike, Value, attribute::ArrayAttribute};
use mlc_dialects::{own, par};
use mlc_sema::hir::{BinaryOp, Dim, Expr, ExprKind, Place, ProjectionKind, Root, Ty, TyKind};

use crate::{
    Error,
    arith::Binary,
    builtin::element_ty,
    elements::Elements,
    function::{Lower, Result},
    same_value::is_same,
    shapes::Mismatch,
    view::{View, ViewDim, element_type},
};

/// What is done for each element, given its indices.
type Each<'f, 'x, 'c, 'm> =
    &'f mut dyn FnMut(&mut Lower<'x, 'c, 'm>, &[Value<'c, 'm>]) -> Result<()>;

impl<'x, 'c, 'm> Lower<'x, 'c, 'm> {
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
        if extents.is_empty() {
            return each(self, &[]);
        }
        let attrs = self.loop_attributes(extents.len(), &[]);
        let op = self.b.structured("par.for", extents, &[], &attrs, 1);
        let outer = self.b;
        let indices = self
            .b
            .enter(op, 0, &vec![self.b.index_type(); extents.len()]);
        let overflow = std::mem::replace(&mut self.overflow, false);
        each(self, &indices)?;
        self.overflow = overflow;
        self.b.op("par.yield", &[], &[]);
        self.b = outer;
        Ok(())
    }

    /// The attributes of a loop that is part of an operation on arrays.
    pub fn loop_attributes(
        &self,
        bounds: usize,
        reductions: &[par::Reduction],
    ) -> [(&'static str, Attribute<'c>); 3] {
        let sizes = [bounds as i32, reductions.len() as i32];
        let kinds: Vec<_> = (reductions.iter())
            .map(|kind| kind.attribute(self.cx.context))
            .collect();
        let kinds = ArrayAttribute::new(self.cx.context, &kinds);
        [
            ("operandSegmentSizes", self.b.segments(&sizes)),
            ("reductions", kinds.into()),
            ("par.elementwise", self.b.unit()),
        ]
    }

    /// A parallel loop over all elements of a view that is written. Where its length is a constant but near the end, it is one
    /// vector at a time, and a loop near the end.
    pub fn each_lane(&mut self, view: &View<'c, 'm>, each: Each<'_, 'x, 'c, 'm>) -> Result<()> {
        let lanes = match view.order.as_slice() {
            [axis] => match view.dims[*axis] {
                ViewDim::Range { lanes, .. } => lanes,
                _ => None,
            },
            _ => None,
        };
        let extents = self.extents(view);
        let Some(lanes) = lanes else {
            return self.each_index(&extents, each);
        };
        let width = self.b.index(lanes as i64);
        let full = self.compare_ints("eq", extents[0], width);
        let op = self.b.structured("scf.if", &[full], &[], &[], 2);
        let outer = self.b;
        self.b.enter(op, 0, &[]);
        self.each_index(&[width], each)?;
        self.b.op("scf.yield", &[], &[]);
        self.b = outer;
        self.b.enter(op, 1, &[]);
        self.each_in_order(&extents, &mut vec![], each)?;
        self.b.op("scf.yield", &[], &[]);
        self.b = outer;
        Ok(())
    }

    /// Loops in order over all indices below some extents.
    pub fn each_in_order(
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
    pub fn is_scalar_view(&self, view: &View<'c, 'm>) -> bool {
        own::kind(element_type(view)) == own::Kind::Other && !element_type(view).is_mem_ref()
    }

    /// A fresh list or array of a type, its elements not initialized if they are scalars.
    pub fn fresh(&mut self, ty: Ty, extents: &[Value<'c, 'm>]) -> Result<Value<'c, 'm>> {
        match self.types().kind(ty) {
            TyKind::Array { .. } if self.types().stored_element(ty).is_some() => {
                let box_type = own::box_type(self.types().payload(ty)?);
                Ok(self.new_list(extents[0], box_type, false))
            }
            TyKind::Array { dims, .. } => {
                let dynamic: Vec<_> = dims
                    .iter()
                    .zip(extents)
                    .filter(|(dim, _)| **dim == Dim::Dynamic)
                    .map(|(_, &extent)| extent)
                    .collect();
                self.new_array(ty, &dynamic, true)
            }
            TyKind::List(elem) => {
                let scalar = self.types().is_scalar(*elem);
                let box_type = own::box_type(self.types().payload(ty)?);
                Ok(self.new_list(extents[0], box_type, scalar))
            }
            _ => Err(Error::Invalid("elements of something that has none".into())),
        }
    }

    /// A fresh list or array of type `ty` with copies of the elements of a view.
    pub fn copy_view(&mut self, view: &View<'c, 'm>, ty: Ty) -> Result<Value<'c, 'm>> {
        if let Some(elem) = self.types().stored_element(ty) {
            let extents = self.extents(view);
            let list = self.fresh(ty, &extents)?;
            let target = self.borrow_box(list, true);
            self.each_in_order(&extents, &mut vec![], &mut |lower, indices| {
                let source = lower.borrow_element(view, indices[0], false);
                let copy = lower.copying_items(|lower| lower.load(source, elem))?;
                let place = lower.elem(target, indices[0], true);
                lower.put(place, elem, &copy)
            })?;
            return Ok(list);
        }
        self.gathered(&Elements::View(view.clone()), ty)
    }

    /// A fresh list or array of scalars.
    pub fn gathered(&mut self, elements: &Elements<'x, 'c, 'm>, ty: Ty) -> Result<Value<'c, 'm>> {
        let extents = self.extents_of(elements);
        let fresh = self.fresh(ty, &extents)?;
        let target = self.borrow_box(fresh, true);
        let target = self.whole_view(target);
        self.store_all(&target, &extents, elements)?;
        Ok(fresh)
    }

    /// Writes elements to a view of the extents `extents`.
    fn store_all(
        &mut self,
        target: &View<'c, 'm>,
        extents: &[Value<'c, 'm>],
        elements: &Elements<'x, 'c, 'm>,
    ) -> Result<()> {
        self.versions(elements, &[], |lower, stretched| {
            lower.each_index(extents, &mut |lower, indices| {
                let value = lower.element(elements, indices, stretched)?;
                lower.store_element(target, indices, value);
                Ok(())
            })?;
            Ok(vec![])
        })?;
        Ok(())
    }

    /// Writes the elements of a fresh list or array to the elements of a view.
    pub fn copy_from_box(&mut self, view: &View<'c, 'm>, value: Value<'c, 'm>) -> Result<()> {
        let source = self.borrow_box(value, false);
        self.copy_from_borrow(view, source)
    }

    pub fn copy_from_borrow(&mut self, view: &View<'c, 'm>, source: Value<'c, 'm>) -> Result<()> {
        if self.is_scalar(view) {
            self.store_from_cell(view, source);
            return Ok(());
        }
        let source = self.whole_view(source);
        self.assign_all(view, &Elements::View(source))
    }

    /// Writes elements to a view that does not overlap with them, or takes them from where it writes them. What has fewer
    /// dimensions, or one position in some, is repeated.
    fn assign_all(&mut self, target: &View<'c, 'm>, source: &Elements<'x, 'c, 'm>) -> Result<()> {
        let extents = self.extents(target);
        let own = self.extents_of(source);
        let repeats = self.check_fits(target, &extents, &own)?;
        if let (false, Elements::View(source)) = (self.is_scalar_view(target), source) {
            return self.copy_items(target, source);
        }
        self.versions(source, &[], |lower, stretched| {
            lower.each_lane(target, &mut |lower, indices| {
                let at = lower.repeated_indices(indices, &repeats);
                let value = lower.element(source, &at, stretched)?;
                lower.store_element(target, indices, value);
                Ok(())
            })?;
            Ok(vec![])
        })?;
        Ok(())
    }

    /// The indices into a source of fewer dimensions: 0 in those that are repeated.
    fn repeated_indices(
        &self,
        indices: &[Value<'c, 'm>],
        repeats: &[Option<Value<'c, 'm>>],
    ) -> Vec<Value<'c, 'm>> {
        let own = &indices[indices.len() - repeats.len()..];
        own.iter()
            .zip(repeats)
            .map(|(&at, &repeated)| match repeated {
                None => at,
                Some(repeated) => {
                    let zero = self.b.index(0);
                    let index = self.b.index_type();
                    self.b.value("arith.select", &[repeated, zero, at], index)
                }
            })
            .collect()
    }

    /// Raises where a source does not fit the extents of a target. For each dimension of the source: whether its one position
    /// is repeated, if that can be.
    fn check_fits(
        &mut self,
        target: &View<'c, 'm>,
        extents: &[Value<'c, 'm>],
        own: &[Value<'c, 'm>],
    ) -> Result<Vec<Option<Value<'c, 'm>>>> {
        let Some(first) = extents.len().checked_sub(own.len()) else {
            return Err(Error::unsupported(
                mlc_diagnostics::Span::NONE,
                "assigning an array of more dimensions",
            ));
        };
        let is_array = own::payload(melior::ir::ValueLike::r#type(&target.source))
            .is_some_and(|payload| payload.is_mem_ref());
        let bit = self.b.int_type(1);
        let mut repeats = Vec::new();
        let mut fits: Option<Value<'c, 'm>> = None;
        for (&extent, &other) in extents[first..].iter().zip(own) {
            if is_same(extent, other) {
                repeats.push(None);
                continue;
            }
            let mut fine = self.compare_ints("eq", extent, other);
            if is_array {
                let one = self.b.index(1);
                let single = self.compare_ints("eq", other, one);
                fine = self.b.value("arith.ori", &[fine, single], bit);
                repeats.push(Some(single));
            } else {
                repeats.push(None);
            }
            fits = Some(match fits {
                Some(before) => self.b.value("arith.andi", &[before, fine], bit),
                None => fine,
            });
        }
        if let Some(fits) = fits {
            let why = if is_array {
                Mismatch::Assignment
            } else {
                Mismatch::Lists
            };
            self.check_shapes(fits, why, own, extents)?;
        }
        Ok(repeats)
    }

    /// `place = value`, element by element, as if the value were taken before anything is written.
    pub fn assign_elements(&mut self, place: &'x Place, value: &'x Expr) -> Result<()> {
        if let Some(elem) = self.types().stored_element(value.ty) {
            return self.assign_stored(place, value, elem);
        }
        let source = self.elements(value)?;
        let target = self.view_of(place, true)?;
        self.at(place.span);
        let written = if self.may_be_overwritten(&source, &target) {
            let copy = match &source {
                Elements::View(view) => self.copy_view(view, value.ty)?,
                _ => self.gathered(&source, value.ty)?,
            };
            self.copy_from_box(&target, copy)
        } else {
            self.assign_all(&target, &source)
        };
        written.map_err(|error| error.at(place.span))
    }

    /// Copies elements that are no numbers to a part of an array: the right side is taken first.
    fn assign_stored(&mut self, place: &'x Place, value: &'x Expr, elem: Ty) -> Result<()> {
        let Elements::View(source) = self.elements(value)? else {
            return Err(Error::Invalid(
                "an element-wise computation of no numbers".into(),
            ));
        };
        let copy = self.copy_view(&source, value.ty)?;
        let target = self.view_of(place, true)?;
        self.at(place.span);
        let (count, room) = (self.view_extent(&source, 0), self.view_extent(&target, 0));
        let fits = self.compare_ints("eq", count, room);
        self.check_shapes(fits, Mismatch::Broadcast, &[count], &[room])?;
        let copy = self.borrow_box(copy, true);
        let bounds = self.count_to(room);
        self.scf_for(&bounds, &[], |lower, at| {
            let from = lower.elem(copy, at, true);
            let taken = lower.take_from(from, elem)?;
            let to = lower.borrow_element(&target, at, true);
            lower.put(to, elem, &taken)
        })
    }

    /// Whether a store to a place writes the elements of a part of an array or of a list.
    pub fn is_elementwise_store(&self, place: &Place, value: &Expr) -> bool {
        if matches!(value.kind, ExprKind::Borrow { .. }) {
            return true;
        }
        let base = match place.projections.len() {
            0 => return false,
            1 => match &place.root {
                Root::Local(local) => self.local_ty(*local),
                Root::Global(global) => self.cx.program.globals[global.0 as usize].ty,
                Root::Temporary(value) | Root::Borrowed(value) => value.ty,
                Root::Constant(_) => return false,
            },
            count => place.projections[count - 2].ty,
        };
        let of_array = matches!(self.types().kind(base), TyKind::Array { .. });
        matches!(value.kind, ExprKind::Map { .. })
            && match place.projections.last().map(|last| &last.kind) {
                Some(
                    ProjectionKind::Index { .. }
                    | ProjectionKind::Transpose(_)
                    | ProjectionKind::Reshape(_),
                ) => of_array,
                Some(ProjectionKind::Slice(_)) => true,
                _ => false,
            }
    }

    /// `place op= value`, element by element.
    pub fn update_elements(
        &mut self,
        place: &'x Place,
        op: BinaryOp,
        value: &'x Expr,
    ) -> Result<()> {
        let elem = element_ty(self, place.ty);
        let operand_ty = element_ty(self, value.ty);
        let found = self.find(place, true)?;
        let spot = self.last_step(&found, place, true)?;
        let mut target = self.view_at(spot, place, true)?;
        let mut operand = None;
        let mut scalar = None;
        let mut source = None;
        match self.types().is_scalar(value.ty) {
            true => scalar = Some(self.one(value)?),
            false => source = Some(self.elements(value)?),
        }
        if self.may_be_resized(&found, place, value) {
            let spot = self.last_step(&found, place, true)?;
            target = self.view_at(spot, place, true)?;
        }
        if let Some(mut source) = source {
            if self.may_be_overwritten(&source, &target) {
                let copy = self.gathered(&source, value.ty)?;
                let copy = self.borrow_box(copy, false);
                source = Elements::View(self.whole_view(copy));
            }
            operand = Some(source);
        }
        self.at(place.span);
        let extents = self.extents(&target);
        let repeats = match &operand {
            Some(source) => {
                let own = self.extents_of(source);
                self.check_fits(&target, &extents, &own)
                    .map_err(|error| error.at(place.span))?
            }
            None => vec![],
        };
        let known = self.known_right(value);
        let divides = !known.nonzero_divisor
            && matches!(
                op,
                BinaryOp::FloorDiv | BinaryOp::Mod | BinaryOp::Pow | BinaryOp::Shl | BinaryOp::Shr
            );
        let fails = self.cx.program.types.is_int(elem) && (divides || self.overflow);
        let source = operand.unwrap_or_else(|| Elements::View(target.clone()));
        self.versions(&source, &[], |lower, stretched| {
            let mut each = |lower: &mut Self, indices: &[Value<'c, 'm>]| {
                let old = lower.load_element(&target, indices);
                let other = match scalar {
                    Some(scalar) => scalar,
                    None => {
                        let at = lower.repeated_indices(indices, &repeats);
                        lower.element(&source, &at, stretched)?
                    }
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
                lower.each_in_order(&extents, &mut vec![], &mut each)?;
            } else {
                lower.each_lane(&target, &mut each)?;
            }
            Ok(vec![])
        })?;
        Ok(())
    }

    /// An element-wise computation with a fresh result.
    pub fn map(&mut self, expr: &'x Expr) -> Result<Value<'c, 'm>> {
        let ExprKind::Map { inputs, body } = &expr.kind else {
            return Err(Error::Invalid("an element-wise computation".into()));
        };
        let map = Elements::Map(self.map_of(expr, inputs, body)?);
        if !self.slots().expr_may_raise(body) {
            return self.gathered(&map, expr.ty);
        }
        let extents = self.extents_of(&map);
        let fresh = self.fresh(expr.ty, &extents)?;
        let target = self.borrow_box(fresh, true);
        let target = self.whole_view(target);
        self.versions(&map, &[], |lower, stretched| {
            lower.each_in_order(&extents, &mut vec![], &mut |lower, indices| {
                let value = lower.element(&map, indices, stretched)?;
                lower.store_element(&target, indices, value);
                Ok(())
            })?;
            Ok(vec![])
        })?;
        Ok(fresh)
    }

    /// A borrow of a list or array with the elements of a view, or of its only element if it has no dimensions, for a callee that takes
    /// one: the very elements, where they lie one after another, or else a copy, whose elements go back to the view behind the call if the
    /// callee may write them.
    pub fn view_as_array(
        &mut self,
        view: &View<'c, 'm>,
        ty: Ty,
        mutable: bool,
    ) -> Result<Value<'c, 'm>> {
        if self.is_scalar(view) {
            return Ok(self.scalar_borrow(view, mutable));
        }
        if let Some(slice) = self.slice_of_view(view, ty, mutable)? {
            return Ok(slice);
        }
        let copy = self.copy_view(view, ty)?;
        let borrow = self.borrow_box(copy, mutable);
        if mutable {
            self.copied.push((view.clone(), borrow));
        }
        Ok(borrow)
    }
}
