//! What the lexer makes of a text.

use expect_test::{Expect, expect};
use mlc_diagnostics::FileId;
use mlc_syntax::lex;

/// A token a line: kind and text.
fn check(text: &str, expected: &Expect) {
    let lexed = lex(FileId(0), text);
    let mut shown = String::new();
    for token in &lexed.tokens {
        let text = &text[token.start as usize..token.end as usize];
        shown += format!("{:?} {text}", token.kind).trim_end();
        shown.push('\n');
    }
    for diagnostic in &lexed.diagnostics {
        shown += &format!("{}: {}\n", diagnostic.code, diagnostic.message);
    }
    expected.assert_eq(&shown);
}

#[test]
fn blocks_are_indents_and_dedents() {
    check(
        "a:\n  b\n\n  # c\n    c\nd",
        &expect![[r#"
        Name a
        Colon :
        Newline
        Indent
        Name b
        Newline
        Indent
        Name c
        Newline
        Dedent
        Dedent
        Name d
        Newline
        End
    "#]],
    );
}

#[test]
fn brackets_and_backslashes_join_lines() {
    check(
        "f(\n  a,\n)\nb \\\n  c\n",
        &expect![[r#"
        Name f
        LeftParen (
        Name a
        Comma ,
        RightParen )
        Newline
        Name b
        Name c
        Newline
        End
    "#]],
    );
}

#[test]
fn the_longest_operator_wins() {
    check(
        "a**=b//c<<=d->e...f:=g!=h:i",
        &expect![[r#"
        Name a
        StarStarEqual **=
        Name b
        SlashSlash //
        Name c
        LeftShiftEqual <<=
        Name d
        Arrow ->
        Name e
        Ellipsis ...
        Name f
        ColonEqual :=
        Name g
        NotEqual !=
        Name h
        Colon :
        Name i
        Newline
        End
    "#]],
    );
}

#[test]
fn words_are_keywords_only_as_a_whole() {
    check(
        "for fort parallel comptimes raises ñandú _x None none",
        &expect![[r#"
            For for
            Name fort
            Parallel parallel
            Name comptimes
            Raises raises
            Name ñandú
            Name _x
            None None
            Name none
            Newline
            End
        "#]],
    );
}

#[test]
fn strings_keep_their_prefix() {
    check(
        "r'\\'' f\"{a}\" b'x' rb'y' '''a\nb''' fx'z' \"\" ''''a'''",
        &expect![[r#"
            Str r'\''
            Str f"{a}"
            Str b'x'
            Str rb'y'
            Str '''a
            b'''
            Name fx
            Str 'z'
            Str ""
            Str ''''a'''
            Newline
            End
        "#]],
    );
}

#[test]
fn numbers() {
    check(
        "1 1.5 .5 1. 1e9 1e-9 1j 0xff 1_000 1if 1.real 1e x1",
        &expect![[r#"
            Int 1
            Float 1.5
            Float .5
            Float 1.
            Float 1e9
            Float 1e-9
            Imaginary 1j
            Int 0xff
            Int 1_000
            Int 1
            If if
            Error 1.real
            Error 1e
            Name x1
            Newline
            End
            invalid-number: `1.real` is not a valid decimal number
            invalid-number: `1e` is not a valid decimal number
        "#]],
    );
}

#[test]
fn line_ends_of_every_system() {
    check(
        "a\r\nb\rc\n",
        &expect![[r#"
        Name a
        Newline
        Name b
        Newline
        Name c
        Newline
        End
    "#]],
    );
}
