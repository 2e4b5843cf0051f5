//! What a module offers to others, as data: for the C header, the Python layer and `mlc check --signatures`.

use std::fmt::Write as _;

use mlc_diagnostics::Span;

use crate::hir::{ConstValue, Convention, FuncId, Function, Program, StructId, Ty, TypeTable};

/// How a parameter may be given.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum ParamKind {
    /// In front of `/`.
    PositionalOnly,
    #[default]
    Plain,
    /// `*args`
    VarPositional,
    /// Behind `*` or `*args`.
    KeywordOnly,
    /// `**kwargs`
    VarKeyword,
}

/// What a function is to those who call it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum FunctionKind {
    Function,
    /// The first parameter is `self`.
    Method,
    StaticMethod,
    /// `__init__`: without `self`; the result is the new value.
    Constructor,
    /// A method without further parameters that is read like a field.
    Property,
    /// What writes a property: a method with one more parameter.
    Setter,
}

/// Everything that a module exports.
#[derive(Clone, Debug)]
pub struct ModuleSignature {
    pub name: String,
    pub doc: Option<String>,
    /// Functions, then methods, each in the order of the text.
    pub functions: Vec<FunctionSignature>,
    pub structs: Vec<StructSignature>,
}

#[derive(Clone, Debug)]
pub struct FunctionSignature {
    /// The name by which it is called: that of a method is without its struct.
    pub name: String,
    /// The symbol in compiled code.
    pub symbol: String,
    pub func: FuncId,
    pub kind: FunctionKind,
    /// The struct that it is a method of.
    pub owner: Option<StructId>,
    pub params: Vec<ParamSignature>,
    pub result: Ty,
    /// The parameter of which the result is a part, lent for as long as that argument lives.
    pub result_borrows: Option<u32>,
    /// `Some(p)`: the function returns the whole of parameter `p`, which it changes in place, on every path, and no
    /// convention is written: to a Python caller it is the object that was passed.
    pub returns_param: Option<u32>,
    pub raises: bool,
    pub doc: Option<String>,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub struct ParamSignature {
    pub name: String,
    pub ty: Ty,
    pub convention: Convention,
    /// Whether the convention was written rather than inferred.
    pub written: bool,
    pub kind: ParamKind,
    pub default: Option<Default>,
}

/// The default value of a parameter.
#[derive(Clone, PartialEq, Debug)]
pub enum Default {
    Value(ConstValue),
    /// One that is computed at each call; a caller from outside has to give the argument.
    Computed,
}

#[derive(Clone, Debug)]
pub struct StructSignature {
    pub name: String,
    pub id: StructId,
    pub ty: Ty,
    pub fields: Vec<FieldSignature>,
    pub doc: Option<String>,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub struct FieldSignature {
    pub name: String,
    pub ty: Ty,
}

/// The exported functions and structs of a program.
pub fn of_program(program: &Program) -> ModuleSignature {
    let mut functions = Vec::new();
    for (position, function) in program.functions.iter().enumerate() {
        let func = FuncId(position as u32);
        if function.exported && program.init != Some(func) {
            functions.push(of_function(program, func, function));
        }
    }
    let structs = program
        .structs
        .iter()
        .enumerate()
        .map(|(position, item)| StructSignature {
            name: item.name.clone(),
            id: StructId(position as u32),
            ty: item.ty,
            fields: (item.fields.iter())
                .map(|field| FieldSignature {
                    name: field.name.clone(),
                    ty: field.ty,
                })
                .collect(),
            doc: item.doc.clone(),
            span: item.span,
        });
    ModuleSignature {
        name: program.module.clone(),
        doc: program.doc.clone(),
        structs: structs.collect(),
        functions,
    }
}

/// The signatures of the instances of generic functions that the main module calls, in the order of the first call.
pub fn of_instances(program: &Program) -> Vec<FunctionSignature> {
    let main = program.functions.iter().find(|function| function.exported);
    let file = main.map(|function| function.span.file);
    (program.functions.iter().enumerate())
        .filter(|(_, function)| {
            !function.exported && function.symbol.contains('[') && Some(function.span.file) == file
        })
        .map(|(at, function)| of_function(program, FuncId(at as u32), function))
        .collect()
}

/// The signature of one function of a program, exported or not.
pub fn of_function(program: &Program, func: FuncId, function: &Function) -> FunctionSignature {
    let owner = program
        .structs
        .iter()
        .position(|item| item.methods.contains(&func));
    let name = match owner {
        Some(_) => function.name.rsplit('.').next().unwrap_or(&function.name),
        None => &function.name,
    };
    let params = function.params.iter().map(|param| {
        let local = &function.locals[param.local.0 as usize];
        ParamSignature {
            name: local.name.clone(),
            ty: local.ty,
            convention: param.convention,
            written: param.written,
            kind: param.kind,
            default: param.default.clone(),
        }
    });
    FunctionSignature {
        name: name.to_owned(),
        symbol: function.symbol.clone(),
        func,
        kind: function.kind,
        owner: owner.map(|position| StructId(position as u32)),
        params: params.collect(),
        result: function.result,
        result_borrows: function.result_borrows,
        returns_param: function.returns_param,
        raises: function.raises,
        doc: function.doc.clone(),
        span: function.span,
    }
}

impl FunctionSignature {
    /// The full signature as `mlc check --signatures` prints it, with everything that was inferred:
    ///
    /// `fn Struct.name[arguments](convention name: type = default, …) raises -> type`
    ///
    /// Behind the result stands `borrowed from a`, where it is a part of the parameter `a`. A convention is written where the value owns
    /// memory, `raises` where a call may raise, the result unless it is `None`. In brackets are the argument types of one instance of a
    /// generic function. `/` and `*` stand as in the source; what
    /// `*args` without a type and a function that is passed bring along are parameters `args.0`, `f.captured`.
    pub fn render(&self, program: &Program) -> String {
        let mut text = String::from("fn ");
        if let Some(owner) = self.owner {
            let _ = write!(text, "{}.", program.structs[owner.0 as usize].name);
        }
        let instance = self.symbol.find('[').map_or("", |at| &self.symbol[at..]);
        let instance = if self.owner.is_some() { "" } else { instance };
        let _ = write!(text, "{}{instance}(", self.name);
        let mut before: Option<ParamKind> = None;
        for (position, param) in self.params.iter().enumerate() {
            if position > 0 {
                text.push_str(", ");
            }
            match (before, param.kind) {
                (Some(ParamKind::PositionalOnly), kind) if kind != ParamKind::PositionalOnly => {
                    text.push_str("/, ")
                }
                _ => {}
            }
            let starred = matches!(
                before,
                Some(ParamKind::KeywordOnly | ParamKind::VarPositional)
            );
            if param.kind == ParamKind::KeywordOnly && !starred {
                text.push_str("*, ");
            }
            self.write_param(param, &program.types, &mut text);
            before = Some(param.kind);
        }
        if before == Some(ParamKind::PositionalOnly) {
            text.push_str(", /");
        }
        text.push(')');
        if self.raises {
            text.push_str(" raises");
        }
        if self.result != Ty::NONE {
            let _ = write!(text, " -> {}", program.types.name(self.result));
        }
        if let Some(lent) = self.lent(program) {
            let _ = write!(text, " borrowed from {lent}");
        }
        text
    }

    /// The parameter of which the result is a part.
    fn lent<'p>(&'p self, program: &'p Program) -> Option<&'p str> {
        let views = || {
            let symbol = format!("{}$view", self.symbol);
            (program.functions.iter()).find(|function| function.symbol == symbol)
        };
        let lends = self.result_borrows.or_else(|| views()?.result_borrows)?;
        Some(&self.params.get(lends as usize)?.name)
    }

    fn write_param(&self, param: &ParamSignature, types: &TypeTable, text: &mut String) {
        let convention = match param.convention {
            Convention::Borrowed if types.is_owning(param.ty) => "borrowed ",
            Convention::Borrowed => "",
            Convention::Inout => "inout ",
            Convention::Owned => "owned ",
        };
        let stars = match param.kind {
            ParamKind::VarPositional => "*",
            ParamKind::VarKeyword => "**",
            _ => "",
        };
        // `*xs` says the type of each.
        let ty = match (param.kind, types.kind(param.ty)) {
            (ParamKind::VarPositional, crate::types::TyKind::List(elem)) => *elem,
            _ => param.ty,
        };
        let _ = write!(
            text,
            "{convention}{stars}{}: {}",
            param.name.trim_start_matches('$'),
            types.name(ty)
        );
        match &param.default {
            Some(Default::Value(value)) => {
                let _ = write!(text, " = {}", crate::hir_dump::constant_text(value));
            }
            Some(Default::Computed) => text.push_str(" = …"),
            None => {}
        }
    }
}
