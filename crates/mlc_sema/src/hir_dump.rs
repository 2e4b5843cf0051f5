//! `--emit hir`: the HIR as text, for people and for tests. It is not read back.
//!
//! Borrows are `&place` and `&mut place`; `move`, `copy` and `cast<T>` are what they say. An unchecked index is
//! written `a[unchecked i]`. A literal carries its type unless it is `Int` or `f64`.

use std::collections::HashMap;
use std::fmt::Write as _;

use crate::hir::{
    BinaryOp, Builtin, CompareOp, ConstValue, Convention, Expr, ExprKind, Fill, Function, Local,
    LocalId, LogicalOp, Mode, Place, Program, Projection, ProjectionKind, Range, Root, Stmt,
    StmtKind, Subscript, Ty, UnaryOp,
};

/// The whole program as text.
pub fn dump(program: &Program) -> String {
    let mut dumper = Dumper {
        program,
        locals: &[],
        names: Vec::new(),
        out: String::new(),
        depth: 0,
    };
    for item in &program.structs {
        dumper.line(&format!("struct {}:", item.name));
        dumper.depth += 1;
        for field in &item.fields {
            let ty = program.types.name(field.ty);
            dumper.line(&format!("{}: {ty}", field.name));
        }
        dumper.depth -= 1;
        dumper.out.push('\n');
    }
    for constant in &program.constants {
        let ty = program.types.name(constant.ty);
        let value = constant_text(&constant.value);
        dumper.line(&format!("constant {}: {ty} = {value}", constant.name));
    }
    for global in &program.globals {
        let ty = program.types.name(global.ty);
        dumper.line(&format!("global {}: {ty}", global.name));
    }
    for (position, function) in program.functions.iter().enumerate() {
        if position > 0 {
            dumper.out.push('\n');
        }
        dumper.function(function);
    }
    dumper.out
}

struct Dumper<'a> {
    program: &'a Program,
    /// The locals of the function being printed, and their unique names.
    locals: &'a [Local],
    names: Vec<String>,
    out: String,
    depth: usize,
}

impl<'a> Dumper<'a> {
    fn line(&mut self, text: &str) {
        for _ in 0..self.depth {
            self.out.push_str("    ");
        }
        self.out.push_str(text);
        self.out.push('\n');
    }

    fn ty(&self, ty: Ty) -> String {
        self.program.types.name(ty)
    }

    fn local(&self, local: LocalId) -> &str {
        &self.names[local.0 as usize]
    }

    fn function(&mut self, function: &'a Function) {
        self.locals = &function.locals;
        self.names = unique_names(function);
        let mut head = String::from("fn ");
        let _ = write!(head, "{}(", function.symbol);
        for (position, param) in function.params.iter().enumerate() {
            if position > 0 {
                head.push_str(", ");
            }
            let local = &function.locals[param.local.0 as usize];
            match param.convention {
                Convention::Borrowed if self.program.types.is_owning(local.ty) => {
                    head.push_str("borrowed ");
                }
                Convention::Borrowed => {}
                Convention::Inout => head.push_str("inout "),
                Convention::Owned => head.push_str("owned "),
            }
            let _ = write!(head, "{}: {}", self.local(param.local), self.ty(local.ty));
        }
        head.push(')');
        if function.raises {
            head.push_str(" raises");
        }
        if function.result != Ty::NONE {
            let _ = write!(head, " -> {}", self.ty(function.result));
        }
        if let Some(param) = function.result_borrows {
            let name = self.local(function.params[param as usize].local);
            let _ = write!(head, " borrowing {name}");
        }
        head.push(':');
        self.line(&head);
        self.block(&function.body);
    }

    fn block(&mut self, stmts: &[Stmt]) {
        self.depth += 1;
        if stmts.is_empty() {
            self.line("pass");
        }
        for stmt in stmts {
            self.stmt(stmt);
        }
        self.depth -= 1;
    }

    fn orelse(&mut self, stmts: &[Stmt]) {
        if !stmts.is_empty() {
            self.line("else:");
            self.block(stmts);
        }
    }

    fn stmt(&mut self, stmt: &Stmt) {
        match &stmt.kind {
            StmtKind::Bind { local, value } => {
                let info = &self.locals[local.0 as usize];
                let mode = match info.mode {
                    Mode::Owner => "",
                    Mode::Ref => "ref ",
                    Mode::Mut => "mut ",
                };
                let ty = self.ty(info.ty);
                let value = self.expr(value);
                let name = self.local(*local);
                self.line(&format!("{mode}{name}: {ty} = {value}"));
            }
            StmtKind::Store { place, value } => {
                let value = self.expr(value);
                let place = self.place(place);
                self.line(&format!("store {place} = {value}"));
            }
            StmtKind::Update { place, op, value } => {
                let value = self.expr(value);
                let place = self.place(place);
                self.line(&format!("update {place} {}= {value}", binary_name(*op)));
            }
            StmtKind::AtomicUpdate { place, op, value } => {
                let value = self.expr(value);
                let place = self.place(place);
                self.line(&format!("atomic {place} {}= {value}", binary_name(*op)));
            }
            StmtKind::Swap { left, right } => {
                let left = self.place(left);
                let right = self.place(right);
                self.line(&format!("swap {left}, {right}"));
            }
            StmtKind::Expr(value) => {
                let value = self.expr(value);
                self.line(&value);
            }
            StmtKind::Drop(local) => {
                let name = self.local(*local).to_owned();
                self.line(&format!("del {name}"));
            }
            StmtKind::If {
                condition,
                then,
                orelse,
            } => {
                let condition = self.expr(condition);
                self.line(&format!("if {condition}:"));
                self.block(then);
                self.orelse(orelse);
            }
            StmtKind::While {
                condition,
                body,
                orelse,
            } => {
                let condition = self.expr(condition);
                self.line(&format!("while {condition}:"));
                self.block(body);
                self.orelse(orelse);
            }
            StmtKind::For {
                index,
                range,
                body,
                orelse,
            } => {
                let range = self.range(range);
                let name = self.local(*index);
                self.line(&format!("for {name} in {range}:"));
                self.block(body);
                self.orelse(orelse);
            }
            StmtKind::Iterate(place) => {
                let place = self.place(place);
                self.line(&format!("iterate {place}"));
            }
            StmtKind::Drain { item, list, body } => {
                let list = self.expr(list);
                let name = self.local(*item);
                self.line(&format!("drain {name} in {list}:"));
                self.block(body);
            }
            StmtKind::ParFor(par) => {
                let names: Vec<&str> = par.axes.iter().map(|axis| self.local(axis.index)).collect();
                let ranges: Vec<String> = par
                    .axes
                    .iter()
                    .map(|axis| self.range(&axis.range))
                    .collect();
                let mut head =
                    format!("parallel for {} in {}", names.join(", "), ranges.join(", "));
                for reduction in &par.reductions {
                    let name = self.local(reduction.local);
                    let _ = write!(head, " reduce({} {name})", binary_name(reduction.op));
                }
                for collect in &par.collects {
                    let _ = write!(head, " collect({})", self.place(&collect.list));
                }
                if !par.privates.is_empty() {
                    let names: Vec<&str> = par
                        .privates
                        .iter()
                        .map(|&local| self.local(local))
                        .collect();
                    let _ = write!(head, " private({})", names.join(", "));
                }
                head.push(':');
                self.line(&head);
                self.block(&par.body);
            }
            StmtKind::Reduce { reduction, value } => {
                let value = self.expr(value);
                self.line(&format!("reduce #{reduction}: {value}"));
            }
            StmtKind::Collect { collect, value } => {
                let value = self.expr(value);
                self.line(&format!("collect #{collect}: {value}"));
            }
            StmtKind::Break => self.line("break"),
            StmtKind::Continue => self.line("continue"),
            StmtKind::Return(None) => self.line("return"),
            StmtKind::Return(Some(value)) => {
                let value = self.expr(value);
                self.line(&format!("return {value}"));
            }
            StmtKind::Raise { error, message } => {
                let message = message.as_ref().map(|message| self.expr(message));
                let message = message.unwrap_or_default();
                self.line(&format!("raise {}({message})", error.name()));
            }
            StmtKind::Reraise(None) => self.line("raise"),
            StmtKind::Reraise(Some(value)) => {
                let value = self.expr(value);
                self.line(&format!("raise {value}"));
            }
            StmtKind::Check {
                condition,
                error,
                message,
            } => {
                let condition = self.expr(condition);
                let message = message.as_ref().map(|message| self.expr(message));
                let message = message.unwrap_or_default();
                self.line(&format!(
                    "check {condition} else {}({message})",
                    error.name()
                ));
            }
            StmtKind::Try {
                body,
                handlers,
                orelse,
                finally,
            } => {
                self.line("try:");
                self.block(body);
                for handler in handlers {
                    let kinds: Vec<&str> = handler.kinds.iter().map(|kind| kind.name()).collect();
                    let mut head = format!("except {}", kinds.join(", "));
                    if let Some(name) = handler.name {
                        let _ = write!(head, " as {}", self.local(name));
                    }
                    self.line(&format!("{}:", head.trim_end()));
                    self.block(&handler.body);
                }
                self.orelse(orelse);
                if !finally.is_empty() {
                    self.line("finally:");
                    self.block(finally);
                }
            }
        }
    }

    fn range(&self, range: &Range) -> String {
        let start = self.expr(&range.start);
        let stop = self.expr(&range.stop);
        match &range.step {
            Some(step) => format!("range({start}, {stop}, {})", self.expr(step)),
            None => format!("range({start}, {stop})"),
        }
    }

    fn place(&self, place: &Place) -> String {
        let mut text = match &place.root {
            Root::Local(local) => self.local(*local).to_owned(),
            Root::Global(global) => {
                format!("@{}", self.program.globals[global.0 as usize].name)
            }
            Root::Constant(constant) => {
                format!("@{}", self.program.constants[constant.0 as usize].name)
            }
            Root::Temporary(value) => format!("temporary({})", self.expr(value)),
            Root::Borrowed(value) => format!("deref({})", self.expr(value)),
        };
        let mut ty = self.root_ty(place);
        for projection in &place.projections {
            self.projection(ty, projection, &mut text);
            ty = Some(projection.ty);
        }
        text
    }

    /// The type before the first projection where it is needed to name a field.
    fn root_ty(&self, place: &Place) -> Option<Ty> {
        match &place.root {
            Root::Global(global) => Some(self.program.globals[global.0 as usize].ty),
            Root::Constant(constant) => Some(self.program.constants[constant.0 as usize].ty),
            Root::Temporary(value) | Root::Borrowed(value) => Some(value.ty),
            Root::Local(local) => Some(self.locals[local.0 as usize].ty),
        }
    }

    fn projection(&self, base: Option<Ty>, projection: &Projection, text: &mut String) {
        match &projection.kind {
            ProjectionKind::Field(field) => {
                let _ = match base.and_then(|base| self.field_name(base, *field)) {
                    Some(name) => write!(text, ".{name}"),
                    None => write!(text, ".{field}"),
                };
            }
            ProjectionKind::Item(item) => {
                let _ = write!(text, ".{item}");
            }
            ProjectionKind::Index { indices, checked } => {
                let indices: Vec<String> = indices.iter().map(|index| self.expr(index)).collect();
                let unchecked = if *checked { "" } else { "unchecked " };
                let _ = write!(text, "[{unchecked}{}]", indices.join(", "));
            }
            ProjectionKind::Slice(subscripts) => {
                let parts: Vec<String> =
                    subscripts.iter().map(|part| self.subscript(part)).collect();
                let _ = write!(text, "[{}]", parts.join(", "));
            }
            ProjectionKind::Transpose(axes) => {
                let _ = write!(text, ".transpose{axes:?}");
            }
            ProjectionKind::Unwrap { checked } => {
                text.push_str(if *checked { "!" } else { "!unchecked" });
            }
        }
    }

    fn field_name(&self, base: Ty, field: u32) -> Option<&str> {
        let item = self.program.structs.iter().find(|item| item.ty == base)?;
        Some(&item.fields.get(field as usize)?.name)
    }

    fn subscript(&self, subscript: &Subscript) -> String {
        match subscript {
            Subscript::Index(index) => self.expr(index),
            Subscript::Range {
                start,
                stop,
                step,
                lanes,
            } => {
                let text = |part: &Option<Expr>| {
                    part.as_ref()
                        .map(|part| self.expr(part))
                        .unwrap_or_default()
                };
                let mut out = format!("{}:{}", text(start), text(stop));
                if step.is_some() {
                    let _ = write!(out, ":{}", text(step));
                }
                if let Some(lanes) = lanes {
                    let _ = write!(out, " lanes {lanes}");
                }
                out
            }
        }
    }

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

    fn expr(&self, expr: &Expr) -> String {
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
            ExprKind::Array(items) => format!("array[{}]", self.exprs(items)),
            ExprKind::ArrayFill { shape, fill } => {
                let fill = match fill {
                    Fill::Uninitialized => "uninitialized".to_owned(),
                    Fill::Value(value) => self.expr(value),
                };
                format!("array(shape=({}), {fill})", self.exprs(shape))
            }
            ExprKind::Tuple(items) => format!("({},)", self.exprs(items)),
            ExprKind::TupleItem { tuple, item } => format!("{}.{item}", self.expr(tuple)),
            ExprKind::Struct { id, fields } => {
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

/// The names of the locals, with the number behind a name that another local has too.
fn unique_names(function: &Function) -> Vec<String> {
    let mut uses: HashMap<&str, u32> = HashMap::new();
    for local in &function.locals {
        *uses.entry(&local.name).or_default() += 1;
    }
    let numbered = |(position, local): (usize, &Local)| {
        if uses[local.name.as_str()] == 1 {
            local.name.clone()
        } else {
            format!("{}.{position}", local.name)
        }
    };
    function.locals.iter().enumerate().map(numbered).collect()
}

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

fn unary_name(op: UnaryOp) -> &'static str {
    match op {
        UnaryOp::Neg => "-",
        UnaryOp::Not => "not ",
        UnaryOp::Invert => "~",
        UnaryOp::Abs => "abs",
    }
}

fn binary_name(op: BinaryOp) -> &'static str {
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

fn compare_name(op: CompareOp) -> &'static str {
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
fn builtin_name(op: Builtin) -> String {
    let name = match op {
        Builtin::Math(function) => format!("{function:?}"),
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
