//! Instances: a function with the types of its parameters, and its body once checked.

mod body;
mod finish;
mod params;
mod top;

use mlc_syntax::Name;
use mlc_syntax::ast::{self, ConventionKind, FunctionKeyword};
use rustc_hash::FxHashMap;

use crate::c_names::is_c_name;
use crate::checker::{Checker, DeclId, GenericArg, Header, HeaderParam, InstanceKey};
use crate::diag;
use crate::func::FnCx;
use crate::hir::{Convention, FuncId, Ty};
use crate::results::Inference;

/// How often one function is compiled at most.
const MOST_INSTANCES: u32 = 4096;

impl<'a> Checker<'a> {
    /// Whether the instance depends on the arguments of the call.
    pub fn is_generic(&self, decl: DeclId) -> bool {
        let decl = self.decl(decl);
        let is_pack =
            |param: &ast::Param| param.annotation.is_none() && crate::call::is_variadic(param);
        !decl.ast.generics.is_empty()
            || decl.ast.params.iter().any(is_pack)
            || (decl.ast.params.iter().enumerate()).any(|(position, param)| {
                let is_self = position == 0 && decl.owner.is_some() && !decl.is_static;
                param.annotation.is_none()
                    && !is_self
                    && (decl.ast.keyword == FunctionKeyword::Def
                        || crate::names::is_called(&decl.ast.body, param.name.name))
            })
    }

    /// Whether the instance is of an `__init__`: it makes the value and returns it.
    pub fn is_constructor(&self, func: FuncId) -> bool {
        self.header(func).decl.is_some_and(|decl| {
            let decl = self.decl(decl);
            decl.owner.is_some() && decl.ast.name.name == "__init__"
        })
    }

    /// The one instance of a function that is not generic; of a method, that for the type of the receiver.
    pub fn plain_instance(&mut self, decl: DeclId, receiver: Option<Ty>) -> Option<FuncId> {
        if let Some(&func) = self.plain_instances.get(&(decl, receiver)) {
            self.note_instance(func);
            return Some(func);
        }
        let reported = self.diagnostics.len();
        let (func, owner_ty) = self.instance_as_written(decl, receiver)?;
        // What is wrong with it is said to everybody who asks. In a function, what is around may come to mean something else.
        if self.diagnostics.len() == reported && self.decl(decl).outer_generics.is_empty() {
            self.plain_instances.insert((decl, receiver), func);
            self.plain_instances.insert((decl, owner_ty), func);
        }
        Some(func)
    }

    /// That instance, and the type of `self`, as the types of its parameters are written.
    fn instance_as_written(
        &mut self,
        decl: DeclId,
        receiver: Option<Ty>,
    ) -> Option<(FuncId, Option<Ty>)> {
        let (ast, module, owner, is_static) = {
            let decl = self.decl(decl);
            (decl.ast, decl.module, decl.owner, decl.is_static)
        };
        let owner_ty = match owner {
            Some(_) if receiver.is_some() => receiver,
            Some(owner) if !is_static => {
                if !self.struct_decl(owner).ast.generics.is_empty() {
                    return None;
                }
                Some(self.struct_type(owner, &[], ast.name.span))
            }
            _ => None,
        };
        let mut tys = Vec::with_capacity(ast.params.len());
        let generics = self.struct_generics(owner_ty);
        let mut cx = FnCx::new(self, module, FuncId(u32::MAX));
        cx.generics = generics;
        cx.generics.extend(cx.cx.decl(decl).outer_generics.clone());
        for (position, param) in ast.params.iter().enumerate() {
            let ty = match (&param.annotation, owner_ty) {
                (Some(annotation), _) => {
                    let written = cx.annotation(annotation);
                    cx.param_type(param, written)
                }
                (None, Some(ty)) if position == 0 && !is_static => ty,
                _ => Ty::ERROR,
            };
            tys.push(ty);
        }
        let func = self.instance(decl, &tys, FxHashMap::default(), owner_ty);
        Some((func, owner_ty))
    }

    /// What the generic parameters of a struct stand for in a type of it.
    pub fn struct_generics(&self, ty: Option<Ty>) -> FxHashMap<Name, GenericArg> {
        match ty.and_then(|ty| self.struct_of(ty)) {
            Some(id) => self.struct_instances[id.0 as usize].generics.clone(),
            None => FxHashMap::default(),
        }
    }

    /// The instance of a function at these types; its body is checked later.
    pub fn instance(
        &mut self,
        decl: DeclId,
        tys: &[Ty],
        generics: FxHashMap<Name, GenericArg>,
        receiver: Option<Ty>,
    ) -> FuncId {
        let mut all = self.struct_generics(receiver);
        all.extend(self.decl(decl).outer_generics.clone());
        all.extend(generics);
        let mut shown: Vec<(Name, GenericArg)> =
            all.iter().map(|(name, arg)| (*name, arg.clone())).collect();
        shown.sort_by_key(|(name, _)| name.as_str());
        let key = InstanceKey {
            decl,
            params: tys.to_vec(),
            generics: self.generic_text(&shown),
        };
        if let Some(&func) = self.instances.get(&key) {
            self.note_instance(func);
            return func;
        }
        let func = FuncId(self.headers.len() as u32);
        self.note_instance(func);
        self.instances.insert(key, func);
        let (ast, module) = (self.decl(decl).ast, self.decl(decl).module);
        let params = (ast.params.iter().zip(tys))
            .map(|(param, &ty)| HeaderParam {
                name: param.name.name,
                ty,
                written: match param.convention {
                    Some(convention) => Some(match convention.kind {
                        ConventionKind::Borrowed => Convention::Borrowed,
                        ConventionKind::Inout | ConventionKind::Out => Convention::Inout,
                        ConventionKind::Owned | ConventionKind::Deinit => Convention::Owned,
                    }),
                    None => self.is_destructor(decl).then_some(Convention::Owned),
                },
                span: param.name.span,
            })
            .collect::<Vec<HeaderParam>>();
        let params = self.with_captures(decl, tys, params);
        let generic = self.is_generic(decl);
        let wanted = if generic {
            let names: Vec<String> = tys.iter().map(|&ty| self.type_or_passed_name(ty)).collect();
            format!("{}[{}]", self.decl(decl).name, names.join(", "))
        } else if module.0 == 0 && !is_c_name(&self.decl(decl).name) {
            self.decl(decl).name.clone()
        } else {
            format!("{}.{}", self.module_symbol(module), self.decl(decl).name)
        };
        // A property has its name for both of its methods.
        let wanted = if self.decl(decl).is_setter {
            format!("{wanted}.set")
        } else {
            wanted
        };
        let symbol = self.unique_symbol(&wanted);
        self.headers.push(Header {
            decl: Some(decl),
            params,
            result: None,
            done: false,
            asked_by: self.asker,
            inference: Inference::default(),
        });
        self.instance_generics.push(all.clone());
        self.functions.push(None);
        self.symbols_by_func.push(symbol);
        if generic && self.has_too_many_instances(decl) {
            let header = &mut self.headers[func.0 as usize];
            (header.result, header.done) = (Some(Ty::ERROR), true);
            return func;
        }
        self.queue.push(func);
        if self.is_constructor(func) {
            self.headers[func.0 as usize].result = tys.first().copied();
        } else if let Some(returns) = &ast.returns {
            let ty = self.once(|checker| {
                let mut cx = FnCx::new(checker, module, FuncId(u32::MAX));
                cx.generics = all;
                cx.annotation(returns)
            });
            self.headers[func.0 as usize].result = Some(ty);
        } else if !crate::names::returns_value(&ast.body) {
            self.headers[func.0 as usize].result = Some(Ty::NONE);
        } else {
            self.headers[func.0 as usize].inference.open = true;
        }
        func
    }

    /// Counts one more instance of a generic function. Where each calls another with two types of its own, their number doubles
    /// with each step; after a report there are no more of any.
    fn has_too_many_instances(&mut self, decl: DeclId) -> bool {
        let count = self.instance_counts.entry(decl).or_default();
        *count += 1;
        if *count > MOST_INSTANCES && !self.has_endless_instances {
            self.has_endless_instances = true;
            let name = &self.decl(decl).ast.name;
            let diagnostic =
                diag::too_many_instances(name.span, name.name.as_str(), MOST_INSTANCES);
            self.lasting.push(diagnostic);
        }
        self.has_endless_instances
    }

    /// Adds the hidden parameters: what the function captures, then what the functions passed to it capture.
    fn with_captures(
        &self,
        decl: DeclId,
        tys: &[Ty],
        mut params: Vec<HeaderParam>,
    ) -> Vec<HeaderParam> {
        let declaration = self.decl(decl);
        let span = declaration.ast.name.span;
        let declared = declaration.ast.params.len();
        for (capture, &ty) in declaration
            .captures
            .iter()
            .zip(&tys[declared.min(tys.len())..])
        {
            params.push(HeaderParam {
                name: capture.name,
                ty,
                written: FnCx::capture_convention(capture),
                span,
            });
        }
        for (param, &ty) in declaration.ast.params.iter().zip(tys) {
            params.extend(self.hidden_params(param.name.name, ty, span));
        }
        params
    }
}
