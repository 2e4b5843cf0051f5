//! `print`: calls of the runtime, one for each piece of text.

use melior::ir::{Type, Value};
use mlc_sema::hir::{Expr, ExprKind, FloatKind, Ty, TyKind};

use crate::{
    Error,
    arith::Class,
    control_flow::Bounds,
    function::{Lower, Result},
    view::View,
};

impl<'x, 'c, 'm> Lower<'x, 'c, 'm> {
    /// The first operand separates the others, the second one ends them.
    pub fn print(&mut self, args: &'x [Expr]) -> Result<()> {
        let [separator, end, values @ ..] = args else {
            return Err(Error::Invalid("a print without separator and end".into()));
        };
        // Everything is evaluated before anything is written.
        let mut pieces = Vec::new();
        for value in values {
            let piece = match &value.kind {
                ExprKind::Str(text) => Piece::Text(text),
                ExprKind::None => Piece::Text("None"),
                _ if self.types().is_boxed(value.ty) => {
                    Piece::Elements(self.operand_view(value)?, value.ty)
                }
                _ if self.types().is_scalar(value.ty) => Piece::Scalar(self.one(value)?, value.ty),
                _ => {
                    return Err(Error::unsupported(
                        value.span,
                        "printing a value of this type",
                    ));
                }
            };
            pieces.push(piece);
        }
        for (position, piece) in pieces.into_iter().enumerate() {
            if position > 0 {
                self.print_literal(separator)?;
            }
            match piece {
                Piece::Text(text) => self.print_text(text),
                Piece::Scalar(value, ty) => self.print_scalar(value, ty)?,
                Piece::Elements(view, ty) => self.print_elements(&view, ty)?,
            }
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
        self.b.results(
            "func.call",
            operands,
            &[],
            &[("callee", self.b.symbol(symbol))],
        );
    }

    fn print_scalar(&mut self, value: Value<'c, 'm>, ty: Ty) -> Result<()> {
        let (symbol, wide) = match self.class(ty)? {
            Class::Bool => ("mlc_rt_print_bool", Ty::BOOL),
            Class::Int { signed: true, .. } => ("mlc_rt_print_i64", Ty::I64),
            Class::Int { signed: false, .. } => ("mlc_rt_print_u64", Ty::U64),
            Class::Float(FloatKind::F64) => ("mlc_rt_print_f64", Ty::F64),
            Class::Float(_) => ("mlc_rt_print_f32", Ty::F32),
            Class::Complex(_) => {
                return Err(Error::unsupported(
                    mlc_diagnostics::Span::NONE,
                    "printing a complex number",
                ));
            }
        };
        if matches!(self.types().kind(ty), TyKind::Simd { .. }) {
            return Err(Error::unsupported(
                mlc_diagnostics::Span::NONE,
                "printing a vector",
            ));
        }
        let value = self.convert(value, ty, wide)?;
        let wide = self.types().flat(wide)?[0];
        self.print_call(symbol, &[value], &[wide]);
        Ok(())
    }

    /// `[1, 2]`, nested as deep as there are dimensions.
    fn print_elements(&mut self, view: &View<'c, 'm>, ty: Ty) -> Result<()> {
        let elem = match self.types().kind(ty) {
            TyKind::List(elem) | TyKind::Array { elem, .. } => *elem,
            _ => {
                return Err(Error::unsupported(
                    mlc_diagnostics::Span::NONE,
                    "printing a value of this type",
                ));
            }
        };
        self.print_text("[");
        let length = self.view_extent(view, 0);
        let bounds: Bounds<'c, 'm> = self.count_to(length);
        let list = matches!(self.types().kind(ty), TyKind::List(_));
        self.scf_for(&bounds, &[], |lower, at| {
            let zero = lower.b.index(0);
            let later = lower.compare_ints("ne", at, zero);
            lower.when(later, |lower| {
                lower.print_text(", ");
                Ok(())
            })?;
            if list && !lower.types().is_scalar(elem) {
                let part = lower.borrow_element(view, at, false);
                let part = lower.whole_view(part);
                return lower.print_elements(&part, elem);
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

enum Piece<'x, 'c, 'm> {
    Text(&'x str),
    Scalar(Value<'c, 'm>, Ty),
    Elements(View<'c, 'm>, Ty),
}
