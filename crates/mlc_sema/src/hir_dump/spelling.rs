//! How constants and operators are written.

use crate::hir::{BinaryOp, Builtin, CompareOp, ConstValue, UnaryOp};

pub(crate) fn constant_text(value: &ConstValue) -> String {
    match value {
        ConstValue::None => "None".to_owned(),
        ConstValue::Bool(value) => if *value { "True" } else { "False" }.to_owned(),
        ConstValue::Int(value) => value.to_string(),
        ConstValue::Float(value) => format!("{value:?}"),
        ConstValue::Complex(re, im) => format!("complex({re:?}, {im:?})"),
        ConstValue::Str(value) => format!("{value:?}"),
        ConstValue::Items(items) => {
            let items: Vec<String> = items.iter().map(constant_text).collect();
            format!("[{}]", items.join(", "))
        }
    }
}

pub(super) fn unary_name(op: UnaryOp) -> &'static str {
    match op {
        UnaryOp::Neg => "-",
        UnaryOp::Not => "not ",
        UnaryOp::Invert => "~",
        UnaryOp::Abs => "abs",
    }
}

pub(super) fn binary_name(op: BinaryOp) -> &'static str {
    match op {
        BinaryOp::Add => "+",
        BinaryOp::Sub => "-",
        BinaryOp::Mul => "*",
        BinaryOp::Div => "/",
        BinaryOp::FloorDiv => "//",
        BinaryOp::Mod => "%",
        BinaryOp::Pow => "**",
        BinaryOp::Shl => "<<",
        BinaryOp::Shr => ">>",
        BinaryOp::And => "&",
        BinaryOp::Or => "|",
        BinaryOp::Xor => "^",
        BinaryOp::Min => "min",
        BinaryOp::Max => "max",
    }
}

pub(super) fn compare_name(op: CompareOp) -> &'static str {
    match op {
        CompareOp::Eq => "==",
        CompareOp::Ne => "!=",
        CompareOp::Lt => "<",
        CompareOp::Le => "<=",
        CompareOp::Gt => ">",
        CompareOp::Ge => ">=",
    }
}

/// `ListAppend` as `list_append`, `Math(Exp)` as `exp`.
pub(super) fn builtin_name(op: Builtin) -> String {
    let name = match op {
        Builtin::Math(function) => format!("{function:?}"),
        Builtin::Python(op) => format!("Python{op:?}").replace(['(', ')'], ""),
        _ => format!("{op:?}"),
    };
    let mut text = String::new();
    for (position, letter) in name.char_indices() {
        if letter.is_ascii_uppercase() && position > 0 {
            text.push('_');
        }
        text.push(letter.to_ascii_lowercase());
    }
    text
}
