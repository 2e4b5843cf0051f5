//! What a compiled module offers to those who call it, as data: its functions, structs and types, without the compiler.
//!
//! The compiler writes an [`Interface`] beside machine code, into a cached module or a stand-alone extension; what calls that
//! code reads it. It depends on no compiler crate, and neither do its readers.

use serde::{Deserialize, Serialize};

/// The version of this description and of the calling convention that it speaks of. Readers refuse any other.
pub const VERSION: u32 = 6;

/// A whole module.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct Interface {
    pub version: u32,
    /// The name of the module.
    pub name: String,
    pub doc: Option<String>,
    /// The top-level statements, run once before anything else is called.
    pub init: Option<Function>,
    /// Functions and methods, in the order of the text.
    pub functions: Vec<Function>,
    /// Types refer to these by position.
    pub structs: Vec<Struct>,
    /// Compile-time constants and what else needs no code to be read.
    pub constants: Vec<Constant>,
    /// The top-level variables, which functions may change.
    pub variables: Vec<Variable>,
    /// Functions that are compiled for the types of the arguments, so that there is no code of them.
    pub generics: Vec<Generic>,
    /// Structs that are compiled for types, and those with methods that are.
    pub generic_structs: Vec<GenericStruct>,
}

/// A function some of whose parameters have no types, or types that the arguments decide.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Generic {
    pub name: String,
    pub doc: Option<String>,
    pub params: Vec<GenericParam>,
}

#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct GenericParam {
    pub name: String,
    pub kind: ParamKind,
    /// Its type, as it is written.
    pub annotation: Option<String>,
    /// As it is written.
    pub default: Option<String>,
}

/// A struct whose text callers need: to compile it for types that it leaves open, or methods of it for those of arguments.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct GenericStruct {
    /// What makes one: by this name, with these parameters.
    pub construct: Generic,
    pub has_init: bool,
    /// The names of the types and numbers that it leaves open; none, where only methods are generic.
    pub parameters: Vec<String>,
    /// Whether all of them are types.
    pub is_of_types: bool,
    /// All methods, where it leaves types open, else the generic ones.
    pub methods: Vec<GenericMethod>,
    /// What of the top-level names the types and defaults of parameters mention.
    pub names: Vec<String>,
}

/// A method that is compiled when somebody calls it.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct GenericMethod {
    pub kind: FunctionKind,
    /// Whether its types are known as soon as those of its struct are.
    pub is_typed: bool,
    pub function: Generic,
}

/// A top-level variable: memory that lives as long as the module.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Variable {
    pub name: String,
    pub symbol: String,
    pub ty: Type,
}

/// A function of compiled code.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct Function {
    /// That of a method is without its struct.
    pub name: String,
    pub symbol: String,
    pub kind: FunctionKind,
    /// The struct that it is a method of.
    pub owner: Option<usize>,
    pub params: Vec<Param>,
    pub result: Type,
    /// The parameter of which the result is a part, lent for as long as that argument lives.
    pub result_borrows: Option<usize>,
    /// The parameter that comes back whole as the result, changed in place.
    pub returns_param: Option<usize>,
    /// Whether it returns a status and writes its results through pointers.
    pub raises: bool,
    pub work: Work,
    /// The symbols of the top-level variables, of any module, whose parts may lie elsewhere after a call.
    pub relocates: Vec<String>,
    /// What it does with top-level variables of any module. A number that it only reads is none of them.
    pub globals: Vec<GlobalUse>,
    pub doc: Option<String>,
}

/// What a function does with a top-level variable.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct GlobalUse {
    pub symbol: String,
    /// Whether it may write to it, or only reads.
    pub changes: bool,
    pub ty: Type,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub enum FunctionKind {
    #[default]
    Function,
    /// The first parameter is `self`.
    Method,
    StaticMethod,
    /// `__init__`: without `self`; the result is the new value.
    Constructor,
    /// A method without further parameters that is read like a field.
    Property,
    /// What writes the property of this name: a method with one more parameter.
    Setter,
}

/// How long a call may take, as far as its text shows.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub enum Work {
    /// No loop and no recursion.
    Constant,
    /// At most the number of elements that were passed, to this power.
    Elements(u32),
    /// However much it is, objects of Python are used: the lock is held all the time.
    Python,
    #[default]
    Unknown,
}

#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Param {
    pub name: String,
    pub ty: Type,
    pub access: Access,
    pub passing: Passing,
    pub kind: ParamKind,
    pub default: Option<Default>,
}

/// What the callee does with an argument.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Access {
    /// It reads.
    Borrowed,
    /// It writes in place.
    Inout,
    /// It becomes the owner.
    Owned,
}

/// How an argument travels.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Passing {
    /// Part by part: numbers as they are, what lives in memory as a cell that the callee takes over.
    Flat,
    /// A pointer to the value.
    Pointer,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum ParamKind {
    PositionalOnly,
    Plain,
    /// `*args`
    VarPositional,
    KeywordOnly,
    /// `**kwargs`
    VarKeyword,
}

#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub enum Default {
    Value(Value),
    /// One that is computed at each call; a caller from outside has to give the argument.
    Computed,
}

/// A value that is known when the module is compiled.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub enum Value {
    None,
    Bool(bool),
    Int(i128),
    /// The bits of an `f64`, so that infinities and NaN survive any text.
    Float(u64),
    Complex(u64, u64),
    Str(String),
    Items(Vec<Value>),
}

#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Constant {
    pub name: String,
    pub value: Value,
}

#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Struct {
    pub name: String,
    /// The dotted name of the module that defines it, where that is another one: the struct's methods are with it.
    pub home: Option<String>,
    /// The symbol of the word that says how values become objects of Python, if the code makes such.
    pub symbol: String,
    pub doc: Option<String>,
    pub fields: Vec<Field>,
    /// Whether values have a `__del__`, so that they can be neither copied nor taken apart.
    pub has_destructor: bool,
}

impl Struct {
    /// Whether it is a type of the language's own library, such as that of a range, which is no name of the module's.
    pub fn is_of_the_library(&self) -> bool {
        self.home.as_deref() == Some("mlc")
    }
}

#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Field {
    pub name: String,
    pub ty: Type,
    pub default: Option<Value>,
}

/// A type at the border of compiled code.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub enum Type {
    #[default]
    None,
    Bool,
    Int {
        bits: u8,
        signed: bool,
    },
    F16,
    Bf16,
    F32,
    F64,
    C64,
    C128,
    Str,
    /// Any object of Python.
    Object,
    /// `[T]`
    List(Box<Type>),
    /// `[T; …]`: `Some` extents are known at compile time.
    Array {
        elem: Box<Type>,
        dims: Vec<Option<usize>>,
    },
    Tuple(Vec<Type>),
    Optional(Box<Type>),
    /// A position in [`Interface::structs`].
    Struct(usize),
    /// One that cannot cross the border, by the name that the language gives it.
    Other(String),
}

impl Interface {
    /// As bytes, to be stored beside the code.
    pub fn to_bytes(&self) -> Vec<u8> {
        // Serializing plain data into memory cannot fail.
        serde_json::to_vec(self).unwrap_or_default()
    }

    /// What [`Interface::to_bytes`] wrote; an error where it is something else, or of another version.
    pub fn from_bytes(bytes: &[u8]) -> Result<Interface, String> {
        let interface: Interface =
            serde_json::from_slice(bytes).map_err(|error| error.to_string())?;
        if interface.version == VERSION {
            Ok(interface)
        } else {
            Err(format!(
                "an interface of version {}, where {VERSION} was expected",
                interface.version
            ))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Constant, Interface, Type, VERSION, Value};

    #[test]
    fn an_interface_survives_its_bytes() {
        let interface = Interface {
            version: VERSION,
            name: "hot".to_owned(),
            constants: vec![
                Constant {
                    name: "N".to_owned(),
                    value: Value::Int(i128::from(u64::MAX)),
                },
                Constant {
                    name: "NAN".to_owned(),
                    value: Value::Float(f64::NAN.to_bits()),
                },
            ],
            ..Interface::default()
        };
        assert_eq!(Interface::from_bytes(&interface.to_bytes()), Ok(interface));
    }

    #[test]
    fn another_version_is_refused() {
        let old = Interface::default();
        assert!(Interface::from_bytes(&old.to_bytes()).is_err());
        assert!(Interface::from_bytes(b"{").is_err());
        assert_eq!(Type::default(), Type::None);
    }
}
