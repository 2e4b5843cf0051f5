//! The diagnostics of this crate: one constructor each, data first.

use mlc_diagnostics::{Diagnostic, Span, closest};

use crate::habits;

/// A feature of the language that this version does not compile yet.
pub(crate) fn not_yet(span: Span, feature: &str) -> Diagnostic {
    Diagnostic::error("not-yet", span, format!("{feature} is not supported yet"))
}

/// `a = b = […]`
pub(crate) fn one_owner_for_several(targets: &[Span], ty: &str) -> Diagnostic {
    let later = targets.last().copied().unwrap_or(Span::NONE);
    let message = format!("this would be one more name of the same `{ty}`, which has one owner");
    let mut diagnostic = Diagnostic::error("use-after-move", later, message);
    if let Some(first) = targets.first() {
        diagnostic = diagnostic.label(*first, "the owner");
    }
    diagnostic.help("make a value for each name, or give the others a `copy(…)`")
}

pub(crate) fn bad_destructor(span: Span) -> Diagnostic {
    let message = "`__del__` takes `self` alone, and takes it over";
    Diagnostic::error("bad-destructor", span, message).help("write `fn __del__(owned self):`")
}

pub(crate) fn unknown_name<'n>(
    span: Span,
    name: &str,
    known: impl IntoIterator<Item = &'n str>,
) -> Diagnostic {
    let diagnostic = Diagnostic::error("unknown-name", span, format!("unknown name `{name}`"));
    match habits::value(name) {
        Some(here) => diagnostic.fixit(format!("write `{here}`"), span, here),
        None => suggest(diagnostic, span, name, known),
    }
}

pub(crate) fn unknown_type<'n>(
    span: Span,
    name: &str,
    known: impl IntoIterator<Item = &'n str>,
) -> Diagnostic {
    let diagnostic = Diagnostic::error("unknown-type", span, format!("unknown type `{name}`"));
    match habits::ty(name) {
        Some(here) => diagnostic.fixit(format!("write `{here}`"), span, here),
        None if habits::is_function_type(name) => diagnostic.help(
            "there are no function types: a parameter of a `def` without a type takes any function that is passed",
        ),
        None => suggest(diagnostic, span, name, known),
    }
}

/// A function, type or module where a value must stand.
pub(crate) fn not_a_value(span: Span, name: &str) -> Diagnostic {
    let message = format!("`{name}` is the name of a function, type or module, not of a value");
    Diagnostic::error("not-a-value", span, message)
        .help("it can be called, and a function can be passed to a parameter that is called")
}

pub(crate) fn unknown_attribute<'n>(
    span: Span,
    ty: &str,
    name: &str,
    known: impl IntoIterator<Item = &'n str>,
) -> Diagnostic {
    let message = format!("`{ty}` has no field or method `{name}`");
    let diagnostic = Diagnostic::error("unknown-attribute", span, message);
    let known: Vec<&str> = known.into_iter().collect();
    if let Some(here) = habits::method(name).filter(|here| known.contains(here)) {
        return diagnostic.fixit(format!("write `{here}`"), span, here);
    }
    match habits::function(name) {
        Some(help) => diagnostic.help(help),
        None => suggest(diagnostic, span, name, known),
    }
}

/// A module has no such name.
pub(crate) fn unknown_member<'n>(
    span: Span,
    module: &str,
    name: &str,
    known: impl IntoIterator<Item = &'n str>,
) -> Diagnostic {
    let message = format!("the module `{module}` has no `{name}`");
    let diagnostic = Diagnostic::error("unknown-name", span, message);
    suggest(diagnostic, span, name, known)
}

pub(crate) fn private_name(span: Span, module: &str, name: &str) -> Diagnostic {
    let message = format!("`{name}` is private to `{module}`");
    Diagnostic::error("private-name", span, message)
        .help("a name that starts with `_` is for the modules of its own package")
}

pub(crate) fn unknown_module(span: Span, path: &str, why: &crate::NotFound) -> Diagnostic {
    let diagnostic = Diagnostic::error("unknown-module", span, format!("no module named `{path}`"));
    if path == "python" || path.starts_with("python.") {
        let (package, name) = path.rsplit_once('.').unwrap_or(("python", "NAME"));
        return diagnostic.help(format!(
            "a module of Python is imported with `from {package} import {name}`"
        ));
    }
    // The folders of a package hold the last part of the name.
    let last = path.rsplit('.').next().unwrap_or(path);
    let mut diagnostic = match mlc_diagnostics::closest(last, why.known.iter().map(String::as_str))
    {
        Some(near) => {
            let near = format!("{}{near}", &path[..path.len() - last.len()]);
            diagnostic.fixit(format!("did you mean `{near}`?"), span, near)
        }
        None => diagnostic,
    };
    if habits::is_python_module(path) {
        diagnostic = diagnostic.help(format!(
            "a module of Python is imported with `from python import {path}`"
        ));
    }
    if let Some(note) = &why.note {
        diagnostic = diagnostic.help(note);
    }
    if !why.searched.is_empty() {
        let folders: Vec<String> = why
            .searched
            .iter()
            .map(|folder| format!("`{folder}`"))
            .collect();
        diagnostic = diagnostic.help(format!("searched: {}", folders.join(", ")));
    }
    diagnostic
}

pub(crate) fn unreadable_module(span: Span, path: &str, why: &str) -> Diagnostic {
    let message = format!("the module `{path}` cannot be read: {why}");
    Diagnostic::error("unknown-module", span, message)
}

pub(crate) fn outside_package(span: Span) -> Diagnostic {
    let message = "this relative import leaves the outermost package";
    Diagnostic::error("unknown-module", span, message)
        .help("a package is a folder with `__init__.mlc`; without the dots the module is looked for beside the file")
}

/// Modules that import each other: each by name with the place of the import that leads to the next.
pub(crate) fn circular_import(cycle: &[(String, Span)]) -> Diagnostic {
    let names: Vec<String> = cycle
        .iter()
        .chain(cycle.first())
        .map(|(name, _)| format!("`{name}`"))
        .collect();
    let (last, others) = match cycle.split_last() {
        Some((last, others)) => (last.1, others),
        None => (Span::NONE, cycle),
    };
    let message = format!("circular import: {}", names.join(" -> "));
    let mut diagnostic = Diagnostic::error("circular-import", last, message);
    for (at, (name, span)) in others.iter().enumerate() {
        let next = &cycle[at + 1].0;
        diagnostic = diagnostic.label(*span, format!("`{name}` imports `{next}` here"));
    }
    diagnostic.help("move what both need into a module that both import")
}

fn suggest<'n>(
    diagnostic: Diagnostic,
    span: Span,
    name: &str,
    known: impl IntoIterator<Item = &'n str>,
) -> Diagnostic {
    match closest(name, known) {
        Some(near) => diagnostic.fixit(format!("did you mean `{near}`?"), span, near),
        None => diagnostic,
    }
}

/// Something else is expected than a type has a name for.
pub(crate) fn unlike(span: Span, expected: &str, found: &str) -> Diagnostic {
    let message = format!("expected {expected}, found `{found}`");
    Diagnostic::error("type-mismatch", span, message)
}

pub(crate) fn type_mismatch(span: Span, expected: &str, found: &str) -> Diagnostic {
    Diagnostic::error(
        "type-mismatch",
        span,
        format!("expected `{expected}`, found `{found}`"),
    )
}

/// A conversion that may lose something has to be written.
pub(crate) fn narrowing(span: Span, expected: &str, found: &str) -> Diagnostic {
    type_mismatch(span, expected, found).help(format!("write `{expected}(…)` to convert"))
}

pub(crate) fn out_of_range(span: Span, value: &str, ty: &str) -> Diagnostic {
    Diagnostic::error(
        "constant-out-of-range",
        span,
        format!("`{value}` does not fit into `{ty}`"),
    )
}

pub(crate) fn constant_too_large(span: Span) -> Diagnostic {
    Diagnostic::error(
        "constant-out-of-range",
        span,
        "the value of this constant is too large",
    )
    .help("with a float among the operands it is computed as one: `10.0 ** 40`")
}

pub(crate) fn bad_operands(span: Span, op: &str, left: &str, right: &str) -> Diagnostic {
    Diagnostic::error(
        "bad-operands",
        span,
        format!("`{op}` is not defined for `{left}` and `{right}`"),
    )
}

pub(crate) fn bad_operand(span: Span, op: &str, operand: &str) -> Diagnostic {
    Diagnostic::error(
        "bad-operands",
        span,
        format!("`{op}` is not defined for `{operand}`"),
    )
}

pub(crate) fn mixed_sign(span: Span, left: &str, right: &str) -> Diagnostic {
    Diagnostic::error(
        "bad-operands",
        span,
        format!("`{left}` and `{right}` have no common integer type"),
    )
    .help("convert one of them: `Int(…)` or `UInt(…)`")
}

pub(crate) fn use_before_assignment(span: Span, name: &str) -> Diagnostic {
    Diagnostic::error(
        "use-before-assignment",
        span,
        format!("`{name}` is read before anything is assigned to it"),
    )
}

pub(crate) fn needs_later(span: Span, name: &str, needed: &str) -> Diagnostic {
    let message = format!("`{name}` uses `{needed}`, which is defined further down");
    Diagnostic::error("use-before-assignment", span, message)
        .help(format!("use `{name}` behind the definition of `{needed}`"))
}

pub(crate) fn lambda_needs_later(span: Span, needed: &str) -> Diagnostic {
    let message = format!("this lambda uses `{needed}`, which is defined further down");
    Diagnostic::error("use-before-assignment", span, message)
        .help(format!("put `{needed}` in front of it"))
}

pub(crate) fn calls_other(defined: Span, name: &str, called: &str) -> Diagnostic {
    let feature = format!("`{name}`, which calls a function `{called}` that is another one now,");
    not_yet(defined, &feature).label(defined, "defined again here")
}

pub(crate) fn not_callable(span: Span, what: &str) -> Diagnostic {
    Diagnostic::error("not-callable", span, format!("{what} cannot be called"))
}

pub(crate) fn wrong_arguments(span: Span, message: impl Into<String>) -> Diagnostic {
    Diagnostic::error("wrong-arguments", span, message)
}

pub(crate) fn not_comptime(span: Span, what: &str) -> Diagnostic {
    Diagnostic::error(
        "not-comptime",
        span,
        format!("{what} must be known at compile time"),
    )
}

pub(crate) fn not_iterable(span: Span, ty: &str) -> Diagnostic {
    Diagnostic::error(
        "not-iterable",
        span,
        format!("`{ty}` cannot be iterated over"),
    )
}

pub(crate) fn not_reversible(span: Span, ty: &str) -> Diagnostic {
    let message = format!("`{ty}` cannot be iterated over from behind");
    Diagnostic::error("not-iterable", span, message)
        .help("define `__reversed__`, or `__len__` and `__getitem__`")
}

pub(crate) fn not_subscriptable(span: Span, ty: &str) -> Diagnostic {
    Diagnostic::error(
        "not-subscriptable",
        span,
        format!("`{ty}` cannot be indexed"),
    )
}

pub(crate) fn bad_target(span: Span) -> Diagnostic {
    Diagnostic::error("bad-target", span, "this cannot be assigned to")
}

pub(crate) fn outside_loop(span: Span, word: &str) -> Diagnostic {
    Diagnostic::error("outside-loop", span, format!("`{word}` outside a loop"))
}

pub(crate) fn parallel_text(span: Span) -> Diagnostic {
    Diagnostic::error(
        "not-iterable",
        span,
        "a parallel loop does not run over the characters of a `String`",
    )
    .help("make a list of them first: `list(text)`")
}

pub(crate) fn parallel_exit(span: Span, word: &str, header: Span) -> Diagnostic {
    Diagnostic::error(
        "parallel-exit",
        span,
        format!("`{word}` cannot leave a parallel loop"),
    )
    .label(header, "the iterations of this loop run at once")
}

/// A variable that iterations of a parallel loop write and that is no reduction. `read` is where an iteration reads it;
/// `None` where it is read after the loop only.
pub(crate) fn race(
    write: Span,
    name: &str,
    read: Option<Span>,
    is_number: bool,
    is_text: bool,
) -> Diagnostic {
    let message = match read {
        Some(_) => {
            format!("an iteration of the parallel loop may write `{name}`, which another one reads")
        }
        None => format!(
            "two iterations of the parallel loop may write `{name}`, which is read after it"
        ),
    };
    let mut diagnostic = Diagnostic::error("race", write, message);
    if let Some(read) = read.filter(|read| *read != write) {
        diagnostic = diagnostic.label(read, "another iteration reads it here");
    }
    if is_number {
        let help = format!(
            "combine all values with one of `+=`, `*=`, `min`, `max`, `and`, `or`, `&=`, `|=`, `^=` and use `{name}` for \
             nothing else in the loop, or set it in each iteration before it is read"
        );
        return diagnostic.help(help);
    }
    diagnostic.help(match is_text {
        true => "append to a list once in each iteration, and join the texts after the loop",
        false => "append to a list once in each iteration: containers do not reduce",
    })
}

pub(crate) fn missing_return(span: Span, name: &str, ty: &str) -> Diagnostic {
    Diagnostic::error(
        "missing-return",
        span,
        format!("`{name}` can end without returning a `{ty}`"),
    )
}

pub(crate) fn missing_annotation(span: Span, name: &str, function: &str) -> Diagnostic {
    Diagnostic::error(
        "missing-annotation",
        span,
        format!("parameter `{name}` of `fn {function}` has no type"),
    )
    .help("write a type, or `def` to compile the function for each list of argument types")
}

pub(crate) fn duplicate(span: Span, name: &str, first: Span) -> Diagnostic {
    Diagnostic::error(
        "duplicate-definition",
        span,
        format!("`{name}` is defined twice"),
    )
    .label(first, "first defined here")
}

pub(crate) fn recursive_default(span: Span, owner: &str) -> Diagnostic {
    let message =
        format!("this default value needs `{owner}` itself, and with it this default value");
    Diagnostic::error("cannot-infer", span, message)
        .help("write the values out where it is used, or make it empty and fill it later")
}

/// `global` or `nonlocal`
pub(crate) fn parameter_elsewhere(span: Span, name: &str, param: Span) -> Diagnostic {
    let message = format!("`{name}` is a parameter, and declared to be a variable from outside");
    Diagnostic::error("duplicate-definition", span, message).label(param, "the parameter")
}

pub(crate) fn cannot_infer(span: Span, what: &str) -> Diagnostic {
    Diagnostic::error(
        "cannot-infer",
        span,
        format!("the type of {what} cannot be inferred"),
    )
    .help("write it: `name: T = …`")
}

pub(crate) fn recursive_result(span: Span, name: &str) -> Diagnostic {
    Diagnostic::error(
        "cannot-infer",
        span,
        format!("the result type of `{name}` cannot be inferred before this recursive call"),
    )
    .help("write the result type: `-> T`")
}

pub(crate) fn endless_instances(span: Span, name: &str) -> Diagnostic {
    Diagnostic::error(
        "endless-instances",
        span,
        format!("`{name}` calls itself with new argument types again and again"),
    )
    .help("write the types of its parameters, or end the recursion with `comptime if`")
}

/// As many, though none calls itself: the number doubles from function to function.
pub(crate) fn too_many_instances(span: Span, name: &str, most: u32) -> Diagnostic {
    let message =
        format!("`{name}` would be compiled for more than {most} lists of argument types");
    Diagnostic::error("endless-instances", span, message).help("write the types of its parameters")
}

pub(crate) fn type_changes(
    span: Span,
    name: &str,
    old: &str,
    new: &str,
    first: Span,
) -> Diagnostic {
    type_mismatch(span, old, new).label(first, format!("`{name}` is a `{old}` since here"))
}

/// A variable is read where it has one type on one path to here and another one on another.
pub(crate) fn differs_by_path(
    span: Span,
    name: &str,
    tys: [String; 2],
    bound: [Span; 2],
) -> Diagnostic {
    let [one, other] = tys;
    let message = format!("`{name}` is `{one}` on one path to here and `{other}` on another");
    Diagnostic::error("type-mismatch", span, message)
        .label(bound[0], format!("a `{one}` since here"))
        .label(bound[1], format!("a `{other}` since here"))
}

pub(crate) fn write_through_shared_borrow(span: Span, name: &str, declared: Span) -> Diagnostic {
    let message = format!("`{name}` is changed, but borrowed to be read only");
    Diagnostic::error("write-through-shared-borrow", span, message)
        .label(declared, "borrowed here")
        .help(format!(
            "make the parameter `inout {name}`, or change a copy"
        ))
}

pub(crate) fn rebound_by_operand(span: Span, name: &str) -> Diagnostic {
    let message = format!("{name} is to be changed here, and is bound to another value first");
    Diagnostic::error("borrow-conflict", span, message)
        .help("make two statements of it, or give the other value another name")
}

pub(crate) fn rebound_while_iterated(span: Span, name: &str, header: Span) -> Diagnostic {
    let message = format!("`{name}` gets another value while it is iterated over");
    Diagnostic::error("borrow-conflict", span, message)
        .label(header, "iterated over here")
        .help(format!(
            "iterate over `copy({name})`, or give the new value another name"
        ))
}

pub(crate) fn mutable_default(span: Span) -> Diagnostic {
    Diagnostic::error("mutable-default", span, "a default value cannot be mutable")
        .help("use `None` as the default and make the value in the body")
}

pub(crate) fn unbound_default(span: Span, name: &str) -> Diagnostic {
    let message = format!("`{name}`, which this default value reads, has no value here");
    Diagnostic::error("use-before-assignment", span, message)
        .help("a default is computed where the function is defined")
}

pub(crate) fn bad_annotation(span: Span, message: &str) -> Diagnostic {
    Diagnostic::error("bad-annotation", span, message)
}

pub(crate) fn tuple_too_large(span: Span, most: usize) -> Diagnostic {
    let message = format!("this tuple would hold more than {most} values");
    Diagnostic::error("tuple-too-large", span, message).help("use a list: `[...]`")
}

/// An assignment to a `comptime` name.
pub(crate) fn constant_assigned(span: Span, name: &str) -> Diagnostic {
    let message = format!("`{name}` is a constant of compile time, and is assigned");
    Diagnostic::error("constant-assigned", span, message)
        .help("drop the word `comptime` to make it a variable")
}
