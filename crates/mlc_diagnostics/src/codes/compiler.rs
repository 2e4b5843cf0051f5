//! Codes of what the compiler itself cannot do.

use super::Explanation;

pub(super) const PAGES: &[Explanation] = &[
    Explanation {
        code: "not-yet",
        title: "a part of the language that this version does not compile",
        meaning: "The construct is part of the language and is parsed, but this version cannot compile it. The
message names it.",
        wrong: "",
        mend: "",
    },
    Explanation {
        code: "unsupported",
        title: "the target cannot run a construct",
        meaning: "The program is right and compiles for other targets, but the one that was asked for has no way to
run the construct that the message names.",
        wrong: "",
        mend: "",
    },
    Explanation {
        code: "malformed-ir",
        title: "IR given as input is not valid",
        meaning: "The textual IR cannot be read, or breaks a rule of one of its dialects. The message is that of
the reader or of the rule.",
        wrong: "",
        mend: "",
    },
    Explanation {
        code: "internal-error",
        title: "the compiler made a mistake",
        meaning: "This is a bug of the compiler's, not of the program. It names a file that reproduces it and the
command to run; both belong in a report.",
        wrong: "",
        mend: "",
    },
];
