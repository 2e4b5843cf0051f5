//! Codes of source text, lexer and parser.

use super::Explanation;

pub(super) const PAGES: &[Explanation] = &[
    Explanation {
        code: "syntax",
        title: "the text does not follow the grammar",
        meaning: "The message says what could stand at the marked place and what was found there. The
statement is skipped; those after it are still checked.",
        wrong: "x = 1 +\n",
        mend: "x = 1 + 2\n",
    },
    Explanation {
        code: "invalid-utf8",
        title: "the source is not UTF-8",
        meaning: "mlc reads source text as UTF-8 only. The message names the first byte that does not fit
and its offset in the file. Save the file as UTF-8.",
        wrong: "",
        mend: "",
    },
    Explanation {
        code: "tab-indentation",
        title: "a tab indents a line",
        meaning: "How far a tab reaches is a setting of the editor, so two people would see two programs.
Indent with spaces. The fix-it replaces the tabs of the whole file.",
        wrong: "if True:\n\tpass\n",
        mend: "if True:\n    pass\n",
    },
    Explanation {
        code: "inconsistent-indentation",
        title: "a line goes back to a column where no block starts",
        meaning: "A block ends where a line stands further left than it. That line must stand exactly where
an outer block does.",
        wrong: "if True:\n    x = 1\n  y = 2\n",
        mend: "if True:\n    x = 1\ny = 2\n",
    },
    Explanation {
        code: "unexpected-indent",
        title: "a line is indented but no block starts there",
        meaning: "Only a line that ends in a colon is followed by a deeper one.",
        wrong: "x = 1\n    y = 2\n",
        mend: "x = 1\ny = 2\n",
    },
    Explanation {
        code: "missing-block",
        title: "nothing is indented below a line that starts a block",
        meaning: "A statement that ends in a colon needs at least one statement below it, further in. Write
`pass` where nothing is to be done.",
        wrong: "if True:\nx = 1\n",
        mend: "if True:\n    x = 1\n",
    },
    Explanation {
        code: "unexpected-character",
        title: "a character stands where none of its kind can",
        meaning: "The character belongs to no word, number or operator of the language. Text copied from
a document often brings typographic quotes, dashes and spaces; `&&`, `||` and `!` are written
`and`, `or` and `not`.",
        wrong: "x = 1 $ 2\n",
        mend: "x = 1 + 2\n",
    },
    Explanation {
        code: "unterminated-string",
        title: "a string is not closed",
        meaning: "A string in single or double quotes ends on its own line. One that spans lines has three
quotes on either side.",
        wrong: "x = 'abc\n",
        mend: "x = 'abc'\n",
    },
    Explanation {
        code: "invalid-escape",
        title: "a backslash in a string starts no escape",
        meaning: "The escapes are those of Python, but for `\\N{…}`: `\\n \\t \\\\ \\' \\\" \\a \\b \\f \\r \\v`, octal
digits, `\\xhh`, `\\uhhhh` and `\\Uhhhhhhhh`. An unknown one stands for itself, as in Python, and is
a warning; one with missing digits or beyond the last character is an error.",
        wrong: "x = '\\x1'\n",
        mend: "x = '\\x01'\n",
    },
    Explanation {
        code: "invalid-fstring",
        title: "the braces of an f-string are not right",
        meaning: "In an f-string braces hold an expression, then perhaps `=`, `!r`, `!s` or `!a`, and `:` with
a format. Braces that are meant as characters are doubled. The expression is on the f-string's
own line and uses the other kind of quotes.",
        wrong: "x = 1\nprint(f'{x')\n",
        mend: "x = 1\nprint(f'{x}')\n",
    },
    Explanation {
        code: "invalid-number",
        title: "a number is not written right",
        meaning: "Digits must fit the base, a single underscore may stand between two of them, decimal
integers have no leading zeros, and no letters follow directly.",
        wrong: "x = 0b12\n",
        mend: "x = 0b11\n",
    },
    Explanation {
        code: "number-too-large",
        title: "an integer literal has more than 128 bits",
        meaning: "Integers have at most 64 bits and constants are computed in 128. A number this large can
only be a float: write it as one.",
        wrong: "x: f64 = 1000000000000000000000000000000000000000\n",
        mend: "x: f64 = 1e39\n",
    },
    Explanation {
        code: "unclosed-bracket",
        title: "a bracket is never closed",
        meaning: "Inside brackets a line end does not end a statement. Where a bracket is not closed at all,
its statement is taken to end before the next line that is not indented further.",
        wrong: "x = max(1, 2\ny = 3\n",
        mend: "x = max(1, 2)\ny = 3\n",
    },
    Explanation {
        code: "mismatched-bracket",
        title: "a closing bracket does not fit the open one",
        meaning: "Brackets close in the reverse of the order in which they were opened, each with its own
kind.",
        wrong: "x = [1, 2)\n",
        mend: "x = [1, 2]\n",
    },
    Explanation {
        code: "nesting-too-deep",
        title: "brackets, operators or blocks nest too deeply",
        meaning: "Brackets and prefix operators nest up to 200 deep, blocks up to 100, comprehensions up to 8; an
expression has up to 1000 operators in a row, and an `if` up to 500 branches, so that no compiler
stage runs out of stack. Give parts of the expression names of their own, or move inner blocks into
functions.",
        wrong: "",
        mend: "",
    },
    Explanation {
        code: "invalid-target",
        title: "this cannot be assigned to",
        meaning: "Names, attributes, items and slices can be assigned to, and tuples or lists of them with
one starred target at most. An augmented assignment has one target.",
        wrong: "x = 1\nx + 1 = 2\n",
        mend: "x = 1\nx = 2 - 1\n",
    },
    Explanation {
        code: "invalid-member",
        title: "this cannot stand in a struct",
        meaning: "A struct's body holds fields `name: T`, perhaps with a default, methods, and `comptime`
constants.",
        wrong: "struct Point:\n    x = 0.0\n",
        mend: "struct Point:\n    x: f64 = 0.0\n",
    },
    Explanation {
        code: "parameter-order",
        title: "parameters stand in the wrong order",
        meaning: "Positional-only parameters stand before `/`, then plain ones, then `*args` or `*`, then
keyword-only ones, then `**kwargs`. Behind a positional parameter with a default all have one.",
        wrong: "def f(a: Int = 1, b: Int):\n    pass\n",
        mend: "def f(a: Int, b: Int = 1):\n    pass\n",
    },
    Explanation {
        code: "repeated-parameter",
        title: "two parameters have the same name",
        meaning: "Each parameter needs a name of its own.",
        wrong: "def f(a: Int, a: Int):\n    pass\n",
        mend: "def f(a: Int, b: Int):\n    pass\n",
    },
    Explanation {
        code: "argument-order",
        title: "a positional argument stands after a keyword argument",
        meaning: "In a call positional arguments stand first, then those with names.",
        wrong: "print(sep='', 1)\n",
        mend: "print(1, sep='')\n",
    },
    Explanation {
        code: "unsupported-feature",
        title: "a feature of Python that mlc does not have",
        meaning: "`class`, `yield`, `async`, `await`, byte strings, inheritance and `except*` are not part of the
language. A `struct` takes the place of a class; a list or a generator expression that of a
generator function.",
        wrong: "class Point:\n    x: f64\n",
        mend: "struct Point:\n    x: f64\n",
    },
];
