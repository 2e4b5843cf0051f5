//! One function: its signature, its variables, and what the lowering of its body carries along.

use melior::ir::{Type, TypeLike, Value, attribute::TypeAttribute, r#type::FunctionType};
use mlc_diagnostics::Span;
use mlc_dialects::own;
use mlc_mlir::rewrite::name_value;
use mlc_sema::hir::{self, LocalId, Mode, Reduction, Ty};

use crate::{
    Error, FpMode, builder::Builder, copies::Copies, env::Env, live::Targets, local_set::LocalSet,
    module::ModuleCx, place::Borrowed, types::Types, view::View, walk::Slots,
};

pub type Result<T> = std::result::Result<T, Error>;

/// What a variable is at a point of the program.
#[derive(Clone)]
pub enum Binding<'c, 'm> {
    /// Not bound on the way here.
    Unset,
    /// The value itself, flat.
    Values(Vec<Value<'c, 'm>>),
    /// A borrow of a place.
    Borrow(Borrowed<'c, 'm>),
}

/// The lowering of one function.
pub struct Lower<'x, 'c, 'm> {
    pub cx: &'x ModuleCx<'x, 'c, 'm>,
    pub function: &'x hir::Function,
    pub b: Builder<'c, 'm>,
    pub fp: FpMode,
    /// Whether run-time checks are emitted.
    pub checks: bool,
    pub env: Env<'c, 'm>,
    /// Whether integer arithmetic raises where its result does not fit.
    pub overflow: bool,
    /// Integer variables that are known not to be negative here.
    pub nonnegative: LocalSet,
    /// Those of them that are below some integer, as the index of a loop is below its end.
    pub counted: LocalSet,
    /// What may be read behind the current statement or in the rest of it.
    pub live: LocalSet,
    /// What is live where jumps of the current statement lead to.
    pub targets: Targets,
    /// Whether this is the body of a parallel loop.
    pub in_parallel: bool,
    /// The reductions of the innermost parallel loop around here.
    pub reductions: &'x [Reduction],
    /// The exclusive borrows of the lists that the innermost parallel loop collects into.
    pub collects: Vec<Value<'c, 'm>>,
    /// Variables that are accumulators of an iteration here, whatever they are outside.
    pub accumulators: LocalSet,
    /// Variables that lie in cells here: the binding is a borrow, whatever the mode says.
    pub cells: LocalSet,
    /// The exceptions that are being handled, the innermost last.
    pub handling: Vec<Vec<Value<'c, 'm>>>,
    /// Whether the value of a `return` is being evaluated.
    pub returning: bool,
    /// What the next loop visits the elements of.
    pub iterated: Vec<&'x hir::Place>,
    /// Cells that variables without memory of their own got for the call that is being made, and the variables.
    /// Functions that Python may call at the moment.
    pub callbacks: crate::python::Callbacks<'c, 'm>,
    pub spilled: Vec<(usize, Value<'c, 'm>)>,
    /// What is to be known of the copies that are made.
    pub copies: Copies,
    /// Copies of parts that the call that is being made may write to, and the parts.
    pub copied: Vec<(View<'c, 'm>, Value<'c, 'm>)>,
}

/// The types that a function takes and returns at stage `own`.
pub struct Signature<'c> {
    pub inputs: Vec<Type<'c>>,
    pub results: Vec<Type<'c>>,
}

/// The types of the results proper, without the status.
pub fn result_types<'c>(types: Types<'_, 'c>, function: &hir::Function) -> Result<Vec<Type<'c>>> {
    match function.result_borrows {
        None => types.flat(function.result),
        Some(param) => {
            let local = function.params[param as usize].local;
            let mutable = function.locals[local.0 as usize].mode == Mode::Mut;
            Ok(vec![match function.result_view {
                true => types.payload(function.result)?,
                false => types.borrow(function.result, mutable)?,
            }])
        }
    }
}

/// The types of a variable at the start of its life.
fn local_types<'c>(types: Types<'_, 'c>, local: &hir::Local) -> Result<Vec<Type<'c>>> {
    match local.mode {
        Mode::Owner => types.flat(local.ty),
        Mode::Ref => Ok(vec![types.borrow(local.ty, false)?]),
        Mode::Mut => Ok(vec![types.borrow(local.ty, true)?]),
    }
}

pub fn signature<'c>(types: Types<'_, 'c>, function: &hir::Function) -> Result<Signature<'c>> {
    let mut inputs = Vec::new();
    for (at, param) in function.params.iter().enumerate() {
        let local = &function.locals[param.local.0 as usize];
        if function.borrows_counted(at, &types.program.types) {
            inputs.push(types.borrow(local.ty, false)?);
        } else {
            inputs.extend(local_types(types, local)?);
        }
    }
    let mut results = Vec::new();
    if function.raises {
        results.push(melior::ir::r#type::IntegerType::new(types.context, 32).into());
    }
    results.extend(result_types(types, function)?);
    Ok(Signature { inputs, results })
}

/// Emits a function at the end of the module.
pub fn emit<'x, 'c, 'm>(cx: &'x ModuleCx<'x, 'c, 'm>, function: &'x hir::Function) -> Result<()> {
    let types = cx.types();
    let signature = signature(types, function).map_err(|error| error.at(function.span))?;
    let attributes = function.attributes;
    let fp = if attributes.strict {
        FpMode::Strict
    } else if attributes.fast {
        FpMode::Fast
    } else {
        cx.options.fp
    };
    let unchecked = cx.options.unchecked || attributes.unchecked;

    let mut b = cx.at_end(cx.location(function.span));
    let function_type = FunctionType::new(cx.context, &signature.inputs, &signature.results);
    let mut attrs = vec![
        ("sym_name", b.string(&function.symbol)),
        (
            "function_type",
            TypeAttribute::new(function_type.into()).into(),
        ),
        (
            "mlc.fp",
            b.string(match fp {
                FpMode::Strict => "strict",
                FpMode::Reassoc => "reassoc",
                FpMode::Fast => "fast",
            }),
        ),
    ];
    if function.exported {
        attrs.push(("mlc.export", b.unit()));
    } else {
        attrs.push(("sym_visibility", b.string("private")));
    }
    if function.raises {
        attrs.push(("mlc.raises", b.unit()));
    }
    if unchecked {
        attrs.push(("mlc.unchecked", b.unit()));
    }
    let op = b.structured("func.func", &[], &[], &attrs, 1);
    let mut arguments = b.enter(op, 0, &signature.inputs).into_iter();

    let slots = Slots::new(cx.program, function);
    let mut lower = Lower {
        cx,
        function,
        b,
        fp,
        checks: !unchecked,
        overflow: cx.program.overflow && !unchecked,
        env: Env::unset(slots.count()),
        nonnegative: LocalSet::default(),
        counted: LocalSet::default(),
        live: LocalSet::default(),
        targets: Targets::default(),
        reductions: &[],
        in_parallel: false,
        collects: Vec::new(),
        accumulators: LocalSet::default(),
        cells: LocalSet::default(),
        handling: Vec::new(),
        returning: false,
        iterated: Vec::new(),
        spilled: Vec::new(),
        callbacks: Default::default(),
        copied: Vec::new(),
        copies: Copies::Plain,
    };
    let mut assigned = LocalSet::default();
    slots.assigned(&function.body, &[], &mut assigned);
    for (at, param) in function.params.iter().enumerate() {
        let local = &function.locals[param.local.0 as usize];
        if function.borrows_counted(at, &types.program.types) {
            let text = arguments.next().expect("one argument for each input");
            let slot = param.local.0 as usize;
            lower.env[slot] = if assigned.contains(slot) {
                Binding::Values(lower.load(text, local.ty)?)
            } else {
                Binding::Borrow(Borrowed::Ref(text))
            };
            continue;
        }
        let count = local_types(types, local)?.len();
        let values: Vec<_> = arguments.by_ref().take(count).collect();
        for &value in &values {
            name_value(cx.context, value, &local.name);
        }
        let first = values.first().copied();
        lower.env[param.local.0 as usize] = match local.mode {
            Mode::Owner => Binding::Values(values),
            Mode::Ref | Mode::Mut => Binding::Borrow(Borrowed::Ref(values[0])),
        };
        if param.deinit
            && types.destructor(local.ty).is_some()
            && let Some(first) = first
        {
            let whole = lower.borrow_box(first, true);
            lower.b.op("own.disarm", &[whole], &[]);
        }
    }
    lower.body()
}

impl<'x, 'c, 'm> Lower<'x, 'c, 'm> {
    /// The lowering of statements of this function that were moved into one of their own.
    pub fn nested(&self, b: Builder<'c, 'm>) -> Lower<'x, 'c, 'm> {
        Lower {
            cx: self.cx,
            function: self.function,
            b,
            fp: self.fp,
            checks: self.checks,
            overflow: self.overflow,
            env: Env::unset(self.env.len()),
            nonnegative: self.nonnegative.clone(),
            counted: self.counted.clone(),
            live: self.live.clone(),
            targets: self.targets.clone(),
            reductions: self.reductions,
            in_parallel: self.in_parallel,
            collects: Vec::new(),
            accumulators: LocalSet::default(),
            cells: self.cells.clone(),
            handling: Vec::new(),
            returning: false,
            iterated: Vec::new(),
            spilled: Vec::new(),
            callbacks: Default::default(),
            copied: Vec::new(),
            copies: Copies::Plain,
        }
    }

    /// The word of the function's `mlc.fp`.
    pub fn fp_word(&self) -> &'static str {
        match self.fp {
            FpMode::Strict => "strict",
            FpMode::Reassoc => "reassoc",
            FpMode::Fast => "fast",
        }
    }

    pub fn types(&self) -> Types<'x, 'c> {
        self.cx.types()
    }

    pub fn slots(&self) -> Slots<'x> {
        Slots::new(self.cx.program, self.function)
    }

    /// From here on, operations come from this place in the source.
    pub fn at(&mut self, span: Span) {
        self.b.loc = self.cx.location(span);
    }

    pub fn local_ty(&self, local: LocalId) -> Ty {
        self.function.locals[local.0 as usize].ty
    }

    fn body(&mut self) -> Result<()> {
        let mut ret = LocalSet::default();
        ret.insert(self.slots().ret());
        self.targets.returns = ret.clone();
        let stmts: Vec<_> = self.function.body.iter().collect();
        self.stmts(&stmts, &ret)?;
        self.at(self.function.span);
        let mut results = Vec::new();
        if self.function.raises {
            results.push(self.b.int(0, self.b.int_type(32)));
        }
        let value = self.current(self.slots().ret())?;
        results.extend(value);
        self.b.op("func.return", &results, &[]);
        Ok(())
    }

    /// The types of a variable where it is handed from one region to another.
    pub fn slot_types(&self, slot: usize) -> Result<Vec<Type<'c>>> {
        if slot == self.slots().signal() {
            return Ok(vec![self.b.int_type(32)]);
        }
        if slot == self.slots().ret() {
            return result_types(self.types(), self.function);
        }
        let local = &self.function.locals[slot];
        if self.accumulators.contains(slot) {
            return self.types().flat(local.ty);
        }
        if let Binding::Borrow(Borrowed::View(_)) = &self.env[slot] {
            return Err(Error::unsupported(
                local.span,
                "a name for a part of an array that is bound again under a condition, in a loop or in a `try`",
            ));
        }
        local_types(self.types(), local)
    }

    /// The values of a variable, to be handed on; something of its type where it is not bound.
    pub fn current(&mut self, slot: usize) -> Result<Vec<Value<'c, 'm>>> {
        match &self.env[slot] {
            Binding::Values(values) => Ok(values.clone()),
            Binding::Borrow(Borrowed::Ref(value)) => Ok(vec![*value]),
            Binding::Borrow(Borrowed::View(_)) => Err(Error::unsupported(
                self.function.locals[slot].span,
                "a name for a part of an array that is bound again under a condition or in a loop",
            )),
            Binding::Unset => {
                if let Some(reduction) = self.reductions.iter().find(|reduction| {
                    reduction.local.0 as usize == slot && self.accumulators.contains(slot)
                }) {
                    return Ok(vec![self.identity(reduction)?]);
                }
                let types = self.slot_types(slot)?;
                Ok(types.into_iter().map(|ty| self.placeholder(ty)).collect())
            }
        }
    }

    /// A value that decides nothing. Scalars may still be computed with, where that is cheaper than a branch around it.
    pub fn placeholder(&self, ty: Type<'c>) -> Value<'c, 'm> {
        if own::is_box(ty) {
            self.b.value("own.new", &[], ty)
        } else if ty.is_index() || ty.is_integer() {
            self.b.int(0, ty)
        } else if ty.is_float() {
            self.b.float(0.0, ty)
        } else {
            self.b.value("ub.poison", &[], ty)
        }
    }

    /// Gives a variable the values that a region handed on.
    pub fn set_slot(&mut self, slot: usize, values: Vec<Value<'c, 'm>>) {
        self.nonnegative.remove(slot);
        self.counted.remove(slot);
        if self.cells.contains(slot)
            && let Binding::Borrow(Borrowed::Ref(target)) = self.env[slot]
        {
            let ty = self.function.locals[slot].ty;
            if self.put(target, ty, &values).is_ok() {
                return;
            }
        }
        let borrows = slot < self.function.locals.len()
            && self.function.locals[slot].mode != Mode::Owner
            && !self.accumulators.contains(slot);
        self.env[slot] = if borrows {
            Binding::Borrow(Borrowed::Ref(values[0]))
        } else {
            Binding::Values(values)
        };
    }
}
