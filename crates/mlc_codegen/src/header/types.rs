//! C types for the types of a program: named structures, each defined once and in front of its uses.

use super::{
    names::{identifier, upper},
    no_c_type,
};
use mlc_sema::hir::{FloatKind, Program, Ty, TyKind};
use std::{collections::HashSet, fmt::Write as _};

/// A type that C cannot express where it stands.
pub(crate) struct NoCType(pub Ty);

pub(crate) struct Types<'p> {
    program: &'p Program,
    defined: HashSet<String>,
    text: String,
}

impl<'p> Types<'p> {
    pub fn new(program: &'p Program) -> Self {
        Types {
            program,
            defined: HashSet::new(),
            text: String::new(),
        }
    }

    /// The definitions, in order.
    pub fn text(&self) -> &str {
        &self.text
    }

    fn kind(&self, ty: Ty) -> &'p TyKind {
        self.program.types.kind(ty)
    }

    /// A value as it is passed and returned: the items of a tuple one by one, an optional as a flag and a value, what owns
    /// memory as a pointer to its cell.
    pub fn flat(&mut self, ty: Ty) -> Result<Vec<String>, NoCType> {
        Ok(match self.kind(ty) {
            TyKind::None => vec![],
            TyKind::Tuple(items) => {
                let mut all = Vec::new();
                for &item in items {
                    all.extend(self.flat(item)?);
                }
                all
            }
            TyKind::Optional(of) => {
                let mut all = vec!["bool".to_owned()];
                all.extend(self.flat(*of)?);
                all
            }
            // Its parts travel in registers, as those of C's complex numbers do not.
            TyKind::Complex(_) => no_c_type(ty)?,
            TyKind::List(_) | TyKind::Array { .. } | TyKind::Struct(_) => {
                vec![format!("{} *", self.stored(ty)?)]
            }
            _ => vec![self.stored(ty)?],
        })
    }

    /// A value as it lies in memory.
    pub fn stored(&mut self, ty: Ty) -> Result<String, NoCType> {
        Ok(match self.kind(ty) {
            TyKind::Bool => "bool".to_owned(),
            TyKind::Int { bits, signed: true } => format!("int{bits}_t"),
            TyKind::Int {
                bits,
                signed: false,
            } => format!("uint{bits}_t"),
            TyKind::Float(kind) => float(*kind).to_owned(),
            TyKind::Complex(kind) => {
                let part = float(*kind);
                let fields = [
                    ("re".to_owned(), part.to_owned()),
                    ("im".to_owned(), part.to_owned()),
                ];
                self.shared(&format!("mlc_{}", self.word(ty)), &fields)
            }
            TyKind::List(elem) => self.list(*elem)?,
            TyKind::Array { elem, .. } if !self.program.types.is_scalar(*elem) => no_c_type(ty)?,
            TyKind::Array { elem, dims } => self.array(*elem, dims.len())?,
            // C's lists have elements of a known type.
            TyKind::Struct(id) if self.program.structs[id.0 as usize].recursive => no_c_type(ty)?,
            // C would not run its destructor.
            TyKind::Struct(id) if self.program.structs[id.0 as usize].destructor.is_some() => {
                no_c_type(ty)?
            }
            TyKind::Struct(id) => {
                let decl = &self.program.structs[id.0 as usize];
                let mut fields = Vec::new();
                for field in &decl.fields {
                    fields.push((identifier(&field.name), self.stored(field.ty)?));
                }
                let name = identifier(&decl.name);
                let known = self.defined.contains(&name);
                self.structure(&name, &fields);
                if !known {
                    let fields: Vec<Ty> = decl.fields.iter().map(|field| field.ty).collect();
                    let names = decl.fields.iter().map(|field| identifier(&field.name));
                    let fields: Vec<(String, Ty)> = names.zip(fields).collect();
                    self.drop_structure(&name, &fields);
                }
                name
            }
            TyKind::Tuple(items) => {
                let mut fields = Vec::new();
                for (position, &item) in items.iter().enumerate() {
                    fields.push((format!("item_{position}"), self.stored(item)?));
                }
                self.shared(&format!("mlc_{}", self.word(ty)), &fields)
            }
            TyKind::Optional(of) => {
                let value = self.stored(*of)?;
                let fields = [
                    ("present".to_owned(), "bool".to_owned()),
                    ("value".to_owned(), value),
                ];
                self.shared(&format!("mlc_{}", self.word(ty)), &fields)
            }
            _ => no_c_type(ty)?,
        })
    }

    /// Defines a structure that the headers of several modules may define.
    fn shared(&mut self, name: &str, fields: &[(String, String)]) -> String {
        if !self.defined.contains(name) {
            let guard = guard(name);
            let _ = write!(self.text, "\n#ifndef {guard}\n#define {guard}");
            self.structure(name, fields);
            self.text.push_str("#endif\n");
        }
        name.to_owned()
    }

    /// Defines a structure, once.
    fn structure(&mut self, name: &str, fields: &[(String, String)]) -> String {
        if self.defined.insert(name.to_owned()) {
            let _ = writeln!(self.text, "\ntypedef struct {name} {{");
            for (field, ty) in fields {
                let _ = writeln!(self.text, "  {ty} {field};");
            }
            let _ = writeln!(self.text, "}} {name};");
        }
        name.to_owned()
    }

    fn list(&mut self, elem: Ty) -> Result<String, NoCType> {
        let item = self.stored(elem)?;
        let name = format!("mlc_list_{}", self.word(elem));
        if self.defined.insert(name.clone()) {
            let guard = guard(&name);
            let drop_items = if has_cell(self.program, elem) {
                let items = self.drop_statement(elem, "list->data[i]");
                format!("    for (int64_t i = 0; i < list->len; ++i) {{ {items} }}\n")
            } else {
                String::new()
            };
            let _ = write!(
                self.text,
                "
#ifndef {guard}
#define {guard}
/* A list. With `cap` 0 the elements belong to somebody else and are never freed. */
typedef struct {name} {{
  {item} *data;
  int64_t len;
  int64_t cap;
}} {name};
/* Elements of the caller's, to be passed. */
MLC_INLINE {name} {name}_of({item} *data, int64_t len) {{
  {name} list;
  list.data = data;
  list.len = len;
  list.cap = 0;
  return list;
}}
/* Frees what a list owns, but not the cell. */
MLC_INLINE void {name}_clear({name} *list) {{
  if (list->cap != 0) {{
{drop_items}    mlc_rt_free(list->data);
  }}
}}
"
            );
            self.box_and_drop(&name);
            self.text.push_str("#endif\n");
        }
        Ok(name)
    }

    fn array(&mut self, elem: Ty, rank: usize) -> Result<String, NoCType> {
        let item = self.stored(elem)?;
        let name = format!("mlc_array{rank}_{}", self.word(elem));
        if self.defined.insert(name.clone()) {
            let guard = guard(&name);
            let extents: Vec<String> = (0..rank).map(|dim| format!("int64_t n{dim}")).collect();
            let mut fill = String::new();
            for dim in 0..rank {
                let inner: Vec<String> = (dim + 1..rank).map(|dim| format!("n{dim}")).collect();
                let stride = if inner.is_empty() {
                    "1".to_owned()
                } else {
                    inner.join(" * ")
                };
                let _ = writeln!(fill, "  array.sizes[{dim}] = n{dim};");
                let _ = writeln!(fill, "  array.strides[{dim}] = {stride};");
            }
            let _ = write!(
                self.text,
                "
#ifndef {guard}
#define {guard}
/* An array: element (i, ...) is data[offset + i * strides[0] + ...]. With `owned` NULL the elements belong to somebody
 * else and are never freed. */
typedef struct {name} {{
  {item} *owned;
  {item} *data;
  int64_t offset;
  int64_t sizes[{rank}];
  int64_t strides[{rank}];
}} {name};
/* Elements of the caller's in row-major order, to be passed. */
MLC_INLINE {name} {name}_of({item} *data, {}) {{
  {name} array;
  array.owned = NULL;
  array.data = data;
  array.offset = 0;
{fill}  return array;
}}
/* Frees what an array owns, but not the cell. */
MLC_INLINE void {name}_clear({name} *array) {{ mlc_rt_free(array->owned); }}
",
                extents.join(", ")
            );
            self.box_and_drop(&name);
            self.text.push_str("#endif\n");
        }
        Ok(name)
    }

    fn drop_structure(&mut self, name: &str, fields: &[(String, Ty)]) {
        let owning = fields.iter().filter(|(_, ty)| has_cell(self.program, *ty));
        let mut body = String::new();
        for (field, ty) in owning {
            let _ = writeln!(
                body,
                "  {}",
                self.drop_statement(*ty, &format!("value->{field}"))
            );
        }
        if body.is_empty() {
            body.push_str("  (void)value;\n");
        }
        let _ = write!(
            self.text,
            "/* Frees what the fields own, but not the cell. */\nMLC_INLINE void {name}_clear({name} *value) {{\n{body}}}\n"
        );
        self.box_and_drop(name);
    }

    /// The functions that make a cell with a payload, and that destroy both.
    fn box_and_drop(&mut self, name: &str) {
        let _ = write!(
            self.text,
            "MLC_INLINE void {name}_drop({name} *cell) {{
  {name}_clear(cell);
  mlc_rt_box_free(cell);
}}
MLC_INLINE {name} *{name}_box({name} payload) {{
  {name} *cell = ({name} *)mlc_rt_box_new((int64_t)sizeof payload);
  if (cell) *cell = payload;
  return cell;
}}
"
        );
    }

    /// A statement that frees what a place owns.
    fn drop_statement(&self, ty: Ty, place: &str) -> String {
        match self.kind(ty) {
            TyKind::List(elem) => format!("mlc_list_{}_clear(&{place});", self.word(*elem)),
            TyKind::Array { elem, dims } => {
                format!(
                    "mlc_array{}_{}_clear(&{place});",
                    dims.len(),
                    self.word(*elem)
                )
            }
            TyKind::Struct(id) => {
                let name = identifier(&self.program.structs[id.0 as usize].name);
                format!("{name}_clear(&{place});")
            }
            TyKind::Tuple(items) => {
                let owning = items
                    .iter()
                    .enumerate()
                    .filter(|(_, item)| has_cell(self.program, **item));
                let one = |(position, item): (usize, &Ty)| {
                    self.drop_statement(*item, &format!("{place}.item_{position}"))
                };
                owning.map(one).collect::<Vec<_>>().join(" ")
            }
            TyKind::Optional(of) => {
                let value = self.drop_statement(*of, &format!("{place}.value"));
                format!("if ({place}.present) {{ {value} }}")
            }
            _ => String::new(),
        }
    }

    /// A type as a part of a name.
    fn word(&self, ty: Ty) -> String {
        match self.kind(ty) {
            TyKind::Bool => "bool".to_owned(),
            TyKind::Int { bits, signed } => format!("{}{bits}", if *signed { 'i' } else { 'u' }),
            TyKind::Float(kind) => kind.name().to_owned(),
            TyKind::Complex(FloatKind::F32) => "c64".to_owned(),
            TyKind::Complex(_) => "c128".to_owned(),
            TyKind::List(elem) => format!("list_{}", self.word(*elem)),
            TyKind::Array { elem, dims } => format!("array{}_{}", dims.len(), self.word(*elem)),
            TyKind::Struct(id) => identifier(&self.program.structs[id.0 as usize].name),
            TyKind::Tuple(items) => {
                let words: Vec<String> = items.iter().map(|&item| self.word(item)).collect();
                format!("tuple{}_{}", items.len(), words.join("_"))
            }
            TyKind::Optional(of) => format!("optional_{}", self.word(*of)),
            _ => identifier(&self.program.types.name(ty)),
        }
    }
}

/// Whether a value, or a part of it, travels as a pointer to a cell.
pub(crate) fn has_cell(program: &Program, ty: Ty) -> bool {
    match program.types.kind(ty) {
        TyKind::List(_) | TyKind::Array { .. } | TyKind::Struct(_) => true,
        TyKind::Tuple(items) => items.iter().any(|&item| has_cell(program, item)),
        TyKind::Optional(of) => has_cell(program, *of),
        _ => false,
    }
}

/// The macro that says that a type is defined.
fn guard(name: &str) -> String {
    format!("{}_DEFINED", upper(name))
}

fn float(kind: FloatKind) -> &'static str {
    match kind {
        FloatKind::F16 => "_Float16",
        FloatKind::Bf16 => "__bf16",
        FloatKind::F32 => "float",
        FloatKind::F64 => "double",
    }
}
