//! Objects loaded into this process, with the runtime that is part of it.

use mlc_mlir::Jit;
use std::{
    ffi::{CString, c_char, c_double, c_float, c_int},
    ptr::null,
};

macro_rules! libm {
    ($($name:ident($($parameter:ty),*) -> $result:ty;)*) => {
        // The C library of this process, by its standard declarations.
        unsafe extern "C" {
            $(fn $name($(_: $parameter),*) -> $result;)*
        }

        /// The functions of the C library that generated code calls.
        fn libm() -> Vec<(&'static str, *const ())> {
            vec![$((stringify!($name), $name as *const ())),*]
        }
    };
}

libm! {
    acos(c_double) -> c_double; acosf(c_float) -> c_float;
    acosh(c_double) -> c_double; acoshf(c_float) -> c_float;
    asin(c_double) -> c_double; asinf(c_float) -> c_float;
    asinh(c_double) -> c_double; asinhf(c_float) -> c_float;
    atan(c_double) -> c_double; atanf(c_float) -> c_float;
    atan2(c_double, c_double) -> c_double; atan2f(c_float, c_float) -> c_float;
    atanh(c_double) -> c_double; atanhf(c_float) -> c_float;
    cbrt(c_double) -> c_double; cbrtf(c_float) -> c_float;
    ceil(c_double) -> c_double; ceilf(c_float) -> c_float;
    cos(c_double) -> c_double; cosf(c_float) -> c_float;
    cosh(c_double) -> c_double; coshf(c_float) -> c_float;
    erf(c_double) -> c_double; erff(c_float) -> c_float;
    erfc(c_double) -> c_double; erfcf(c_float) -> c_float;
    exp(c_double) -> c_double; expf(c_float) -> c_float;
    exp2(c_double) -> c_double; exp2f(c_float) -> c_float;
    expm1(c_double) -> c_double; expm1f(c_float) -> c_float;
    floor(c_double) -> c_double; floorf(c_float) -> c_float;
    fma(c_double, c_double, c_double) -> c_double; fmaf(c_float, c_float, c_float) -> c_float;
    fmod(c_double, c_double) -> c_double; fmodf(c_float, c_float) -> c_float;
    frexp(c_double, *mut c_int) -> c_double; frexpf(c_float, *mut c_int) -> c_float;
    hypot(c_double, c_double) -> c_double; hypotf(c_float, c_float) -> c_float;
    ldexp(c_double, c_int) -> c_double; ldexpf(c_float, c_int) -> c_float;
    log(c_double) -> c_double; logf(c_float) -> c_float;
    log10(c_double) -> c_double; log10f(c_float) -> c_float;
    log1p(c_double) -> c_double; log1pf(c_float) -> c_float;
    log2(c_double) -> c_double; log2f(c_float) -> c_float;
    nearbyint(c_double) -> c_double; nearbyintf(c_float) -> c_float;
    nextafter(c_double, c_double) -> c_double; nextafterf(c_float, c_float) -> c_float;
    pow(c_double, c_double) -> c_double; powf(c_float, c_float) -> c_float;
    remainder(c_double, c_double) -> c_double; remainderf(c_float, c_float) -> c_float;
    rint(c_double) -> c_double; rintf(c_float) -> c_float;
    round(c_double) -> c_double; roundf(c_float) -> c_float;
    roundeven(c_double) -> c_double; roundevenf(c_float) -> c_float;
    sin(c_double) -> c_double; sinf(c_float) -> c_float;
    sincos(c_double, *mut c_double, *mut c_double) -> (); sincosf(c_float, *mut c_float, *mut c_float) -> ();
    sinh(c_double) -> c_double; sinhf(c_float) -> c_float;
    tan(c_double) -> c_double; tanf(c_float) -> c_float;
    tanh(c_double) -> c_double; tanhf(c_float) -> c_float;
    tgamma(c_double) -> c_double; tgammaf(c_float) -> c_float;
    lgamma(c_double) -> c_double; lgammaf(c_float) -> c_float;
    trunc(c_double) -> c_double; truncf(c_float) -> c_float;
}

/// Loads an object and links it with the runtime, the C library of this process and the memory of its variables. The error names
/// what is missing.
pub fn load(
    object: &[u8],
    exported: &[String],
    variables: &[(&str, *const ())],
) -> Result<Jit, String> {
    crate::machine::initialize();
    let mut symbols = libm();
    symbols.extend(mlc_runtime::mlc_rt_symbols());
    symbols.extend(mlc_runtime::bf16::symbols());
    symbols.extend_from_slice(variables);
    let jit = Jit::load(object, &symbols)?;
    // The first look-up links everything, so that what is missing is found now.
    if let Some(name) = exported.first() {
        jit.lookup(&crate::inner_symbol(name))?;
    }
    Ok(jit)
}

/// Loads the object of a program and calls its `main` with the name of the program and its arguments. Returns the exit
/// status; the error says what is missing.
pub fn run_program(object: &[u8], name: &str, args: &[String]) -> Result<i32, String> {
    type Main = extern "C" fn(c_int, *const *const c_char, *const *const c_char) -> c_int;
    let jit = load(object, &[], &[])?;
    let address = jit.lookup("main")?;
    let words = std::iter::once(name).chain(args.iter().map(String::as_str));
    // A word of the command line holds no zero byte; one of another caller's ends there.
    let words: Vec<CString> = words
        .map(|word| CString::new(word.split('\0').next().unwrap_or_default()).unwrap_or_default())
        .collect();
    let mut argv: Vec<*const c_char> = words.iter().map(|word| word.as_ptr()).collect();
    let argc = argv.len() as c_int;
    argv.push(null());
    // SAFETY: the `main` that is added to programs has this signature, and the code stays loaded during the call.
    let main: Main = unsafe { std::mem::transmute(address) };
    mlc_runtime::python::run_as(name, args);
    let status = main(argc, argv.as_ptr(), [null()].as_ptr());
    mlc_runtime::python::finish();
    Ok(status)
}
