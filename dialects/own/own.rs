//! Rust half of the `own` dialect: generated op builders, and constructors and queries of its types.

use melior::{
    Context, StringRef,
    ir::{Type, TypeLike},
};
use mlir_sys::{MlirContext, MlirStringRef, MlirType};

melior::dialect! {
    name: "own",
    files: ["own.td"],
    include_directories: ["./dialects/own"],
}

pub use own::*;

unsafe extern "C" {
    fn mlcOwnBoxTypeGet(payload: MlirType) -> MlirType;
    fn mlcOwnRefTypeGet(payload: MlirType) -> MlirType;
    fn mlcOwnMutTypeGet(payload: MlirType) -> MlirType;
    fn mlcOwnListTypeGet(element: MlirType) -> MlirType;
    fn mlcOwnStructTypeGet(
        context: MlirContext,
        name: MlirStringRef,
        count: isize,
        fields: *const MlirType,
        destructor: MlirStringRef,
    ) -> MlirType;
    fn mlcOwnNodeTypeGet(context: MlirContext, name: MlirStringRef) -> MlirType;
    fn mlcOwnNodeTypeIsComplete(ty: MlirType) -> bool;
    fn mlcOwnNodeTypeSetBody(
        ty: MlirType,
        count: isize,
        fields: *const MlirType,
        destructor: MlirStringRef,
    ) -> bool;
    fn mlcOwnStrTypeGet(context: MlirContext) -> MlirType;
    fn mlcOwnTypeIsStr(ty: MlirType) -> bool;
    fn mlcOwnObjectTypeGet(context: MlirContext) -> MlirType;
    fn mlcOwnTypeIsObject(ty: MlirType) -> bool;
    fn mlcOwnTypeIsBox(ty: MlirType) -> bool;
    fn mlcOwnTypeIsRef(ty: MlirType) -> bool;
    fn mlcOwnTypeIsMut(ty: MlirType) -> bool;
    fn mlcOwnTypeIsList(ty: MlirType) -> bool;
    fn mlcOwnTypeIsStruct(ty: MlirType) -> bool;
    fn mlcOwnTypeIsNode(ty: MlirType) -> bool;
    fn mlcOwnTypeGetPayload(ty: MlirType) -> MlirType;
    fn mlcOwnListTypeGetElement(ty: MlirType) -> MlirType;
    fn mlcOwnStructTypeGetName(ty: MlirType) -> MlirStringRef;
    fn mlcOwnStructTypeGetDestructor(ty: MlirType) -> MlirStringRef;
    fn mlcOwnStructTypeGetNumFields(ty: MlirType) -> isize;
    fn mlcOwnStructTypeGetField(ty: MlirType, position: isize) -> MlirType;
}

/// `!own.box<payload>`: the one owner of a payload. The payload must be storable (see README).
pub fn box_type<'c>(payload: Type<'c>) -> Type<'c> {
    // SAFETY: `payload` is a live type; the result lives as long as its context.
    unsafe { Type::from_raw(mlcOwnBoxTypeGet(payload.to_raw())) }
}

/// `!own.ref<payload>`: a shared borrow.
pub fn ref_type<'c>(payload: Type<'c>) -> Type<'c> {
    // SAFETY: as in `box_type`.
    unsafe { Type::from_raw(mlcOwnRefTypeGet(payload.to_raw())) }
}

/// `!own.mut<payload>`: an exclusive borrow.
pub fn mut_type<'c>(payload: Type<'c>) -> Type<'c> {
    // SAFETY: as in `box_type`.
    unsafe { Type::from_raw(mlcOwnMutTypeGet(payload.to_raw())) }
}

/// `!own.list<element>`: a growable list.
pub fn list_type<'c>(element: Type<'c>) -> Type<'c> {
    // SAFETY: as in `box_type`.
    unsafe { Type::from_raw(mlcOwnListTypeGet(element.to_raw())) }
}

/// `!own.struct<"name", [fields]>`: a named aggregate; `destructor` is the symbol of what destroying it calls.
pub fn struct_type<'c>(
    context: &'c Context,
    name: &str,
    fields: &[Type<'c>],
    destructor: Option<&str>,
) -> Type<'c> {
    let raw: Vec<MlirType> = fields.iter().map(|field| field.to_raw()).collect();
    // SAFETY: `raw` outlives the call, which copies names and fields into the context.
    unsafe {
        Type::from_raw(mlcOwnStructTypeGet(
            context.to_raw(),
            StringRef::new(name).to_raw(),
            raw.len() as isize,
            raw.as_ptr(),
            StringRef::new(destructor.unwrap_or_default()).to_raw(),
        ))
    }
}

/// The node of a name, as it stands inside of its own fields.
pub fn node_reference<'c>(context: &'c Context, name: &str) -> Type<'c> {
    // SAFETY: the name is copied into the context.
    unsafe {
        Type::from_raw(mlcOwnNodeTypeGet(
            context.to_raw(),
            StringRef::new(name).to_raw(),
        ))
    }
}

/// `!own.node<"name", [fields]>`: an aggregate that holds itself in lists. `fields` are asked for the first time that the name
/// is; the node may occur in them.
pub fn node_type<'c, E>(
    context: &'c Context,
    name: &str,
    destructor: Option<&str>,
    fields: impl FnOnce() -> Result<Vec<Type<'c>>, E>,
) -> Result<Type<'c>, E> {
    // SAFETY: the name is copied into the context.
    let node = unsafe { mlcOwnNodeTypeGet(context.to_raw(), StringRef::new(name).to_raw()) };
    // SAFETY: `node` is a live node.
    if !unsafe { mlcOwnNodeTypeIsComplete(node) } {
        let raw: Vec<MlirType> = fields()?.iter().map(|field| field.to_raw()).collect();
        let symbol = StringRef::new(destructor.unwrap_or_default());
        // SAFETY: `raw` outlives the call, which copies fields and symbol into the context.
        unsafe {
            mlcOwnNodeTypeSetBody(node, raw.len() as isize, raw.as_ptr(), symbol.to_raw());
        }
    }
    // SAFETY: `node` is a live type of the context.
    Ok(unsafe { Type::from_raw(node) })
}

/// Whether values of a payload may nest to any depth in lists of it: one that is a node, or has one among its fields.
pub fn holds_node(payload: Type) -> bool {
    // SAFETY: the query accepts any live type.
    let is_node = unsafe { mlcOwnTypeIsNode(payload.to_raw()) };
    is_node || struct_fields(payload).is_some_and(|fields| fields.into_iter().any(holds_node))
}

/// `!own.str`: an immutable text.
pub fn str_type(context: &Context) -> Type<'_> {
    // SAFETY: the context is live, and the type lives as long as it.
    unsafe { Type::from_raw(mlcOwnStrTypeGet(context.to_raw())) }
}

/// `!own.object`: an object of Python.
pub fn object_type(context: &Context) -> Type<'_> {
    // SAFETY: as in `str_type`.
    unsafe { Type::from_raw(mlcOwnObjectTypeGet(context.to_raw())) }
}

/// What a type of the dialect, or any other type, is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Box,
    Ref,
    Mut,
    List,
    Struct,
    Str,
    Object,
    /// Not a type of this dialect.
    Other,
}

/// The kind of a type.
pub fn kind(ty: Type) -> Kind {
    let raw = ty.to_raw();
    // SAFETY: the queries only read a live type.
    unsafe {
        if mlcOwnTypeIsBox(raw) {
            Kind::Box
        } else if mlcOwnTypeIsRef(raw) {
            Kind::Ref
        } else if mlcOwnTypeIsMut(raw) {
            Kind::Mut
        } else if mlcOwnTypeIsList(raw) {
            Kind::List
        } else if mlcOwnTypeIsStruct(raw) {
            Kind::Struct
        } else if mlcOwnTypeIsStr(raw) {
            Kind::Str
        } else if mlcOwnTypeIsObject(raw) {
            Kind::Object
        } else {
            Kind::Other
        }
    }
}

/// Whether a type is a box, that is: whether a use of its value moves it.
pub fn is_box(ty: Type) -> bool {
    kind(ty) == Kind::Box
}

/// Whether a type is a shared or an exclusive borrow.
pub fn is_borrow(ty: Type) -> bool {
    matches!(kind(ty), Kind::Ref | Kind::Mut)
}

/// The payload of a box or of a borrow.
pub fn payload<'c>(ty: Type<'c>) -> Option<Type<'c>> {
    // SAFETY: the query accepts any live type; a null result becomes `None`.
    unsafe { Type::from_option_raw(mlcOwnTypeGetPayload(ty.to_raw())) }
}

/// The element type of a list.
pub fn list_element<'c>(ty: Type<'c>) -> Option<Type<'c>> {
    if kind(ty) != Kind::List {
        return None;
    }
    // SAFETY: `ty` is a list, as the query requires.
    Some(unsafe { Type::from_raw(mlcOwnListTypeGetElement(ty.to_raw())) })
}

/// The name of a struct.
pub fn struct_name<'c>(ty: Type<'c>) -> Option<&'c str> {
    if kind(ty) != Kind::Struct {
        return None;
    }
    // SAFETY: `ty` is a struct, as the query requires; the text lives in the context.
    let name = unsafe { StringRef::from_raw(mlcOwnStructTypeGetName(ty.to_raw())) };
    name.as_str().ok()
}

/// The symbol of the destructor of a struct that has one.
pub fn struct_destructor<'c>(ty: Type<'c>) -> Option<&'c str> {
    if kind(ty) != Kind::Struct {
        return None;
    }
    // SAFETY: `ty` is a struct, as the query requires.
    let symbol = unsafe { mlcOwnStructTypeGetDestructor(ty.to_raw()) };
    if symbol.length == 0 {
        return None;
    }
    // SAFETY: the text is not empty and lives in the context.
    unsafe { StringRef::from_raw(symbol) }.as_str().ok()
}

/// A struct with a destructor that a payload is or holds.
pub fn destructible<'c>(payload: Type<'c>) -> Option<Type<'c>> {
    let mut seen = Vec::new();
    let mut pending = vec![payload];
    while let Some(part) = pending.pop() {
        if struct_destructor(part).is_some() {
            return Some(part);
        }
        if let Some(element) = list_element(part) {
            pending.push(element);
        } else if let Some(fields) = struct_fields(part)
            && !seen.contains(&part)
        {
            seen.push(part);
            pending.extend(fields.into_iter().rev());
        }
    }
    None
}

/// The field types of a struct, in order.
pub fn struct_fields<'c>(ty: Type<'c>) -> Option<Vec<Type<'c>>> {
    if kind(ty) != Kind::Struct {
        return None;
    }
    // SAFETY: `ty` is a struct and every position is below its number of fields.
    unsafe {
        let count = mlcOwnStructTypeGetNumFields(ty.to_raw());
        let field = |position| Type::from_raw(mlcOwnStructTypeGetField(ty.to_raw(), position));
        Some((0..count).map(field).collect())
    }
}
