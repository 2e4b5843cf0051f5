//! The memory of top-level variables: one for each module in a process, whichever compiled programs import it.
//!
//! Each program holds the code of all that it imports, but no memory for variables. When it is loaded, every variable is looked up by
//! what it is: the module's name, file, text and defines, its own name, and how its value is laid out. Programs that were compiled from
//! different texts share nothing.

use crate::{ContentHash, Options};
use mlc_diagnostics::{FileId, SourceMap, Span};
use mlc_sema::hir::{GlobalId, Program, StructId, Ty, TyKind};
use serde::{Deserialize, Serialize};
use std::{
    collections::HashMap,
    ffi::c_void,
    sync::{
        Arc, Mutex, PoisonError, Weak,
        atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering},
    },
};

/// A variable whose memory an object wants.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(crate) struct Variable {
    pub symbol: String,
    /// In bytes.
    pub size: usize,
    /// The same in every program that has this variable.
    pub identity: String,
    /// Whether it is of the module that was compiled, and not of one that this imports.
    pub own: bool,
    /// Whether it says that the module's top-level statements have run.
    pub ran: bool,
}

/// Which top-level values a module shares with the others of its process that are made of the same source.
#[derive(Clone, Debug)]
pub enum Sharing {
    /// All: wherever it is imported, it is one.
    All,
    /// Those of the modules that it imports, not its own.
    Imports,
    /// All, and those that a loaded module has for itself, which this one imports, whatever it calls it.
    With(Values),
}

/// The top-level values of a module that was loaded, by what they are.
#[derive(Clone, Debug, Default)]
pub struct Values(Arc<HashMap<String, Arc<Block>>>);

impl Values {
    /// The memory of a variable of another program that imports the module.
    fn find(&self, variable: &Variable) -> Option<Arc<Block>> {
        self.0.get(variable.apart_from_its_module()).cloned()
    }
}

impl Variable {
    /// What it is, but for the name that its module goes by.
    fn apart_from_its_module(&self) -> &str {
        let name = self.identity.split('\n').next().unwrap_or_default();
        let module = name.rfind('.').map_or(0, |dot| dot + 1);
        &self.identity[module..]
    }
}

/// Room that compiled code reads and writes.
#[derive(Debug)]
struct Block {
    lines: Box<[Line]>,
    /// How many pointers into the parts of the value hosts hold.
    views: Arc<AtomicUsize>,
    /// Of a variable that says whether statements have run: whether a host has asked.
    claimed: AtomicBool,
}

#[derive(Debug, Default)]
#[repr(align(64))]
struct Line([AtomicU64; 8]);

impl Block {
    fn new(bytes: usize) -> Block {
        let lines = std::iter::repeat_with(Line::default);
        Block {
            lines: lines
                .take(bytes.div_ceil(size_of::<Line>()).max(1))
                .collect(),
            views: Arc::default(),
            claimed: AtomicBool::new(false),
        }
    }

    fn address(&self) -> *mut c_void {
        self.lines.as_ptr().cast::<c_void>().cast_mut()
    }
}

/// The memory of one program's variables.
#[derive(Debug)]
pub(crate) struct State {
    blocks: HashMap<String, Arc<Block>>,
    ran: Option<Arc<Block>>,
    own: Values,
}

impl State {
    pub fn new(variables: &[Variable], sharing: &Sharing) -> State {
        static BLOCKS: Mutex<Option<HashMap<String, Weak<Block>>>> = Mutex::new(None);
        let mut known = BLOCKS.lock().unwrap_or_else(PoisonError::into_inner);
        let known = known.get_or_insert_default();
        let mut state = State {
            blocks: HashMap::new(),
            ran: None,
            own: Values::default(),
        };
        let mut own = HashMap::new();
        for item in variables {
            let shared = !matches!(sharing, Sharing::Imports) || !item.own;
            let found = match sharing {
                Sharing::With(values) => values.find(item),
                Sharing::All | Sharing::Imports => None,
            };
            let found = found.or_else(|| known.get(&item.identity).and_then(Weak::upgrade));
            let block = match found.filter(|_| shared) {
                Some(block) => block,
                None => {
                    let block = Arc::new(Block::new(item.size));
                    if shared {
                        known.insert(item.identity.clone(), Arc::downgrade(&block));
                    }
                    block
                }
            };
            if item.own && item.ran {
                state.ran = Some(Arc::clone(&block));
            }
            if item.own {
                let identity = item.apart_from_its_module().to_owned();
                own.insert(identity, Arc::clone(&block));
            }
            state.blocks.insert(item.symbol.clone(), block);
        }
        known.retain(|_, block| block.strong_count() > 0);
        state.own = Values(Arc::new(own));
        state
    }

    /// The symbols with what they stand for.
    pub fn addresses(&self) -> Vec<(&str, *const ())> {
        let blocks = self.blocks.iter();
        blocks
            .map(|(symbol, block)| (symbol.as_str(), block.address().cast_const().cast()))
            .collect()
    }

    pub fn variable(&self, symbol: &str) -> Option<(*mut c_void, Arc<AtomicUsize>)> {
        let block = self.blocks.get(symbol)?;
        Some((block.address(), Arc::clone(&block.views)))
    }

    /// The module's own values.
    pub fn own(&self) -> &Values {
        &self.own
    }

    pub fn is_to_run(&self) -> bool {
        let Some(ran) = &self.ran else {
            return true;
        };
        let first = !ran.claimed.swap(true, Ordering::AcqRel);
        // The variable is one byte, the first of the block on the machines that code is made for.
        let has_run = ran.lines[0].0[0].load(Ordering::Acquire).to_le() & 0xff != 0;
        !(first && has_run)
    }
}

/// A variable of a program, or the word of a struct.
struct Item<'p> {
    symbol: String,
    name: String,
    span: Span,
    ty: Ty,
    /// The module that it is of, where that is not part of the name.
    home: Option<&'p str>,
    ran: bool,
}

fn items(program: &Program) -> Vec<Item<'_>> {
    let variables = (0..).zip(&program.globals).map(|(position, global)| {
        let id = GlobalId(position);
        Item {
            symbol: mlc_irgen::variable_symbol(program, id),
            name: global.name.clone(),
            span: global.span,
            ty: global.ty,
            home: None,
            ran: program.ran == Some(id),
        }
    });
    let structs = (0..).zip(&program.structs).map(|(position, item)| Item {
        symbol: mlc_irgen::class_symbol(program, StructId(position)),
        name: format!("${}", item.name),
        span: item.span,
        ty: item.ty,
        home: item.home.as_deref(),
        ran: false,
    });
    variables.chain(structs).collect()
}

/// The symbols of a program's variables, and of the words of its structs.
pub(crate) fn symbols(program: &Program) -> Vec<String> {
    let items = items(program).into_iter();
    items.map(|item| item.symbol).collect()
}

/// The variables of a program that its object wants, which `sizes` lists. `path` is the module's own dotted name.
pub(crate) fn variables(
    program: &Program,
    sources: &SourceMap,
    options: &Options,
    path: &str,
    sizes: &[(String, usize)],
) -> Vec<Variable> {
    let mut found = Vec::new();
    let mut hashes: HashMap<FileId, String> = HashMap::new();
    for item in items(program) {
        let Some((_, size)) = sizes.iter().find(|(name, _)| *name == item.symbol) else {
            continue;
        };
        let file = item.span.file;
        let own = file == FileId(0);
        let hash = hashes
            .entry(file)
            .or_insert_with(|| ContentHash::of(sources.text(file).as_bytes()).to_string());
        let source = sources.name(file);
        let place = std::path::absolute(source).map(|path| path.display().to_string());
        let name = match (own, item.home) {
            (true, _) => format!("{path}.{}", item.name),
            (false, Some(home)) => format!("{home}.{}", item.name),
            (false, None) => item.name,
        };
        let identity = format!(
            "{name}\n{}\n{hash}\n{:?}\n{}",
            place.unwrap_or_else(|_| source.to_owned()),
            options.defines,
            layout(program, item.ty, &mut Vec::new())
        );
        found.push(Variable {
            symbol: item.symbol,
            size: *size,
            identity,
            own,
            ran: item.ran,
        });
    }
    found
}

/// A type with everything that decides how its values lie in memory. `around` are the structs that it is inside of.
fn layout(program: &Program, ty: Ty, around: &mut Vec<StructId>) -> String {
    match program.types.kind(ty) {
        TyKind::Struct(id) if around.contains(id) => program.structs[id.0 as usize].name.clone(),
        TyKind::Struct(id) => {
            around.push(*id);
            let item = &program.structs[id.0 as usize];
            let fields: Vec<String> = (item.fields.iter())
                .map(|field| layout(program, field.ty, around))
                .collect();
            around.pop();
            format!("{}{{{}}}", item.name, fields.join(", "))
        }
        TyKind::List(of) => format!("[{}]", layout(program, *of, around)),
        TyKind::Optional(of) => format!("{}?", layout(program, *of, around)),
        TyKind::Tuple(items) => {
            let items: Vec<String> = (items.iter())
                .map(|&item| layout(program, item, around))
                .collect();
            format!("({})", items.join(", "))
        }
        _ => program.types.name(ty),
    }
}

#[cfg(test)]
mod tests {
    use super::{Sharing, State, Values, Variable};

    fn variable(identity: &str, own: bool) -> Variable {
        Variable {
            symbol: "m.x".to_owned(),
            size: 8,
            identity: identity.to_owned(),
            own,
            ran: false,
        }
    }

    #[test]
    fn what_is_shared_is_one_block_as_long_as_anybody_has_it() {
        let address = |state: &State| state.variable("m.x").map(|(address, _)| address.addr());
        let one = State::new(&[variable("shared", true)], &Sharing::All);
        let other = State::new(&[variable("shared", false)], &Sharing::Imports);
        assert_eq!(address(&one), address(&other));
        let own = State::new(&[variable("shared", true)], &Sharing::Imports);
        let another = State::new(&[variable("another", true)], &Sharing::All);
        assert_ne!(address(&own), address(&one));
        assert_ne!(address(&another), address(&one));
        assert_eq!(one.variable("m.y").map(|(address, _)| address), None);
    }

    #[test]
    fn what_a_module_has_for_itself_is_found_by_those_who_are_given_it() {
        let address = |state: &State| state.variable("m.x").map(|(address, _)| address.addr());
        let own = State::new(&[variable("_m_.x\nfile\nhash", true)], &Sharing::Imports);
        let given = |values: &Values| {
            let imported = variable("m.x\nfile\nhash", false);
            address(&State::new(&[imported], &Sharing::With(values.clone())))
        };
        assert_eq!(given(own.own()), address(&own));
        assert_ne!(given(&Values::default()), address(&own));
    }
}
