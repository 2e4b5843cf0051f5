//! A whole module: its functions, and what they share (texts, globals, functions of the runtime).

use std::{
    cell::{OnceCell, RefCell},
    collections::HashMap,
};

use melior::{
    Context,
    ir::{
        Attribute, BlockRef, Location, Module, Type, Value,
        attribute::TypeAttribute,
        operation::OperationLike,
        r#type::{FunctionType, IntegerType},
    },
};
use mlc_diagnostics::{SourceMap, Span};
use mlc_sema::{
    global_use::{self, GlobalUse},
    hir::{FuncId, Program},
};

use crate::{
    Error, Options, asked::asked_at, builder::Builder, function, global, loc, types::Types,
};

/// What the lowering of every function of a module shares.
pub struct ModuleCx<'x, 'c, 'm> {
    pub context: &'c Context,
    pub program: &'x Program,
    pub sources: &'x SourceMap,
    pub options: Options,
    /// Whether any struct has a destructor.
    pub destructors: bool,
    body: BlockRef<'c, 'm>,
    /// The symbols that have been declared or made on demand.
    symbols: RefCell<HashMap<String, ()>>,
    /// The symbols of constant texts.
    pub texts: RefCell<HashMap<String, String>>,
    /// The numbers of the values of type `String` that are written out.
    literals: RefCell<HashMap<String, usize>>,
    /// What functions do with top-level variables, once somebody asks.
    global_use: OnceCell<Vec<GlobalUse>>,
}

pub fn generate<'c>(
    context: &'c Context,
    program: &Program,
    sources: &SourceMap,
    options: Options,
) -> Result<Module<'c>, Error> {
    let module = Module::new(Location::unknown(context));
    {
        let cx = ModuleCx {
            context,
            program,
            sources,
            options,
            destructors: (program.structs.iter()).any(|item| item.destructor.is_some()),
            body: module.body(),
            symbols: RefCell::default(),
            texts: RefCell::default(),
            literals: RefCell::default(),
            global_use: OnceCell::new(),
        };
        for function in &program.functions {
            function::emit(&cx, function).map_err(|error| error.at(asked_at(program, function)))?;
        }
        global::destroy_globals(&cx)?;
    }
    if !module.as_operation().verify() {
        return Err(Error::Invalid(format!(
            "the IR that was made for `{}` is not valid",
            program.module
        )));
    }
    Ok(module)
}

impl<'x, 'c, 'm> ModuleCx<'x, 'c, 'm> {
    /// What a function, and what it calls, does with top-level variables.
    pub fn global_use(&self, FuncId(position): FuncId) -> &GlobalUse {
        let all = || global_use::of_program(self.program);
        &self.global_use.get_or_init(all)[position as usize]
    }

    pub fn types(&self) -> Types<'x, 'c> {
        Types {
            context: self.context,
            program: self.program,
        }
    }

    pub fn location(&self, span: Span) -> Location<'c> {
        loc::location(self.context, self.sources, span)
    }

    /// A builder at the end of the module.
    pub fn at_end(&self, loc: Location<'c>) -> Builder<'c, 'm> {
        Builder {
            context: self.context,
            block: self.body,
            loc,
        }
    }

    /// Whether a symbol is asked for the first time.
    pub fn is_new(&self, symbol: &str) -> bool {
        self.symbols
            .borrow_mut()
            .insert(symbol.to_owned(), ())
            .is_none()
    }

    /// A `func.func` whose body is still to be made; none if it was made before.
    pub fn helper(
        &self,
        symbol: &str,
        inputs: &[Type<'c>],
        results: &[Type<'c>],
    ) -> Option<Builder<'c, 'm>> {
        if !self.is_new(symbol) {
            return None;
        }
        let mut b = self.at_end(Location::unknown(self.context));
        let op = b.structured(
            "func.func",
            &[],
            &[],
            &[
                ("sym_name", b.string(symbol)),
                ("sym_visibility", b.string("private")),
                ("function_type", self.function_type(inputs, results)),
            ],
            1,
        );
        b.enter(op, 0, inputs);
        Some(b)
    }

    /// A symbol that nothing has yet.
    pub fn fresh_symbol(&self, stem: &str) -> String {
        let mut number = 0;
        loop {
            let symbol = format!("{stem}.{number}");
            if self.is_new(&symbol) {
                return symbol;
            }
            number += 1;
        }
    }

    /// A private function that returns a status and nothing else: a builder in it, and its arguments. It is called at one
    /// place: checks look at it as a part of its caller.
    pub fn outlined(
        &self,
        symbol: &str,
        inputs: &[Type<'c>],
        outputs: &[Type<'c>],
        fp: &str,
        loc: Location<'c>,
    ) -> (Builder<'c, 'm>, Vec<Value<'c, 'm>>) {
        self.with_status(symbol, (inputs, outputs), fp, loc, &["mlc.outlined"])
    }

    /// A private function that returns a status, and whose address is taken.
    pub fn entry(
        &self,
        symbol: &str,
        inputs: &[Type<'c>],
        fp: &str,
        loc: Location<'c>,
    ) -> (Builder<'c, 'm>, Vec<Value<'c, 'm>>) {
        self.with_status(
            symbol,
            (inputs, &[self.at_end(loc).int_type(32)]),
            fp,
            loc,
            &[],
        )
    }

    fn with_status(
        &self,
        symbol: &str,
        (inputs, outputs): (&[Type<'c>], &[Type<'c>]),
        fp: &str,
        loc: Location<'c>,
        marks: &[&str],
    ) -> (Builder<'c, 'm>, Vec<Value<'c, 'm>>) {
        let mut b = self.at_end(loc);
        let mut attrs = vec![
            ("sym_name", b.string(symbol)),
            ("sym_visibility", b.string("private")),
            ("function_type", self.function_type(inputs, outputs)),
            ("mlc.fp", b.string(fp)),
            ("mlc.raises", b.unit()),
        ];
        attrs.extend(marks.iter().map(|&mark| (mark, b.unit())));
        let op = b.structured("func.func", &[], &[], &attrs, 1);
        let arguments = b.enter(op, 0, inputs);
        (b, arguments)
    }

    /// Declares a function of the runtime or of the C library.
    pub fn declare(&self, symbol: &str, inputs: &[Type<'c>], results: &[Type<'c>]) {
        if !self.is_new(symbol) {
            return;
        }
        // In C a `bool` fills its register.
        let attributes: Vec<_> = inputs
            .iter()
            .map(|&input| {
                if input == self.bit() {
                    "{llvm.zeroext}"
                } else {
                    "{}"
                }
            })
            .collect();
        let b = self.at_end(Location::unknown(self.context));
        let mut of_function = vec![
            ("sym_name", b.string(symbol)),
            ("sym_visibility", b.string("private")),
            ("function_type", self.function_type(inputs, results)),
            (
                "arg_attrs",
                self.parsed(&format!("[{}]", attributes.join(", "))),
            ),
        ];
        if runs_python(symbol) {
            of_function.push(("own.calls_back", b.unit()));
        }
        b.structured("func.func", &[], &[], &of_function, 1);
    }

    fn bit(&self) -> Type<'c> {
        IntegerType::new(self.context, 1).into()
    }

    pub fn function_type(&self, inputs: &[Type<'c>], results: &[Type<'c>]) -> Attribute<'c> {
        TypeAttribute::new(FunctionType::new(self.context, inputs, results).into()).into()
    }

    /// A constant text; its symbol. The text is not ended by a zero.
    pub fn text(&self, text: &str) -> String {
        if let Some(symbol) = self.texts.borrow().get(text) {
            return symbol.clone();
        }
        let symbol = format!("mlc.text.{}", self.texts.borrow().len());
        self.texts
            .borrow_mut()
            .insert(text.to_owned(), symbol.clone());
        let b = self.at_end(Location::unknown(self.context));
        let ty = self.parsed_type(&format!("!llvm.array<{} x i8>", text.len()));
        b.structured(
            "llvm.mlir.global",
            &[],
            &[],
            &[
                ("sym_name", b.string(&symbol)),
                ("global_type", TypeAttribute::new(ty).into()),
                ("linkage", self.parsed("#llvm.linkage<internal>")),
                ("constant", b.unit()),
                ("unnamed_addr", self.parsed("0 : i64")),
                ("value", b.string(text)),
            ],
            1,
        );
        symbol
    }

    /// The number of a literal, and whether it is asked for the first time.
    pub fn literal_number(&self, text: &str) -> (usize, bool) {
        let mut literals = self.literals.borrow_mut();
        let next = literals.len();
        match literals.get(text) {
            Some(&number) => (number, false),
            None => {
                literals.insert(text.to_owned(), next);
                (next, true)
            }
        }
    }

    /// An attribute from its text, which is ours and right.
    pub fn parsed(&self, text: &str) -> Attribute<'c> {
        Attribute::parse(self.context, text).unwrap_or_else(|| panic!("`{text}` is an attribute"))
    }

    /// A type from its text, which is ours and right.
    pub fn parsed_type(&self, text: &str) -> Type<'c> {
        Type::parse(self.context, text).unwrap_or_else(|| panic!("`{text}` is a type"))
    }
}

/// Whether a function of the runtime may run code of Python, which may call what it was given to keep.
fn runs_python(symbol: &str) -> bool {
    (symbol.strip_prefix("mlc_rt_py_")).is_some_and(|name| !RUN_NOTHING.contains(&name))
}

/// Functions of the runtime that only make objects, or hand them on.
const RUN_NOTHING: [&str; 7] = [
    "callback",
    "callback_place",
    "callback_uses",
    "from",
    "is",
    "lend",
    "tuple",
];
