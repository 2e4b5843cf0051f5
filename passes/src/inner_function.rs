//! A function in two: its body under another name, and the function itself, which is to call it.

use melior::{
    Context,
    ir::{Region, attribute::StringAttribute, operation::OperationLike},
};
use mlc_mlir::rewrite::{Cursor, Op, move_blocks, remove_attribute, set_attribute};

/// Moves the body of a function to a new private one behind it, which has the name and the attributes of the first but what exports
/// it, and leaves the first without a block. No function of a source has a name with `$`.
pub fn move_body<'c, 'a>(
    context: &'c Context,
    function: Op<'c, 'a>,
    name: &str,
) -> Result<Op<'c, 'a>, String> {
    let at = Cursor::after(context, function);
    let inner = at.op_with_regions("func.func", &[], &[], &[], vec![Region::new()]);
    for (name, attribute) in function.attributes() {
        let name = name.as_string_ref();
        let name = name.as_str().map_err(|error| error.to_string())?;
        set_attribute(inner, name, attribute);
    }
    remove_attribute(inner, "mlc.export");
    let text = |text: &str| StringAttribute::new(context, text).into();
    set_attribute(inner, "sym_name", text(name));
    set_attribute(inner, "sym_visibility", text("private"));
    let body = function.region(0).map_err(|error| error.to_string())?;
    move_blocks(body, inner.region(0).map_err(|error| error.to_string())?);
    Ok(inner)
}
