//! Structs that hold themselves: what is done part by part is a function of the module, which calls itself.

use melior::ir::{BlockLike, Value, ValueLike};
use mlc_sema::hir::{Ty, TyKind};

use crate::{
    function::{Lower, Result},
    print::Sink,
};

impl<'x, 'c, 'm> Lower<'x, 'c, 'm> {
    /// Writes a struct as text.
    pub fn write_node(&mut self, sink: Sink<'c, 'm>, source: Value<'c, 'm>, ty: Ty) -> Result<()> {
        let source = self.shared(source);
        let name = self.node_name(ty);
        match sink {
            Sink::Output => {
                let symbol = format!("mlc.print.{name}");
                if let Some(b) = self.cx.helper(&symbol, &[source.r#type()], &[]) {
                    let node = b.block.argument(0).expect("one argument").into();
                    self.nested(b).write_fields(Sink::Output, node, ty)?;
                    // Regions that the body opened are closed: the block is the function's.
                    b.op("func.return", &[], &[]);
                }
                let callee = [("callee", self.b.symbol(&symbol))];
                self.b.results("func.call", &[source], &[], &callee);
            }
            Sink::Text(out) => {
                let symbol = format!("mlc.text_of.{name}");
                if self.cx.is_new(&symbol) {
                    let inputs = [source.r#type(), out.r#type()];
                    let outputs = [self.b.int_type(32)];
                    let (b, arguments) =
                        (self.cx).outlined(&symbol, &inputs, &outputs, self.fp_word(), self.b.loc);
                    let inner = Sink::Text(arguments[1]);
                    self.nested(b).write_fields(inner, arguments[0], ty)?;
                    let fine = b.int(0, b.int_type(32));
                    b.op("func.return", &[fine], &[]);
                }
                let callee = [("callee", self.b.symbol(&symbol))];
                let status = [self.b.int_type(32)];
                let status = self
                    .b
                    .results("func.call", &[source, out], &status, &callee);
                self.b.op("own.propagate", &status, &[]);
            }
        }
        Ok(())
    }

    fn node_name(&self, ty: Ty) -> String {
        let name = self.cx.program.types.name(ty);
        match self.types().kind(ty) {
            // Modules may have structs of one name.
            TyKind::Struct(id) => format!("{name}.{}", id.0),
            _ => name,
        }
    }

    /// Whether two structs are equal, field by field.
    pub fn equal_nodes(
        &mut self,
        a: Value<'c, 'm>,
        b: Value<'c, 'm>,
        ty: Ty,
    ) -> Result<Value<'c, 'm>> {
        let sides = [self.shared(a), self.shared(b)];
        let bit = self.b.int_type(1);
        let symbol = format!("mlc.equal.{}", self.node_name(ty));
        let inputs = sides.map(|side| side.r#type());
        if let Some(inside) = self.cx.helper(&symbol, &inputs, &[bit]) {
            let [x, y] = [0, 1].map(|at| inside.block.argument(at).expect("two arguments").into());
            let same = self.nested(inside).equal_fields(x, y, ty)?;
            inside.op("func.return", &[same], &[]);
        }
        let callee = [("callee", self.b.symbol(&symbol))];
        Ok(self.b.results("func.call", &sides, &[bit], &callee)[0])
    }
}
