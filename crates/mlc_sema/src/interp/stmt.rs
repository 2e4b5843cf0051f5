//! Statements at compile time.

use super::{Failure, Flow, Frame, Interpreter, Value, raised};

use mlc_diagnostics::Span;
use mlc_exceptions::Told;

use crate::hir::{ErrorKind, Expr, LocalId, Range, Stmt, StmtKind};
impl Interpreter<'_> {
    pub fn block(&mut self, stmts: &[Stmt], frame: &mut Frame) -> Result<Flow, Failure> {
        for stmt in stmts {
            self.step(stmt.span)?;
            match self.stmt(stmt, frame)? {
                Flow::Next => {}
                flow => return Ok(flow),
            }
        }
        Ok(Flow::Next)
    }

    fn stmt(&mut self, stmt: &Stmt, frame: &mut Frame) -> Result<Flow, Failure> {
        let span = stmt.span;
        match &stmt.kind {
            StmtKind::Bind { local, value } => {
                let value = self.expr(value, frame)?;
                frame.set(*local, Some(value));
            }
            StmtKind::Store { place, value, .. } => {
                let value = self.expr(value, frame)?;
                self.store(place, value, frame)?;
            }
            StmtKind::Update { place, op, value } => {
                let old = self.read(place, frame)?;
                let value = self.expr(value, frame)?;
                let new = self.binary(*op, old, value, place.ty, span)?;
                self.store(place, new, frame)?;
            }
            StmtKind::Swap { left, right } => {
                let (first, second) = (self.read(left, frame)?, self.read(right, frame)?);
                self.store(left, second, frame)?;
                self.store(right, first, frame)?;
            }
            StmtKind::Expr(value) => {
                self.expr(value, frame)?;
            }
            StmtKind::Drop(local) => frame.set(*local, None),
            StmtKind::If {
                condition,
                then,
                orelse,
            } => {
                let taken = if self.truth(condition, frame)? {
                    then
                } else {
                    orelse
                };
                return self.block(taken, frame);
            }
            StmtKind::While {
                condition,
                body,
                orelse,
            } => {
                while self.truth(condition, frame)? {
                    self.step(span)?;
                    match self.block(body, frame)? {
                        Flow::Next | Flow::Continue => {}
                        Flow::Break => return Ok(Flow::Next),
                        flow => return Ok(flow),
                    }
                }
                return self.block(orelse, frame);
            }
            StmtKind::For {
                index,
                range,
                body,
                orelse,
            } => {
                return self.for_loop(*index, range, body, orelse, frame, span);
            }
            StmtKind::Return(None) => return Ok(Flow::Return(Value::None)),
            StmtKind::Return(Some(value)) => return Ok(Flow::Return(self.expr(value, frame)?)),
            StmtKind::Break => return Ok(Flow::Break),
            StmtKind::Continue => return Ok(Flow::Continue),
            StmtKind::Raise { error, message } => {
                let message = self.message(message.as_ref(), frame)?;
                return Err(raised(span, *error, message));
            }
            StmtKind::Check {
                condition,
                error,
                message,
            } => {
                if !self.truth(condition, frame)? {
                    let message = self.message(message.as_ref(), frame)?;
                    return Err(raised(span, *error, message));
                }
            }
            StmtKind::Try {
                body,
                handlers,
                orelse,
                finally,
            } => {
                let result = match self.block(body, frame) {
                    Ok(Flow::Next) => self.block(orelse, frame),
                    Err(Failure::Raised {
                        span,
                        kind,
                        message,
                    }) => {
                        let handler = handlers.iter().find(|handler| {
                            handler.kinds.is_empty()
                                || handler.kinds.iter().any(|caught| kind.is_a(*caught))
                        });
                        match handler {
                            Some(handler) if handler.name.is_none() => {
                                self.block(&handler.body, frame)
                            }
                            Some(handler) => Err(Failure::NotConstant(handler.span)),
                            None => Err(Failure::Raised {
                                span,
                                kind,
                                message,
                            }),
                        }
                    }
                    result => result,
                };
                return match self.block(finally, frame)? {
                    Flow::Next => result,
                    flow => Ok(flow),
                };
            }
            StmtKind::Iterate(_) => {}
            // In order, one iteration after the other.
            StmtKind::ParFor(_)
            | StmtKind::Drain { .. }
            | StmtKind::AtomicUpdate { .. }
            | StmtKind::Reduce { .. }
            | StmtKind::Collect { .. }
            | StmtKind::Reraise(_) => return Err(Failure::NotConstant(span)),
        }
        Ok(Flow::Next)
    }

    fn message(&mut self, message: Option<&Expr>, frame: &mut Frame) -> Result<String, Failure> {
        match message {
            Some(message) => match self.expr(message, frame)? {
                Value::Str(text) => Ok(Told::of(&text).message.to_owned()),
                _ => Ok(String::new()),
            },
            None => Ok(String::new()),
        }
    }

    fn for_loop(
        &mut self,
        index: LocalId,
        range: &Range,
        body: &[Stmt],
        orelse: &[Stmt],
        frame: &mut Frame,
        span: Span,
    ) -> Result<Flow, Failure> {
        let mut at = self.int(&range.start, frame)?;
        let stop = self.int(&range.stop, frame)?;
        let step = match &range.step {
            Some(step) => self.int(step, frame)?,
            None => 1,
        };
        if step == 0 {
            return Err(raised(
                span,
                ErrorKind::ValueError,
                "range() arg 3 must not be zero",
            ));
        }
        while (step > 0 && at < stop) || (step < 0 && at > stop) {
            self.step(span)?;
            frame.set(index, Some(Value::Int(at)));
            match self.block(body, frame)? {
                Flow::Next | Flow::Continue => {}
                Flow::Break => return Ok(Flow::Next),
                flow => return Ok(flow),
            }
            at += step;
        }
        self.block(orelse, frame)
    }
}
