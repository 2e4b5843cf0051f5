//! `prefetch(a[i])`: a hint to the processor.

use melior::ir::attribute::{BoolAttribute, IntegerAttribute};
use mlc_sema::hir::Expr;

use crate::function::{Lower, Result};

impl<'x, 'c, 'm> Lower<'x, 'c, 'm> {
    /// `prefetch(a[i, j])`
    pub fn prefetch(&mut self, args: &'x [Expr]) -> Result<()> {
        let view = self.operand_view(&args[0])?;
        let mut indices = Vec::with_capacity(args.len() - 1);
        for index in &args[1..] {
            let index = self.one(index)?;
            indices.push(self.to_index(index));
        }
        let mut operands = vec![self.memory(view.source)];
        operands.extend(self.positions(&view, &indices));
        let context = self.cx.context;
        let flag = |set| BoolAttribute::new(context, set).into();
        let locality = IntegerAttribute::new(self.b.int_type(32), 3).into();
        let attrs = [
            ("isWrite", flag(false)),
            ("localityHint", locality),
            ("isDataCache", flag(true)),
        ];
        self.b.op("memref.prefetch", &operands, &attrs);
        Ok(())
    }
}
