//! `own-presize-lists`: make a list as long as the loop that fills it will.
//!
//! Before:                                    After:
//!   %l = own.new : !box                        %l = own.new_list %n uninit : !box
//!   %b = own.borrow_mut %l                     %b = own.borrow_mut %l
//!   scf.for %i = %zero to %n step %one {       %d = own.view %b
//!     own.append %x to %b                      scf.for %i = %zero to %n step %one {
//!   }                                            memref.store %x, %d[%i]
//!
//! An append may find the list full, and its place depends on all appends before; a store does neither, so that the loop can be
//! widened, and a buffer of the right size can be taken over (`own-reuse`).
//!
//! Requires: checked ownership; loops whose indices are not versioned yet (`own-hoist-checks`).
//! Leaves: the list dropped, unseen, where an error leaves the loop.
//! Ordered appends of a parallel loop over one range are presized likewise.
//!
//! Does not: presize lists that belong to somebody else, or that only some iterations append to.

use crate::{
    analysis::{
        access::accesses,
        linear::is_length,
        place::{is_of_unknown_origin, root},
    },
    emit,
};
use melior::{
    Context,
    ir::{Attribute, OperationRef, Type, ValueLike, operation::OperationLike, r#type::MemRefType},
};
use mlc_dialects::own;
use mlc_mlir::{
    Pass, PassResult,
    rewrite::{
        Cursor, Op, Val, all_ops, ancestor_in_block, arguments, constant_integer, defining_op,
        erase, is_inside, move_before, nested_blocks, op_name, operand, ops, order_in_block,
        replace, results, uses, value_key,
    },
};

pub static PRESIZE_LISTS: Pass = Pass {
    name: "own-presize-lists",
    summary: "make lists as long as the loops that fill them will",
    anchor: "func.func",
    run,
};

fn run<'c, 'a>(context: &'c Context, function: OperationRef<'c, 'a>, _: &str) -> PassResult {
    let mut found = Vec::new();
    for around in all_ops(function) {
        let Some(body) = nested_blocks(around).first().copied() else {
            continue;
        };
        let append = match op_name(around) {
            "scf.for" if constant_integer(operand(around, 2)) == Some(1) => "own.append",
            "par.for" if arguments(body).len() == 1 => "par.collect",
            _ => continue,
        };
        let appends = ops(body).into_iter().filter(|op| op_name(*op) == append);
        found.extend(appends.filter_map(|append| Filled::by(around, append)));
    }
    // Changes come behind all questions: what is inserted makes the next question for an order count its whole block again.
    for filled in found {
        filled.presize(context);
    }
    Ok(())
}

/// A list that one loop fills.
struct Filled<'c, 'a> {
    around: Op<'c, 'a>,
    append: Op<'c, 'a>,
    made: Op<'c, 'a>,
    element: Type<'c>,
    /// The borrows of the list that stand before the loop, in order.
    borrows: Vec<Op<'c, 'a>>,
}

impl<'c: 'a, 'a> Filled<'c, 'a> {
    /// The list of an append, where nothing else touches it from where it is made up to the end of the loop.
    fn by(around: Op<'c, 'a>, append: Op<'c, 'a>) -> Option<Self> {
        let owner = root(operand(append, 1));
        let made = defining_op(owner).filter(|op| op_name(*op) == "own.new")?;
        let element = own::payload(owner.r#type()).and_then(own::list_element)?;
        if made.block() != around.block() {
            return None;
        }
        let borrows = borrows_before(around, append, owner)?;
        Some(Self {
            around,
            append,
            made,
            element,
            borrows,
        })
    }

    fn presize(self, context: &'c Context) {
        let Self {
            around,
            append,
            made,
            element,
            borrows,
        } = self;
        let (value, list) = (operand(append, 0), operand(append, 1));
        let scalar =
            own::kind(element) == own::Kind::Other && MemRefType::try_from(element).is_err();
        let unit = Attribute::unit(context);
        // The list is empty until the loop: nothing sees that it is made behind what the bounds are computed from.
        let mut at = Cursor::before(context, around);
        at.location = made.location();
        let zero = emit::index(&at, 0);
        let (first, mut count) = match op_name(around) {
            "scf.for" => (operand(around, 0), operand(around, 1)),
            _ => (zero, operand(around, 0)),
        };
        if constant_integer(first) != Some(0) {
            count = emit::binary(&at, "arith.subi", count, first);
        }
        if !is_length(count) && constant_integer(count).is_none_or(|count| count < 0) {
            count = emit::binary(&at, "arith.maxsi", count, zero);
        }
        let marks: &[_] = if scalar { &[("uninit", unit)] } else { &[] };
        let sized = at.value("own.new_list", &[count], results(made)[0].r#type(), marks);
        replace(made, sized);
        for borrow in borrows {
            move_before(borrow, around);
        }
        let borrow = at.value("own.borrow_mut", &[sized], list.r#type(), &[]);
        let view = scalar.then(|| {
            let ty = MemRefType::contiguous(element, &[i64::MIN], None).into();
            at.value("own.view", &[borrow], ty, &[])
        });

        let here = Cursor::before(context, append);
        let index = arguments(nested_blocks(around)[0])[0];
        let place = match constant_integer(first) {
            Some(0) => index,
            _ => emit::binary(&here, "arith.subi", index, first),
        };
        match view {
            Some(view) => {
                here.op("memref.store", &[value, view, place], &[], &[]);
            }
            None => {
                let ty = own::mut_type(element);
                let borrowed = here.value("own.elem", &[borrow, place], ty, &[]);
                here.op("own.put", &[value, borrowed], &[], &[]);
            }
        }
        erase(append);
    }
}

/// Where the append is all that touches the list up to the end of the loop: the borrows of it that stand before the loop.
fn borrows_before<'c: 'a, 'a>(
    around: Op<'c, 'a>,
    append: Op<'c, 'a>,
    owner: Val<'c, 'a>,
) -> Option<Vec<Op<'c, 'a>>> {
    let touched = (accesses(around).into_iter()).any(|access| {
        access.op != append
            && (value_key(access.root) == value_key(owner)
                || (is_of_unknown_origin(access.root) && is_inside(access.root, around)))
    });
    if touched {
        return None;
    }
    let mut borrows: Vec<Op> = Vec::new();
    let mut pending = vec![owner];
    while let Some(value) = pending.pop() {
        for (user, _) in uses(value) {
            let before = user.block() == around.block() && user.is_before_in_block(around);
            if !before {
                let outer = ancestor_in_block(around.block()?, user)?;
                let inside = outer == around;
                // A loop before this one may have filled the list already; one that carries it consumes it.
                if outer.is_before_in_block(around)
                    || user == around
                    || (inside && consumes_box(user))
                {
                    return None;
                }
                continue;
            }
            if !matches!(op_name(user), "own.borrow" | "own.borrow_mut") {
                return None;
            }
            borrows.push(user);
            pending.extend(results(user));
        }
    }
    borrows.sort_by(|first, second| order_in_block(*first, *second));
    Some(borrows)
}

/// Whether an operation takes a box that is no borrow of it.
fn consumes_box(op: Op) -> bool {
    !crate::analysis::borrows::consumed_operands(op).is_empty()
}
