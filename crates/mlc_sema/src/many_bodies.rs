//! The bodies of a long program, checked on several threads.
//!
//! This thread takes bodies from the front of the queue, as it would alone. The others take them from the end, each with a copy of
//! what is declared. A body that asks for something new (a type, an instance, a constant) or for a result that is inferred is left
//! to this thread in its turn. So what is new is made in the order of the queue, and the program is the same whatever the threads do.

mod declared;

use std::ops::Range;
use std::sync::{Mutex, PoisonError};

use mlc_diagnostics::Diagnostic;
use mlc_syntax::{side_by_side, threads};

use crate::checker::{Checker, DeclId};
use crate::hir::{self, FuncId};
use crate::synthesized::Synthesized;
use declared::Declared;

pub(crate) use declared::Watch;

/// The bytes of text in bodies that are worth a thread: they take some milliseconds, of which starting and copying take a tenth.
const WORTH: usize = 1 << 16;

/// So many bodies are checked before the copy is made: most of what the others ask for is there then.
const FIRST: usize = 64;

/// How many bodies a thread takes at once.
const TAKEN: usize = 16;

/// What another thread made of a body.
struct Checked {
    func: FuncId,
    function: hir::Function,
    found: Vec<Diagnostic>,
}

/// The part of the queue that nobody has taken yet.
struct Waiting(Mutex<Range<usize>>);

impl Waiting {
    fn take_front(&self) -> Option<Range<usize>> {
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let start = waiting.start;
        waiting.start = waiting.end.min(start + TAKEN);
        (start < waiting.start).then_some(start..waiting.start)
    }

    fn take_end(&self) -> Option<Range<usize>> {
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let end = waiting.end;
        waiting.end = waiting.start.max(end.saturating_sub(TAKEN));
        (waiting.end < end).then_some(waiting.end..end)
    }
}

impl<'a> Checker<'a> {
    /// Checks the bodies of the queue from `start` on, on several threads where that is worth while. Gives the place in the queue
    /// from which it is as if nothing had been done.
    pub(crate) fn check_many_bodies(&mut self, start: usize) -> usize {
        let others = self.worthy_threads(start) - 1;
        if others == 0 {
            return start;
        }
        let queue = self.queue.clone();
        let start = queue.len().min(start + FIRST);
        for &func in &queue[..start] {
            self.check_body(func);
        }
        if self.any_error() {
            return start;
        }
        let (globals, uses_python) = (self.globals.len(), self.uses_python);
        let waiting = Waiting(Mutex::new(start..queue.len()));
        let copies: Vec<Declared<'a>> = (0..others).map(|_| Declared::of(self)).collect();
        let (checked, ()) = side_by_side(
            copies,
            |declared| check_from_end(declared, &queue, &waiting),
            || self.check_from_front(&queue, &waiting),
        );
        // What these change, bodies may have seen that are behind them in the queue.
        let as_before = globals == self.globals.len() && uses_python == self.uses_python;
        if as_before && !self.any_error() {
            checked
                .into_iter()
                .flatten()
                .for_each(|one| self.adopt(one));
        }
        start
    }

    /// The number of threads that the bodies of the queue are worth.
    fn worthy_threads(&self, start: usize) -> usize {
        let bytes = |func: &FuncId| {
            self.header(*func)
                .decl
                .map_or(0, |decl| self.bytes_of(decl))
        };
        let all: usize = self.queue[start.min(self.queue.len())..]
            .iter()
            .map(bytes)
            .sum();
        match all / WORTH {
            0 | 1 => 1,
            worth => worth.min(threads(self.options.threads)),
        }
    }

    fn bytes_of(&self, decl: DeclId) -> usize {
        let ast = self.decl(decl).ast;
        let end = ast.body.last().map_or(0, |last| last.span.end);
        end.saturating_sub(ast.signature.start) as usize
    }

    fn check_from_front(&mut self, queue: &[FuncId], waiting: &Waiting) {
        while let Some(taken) = waiting.take_front() {
            queue[taken].iter().for_each(|&func| self.check_body(func));
        }
    }

    /// Takes over what another thread made of a body, unless it was needed here in the meantime.
    fn adopt(&mut self, checked: Checked) {
        let position = checked.func.0 as usize;
        if std::mem::replace(&mut self.headers[position].done, true) {
            return;
        }
        self.functions[position] = Some(checked.function);
        if !checked.found.is_empty() {
            self.body_diagnostics.insert(checked.func, checked.found);
        }
    }

    /// The body, if it needs nothing that is new, and what was found in it.
    fn check_apart(&mut self, func: FuncId) -> Option<Checked> {
        let header = self.header(func);
        if header.result.is_none() || header.inference.open {
            return None;
        }
        self.headers[func.0 as usize].done = false;
        self.check_body(func);
        // Evaluation at compile time finds it again.
        self.headers[func.0 as usize].done = false;
        let function = self.functions[func.0 as usize].take()?;
        let found = self.body_diagnostics.remove(&func).unwrap_or_default();
        let alone = !self.take_asked_for_new();
        alone.then_some(Checked {
            func,
            function,
            found,
        })
    }
}

/// Checks bodies with a copy of what is declared, until one is wrong or changes what the others mean.
fn check_from_end(declared: Declared<'_>, queue: &[FuncId], waiting: &Waiting) -> Vec<Checked> {
    let synthesized = Synthesized::default();
    let mut checker = declared.checker(&synthesized);
    let (globals, uses_python) = (checker.globals.len(), checker.uses_python);
    let mut checked = Vec::new();
    while let Some(taken) = waiting.take_end() {
        for &func in &queue[taken] {
            let one = checker.check_apart(func);
            let as_before = globals == checker.globals.len() && uses_python == checker.uses_python;
            if !as_before || checker.any_error() {
                return checked;
            }
            match one {
                Some(one) if one.found.iter().any(Diagnostic::is_error) => return checked,
                one => checked.extend(one),
            }
        }
    }
    checked
}
