//! Types: interned, so that a `Ty` is a small copyable id and equality of types is equality of ids.

mod names;

use rustc_hash::FxHashMap as HashMap;

use crate::hir::StructId;

/// The id of an interned type; look it up in a [`TypeTable`]. The ids of scalar types are constants.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct Ty(u32);

/// The width of a floating-point type.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum FloatKind {
    F16,
    Bf16,
    F32,
    F64,
}

/// One extent of an array type.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Dim {
    /// Known at compile time.
    Static(u64),
    /// Carried by the array's header at run time.
    Dynamic,
}

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum TyKind {
    /// The type of something already reported as wrong. It agrees with every type, so that one mistake gives one
    /// message. It never occurs in a program that was checked without errors.
    Error,
    /// `None`: the unit type, one value, no storage.
    None,
    Bool,
    /// `i8` … `u64`; `Int` is signed 64, `UInt` unsigned 64.
    Int {
        bits: u8,
        signed: bool,
    },
    Float(FloatKind),
    /// `c64` is a pair of `F32`, `c128` a pair of `F64`.
    Complex(FloatKind),
    /// `String`: immutable UTF-8, shared and counted; copied implicitly.
    Str,
    /// `[T]`: growable, owns its buffer, elements stored inline.
    List(Ty),
    /// `[T; …]`: an array; the rank is the number of dims (at least one).
    Array {
        elem: Ty,
        dims: Box<[Dim]>,
    },
    /// `SIMD[T, N]`: a vector register value, copied implicitly.
    Simd {
        elem: Ty,
        lanes: u32,
    },
    Tuple(Box<[Ty]>),
    /// `T?`.
    Optional(Ty),
    Struct(StructId),
    Dict(Ty, Ty),
    Set(Ty),
    /// What is passed at compile time only: a function, or what `*args` and `**kwargs` take. It has no value of its own. Never in
    /// a finished program.
    Passed(u32),
    /// Not known yet, while a function is checked (`[]` before its first use). Never in a finished program.
    Unknown(u32),
    /// A caught exception, as `except E as e` names it: kind and message.
    Exception,
    PythonObject,
}

impl Ty {
    pub const ERROR: Ty = Ty(0);
    pub const NONE: Ty = Ty(1);
    pub const BOOL: Ty = Ty(2);
    pub const I8: Ty = Ty(3);
    pub const I16: Ty = Ty(4);
    pub const I32: Ty = Ty(5);
    pub const I64: Ty = Ty(6);
    pub const U8: Ty = Ty(7);
    pub const U16: Ty = Ty(8);
    pub const U32: Ty = Ty(9);
    pub const U64: Ty = Ty(10);
    pub const F16: Ty = Ty(11);
    pub const BF16: Ty = Ty(12);
    pub const F32: Ty = Ty(13);
    pub const F64: Ty = Ty(14);
    pub const C64: Ty = Ty(15);
    pub const C128: Ty = Ty(16);
    pub const STR: Ty = Ty(17);
    pub const EXCEPTION: Ty = Ty(18);
    pub const PYTHON_OBJECT: Ty = Ty(19);

    /// `Int`, the type of indices, lengths and range variables.
    pub const INT: Ty = Ty::I64;

    /// The scalar type of that float kind.
    pub fn float(kind: FloatKind) -> Ty {
        match kind {
            FloatKind::F16 => Ty::F16,
            FloatKind::Bf16 => Ty::BF16,
            FloatKind::F32 => Ty::F32,
            FloatKind::F64 => Ty::F64,
        }
    }

    /// The signed integer of that width, if there is one.
    pub fn signed(bits: u8) -> Option<Ty> {
        match bits {
            8 => Some(Ty::I8),
            16 => Some(Ty::I16),
            32 => Some(Ty::I32),
            64 => Some(Ty::I64),
            _ => None,
        }
    }
}

const SCALARS: [TyKind; 20] = [
    TyKind::Error,
    TyKind::None,
    TyKind::Bool,
    TyKind::Int {
        bits: 8,
        signed: true,
    },
    TyKind::Int {
        bits: 16,
        signed: true,
    },
    TyKind::Int {
        bits: 32,
        signed: true,
    },
    TyKind::Int {
        bits: 64,
        signed: true,
    },
    TyKind::Int {
        bits: 8,
        signed: false,
    },
    TyKind::Int {
        bits: 16,
        signed: false,
    },
    TyKind::Int {
        bits: 32,
        signed: false,
    },
    TyKind::Int {
        bits: 64,
        signed: false,
    },
    TyKind::Float(FloatKind::F16),
    TyKind::Float(FloatKind::Bf16),
    TyKind::Float(FloatKind::F32),
    TyKind::Float(FloatKind::F64),
    TyKind::Complex(FloatKind::F32),
    TyKind::Complex(FloatKind::F64),
    TyKind::Str,
    TyKind::Exception,
    TyKind::PythonObject,
];

/// The ids of types that are not known yet start here. Those of the others do not depend on what was tried on the way.
const OPEN: u32 = 1 << 31;

/// All types of a program. Interning the same kind twice gives the same [`Ty`].
#[derive(Clone, Debug)]
pub struct TypeTable {
    kinds: Vec<TyKind>,
    /// Parallel to `kinds`: whether values have one owner.
    owning: Vec<bool>,
    /// The same for types in which something is not known yet.
    open: Vec<TyKind>,
    open_owning: Vec<bool>,
    ids: HashMap<TyKind, Ty>,
    /// How many types had been interned when [`TypeTable::watch`] was called, and whether one behind those was asked for since.
    watched: Option<usize>,
    asked_for_new: bool,
    /// What a value of each struct type owns and is called; filled as structs are resolved.
    structs: Vec<StructFacts>,
}

#[derive(Clone, Debug, Default)]
struct StructFacts {
    name: String,
}

impl Default for TypeTable {
    fn default() -> Self {
        let mut table = TypeTable {
            kinds: Vec::new(),
            owning: Vec::new(),
            open: Vec::new(),
            open_owning: Vec::new(),
            ids: HashMap::default(),
            watched: None,
            asked_for_new: false,
            structs: Vec::new(),
        };
        for kind in SCALARS {
            table.intern(kind);
        }
        table
    }
}

impl TypeTable {
    pub fn intern(&mut self, kind: TyKind) -> Ty {
        if let Some(&ty) = self.ids.get(&kind) {
            self.note_asked(ty);
            return ty;
        }
        let owning = self.is_owning_kind(&kind);
        let (first, kinds, facts) = match self.is_open_kind(&kind) {
            true => (OPEN, &mut self.open, &mut self.open_owning),
            false => (0, &mut self.kinds, &mut self.owning),
        };
        let ty = Ty(first + u32::try_from(kinds.len()).expect("fewer than 2^31 types"));
        kinds.push(kind.clone());
        facts.push(owning);
        self.ids.insert(kind, ty);
        self.note_asked(ty);
        ty
    }

    /// From here on notes whether a type is asked for that is not in the table yet. Types that are not known do not count: nothing
    /// that is finished has one.
    pub(crate) fn watch(&mut self) {
        self.watched = Some(self.kinds.len());
    }

    /// Whether such a type was asked for since the last answer.
    pub(crate) fn take_asked_for_new(&mut self) -> bool {
        std::mem::take(&mut self.asked_for_new)
    }

    pub(crate) fn note_asked(&mut self, ty: Ty) {
        self.asked_for_new |= self
            .watched
            .is_some_and(|known| !self.is_open(ty) && ty.0 as usize >= known);
    }

    pub fn kind(&self, ty: Ty) -> &TyKind {
        match ty.0.checked_sub(OPEN) {
            Some(open) => &self.open[open as usize],
            None => &self.kinds[ty.0 as usize],
        }
    }

    pub fn list(&mut self, elem: Ty) -> Ty {
        self.intern(TyKind::List(elem))
    }

    pub fn array(&mut self, elem: Ty, dims: &[Dim]) -> Ty {
        self.intern(TyKind::Array {
            elem,
            dims: dims.into(),
        })
    }

    pub fn tuple(&mut self, items: &[Ty]) -> Ty {
        self.intern(TyKind::Tuple(items.into()))
    }

    pub fn optional(&mut self, of: Ty) -> Ty {
        self.intern(TyKind::Optional(of))
    }

    /// Adds a struct and returns its type. Ids are given in order of the calls, as in `hir::Program::structs`.
    pub fn add_struct(&mut self, name: &str) -> (StructId, Ty) {
        let id = StructId(u32::try_from(self.structs.len()).expect("fewer than 2^32 structs"));
        self.structs.push(StructFacts {
            name: name.to_owned(),
        });
        (id, self.intern(TyKind::Struct(id)))
    }

    pub fn is_int(&self, ty: Ty) -> bool {
        matches!(self.kind(ty), TyKind::Int { .. })
    }

    pub fn is_signed(&self, ty: Ty) -> bool {
        matches!(self.kind(ty), TyKind::Int { signed: true, .. })
    }

    pub fn is_float(&self, ty: Ty) -> bool {
        matches!(self.kind(ty), TyKind::Float(_))
    }

    pub fn is_complex(&self, ty: Ty) -> bool {
        matches!(self.kind(ty), TyKind::Complex(_))
    }

    /// An integer, float or complex number; not `Bool`.
    pub fn is_number(&self, ty: Ty) -> bool {
        matches!(
            self.kind(ty),
            TyKind::Int { .. } | TyKind::Float(_) | TyKind::Complex(_)
        )
    }

    /// One machine value: a number, `Bool` or `None`.
    pub fn is_scalar(&self, ty: Ty) -> bool {
        self.is_number(ty) || ty == Ty::BOOL || ty == Ty::NONE
    }

    /// Whether values of the type have one owner and move, rather than being copied implicitly.
    /// `String` and `PythonObject` are shared and counted, so they are not of this kind.
    pub fn is_owning(&self, ty: Ty) -> bool {
        match ty.0.checked_sub(OPEN) {
            Some(open) => self.open_owning[open as usize],
            None => self.owning[ty.0 as usize],
        }
    }

    /// Whether something inside of the type is not known yet.
    pub(crate) fn is_open(&self, ty: Ty) -> bool {
        ty.0 >= OPEN
    }

    /// A part of the type that is not known yet.
    pub(crate) fn first_unknown(&self, ty: Ty) -> Option<Ty> {
        match self.kind(ty) {
            TyKind::Unknown(_) => Some(ty),
            TyKind::List(of) | TyKind::Optional(of) | TyKind::Array { elem: of, .. } => {
                self.first_unknown(*of)
            }
            TyKind::Tuple(items) => items.iter().find_map(|&item| self.first_unknown(item)),
            _ => None,
        }
    }

    fn is_owning_kind(&self, kind: &TyKind) -> bool {
        match kind {
            TyKind::List(_) | TyKind::Struct(_) | TyKind::Dict(..) | TyKind::Set(_) => true,
            TyKind::Array { elem, dims } => !self.is_small_array(*elem, dims),
            TyKind::Tuple(items) => items.iter().any(|&item| self.is_owning(item)),
            TyKind::Optional(of) => self.is_owning(*of),
            _ => false,
        }
    }

    fn is_open_kind(&self, kind: &TyKind) -> bool {
        match kind {
            TyKind::Unknown(_) => true,
            TyKind::List(of) | TyKind::Optional(of) | TyKind::Set(of) => self.is_open(*of),
            TyKind::Array { elem, .. } | TyKind::Simd { elem, .. } => self.is_open(*elem),
            TyKind::Dict(key, value) => self.is_open(*key) || self.is_open(*value),
            TyKind::Tuple(items) => items.iter().any(|&item| self.is_open(item)),
            _ => false,
        }
    }

    /// Whether a list or an array has items that are not copied implicitly.
    pub fn has_owning_parts(&self, ty: Ty) -> bool {
        match self.kind(ty) {
            TyKind::List(elem) | TyKind::Array { elem, .. } => self.is_owning(*elem),
            kind => self.is_owning_kind(kind),
        }
    }

    /// Fixed-size arrays of scalars up to 64 bytes are copied implicitly.
    fn is_small_array(&self, elem: Ty, dims: &[Dim]) -> bool {
        let mut bytes = match self.kind(elem) {
            TyKind::Bool => 1,
            TyKind::Int { bits, .. } => u64::from(*bits) / 8,
            TyKind::Float(kind) => kind.bytes(),
            TyKind::Complex(kind) => 2 * kind.bytes(),
            _ => return false,
        };
        for dim in dims {
            match dim {
                Dim::Static(extent) => bytes = bytes.saturating_mul(*extent),
                Dim::Dynamic => return false,
            }
        }
        bytes <= 64
    }

    /// Whether a type has more parts than that.
    pub fn is_larger(&self, ty: Ty, parts: usize) -> bool {
        let mut left = parts;
        let mut waiting = vec![ty];
        while let Some(ty) = waiting.pop() {
            if left == 0 {
                return true;
            }
            left -= 1;
            match self.kind(ty) {
                TyKind::List(of) | TyKind::Optional(of) | TyKind::Array { elem: of, .. } => {
                    waiting.push(*of);
                }
                TyKind::Tuple(items) => waiting.extend(items.iter()),
                _ => {}
            }
        }
        false
    }

    /// The width of a number in memory; of a `Bool`, that of a byte.
    pub fn bits(&self, ty: Ty) -> Option<u32> {
        match self.kind(ty) {
            TyKind::Bool => Some(8),
            TyKind::Int { bits, .. } => Some(u32::from(*bits)),
            TyKind::Float(FloatKind::F16 | FloatKind::Bf16) => Some(16),
            TyKind::Float(FloatKind::F32) => Some(32),
            TyKind::Float(FloatKind::F64) => Some(64),
            _ => None,
        }
    }

    /// The float type in which NumPy lets elements of an integer and a float type meet, where it is wider than the latter.
    pub fn numpy_float_of(&self, a: Ty, b: Ty) -> Option<Ty> {
        let (bits, kind) = match (self.kind(a), self.kind(b)) {
            (TyKind::Int { bits, .. }, TyKind::Float(kind) | TyKind::Complex(kind))
            | (TyKind::Float(kind) | TyKind::Complex(kind), TyKind::Int { bits, .. }) => {
                (*bits, *kind)
            }
            _ => return None,
        };
        let complex = self.is_complex(a) || self.is_complex(b);
        match (bits, kind) {
            (_, FloatKind::F64) => None,
            (32.., FloatKind::F32) if complex => Some(Ty::C128),
            (32.., _) => Some(Ty::F64),
            (16, FloatKind::F16 | FloatKind::Bf16) => Some(Ty::F32),
            _ => None,
        }
    }
}

impl FloatKind {
    pub fn bytes(self) -> u64 {
        match self {
            FloatKind::F16 | FloatKind::Bf16 => 2,
            FloatKind::F32 => 4,
            FloatKind::F64 => 8,
        }
    }

    pub fn name(self) -> &'static str {
        match self {
            FloatKind::F16 => "f16",
            FloatKind::Bf16 => "bf16",
            FloatKind::F32 => "f32",
            FloatKind::F64 => "f64",
        }
    }
}
