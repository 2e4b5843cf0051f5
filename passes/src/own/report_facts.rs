//! `own-report-facts`: say what an analysis finds, as remarks. For tests of the analyses, and for those who write passes.
//!
//!   own-report-facts{of=moves}       where a box is used after it was moved
//!   own-report-facts{of=conflicts}   where a value changes while a part of it is borrowed
//!   own-report-facts{of=parts}       where something is used that was moved out of a value
//!   own-report-facts{of=origins}     what each borrow may lead to
//!   own-report-facts{of=roots}       what values a borrow or memref stands for that control flow hands on
//!   own-report-facts{of=lengths}     which lengths are one
//!   own-report-facts{of=touches}     what each operation reads and writes
//!   own-report-facts{of=uses}        where each box is used, itself or through a borrow
//!   own-report-facts{of=live}        which boxes are alive where an error may leave (after `own-insert-drops`)
//!   own-report-facts{of=linear}      what each index is made of
//!   own-report-facts{of=pairs}       how any two accesses of a parallel loop lie to each other
//!   own-report-facts{of=exact}       whether sums and products in parallel loops may wrap
//!   own-report-facts{of=selections}  which selections are floor divisions or wraps of indices
//!
//! Changes nothing.

mod loops;
mod places;

use crate::analysis::{
    access::Step,
    borrows::{unwind_start, uses_of},
    conflicts::conflicts,
    linear::Linear,
    live_boxes,
    moves::{Misuse, UseAfterMove, boxes, uses_after_move},
    origins::{Origin, global_uses, origins},
    outlined::units,
    parts::{MisuseKind, misuses},
    place::Owner,
    touches::Touches,
};
use melior::ir::{ValueLike, operation::OperationLike};
use mlc_dialects::own;
use mlc_mlir::{
    Pass, PassResult, emit_remark,
    rewrite::{Op, Val, all_ops, op_name, operand, ops_named, position, results, value_name},
};

pub static REPORT_FACTS: Pass = Pass {
    name: "own-report-facts",
    summary: "say what an analysis of ownership finds: of=moves|conflicts|parts|origins|roots|lengths|touches|uses|live|linear|pairs|exact|selections",
    anchor: "builtin.module",
    run: |_, module, options| {
        let of = options.trim().strip_prefix("of=").unwrap_or_default();
        let functions = ops_named(module, "func.func");
        let uses = global_uses(&functions);
        if of == "moves" {
            for found in units(&functions)
                .iter()
                .flat_map(|unit| uses_after_move(unit, &uses))
            {
                report_move(&found);
            }
            return Ok(());
        }
        for function in functions {
            let touches = Touches::of(function, &uses);
            report(of, function, &touches)?;
        }
        Ok(())
    },
};

fn report_move(found: &UseAfterMove) {
    let name = name(found.value);
    emit_remark(found.moved.location(), &format!("{name} is moved"));
    match found.how {
        Misuse::NotReturned => emit_remark(found.moved.location(), "and not filled again"),
        _ => emit_remark(found.used.location(), &format!("{name} is used after that")),
    }
}

fn report<'c: 'a, 'a>(of: &str, function: Op<'c, 'a>, touches: &Touches<'c, 'a>) -> PassResult {
    let say = |op: Op<'c, 'a>, message: &str| emit_remark(op.location(), message);
    match of {
        "conflicts" => {
            for found in conflicts(function, touches) {
                say(found.borrowed, "borrowed");
                say(found.accessed, "ended");
                say(found.used, "used after that");
            }
        }
        "parts" => {
            for found in misuses(function, touches, false) {
                say(found.taken, &format!("taken out of {}", name(found.value)));
                match found.kind {
                    MisuseKind::NotOwned => say(found.taken, "and not filled again"),
                    MisuseKind::Field(used) => say(used, "the part is used after that"),
                    MisuseKind::Whole(used) => say(used, "the whole is used after that"),
                }
            }
        }
        "origins" => {
            for op in all_ops(function) {
                for value in results(op) {
                    if own::is_borrow(value.r#type()) {
                        let mut list: Vec<_> = origins(value).iter().map(origin).collect();
                        list.sort();
                        say(op, &format!("leads to {}", list.join(", ")));
                    }
                }
            }
        }
        "roots" => places::roots(function, name, &say),
        "lengths" => places::lengths(function, &say),
        "touches" => {
            for touch in &touches.all {
                let verb = if touch.writes { "writes" } else { "reads" };
                let root = match (touch.root, touch.owner) {
                    (_, Owner::Global(global)) => format!("@{global}"),
                    (Some(root), _) => name(root),
                    (None, _) => "something".into(),
                };
                say(touch.op, &format!("{verb} {root}{}", steps(&touch.path)));
            }
        }
        "uses" => {
            for value in boxes(function) {
                for r#use in uses_of(value) {
                    let how = match (r#use.direct, r#use.consumes) {
                        (_, true) => "consumes",
                        (true, false) => "borrows",
                        (false, false) => "uses a borrow of",
                    };
                    say(r#use.op, &format!("{how} {}", name(value)));
                }
            }
        }
        "live" => live_boxes::for_each_op(function, &mut |op, live| {
            if unwind_start(op).is_some() {
                let list: Vec<_> = live.iter().map(|value| name(*value)).collect();
                say(op, &format!("alive: {}", list.join(", ")));
            }
        }),
        "linear" => {
            for op in ops_named(function, "memref.load") {
                let index = Linear::of(operand(op, 1));
                let mut terms: Vec<_> = (index.terms())
                    .map(|(symbol, coefficient)| format!("{coefficient} {}", name(symbol)))
                    .collect();
                terms.sort();
                terms.push(index.constant.to_string());
                say(op, &format!("index {}", terms.join(" + ")));
            }
        }
        "pairs" => loops::pairs(function, &say),
        "exact" => loops::exact(function, &say),
        "selections" => loops::selections(function, &say),
        _ => return Err(format!("there are no facts of `{of}`").into()),
    }
    Ok(())
}

fn origin(origin: &Origin) -> String {
    format!("{}{}", name(origin.root), steps(&origin.path))
}

fn steps(path: &[Step]) -> String {
    path.iter()
        .map(|step| match step {
            Step::Field(-1) => ".header".to_owned(),
            Step::Field(field) => format!(".{field}"),
            Step::At(indices) => {
                let constant = |index: &Linear| match index.terms().next() {
                    None => index.constant.to_string(),
                    Some(_) => "*".to_owned(),
                };
                let list: Vec<_> = indices
                    .iter()
                    .map(|index| constant(&index.linear))
                    .collect();
                format!("[{}]", list.join(", "))
            }
            _ => "[part]".to_owned(),
        })
        .collect()
}

fn name(value: Val) -> String {
    match value_name(value) {
        Some(name) => name,
        None => match mlc_mlir::rewrite::defining_op(value) {
            Some(op) => op_name(op).to_owned(),
            None => format!("argument {}", position(value)),
        },
    }
}
