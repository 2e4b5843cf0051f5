//! What error codes mean.

use mlc_diagnostics::codes;

/// The page that explains a code.
pub fn explain(code: &str) -> Option<String> {
    codes::explain(code).map(|explanation| explanation.page())
}

/// The code nearest to one that does not exist, if one is near.
pub fn closest_code(code: &str) -> Option<&'static str> {
    codes::suggest(code)
}

/// Every code with its title.
pub fn codes() -> impl Iterator<Item = (&'static str, &'static str)> {
    codes::all().map(|explanation| (explanation.code, explanation.title))
}
