//! `--emit hir`: the HIR as text, for people and for tests. It is not read back.
//!
//! Borrows are `&place` and `&mut place`; `move`, `copy` and `cast<T>` are what they say. An unchecked index is
//! written `a[unchecked i]`. A literal carries its type unless it is `Int` or `f64`.

mod expr;
mod place;
mod spelling;
mod stmt;

use std::collections::HashMap;
use std::fmt::Write as _;

pub(crate) use spelling::constant_text;

use crate::hir::{Convention, Function, Local, LocalId, Program, Stmt, Ty};

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
