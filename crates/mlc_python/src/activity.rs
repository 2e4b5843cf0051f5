//! What takes time in this process now, for those who watch: compilations, parallel loops.

use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use pyo3::prelude::*;

/// The sources that are being compiled, each with when that began.
static COMPILING: Mutex<Vec<(u64, String, Instant)>> = Mutex::new(Vec::new());

/// A compilation, as long as it lives.
pub struct Compiling(u64);

fn compiling() -> MutexGuard<'static, Vec<(u64, String, Instant)>> {
    COMPILING.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Compiling {
    pub fn start(source: &str) -> Compiling {
        let name = Path::new(source).file_name();
        let name = name.map_or_else(|| source.into(), |name| name.to_string_lossy());
        let mut all = compiling();
        let number = all.iter().map(|(number, ..)| number + 1).max().unwrap_or(0);
        all.push((number, name.into_owned(), Instant::now()));
        Compiling(number)
    }
}

impl Drop for Compiling {
    fn drop(&mut self) {
        compiling().retain(|(number, ..)| *number != self.0);
    }
}

/// Sources that are being compiled, each with the seconds that it took until now.
type Compilations = Vec<(String, f64)>;

/// How many iterations of how many the running parallel loop has behind it.
type Iterations = (i64, i64);

/// What takes time now.
#[pyfunction]
pub fn activity() -> (Compilations, Option<Iterations>) {
    let all = compiling();
    let compiling = all.iter();
    let compiling = compiling.map(|(_, name, start)| (name.clone(), start.elapsed().as_secs_f64()));
    (compiling.collect(), mlc_runtime::progress::now())
}

/// Starts or stops the counting of iterations.
#[pyfunction]
pub fn watch_loops(on: bool) {
    mlc_runtime::progress::watch(on);
}
