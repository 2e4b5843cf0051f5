//! Characters and slices of texts, and their length.

use melior::ir::Value;
use mlc_sema::hir::{Expr, Projection, Subscript};

use crate::{
    Error,
    function::{Lower, Result},
    place::Spot,
};

/// The bits by which the runtime is told which bounds a slice has.
const HAS_START: i64 = 1;
const HAS_STOP: i64 = 2;

impl<'x, 'c, 'm> Lower<'x, 'c, 'm> {
    /// `text[index]`
    pub fn text_index(
        &mut self,
        text: Value<'c, 'm>,
        indices: &'x [Expr],
        projection: &'x Projection,
    ) -> Result<Spot<'c, 'm>> {
        let index = self.one(&indices[0])?;
        self.at(projection.span);
        Ok(Spot::Fresh(vec![
            self.new_text("mlc_rt_str_index", &[text, index]),
        ]))
    }

    /// `text[start:stop:step]`
    pub fn text_slice(
        &mut self,
        text: Value<'c, 'm>,
        subscripts: &'x [Subscript],
        projection: &'x Projection,
    ) -> Result<Spot<'c, 'm>> {
        let [
            Subscript::Range {
                start, stop, step, ..
            },
        ] = subscripts
        else {
            return Err(Error::Invalid("a slice of a text without a range".into()));
        };
        let mut present = 0;
        let mut bounds = Vec::new();
        for (bound, bit, otherwise) in [(start, HAS_START, 0), (stop, HAS_STOP, 0), (step, 0, 1)] {
            bounds.push(match bound {
                Some(bound) => {
                    present |= bit;
                    self.one(bound)?
                }
                None => self.b.int(otherwise, self.b.int_type(64)),
            });
        }
        self.at(projection.span);
        let present = self.b.int(present, self.b.int_type(32));
        let operands = [text, bounds[0], bounds[1], bounds[2], present];
        Ok(Spot::Fresh(vec![
            self.new_text("mlc_rt_str_slice", &operands),
        ]))
    }

    /// `len(text)`
    pub fn text_length(&mut self, text: Value<'c, 'm>) -> Value<'c, 'm> {
        let long = self.b.int_type(64);
        self.call_runtime("mlc_rt_str_len", &[text], &[long])[0]
    }
}
