//! The top-level statements of a module as a function.

use mlc_diagnostics::{Diagnostic, Span};
use mlc_syntax::ast::{self};
use rustc_hash::FxHashMap;

use super::finish::finish_body;
use crate::checker::{Checker, Header, ModuleId};
use crate::diag;
use crate::func::FnCx;
use crate::hir::{self, FuncId, GlobalId, Stmt, StmtKind, Ty};
use crate::module_values;
use crate::modules::inner_imports;
use crate::python::import_from_python;
use crate::results::Inference;

impl<'a> Checker<'a> {
    fn reserve_init(&mut self, module: ModuleId) -> FuncId {
        let func = FuncId(self.headers.len() as u32);
        self.headers.push(Header {
            decl: None,
            params: Vec::new(),
            result: Some(Ty::NONE),
            asked_by: None,
            done: true,
            inference: Inference::default(),
        });
        self.instance_generics.push(FxHashMap::default());
        self.functions.push(None);
        let wanted = if module.0 == 0 {
            "__init__".to_owned()
        } else {
            format!("{}.__init__", self.module(module).path)
        };
        let symbol = self.unique_symbol(&wanted);
        self.symbols_by_func.push(symbol);
        func
    }

    /// The top-level statements of a module as a function. An import runs those of the modules that it is the first to
    /// reach; `inits` are theirs.
    pub fn check_top(&mut self, module: ModuleId, inits: &[Option<FuncId>]) -> Option<FuncId> {
        let ast = self.module(module).ast;
        let runs = |cx: &Self, stmt: &ast::Stmt| -> Vec<FuncId> {
            let first = cx.module(module).links.first.get(&stmt.span);
            let first = first.into_iter().flatten();
            first.filter_map(|id| inits[id.0 as usize]).collect()
        };
        // What functions import does nothing but to define names.
        let mut first: Vec<(FuncId, Span)> = Vec::new();
        for stmt in ast.body.iter().filter(|_| ast.inner_imports) {
            inner_imports(stmt, &mut |stmt| {
                first.extend(runs(self, stmt).into_iter().map(|init| (init, stmt.span)));
            });
        }
        let computes = (ast.body.iter()).any(|stmt| self.computes_defaults(module, stmt));
        let any = computes
            || !first.is_empty()
            || ast.body.iter().any(|stmt| match stmt.kind {
                ast::StmtKind::Function(_)
                | ast::StmtKind::Struct(_)
                | ast::StmtKind::Comptime(_)
                | ast::StmtKind::Invalid { .. } => false,
                ast::StmtKind::Import(_) | ast::StmtKind::ImportFrom(_) => {
                    import_from_python(stmt).is_some() || !runs(self, stmt).is_empty()
                }
                _ => true,
            });
        if !any {
            return None;
        }
        let func = self.reserve_init(module);
        let symbol = self.symbols_by_func[func.0 as usize].clone();
        let ran = self.options.imported.then(|| self.ran(module));
        self.ran.extend(ran.map(|ran| (func, ran)));
        let (mark, reports) = (self.empty_lists.mark(), self.diagnostics.len());
        let (locals, body) = loop {
            let checked = self.check_top_once(module, func, &first, &runs);
            let found = self.diagnostics.split_off(reports);
            if !self.learns_items(func, mark, &found) {
                self.diagnostics.extend(found);
                break checked;
            }
        };
        let mut function = init_function(symbol, locals, body, module.0 == 0, ast.span);
        if let (Some(ran), true) = (ran, module.0 != 0) {
            function.body.push(module_values::has_run(ran, ast.span));
        }
        self.functions[func.0 as usize] = Some(function);
        Some(func)
    }

    /// The variables and statements of the top level. `first` are the modules that functions import, `runs` those that an import
    /// is the first to reach.
    fn check_top_once(
        &mut self,
        module: ModuleId,
        func: FuncId,
        first: &[(FuncId, Span)],
        runs: &dyn Fn(&Self, &ast::Stmt) -> Vec<FuncId>,
    ) -> (Vec<hir::Local>, Vec<Stmt>) {
        let ast = self.module(module).ast;
        let unknowns_before = self.unknowns.len();
        let mut cx = FnCx::new(self, module, func);
        cx.at_top = true;
        cx.flexible = true;
        for (init, span) in first {
            cx.run_module(*init, *span);
        }
        for stmt in &ast.body {
            match stmt.kind {
                ast::StmtKind::Function(_) | ast::StmtKind::Struct(_) => cx.compute_defaults(stmt),
                ast::StmtKind::Import(_) | ast::StmtKind::ImportFrom(_) => {
                    if let Some(import) = import_from_python(stmt) {
                        cx.import_objects(import, stmt.span);
                    }
                    for init in runs(cx.cx, stmt) {
                        cx.run_module(init, stmt.span);
                    }
                }
                _ => cx.block(std::slice::from_ref(stmt)),
            }
        }
        if module.0 == 0 && cx.cx.options.imported {
            cx.cx.candidates = module_values::candidates(&cx);
        }
        let any_unknown = cx.cx.unknowns.len() > unknowns_before;
        if any_unknown {
            cx.cx.report_untold_global(module);
        }
        finish_body(cx, any_unknown)
    }
}

impl Checker<'_> {
    /// Reports a top-level list whose items no top-level statement tells: functions see it as it is declared.
    fn report_untold_global(&mut self, module: ModuleId) {
        let mut globals: Vec<GlobalId> = self.module(module).globals.values().copied().collect();
        globals.sort_unstable();
        for id in globals {
            let (ty, span) = {
                let global = &self.globals[id.0 as usize];
                (global.ty, global.span)
            };
            let ty = self.resolve(ty);
            if self.types.is_open(ty) && !self.diagnostics.iter().any(Diagnostic::is_error) {
                let name = format!("`{}`", self.globals[id.0 as usize].name);
                self.report(diag::cannot_infer(span, &name));
            }
        }
    }
}

impl FnCx<'_, '_> {
    /// Runs the top-level statements of a module that is reached for the first time.
    fn run_module(&mut self, init: FuncId, span: Span) {
        let mut call = call_of(init, span);
        if let Some(&ran) = self.cx.ran.get(&init) {
            call = module_values::unless_run(ran, call, span);
        }
        self.emit(call, span);
    }
}

/// A call of a function that takes and gives nothing.
fn call_of(callee: FuncId, span: Span) -> StmtKind {
    StmtKind::Expr(hir::Expr {
        kind: hir::ExprKind::Call {
            callee,
            args: Vec::new(),
        },
        ty: Ty::NONE,
        span,
    })
}

fn init_function(
    symbol: String,
    locals: Vec<hir::Local>,
    body: Vec<Stmt>,
    exported: bool,
    span: Span,
) -> hir::Function {
    hir::Function {
        name: "__init__".to_owned(),
        symbol,
        params: Vec::new(),
        result: Ty::NONE,
        result_borrows: None,
        result_view: false,
        returns_param: None,
        kind: hir::FunctionKind::Function,
        locals,
        body,
        raises: false,
        exported,
        attributes: hir::Attributes::default(),
        doc: None,
        span,
    }
}
