//! The HIR: the program after names are resolved, types are known, generics are instantiated, conventions are
//! inferred, compile time has been evaluated and sugar is gone.
//!
//! What a consumer may rely on, in a program that was checked without errors:
//!
//! - Every expression and place carries its type. No conversion is implicit: the operands of a binary operation have
//!   one type, an argument has the type of its parameter, a stored value that of its place. Signedness is in the type.
//! - Evaluation is left to right, each expression once. `and`, `or` and conditional expressions evaluate what they need.
//! - A value of an *owning* type ([`TypeTable::is_owning`]) is never read silently: a place is read by
//!   [`ExprKind::Move`], [`ExprKind::Copy`] or [`ExprKind::Borrow`]. [`ExprKind::Load`] reads the other types.
//!   An expression of owning type that is no `Borrow` (and no call that returns a borrow) produces a fresh value
//!   that its consumer owns.
//! - Loops run over integer ranges. `for x in xs`, `enumerate`, `zip`, `reversed` and comprehensions have been rewritten to them.
//! - There are no closures: a nested function is a [`Function`] whose captures are trailing parameters.
//! - The span of a node that may raise is where the run-time error is reported.

mod builtin;
mod expr;
mod place;
mod python;
mod quiet;
mod stmt;

use mlc_diagnostics::Span;
pub use mlc_exceptions::ErrorKind;

pub use builtin::{BinaryOp, Builtin, CompareOp, LogicalOp, MathFn, UnaryOp};
pub use expr::{Expr, ExprKind, Fill, MapInput};
pub use place::{Place, Projection, ProjectionKind, Root, Subscript};
pub use python::{PythonBinary, PythonOp};
pub use quiet::{is_quiet, may_change};
pub use stmt::{Axis, CollectInto, Handler, ParFor, Range, Reduction, Stmt, StmtKind};

pub use crate::signature::{FunctionKind, ParamKind};
pub use crate::types::{Dim, FloatKind, Ty, TyKind, TypeTable};

/// Index into [`Program::functions`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct FuncId(pub u32);

/// Index into [`Program::structs`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct StructId(pub u32);

/// Index into [`Program::globals`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct GlobalId(pub u32);

/// Index into [`Program::constants`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct ConstId(pub u32);

/// Index into [`Function::locals`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct LocalId(pub u32);

/// A whole checked program: one module with everything it imports, already instantiated.
#[derive(Clone, Debug, Default)]
pub struct Program {
    /// The name of the module that was compiled (the stem of its file).
    pub module: String,
    /// The docstring of the module.
    pub doc: Option<String>,
    pub types: TypeTable,
    pub structs: Vec<Struct>,
    pub globals: Vec<Global>,
    pub constants: Vec<Constant>,
    /// Every function to emit, exported or not. Generic functions appear once for each instantiation.
    pub functions: Vec<Function>,
    /// The top-level statements, in order, as a function without parameters; `None` if there are none. Run once before
    /// anything else of the module is called; under `mlc run` it is the program.
    pub init: Option<FuncId>,
    /// `--checks=overflow`: integer arithmetic raises where its result does not fit, but in functions that are `unchecked`.
    pub overflow: bool,
    /// The top-level variables of the module that a host which imports it sees, by their names there.
    pub variables: Vec<(String, GlobalId)>,
    /// Where a host imports the module: the `Bool` that is true once its top-level statements have run.
    pub ran: Option<GlobalId>,
    /// The `comptime` names of the module.
    pub named_constants: Vec<NamedConstant>,
}

/// A `comptime` name of the module and its value; without a type it takes that of its use.
#[derive(Clone, Debug)]
pub struct NamedConstant {
    pub name: String,
    pub ty: Option<Ty>,
    pub value: ConstValue,
}

/// A struct type. A value is its fields inline, in this order; it owns them.
#[derive(Clone, Debug)]
pub struct Struct {
    pub name: String,
    /// The dotted name of the module that defines it, where that is not the one that was compiled.
    pub home: Option<String>,
    pub ty: Ty,
    pub fields: Vec<Field>,
    /// Whether it holds values of its own type, in lists.
    pub recursive: bool,
    /// `__del__`: run when a value is destroyed; it takes `self` as `deinit`, and its end destroys the fields.
    pub destructor: Option<FuncId>,
    /// The methods that were instantiated, `__init__` and operators included.
    pub methods: Vec<FuncId>,
    pub doc: Option<String>,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub struct Field {
    pub name: String,
    pub ty: Ty,
    /// The default value, where it is known at compile time.
    pub default: Option<ConstValue>,
    pub span: Span,
}

/// A top-level variable. It lives as long as the module; [`Program::init`] gives it its value.
#[derive(Clone, Debug)]
pub struct Global {
    pub name: String,
    pub ty: Ty,
    pub span: Span,
}

/// Read-only data that was computed at compile time (a comptime list or array).
#[derive(Clone, Debug)]
pub struct Constant {
    pub name: String,
    pub ty: Ty,
    pub value: ConstValue,
    pub span: Span,
}

#[derive(Clone, PartialEq, Debug)]
pub enum ConstValue {
    None,
    Bool(bool),
    Int(i128),
    Float(f64),
    Complex(f64, f64),
    Str(Box<str>),
    /// The items of a tuple, list or struct, or the elements of an array in row-major order.
    Items(Vec<ConstValue>),
}

/// How a parameter is passed. Scalars and other implicitly copied types are `Borrowed` (that is: passed by value)
/// unless `Inout` or `Owned` is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Convention {
    /// The callee reads. The caller keeps the value.
    Borrowed,
    /// The callee reads and writes in place through an exclusive borrow.
    Inout,
    /// The callee becomes the owner: it destroys, stores or returns the value.
    Owned,
}

#[derive(Clone, Debug)]
pub struct Function {
    /// As written; a method is `Struct.method`, a nested function `outer.inner`.
    pub name: String,
    /// Unique in the program; equal to `name` for an exported function that is not generic.
    pub symbol: String,
    pub params: Vec<Param>,
    /// The type of the result; `Ty::NONE` for a function that returns nothing.
    pub result: Ty,
    /// `Some(p)`: the result is a borrow of part of parameter `p` and the caller must not outlive that argument.
    /// The `return` statements then carry a [`ExprKind::Borrow`]. `None`: the caller owns the result.
    pub result_borrows: Option<u32>,
    /// With `result_borrows`: the result is a part of an array without a header of its own (a slice, a row, another shape).
    pub result_view: bool,
    /// Parameters first, in order, then all other variables.
    pub locals: Vec<Local>,
    pub body: Vec<Stmt>,
    /// `Some(p)`: every path returns the whole of parameter `p`, which is changed in place and whose convention is not written.
    pub returns_param: Option<u32>,
    pub kind: FunctionKind,
    /// Whether a call may raise (conservatively, from the body and everything called; checks count unless `unchecked`).
    pub raises: bool,
    /// Whether it is visible from outside: C, Python, other languages.
    pub exported: bool,
    pub attributes: Attributes,
    pub doc: Option<String>,
    /// The name in the header of the definition.
    pub span: Span,
}

impl Function {
    /// Whether the parameter in this position takes a counted reference, to a text or an object of Python, as a borrow: it is passed
    /// by value in the language, but not to keep.
    pub fn borrows_counted(&self, position: usize, types: &TypeTable) -> bool {
        let Some(param) = self.params.get(position) else {
            return false;
        };
        let local = &self.locals[param.local.0 as usize];
        local.mode == Mode::Owner
            && param.convention == Convention::Borrowed
            && matches!(types.kind(local.ty), TyKind::Str | TyKind::PythonObject)
    }
}

/// Decorators that change how a function is compiled; they override the options of the whole compilation.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Attributes {
    /// `@strict`: source order, one rounding per operation.
    pub strict: bool,
    /// `@fast`: no NaN, no infinities, reassociation.
    pub fast: bool,
    /// `@unchecked`: no run-time checks.
    pub unchecked: bool,
}

#[derive(Clone, Debug)]
pub struct Param {
    /// The variable that holds it in the body.
    pub local: LocalId,
    pub convention: Convention,
    /// Whether the convention was written rather than inferred.
    pub written: bool,
    /// `deinit`, and `self` of a `__del__`: it ends here, field by field, without its `__del__`.
    pub deinit: bool,
    pub kind: ParamKind,
    /// For callers from outside; calls inside the program have it filled in.
    pub default: Option<crate::signature::Default>,
}

/// How a variable holds its value.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Mode {
    /// It is the value: a scalar or shared value, or the one owner of an owning one.
    Owner,
    /// A shared borrow of a place of another value: reads through it are [`ExprKind::Load`] or [`ExprKind::Borrow`]
    /// of a place rooted at this local.
    Ref,
    /// An exclusive borrow: as `Ref`, and a [`StmtKind::Store`] to a place rooted here writes the borrowed value.
    /// An `inout` parameter is one, of any type.
    Mut,
}

#[derive(Clone, Debug)]
pub struct Local {
    /// As written; names that the desugaring made start with `$`.
    pub name: String,
    pub ty: Ty,
    pub mode: Mode,
    /// Where it is first bound.
    pub span: Span,
}
