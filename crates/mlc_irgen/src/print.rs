//! Values as text: to the output, as `print` writes them, or to the end of a string.

use melior::ir::Value;
use mlc_diagnostics::Span;
use mlc_sema::hir::{Expr, ExprKind, Ty, TyKind};

use crate::{
    Error,
    function::{Lower, Result},
    view::View,
};

/// Where text goes.
#[derive(Clone, Copy)]
pub enum Sink<'c, 'm> {
    Output,
    /// To the end of the list of bytes that this borrows.
    Text(Value<'c, 'm>),
}

/// Something to write, evaluated.
pub enum Piece<'x, 'c, 'm> {
    Text(&'x str),
    /// A value that is held in SSA values.
    Values(Vec<Value<'c, 'm>>, Ty),
    /// A list, an array or a part of one.
    Elements(View<'c, 'm>, Ty),
    /// A borrow of a string, written without quotes.
    Str(Value<'c, 'm>),
    /// A string or `None`, written without quotes.
    OptionalStr(Vec<Value<'c, 'm>>),
    /// A borrow of a payload.
    Stored(Value<'c, 'm>, Ty),
}

fn unsupported() -> Error {
    Error::unsupported(Span::NONE, "writing a value of this type as text")
}

impl<'x, 'c, 'm> Lower<'x, 'c, 'm> {
    /// The first operand separates the others, the second one ends them.
    pub fn print(&mut self, args: &'x [Expr]) -> Result<()> {
        let [separator, end, values @ ..] = args else {
            return Err(Error::Invalid("a print without separator and end".into()));
        };
        let kept = self.kept_by_call(values);
        // Everything is evaluated before anything is written.
        let mut pieces = Vec::new();
        for (at, value) in values.iter().enumerate() {
            pieces.push(match &value.kind {
                ExprKind::Str(text) => Piece::Text(text),
                _ if self.is_text(value.ty) => {
                    Piece::Str(self.text_before(value, &values[at + 1..])?)
                }
                _ => self.shown(value)?,
            });
        }
        let (separator, end) = (self.separator(separator)?, self.separator(end)?);
        for (position, (piece, value)) in pieces.iter().zip(values).enumerate() {
            if position > 0 {
                self.write_piece(Sink::Output, &separator, value.span)?;
            }
            self.write_piece(Sink::Output, piece, value.span)?;
        }
        self.write_piece(Sink::Output, &end, Span::NONE)?;
        self.keep_all(kept);
        Ok(())
    }

    fn separator(&mut self, expr: &'x Expr) -> Result<Piece<'x, 'c, 'm>> {
        Ok(match &expr.kind {
            ExprKind::Str(text) => Piece::Text(text),
            _ => Piece::Str(self.text(expr)?),
        })
    }

    /// Evaluates a value that is to be written as `str` has it.
    pub fn shown(&mut self, value: &'x Expr) -> Result<Piece<'x, 'c, 'm>> {
        Ok(match (self.piece(value)?, self.types().kind(value.ty)) {
            (Piece::Values(values, _), TyKind::Optional(of)) if self.is_text(*of) => {
                Piece::OptionalStr(values)
            }
            (Piece::Values(values, _), TyKind::Exception) => {
                let text = self.borrow_box(values[1], false);
                let message = self.new_text("mlc_rt_exception_message", &[text]);
                Piece::Str(self.borrow_box(message, false))
            }
            (piece, _) => piece,
        })
    }

    /// Evaluates a value that is to be written as `repr` has it.
    pub fn piece(&mut self, value: &'x Expr) -> Result<Piece<'x, 'c, 'm>> {
        Ok(match (&value.kind, self.types().kind(value.ty)) {
            (_, TyKind::List(_) | TyKind::Array { .. }) => {
                Piece::Elements(self.operand_view(value)?, value.ty)
            }
            (_, TyKind::Struct(_)) => Piece::Stored(self.operand_view(value)?.source, value.ty),
            (_, TyKind::Str) => Piece::Stored(self.text(value)?, value.ty),
            (ExprKind::Borrow { place, .. }, _) => {
                let spot = self.place(place, false)?;
                Piece::Values(self.read(&spot, place.ty)?, value.ty)
            }
            _ => Piece::Values(self.expr(value)?, value.ty),
        })
    }

    pub fn write_piece(
        &mut self,
        sink: Sink<'c, 'm>,
        piece: &Piece<'x, 'c, 'm>,
        span: Span,
    ) -> Result<()> {
        match piece {
            Piece::Text(text) => self.write_text(sink, text),
            Piece::Values(values, ty) => self.write_values(sink, values, *ty),
            Piece::Elements(view, ty) => self.write_elements(sink, view, *ty),
            Piece::Str(source) => self.write_str(sink, *source, false),
            Piece::OptionalStr(values) => self.if_op(
                values[0],
                &[],
                |lower| {
                    let source = lower.borrow_box(values[1], false);
                    lower.write_str(sink, source, false)
                },
                |lower| lower.write_text(sink, "None"),
            ),
            Piece::Stored(source, ty) => self.write_stored(sink, *source, *ty),
        }
        .map_err(|error| error.at(span))
    }

    /// Constant text.
    fn write_text(&mut self, sink: Sink<'c, 'm>, text: &str) -> Result<()> {
        if text.is_empty() {
            return Ok(());
        }
        match sink {
            Sink::Output if text == "\n" => {
                self.call_runtime("mlc_rt_print_newline", &[], &[]);
                Ok(())
            }
            Sink::Output => {
                let (address, length) = self.text_address_and_length(text);
                self.call_runtime("mlc_rt_print_str", &[address, length], &[]);
                Ok(())
            }
            Sink::Text(_) => {
                let source = self.text_literal(text);
                self.write_str(sink, source, false)
            }
        }
    }

    fn write_str(&mut self, sink: Sink<'c, 'm>, source: Value<'c, 'm>, quoted: bool) -> Result<()> {
        let source = self.shared(source);
        match sink {
            Sink::Output => {
                let symbol = if quoted {
                    "mlc_rt_print_repr"
                } else {
                    "mlc_rt_print_text"
                };
                self.call_runtime(symbol, &[source], &[]);
            }
            Sink::Text(out) => {
                let symbol = if quoted {
                    "mlc_rt_text_push_repr"
                } else {
                    "mlc_rt_text_push"
                };
                self.call_checked(symbol, &[out, source]);
            }
        }
        Ok(())
    }

    fn write_scalar(&mut self, sink: Sink<'c, 'm>, value: Value<'c, 'm>, ty: Ty) -> Result<()> {
        let (kind, mut operands) = self.written_number(value, ty)?.ok_or_else(unsupported)?;
        match sink {
            Sink::Output => {
                self.call_runtime(&format!("mlc_rt_print_{kind}"), &operands, &[]);
            }
            Sink::Text(out) => {
                operands.insert(0, out);
                self.call_checked(&format!("mlc_rt_text_push_{kind}"), &operands);
            }
        }
        Ok(())
    }

    /// A flat value.
    fn write_values(&mut self, sink: Sink<'c, 'm>, values: &[Value<'c, 'm>], ty: Ty) -> Result<()> {
        match self.types().kind(ty) {
            TyKind::None => self.write_text(sink, "None"),
            TyKind::Exception => {
                let message = self.borrow_box(values[1], false);
                match sink {
                    Sink::Output => {
                        self.call_runtime("mlc_rt_print_exception", &[values[0], message], &[]);
                    }
                    Sink::Text(out) => {
                        let operands = [out, values[0], message];
                        self.call_checked("mlc_rt_text_push_exception", &operands);
                    }
                }
                Ok(())
            }
            TyKind::Tuple(items) => {
                self.write_text(sink, "(")?;
                for (position, &item) in items.iter().enumerate() {
                    if position > 0 {
                        self.write_text(sink, ", ")?;
                    }
                    let range = self.item_range(ty, position)?;
                    self.write_values(sink, &values[range], item)?;
                }
                self.write_text(sink, if items.len() == 1 { ",)" } else { ")" })
            }
            TyKind::Simd { elem, lanes } => {
                self.write_text(sink, "[")?;
                let lanes = self.lanes_of(values[0], *elem, *lanes);
                for (position, lane) in lanes.into_iter().enumerate() {
                    if position > 0 {
                        self.write_text(sink, ", ")?;
                    }
                    self.write_scalar(sink, lane, *elem)?;
                }
                self.write_text(sink, "]")
            }
            TyKind::Optional(of) => self.if_op(
                values[0],
                &[],
                |lower| lower.write_values(sink, &values[1..], *of),
                |lower| lower.write_text(sink, "None"),
            ),
            _ if self.types().is_scalar(ty) => self.write_scalar(sink, values[0], ty),
            _ if self.types().is_boxed(ty) => {
                let source = self.borrow_box(values[0], false);
                self.write_stored(sink, source, ty)
            }
            _ => Err(unsupported()),
        }
    }

    /// `Name(field=…, …)`
    pub fn write_fields(
        &mut self,
        sink: Sink<'c, 'm>,
        source: Value<'c, 'm>,
        ty: Ty,
    ) -> Result<()> {
        let TyKind::Struct(id) = self.types().kind(ty) else {
            return Err(unsupported());
        };
        let decl = &self.cx.program.structs[id.0 as usize];
        self.write_text(sink, &format!("{}(", decl.name))?;
        for (position, field) in decl.fields.iter().enumerate() {
            let comma = if position > 0 { ", " } else { "" };
            self.write_text(sink, &format!("{comma}{}=", field.name))?;
            let part = self.field(source, position, false);
            self.write_stored(sink, part, field.ty)?;
        }
        self.write_text(sink, ")")
    }

    /// What a borrow covers.
    fn write_stored(&mut self, sink: Sink<'c, 'm>, source: Value<'c, 'm>, ty: Ty) -> Result<()> {
        match self.types().kind(ty) {
            TyKind::Str => self.write_str(sink, source, true),
            TyKind::PythonObject => {
                let source = self.shared(source);
                let text = self.new_text("mlc_rt_py_repr", &[source]);
                let text = self.borrow_box(text, false);
                self.write_str(sink, text, false)
            }
            TyKind::List(_) | TyKind::Array { .. } => {
                let view = self.whole_view(source);
                self.write_elements(sink, &view, ty)
            }
            TyKind::Struct(id) if self.cx.program.structs[id.0 as usize].recursive => {
                self.write_node(sink, source, ty)
            }
            TyKind::Struct(_) => self.write_fields(sink, source, ty),
            TyKind::Tuple(items) => {
                self.write_text(sink, "(")?;
                for (position, &item) in items.iter().enumerate() {
                    if position > 0 {
                        self.write_text(sink, ", ")?;
                    }
                    let part = self.field(source, position, false);
                    self.write_stored(sink, part, item)?;
                }
                self.write_text(sink, if items.len() == 1 { ",)" } else { ")" })
            }
            _ => {
                let values = self.load(source, ty)?;
                self.write_values(sink, &values, ty)
            }
        }
    }

    /// `[1, 2]`, nested as deep as there are dimensions.
    fn write_elements(&mut self, sink: Sink<'c, 'm>, view: &View<'c, 'm>, ty: Ty) -> Result<()> {
        let elem = match self.types().kind(ty) {
            TyKind::List(elem) | TyKind::Array { elem, .. } => *elem,
            _ => return Err(unsupported()),
        };
        self.write_text(sink, "[")?;
        let length = self.view_extent(view, 0);
        let bounds = self.count_to(length);
        self.scf_for(&bounds, &[], |lower, at| {
            let zero = lower.b.index(0);
            let later = lower.compare_ints("ne", at, zero);
            lower.when(later, |lower| lower.write_text(sink, ", "))?;
            if !lower.types().is_scalar(elem) {
                let part = lower.borrow_element(view, at, false);
                return lower.write_stored(sink, part, elem);
            }
            let part = lower.fix_first(view, at);
            if part.rank() > 0 {
                return lower.write_elements(sink, &part, ty);
            }
            let value = lower.load_element(&part, &[]);
            lower.write_scalar(sink, value, elem)
        })?;
        self.write_text(sink, "]")
    }
}
