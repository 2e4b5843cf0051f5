//! Lists whose elements may hold such lists, to any depth: the runtime says whether one is near enough to be destroyed or copied now, and
//! calls the function of the list later where it is not.

use crate::convert::runtime::Runtime;

/// The address of a function of the module, as `%function`.
fn address(symbol: &str, ty: &str) -> String {
    format!(
        "%itself = func.constant @{symbol} : {ty}
         %function = builtin.unrealized_conversion_cast %itself : {ty} to !llvm.ptr"
    )
}

/// `emptied`, which destroys what the list at `%place` holds, where that is near. `symbol` destroys such a list.
pub fn near_drop(runtime: &mut Runtime, symbol: &str, emptied: &str) -> String {
    runtime.require("mlc_rt_deep_drop");
    runtime.require("mlc_rt_deep_dropped");
    let address = address(symbol, "(!llvm.ptr) -> ()");
    format!(
        "{address}
         %near = func.call @mlc_rt_deep_drop(%place, %function) : (!llvm.ptr, !llvm.ptr) -> i1
         scf.if %near {{
           {emptied}
           func.call @mlc_rt_deep_dropped() : () -> ()
         }}"
    )
}

/// `filled`, which copies the elements of the list at `%from` to `%to`, where that is near. `symbol` copies such a list, and `drop`
/// destroys one.
pub fn near_copy(runtime: &mut Runtime, symbol: &str, drop: &str, filled: &str) -> String {
    runtime.require("mlc_rt_deep_copy");
    runtime.require("mlc_rt_deep_copied");
    let address = address(symbol, "(!llvm.ptr, !llvm.ptr) -> i32");
    format!(
        "{address}
         %near = func.call @mlc_rt_deep_copy(%to, %from, %function) : (!llvm.ptr, !llvm.ptr, !llvm.ptr) -> i1
         scf.if %near {{
           {filled}
           %late = func.call @mlc_rt_deep_copied(%ok) : (i32) -> i32
           %failed_late = arith.cmpi ne, %late, %ok : i32
           par.exit_if %failed_late {{
             func.call @{drop}(%to) : (!llvm.ptr) -> ()
             par.exit %late
           }}
         }}"
    )
}

/// What a copy does that fails with `status` after the runtime called it near.
pub fn failed_copy(is_deep: bool, status: &str) -> String {
    if !is_deep {
        return String::new();
    }
    format!("%given_up = func.call @mlc_rt_deep_copied({status}) : (i32) -> i32")
}
