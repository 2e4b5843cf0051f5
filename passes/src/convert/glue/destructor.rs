//! Structs with a destructor: it is called where the struct is armed, and takes over a cell that holds the struct.

use super::Glue;
use crate::convert::{layout::layout, runtime::Runtime};
use melior::{Context, ir::Type};
use mlc_dialects::own;

impl Glue {
    /// The body of a drop function: what lies inline moves into a cell first.
    pub(super) fn destroy_in_place(
        &mut self,
        context: &Context,
        runtime: &mut Runtime,
        payload: Type,
        destructor: &str,
    ) -> String {
        runtime.require("mlc_rt_destructor_cell");
        let size = layout(context, payload).size;
        let call = self.call_destructor(runtime, destructor, "%cell");
        let armed = format!(
            "%size = arith.constant {size} : i64
             %cell = func.call @mlc_rt_destructor_cell(%place, %size) : (!llvm.ptr, i64) -> !llvm.ptr
             {call}"
        );
        self.if_armed(context, runtime, payload, &armed, "")
    }

    /// The function that destroys the payload of a cell, which lies on the heap, and frees the cell; `None` for a payload
    /// without a destructor.
    pub fn end_function(
        &mut self,
        context: &Context,
        runtime: &mut Runtime,
        payload: Type,
    ) -> Option<String> {
        let destructor = own::struct_destructor(payload)?;
        let key = payload.to_string();
        if let Some(symbol) = self.ends.get(&key) {
            return Some(symbol.clone());
        }
        let symbol = format!("mlc.end.{}", self.ends.len());
        self.ends.insert(key, symbol.clone());
        runtime.require("mlc_rt_box_free");
        let call = self.call_destructor(runtime, destructor, "%place");
        let free = "func.call @mlc_rt_box_free(%place) : (!llvm.ptr) -> ()";
        let body = self.if_armed(context, runtime, payload, &call, free);
        self.define(&symbol, &body);
        Some(symbol)
    }

    /// Calls the destructor where the struct at `%place` is armed; destroys its fields, and goes on with `rest`, where not.
    fn if_armed(
        &mut self,
        context: &Context,
        runtime: &mut Runtime,
        payload: Type,
        armed: &str,
        rest: &str,
    ) -> String {
        let ty = layout(context, payload).ty;
        let fields = own::struct_fields(payload).unwrap_or_default();
        let position = fields.len();
        let fields = self.drop_fields(context, runtime, payload, &fields);
        format!(
            "%armed_at = llvm.getelementptr inbounds %place[0, {position}] : (!llvm.ptr) -> !llvm.ptr, {ty}
             %armed = llvm.load %armed_at : !llvm.ptr -> i1
             scf.if %armed {{
               {armed}
             }} else {{
               {fields}
               {rest}
             }}"
        )
    }

    /// Calls a destructor with `cell`, which it takes over. The pending error of the thread is not its business, and one that
    /// leaves it is reported and forgotten.
    fn call_destructor(&mut self, runtime: &mut Runtime, destructor: &str, cell: &str) -> String {
        runtime.require("mlc_rt_destructor_enter");
        runtime.require("mlc_rt_destructor_leave");
        let (status, result) = match self.returns_status.contains(destructor) {
            true => ("%status = ", "i32"),
            false => ("", "()"),
        };
        self.destructors.insert(format!(
            "func.func private @\"{destructor}\"(!llvm.ptr) -> {result}"
        ));
        let name = runtime.text(destructor);
        let length = destructor.len();
        format!(
            "func.call @mlc_rt_destructor_enter() : () -> ()
             {status}func.call @\"{destructor}\"({cell}) : (!llvm.ptr) -> {result}
             %name = llvm.mlir.addressof @{name} : !llvm.ptr
             %name_length = arith.constant {length} : i64
             func.call @mlc_rt_destructor_leave(%name, %name_length) : (!llvm.ptr, i64) -> ()"
        )
    }
}
