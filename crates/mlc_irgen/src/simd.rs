//! Vectors: lanes, loads and stores of slices, reductions across lanes.

use melior::ir::{Attribute, Value, attribute::DenseI64ArrayAttribute};
use mlc_sema::hir::{Builtin, ErrorKind, Expr, Place, Ty, TyKind};

use crate::{
    Error, FpMode,
    arith::Class,
    function::{Lower, Result},
    subscript::constant_int,
    types::DYNAMIC,
    view::View,
};

impl<'x, 'c, 'm> Lower<'x, 'c, 'm> {
    /// The elements and the lanes of a vector type.
    pub fn simd_parts(&self, ty: Ty) -> Option<(Ty, u32)> {
        match *self.types().kind(ty) {
            TyKind::Simd { elem, lanes } => Some((elem, lanes)),
            _ => None,
        }
    }

    pub fn simd_builtin(
        &mut self,
        expr: &'x Expr,
        op: Builtin,
        args: &'x [Expr],
    ) -> Result<Value<'c, 'm>> {
        if op == Builtin::SimdLoad {
            return self.simd_load(expr, &args[0]);
        }
        let mut values = Vec::new();
        for arg in args {
            values.push(self.one(arg)?);
        }
        self.at(expr.span);
        let ty = self.types().flat(expr.ty)?[0];
        match op {
            Builtin::SimdNew => Ok(self.b.value("vector.from_elements", &values, ty)),
            Builtin::SimdSelect => Ok(self.b.value("arith.select", &values, ty)),
            Builtin::SimdLane => {
                let at = self.lane_index(args, values[1])?;
                Ok(self.lane(values[0], at, expr.ty))
            }
            Builtin::SimdWith => {
                let at = self.lane_index(args, values[1])?;
                let operands = [values[2], values[0], at];
                let attrs = [("static_position", self.dynamic_position())];
                Ok(self.b.value_with("vector.insert", &operands, ty, &attrs))
            }
            _ => self.simd_reduction(expr, op, args[0].ty, values[0]),
        }
    }

    /// The position of a lane, wrapped and checked.
    fn lane_index(&mut self, args: &'x [Expr], given: Value<'c, 'm>) -> Result<Value<'c, 'm>> {
        let (_, lanes) = self
            .simd_parts(args[0].ty)
            .ok_or_else(|| Error::Invalid("a lane of no vector".into()))?;
        let constant = constant_int(&args[1]);
        if let Some(at) = constant
            && (0..i128::from(lanes)).contains(&at)
        {
            return Ok(self.b.index(at as i64));
        }
        let length = self.b.index(i64::from(lanes));
        let nonnegative = self.is_nonnegative(&args[1]);
        let given = self.to_index(given);
        Ok(self.checked_index(given, length, nonnegative, constant))
    }

    fn dynamic_position(&self) -> Attribute<'c> {
        DenseI64ArrayAttribute::new(self.cx.context, &[DYNAMIC]).into()
    }

    /// One lane of a vector.
    pub fn lane(&self, vector: Value<'c, 'm>, at: Value<'c, 'm>, elem: Ty) -> Value<'c, 'm> {
        let scalar = self.types().scalar(elem).expect("a lane is a number");
        let attrs = [("static_position", self.dynamic_position())];
        self.b
            .value_with("vector.extract", &[vector, at], scalar, &attrs)
    }

    /// All lanes of a vector.
    pub fn lanes_of(&self, vector: Value<'c, 'm>, elem: Ty, lanes: u32) -> Vec<Value<'c, 'm>> {
        (0..lanes)
            .map(|at| {
                let at = self.b.index(i64::from(at));
                self.lane(vector, at, elem)
            })
            .collect()
    }

    /// Lanes combined in the order that the target has for it, or in theirs where that is asked for.
    fn simd_reduction(
        &mut self,
        expr: &'x Expr,
        op: Builtin,
        vector_ty: Ty,
        vector: Value<'c, 'm>,
    ) -> Result<Value<'c, 'm>> {
        let class = self.class(vector_ty)?;
        if self.overflow
            && let (Builtin::Sum | Builtin::Prod, Class::Int { bits, signed }) = (op, class)
        {
            if op == Builtin::Prod {
                let what = "the product of the lanes of a vector with `--checks=overflow`";
                return Err(Error::unsupported(expr.span, what));
            }
            let lanes = self.widened(vector, vector_ty, (bits, signed));
            let wide = self.b.int_type(2 * bits);
            let add = [("kind", self.cx.parsed("#vector.kind<add>"))];
            let exact = self.b.value_with("vector.reduction", &[lanes], wide, &add);
            return self.narrowed_sum(exact, expr.ty, (bits, signed));
        }
        let signed = matches!(class, Class::Int { signed: true, .. });
        let float = matches!(class, Class::Float(_));
        let kind = match op {
            Builtin::Sum => "add",
            Builtin::Prod => "mul",
            Builtin::Any => "or",
            Builtin::All => "and",
            Builtin::ReduceMin if float => "minimumf",
            Builtin::ReduceMax if float => "maximumf",
            Builtin::ReduceMin if signed => "minsi",
            Builtin::ReduceMax if signed => "maxsi",
            Builtin::ReduceMin => "minui",
            Builtin::ReduceMax => "maxui",
            _ => return Err(Error::unsupported(expr.span, "this operation on a vector")),
        };
        let mut attrs = vec![("kind", self.cx.parsed(&format!("#vector.kind<{kind}>")))];
        if float && self.fp != FpMode::Strict {
            attrs.push(("fastmath", self.cx.parsed("#arith.fastmath<reassoc>")));
        }
        let ty = self.types().flat(expr.ty)?[0];
        Ok(self.b.value_with("vector.reduction", &[vector], ty, &attrs))
    }

    /// `SIMD[T, N](a[i:i+N])`: every element is read for itself, at an index that the passes understand; they become one load.
    fn simd_load(&mut self, expr: &'x Expr, slice: &'x Expr) -> Result<Value<'c, 'm>> {
        let view = self.operand_view(slice)?;
        self.at(expr.span);
        let (_, lanes) = self
            .simd_parts(expr.ty)
            .ok_or_else(|| Error::Invalid("a load of no vector".into()))?;
        if view.rank() != 1 {
            return Err(Error::unsupported(
                expr.span,
                "a vector of several dimensions",
            ));
        }
        let length = self.view_extent(&view, 0);
        let wanted = self.b.index(i64::from(lanes));
        let fits = self.compare_ints("eq", length, wanted);
        let message = format!("a vector of {lanes} lanes needs a slice of {lanes} elements");
        self.check(fits, ErrorKind::ValueError, &message);
        let values: Vec<_> = (0..lanes)
            .map(|at| {
                let at = self.b.index(i64::from(at));
                self.load_element(&view, &[at])
            })
            .collect();
        let ty = self.types().flat(expr.ty)?[0];
        Ok(self.b.value("vector.from_elements", &values, ty))
    }

    /// `a[i:i+N] = v`: what lies past the end of the array is left out.
    pub fn store_lanes(&mut self, place: &'x Place, value: &'x Expr) -> Result<()> {
        let vector = self.one(value)?;
        let view = self.view_of(place, true)?;
        self.at(place.span);
        let (elem, lanes) = self
            .simd_parts(value.ty)
            .ok_or_else(|| Error::Invalid("a store of no vector".into()))?;
        let values = self.lanes_of(vector, elem, lanes);
        let length = self.view_extent(&view, 0);
        let wanted = self.b.index(i64::from(lanes));
        let full = self.compare_ints("eq", length, wanted);
        self.if_op(
            full,
            &[],
            |lower| {
                for (at, &value) in values.iter().enumerate() {
                    lower.store_lane(&view, at, value);
                }
                Ok(())
            },
            |lower| {
                for (at, &value) in values.iter().enumerate() {
                    let position = lower.b.index(at as i64);
                    let inside = lower.compare_ints("slt", position, length);
                    lower.when(inside, |lower| {
                        lower.store_lane(&view, at, value);
                        Ok(())
                    })?;
                }
                Ok(())
            },
        )
    }

    fn store_lane(&mut self, view: &View<'c, 'm>, at: usize, value: Value<'c, 'm>) {
        let at = self.b.index(at as i64);
        self.store_element(view, &[at], value);
    }

    /// A function of one or more vectors that there is for numbers only, lane by lane.
    pub fn each_lane_of(
        &mut self,
        args: &[Value<'c, 'm>],
        (elem, lanes): (Ty, u32),
        result: Ty,
        mut each: impl FnMut(&mut Self, Vec<Value<'c, 'm>>) -> Result<Value<'c, 'm>>,
    ) -> Result<Value<'c, 'm>> {
        let mut values = Vec::new();
        for at in 0..lanes {
            let at = self.b.index(i64::from(at));
            let numbers = args.iter().map(|&arg| self.lane(arg, at, elem)).collect();
            values.push(each(self, numbers)?);
        }
        let ty = self.types().flat(result)?[0];
        Ok(self.b.value("vector.from_elements", &values, ty))
    }
}
