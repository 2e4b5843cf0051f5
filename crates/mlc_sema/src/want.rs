//! What is hoped for of an expression: a type, and whether the program says so.
//!
//! ```text
//! a: [f64; _] = [1.0, 2.0]         the type is written: the list becomes an array
//! xs = [zeros(2)]                  the type is found out
//! xs.append([1.0, 2.0])            so this is a list, as in Python, and an error
//! ```
//!
//! A hope that was only found out still tells numbers how wide they are, and `[]` what it will hold.

use mlc_syntax::Name;
use mlc_syntax::ast;
use rustc_hash::FxHashMap;

use crate::checker::{Checker, GenericArg};
use crate::func::FnCx;
use crate::hir::{Dim, ExprKind, FuncId, Place, Projection, ProjectionKind, Root, Ty, TyKind};

#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Want {
    ty: Option<Ty>,
    written: bool,
}

impl Want {
    pub const NOTHING: Want = Want {
        ty: None,
        written: false,
    };

    /// `written`: whether the program has the type in its text, so that lists become the arrays that it tells of.
    pub fn of(ty: Ty, written: bool) -> Want {
        Want {
            ty: Some(ty),
            written,
        }
    }

    pub fn written(ty: Ty) -> Want {
        Want::of(ty, true)
    }

    pub fn ty(self) -> Option<Ty> {
        self.ty
    }

    pub fn is_written(self) -> bool {
        self.written
    }

    /// What is hoped for of a part.
    pub fn part(self, ty: Option<Ty>) -> Want {
        Want { ty, ..self }
    }
}

/// A type that was found out.
impl From<Option<Ty>> for Want {
    fn from(ty: Option<Ty>) -> Want {
        Want { ty, written: false }
    }
}

impl Checker<'_> {
    /// Whether an annotation itself tells of the arrays in its type: none of them comes from a generic argument.
    pub fn tells_arrays(
        &self,
        annotation: &ast::Expr,
        generics: &FxHashMap<Name, GenericArg>,
    ) -> bool {
        if let ast::ExprKind::Name(name) = &annotation.kind
            && let Some(GenericArg::Type(ty)) = generics.get(name)
        {
            return !self.has_array(*ty);
        }
        let mut told = true;
        crate::names::for_each_child(annotation, &mut |child| {
            told &= self.tells_arrays(child, generics);
        });
        told
    }

    fn has_array(&self, ty: Ty) -> bool {
        match self.types.kind(ty) {
            TyKind::Array { .. } => true,
            TyKind::List(part) | TyKind::Optional(part) => self.has_array(*part),
            TyKind::Tuple(parts) => parts.iter().any(|&part| self.has_array(part)),
            _ => false,
        }
    }

    /// Whether the parameter of an instance has its type from the text of the function.
    pub fn is_param_written(&self, func: FuncId, position: usize) -> bool {
        let Some(decl) = self.header(func).decl else {
            return false;
        };
        let param = self.decl(decl).ast.params.get(position);
        param
            .and_then(|param| param.annotation.as_ref())
            .is_some_and(|annotation| {
                self.tells_arrays(annotation, &self.instance_generics[func.0 as usize])
            })
    }

    /// Whether the result of an instance has its type from the text of the function.
    pub fn is_result_written(&self, func: FuncId) -> bool {
        let Some(decl) = self.header(func).decl else {
            return false;
        };
        let returns = self.decl(decl).ast.returns.as_ref();
        returns.is_some_and(|annotation| {
            self.tells_arrays(annotation, &self.instance_generics[func.0 as usize])
        })
    }
}

impl<'a> FnCx<'_, 'a> {
    /// What an annotation in this function hopes for.
    pub fn want_by(&self, annotation: &ast::Expr, ty: Ty) -> Want {
        Want::of(ty, self.cx.tells_arrays(annotation, &self.generics))
    }

    /// The array that a list becomes here: its type, that of its elements, its dimensions.
    pub fn array_wanted(&mut self, want: Want) -> Option<(Ty, Ty, Box<[Dim]>)> {
        let ty = self.cx.resolve(want.ty.filter(|_| want.written)?);
        let ty = match *self.cx.types.kind(ty) {
            TyKind::Optional(inner) => inner,
            _ => ty,
        };
        match self.cx.types.kind(ty).clone() {
            TyKind::Array { elem, dims } => Some((ty, elem, dims)),
            _ => None,
        }
    }

    /// The type that is hoped for of the items of a list.
    pub fn item_wanted(&mut self, want: Want) -> Option<Ty> {
        let ty = self.cx.resolve(want.ty?);
        let ty = match *self.cx.types.kind(ty) {
            TyKind::Optional(inner) => inner,
            _ => ty,
        };
        match *self.cx.types.kind(ty) {
            TyKind::List(elem) => Some(elem),
            _ => None,
        }
    }

    /// Whether a value has to be of the type that is hoped for: a variable found to be an array may become a list.
    pub fn is_certain(&self, want: Want) -> bool {
        want.written || !want.ty.is_some_and(|ty| self.cx.has_array(ty))
    }

    /// What is hoped for of a value for a part of a place.
    pub fn want_in(&mut self, place: &Place, ty: Ty) -> Want {
        Want::of(ty, self.is_type_written(place))
    }

    /// Whether the type of a place is written: that of its variable, or that of a field on the way to it. What is stored to
    /// a part of an array is taken element by element, as in NumPy.
    fn is_type_written(&mut self, place: &Place) -> bool {
        let mut steps: &[Projection] = &place.projections;
        while let [before @ .., last] = steps {
            let base = match before.last() {
                Some(step) => step.ty,
                None => self.root_type(place),
            };
            let base = self.cx.resolve(base);
            match (&last.kind, self.cx.types.kind(base)) {
                (_, TyKind::Array { .. }) => return true,
                (ProjectionKind::Field(field), &TyKind::Struct(id)) => {
                    let item = &self.cx.struct_instances[id.0 as usize];
                    let ast = self.cx.struct_decl(item.decl).ast;
                    let declared = ast.fields.get(*field as usize);
                    if declared.is_some_and(|declared| {
                        self.cx.tells_arrays(&declared.annotation, &item.generics)
                    }) {
                        return true;
                    }
                }
                _ => {}
            }
            steps = before;
        }
        match &place.root {
            Root::Local(local) => {
                let local = self.local(*local);
                let annotated = self.annotated.get(&Name::new(&local.name));
                annotated.is_some_and(|annotated| annotated.written && annotated.ty == local.ty)
            }
            Root::Global(global) => !self.cx.found_globals.contains(global),
            Root::Temporary(value) | Root::Borrowed(value) => match value.kind {
                ExprKind::Call { callee, .. } => self.cx.is_result_written(callee),
                _ => false,
            },
            Root::Constant(_) => false,
        }
    }

    pub fn root_type(&self, place: &Place) -> Ty {
        match &place.root {
            Root::Local(local) => self.local(*local).ty,
            Root::Global(global) => self.cx.globals[global.0 as usize].ty,
            Root::Temporary(value) | Root::Borrowed(value) => value.ty,
            Root::Constant(constant) => self.cx.constants[constant.0 as usize].ty,
        }
    }
}
