//! Every expectation in `values.txt` is what CPython 3.11 gives; `values.py` writes the file.

use super::{number, of_text};

#[test]
fn formats_as_cpython() {
    let mut count = 0;
    let mut wrong = Vec::new();
    for line in include_str!("values.txt").lines() {
        let [kind, value, spec, expected] = line.split('\t').collect::<Vec<_>>()[..] else {
            panic!("four columns: {line}");
        };
        let formatted = match kind {
            "int" => number::integer(value.parse().unwrap(), spec),
            "float" => number::float(value.parse::<f64>().unwrap().into(), spec),
            "bool" => number::boolean(value == "True", spec),
            _ => of_text(value, spec),
        };
        let shown = match &formatted {
            Ok(text) => format!("={text}"),
            Err(_) => "ValueError".to_owned(),
        };
        if shown != expected {
            wrong.push(format!(
                "format({value}, {spec:?}): {formatted:?}, not {expected}"
            ));
        }
        count += 1;
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(count > 1000, "only {count} values");
}

#[test]
fn an_f32_has_its_own_shortest_text() {
    assert_eq!(number::float(0.1_f32.into(), "").as_deref(), Ok("0.1"));
    assert_eq!(number::float(0.1_f32.into(), ">6").as_deref(), Ok("   0.1"));
    assert_eq!(
        number::float(0.1_f32.into(), ".9f").as_deref(),
        Ok("0.100000001")
    );
}
