//! From the description of compiled code to a Python module.

use std::cell::RefCell;
use std::collections::HashMap;
use std::ffi::c_void;
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;

use mlc_interface::{Function, FunctionKind, GlobalUse, Interface, Work};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyDict, PyList, PyModule, PyString, PyType};

use crate::call::{self, Entry};
use crate::callback;
use crate::class::{Class, Destructor, Handle, Struct, class_of, tell};
use crate::construct;
use crate::error::c_str;
use crate::fast::Plan;
use crate::function::{self, Code, Target};
use crate::in_use::Global;
use crate::layout::Type;
use crate::output;
use crate::place::{Place, Storage};
use crate::sequence::Sequence;
use crate::signature::{Classes, Signature, constant, resolve};
use crate::variable::Variable;

/// Machine code whose functions are found by their symbols.
pub trait Entries {
    /// The entry of a function, as [`Entry`] says; null where there is none.
    fn entry(&self, symbol: &str) -> *const c_void;

    /// The memory of a top-level variable, and where it is counted how many pointers into its parts hosts hold; `None` where there is
    /// no such variable. Both stay as long as the code.
    fn variable(&self, symbol: &str) -> Option<(*mut c_void, Arc<AtomicUsize>)>;

    /// Whether the top-level statements are to be run: they may have been, where the module's state is shared.
    fn is_to_run(&self) -> bool;
}

/// Where the Python types of structs are that other modules define: by the dotted name of the module, and that of the struct. `None` where
/// Python does not have that module.
pub type Homes<'a> = dyn Fn(Python<'_>, &str, &str) -> PyResult<Option<Py<PyAny>>> + 'a;

/// How arguments are taken.
#[derive(Clone, Copy, Default, Debug)]
pub struct Settings {
    /// Whether an array that does not lie in row-major order is an error, rather than copied.
    pub strict: bool,
}

/// A struct of a module for types that it leaves open, as a Python type.
pub struct Instance {
    /// The dotted name of the module that defines the struct, where that is another one.
    pub home: Option<String>,
    /// With the types: `Box[Int]`.
    pub name: String,
    pub ty: Py<PyType>,
}

/// Runs the module's top-level statements and gives `module` everything that it exports. Returns what types of generic structs it has.
///
/// # Safety
/// The entries must be those of the code that `interface` describes, and `code` must keep that code loaded.
pub unsafe fn fill(
    module: &Bound<'_, PyModule>,
    interface: &Interface,
    entries: &dyn Entries,
    code: &Code,
    settings: Settings,
    homes: &Homes<'_>,
) -> PyResult<Vec<Instance>> {
    output::redirect();
    mlc_runtime::fork::watch();
    mlc_runtime::python::on_callback(callback::begin);
    let mut instances = Vec::new();
    // One that is loaded again has the attributes of before.
    types(module.py())?.call_method1("without_variables", (module,))?;
    module.setattr("__doc__", &interface.doc)?;
    let made = Maker {
        py: module.py(),
        name: module.name()?,
        entries,
        code,
        settings,
        classes: classes(interface, found_at_home(module.py(), interface, homes)?),
        hidden: RefCell::default(),
        has_gil: has_gil(module.py())?,
    };
    // Types first: signatures of all functions refer to them, and statements may hand structs to Python.
    for (position, description) in interface.structs.iter().enumerate() {
        if let Some(class) = made.classes[position].clone() {
            let known = class.python(module.py()).cloned();
            let is_new = known.is_none();
            let ty = match known {
                Some(ty) => ty,
                None => {
                    made.set_destructor(interface, position, &class);
                    made.python_type(interface, position, description, &class)?
                }
            };
            if description.name.contains('[') {
                instances.push(Instance {
                    home: description.home.clone(),
                    name: description.name.clone(),
                    ty: ty.clone().unbind(),
                });
            }
            let is_public = !description.name.starts_with('_');
            if is_public
                && !description.name.contains(['[', '.'])
                && !description.is_of_the_library()
            {
                module.setattr(description.name.as_str(), &ty)?;
            }
            if is_new {
                class.set_python(module.py(), ty);
            }
            if let Some((word, _)) = entries.variable(&description.symbol) {
                // SAFETY: the word is the struct's, and stays as long as the code.
                unsafe { tell(&class, word) };
            }
        }
    }
    if let Some(init) = &interface.init
        && entries.is_to_run()
        && let Some(entry) = made.entry(&init.symbol)
    {
        let mut signature = made.signature(init)?;
        signature.name = "<module>".to_owned();
        // SAFETY: the entry is that of this function, and its code is loaded.
        unsafe { call::call(module.py(), &signature, entry, &[])? };
    }
    for constant_value in &interface.constants {
        // A value that Python's numbers hold and the border does not is left out.
        if let Ok(value) = constant(module.py(), &constant_value.value) {
            module.setattr(constant_value.name.as_str(), value)?;
        }
    }
    for item in interface
        .functions
        .iter()
        .filter(|item| item.owner.is_none())
    {
        if let Some(callable) = made.callable(item)? {
            module.setattr(item.name.as_str(), callable)?;
        }
    }
    let variables = PyDict::new(module.py());
    for item in &interface.variables {
        if let Some(variable) = made.variable(item) {
            variables.set_item(item.name.as_str(), Bound::new(module.py(), variable)?)?;
        }
    }
    if !variables.is_empty() {
        types(module.py())?.call_method1("with_variables", (module, variables))?;
    }
    Ok(instances)
}

/// Whether this build of Python has a GIL.
fn has_gil(py: Python<'_>) -> PyResult<bool> {
    let flags = py.import("sys")?.getattr("abiflags")?;
    Ok(!flags.extract::<String>()?.contains('t'))
}

/// The classes of the structs that other modules define, where Python has those.
fn found_at_home(py: Python<'_>, interface: &Interface, homes: &Homes<'_>) -> PyResult<Classes> {
    let found = interface.structs.iter().map(|item| {
        let Some(home) = &item.home else {
            return Ok(None);
        };
        let ty = homes(py, home, &item.name)?;
        Ok(ty.and_then(|ty| class_of(ty.bind(py))))
    });
    found.collect()
}

/// The names and types of a struct's fields.
fn fields(item: &mlc_interface::Struct, made: &Classes) -> Result<Vec<(String, Type)>, String> {
    let field = |field: &mlc_interface::Field| Ok((field.name.clone(), resolve(&field.ty, made)?));
    item.fields.iter().map(field).collect()
}

/// The structs of a module; `None` for one that cannot cross the border. Those found at home are taken from there, where they are still
/// what the module was compiled with.
fn classes(interface: &Interface, mut at_home: Classes) -> Classes {
    loop {
        let made = defined(interface, &at_home);
        let items = interface.structs.iter();
        let other = items.zip(&at_home).position(|(item, class)| {
            let Some(class) = class else { return false };
            let here = fields(item, &made).unwrap_or_default();
            let there = class.fields();
            let mut pairs = here.iter().zip(there);
            let same = here.len() == there.len()
                && class.has_destructor() == item.has_destructor
                && pairs.all(|((name, ty), field)| *name == field.name && ty.is_same(&field.ty));
            !same
        });
        match other {
            Some(position) => at_home[position] = None,
            None => return made,
        }
    }
}

/// All structs, new ones but for those found at home.
fn defined(interface: &Interface, at_home: &Classes) -> Classes {
    let structs = &interface.structs;
    let made = structs.iter().zip(at_home).map(|(item, class)| {
        let new = || Arc::new(Class::new(item.name.clone(), item.has_destructor));
        Some(class.clone().unwrap_or_else(new))
    });
    let mut made: Classes = made.collect();
    // Without those that cannot cross the border, and those that hold such.
    loop {
        let cannot = |(position, class): (usize, &Option<Arc<Class>>)| {
            class.is_some() && fields(&structs[position], &made).is_err()
        };
        let Some(position) = made.iter().enumerate().position(cannot) else {
            break;
        };
        made[position] = None;
    }
    // A struct is defined after those in its fields; those in its lists may be itself.
    loop {
        let mut progress = false;
        for (class, item) in made.iter().zip(structs) {
            let class = class.as_ref().filter(|class| !class.is_defined());
            let Some((class, fields)) = class.zip(fields(item, &made).ok()) else {
                continue;
            };
            if fields.iter().all(|(_, ty)| ty.has_layout()) {
                class.define(fields);
                progress = true;
            }
        }
        if !progress {
            return made;
        }
    }
}

struct Maker<'a, 'py> {
    py: Python<'py>,
    name: Bound<'py, PyString>,
    entries: &'a dyn Entries,
    code: &'a Code,
    settings: Settings,
    classes: Classes,
    /// The variables that have no address here.
    hidden: RefCell<HashMap<String, Arc<Storage>>>,
    has_gil: bool,
}

impl<'py> Maker<'_, 'py> {
    fn entry(&self, symbol: &str) -> Option<Entry> {
        let address = self.entries.entry(symbol);
        if address.is_null() {
            return None;
        }
        // SAFETY: an entry is a C function of this type, as `Entries` says.
        Some(unsafe { std::mem::transmute::<*const c_void, Entry>(address) })
    }

    fn signature(&self, function: &Function) -> PyResult<Signature> {
        let relocates = function.relocates.iter().filter_map(|symbol| {
            let (_, views) = self.entries.variable(symbol)?;
            let name = symbol.rsplit('.').next().unwrap_or(symbol);
            Some((name.to_owned(), views))
        });
        let relocates = relocates.collect();
        let globals = function.globals.iter();
        let globals = globals.map(|item| self.global(item, function.work));
        Signature::new(
            self.py,
            function,
            &self.classes,
            self.settings.strict,
            relocates,
            globals.collect(),
        )
    }

    /// The memory of a top-level variable: one for all modules that use it. What an extension shows of it to nobody is nowhere.
    fn storage(&self, symbol: &str) -> Arc<Storage> {
        let name = symbol.rsplit('.').next().unwrap_or(symbol);
        match self.entries.variable(symbol) {
            // SAFETY: the entries are those of the code, which keeps the variable.
            Some((start, views)) => unsafe {
                Storage::of_variable(name, start, views, self.code.clone())
            },
            None => {
                let mut hidden = self.hidden.borrow_mut();
                let new = || Storage::of_hidden(name, self.code.clone());
                let storage = hidden.entry(symbol.to_owned()).or_insert_with(new);
                storage.clone()
            }
        }
    }

    fn global(&self, item: &GlobalUse, work: Work) -> Global {
        let ty = resolve(&item.ty, &self.classes);
        let storage = self.storage(&item.symbol);
        Global {
            // No object of Python refers to what Python cannot have.
            range: storage.range(ty.as_ref().map_or(1, Type::size), item.changes),
            storage,
            is_held: work != Work::Python || !matches!(ty, Ok(Type::Scalar(_))),
            is_number: matches!(ty, Ok(Type::Scalar(_))),
        }
    }

    /// A variable as an attribute; `None` where its values cannot cross the border, or nothing of the code mentions it.
    fn variable(&self, item: &mlc_interface::Variable) -> Option<Variable> {
        let ty = resolve(&item.ty, &self.classes).ok()?;
        self.entries.variable(&item.symbol)?;
        let storage = self.storage(&item.symbol);
        Some(Variable::new(&item.name, ty, Place::whole(storage)))
    }

    fn callable(&self, item: &Function) -> PyResult<Option<Bound<'py, PyAny>>> {
        let Some(entry) = self.entry(&item.symbol) else {
            return Ok(None);
        };
        let signature = self.signature(item)?;
        let plan = Plan::new(&signature, self.has_gil);
        let target = Target::Compiled { entry, plan };
        // SAFETY: the entry's slots are those of this signature, and `code` holds it.
        let callable = unsafe {
            function::new(
                self.py,
                &self.name,
                signature,
                item.kind,
                target,
                self.code.clone(),
            )?
        };
        Ok(Some(callable))
    }

    fn set_destructor(&self, interface: &Interface, position: usize, class: &Class) {
        let mut methods = interface.functions.iter();
        let destructor =
            methods.find(|item| item.owner == Some(position) && item.name == "__del__");
        let Some(item) = destructor else { return };
        if let Some(entry) = self.entry(&item.symbol) {
            let globals = item.globals.iter();
            class.set_destructor(Destructor {
                entry,
                globals: (globals.map(|global| self.global(global, item.work))).collect(),
                ends: item.work != Work::Python,
            });
        }
    }

    fn python_type(
        &self,
        interface: &Interface,
        position: usize,
        description: &mlc_interface::Struct,
        class: &Arc<Class>,
    ) -> PyResult<Bound<'py, PyType>> {
        let doc = description.doc.clone().unwrap_or_default();
        let defaults: Vec<_> = (description.fields.iter())
            .map(|field| field.default.clone())
            .collect();
        let signature = construct::signature(self.py, class, &defaults, &doc)?;
        let target = Target::Fields(class.clone());
        // SAFETY: a struct of its fields has no entry.
        let of_fields = unsafe {
            function::new(
                self.py,
                &self.name,
                signature,
                FunctionKind::Function,
                target,
                self.code.clone(),
            )?
        };
        let members = PyList::empty(self.py);
        let mut constructor = None;
        for item in &interface.functions {
            if item.owner != Some(position) || item.name == "__del__" {
                continue;
            }
            let Some(callable) = self.callable(item)? else {
                continue;
            };
            let kind = match item.kind {
                FunctionKind::Constructor => {
                    constructor = Some(callable);
                    continue;
                }
                FunctionKind::StaticMethod => "static",
                FunctionKind::Property => "property",
                FunctionKind::Setter => "setter",
                FunctionKind::Method | FunctionKind::Function => "method",
            };
            members.append((item.name.as_str(), kind, callable))?;
        }
        let fields: Vec<&str> = (class.fields().iter())
            .map(|field| field.name.as_str())
            .collect();
        let construct = constructor.unwrap_or_else(|| of_fields.clone());
        let made = types(self.py)?.call_method1(
            "make",
            (
                self.py.get_type::<Struct>(),
                Handle(class.clone()),
                &self.name,
                description.name.as_str(),
                doc,
                fields,
                construct,
                of_fields,
                members,
            ),
        )?;
        Ok(made.cast_into::<PyType>()?)
    }
}

/// How types and attributes of modules are made; Python, because most of a type is.
pub fn types(py: Python<'_>) -> PyResult<&Bound<'_, PyModule>> {
    static MODULE: PyOnceLock<Py<PyModule>> = PyOnceLock::new();
    let made = MODULE.get_or_try_init(py, || {
        let code = c_str(include_str!("structs.py"))?;
        let module = PyModule::from_code(py, &code, c"<mlc>", c"mlc._structs")?;
        module.call_method1("start", (py.get_type::<Sequence>(),))?;
        Ok::<_, PyErr>(module.unbind())
    })?;
    Ok(made.bind(py))
}
