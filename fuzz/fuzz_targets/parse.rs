//! Any bytes: decoded, lexed, parsed, shown as a tree, and every diagnostic rendered in every format.

#![no_main]

use libfuzzer_sys::fuzz_target;
use mlc_diagnostics::SourceMap;
use mlc_diagnostics::render::{Format, render};
use mlc_syntax::{dump, parse};

fuzz_target!(|bytes: &[u8]| {
    let mut sources = SourceMap::new();
    let diagnostics = match sources.add_bytes("fuzz.mlc", bytes.to_vec()) {
        Ok(file) => {
            let (module, diagnostics) = parse(file, sources.text(file));
            assert!(!dump(&module).is_empty());
            diagnostics
        }
        Err(diagnostic) => vec![diagnostic],
    };
    for diagnostic in &diagnostics {
        let span = diagnostic.primary;
        assert!(span.start <= span.end, "{diagnostic:?}");
        assert!(
            span.end as usize <= sources.text(span.file).len(),
            "{diagnostic:?}"
        );
    }
    for format in [Format::Human, Format::Short, Format::Json] {
        let shown = &diagnostics[..diagnostics.len().min(20)];
        assert_eq!(
            render(format, shown, &sources, false).is_empty(),
            shown.is_empty()
        );
    }
});
