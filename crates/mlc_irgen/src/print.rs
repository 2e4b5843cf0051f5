//! `print`: calls of the runtime, one for each piece of text.

use melior::ir::{Type, Value};
use mlc_diagnostics::Span;
use mlc_sema::hir::{Expr, ExprKind, FloatKind, Ty, TyKind};

use crate::{
    Error,
    arith::Class,
    control_flow::Bounds,
    function::{Lower, Result},
    view::View,
};

/// Something to print, evaluated.
enum Piece<'x, 'c, 'm> {
    Text(&'x str),
    /// A value that is held in SSA values.
    Values(Vec<Value<'c, 'm>>, Ty),
    /// A list, an array or a part of one.
    Elements(View<'c, 'm>, Ty),
    /// A borrow of a struct.
    Struct(Value<'c, 'm>, Ty),
}

fn unsupported() -> Error {
    Error::unsupported(Span::NONE, "printing a value of this type")
}

impl<'x, 'c, 'm> Lower<'x, 'c, 'm> {
    /// The first operand separates the others, the second one ends them.
    pub fn print(&mut self, args: &'x [Expr]) -> Result<()> {
        let [separator, end, values @ ..] = args else {
            return Err(Error::Invalid("a print without separator and end".into()));
        };
        // Everything is evaluated before anything is written.
        let mut pieces = Vec::new();
        for value in values {
            pieces.push(match (&value.kind, self.types().kind(value.ty)) {
                (ExprKind::Str(text), _) => Piece::Text(text),
                (_, TyKind::List(_) | TyKind::Array { .. }) => {
                    Piece::Elements(self.operand_view(value)?, value.ty)
                }
                (_, TyKind::Struct(_)) => {
                    let source = self.operand_view(value)?.source;
                    Piece::Struct(source, value.ty)
                }
                (ExprKind::Borrow { place, .. }, _) => {
                    let spot = self.place(place, false)?;
                    Piece::Values(self.read(&spot, place.ty)?, value.ty)
                }
                _ => Piece::Values(self.expr(value)?, value.ty),
            });
        }
        for (position, (piece, value)) in pieces.into_iter().zip(values).enumerate() {
            if position > 0 {
                self.print_literal(separator)?;
            }
            match piece {
                Piece::Text(text) => {
                    self.print_text(text);
                    Ok(())
                }
                Piece::Values(values, ty) => self.print_values(&values, ty),
                Piece::Elements(view, ty) => self.print_elements(&view, ty),
                Piece::Struct(source, ty) => self.print_stored(source, ty),
            }
            .map_err(|error| error.at(value.span))?;
        }
        self.print_literal(end)
    }

    fn print_literal(&mut self, expr: &'x Expr) -> Result<()> {
        let ExprKind::Str(text) = &expr.kind else {
            return Err(Error::unsupported(expr.span, "a `String` that is computed"));
        };
        self.print_text(text);
        Ok(())
    }

    pub fn print_text(&mut self, text: &str) {
        if text.is_empty() {
            return;
        }
        if text == "\n" {
            self.print_call("mlc_rt_print_newline", &[], &[]);
            return;
        }
        let symbol = self.cx.text(text);
        let pointer = self.cx.parsed_type("!llvm.ptr");
        let attrs = [("global_name", self.b.symbol(&symbol))];
        let address = self
            .b
            .value_with("llvm.mlir.addressof", &[], pointer, &attrs);
        let long = self.b.int_type(64);
        let length = self.b.int(text.len() as i64, long);
        self.print_call("mlc_rt_print_str", &[address, length], &[pointer, long]);
    }

    fn print_call(&mut self, symbol: &str, operands: &[Value<'c, 'm>], types: &[Type<'c>]) {
        self.cx.declare(symbol, types, &[]);
        let callee = [("callee", self.b.symbol(symbol))];
        self.b.results("func.call", operands, &[], &callee);
    }

    fn print_scalar(&mut self, value: Value<'c, 'm>, ty: Ty) -> Result<()> {
        if matches!(self.types().kind(ty), TyKind::Simd { .. }) {
            return Err(unsupported());
        }
        let (symbol, wide) = match self.class(ty)? {
            Class::Bool => ("mlc_rt_print_bool", Ty::BOOL),
            Class::Int { signed: true, .. } => ("mlc_rt_print_i64", Ty::I64),
            Class::Int { signed: false, .. } => ("mlc_rt_print_u64", Ty::U64),
            Class::Float(FloatKind::F64) => ("mlc_rt_print_f64", Ty::F64),
            Class::Float(_) => ("mlc_rt_print_f32", Ty::F32),
            Class::Complex(_) => return Err(unsupported()),
        };
        let value = self.convert(value, ty, wide)?;
        let wide = self.types().flat(wide)?[0];
        self.print_call(symbol, &[value], &[wide]);
        Ok(())
    }

    /// A flat value.
    fn print_values(&mut self, values: &[Value<'c, 'm>], ty: Ty) -> Result<()> {
        match self.types().kind(ty) {
            TyKind::None => self.print_text("None"),
            TyKind::Tuple(items) => {
                self.print_text("(");
                for (position, &item) in items.iter().enumerate() {
                    if position > 0 {
                        self.print_text(", ");
                    }
                    let range = self.item_range(ty, position)?;
                    self.print_values(&values[range], item)?;
                }
                self.print_text(if items.len() == 1 { ",)" } else { ")" });
            }
            TyKind::Optional(of) => {
                self.if_op(
                    values[0],
                    &[],
                    |lower| lower.print_values(&values[1..], *of),
                    |lower| {
                        lower.print_text("None");
                        Ok(())
                    },
                )?;
            }
            _ if self.types().is_scalar(ty) => self.print_scalar(values[0], ty)?,
            _ if self.types().is_boxed(ty) => {
                let source = self.borrow_box(values[0], false);
                self.print_stored(source, ty)?;
            }
            _ => return Err(unsupported()),
        }
        Ok(())
    }

    /// What a borrow covers.
    fn print_stored(&mut self, source: Value<'c, 'm>, ty: Ty) -> Result<()> {
        match self.types().kind(ty) {
            TyKind::List(_) | TyKind::Array { .. } => {
                let view = self.whole_view(source);
                self.print_elements(&view, ty)
            }
            TyKind::Struct(id) => {
                let decl = &self.cx.program.structs[id.0 as usize];
                self.print_text(&format!("{}(", decl.name));
                for (position, field) in decl.fields.iter().enumerate() {
                    let comma = if position > 0 { ", " } else { "" };
                    self.print_text(&format!("{comma}{}=", field.name));
                    let part = self.field(source, position, false);
                    self.print_stored(part, field.ty)?;
                }
                self.print_text(")");
                Ok(())
            }
            TyKind::Tuple(items) => {
                self.print_text("(");
                for (position, &item) in items.iter().enumerate() {
                    if position > 0 {
                        self.print_text(", ");
                    }
                    let part = self.field(source, position, false);
                    self.print_stored(part, item)?;
                }
                self.print_text(if items.len() == 1 { ",)" } else { ")" });
                Ok(())
            }
            _ => {
                let values = self.load(source, ty)?;
                self.print_values(&values, ty)
            }
        }
    }

    /// `[1, 2]`, nested as deep as there are dimensions.
    fn print_elements(&mut self, view: &View<'c, 'm>, ty: Ty) -> Result<()> {
        let elem = match self.types().kind(ty) {
            TyKind::List(elem) | TyKind::Array { elem, .. } => *elem,
            _ => return Err(unsupported()),
        };
        self.print_text("[");
        let length = self.view_extent(view, 0);
        let bounds: Bounds<'c, 'm> = self.count_to(length);
        self.scf_for(&bounds, &[], |lower, at| {
            let zero = lower.b.index(0);
            let later = lower.compare_ints("ne", at, zero);
            lower.when(later, |lower| {
                lower.print_text(", ");
                Ok(())
            })?;
            if !lower.types().is_scalar(elem) {
                let part = lower.borrow_element(view, at, false);
                return lower.print_stored(part, elem);
            }
            let part = lower.fix_first(view, at);
            if part.rank() > 0 {
                return lower.print_elements(&part, ty);
            }
            let value = lower.load_element(&part, &[]);
            lower.print_scalar(value, elem)
        })?;
        self.print_text("]");
        Ok(())
    }
}
