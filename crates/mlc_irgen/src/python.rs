//! Objects of Python: boxes of counted references, on which functions of the runtime do everything.

mod callback;

pub use callback::Callbacks;

use melior::ir::{Value, ValueLike};
use mlc_dialects::own;
use mlc_sema::hir::{
    CompareOp, Dim, Expr, ExprKind, FloatKind, PythonOp, Root, StructId, Ty, TyKind,
};

use crate::{
    Error,
    function::{Lower, Result},
};

/// From this number on the runtime's operators work in place.
const IN_PLACE: i64 = 16;

impl<'x, 'c, 'm> Lower<'x, 'c, 'm> {
    pub fn python(
        &mut self,
        expr: &'x Expr,
        op: PythonOp,
        args: &'x [Expr],
    ) -> Result<Vec<Value<'c, 'm>>> {
        self.enter_operation();
        let values = self.python_operation(expr, op, args)?;
        self.leave_operation()?;
        Ok(values)
    }

    fn python_operation(
        &mut self,
        expr: &'x Expr,
        op: PythonOp,
        args: &'x [Expr],
    ) -> Result<Vec<Value<'c, 'm>>> {
        match op {
            PythonOp::From => return Ok(vec![self.object_from(expr, &args[0])?]),
            PythonOp::Into | PythonOp::Argument => return self.value_of_object(expr, &args[0]),
            PythonOp::CallWith => return Ok(vec![self.call_with_callbacks(expr, args)?]),
            PythonOp::Callback => return Ok(vec![self.lasting_callback(expr, args)?]),
            _ => {}
        }
        let operands = self.python_operands(expr, args)?;
        let (symbol, number) = function(op);
        let number = number.map(|number| self.b.int(number, self.b.int_type(32)));
        let operands: Vec<_> = number.into_iter().chain(operands).collect();
        let bit = self.b.int_type(1);
        Ok(match expr.ty {
            Ty::NONE => {
                self.call_checked(symbol, &operands);
                vec![]
            }
            Ty::STR => vec![self.new_text(symbol, &operands)],
            Ty::BOOL if matches!(op, PythonOp::Is | PythonOp::IsEnd) => {
                self.call_runtime(symbol, &operands, &[bit])
            }
            Ty::BOOL => vec![self.stored_by_runtime(symbol, bit, &operands)],
            Ty::INT => {
                let long = self.b.int_type(64);
                vec![self.stored_by_runtime(symbol, long, &operands)]
            }
            _ => vec![self.new_object(symbol, &operands)],
        })
    }

    /// Borrows of objects, texts and lists.
    fn python_operands(&mut self, expr: &'x Expr, args: &'x [Expr]) -> Result<Vec<Value<'c, 'm>>> {
        let mut operands = Vec::new();
        for (at, arg) in args.iter().enumerate() {
            operands.push(match self.types().kind(arg.ty) {
                TyKind::List(_) => {
                    let list = self.one(arg)?;
                    self.borrow_box(list, false)
                }
                _ => self.text_before(arg, &args[at + 1..])?,
            });
        }
        self.at(expr.span);
        Ok((operands.into_iter())
            .map(|value| self.shared(value))
            .collect())
    }

    fn new_object(&mut self, symbol: &str, operands: &[Value<'c, 'm>]) -> Value<'c, 'm> {
        let payload = own::object_type(self.cx.context);
        self.new_by_runtime(symbol, payload, operands)
    }

    /// The object that stands for a value, which the runtime reads where it is stored.
    fn object_from(&mut self, expr: &'x Expr, value: &'x Expr) -> Result<Value<'c, 'm>> {
        let pointer = self.cx.parsed_type("!llvm.ptr");
        if value.ty == Ty::NONE {
            self.expr(value)?;
            self.at(expr.span);
            let nowhere = self.b.value("llvm.mlir.zero", &[], pointer);
            let shape = self.text_literal("");
            return Ok(self.new_object("mlc_rt_py_from", &[nowhere, shape]));
        }
        match self.types().kind(value.ty) {
            TyKind::Array { .. } => return self.array_given(expr, value),
            TyKind::Struct(id) => {
                let id = *id;
                return self.struct_given(expr, value, id);
            }
            _ => {}
        }
        let stored = self.stored(value)?;
        self.at(expr.span);
        let place = self.address(stored);
        let shape = self.shape(value.ty).map_err(|error| error.at(expr.span))?;
        let shape = self.text_literal(&shape);
        let object = self.new_object("mlc_rt_py_from", &[place, shape]);
        self.b.op("own.keep", &[stored], &[]);
        Ok(object)
    }

    /// The NumPy array of an array, which gets the memory: that of a copy, unless the value ends here.
    fn array_given(&mut self, expr: &'x Expr, value: &'x Expr) -> Result<Value<'c, 'm>> {
        let array = match &value.kind {
            ExprKind::Borrow { .. } => {
                let view = self.operand_view(value)?;
                if view.is_whole() {
                    let source = self.shared(view.source);
                    let payload = self.types().payload(value.ty)?;
                    self.b.value("own.copy", &[source], own::box_type(payload))
                } else {
                    self.copy_view(&view, value.ty)?
                }
            }
            _ => self.one(value)?,
        };
        self.at(expr.span);
        let place = self.borrow_box(array, true);
        let place = self.address(place);
        let shape = self.shape(value.ty).map_err(|error| error.at(expr.span))?;
        let shape = self.text_literal(&shape);
        Ok(self.new_object("mlc_rt_py_hand_over", &[place, shape]))
    }

    /// The object for a struct, which gets the value: a copy, unless that ends here.
    fn struct_given(
        &mut self,
        expr: &'x Expr,
        value: &'x Expr,
        id: StructId,
    ) -> Result<Value<'c, 'm>> {
        let fresh = match &value.kind {
            ExprKind::Borrow { place, .. } => match &place.root {
                Root::Temporary(made) if place.projections.is_empty() => Some(&**made),
                _ => None,
            },
            _ => Some(value),
        };
        let cell = match fresh {
            Some(fresh) => {
                let values = self.expr(fresh)?;
                self.storable(value.ty, values)?
            }
            None => {
                let source = self.stored(value)?;
                let payload = self.types().payload(value.ty)?;
                self.at(value.span);
                self.b.value("own.copy", &[source], own::box_type(payload))
            }
        };
        self.at(expr.span);
        let place = self.borrow_box(cell, true);
        let place = self.address(place);
        let class = self.class_word(id);
        let name = self.text_literal(&self.cx.program.structs[id.0 as usize].name.clone());
        Ok(self.new_object("mlc_rt_py_struct", &[place, class, name]))
    }

    /// A borrow of where a value is stored.
    fn stored(&mut self, value: &'x Expr) -> Result<Value<'c, 'm>> {
        match (self.types().kind(value.ty), &value.kind) {
            (TyKind::List(_) | TyKind::Array { .. }, _) => {
                let view = self.operand_view(value)?;
                if view.is_whole() {
                    return Ok(self.shared(view.source));
                }
                let copy = self.copy_view(&view, value.ty)?;
                Ok(self.borrow_box(copy, false))
            }
            (TyKind::Str, _) => self.text(value),
            (_, ExprKind::Borrow { place, .. }) => {
                let spot = self.place(place, false)?;
                let borrow = self.borrow_of(&spot, place.ty)?;
                Ok(self.shared(borrow))
            }
            _ => {
                let values = self.expr(value)?;
                let stored = self.storable(value.ty, values)?;
                if own::is_box(stored.r#type()) {
                    return Ok(self.borrow_box(stored, false));
                }
                let cell = self.b.value("own.new", &[], own::box_type(stored.r#type()));
                let target = self.borrow_box(cell, true);
                self.b.op("own.store", &[stored, target], &[]);
                Ok(self.borrow_box(cell, false))
            }
        }
    }

    /// One function of the runtime takes borrows of all types.
    fn address(&mut self, borrow: Value<'c, 'm>) -> Value<'c, 'm> {
        let pointer = self.cx.parsed_type("!llvm.ptr");
        self.b
            .value("builtin.unrealized_conversion_cast", &[borrow], pointer)
    }

    /// A borrow of the elements of an object, as long as Python calls this function.
    pub fn lent(&mut self, value: &Expr, object: &'x Expr) -> Result<Value<'c, 'm>> {
        let object = self.text(object)?;
        let object = self.shared(object);
        self.at(value.span);
        let shape = self.shape(value.ty).map_err(|error| error.at(value.span))?;
        let shape = self.text_literal(&shape);
        let long = self.b.int_type(64);
        let address = self.stored_by_runtime("mlc_rt_py_lend", long, &[object, shape]);
        let pointer = self.cx.parsed_type("!llvm.ptr");
        let address = self.b.value("llvm.inttoptr", &[address], pointer);
        let borrow = own::ref_type(self.types().payload(value.ty)?);
        Ok(self
            .b
            .value("builtin.unrealized_conversion_cast", &[address], borrow))
    }

    /// The value that an object converts to.
    fn value_of_object(&mut self, expr: &'x Expr, object: &'x Expr) -> Result<Vec<Value<'c, 'm>>> {
        let object = self.text(object)?;
        let object = self.shared(object);
        self.at(expr.span);
        let shape = self.shape(expr.ty).map_err(|error| error.at(expr.span))?;
        let payload = self.types().payload(expr.ty)?;
        let cell = self.b.value("own.new", &[], own::box_type(payload));
        let target = self.borrow_box(cell, true);
        let place = self.address(target);
        let shape = self.text_literal(&shape);
        self.call_checked("mlc_rt_py_into", &[place, object, shape]);
        self.b.op("own.keep", &[target], &[]);
        if self.types().is_boxed(expr.ty) {
            return Ok(vec![cell]);
        }
        if self.types().is_scalar(expr.ty) {
            let source = self.borrow_box(cell, false);
            return self.load(source, expr.ty);
        }
        let source = self.borrow_box(cell, true);
        self.take_from(source, expr.ty)
    }

    /// How a value lies in memory, as the runtime reads it.
    fn shape(&self, ty: Ty) -> Result<String> {
        let types = self.types();
        Ok(match types.kind(ty) {
            TyKind::Bool => "?".into(),
            TyKind::Int { bits, signed } => {
                let letter = match bits {
                    8 => "b",
                    16 => "h",
                    32 => "i",
                    _ => "q",
                };
                if *signed {
                    letter.into()
                } else {
                    letter.to_uppercase()
                }
            }
            TyKind::Float(kind) => match kind {
                FloatKind::F16 => "e",
                FloatKind::Bf16 => "E",
                FloatKind::F32 => "f",
                FloatKind::F64 => "d",
            }
            .into(),
            TyKind::Complex(FloatKind::F32) => "F".into(),
            TyKind::Complex(_) => "D".into(),
            TyKind::Str => "s".into(),
            TyKind::PythonObject => "o".into(),
            TyKind::Exception => "x".into(),
            TyKind::List(element) => format!("[{}", self.shape(*element)?),
            TyKind::Optional(of) => format!("!{}", self.shape(*of)?),
            TyKind::Tuple(items) => {
                let items: Result<String> = items.iter().map(|&item| self.shape(item)).collect();
                format!("({})", items?)
            }
            TyKind::Array { elem, dims } => {
                let extents: Vec<String> = (dims.iter())
                    .map(|dim| match dim {
                        Dim::Static(extent) => extent.to_string(),
                        Dim::Dynamic => "_".into(),
                    })
                    .collect();
                format!("a{}{}", extents.join("x"), self.shape(*elem)?)
            }
            _ => {
                let name = types.program.types.name(ty);
                let what = format!("the conversion between `{name}` and objects of Python");
                return Err(Error::unsupported(mlc_diagnostics::Span::NONE, &what));
            }
        })
    }
}

/// The runtime's function for an operation, and the number that tells it from others.
fn function(op: PythonOp) -> (&'static str, Option<i64>) {
    let plain = |symbol| (symbol, None);
    match op {
        PythonOp::Import => plain("mlc_rt_py_import"),
        PythonOp::From => plain("mlc_rt_py_from"),
        PythonOp::Into => plain("mlc_rt_py_into"),
        PythonOp::Argument => plain("mlc_rt_py_lend"),
        PythonOp::Attribute => plain("mlc_rt_py_attribute"),
        PythonOp::SetAttribute => plain("mlc_rt_py_set_attribute"),
        PythonOp::DelAttribute => plain("mlc_rt_py_del_attribute"),
        PythonOp::Item => plain("mlc_rt_py_item"),
        PythonOp::SetItem => plain("mlc_rt_py_set_item"),
        PythonOp::DelItem => plain("mlc_rt_py_del_item"),
        PythonOp::Slice => plain("mlc_rt_py_slice"),
        PythonOp::Tuple => plain("mlc_rt_py_tuple"),
        PythonOp::Call | PythonOp::CallWith => plain("mlc_rt_py_call"),
        PythonOp::Callback => plain("mlc_rt_py_callback"),
        PythonOp::Binary(operator) => ("mlc_rt_py_binary", Some(operator as i64)),
        PythonOp::InPlace(operator) => ("mlc_rt_py_binary", Some(operator as i64 + IN_PLACE)),
        PythonOp::Negative => ("mlc_rt_py_unary", Some(0)),
        PythonOp::Positive => ("mlc_rt_py_unary", Some(1)),
        PythonOp::Invert => ("mlc_rt_py_unary", Some(2)),
        PythonOp::Compare(op) => {
            let number = match op {
                CompareOp::Lt => 0,
                CompareOp::Le => 1,
                CompareOp::Eq => 2,
                CompareOp::Ne => 3,
                CompareOp::Gt => 4,
                CompareOp::Ge => 5,
            };
            ("mlc_rt_py_compare", Some(number))
        }
        PythonOp::Contains => plain("mlc_rt_py_contains"),
        PythonOp::Is => plain("mlc_rt_py_is"),
        PythonOp::Truth => plain("mlc_rt_py_truth"),
        PythonOp::Len => plain("mlc_rt_py_len"),
        PythonOp::Str => plain("mlc_rt_py_str"),
        PythonOp::Repr => plain("mlc_rt_py_repr"),
        PythonOp::Format => plain("mlc_rt_py_format"),
        PythonOp::Iterate => plain("mlc_rt_py_iterate"),
        PythonOp::Next => plain("mlc_rt_py_next"),
        PythonOp::IsEnd => plain("mlc_rt_py_is_end"),
        PythonOp::Enter => plain("mlc_rt_py_enter"),
        PythonOp::Exit => plain("mlc_rt_py_exit"),
        PythonOp::Matches => plain("mlc_rt_py_matches"),
        PythonOp::Raise => plain("mlc_rt_py_raise"),
        PythonOp::RaiseFrom => plain("mlc_rt_py_raise_from"),
    }
}
