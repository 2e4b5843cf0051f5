//! What the body of a parallel loop reads and writes, as paths from roots.
//!
//! A path names a part of what a root owns: fields by position, elements by linear indices. Two paths are disjoint
//! where some step keeps them apart.

use crate::analysis::{linear::Linear, place::root, slice};
use melior::ir::{
    TypeLike, ValueLike, attribute::DenseI64ArrayAttribute, operation::OperationLike,
};
use mlc_dialects::own;
use mlc_mlir::rewrite::{Op, Val, all_ops, defining_op, integer_attribute, op_name};

/// One step from a whole to a part.
#[derive(Clone, Debug)]
pub enum Step<'c, 'a> {
    /// A field of a struct.
    Field(i64),
    /// An element, by one index for each dimension; with fewer, all that lies there.
    At(Vec<Index<'c, 'a>>),
    /// The positions of a dimension from one bound up to another.
    Range([Index<'c, 'a>; 2]),
    /// All memory of an array, seen as one dimension from an element on and in steps that are known.
    Flat(Flat),
    /// Some part of an array, such as a sub-array.
    Part,
}

/// How a dimension lies in the memory of an array.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Flat {
    first: i64,
    step: i64,
}

impl Flat {
    /// What a `memref.reinterpret_cast` makes, where each element of it is another one of the memory.
    fn of(cast: Op) -> Option<Self> {
        let one = |name| match integers(cast, name)?[..] {
            [number] => Some(number),
            _ => None,
        };
        let is_known = |number: &i64| *number != DYNAMIC;
        let first = one("static_offsets").filter(is_known)?;
        let step = one("static_strides").filter(is_known)?;
        (step != 0).then_some(Self { first, step })
    }
}

/// How MLIR says that a number of a view is an operand.
const DYNAMIC: i64 = i64::MIN;

fn integers(op: Op, name: &str) -> Option<Vec<i64>> {
    let list = DenseI64ArrayAttribute::try_from(op.attribute(name).ok()?).ok()?;
    (0..list.len()).map(|i| list.element(i).ok()).collect()
}

/// An index of an element.
#[derive(Clone, Debug)]
pub struct Index<'c, 'a> {
    pub value: Val<'c, 'a>,
    pub linear: Linear<'c, 'a>,
}

impl<'c: 'a, 'a> Index<'c, 'a> {
    pub fn of(value: Val<'c, 'a>) -> Self {
        let linear = Linear::of(value);
        Self { value, linear }
    }
}

/// How an operation touches a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    Read,
    Write,
    /// An indivisible update: two of them do not conflict.
    Atomic,
    /// An ordered append: it conflicts with everything else on its list.
    Collect,
}

/// One access: `op` touches all that lies below `path` in `root`.
#[derive(Clone, Debug)]
pub struct Access<'c, 'a> {
    pub op: Op<'c, 'a>,
    pub root: Val<'c, 'a>,
    pub path: Vec<Step<'c, 'a>>,
    pub mode: Mode,
}

/// Every access of the operations in `around` and below, in the order of the text.
pub fn accesses<'c: 'a, 'a>(around: Op<'c, 'a>) -> Vec<Access<'c, 'a>> {
    all_ops(around).into_iter().flat_map(of_op).collect()
}

/// The accesses of one operation.
pub fn of_op<'c: 'a, 'a>(op: Op<'c, 'a>) -> Vec<Access<'c, 'a>> {
    let whole = |position: usize, mode| access(op, position, Vec::new(), mode);
    let element = |position: usize, first_index: usize, mode| {
        let indices = op.operands().skip(first_index).map(Index::of).collect();
        access(op, position, vec![Step::At(indices)], mode)
    };
    match op_name(op) {
        "memref.load" => element(0, 1, Mode::Read).into_iter().collect(),
        "memref.store" => element(1, 2, Mode::Write).into_iter().collect(),
        "memref.atomic_rmw" | "memref.generic_atomic_rmw" => {
            let memref = usize::from(op_name(op) == "memref.atomic_rmw");
            element(memref, memref + 1, Mode::Atomic)
                .into_iter()
                .collect()
        }
        "own.load" | "own.copy" => whole(0, Mode::Read).into_iter().collect(),
        // The header is read; it changes only where something writes the whole list.
        "own.len" | "own.view" | "own.elem" | "own.slice" => whole(0, Mode::Read)
            .into_iter()
            .map(|mut access| {
                access.path.push(Step::Field(HEADER));
                access
            })
            .collect(),
        "own.store" | "own.put" | "own.append" => whole(1, Mode::Write).into_iter().collect(),
        "own.take" | "own.resize" => whole(0, Mode::Write).into_iter().collect(),
        "own.swap" => [whole(0, Mode::Write), whole(1, Mode::Write)]
            .into_iter()
            .flatten()
            .collect(),
        "par.collect" => whole(1, Mode::Collect).into_iter().collect(),
        "own.borrow" | "own.borrow_mut" | "own.field" | "own.header" => Vec::new(),
        // It goes on under another name; who uses that touches it.
        "func.return" | "scf.yield" => Vec::new(),
        // A hint.
        "memref.prefetch" => Vec::new(),
        // What a borrow or a memref is handed to may do all that the borrow allows.
        _ => op
            .operands()
            .enumerate()
            .filter_map(|(position, operand)| {
                let mode = match own::kind(operand.r#type()) {
                    own::Kind::Ref => Mode::Read,
                    own::Kind::Mut => Mode::Write,
                    _ if operand.r#type().is_mem_ref() && !is_view_like(op) => Mode::Write,
                    _ => return None,
                };
                whole(position, mode)
            })
            .collect(),
    }
}

/// A position that no field has: the header of a list, apart from its elements.
pub const HEADER: i64 = -1;

fn access<'c: 'a, 'a>(
    op: Op<'c, 'a>,
    position: usize,
    last: Vec<Step<'c, 'a>>,
    mode: Mode,
) -> Option<Access<'c, 'a>> {
    let place = op.operand(position).ok()?;
    let mut path = path(place);
    path.extend(last);
    Some(Access {
        op,
        root: root(place),
        path,
        mode,
    })
}

/// Whether an operation makes a memref of a part of its operand.
pub fn is_view_like(op: Op) -> bool {
    matches!(
        op_name(op),
        "memref.subview"
            | "memref.cast"
            | "memref.reinterpret_cast"
            | "memref.collapse_shape"
            | "memref.expand_shape"
            | "memref.transpose"
            | "memref.dim"
    )
}

/// Whether an operation only makes a borrow, or a view, of what its first operand leads to.
pub fn is_projection(op: Op) -> bool {
    matches!(
        op_name(op),
        "own.borrow"
            | "own.borrow_mut"
            | "own.elem"
            | "own.field"
            | "own.view"
            | "own.slice"
            | "own.header"
    ) || is_view_like(op)
}

/// The steps from the root of a borrow, or of a memref, to what it covers.
pub fn path<'c: 'a, 'a>(place: Val<'c, 'a>) -> Vec<Step<'c, 'a>> {
    let mut steps = Vec::new();
    let mut value = place;
    // Whether only the memory counts of what a view is made of, and not which part of it that was.
    let mut of_memory = false;
    while let Some(op) = defining_op(value) {
        match op_name(op) {
            "own.borrow" | "own.borrow_mut" | "own.view" | "own.header" | "memref.cast" => {}
            "own.slice" if of_memory => {}
            _ if is_view_like(op) && of_memory => {}
            "memref.reinterpret_cast" => {
                of_memory = true;
                steps.push(Flat::of(op).map_or(Step::Part, Step::Flat));
            }
            "own.slice" => {
                let (indices, bounds) = slice::operands(op);
                // Pushed from the last to the first.
                match bounds {
                    Some(bounds) => steps.push(Step::Range(bounds)),
                    None if indices.is_empty() => steps.push(Step::Part),
                    None => {}
                }
                if !indices.is_empty() {
                    steps.push(Step::At(indices.into_iter().map(Index::of).collect()));
                }
            }
            "own.field" => steps.push(Step::Field(integer_attribute(op, "field").unwrap_or(0))),
            "own.elem" => {
                steps.extend(op.operand(1).ok().map(|i| Step::At(vec![Index::of(i)])));
            }
            _ if is_view_like(op) => steps.push(Step::Part),
            _ => break,
        }
        let Ok(source) = op.operand(0) else { break };
        value = source;
    }
    steps.reverse();
    steps
}

/// The positions of the fields that a path goes through, where it goes through nothing else.
pub fn fields(path: &[Step]) -> Option<Vec<i64>> {
    path.iter()
        .map(|step| match step {
            Step::Field(field) if *field != HEADER => Some(*field),
            _ => None,
        })
        .collect()
}
