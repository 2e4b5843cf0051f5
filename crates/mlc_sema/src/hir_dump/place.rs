//! Places as text.

use std::fmt::Write as _;

use super::Dumper;
use crate::hir::{Expr, Place, Projection, ProjectionKind, Root, Subscript, Ty};

impl<'a> Dumper<'a> {
    pub(super) fn place(&self, place: &Place) -> String {
        let mut text = match &place.root {
            Root::Local(local) => self.local(*local).to_owned(),
            Root::Global(global) => {
                format!("@{}", self.program.globals[global.0 as usize].name)
            }
            Root::Constant(constant) => {
                format!("@{}", self.program.constants[constant.0 as usize].name)
            }
            Root::Temporary(value) => format!("temporary({})", self.expr(value)),
            Root::Borrowed(value) => format!("deref({})", self.expr(value)),
        };
        let mut ty = self.root_ty(place);
        for projection in &place.projections {
            self.projection(ty, projection, &mut text);
            ty = Some(projection.ty);
        }
        text
    }

    /// The type before the first projection where it is needed to name a field.
    fn root_ty(&self, place: &Place) -> Option<Ty> {
        match &place.root {
            Root::Global(global) => Some(self.program.globals[global.0 as usize].ty),
            Root::Constant(constant) => Some(self.program.constants[constant.0 as usize].ty),
            Root::Temporary(value) | Root::Borrowed(value) => Some(value.ty),
            Root::Local(local) => Some(self.locals[local.0 as usize].ty),
        }
    }

    fn projection(&self, base: Option<Ty>, projection: &Projection, text: &mut String) {
        match &projection.kind {
            ProjectionKind::Field(field) => {
                let _ = match base.and_then(|base| self.field_name(base, *field)) {
                    Some(name) => write!(text, ".{name}"),
                    None => write!(text, ".{field}"),
                };
            }
            ProjectionKind::Item(item) => {
                let _ = write!(text, ".{item}");
            }
            ProjectionKind::Index { indices, checked } => {
                let indices: Vec<String> = indices.iter().map(|index| self.expr(index)).collect();
                let unchecked = if *checked { "" } else { "unchecked " };
                let _ = write!(text, "[{unchecked}{}]", indices.join(", "));
            }
            ProjectionKind::Slice(subscripts) => {
                let parts: Vec<String> =
                    subscripts.iter().map(|part| self.subscript(part)).collect();
                let _ = write!(text, "[{}]", parts.join(", "));
            }
            ProjectionKind::Transpose(axes) => {
                let _ = write!(text, ".transpose{axes:?}");
            }
            ProjectionKind::Reshape(extents) => {
                let extents: Vec<String> = extents.iter().map(|extent| self.expr(extent)).collect();
                let _ = write!(text, ".reshape({})", extents.join(", "));
            }
            ProjectionKind::Unwrap { checked } => {
                text.push_str(if *checked { "!" } else { "!unchecked" });
            }
        }
    }

    fn field_name(&self, base: Ty, field: u32) -> Option<&str> {
        let item = self.program.structs.iter().find(|item| item.ty == base)?;
        Some(&item.fields.get(field as usize)?.name)
    }

    fn subscript(&self, subscript: &Subscript) -> String {
        match subscript {
            Subscript::Index(index) => self.expr(index),
            Subscript::Range {
                start,
                stop,
                step,
                lanes,
            } => {
                let text = |part: &Option<Expr>| {
                    part.as_ref()
                        .map(|part| self.expr(part))
                        .unwrap_or_default()
                };
                let mut out = format!("{}:{}", text(start), text(stop));
                if step.is_some() {
                    let _ = write!(out, ":{}", text(step));
                }
                if let Some(lanes) = lanes {
                    let _ = write!(out, " lanes {lanes}");
                }
                out
            }
        }
    }
}
