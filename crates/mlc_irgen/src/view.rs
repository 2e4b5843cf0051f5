//! Parts of lists and arrays that are named by indices and slices.
//!
//! A view is not a value of the IR: it is the borrow that it looks at and, for each dimension of that, which positions are
//! taken. An access computes the indices and goes to the whole, so that the passes see affine accesses of one array.

use melior::ir::{Type, TypeLike, Value, ValueLike, r#type::MemRefType};
use mlc_dialects::own;

use crate::{function::Lower, types::DYNAMIC};

/// A part of a list or of an array.
#[derive(Clone)]
pub struct View<'c, 'm> {
    /// The borrow of the whole.
    pub source: Value<'c, 'm>,
    /// One for each dimension of the whole.
    pub dims: Vec<ViewDim<'c, 'm>>,
    /// The dimensions of the whole that are dimensions of the view, in the order that they have there.
    pub order: Vec<usize>,
}

/// What a view takes of a dimension. All values are of type `index`.
#[derive(Clone, Copy)]
pub enum ViewDim<'c, 'm> {
    All,
    /// One position: the dimension is no dimension of the view.
    Fixed(Value<'c, 'm>),
    /// `length` positions from `start` on, `step` apart (1 if absent); `lanes` many, but where the end is near.
    Range {
        start: Value<'c, 'm>,
        step: Option<Value<'c, 'm>>,
        length: Value<'c, 'm>,
        lanes: Option<u64>,
    },
}

impl<'c, 'm> View<'c, 'm> {
    pub fn rank(&self) -> usize {
        self.order.len()
    }

    /// Takes one position of a dimension of the whole.
    pub fn fix(&mut self, axis: usize, position: Value<'c, 'm>) {
        self.dims[axis] = ViewDim::Fixed(position);
        self.order.retain(|&other| other != axis);
    }

    /// Whether it is all of the whole, as it lies there.
    pub fn is_whole(&self) -> bool {
        self.dims.iter().all(|dim| matches!(dim, ViewDim::All)) && self.order.is_sorted()
    }
}

impl<'x, 'c, 'm> Lower<'x, 'c, 'm> {
    /// A view of all of what a borrow covers: a list or an array.
    pub fn whole_view(&self, source: Value<'c, 'm>) -> View<'c, 'm> {
        let payload = own::payload(source.r#type()).expect("the value is a borrow");
        let rank = array_extents(payload).map_or(1, |extents| extents.len());
        View {
            source,
            dims: vec![ViewDim::All; rank],
            order: (0..rank).collect(),
        }
    }

    /// The number of positions of a dimension of the whole, of type `index`.
    fn whole_extent(&self, source: Value<'c, 'm>, axis: usize) -> Value<'c, 'm> {
        let payload = own::payload(source.r#type()).expect("the value is a borrow");
        match array_extents(payload).map(|extents| extents[axis]) {
            Some(extent) if extent != DYNAMIC => self.b.index(extent),
            Some(_) if axis > 0 => {
                let memory = self.memory(source);
                let axis = self.b.index(axis as i64);
                self.b
                    .value("memref.dim", &[memory, axis], self.b.index_type())
            }
            _ => self.b.value("own.len", &[source], self.b.index_type()),
        }
    }

    /// The extent of a dimension of the view, of type `index`.
    pub fn view_extent(&self, view: &View<'c, 'm>, axis: usize) -> Value<'c, 'm> {
        let axis = view.order[axis];
        match view.dims[axis] {
            ViewDim::Range { length, .. } => length,
            _ => self.whole_extent(view.source, axis),
        }
    }

    /// The view with its dimensions in another order.
    pub fn transposed(&self, view: &View<'c, 'm>, axes: &[u32]) -> View<'c, 'm> {
        let order = axes.iter().map(|&axis| view.order[axis as usize]).collect();
        View {
            order,
            ..view.clone()
        }
    }

    /// The view with one position of its first dimension taken.
    pub fn fix_first(&self, view: &View<'c, 'm>, index: Value<'c, 'm>) -> View<'c, 'm> {
        let axis = view.order[0];
        let mut fixed = view.clone();
        fixed.fix(axis, self.position(view.dims[axis], index));
        fixed
    }

    /// The position in the whole of an index into a dimension of a view.
    pub fn position(&self, dim: ViewDim<'c, 'm>, index: Value<'c, 'm>) -> Value<'c, 'm> {
        match dim {
            ViewDim::All => index,
            ViewDim::Fixed(position) => position,
            ViewDim::Range { start, step, .. } => {
                let ty = self.b.index_type();
                let offset = match step {
                    None => index,
                    Some(step) => self.b.value("arith.muli", &[index, step], ty),
                };
                self.b.value("arith.addi", &[start, offset], ty)
            }
        }
    }

    /// The elements of a list of scalars or of an array, as a memref.
    pub fn memory(&self, source: Value<'c, 'm>) -> Value<'c, 'm> {
        let payload = own::payload(source.r#type()).expect("the value is a borrow");
        let ty = match own::list_element(payload) {
            Some(elem) => MemRefType::new(elem, &[DYNAMIC], None, None).into(),
            None => payload,
        };
        self.b.value("own.view", &[source], ty)
    }

    /// The indices into the whole of an element of a view, given one index for each dimension of the view.
    pub fn positions(&self, view: &View<'c, 'm>, indices: &[Value<'c, 'm>]) -> Vec<Value<'c, 'm>> {
        let dims = view.dims.iter().enumerate();
        dims.map(|(axis, &dim)| match dim {
            ViewDim::Fixed(position) => position,
            dim => {
                let number = view.order.iter().position(|&other| other == axis);
                let number = number.expect("a dimension that is not fixed is one of the view");
                self.position(dim, indices[number])
            }
        })
        .collect()
    }

    /// Reads a scalar element of a view.
    pub fn load_element(&self, view: &View<'c, 'm>, indices: &[Value<'c, 'm>]) -> Value<'c, 'm> {
        let positions = self.positions(view, indices);
        let memory = self.memory(view.source);
        let elem = element_type(view);
        let mut operands = vec![memory];
        operands.extend(positions);
        self.b.value("memref.load", &operands, elem)
    }

    /// Writes a scalar element of a view.
    pub fn store_element(
        &self,
        view: &View<'c, 'm>,
        indices: &[Value<'c, 'm>],
        value: Value<'c, 'm>,
    ) {
        let positions = self.positions(view, indices);
        let memory = self.memory(view.source);
        let mut operands = vec![value, memory];
        operands.extend(positions);
        self.b.op("memref.store", &operands, &[]);
    }

    /// Whether a view is of one scalar.
    pub fn is_scalar(&self, view: &View<'c, 'm>) -> bool {
        view.order.is_empty() && self.is_scalar_view(view)
    }

    /// A borrow of the scalar that a view is of: itself in a list, and of an array a copy that goes back behind the call.
    pub fn scalar_borrow(&mut self, view: &View<'c, 'm>, mutable: bool) -> Value<'c, 'm> {
        let payload = own::payload(view.source.r#type()).expect("the value is a borrow");
        if own::list_element(payload).is_some() {
            let position = self.positions(view, &[])[0];
            return self.elem(view.source, position, mutable);
        }
        let element = self.load_element(view, &[]);
        let cell = self
            .b
            .value("own.new", &[], own::box_type(element.r#type()));
        let borrow = self.borrow_box(cell, true);
        self.b.op("own.store", &[element, borrow], &[]);
        if mutable {
            self.copied.push((view.clone(), borrow));
        }
        borrow
    }

    /// What the callee wrote to the cell goes to the scalar.
    pub fn store_from_cell(&self, view: &View<'c, 'm>, cell: Value<'c, 'm>) {
        let value = self.b.value("own.load", &[cell], element_type(view));
        self.store_element(view, &[], value);
    }

    /// A borrow of an element of a view of a list whose elements are no scalars.
    pub fn borrow_element(
        &self,
        view: &View<'c, 'm>,
        index: Value<'c, 'm>,
        mutable: bool,
    ) -> Value<'c, 'm> {
        let position = self.positions(view, &[index])[0];
        self.elem(view.source, position, mutable)
    }

    /// `own.elem`.
    pub fn elem(
        &self,
        source: Value<'c, 'm>,
        index: Value<'c, 'm>,
        mutable: bool,
    ) -> Value<'c, 'm> {
        let payload = own::payload(source.r#type()).expect("the value is a borrow");
        let elem = own::list_element(payload).expect("the value is a borrow of a list");
        let ty = if mutable {
            own::mut_type(elem)
        } else {
            own::ref_type(elem)
        };
        self.b.value("own.elem", &[source, index], ty)
    }
}

/// The type of the elements that a view names.
pub fn element_type<'c>(view: &View<'c, '_>) -> Type<'c> {
    use melior::ir::ShapedTypeLike;
    let payload = own::payload(view.source.r#type()).expect("the value is a borrow");
    match own::list_element(payload) {
        Some(elem) => elem,
        None => MemRefType::try_from(payload)
            .expect("the value is a borrow of an array")
            .element(),
    }
}

/// The extents of an array type; none for a list.
pub fn array_extents(payload: Type) -> Option<Vec<i64>> {
    use melior::ir::{ShapedTypeLike, r#type::DimSize};
    if !payload.is_mem_ref() {
        return None;
    }
    let ty = MemRefType::try_from(payload).ok()?;
    let rank = ty.rank();
    Some(
        (0..rank)
            .map(|axis| match ty.dim_size(axis) {
                Ok(DimSize::Static(extent)) => extent as i64,
                _ => DYNAMIC,
            })
            .collect(),
    )
}
