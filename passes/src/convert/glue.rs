//! Functions that destroy and copy payloads, one for each type, made when first needed.
//!
//! `mlc.drop.N(place)` frees what the payload at `place` owns. `mlc.copy.N(to, from) -> status` makes
//! a deep copy at `to`, whose old bytes do not matter; where memory runs out it leaves nothing behind.
//! What has a destructor is the matter of `glue/destructor.rs`, what holds itself in lists that of `glue/deep.rs`.

mod deep;
mod destructor;

use super::{
    layout::{extents, is_contiguous, layout, memref_element},
    runtime::Runtime,
};
use melior::{Context, ir::Type};
use mlc_dialects::own;
use mlc_exceptions::ErrorKind;
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write,
};

const LIST: &str = "!llvm.struct<(ptr, i64, i64)>";
const ATTRIBUTES: &str =
    r#"attributes {llvm.linkage = #llvm.linkage<internal>, passthrough = ["nounwind"]}"#;

/// The functions of the runtime that count one reference more, and one less, to what a payload shares.
fn counts(payload: Type) -> Option<(&'static str, &'static str)> {
    match own::kind(payload) {
        own::Kind::Str => Some(("mlc_rt_str_retain", "mlc_rt_str_release")),
        own::Kind::Object => Some(("mlc_rt_py_retain", "mlc_rt_py_release")),
        _ => None,
    }
}

/// The functions of a module, by the text of the payload.
#[derive(Default)]
pub struct Glue {
    drops: BTreeMap<String, String>,
    copies: BTreeMap<String, String>,
    /// The functions that end the cell of a struct with a destructor.
    ends: BTreeMap<String, String>,
    /// The functions of the module that return a status.
    returns_status: BTreeSet<String>,
    /// Declarations of the destructors that are called; they are defined in the module.
    destructors: BTreeSet<String>,
    sources: Vec<String>,
}

impl Glue {
    /// `returns_status`: the functions of the module that do.
    pub fn new(returns_status: BTreeSet<String>) -> Glue {
        Glue {
            returns_status,
            ..Glue::default()
        }
    }

    /// The function that destroys a payload; `None` where there is nothing to do.
    pub fn drop_function(
        &mut self,
        context: &Context,
        runtime: &mut Runtime,
        payload: Type,
    ) -> Option<String> {
        if !layout(context, payload).owns {
            return None;
        }
        let key = payload.to_string();
        if let Some(symbol) = self.drops.get(&key) {
            return Some(symbol.clone());
        }
        let symbol = format!("mlc.drop.{}", self.drops.len());
        self.drops.insert(key, symbol.clone());
        let body = if let Some(element) = own::list_element(payload) {
            runtime.require("mlc_rt_free");
            self.drop_list(context, runtime, &symbol, element)
        } else if let Some(destructor) = own::struct_destructor(payload) {
            self.destroy_in_place(context, runtime, payload, destructor)
        } else if let Some(fields) = own::struct_fields(payload) {
            self.drop_fields(context, runtime, payload, &fields)
        } else if let Some((_, release)) = counts(payload) {
            runtime.require(release);
            format!(
                "%held = llvm.load %place : !llvm.ptr -> !llvm.ptr
                 func.call @{release}(%held) : (!llvm.ptr) -> ()"
            )
        } else {
            runtime.require("mlc_rt_free");
            "%data = llvm.load %place : !llvm.ptr -> !llvm.ptr
             func.call @mlc_rt_free(%data) : (!llvm.ptr) -> ()"
                .into()
        };
        self.define(&symbol, &body);
        Some(symbol)
    }

    /// A function that destroys what is at `%place`.
    fn define(&mut self, symbol: &str, body: &str) {
        self.sources.push(format!(
            "func.func private @{symbol}(%place: !llvm.ptr) {ATTRIBUTES} {{
               {body}
               return
             }}"
        ));
    }

    /// The elements go last first, as CPython's lists lose theirs.
    fn drop_list(
        &mut self,
        context: &Context,
        runtime: &mut Runtime,
        symbol: &str,
        element: Type,
    ) -> String {
        let ty = layout(context, element).ty;
        let elements = match self.drop_function(context, runtime, element) {
            None => String::new(),
            Some(drop) => format!(
                "%len_at = llvm.getelementptr inbounds %place[0, 1] : (!llvm.ptr) -> !llvm.ptr, {LIST}
                 %len = llvm.load %len_at : !llvm.ptr -> i64
                 %one = arith.constant 1 : i64
                 scf.for %i = %zero to %len step %one : i64 {{
                   %left = arith.subi %len, %i : i64
                   %last = arith.subi %left, %one : i64
                   %element = llvm.getelementptr inbounds %data[%last] : (!llvm.ptr, i64) -> !llvm.ptr, {ty}
                   func.call @{drop}(%element) : (!llvm.ptr) -> ()
                 }}"
            ),
        };
        let emptied = format!(
            "%data = llvm.load %place : !llvm.ptr -> !llvm.ptr
             {elements}
             func.call @mlc_rt_free(%data) : (!llvm.ptr) -> ()"
        );
        let emptied = match own::holds_node(element) {
            true => deep::near_drop(runtime, symbol, &emptied),
            false => emptied,
        };
        format!(
            "%zero = arith.constant 0 : i64
             %capacity_at = llvm.getelementptr inbounds %place[0, 2] : (!llvm.ptr) -> !llvm.ptr, {LIST}
             %capacity = llvm.load %capacity_at : !llvm.ptr -> i64
             %owned = arith.cmpi ne, %capacity, %zero : i64
             scf.if %owned {{
               {emptied}
             }}"
        )
    }

    fn drop_fields(
        &mut self,
        context: &Context,
        runtime: &mut Runtime,
        payload: Type,
        fields: &[Type],
    ) -> String {
        let ty = layout(context, payload).ty;
        let mut body = String::new();
        for (position, field) in fields.iter().enumerate() {
            if let Some(drop) = self.drop_function(context, runtime, *field) {
                let _ = write!(
                    body,
                    "%field{position} = llvm.getelementptr inbounds %place[0, {position}] : (!llvm.ptr) -> !llvm.ptr, {ty}
                     func.call @{drop}(%field{position}) : (!llvm.ptr) -> ()
                     "
                );
            }
        }
        body
    }

    /// The function that copies a payload that owns memory; `None` for one whose bytes are all of it.
    pub fn copy_function(
        &mut self,
        context: &Context,
        runtime: &mut Runtime,
        payload: Type,
    ) -> Result<Option<String>, String> {
        if !layout(context, payload).owns {
            return Ok(None);
        }
        let key = payload.to_string();
        if let Some(symbol) = self.copies.get(&key) {
            return Ok(Some(symbol.clone()));
        }
        if own::struct_destructor(payload).is_some() {
            return Err(format!("cannot copy `{payload}`: it has a destructor"));
        }
        let symbol = format!("mlc.copy.{}", self.copies.len());
        self.copies.insert(key, symbol.clone());
        let body = if let Some(element) = own::list_element(payload) {
            runtime.require("mlc_rt_alloc");
            self.copy_list(context, runtime, &symbol, payload, element)?
        } else if let Some(fields) = own::struct_fields(payload) {
            self.copy_fields(context, runtime, payload, &fields)?
        } else if let Some((retain, _)) = counts(payload) {
            runtime.require(retain);
            format!(
                "%held = llvm.load %from : !llvm.ptr -> !llvm.ptr
                 func.call @{retain}(%held) : (!llvm.ptr) -> ()
                 llvm.store %held, %to : !llvm.ptr, !llvm.ptr"
            )
        } else {
            runtime.require("mlc_rt_alloc");
            copy_array(context, payload)?
        };
        self.sources.push(format!(
            "func.func private @{symbol}(%to: !llvm.ptr, %from: !llvm.ptr) -> i32 {ATTRIBUTES} {{
               %ok = arith.constant 0 : i32
               {body}
               return %ok : i32
             }}"
        ));
        Ok(Some(symbol))
    }

    fn copy_list(
        &mut self,
        context: &Context,
        runtime: &mut Runtime,
        symbol: &str,
        payload: Type,
        element: Type,
    ) -> Result<String, String> {
        let inner = layout(context, element);
        let ty = inner.ty;
        let is_deep = own::holds_node(element);
        let failed = |status| deep::failed_copy(is_deep, status);
        let no_block = exit_if_null(&failed("%memory_error"));
        let undo = failed("%status");
        let elements = match self.copy_function(context, runtime, element)? {
            None => "\"llvm.intr.memcpy\"(%new, %data, %bytes) <{isVolatile = false}> : (!llvm.ptr, !llvm.ptr, i64) -> ()
                     llvm.store %len, %to_len : i64, !llvm.ptr"
                .to_string(),
            Some(copy) => {
                let drop = (self.drop_function(context, runtime, payload))
                    .ok_or("a list owns memory")?;
                format!(
                    "scf.for %i = %zero to %len step %one : i64 {{
                       %target = llvm.getelementptr inbounds %new[%i] : (!llvm.ptr, i64) -> !llvm.ptr, {ty}
                       %source = llvm.getelementptr inbounds %data[%i] : (!llvm.ptr, i64) -> !llvm.ptr, {ty}
                       %status = func.call @{copy}(%target, %source) : (!llvm.ptr, !llvm.ptr) -> i32
                       %failed = arith.cmpi ne, %status, %ok : i32
                       par.exit_if %failed {{
                         {undo}
                         func.call @{drop}(%to) : (!llvm.ptr) -> ()
                         par.exit %status
                       }}
                       %done = arith.addi %i, %one : i64
                       llvm.store %done, %to_len : i64, !llvm.ptr
                     }}"
                )
            }
        };
        let size = inner.size;
        let filled = format!(
            "%data = llvm.load %from : !llvm.ptr -> !llvm.ptr
             %size = arith.constant {size} : i64
             %bytes = arith.muli %len, %size : i64
             %new = func.call @mlc_rt_alloc(%bytes) : (i64) -> !llvm.ptr
             {no_block}
             llvm.store %new, %to : !llvm.ptr, !llvm.ptr
             {elements}"
        );
        let filled = match (is_deep, self.drop_function(context, runtime, payload)) {
            (true, Some(drop)) => deep::near_copy(runtime, symbol, &drop, &filled),
            _ => filled,
        };
        Ok(format!(
            "%zero = arith.constant 0 : i64
             %one = arith.constant 1 : i64
             %null = llvm.mlir.zero : !llvm.ptr
             %to_len = llvm.getelementptr inbounds %to[0, 1] : (!llvm.ptr) -> !llvm.ptr, {LIST}
             %to_capacity = llvm.getelementptr inbounds %to[0, 2] : (!llvm.ptr) -> !llvm.ptr, {LIST}
             %from_len = llvm.getelementptr inbounds %from[0, 1] : (!llvm.ptr) -> !llvm.ptr, {LIST}
             %len = llvm.load %from_len : !llvm.ptr -> i64
             llvm.store %null, %to : !llvm.ptr, !llvm.ptr
             llvm.store %zero, %to_len : i64, !llvm.ptr
             llvm.store %len, %to_capacity : i64, !llvm.ptr
             %some = arith.cmpi ne, %len, %zero : i64
             scf.if %some {{
               {filled}
             }}"
        ))
    }

    fn copy_fields(
        &mut self,
        context: &Context,
        runtime: &mut Runtime,
        payload: Type,
        fields: &[Type],
    ) -> Result<String, String> {
        let ty = layout(context, payload).ty;
        let mut body = String::new();
        let mut undo = String::new();
        for (position, field) in fields.iter().enumerate() {
            let _ = write!(
                body,
                "%to{position} = llvm.getelementptr inbounds %to[0, {position}] : (!llvm.ptr) -> !llvm.ptr, {ty}
                 %from{position} = llvm.getelementptr inbounds %from[0, {position}] : (!llvm.ptr) -> !llvm.ptr, {ty}
                 "
            );
            let Some(copy) = self.copy_function(context, runtime, *field)? else {
                let field = layout(context, *field).ty;
                let _ = write!(
                    body,
                    "%value{position} = llvm.load %from{position} : !llvm.ptr -> {field}
                     llvm.store %value{position}, %to{position} : {field}, !llvm.ptr
                     "
                );
                continue;
            };
            let _ = write!(
                body,
                "%status{position} = func.call @{copy}(%to{position}, %from{position}) : (!llvm.ptr, !llvm.ptr) -> i32
                 %failed{position} = arith.cmpi ne, %status{position}, %ok : i32
                 par.exit_if %failed{position} {{
                   {undo}
                   par.exit %status{position}
                 }}
                 "
            );
            if let Some(drop) = self.drop_function(context, runtime, *field) {
                let _ = writeln!(undo, "func.call @{drop}(%to{position}) : (!llvm.ptr) -> ()");
            }
        }
        Ok(body)
    }

    /// The functions, as definitions of a module.
    pub fn source(&self) -> String {
        let declarations = self.destructors.iter().map(String::as_str);
        let definitions = self.sources.iter().map(String::as_str);
        declarations
            .chain(definitions)
            .collect::<Vec<_>>()
            .join("\n")
    }
}

/// Ends a glue function where `%new` is null, after `failed`.
fn exit_if_null(failed: &str) -> String {
    let memory_error = ErrorKind::MemoryError.code();
    format!(
        "%no_block = llvm.mlir.zero : !llvm.ptr
         %failed_new = llvm.icmp \"eq\" %new, %no_block : !llvm.ptr
         par.exit_if %failed_new {{
           %memory_error = arith.constant {memory_error} : i32
           {failed}
           par.exit %memory_error
         }}"
    )
}

fn copy_array(context: &Context, payload: Type) -> Result<String, String> {
    if !is_contiguous(payload) {
        return Err(format!(
            "cannot copy `{payload}`: its elements may lie apart"
        ));
    }
    let ty = layout(context, payload).ty;
    let element = memref_element(payload).ok_or("an array is a memref")?;
    let inner = layout(context, element);
    let mut body = format!(
        "%bytes0 = arith.constant {} : i64
         %old = llvm.load %from : !llvm.ptr -> {ty}
         ",
        inner.size
    );
    let extents = extents(payload);
    for (dimension, extent) in extents.iter().enumerate() {
        let size = match extent {
            Some(extent) => format!("arith.constant {extent} : i64"),
            None => format!("llvm.extractvalue %old[3, {dimension}] : {ty}"),
        };
        let _ = write!(
            body,
            "%extent{dimension} = {size}
             %bytes{} = arith.muli %bytes{dimension}, %extent{dimension} : i64
             ",
            dimension + 1
        );
    }
    let bytes = format!("%bytes{}", extents.len());
    let no_block = exit_if_null("");
    let _ = write!(
        body,
        "%new = func.call @mlc_rt_alloc({bytes}) : (i64) -> !llvm.ptr
         {no_block}
         %aligned = llvm.extractvalue %old[1] : {ty}
         %offset = llvm.extractvalue %old[2] : {ty}
         %data = llvm.getelementptr inbounds %aligned[%offset] : (!llvm.ptr, i64) -> !llvm.ptr, {}
         \"llvm.intr.memcpy\"(%new, %data, {bytes}) <{{isVolatile = false}}> : (!llvm.ptr, !llvm.ptr, i64) -> ()
         %zero = arith.constant 0 : i64
         %copy0 = llvm.insertvalue %new, %old[0] : {ty}
         %copy1 = llvm.insertvalue %new, %copy0[1] : {ty}
         %copy2 = llvm.insertvalue %zero, %copy1[2] : {ty}
         llvm.store %copy2, %to : {ty}, !llvm.ptr",
        inner.ty
    );
    Ok(body)
}
