//! Calls of objects of Python, and the names of Python's built-ins.

use mlc_diagnostics::Span;
use mlc_syntax::Name;
use mlc_syntax::ast::{self, Arg, ArgKind, ExprKind as Ast};

use crate::checker::Item;
use crate::coerce::Val;
use crate::diag;
use crate::expr::is_shadowed;
use crate::func::FnCx;
use crate::hir::{Expr, ExprKind, PythonOp, Ty};

/// Built-in functions that are Python's where an argument is an object.
const BUILTINS: &[&str] = &[
    "abs",
    "all",
    "any",
    "divmod",
    "hash",
    "isinstance",
    "iter",
    "max",
    "min",
    "next",
    "pow",
    "reversed",
    "round",
    "sorted",
    "sum",
    "type",
];

impl<'a> FnCx<'_, 'a> {
    /// `function(args)` of an object.
    pub fn python_call(&mut self, function: Expr, args: &'a [Arg], span: Span) -> Val {
        let mut values = Vec::with_capacity(args.len());
        let mut names = Vec::with_capacity(args.len());
        let mut callbacks = Vec::new();
        for (at, arg) in args.iter().enumerate() {
            let is_one = matches!(arg.kind, ArgKind::Positional | ArgKind::Keyword(_));
            let callback = is_one.then(|| self.callback(&arg.value)).flatten();
            let value = match callback {
                Some(callback) => {
                    let description = format!("{at}|{}", callback.description);
                    callbacks.push(self.str(&description, arg.value.span));
                    callbacks.push(callback.call);
                    // The object takes this place when the call begins.
                    Val::strong(ExprKind::None, Ty::NONE, arg.value.span)
                }
                None => self.value(&arg.value, Some(Ty::PYTHON_OBJECT)),
            };
            values.push(self.object_of(value));
            names.push(match arg.kind {
                ArgKind::Positional => "",
                ArgKind::Keyword(name) => name.name.as_str(),
                ArgKind::Star => "*",
                ArgKind::DoubleStar => "**",
            });
        }
        let names = match names.iter().all(|name| name.is_empty()) {
            true => String::new(),
            false => names.join(","),
        };
        let values = self.list_of_objects(values, span);
        let names = self.str(&names, span);
        if callbacks.is_empty() {
            return self.object(PythonOp::Call, vec![function, values, names], span);
        }
        let args = [function, values, names].into_iter().chain(callbacks);
        self.object(PythonOp::CallWith, args.collect(), span)
    }

    /// `object.name(args)`
    pub fn python_method(
        &mut self,
        object: Expr,
        attr: &ast::Ident,
        args: &'a [Arg],
        span: Span,
    ) -> Val {
        let function = self.python_attribute(object, attr.name, attr.span);
        self.python_call(function.expr, args, span)
    }

    /// A call with stars is of an object: Python unpacks what they stand for.
    pub fn calls_object(&mut self, function: &'a ast::Expr) -> bool {
        match &function.kind {
            _ if !self.cx.uses_python => false,
            Ast::Attribute { value, .. } if self.is_python_namespace(value) => true,
            Ast::Attribute { value, .. } => self.is_object_expr(value),
            _ => self.is_object_expr(function),
        }
    }

    /// Whether an expression, which is not evaluated, is an object.
    pub fn is_object_expr(&mut self, expr: &'a ast::Expr) -> bool {
        let is_variable = matches!(
            self.static_item(expr),
            None | Some(Item::Global | Item::Variable(..))
        );
        if !self.cx.uses_python || !is_variable {
            return false;
        }
        // An expression asks this of its parts, which ask it of theirs: what one question found holds for those within it, so
        // that each level is looked at once.
        let is_outermost = self.objects.is_none();
        let known = self.objects.get_or_insert_default();
        if let Some(&known) = known.get(&std::ptr::from_ref(expr)) {
            return known;
        }
        let found = self.type_if_evaluated(expr) == Ty::PYTHON_OBJECT;
        match &mut self.objects {
            Some(objects) if !is_outermost => {
                objects.insert(expr, found);
            }
            objects => *objects = None,
        }
        found
    }

    /// The type of an expression, which is not evaluated.
    pub fn type_if_evaluated(&mut self, expr: &'a ast::Expr) -> Ty {
        let diagnostics = self.cx.diagnostics.len();
        let mark = self.mark();
        let mut ty = Ty::ERROR;
        self.captured(|cx| ty = cx.value(expr, None).expr.ty);
        self.roll_back(mark);
        self.cx.diagnostics.truncate(diagnostics);
        self.cx.resolve(ty)
    }

    /// `sum(object)`: a built-in function is Python's own where its first argument is an object.
    pub fn python_builtin(&mut self, name: Name, args: &'a [Arg], span: Span) -> Option<Val> {
        let first = args.first().filter(|arg| arg.kind == ArgKind::Positional)?;
        if !BUILTINS.contains(&name.as_str()) || !self.is_object_expr(&first.value) {
            return None;
        }
        let function = self.builtin_object(name, span);
        Some(self.python_call(function, args, span))
    }

    /// Whether `Python` is the namespace of Python's built-ins here.
    pub fn is_python_namespace(&self, expr: &ast::Expr) -> bool {
        matches!(&expr.kind, Ast::Name(name) if name.as_str() == "Python" && !is_shadowed(self, *name))
    }

    /// `Python.name`
    pub fn builtin_object(&mut self, name: Name, span: Span) -> Expr {
        self.cx.uses_python = true;
        let package = self.str("builtins", span);
        let name = self.str(name.as_str(), span);
        self.object(PythonOp::Import, vec![package, name], span)
            .expr
    }

    /// `Python.import_module(name)`, or a built-in function of Python.
    pub fn call_python(&mut self, attr: &ast::Ident, args: &'a [Arg], span: Span) -> Val {
        self.cx.uses_python = true;
        if attr.name != "import_module" {
            let function = self.builtin_object(attr.name, attr.span);
            return self.python_call(function, args, span);
        }
        let [arg] = args else {
            self.report(diag::wrong_arguments(
                span,
                "`Python.import_module` takes 1 argument",
            ));
            return self.poisoned_call(args, span);
        };
        let name = self.value_of(&arg.value, Ty::STR);
        let package = self.str("", span);
        self.object(PythonOp::Import, vec![package, name], span)
    }
}
