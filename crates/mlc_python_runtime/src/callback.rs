//! Functions of programs that Python keeps and calls back: what they use is recorded as that of other calls is.

use std::any::Any;
use std::sync::Arc;

use mlc_runtime::python::GlobalUse;
use pyo3::prelude::*;

use crate::in_use::Use;
use crate::overlap::Range;
use crate::place::Storage;
use crate::views::Patience;

/// Begins the use of these variables; see [`mlc_runtime::python::Begin`].
pub fn begin(globals: &[GlobalUse]) -> Option<Box<dyn Any>> {
    Python::attach(|py| match uses(py, globals) {
        Ok(uses) => Some(Box::new(uses) as Box<dyn Any>),
        Err(error) => {
            error.restore(py);
            None
        }
    })
}

fn uses(py: Python<'_>, globals: &[GlobalUse]) -> PyResult<Vec<Use>> {
    // What no module has, nobody but the program uses.
    let used: Vec<(Arc<Storage>, Range, bool)> = (globals.iter())
        .filter_map(|global| {
            let storage = Storage::known(global.address)?;
            let range = storage.range(global.size, global.changes);
            Some((storage, range, global.moves))
        })
        .collect();
    let mut patience = Patience::default();
    loop {
        for (storage, range, _) in &used {
            storage.check_use_within(*range)?;
        }
        if !may_move(py, &used, &mut patience)? {
            continue;
        }
        let begun = (used.iter()).map(|(storage, range, _)| Use::within(storage, *range));
        if let Some(uses) = begun.collect() {
            return Ok(uses);
        }
    }
}

/// Whether nobody looks into what may move. Not where others have run meanwhile: then everything is asked again.
fn may_move(
    py: Python<'_>,
    used: &[(Arc<Storage>, Range, bool)],
    patience: &mut Patience,
) -> PyResult<bool> {
    for (storage, _, _) in used.iter().filter(|(_, _, moves)| *moves) {
        match patience.is_over(py, storage.views())? {
            Some(false) => {}
            Some(true) => storage.check_views()?,
            None => return Ok(false),
        }
    }
    Ok(true)
}
