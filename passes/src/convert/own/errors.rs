//! Error operations: each becomes a way out that raises, unwinds and names the status.

use super::Conversion;
use crate::{
    analysis::borrows::unwind_start,
    convert::emit::{Compare, Emit},
};
use melior::ir::{Location, operation::OperationLike};
use mlc_exceptions::ErrorKind;
use mlc_mlir::{
    PassResult,
    rewrite::{Op, Val, operand, string_attribute},
};

impl<'c, 'a> Conversion<'c, 'a> {
    pub(super) fn check(&mut self, emit: Emit<'c, 'a>, op: Op<'c, 'a>) -> PassResult {
        let kind = string_attribute(op, "kind").unwrap_or_default();
        let kind = ErrorKind::from_name(kind)
            .ok_or_else(|| format!("unknown exception `{kind}`"))?
            .code();
        let message = string_attribute(op, "message").unwrap_or_default();
        let failed = emit.arith("arith.xori", operand(op, 0), emit.integer(1, 1));
        emit.exit_if(failed, |emit| {
            let kind = emit.integer(32, kind.into());
            let (text, length) = self.text(emit, message);
            let (file, file_length, line) = self.place(emit, op);
            let operands = [kind, text, length, file, file_length, line];
            emit.call_runtime(&mut self.runtime, "mlc_rt_raise", &operands, &[]);
            self.unwind(emit, op);
            kind
        });
        Ok(())
    }

    pub(super) fn check_index(&mut self, emit: Emit<'c, 'a>, op: Op<'c, 'a>) {
        let (index, length, given) = (operand(op, 0), operand(op, 1), operand(op, 2));
        let failed = emit.compare(Compare::Uge, index, length);
        emit.exit_if(failed, |emit| {
            let (given, length) = (emit.index_to_i64(given), emit.index_to_i64(length));
            let (file, file_length, line) = self.place(emit, op);
            let operands = [given, length, file, file_length, line];
            emit.call_runtime(&mut self.runtime, "mlc_rt_raise_index", &operands, &[]);
            self.unwind(emit, op);
            emit.integer(32, ErrorKind::IndexError.code().into())
        });
    }

    pub(super) fn propagate(&mut self, emit: Emit<'c, 'a>, op: Op<'c, 'a>) {
        let status = operand(op, 0);
        let failed = emit.compare(Compare::Ne, status, emit.integer(32, 0));
        emit.exit_if(failed, |emit| {
            if op.has_attribute("raised_here") {
                let (file, file_length, line) = self.place(emit, op);
                let operands = [file, file_length, line];
                emit.call_runtime(&mut self.runtime, "mlc_rt_error_at", &operands, &[]);
            }
            self.unwind(emit, op);
            status
        });
    }

    /// Drops the boxes that are live at an error operation.
    pub(super) fn unwind(&mut self, emit: Emit<'c, 'a>, op: Op<'c, 'a>) {
        let start = unwind_start(op).unwrap_or(op.operand_count());
        for cell in op.operands().skip(start) {
            self.drop_box(emit, cell);
        }
    }

    /// The address and the length of a text.
    fn text(&mut self, emit: Emit<'c, 'a>, text: &str) -> (Val<'c, 'a>, Val<'c, 'a>) {
        let address = if text.is_empty() {
            emit.value("llvm.mlir.zero", &[], emit.pointer_type(), &[])
        } else {
            emit.address_of(&self.runtime.text(text))
        };
        (address, emit.i64(text.len() as i64))
    }

    /// The file and the line of an operation.
    fn place(
        &mut self,
        emit: Emit<'c, 'a>,
        op: Op<'c, 'a>,
    ) -> (Val<'c, 'a>, Val<'c, 'a>, Val<'c, 'a>) {
        let place = source_place(op.location());
        let (file, line) = place.unwrap_or_default();
        let (address, length) = self.text(emit, &file);
        (address, length, emit.integer(32, line))
    }
}

/// The file and the line that a location stands for.
pub fn source_place(location: Location) -> Option<(String, i64)> {
    if location.is_file_line_col_range() {
        let file = location.file_line_col_range_filename();
        let file = file.as_string_ref();
        // An empty text may have no address, which `as_str` does not accept.
        let file = match file.to_raw().length {
            0 => "",
            _ => file.as_str().ok()?,
        };
        return Some((
            file.to_string(),
            location.file_line_col_range_start_line() as i64,
        ));
    }
    if location.is_name() {
        return source_place(location.name_child_location());
    }
    if location.is_call_site() {
        return source_place(location.call_site_callee());
    }
    if location.is_fused() {
        return (0..location.fused_num_locations())
            .find_map(|position| source_place(location.fused_location(position)));
    }
    None
}
