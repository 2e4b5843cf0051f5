//! Expressions as text.

use super::Dumper;
use super::spelling::{binary_name, builtin_name, compare_name, unary_name};
use crate::hir::{BinaryOp, Expr, ExprKind, Fill, LogicalOp, Stmt, Ty};

impl<'a> Dumper<'a> {
    fn exprs(&self, values: &[Expr]) -> String {
        let values: Vec<String> = values.iter().map(|value| self.expr(value)).collect();
        values.join(", ")
    }

    fn suffix(&self, ty: Ty) -> String {
        if ty == Ty::INT || ty == Ty::F64 {
            String::new()
        } else {
            format!(":{}", self.ty(ty))
        }
    }

    pub(super) fn expr(&self, expr: &Expr) -> String {
        match &expr.kind {
            ExprKind::None => "None".to_owned(),
            ExprKind::Bool(value) => if *value { "True" } else { "False" }.to_owned(),
            ExprKind::Int(value) => format!("{value}{}", self.suffix(expr.ty)),
            ExprKind::Float(value) => format!("{value:?}{}", self.suffix(expr.ty)),
            ExprKind::Complex(re, im) => format!("complex({re:?}, {im:?}){}", self.suffix(expr.ty)),
            ExprKind::Str(value) => format!("{value:?}"),
            ExprKind::Load(place) => self.place(place),
            ExprKind::Move(place) => format!("move {}", self.place(place)),
            ExprKind::Copy(place) => format!("copy {}", self.place(place)),
            ExprKind::Share(place) => format!("share {}", self.place(place)),
            ExprKind::Borrow { place, mutable } => {
                format!(
                    "{}{}",
                    if *mutable { "&mut " } else { "&" },
                    self.place(place)
                )
            }
            ExprKind::Cast(value) => format!("cast<{}>({})", self.ty(expr.ty), self.expr(value)),
            ExprKind::Unary { op, operand } => {
                format!("{}({})", unary_name(*op), self.expr(operand))
            }
            ExprKind::Binary { op, left, right } => {
                let (left, right) = (self.expr(left), self.expr(right));
                match op {
                    BinaryOp::Min | BinaryOp::Max => {
                        format!("{}({left}, {right})", binary_name(*op))
                    }
                    _ => format!("({left} {} {right})", binary_name(*op)),
                }
            }
            ExprKind::Compare { op, left, right } => {
                format!(
                    "({} {} {})",
                    self.expr(left),
                    compare_name(*op),
                    self.expr(right)
                )
            }
            ExprKind::Logical { op, left, right } => {
                let op = match op {
                    LogicalOp::And => "and",
                    LogicalOp::Or => "or",
                };
                format!("({} {op} {})", self.expr(left), self.expr(right))
            }
            ExprKind::If {
                condition,
                then,
                orelse,
            } => format!(
                "({} if {} else {})",
                self.expr(then),
                self.expr(condition),
                self.expr(orelse)
            ),
            ExprKind::Block { stmts, value } => self.block_expr(stmts, value),
            ExprKind::Call { callee, args } => {
                let callee = &self.program.functions[callee.0 as usize].symbol;
                format!("{callee}({})", self.exprs(args))
            }
            ExprKind::Builtin { op, args } => {
                format!("{}({})", builtin_name(*op), self.exprs(args))
            }
            ExprKind::Len { place, axis: 0 } => format!("len({})", self.place(place)),
            ExprKind::Len { place, axis } => format!("len({}, {axis})", self.place(place)),
            ExprKind::List(items) if items.is_empty() => format!("[]{}", self.suffix(expr.ty)),
            ExprKind::List(items) => format!("[{}]", self.exprs(items)),
            ExprKind::ListFill { value, count } => {
                format!("[{}] * {}", self.expr(value), self.expr(count))
            }
            ExprKind::Array { items, .. } => format!("array[{}]", self.exprs(items)),
            ExprKind::ArrayFill { shape, fill } => {
                let fill = match fill {
                    Fill::Uninitialized => "uninitialized".to_owned(),
                    Fill::Value(value) => self.expr(value),
                };
                format!("array(shape=({}), {fill})", self.exprs(shape))
            }
            ExprKind::Tuple(items) => format!("({},)", self.exprs(items)),
            ExprKind::TupleItem { tuple, item } => format!("{}.{item}", self.expr(tuple)),
            ExprKind::Struct { id, fields, .. } => {
                let item = &self.program.structs[id.0 as usize];
                let fields: Vec<String> = (item.fields.iter().zip(fields))
                    .map(|(field, value)| format!("{}={}", field.name, self.expr(value)))
                    .collect();
                format!("{}({})", item.name, fields.join(", "))
            }
            ExprKind::Some(value) => format!("some({})", self.expr(value)),
            ExprKind::Nothing => "nothing".to_owned(),
            ExprKind::IsSome(place) => format!("is_some({})", self.place(place)),
            ExprKind::Splat(value) => format!("splat<{}>({})", self.ty(expr.ty), self.expr(value)),
            ExprKind::Map { inputs, body } => {
                let inputs: Vec<String> = (inputs.iter())
                    .map(|input| {
                        format!("{} in {}", self.local(input.param), self.expr(&input.value))
                    })
                    .collect();
                format!("map({}: {})", inputs.join(", "), self.expr(body))
            }
        }
    }

    /// Statements inside an expression stand on one line between braces.
    fn block_expr(&self, stmts: &[Stmt], value: &Expr) -> String {
        let mut inner = Dumper {
            program: self.program,
            locals: self.locals,
            names: self.names.clone(),
            out: String::new(),
            depth: 0,
        };
        for stmt in stmts {
            inner.stmt(stmt);
        }
        let lines: Vec<&str> = inner.out.lines().map(str::trim).collect();
        format!("{{ {}; {} }}", lines.join("; "), self.expr(value))
    }
}
