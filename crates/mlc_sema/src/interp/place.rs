//! Places at compile time.

use super::{Failure, Frame, Interpreter, Outcome, Value, items, raised, variable};

use mlc_diagnostics::Span;

use crate::hir::{ErrorKind, Expr, Place, ProjectionKind, Root, Subscript};
impl Interpreter<'_> {
    fn root(&mut self, place: &Place, frame: &mut Frame) -> Outcome {
        match &place.root {
            Root::Local(local) => match frame.get(*local) {
                Some(value) => Ok(value.clone()),
                None => Err(Failure::NotConstant(place.span)),
            },
            Root::Temporary(value) | Root::Borrowed(value) => self.expr(value, frame),
            Root::Constant(constant) => Ok(variable(&self.constants[constant.0 as usize].value)),
            Root::Global(_) => Err(Failure::NotConstant(place.span)),
        }
    }

    pub fn read(&mut self, place: &Place, frame: &mut Frame) -> Outcome {
        let mut value = self.root(place, frame)?;
        for projection in &place.projections {
            value = self.project(value, &projection.kind, projection.span, frame)?;
        }
        Ok(value)
    }

    fn project(
        &mut self,
        value: Value,
        kind: &ProjectionKind,
        span: Span,
        frame: &mut Frame,
    ) -> Outcome {
        match kind {
            ProjectionKind::Field(at) | ProjectionKind::Item(at) => match value {
                Value::Items(items) => Ok(items.borrow()[*at as usize].clone()),
                _ => Err(Failure::NotConstant(span)),
            },
            ProjectionKind::Unwrap { checked } => match value {
                Value::None if *checked => Err(raised(
                    span,
                    ErrorKind::TypeError,
                    "`None` where a value is needed",
                )),
                value => Ok(value),
            },
            ProjectionKind::Transpose(_) | ProjectionKind::Reshape(_) => {
                Err(Failure::NotConstant(span))
            }
            ProjectionKind::Index { indices, .. } => {
                let mut value = value;
                for index in indices {
                    let index = self.int(index, frame)?;
                    value = match value {
                        Value::Items(items) => {
                            let items = items.borrow();
                            items[position(index, items.len(), span)?].clone()
                        }
                        Value::Str(text) => {
                            let letters: Vec<char> = text.chars().collect();
                            let letter = letters[position(index, letters.len(), span)?];
                            Value::Str(letter.to_string().into())
                        }
                        _ => return Err(Failure::NotConstant(span)),
                    };
                }
                Ok(value)
            }
            ProjectionKind::Slice(subscripts) => match (subscripts.as_slice(), value) {
                (
                    [
                        Subscript::Range {
                            start,
                            stop,
                            step: None,
                            ..
                        },
                    ],
                    Value::Items(values),
                ) => {
                    let values = values.borrow();
                    let (from, to) =
                        self.bounds(start.as_ref(), stop.as_ref(), values.len(), frame)?;
                    Ok(items(values[from..to].to_vec()))
                }
                (
                    [
                        Subscript::Range {
                            start,
                            stop,
                            step: None,
                            ..
                        },
                    ],
                    Value::Str(text),
                ) => {
                    let letters: Vec<char> = text.chars().collect();
                    let (from, to) =
                        self.bounds(start.as_ref(), stop.as_ref(), letters.len(), frame)?;
                    let part: String = letters[from..to].iter().collect();
                    Ok(Value::Str(part.into()))
                }
                _ => Err(Failure::NotConstant(span)),
            },
        }
    }

    fn bounds(
        &mut self,
        start: Option<&Expr>,
        stop: Option<&Expr>,
        len: usize,
        frame: &mut Frame,
    ) -> Result<(usize, usize), Failure> {
        let len = len as i128;
        let mut clamped = |bound: Option<&Expr>, default: i128| match bound {
            Some(bound) => {
                let at = self.int(bound, frame)?;
                Ok((if at < 0 { at + len } else { at }).clamp(0, len))
            }
            None => Ok(default),
        };
        let from = clamped(start, 0)?;
        let to = clamped(stop, len)?.max(from);
        Ok((from as usize, to as usize))
    }

    pub fn store(&mut self, place: &Place, value: Value, frame: &mut Frame) -> Result<(), Failure> {
        let Some((last, rest)) = place.projections.split_last() else {
            let Root::Local(local) = place.root else {
                return Err(Failure::NotConstant(place.span));
            };
            frame.set(local, Some(value));
            return Ok(());
        };
        let mut base = self.root(place, frame)?;
        for projection in rest {
            base = self.project(base, &projection.kind, projection.span, frame)?;
        }
        let Value::Items(mut target) = base else {
            return Err(Failure::NotConstant(place.span));
        };
        let at = match &last.kind {
            ProjectionKind::Field(at) | ProjectionKind::Item(at) => *at as usize,
            ProjectionKind::Index { indices, .. } => {
                let Some((index, outer)) = indices.split_last() else {
                    return Err(Failure::NotConstant(last.span));
                };
                for index in outer {
                    let index = self.int(index, frame)?;
                    let row =
                        target.borrow()[position(index, target.borrow().len(), last.span)?].clone();
                    let Value::Items(row) = row else {
                        return Err(Failure::NotConstant(last.span));
                    };
                    target = row;
                }
                let index = self.int(index, frame)?;
                position(index, target.borrow().len(), last.span)?
            }
            _ => return Err(Failure::NotConstant(last.span)),
        };
        target.borrow_mut()[at] = value;
        Ok(())
    }
}

fn position(index: i128, len: usize, span: Span) -> Result<usize, Failure> {
    let at = if index < 0 {
        index + len as i128
    } else {
        index
    };
    if (0..len as i128).contains(&at) {
        Ok(at as usize)
    } else {
        Err(raised(
            span,
            ErrorKind::IndexError,
            format!("index {index} is out of range for length {len}"),
        ))
    }
}
