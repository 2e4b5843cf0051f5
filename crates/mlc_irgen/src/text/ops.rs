//! Operations on texts.

use melior::ir::Value;
use mlc_mlir::rewrite::constant_integer;
use mlc_sema::hir::{Builtin, CompareOp, ErrorKind, Expr, Ty};

use crate::{
    Error,
    arith::Class,
    function::{Lower, Result},
};

impl<'x, 'c, 'm> Lower<'x, 'c, 'm> {
    pub fn text_builtin(
        &mut self,
        expr: &'x Expr,
        op: Builtin,
        args: &'x [Expr],
    ) -> Result<Value<'c, 'm>> {
        let strips = |plain, of| if args.len() == 1 { plain } else { of };
        let symbol = match op {
            Builtin::StrReplace if args.len() == 4 => "mlc_rt_str_replace_most",
            Builtin::StrReplace => "mlc_rt_str_replace",
            Builtin::StrStrip => strips("mlc_rt_str_strip", "mlc_rt_str_strip_of"),
            Builtin::StrLstrip => strips("mlc_rt_str_lstrip", "mlc_rt_str_lstrip_of"),
            Builtin::StrRstrip => strips("mlc_rt_str_rstrip", "mlc_rt_str_rstrip_of"),
            Builtin::StrUpper => "mlc_rt_str_upper",
            Builtin::StrLower => "mlc_rt_str_lower",
            Builtin::StrSplit if args.len() == 3 => "mlc_rt_str_split_at_most",
            Builtin::StrSplit if args.len() == 2 && !self.is_text(args[1].ty) => {
                "mlc_rt_str_split_most"
            }
            Builtin::StrSplit => strips("mlc_rt_str_split", "mlc_rt_str_split_at"),
            Builtin::StrFind | Builtin::StrStartsWith | Builtin::StrEndsWith => {
                let texts = self.texts(args)?;
                self.at(expr.span);
                return self.text_test(expr, op, &texts);
            }
            Builtin::StrContains => {
                let mut texts = self.texts(args)?;
                self.at(expr.span);
                texts.reverse();
                return self.text_test(expr, op, &texts);
            }
            Builtin::StrRepeat => {
                let text = self.text_before(&args[0], &args[1..])?;
                let count = self.one(&args[1])?;
                self.at(expr.span);
                return Ok(self.new_text("mlc_rt_str_repeat", &[text, count]));
            }
            Builtin::StrJoin => {
                let separator = self.text_before(&args[0], &args[1..])?;
                let list = self.operand_view(&args[1])?;
                let list = if list.is_whole() {
                    list.source
                } else {
                    let copy = self.copy_view(&list, args[1].ty)?;
                    self.borrow_box(copy, false)
                };
                self.at(expr.span);
                return Ok(self.new_text("mlc_rt_str_join", &[separator, list]));
            }
            Builtin::Chr => {
                let code = self.one(&args[0])?;
                self.at(expr.span);
                return Ok(self.new_text("mlc_rt_str_chr", &[code]));
            }
            Builtin::Ord => return self.ord(expr, &args[0]),
            Builtin::IntFromStr => return self.int_of_text(expr.ty, &args[0], &args[1]),
            Builtin::FloatFromStr => {
                let text = self.text_before(&args[0], &[])?;
                self.at(expr.span);
                let symbol = match self.cx.program.types.is_complex(expr.ty) {
                    true => "mlc_rt_str_to_c128",
                    false => "mlc_rt_str_to_f64",
                };
                let number = self.types().flat(expr.ty)?[0];
                return Ok(self.stored_by_runtime(symbol, number, &[text]));
            }
            Builtin::StrConcat | Builtin::Str | Builtin::Repr | Builtin::Format => {
                return self.built_text(expr);
            }
            _ => return Err(Error::unsupported(expr.span, "this operation on texts")),
        };
        let texts = self.texts(args)?;
        self.at(expr.span);
        let payload = self.types().payload(expr.ty)?;
        Ok(self.new_by_runtime(symbol, payload, &texts))
    }

    /// `int(text, base)`, as an integer of the type.
    fn int_of_text(&mut self, ty: Ty, text: &'x Expr, base: &'x Expr) -> Result<Value<'c, 'm>> {
        let span = text.span;
        let text = self.text_before(text, std::slice::from_ref(base))?;
        let base = self.one(base)?;
        self.at(span);
        let Class::Int { bits, signed } = self.class(ty)? else {
            return Err(Error::Invalid("an integer of another type".into()));
        };
        let word = self.b.int_type(64);
        let [bits, signed] = [bits.into(), signed.into()].map(|number| self.b.int(number, word));
        let operands = [text, base, bits, signed];
        let number = self.stored_by_runtime("mlc_rt_str_to_int", word, &operands);
        self.convert(number, Ty::INT, ty)
    }

    /// What a look at two texts tells: a `Bool`, or a position.
    fn text_test(
        &mut self,
        expr: &Expr,
        op: Builtin,
        texts: &[Value<'c, 'm>],
    ) -> Result<Value<'c, 'm>> {
        let symbol = match op {
            Builtin::StrFind if texts.len() == 4 => "mlc_rt_str_find_in",
            Builtin::StrFind => "mlc_rt_str_find",
            Builtin::StrStartsWith => "mlc_rt_str_starts_with",
            Builtin::StrEndsWith => "mlc_rt_str_ends_with",
            _ => "mlc_rt_str_contains",
        };
        let ty = self.types().flat(expr.ty)?[0];
        Ok(self.call_runtime(symbol, texts, &[ty])[0])
    }

    /// The message of an exception, its arguments, or their number.
    pub fn exception_part(
        &mut self,
        expr: &'x Expr,
        op: Builtin,
        args: &'x [Expr],
    ) -> Result<Value<'c, 'm>> {
        let values = self.expr(&args[0])?;
        let text = self.borrow_box(values[1], false);
        let mut operands = vec![values[0], text];
        for index in &args[1..] {
            operands.push(self.one(index)?);
        }
        self.at(expr.span);
        Ok(match op {
            Builtin::ExceptionCount => {
                let long = self.b.int_type(64);
                self.call_runtime("mlc_rt_exception_count", &operands, &[long])[0]
            }
            Builtin::ExceptionArguments => self.new_text("mlc_rt_exception_arguments", &operands),
            Builtin::ExceptionArgument => self.new_text("mlc_rt_exception_argument", &operands),
            _ => self.new_text("mlc_rt_exception_message", &[text]),
        })
    }

    /// The runtime gives -1 where there is not just one character.
    fn ord(&mut self, expr: &'x Expr, text: &'x Expr) -> Result<Value<'c, 'm>> {
        let text = self.text(text)?;
        self.at(expr.span);
        let (long, status) = (self.b.int_type(64), self.b.int_type(32));
        let code = self.call_runtime("mlc_rt_str_ord", &[text], &[long])[0];
        let zero = self.b.int(0, long);
        let failed = self.compare_ints("slt", code, zero);
        let none = self.b.int(0, status);
        let kind = self.b.int(i64::from(ErrorKind::TypeError.code()), status);
        let status = self.b.value("arith.select", &[failed, kind, none], status);
        self.propagate_here(status);
        Ok(code)
    }

    pub fn compare_texts(
        &mut self,
        expr: &'x Expr,
        op: CompareOp,
        left: &'x Expr,
        right: &'x Expr,
    ) -> Result<Value<'c, 'm>> {
        let a = self.text_before(left, std::slice::from_ref(right))?;
        let b = self.text(right)?;
        self.at(expr.span);
        Ok(self.compare_two_texts(op, a, b))
    }

    /// Compares what two borrows of texts lead to.
    pub fn compare_two_texts(
        &mut self,
        op: CompareOp,
        a: Value<'c, 'm>,
        b: Value<'c, 'm>,
    ) -> Value<'c, 'm> {
        let bit = self.b.int_type(1);
        let (a, b) = (self.shared(a), self.shared(b));
        let predicate = match op {
            CompareOp::Eq => return self.call_runtime("mlc_rt_str_equal", &[a, b], &[bit])[0],
            CompareOp::Ne => {
                let equal = self.call_runtime("mlc_rt_str_equal", &[a, b], &[bit])[0];
                let one = self.b.bool(true);
                return self.b.value("arith.xori", &[equal, one], bit);
            }
            CompareOp::Lt => "slt",
            CompareOp::Le => "sle",
            CompareOp::Gt => "sgt",
            CompareOp::Ge => "sge",
        };
        let order = self.b.int_type(32);
        let order = self.call_runtime("mlc_rt_str_compare", &[a, b], &[order])[0];
        let zero = self.b.int(0, self.b.int_type(32));
        self.compare_ints(predicate, order, zero)
    }

    /// Raises an error with a message that is computed, unless the condition holds; the message is evaluated only then.
    pub fn raise_text_unless(
        &mut self,
        condition: Value<'c, 'm>,
        error: ErrorKind,
        message: &'x Expr,
    ) -> Result<()> {
        let place = self.b.loc;
        let raise = |lower: &mut Self| {
            let text = lower.text(message)?;
            lower.at(message.span);
            let kind = lower.b.int(i64::from(error.code()), lower.b.int_type(32));
            lower.raise_again(kind, text);
            Ok(())
        };
        if constant_integer(condition) == Some(0) {
            return raise(self);
        }
        let yes = self.b.bool(true);
        let fails = (self.b).value("arith.xori", &[condition, yes], self.b.int_type(1));
        self.when(fails, raise)?;
        self.b.loc = place;
        Ok(())
    }
}
