//! The C header of a module: its types, its functions, and what of the runtime a caller needs.
//!
//! It stands alone, and compiles without a warning as C11 and as C++17 with Clang and GCC.

mod names;
mod types;

use mlc_sema::{
    hir::{Mode, Program, Ty},
    signature::{self, FunctionSignature, ParamSignature},
};
use names::{identifier, upper};
use std::fmt::Write as _;
use types::{NoCType, Types};

/// The symbol that runs the top-level statements of a module in a library.
pub fn init_symbol(module: &str) -> String {
    format!("{module}_init")
}

/// The header of a checked program.
pub fn header(program: &Program) -> String {
    let module = signature::of_program(program);
    let mut types = Types::new(program);
    let mut functions = String::new();
    if let Some(init) = program.init {
        let raises = program.functions[init.0 as usize].raises;
        let result = if raises { "int32_t" } else { "void" };
        let symbol = init_symbol(&module.name);
        let _ = write!(
            functions,
            "\n/* Runs the top-level statements: once, before anything else of the module is called. */\n\
             {result} {symbol}(void);\n"
        );
    }
    for function in &module.functions {
        let line = function.render(program);
        let _ = write!(functions, "\n/* {}", comment(&line));
        if let Some(doc) = &function.doc {
            for line in doc.trim().lines() {
                let _ = write!(functions, "\n * {}", comment(line.trim()));
            }
        }
        let taken = taken_over(program, function);
        if !taken.is_empty() {
            let _ = write!(
                functions,
                "\n * It takes over the cells of: {}.",
                comment(&taken.join(", "))
            );
        }
        match declaration(program, &mut types, function) {
            Ok(declaration) => {
                let _ = write!(functions, " */\n{declaration}\n");
            }
            Err(NoCType(ty)) => {
                let name = program.types.name(ty);
                let _ = write!(
                    functions,
                    "\n * It cannot be called from C: `{name}` has no C type. */\n"
                );
            }
        }
    }

    let guard = format!("MLC_MODULE_{}_H", upper(&module.name));
    let mut text = format!(
        "/* {}: made by mlc. Do not edit. */\n",
        comment(&module.name)
    );
    if let Some(doc) = &module.doc {
        let _ = writeln!(text, "/* {} */", comment(doc.trim()));
    }
    let _ = write!(
        text,
        "#ifndef {guard}\n#define {guard}\n\n{PREAMBLE}{}{functions}",
        types.text()
    );
    text.push_str("\n#ifdef __cplusplus\n}\n#endif\n\n");
    let _ = writeln!(text, "#endif /* {guard} */");
    text
}

/// Text that ends no comment and starts no other.
fn comment(text: &str) -> String {
    text.replace("*/", "* /").replace("/*", "/ *")
}

/// The parameters whose cells belong to the function from then on.
fn taken_over<'f>(program: &Program, function: &'f FunctionSignature) -> Vec<&'f str> {
    let code = &program.functions[function.func.0 as usize];
    let parameters = function.params.iter().zip(&code.params).enumerate();
    let taken = parameters.filter(|(position, (signature, parameter))| {
        code.locals[parameter.local.0 as usize].mode == Mode::Owner
            && !code.borrows_counted(*position, &program.types)
            && types::has_cell(program, signature.ty)
    });
    taken
        .map(|(_, (signature, _))| signature.name.as_str())
        .collect()
}

/// One function. Parameters come in order; results that C does not return are written through pointers behind them.
fn declaration(
    program: &Program,
    types: &mut Types,
    function: &FunctionSignature,
) -> Result<String, NoCType> {
    let code = &program.functions[function.func.0 as usize];
    let mut parameters: Vec<String> = Vec::new();
    for (position, parameter) in function.params.iter().enumerate() {
        let mode = code.locals[code.params[position].local.0 as usize].mode;
        parameters.extend(parameter_of(types, parameter, mode)?);
    }
    let mut results = match function.result_borrows {
        Some(_) => vec![format!("{} *", types.stored(function.result)?)],
        None => types.flat(function.result)?,
    };
    let returned = if function.raises {
        "int32_t ".to_owned()
    } else if results.len() == 1 {
        spaced(&results.remove(0))
    } else {
        "void ".to_owned()
    };
    let several = results.len() > 1;
    for (position, ty) in results.iter().enumerate() {
        let name = if several {
            format!("result_{position}")
        } else {
            "result".to_owned()
        };
        parameters.push(format!("{}*{name}", spaced(ty)));
    }
    let parameters = if parameters.is_empty() {
        "void".to_owned()
    } else {
        parameters.join(", ")
    };
    let name = identifier(&function.symbol.replace('.', "_"));
    // A symbol that C cannot write gets a name of its own.
    let label = if name == function.symbol {
        String::new()
    } else {
        format!(" __asm__(\"{}\")", function.symbol)
    };
    Ok(format!("{returned}{name}({parameters}){label};"))
}

/// The C parameters of one parameter.
fn parameter_of(
    types: &mut Types,
    parameter: &ParamSignature,
    mode: Mode,
) -> Result<Vec<String>, NoCType> {
    let name = identifier(&parameter.name);
    Ok(match mode {
        Mode::Ref => vec![format!("const {} *{name}", types.stored(parameter.ty)?)],
        Mode::Mut => vec![format!("{} *{name}", types.stored(parameter.ty)?)],
        Mode::Owner => {
            let flat = types.flat(parameter.ty)?;
            let several = flat.len() > 1;
            let one = |(position, ty): (usize, &String)| {
                let suffix = if several {
                    format!("_{position}")
                } else {
                    String::new()
                };
                format!("{}{name}{suffix}", spaced(ty))
            };
            flat.iter().enumerate().map(one).collect()
        }
    })
}

/// A type in front of a name.
fn spaced(ty: &str) -> String {
    if ty.ends_with('*') {
        ty.to_owned()
    } else {
        format!("{ty} ")
    }
}

/// The types of results and arguments that live in memory are described by this part of the runtime's interface.
const PREAMBLE: &str = "\
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern \"C\" {
#endif

/* A function that returns `int32_t` as a status returns 0, or the kind of an error; the error is pending on the calling
 * thread until it is cleared or replaced. Results are written only where the status is 0.
 *
 * What is passed as a pointer to const is read, what is passed as a pointer is changed in place. Where a comment says
 * that a cell is taken over, and where a pointer is returned, it leads to a cell on the heap that belongs to the
 * receiver: the functions that end in `_drop` destroy one, and those that end in `_box` make one.
 */
#ifndef MLC_INLINE
#define MLC_INLINE static inline __attribute__((unused))
#endif
#ifndef MLC_RUNTIME_H
void *mlc_rt_alloc(int64_t bytes);
void mlc_rt_free(void *payload);
void *mlc_rt_box_new(int64_t bytes);
void mlc_rt_box_free(void *cell);
int32_t mlc_rt_error_kind(void);
const char *mlc_rt_error_message(int64_t *length);
const char *mlc_rt_error_file(int64_t *length);
int32_t mlc_rt_error_line(void);
void mlc_rt_error_clear(void);
#endif
";

/// A type that is passed in registers and has no C counterpart there.
pub(crate) fn no_c_type<T>(ty: Ty) -> Result<T, NoCType> {
    Err(NoCType(ty))
}
