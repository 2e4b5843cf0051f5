//! Whether an iteration of a parallel loop may end with an error: the attribute `raises` and the status that goes with it.

use melior::{
    Context,
    ir::{
        Attribute, Region, Type, ValueLike,
        operation::{OperationBuilder, OperationLike},
        r#type::IntegerType,
    },
};
use mlc_mlir::rewrite::{
    Cursor, Op, Val, enclosing, erase, move_blocks, op_name, replace_all_uses, results, uses,
};

const RAISES: &str = "raises";

/// Rebuilds a loop without its status, and removes the `own.propagate` that followed.
pub fn drop_status<'c>(context: &'c Context, par_for: Op<'c, '_>) {
    let cursor = Cursor::before(context, par_for);
    let old = results(par_for);
    let kept: Vec<_> = old[1..].iter().map(ValueLike::r#type).collect();
    let new = rebuild(&cursor, par_for, &kept, false);
    let zero = cursor.value(
        "arith.constant",
        &[],
        status_type(context),
        &[(
            "value",
            Attribute::parse(context, "0 : i32").expect("a number"),
        )],
    );
    for (user, _) in uses(old[0]) {
        if op_name(user) == "own.propagate" {
            erase(user);
        }
    }
    replace_all_uses(old[0], zero);
    finish(par_for, &old[1..], &results(new));
}

/// Makes the loops around an operation, which may now end with an error, such that it leaves them.
pub fn add_statuses_around<'c>(context: &'c Context, op: Op<'c, '_>) {
    let mut inner = op;
    while let Some(par_for) = enclosing(inner, &["par.for"]) {
        inner = par_for;
        if par_for.has_attribute(RAISES) {
            continue;
        }
        let cursor = Cursor::before(context, par_for);
        let old = results(par_for);
        let mut types = vec![status_type(context)];
        types.extend(old.iter().map(ValueLike::r#type));
        let new = rebuild(&cursor, par_for, &types, true);
        let status = results(new);
        Cursor::after(context, new).op("own.propagate", &status[..1], &[], &[]);
        finish(par_for, &old, &status[1..]);
        inner = new;
    }
}

fn status_type(context: &Context) -> Type<'_> {
    IntegerType::new(context, 32).into()
}

/// The same loop with other results; the old one is left without a body.
fn rebuild<'c, 'a>(
    cursor: &Cursor<'c, 'a>,
    par_for: Op<'c, 'a>,
    types: &[Type<'c>],
    raises: bool,
) -> Op<'c, 'a> {
    let mut attributes: Vec<_> = par_for
        .attributes()
        .filter(|(name, _)| name.as_string_ref().as_str() != Ok(RAISES))
        .collect();
    if raises {
        attributes.push((cursor.name(RAISES), Attribute::unit(cursor.context)));
    }
    let operands: Vec<_> = par_for.operands().collect();
    let built = OperationBuilder::new("par.for", par_for.location())
        .add_operands(&operands)
        .add_results(types)
        .add_attributes(&attributes)
        .add_regions([Region::new()])
        .build()
        .expect("a loop is built from the parts of a loop");
    let new = cursor.insert(built);
    if let (Ok(from), Ok(to)) = (par_for.region(0), new.region(0)) {
        move_blocks(from, to);
    }
    new
}

fn finish(par_for: Op, old: &[Val], new: &[Val]) {
    for (old, new) in old.iter().zip(new) {
        replace_all_uses(*old, *new);
    }
    erase(par_for);
}
