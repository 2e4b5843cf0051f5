//! Functions of the program as objects that Python calls.
//!
//! ```text
//! o.apply(f)     # f captures %scale : f64 and %xs : !own.mut<…>
//!
//! %env   = own.new : !own.box<!own.struct<"Captures", [f64, i64]>>       the number, the address of the list
//! %entry = func.constant @f.entry
//! mlc_rt_py_callback_uses(%global, 24, true, true)          // for each top-level variable that the function uses
//! mlc_rt_py_callback(%object, %guard, %entry, %env, "f|x"); mlc_rt_py_callback_place(%arguments, 0, %object)
//! mlc_rt_py_call(%result, %o.apply, %arguments, "")
//! own.keep %guard; own.keep %env; own.keep %xs                            at the end of the outermost operation
//!
//! func.func private @f.entry(%env : !llvm.ptr, %arguments : !llvm.ptr, %result : !llvm.ptr) -> i32
//! ```

use melior::ir::{BlockRef, Type, Value, ValueLike};
use mlc_dialects::own;
use mlc_sema::hir::{Expr, ExprKind, Function, GlobalId, Place, Root};

use crate::{
    Error,
    function::{Lower, Result, signature},
    view::View,
};

/// What a function captures, which it finds there until the guard ends.
struct Environment<'c, 'm> {
    block: BlockRef<'c, 'm>,
    cell: Value<'c, 'm>,
    guard: Value<'c, 'm>,
    borrows: Vec<Value<'c, 'm>>,
    /// The variables that are captured, and whether they are written.
    slots: Vec<(usize, bool)>,
    spilled: Vec<(usize, Value<'c, 'm>)>,
    copied: Vec<(View<'c, 'm>, Value<'c, 'm>)>,
}

/// Functions that Python may still call: until the end of the outermost operation on objects around them.
#[derive(Default)]
pub struct Callbacks<'c, 'm> {
    /// Where the operations stand that are being lowered, the innermost last.
    operations: Vec<BlockRef<'c, 'm>>,
    held: Vec<Environment<'c, 'm>>,
}

impl<'x, 'c, 'm> Lower<'x, 'c, 'm> {
    pub(super) fn enter_operation(&mut self) {
        self.callbacks.operations.push(self.b.block);
    }

    /// The end of an operation: what is held longer is left to the one around it, if that is no branch outside.
    pub(super) fn leave_operation(&mut self) -> Result<()> {
        let block = self.callbacks.operations.pop();
        if block == self.callbacks.operations.last().copied() {
            return Ok(());
        }
        let held = std::mem::take(&mut self.callbacks.held);
        let (ended, held) = (held.into_iter()).partition(|held| Some(held.block) == block);
        self.callbacks.held = held;
        let ended: Vec<Environment> = ended;
        for environment in &ended {
            self.written_back(environment)?;
        }
        for environment in ended.into_iter().rev() {
            let cells = [environment.guard, environment.cell];
            let cells = cells.map(|cell| self.borrow_box(cell, false));
            for borrow in cells.into_iter().chain(environment.borrows) {
                let alive = [("alive", self.b.unit())];
                self.b.op("own.keep", &[borrow], &alive);
            }
        }
        Ok(())
    }

    /// What a function wrote to variables that have no memory of their own comes back.
    fn written_back(&mut self, environment: &Environment<'c, 'm>) -> Result<()> {
        for &(slot, borrow) in &environment.spilled {
            let ty = self.function.locals[slot].ty;
            let values = self.load(borrow, ty)?;
            self.set_slot(slot, values);
        }
        for (view, copy) in &environment.copied {
            self.copy_from_borrow(view, *copy)?;
        }
        Ok(())
    }

    /// A call of an object of Python with functions of the program among its arguments.
    pub(super) fn call_with_callbacks(
        &mut self,
        expr: &'x Expr,
        args: &'x [Expr],
    ) -> Result<Value<'c, 'm>> {
        let (plain, callbacks) = args.split_at(3);
        let mut operands = self.python_operands(expr, &plain[..1])?;
        let list = self.one(&plain[1])?;
        operands.push(self.borrow_box(list, false));
        operands.extend(self.python_operands(expr, &plain[2..])?);
        let held = self.callbacks.held.len();
        for pair in callbacks.chunks_exact(2) {
            let ExprKind::Str(text) = &pair[0].kind else {
                return Err(Error::Invalid("a callback without a description".into()));
            };
            let (at, description) = text.split_once('|').unwrap_or(("0", text));
            let object = self.callback(expr, description, &pair[1])?;
            let target = self.borrow_box(list, true);
            let at = self.b.int(at.parse().unwrap_or(0), self.b.int_type(64));
            let placed = self.borrow_box(object, false);
            self.call_runtime("mlc_rt_py_callback_place", &[target, at, placed], &[]);
        }
        self.at(expr.span);
        let result = self.new_object("mlc_rt_py_call", &operands);
        let held = self.callbacks.held.split_off(held);
        for environment in &held {
            self.written_back(environment)?;
        }
        self.callbacks.held.extend(held);
        Ok(result)
    }

    /// The object for a function that captures nothing.
    pub(super) fn lasting_callback(
        &mut self,
        expr: &'x Expr,
        args: &'x [Expr],
    ) -> Result<Value<'c, 'm>> {
        let ExprKind::Str(description) = &args[0].kind else {
            return Err(Error::Invalid("a callback without a description".into()));
        };
        self.callback(expr, description, &args[1])
    }

    /// The object for a function; what it captures is held.
    fn callback(
        &mut self,
        expr: &'x Expr,
        description: &str,
        call: &'x Expr,
    ) -> Result<Value<'c, 'm>> {
        let ExprKind::Call { callee, args } = &call.kind else {
            return Err(Error::Invalid("a callback that calls nothing".into()));
        };
        let uses = self.cx.global_use(*callee);
        let callee = &self.cx.program.functions[callee.0 as usize];
        let signature = signature(self.types(), callee)?;
        let slots = captured_slots(&args[1..]);
        self.check_slots(&slots, call)?;
        let spilled = std::mem::take(&mut self.spilled);
        let copied = std::mem::take(&mut self.copied);
        let captured = self.evaluated(&args[1..], |at| {
            callee.borrows_counted(at + 1, &self.cx.program.types)
        })?;
        let spilled = std::mem::replace(&mut self.spilled, spilled);
        let copied = std::mem::replace(&mut self.copied, copied);
        let mut captured: Vec<_> = captured.into_iter().flatten().collect();
        self.at(expr.span);
        for (value, &wanted) in captured.iter_mut().zip(&signature.inputs[1..]) {
            if value.r#type() != wanted {
                *value = self
                    .b
                    .value("builtin.unrealized_conversion_cast", &[*value], wanted);
            }
        }
        let mut fields = Vec::with_capacity(captured.len());
        for value in &captured {
            if own::is_box(value.r#type()) {
                let what = "a function for Python that takes over what it captures";
                return Err(Error::unsupported(call.span, what));
            }
            fields.push(self.field_for(value.r#type()));
        }
        let payload = own::struct_type(self.cx.context, "Captures", &fields, None);
        let entry = self.entry(callee, &signature.inputs, payload)?;
        // Two calls of a function that writes to what it captures must not run at once.
        let is_mut = |ty: &Type<'c>| own::kind(*ty) == own::Kind::Mut;
        let mark = if signature.inputs[1..].iter().any(is_mut) {
            "!"
        } else {
            ""
        };
        let description = self.text_literal(&format!("{mark}{description}"));
        // Threads of Python that call it wait for other calls that use the same.
        for &id in &uses.used {
            let (address, size) = self.global_place(GlobalId(id))?;
            let long = self.b.int_type(64);
            let size = self.b.int(size as i64, long);
            let changes = self.b.bool(uses.changed.contains(&id));
            let moves = self.b.bool(uses.relocated.contains(&id));
            let operands = [address, size, changes, moves];
            self.call_runtime("mlc_rt_py_callback_uses", &operands, &[]);
        }
        if captured.is_empty() {
            let pointer = self.cx.parsed_type("!llvm.ptr");
            let nowhere = self.b.value("llvm.mlir.zero", &[], pointer);
            let operands = [nowhere, entry, nowhere, description];
            return Ok(self.new_object("mlc_rt_py_callback", &operands));
        }
        let cell = self.b.value("own.new", &[], own::box_type(payload));
        for (at, &value) in captured.iter().enumerate() {
            let target = self.borrow_box(cell, true);
            let field = self.field(target, at, true);
            let value = match own::payload(value.r#type()) {
                Some(_) => self.number_of(value),
                None => value,
            };
            self.b.op("own.store", &[value, field], &[]);
        }
        let place = self.borrow_box(cell, true);
        let place = self.address(place);
        let object = own::object_type(self.cx.context);
        let guard = self.b.value("own.new", &[], own::box_type(object));
        let target = self.borrow_box(guard, true);
        let target = self.address(target);
        let operands = [target, entry, place, description];
        let object = self.new_object("mlc_rt_py_callback", &operands);
        let borrows = (captured.into_iter())
            .filter(|value| own::payload(value.r#type()).is_some())
            .collect();
        self.callbacks.held.push(Environment {
            block: self.b.block,
            cell,
            guard,
            borrows,
            slots,
            spilled,
            copied,
        });
        Ok(object)
    }

    /// A variable of no memory of its own is another one in each function: what one writes another would not see.
    fn check_slots(&self, slots: &[(usize, bool)], call: &Expr) -> Result<()> {
        let others = self.callbacks.held.iter().flat_map(|held| &held.slots);
        for (slot, writes) in others {
            if (slots.iter()).any(|(other, also)| other == slot && (*writes || *also)) {
                let name = &self.function.locals[*slot].name;
                let what = format!(
                    "`{name}`, which one function for Python writes and another uses in the same expression,"
                );
                return Err(Error::unsupported(call.span, &what));
            }
        }
        Ok(())
    }

    /// How a captured value lies in the environment: a borrow as its address.
    fn field_for(&self, ty: Type<'c>) -> Type<'c> {
        match own::payload(ty) {
            Some(_) => self.b.int_type(64),
            None => ty,
        }
    }

    fn number_of(&mut self, borrow: Value<'c, 'm>) -> Value<'c, 'm> {
        let address = self.address(borrow);
        let long = self.b.int_type(64);
        self.b.value("llvm.ptrtoint", &[address], long)
    }

    /// The address of the function that the runtime calls: with what is captured, the list of arguments, and where the result goes.
    fn entry(
        &mut self,
        callee: &'x Function,
        inputs: &[Type<'c>],
        payload: Type<'c>,
    ) -> Result<Value<'c, 'm>> {
        let pointer = self.cx.parsed_type("!llvm.ptr");
        let word = self.b.int_type(32);
        let symbol = self.cx.fresh_symbol(&format!("{}.entry", callee.symbol));
        let (b, arguments) = self
            .cx
            .entry(&symbol, &[pointer; 3], self.fp_word(), self.b.loc);
        let mut inner = self.nested(b);
        inner.at(callee.span);
        let cast = |inner: &Self, value, ty| {
            inner
                .b
                .value("builtin.unrealized_conversion_cast", &[value], ty)
        };
        let mut operands = vec![cast(&inner, arguments[1], inputs[0])];
        if inputs.len() > 1 {
            let environment = cast(&inner, arguments[0], own::ref_type(payload));
            for (at, &input) in inputs[1..].iter().enumerate() {
                let field = inner.field(environment, at, false);
                let value = inner.b.value("own.load", &[field], inner.field_for(input));
                operands.push(match own::payload(input) {
                    Some(_) => {
                        let address = inner.b.value("llvm.inttoptr", &[value], pointer);
                        cast(&inner, address, input)
                    }
                    None => value,
                });
            }
        }
        let attrs = [("callee", inner.b.symbol(&callee.symbol))];
        let object = own::object_type(self.cx.context);
        let mut results = vec![own::box_type(object)];
        if callee.raises {
            results.insert(0, word);
        }
        let mut results = inner.b.results("func.call", &operands, &results, &attrs);
        if callee.raises {
            let status = results.remove(0);
            inner.b.op("own.propagate", &[status], &[]);
        }
        let target = cast(&inner, arguments[2], own::mut_type(object));
        inner.b.op("own.put", &[results[0], target], &[]);
        let fine = inner.b.int(0, word);
        inner.b.op("func.return", &[fine], &[]);
        let ty = melior::ir::r#type::FunctionType::new(self.cx.context, &[pointer; 3], &[word]);
        let attrs = [("value", self.b.symbol(&symbol))];
        let function = self.b.value_with("func.constant", &[], ty.into(), &attrs);
        Ok(self
            .b
            .value("builtin.unrealized_conversion_cast", &[function], pointer))
    }
}

/// The variables that arguments are, and whether they are written.
fn captured_slots(args: &[Expr]) -> Vec<(usize, bool)> {
    let slot = |place: &Place, writes| match place.root {
        Root::Local(local) => Some((local.0 as usize, writes)),
        _ => None,
    };
    (args.iter())
        .filter_map(|arg| match &arg.kind {
            ExprKind::Borrow { place, mutable } => slot(place, *mutable),
            ExprKind::Load(place) => slot(place, false),
            _ => None,
        })
        .collect()
}
