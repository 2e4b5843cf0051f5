//! Statements as text.

use std::fmt::Write as _;

use super::Dumper;
use super::spelling::binary_name;
use crate::hir::{Mode, Range, Stmt, StmtKind};

impl<'a> Dumper<'a> {
    pub(super) fn stmt(&mut self, stmt: &Stmt) {
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
            StmtKind::Store {
                place,
                value,
                updates,
            } => {
                let value = self.expr(value);
                let place = self.place(place);
                let word = if *updates { "update" } else { "store" };
                self.line(&format!("{word} {place} = {value}"));
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
}
