//! Progressions and compile-time data as values.

use mlc_diagnostics::Span;

use crate::checker::Comptime;
use crate::coerce::Val;
use crate::func::FnCx;
use crate::hir::{ConstValue, ExprKind, TyKind};
use crate::structs::whole_struct;

impl<'a> FnCx<'_, 'a> {
    /// A compile-time tuple as a literal; a list or array as read-only data.
    pub fn comptime_data(&mut self, value: &Comptime, span: Span) -> Val {
        let (Some(ty), ConstValue::Items(items)) = (value.ty, &value.value) else {
            return Val::error(span);
        };
        if let TyKind::Tuple(tys) = self.cx.types.kind(ty).clone() {
            let mut values = Vec::with_capacity(items.len());
            for (item, &ty) in items.iter().zip(&tys) {
                let item = Comptime {
                    value: item.clone(),
                    ty: Some(ty),
                };
                let item = self.comptime_literal(&item, span).expr;
                values.push(self.copy_of(item.into()).expr);
            }
            return Val::strong(ExprKind::Tuple(values), ty, span);
        }
        if let Some(id) = self.cx.struct_of(ty) {
            let mut fields = Vec::with_capacity(items.len());
            for (position, item) in items.iter().enumerate() {
                let item = Comptime {
                    value: item.clone(),
                    ty: Some(self.cx.structs[id.0 as usize].fields[position].ty),
                };
                let field = self.comptime_literal(&item, span).expr;
                fields.push(self.copy_of(field.into()).expr);
            }
            return Val::strong(whole_struct(id, fields), ty, span);
        }
        let known = (self.cx.constants_at).find(&self.cx.constants, ty, &value.value);
        let at = known.unwrap_or_else(|| {
            let at = self.cx.constants.len();
            self.cx.constants_at.add(at, ty, &value.value);
            self.cx.constants.push(crate::hir::Constant {
                name: format!("const{at}"),
                ty,
                value: value.value.clone(),
                span,
            });
            at
        });
        self.cx.note_constant(at);
        let place = crate::hir::Place {
            root: crate::hir::Root::Constant(crate::hir::ConstId(at as u32)),
            projections: Vec::new(),
            ty,
            span,
        };
        self.read(place).into()
    }
}
