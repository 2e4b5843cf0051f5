//! `zip(*rows)` of as many rows as there are at run time: the columns, as tuples whose length is that number.

use mlc_diagnostics::Span;
use mlc_syntax::ast::{self, ArgKind};

use super::{Source, is_lent};
use crate::call::Given;
use crate::coerce::Val;
use crate::diag;
use crate::func::FnCx;
use crate::hir::{
    CompareOp, ErrorKind, Expr, ExprKind, LocalId, Place, ProjectionKind, StmtKind, Ty, TyKind,
};

/// Rows whose columns are visited.
#[derive(Clone, Copy)]
pub(crate) struct Columns {
    rows: LocalId,
    /// A borrow of the first row, where rows own memory.
    first: LocalId,
}

impl<'a> FnCx<'_, 'a> {
    /// The columns of rows.
    pub(super) fn columns(&mut self, rows: Source<'a>, span: Span) -> Source<'a> {
        let (place, elem) = match rows {
            Source::Elements { place, elem } => (place, elem),
            Source::Nothing | Source::Failed => return rows,
            _ => return self.no_columns("`zip(*…)` of what is no list", span),
        };
        let item = match self.cx.types.kind(elem).clone() {
            TyKind::List(item) => item,
            TyKind::Str => Ty::STR,
            TyKind::Array { elem, dims } if dims.len() == 1 => elem,
            TyKind::Tuple(items) if items.windows(2).all(|pair| pair[0] == pair[1]) => {
                match items.first() {
                    Some(&item) => item,
                    None => return Source::Nothing,
                }
            }
            TyKind::Tuple(_) => {
                let feature = "a loop over the columns of tuples whose items differ in type";
                let diagnostic = diag::not_yet(span, feature);
                self.report(diagnostic.help("name them: `xs, ys = zip(*pairs)`"));
                return Source::Failed;
            }
            TyKind::Error => return Source::Failed,
            _ => return self.no_columns("`zip(*…)` of rows of this type", span),
        };
        let item = self.cx.resolve(item);
        if self.cx.types.is_owning(item) {
            return self.no_columns("`zip(*…)` of rows whose items own memory", span);
        }
        Source::Columns(self.lent(place, elem, span))
    }

    /// Python goes on with the rows that it had: here nothing puts others in their place. They may grow and shrink.
    fn lent(&mut self, place: Place, elem: Ty, span: Span) -> Columns {
        let ty = place.ty;
        if !self.cx.types.is_owning(elem) {
            let value = Val::strong(ExprKind::Copy(place), ty, span);
            let rows = self.temp("rows", ty, span);
            let value = value.expr;
            self.emit(StmtKind::Bind { local: rows, value }, span);
            return Columns { rows, first: rows };
        }
        let zero = vec![self.int(0, span)];
        let kind = ProjectionKind::Index {
            indices: zero,
            checked: false,
        };
        let first = self.project(place.clone(), kind, elem, span);
        let [rows, first] = [place, first].map(|place| self.lent_local(place, "rows", span));
        Columns { rows, first }
    }

    fn no_columns(&mut self, feature: &str, span: Span) -> Source<'a> {
        self.report(diag::not_yet(span, feature).help(
            "take the columns one by one: `for j in range(len(rows[0]))`, `[row[j] for row in rows]`",
        ));
        Source::Failed
    }

    /// How many columns there are, at this moment.
    pub(super) fn columns_in(&mut self, columns: &Columns, span: Span) -> Expr {
        let rows = self.given(columns.rows, span);
        self.call_library("columns_in", vec![rows], span).expr
    }

    pub(super) fn column_of(&mut self, columns: &Columns, position: Expr, span: Span) -> Val {
        let (rows, first) = (
            self.given(columns.rows, span),
            self.given(columns.first, span),
        );
        let position = Given::Value(Box::new(position.into()));
        self.call_library("column_of", vec![rows, first, position], span)
    }

    fn given(&mut self, local: LocalId, span: Span) -> Given<'a> {
        Given::Value(Box::new(self.read_local(local, span).into()))
    }

    /// The list in a tuple whose length is that of a list.
    pub fn items_of_tuple(&mut self, tuple: Place, span: Span) -> Place {
        let items = (self.cx.struct_of(tuple.ty)).and_then(|id| {
            let fields = &self.cx.structs[id.0 as usize].fields;
            fields.first().map(|field| field.ty)
        });
        let items = items.unwrap_or(Ty::ERROR);
        self.project(tuple, ProjectionKind::Field(0), items, span)
    }

    /// `zip(*rows)` where its parts get names: as many as the tuples in `rows` have items, or as there are rows.
    pub fn unzipped(&mut self, iter: &'a ast::Expr) -> Option<Val> {
        let ("zip", [arg]) = self.iterator_call(iter)? else {
            return None;
        };
        if arg.kind != ArgKind::Star {
            return None;
        }
        let (span, at) = (iter.span, arg.value.span);
        let source = match self.fixed_elements(&arg.value) {
            Ok(parts) => {
                let parts = parts.into_iter();
                Source::Zip(parts.map(|part| self.elements_of(part, at)).collect())
            }
            Err(found) if found.is_error() => return Some(found),
            Err(rows) => match self.elements_of(rows, at) {
                Source::Elements { place, elem } => {
                    if let TyKind::Tuple(items) = self.cx.types.kind(elem).clone()
                        && items.windows(2).any(|pair| pair[0] != pair[1])
                    {
                        return Some(self.parts_of_rows(&place, elem, &items, span));
                    }
                    self.columns(Source::Elements { place, elem }, at)
                }
                rows => self.columns(rows, at),
            },
        };
        if Self::failed(&source) {
            return Some(Val::error(span));
        }
        Some(self.listed_from(source, span))
    }

    /// The columns of a list of tuples whose items differ in type. Without tuples there are none.
    fn parts_of_rows(&mut self, rows: &Place, elem: Ty, items: &[Ty], span: Span) -> Val {
        let (len, none) = (self.len_of(rows.clone(), 0, span), self.int(0, span));
        let text = format!(
            "not enough values to unpack (expected {}, got 0)",
            items.len()
        );
        let message = Some(self.str(&text, span));
        let condition = self.compare_ints(CompareOp::Gt, len, none, span);
        let error = ErrorKind::ValueError;
        let kind = StmtKind::Check {
            condition,
            error,
            message,
        };
        self.emit(kind, span);
        let mut columns = Vec::with_capacity(items.len());
        for (at, &item) in items.iter().enumerate() {
            let list = self.gathered(span, Some(item), |cx, push| {
                let place = rows.clone();
                let rows = Source::Elements { place, elem };
                cx.each_of(rows, span, &mut |cx, row| {
                    let place = crate::coerce::into_place(row.expr);
                    let part = cx.project(place, ProjectionKind::Item(at as u32), item, span);
                    let part: Val = cx.read(part).into();
                    let part = match is_lent(&part.expr) {
                        true => cx.share(part),
                        false => part,
                    };
                    push(cx, part);
                });
            });
            let given = vec![Given::Value(Box::new(list))];
            columns.push(self.call_library("tuple_of_items", given, span).expr);
        }
        self.tuple_of(columns, span)
    }
}
