//! From a checked program to the description that its callers read.

use mlc_interface::{
    Access, Constant, Default, Field, Function, FunctionKind, GlobalUse, Interface, Param,
    ParamKind, Passing, Struct, Type, VERSION, Value, Variable, Work,
};
use mlc_sema::global_use;
use mlc_sema::hir::{
    self, ConstValue, Convention, Dim, FloatKind, FuncId, Mode, Program, Ty, TyKind,
};
use mlc_sema::signature::{self, FunctionSignature, ParamSignature};
use mlc_sema::work::{self, WorkOf};

/// What `program` exports, but for what is generic.
pub(crate) fn describe(program: &Program) -> Interface {
    let module = signature::of_program(program);
    let mut work = WorkOf::new(program);
    let global_use = global_use::of_program(program);
    let init = program.init.map(|id| {
        let code = &program.functions[id.0 as usize];
        let signature = signature::of_function(program, id, code);
        let work = match work.function(id) {
            work::Work::Python => Work::Python,
            _ => Work::Unknown,
        };
        function(program, &signature, work, &global_use)
    });
    let structs = (0..).zip(&program.structs).map(|(position, item)| Struct {
        name: item.name.clone(),
        home: item.home.clone(),
        symbol: mlc_irgen::class_symbol(program, hir::StructId(position)),
        doc: item.doc.clone(),
        fields: (item.fields.iter())
            .map(|field| Field {
                name: field.name.clone(),
                ty: border_type(program, field.ty),
                default: field.default.as_ref().map(constant),
            })
            .collect(),
        has_destructor: item.destructor.is_some(),
    });
    let constants = program.named_constants.iter().map(|item| Constant {
        name: item.name.clone(),
        value: constant(&item.value),
    });
    let variables = program.variables.iter().map(|(name, id)| {
        let global = &program.globals[id.0 as usize];
        Variable {
            name: name.clone(),
            symbol: mlc_irgen::variable_symbol(program, *id),
            ty: border_type(program, global.ty),
        }
    });
    Interface {
        version: VERSION,
        name: module.name,
        doc: module.doc,
        init,
        functions: (module.functions.iter())
            .map(|item| {
                let work = match work.function(item.func) {
                    work::Work::Constant => Work::Constant,
                    work::Work::Elements(power) => Work::Elements(power),
                    work::Work::Python => Work::Python,
                    work::Work::Unknown => Work::Unknown,
                };
                function(program, item, work, &global_use)
            })
            .collect(),
        structs: structs.collect(),
        constants: constants.collect(),
        variables: variables.collect(),
        generics: Vec::new(),
        generic_structs: Vec::new(),
    }
}

fn function(
    program: &Program,
    item: &FunctionSignature,
    work: Work,
    global_use: &[global_use::GlobalUse],
) -> Function {
    let FuncId(position) = item.func;
    let globals = &global_use[position as usize];
    let symbol = |id: u32| mlc_irgen::variable_symbol(program, hir::GlobalId(id));
    let used = |&id: &u32| GlobalUse {
        symbol: symbol(id),
        changes: globals.changed.contains(&id),
        ty: border_type(program, program.globals[id as usize].ty),
    };
    let code = &program.functions[position as usize];
    let params = item.params.iter().zip(&code.params);
    Function {
        name: item.name.clone(),
        symbol: item.symbol.clone(),
        kind: match item.kind {
            signature::FunctionKind::Function => FunctionKind::Function,
            signature::FunctionKind::Method => FunctionKind::Method,
            signature::FunctionKind::StaticMethod => FunctionKind::StaticMethod,
            signature::FunctionKind::Constructor => FunctionKind::Constructor,
            signature::FunctionKind::Property => FunctionKind::Property,
            signature::FunctionKind::Setter => FunctionKind::Setter,
        },
        owner: item.owner.map(|owner| owner.0 as usize),
        params: params
            .enumerate()
            .map(|(position, (item, param))| {
                let passing = match code.locals[param.local.0 as usize].mode {
                    Mode::Owner if code.borrows_counted(position, &program.types) => {
                        Passing::Pointer
                    }
                    Mode::Owner => Passing::Flat,
                    Mode::Ref | Mode::Mut => Passing::Pointer,
                };
                parameter(program, item, passing)
            })
            .collect(),
        result: border_type(program, item.result),
        result_borrows: item.result_borrows.map(|position| position as usize),
        returns_param: item.returns_param.map(|position| position as usize),
        raises: item.raises,
        work,
        relocates: globals.relocated.iter().map(|&id| symbol(id)).collect(),
        globals: globals.used.iter().map(used).collect(),
        doc: item.doc.clone(),
    }
}

fn parameter(program: &Program, item: &ParamSignature, passing: Passing) -> Param {
    Param {
        name: item.name.clone(),
        ty: border_type(program, item.ty),
        access: match item.convention {
            Convention::Borrowed => Access::Borrowed,
            Convention::Inout => Access::Inout,
            Convention::Owned => Access::Owned,
        },
        passing,
        kind: match item.kind {
            signature::ParamKind::PositionalOnly => ParamKind::PositionalOnly,
            signature::ParamKind::Plain => ParamKind::Plain,
            signature::ParamKind::VarPositional => ParamKind::VarPositional,
            signature::ParamKind::KeywordOnly => ParamKind::KeywordOnly,
            signature::ParamKind::VarKeyword => ParamKind::VarKeyword,
        },
        default: item.default.as_ref().map(|default| match default {
            signature::Default::Value(value) => Default::Value(constant(value)),
            signature::Default::Computed => Default::Computed,
        }),
    }
}

fn border_type(program: &Program, ty: Ty) -> Type {
    match program.types.kind(ty) {
        TyKind::None => Type::None,
        TyKind::Bool => Type::Bool,
        TyKind::Int { bits, signed } => Type::Int {
            bits: *bits,
            signed: *signed,
        },
        TyKind::Float(FloatKind::F16) => Type::F16,
        TyKind::Float(FloatKind::Bf16) => Type::Bf16,
        TyKind::Float(FloatKind::F32) => Type::F32,
        TyKind::Float(FloatKind::F64) => Type::F64,
        TyKind::Complex(FloatKind::F32) => Type::C64,
        TyKind::Complex(_) => Type::C128,
        TyKind::Str => Type::Str,
        TyKind::PythonObject => Type::Object,
        TyKind::List(elem) => Type::List(Box::new(border_type(program, *elem))),
        // What holds no numbers lies as a list does; its length is not checked at the border.
        TyKind::Array { elem, dims } if !program.types.is_scalar(*elem) => match **dims {
            [Dim::Dynamic] => Type::List(Box::new(border_type(program, *elem))),
            _ => Type::Other(program.types.name(ty)),
        },
        TyKind::Array { elem, dims } => Type::Array {
            elem: Box::new(border_type(program, *elem)),
            dims: (dims.iter())
                .map(|dim| match dim {
                    Dim::Static(extent) => usize::try_from(*extent).ok(),
                    Dim::Dynamic => None,
                })
                .collect(),
        },
        TyKind::Tuple(items) => Type::Tuple(
            (items.iter())
                .map(|&item| border_type(program, item))
                .collect(),
        ),
        TyKind::Optional(of) => Type::Optional(Box::new(border_type(program, *of))),
        TyKind::Struct(hir::StructId(position)) => Type::Struct(*position as usize),
        _ => Type::Other(program.types.name(ty)),
    }
}

fn constant(value: &ConstValue) -> Value {
    match value {
        ConstValue::None => Value::None,
        ConstValue::Bool(value) => Value::Bool(*value),
        ConstValue::Int(value) => Value::Int(*value),
        ConstValue::Float(value) => Value::Float(value.to_bits()),
        ConstValue::Complex(re, im) => Value::Complex(re.to_bits(), im.to_bits()),
        ConstValue::Str(text) => Value::Str(text.to_string()),
        ConstValue::Items(items) => Value::Items(items.iter().map(constant).collect()),
    }
}
