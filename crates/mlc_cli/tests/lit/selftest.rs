//! Tests of the runner itself: above all, that what is wrong fails.

use std::path::Path;
use std::time::Duration;

use libtest_mimic::Trial;

use crate::directives::Directives;
use crate::documents;
use crate::features::Features;
use crate::programs::Program;
use crate::script::Environment;

pub fn trials(environment: &Environment, features: &Features) -> Vec<Trial> {
    let with = |name: &str, check: fn(&Environment, &Features) -> Result<(), String>| {
        let (environment, features) = (environment.clone(), features.clone());
        Trial::test(format!("runner: {name}"), move || {
            Ok(check(&environment, &features)?)
        })
    };
    vec![
        with("a failing FileCheck fails", failing_file_check),
        with("a failing command early in a pipe fails", failing_pipe),
        with(
            "a later command does not hide a failing one",
            failing_first_command,
        ),
        with("a command that does not end is ended", endless_command),
        with("XFAIL passes on failure and fails on success", xfail),
        with("a RUN line may be continued", continuation),
        with("unmet REQUIRES and met UNSUPPORTED are ignored", conditions),
        with("substitutions", substitutions),
        with("a program's comments", program_comments),
        with(
            "a document that names a missing file is found out",
            missing_path,
        ),
    ]
}

/// Runs a lit test with this text; `Ok` holds the report where it failed.
fn outcome_of(
    text: &str,
    environment: &Environment,
    features: &Features,
) -> Result<Option<String>, String> {
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    let file = folder.path().join("case.test");
    std::fs::write(&file, text).map_err(|error| error.to_string())?;
    Ok(environment
        .run_script(&file, &Directives::parse(text)?, features)
        .err())
}

fn expect(holds: bool, what: impl Into<String>) -> Result<(), String> {
    if holds { Ok(()) } else { Err(what.into()) }
}

fn failing_file_check(environment: &Environment, features: &Features) -> Result<(), String> {
    let right = "# RUN: echo one two | %FileCheck %s\n# CHECK: one\n# CHECK-SAME: two\n";
    expect(
        outcome_of(right, environment, features)?.is_none(),
        "the right check did not pass",
    )?;
    let wrong = "# RUN: echo one two | %FileCheck %s\n# CHECK: three\n";
    let report = outcome_of(wrong, environment, features)?.ok_or("the wrong check passed")?;
    expect(
        report.contains("expected string not found"),
        format!("FileCheck's own words are missing:\n{report}"),
    )?;
    expect(
        report.contains("command: echo one two"),
        format!("the command is missing:\n{report}"),
    )
}

fn failing_pipe(environment: &Environment, features: &Features) -> Result<(), String> {
    expect(
        outcome_of("# RUN: false | cat\n", environment, features)?.is_some(),
        "`false | cat` passed",
    )
}

fn failing_first_command(environment: &Environment, features: &Features) -> Result<(), String> {
    expect(
        outcome_of("# RUN: false\n# RUN: true\n", environment, features)?.is_some(),
        "`false`, then `true` passed",
    )
}

fn endless_command(environment: &Environment, features: &Features) -> Result<(), String> {
    let mut hasty = environment.clone();
    hasty.limit = Duration::from_millis(200);
    let report =
        outcome_of("# RUN: sleep 30 | sleep 30\n", &hasty, features)?.ok_or("`sleep 30` passed")?;
    expect(report.contains("ended by the time limit"), report)
}

fn xfail(environment: &Environment, features: &Features) -> Result<(), String> {
    expect(
        outcome_of("# RUN: false\n# XFAIL: *\n", environment, features)?.is_none(),
        "the expected failure failed",
    )?;
    expect(
        outcome_of("# RUN: true\n# XFAIL: *\n", environment, features)?.is_some(),
        "the unexpected success passed",
    )?;
    let elsewhere = "# RUN: false\n# XFAIL: a-feature-of-no-machine\n";
    expect(
        outcome_of(elsewhere, environment, features)?.is_some(),
        "a failure expected elsewhere passed here",
    )
}

fn continuation(_: &Environment, _: &Features) -> Result<(), String> {
    let directives = Directives::parse(
        "// RUN: echo a \\\n// RUN:   b\n# RUN: echo c\n// run: no\nfoo RUN: no\n",
    )?;
    expect(
        directives.run == ["echo a b", "echo c"],
        format!("{:?}", directives.run),
    )?;
    expect(
        Directives::parse("// RUN: echo a \\\n").is_err(),
        "an open continuation was accepted",
    )
}

fn conditions(_: &Environment, features: &Features) -> Result<(), String> {
    let unmet = |text: &str| Directives::parse(text).map(|directives| directives.unmet(features));
    let os = std::env::consts::OS;
    expect(
        unmet("# REQUIRES: nowhere\n")? == Some("needs nowhere".to_owned()),
        "an unmet REQUIRES ran",
    )?;
    expect(
        unmet(&format!("# REQUIRES: {os}, nowhere\n"))?.is_some(),
        "all of a list must hold",
    )?;
    expect(
        unmet(&format!("# REQUIRES: {os}\n"))?.is_none(),
        "a met REQUIRES was ignored",
    )?;
    expect(
        unmet(&format!("# REQUIRES: nowhere || {os}\n"))?.is_none(),
        "an alternative was not taken",
    )?;
    expect(
        unmet(&format!("# REQUIRES: !{os}\n"))?.is_some(),
        "a negation was not taken",
    )?;
    expect(
        unmet(&format!("# UNSUPPORTED: {os}\n"))?.is_some(),
        "a met UNSUPPORTED ran",
    )?;
    expect(
        unmet("# UNSUPPORTED: nowhere\n")?.is_none(),
        "an unmet UNSUPPORTED was ignored",
    )
}

fn substitutions(environment: &Environment, features: &Features) -> Result<(), String> {
    let text = "# RUN: test -f %s && test -d %S && test -d %T && echo x > %t.o && test -s %t.o && test 50%% = '50%'\n\
                # RUN: test -x %mlc && test -s %t.o && %not false\n";
    match outcome_of(text, environment, features)? {
        Some(report) => Err(report),
        None => Ok(()),
    }
}

fn program_comments(_: &Environment, _: &Features) -> Result<(), String> {
    let text = "# python\n# args: a b\nprint(1)\n# exit: 1\n# stderr: IndexError\n# output:\n# 1\n#\n#  two\n";
    let found = Program::parse(Path::new("none.mlc"), text)?;
    let expected = Program {
        python: true,
        arguments: vec!["a".to_owned(), "b".to_owned()],
        options: vec![],
        threads: vec![],
        exit: 1,
        stderr: vec!["IndexError".to_owned()],
        output: "1\n\n two\n".to_owned(),
    };
    expect(found == expected, format!("{found:?}"))?;
    expect(
        Program::parse(Path::new("none.mlc"), "print(1)\n").is_err(),
        "a program without output was accepted",
    )
}

fn missing_path(environment: &Environment, _: &Features) -> Result<(), String> {
    let text = "See `crates/mlc_cli`, `crates/{mlc_cli,nothing}`, [here](no/such.md) and [there](Cargo.toml).";
    let broken = documents::missing_paths(&environment.root, Path::new("README.md"), text);
    expect(
        broken == ["crates/nothing", "no/such.md"],
        format!("{broken:?}"),
    )
}
