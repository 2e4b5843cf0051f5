//! `mlc explain`.

use crate::report::Failure;
use mlc::Format;
use std::process::ExitCode;

/// Explains a code.
pub fn explain(code: &str) -> Result<ExitCode, Failure> {
    if let Some(page) = mlc::explain(code) {
        crate::output::print(&page);
        return Ok(ExitCode::SUCCESS);
    }
    let hint = match mlc::closest_code(code) {
        Some(near) => format!("; did you mean `{near}`?"),
        None => String::new(),
    };
    let message = format!("there is no error code `{code}`{hint}");
    Err(Failure::Usage {
        message,
        format: Format::Human,
    })
}
