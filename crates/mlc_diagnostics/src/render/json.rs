//! One JSON object a diagnostic, for tools.
//!
//! `docs/diagnostics.md` promises users its keys, their types and how places are counted.

use serde_json::{Map, Value, json};

use crate::{Diagnostic, Edit, SourceMap, Span};

/// One line, without its end.
pub fn json(diagnostic: &Diagnostic, sources: &SourceMap) -> String {
    let mut object = Map::new();
    object.insert("code".to_owned(), json!(diagnostic.code));
    object.insert("severity".to_owned(), json!(diagnostic.severity.as_str()));
    object.insert("message".to_owned(), json!(diagnostic.message));
    place(&mut object, diagnostic.primary, sources);
    let primary_label = diagnostic
        .primary_label
        .iter()
        .map(|message| (diagnostic.primary, message));
    let labels = diagnostic
        .labels
        .iter()
        .map(|label| (label.span, &label.message));
    let labels: Vec<Value> = primary_label
        .chain(labels)
        .map(|(span, message)| {
            let mut label = Map::new();
            label.insert("message".to_owned(), json!(message));
            place(&mut label, span, sources);
            Value::Object(label)
        })
        .collect();
    object.insert("labels".to_owned(), Value::Array(labels));
    let advice = diagnostic
        .help
        .iter()
        .map(|message| json!({ "message": message, "edits": [] }));
    let fixits = diagnostic.fixits.iter().map(|fixit| {
        let edits: Vec<Value> = fixit
            .edits
            .iter()
            .map(|edit| edited(edit, sources))
            .collect();
        json!({ "message": fixit.message, "edits": edits })
    });
    object.insert("help".to_owned(), advice.chain(fixits).collect());
    Value::Object(object).to_string()
}

fn edited(edit: &Edit, sources: &SourceMap) -> Value {
    let mut object = Map::new();
    place(&mut object, edit.span, sources);
    object.insert("replacement".to_owned(), json!(edit.replacement));
    Value::Object(object)
}

fn place(object: &mut Map<String, Value>, span: Span, sources: &SourceMap) {
    let (file, start, end) = if span.is_none() {
        (Value::Null, [0; 2], [0; 2])
    } else {
        let (start, end) = (sources.start(span), sources.end(span));
        (
            json!(sources.name(span.file)),
            [start.line, start.column],
            [end.line, end.column],
        )
    };
    object.insert("file".to_owned(), file);
    object.insert("line".to_owned(), json!(start[0]));
    object.insert("column".to_owned(), json!(start[1]));
    object.insert("end_line".to_owned(), json!(end[0]));
    object.insert("end_column".to_owned(), json!(end[1]));
}
