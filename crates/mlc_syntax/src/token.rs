//! Tokens: a kind and where it stands. The text is looked up in the source.

/// One token. `start` and `end` are byte offsets into the source.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Token {
    pub kind: TokenKind,
    pub start: u32,
    pub end: u32,
}

macro_rules! token_kinds {
    (
        plain { $($plain:ident $plain_text:literal,)* }
        words { $($word:ident $word_text:literal,)* }
        operators { $($operator:ident $operator_text:literal,)* }
    ) => {
        /// What a token is.
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
        #[repr(u8)]
        pub enum TokenKind {
            $($plain,)* $($word,)* $($operator,)*
        }

        impl TokenKind {
            /// The token's own text, or what stands for it.
            pub fn text(self) -> &'static str {
                match self {
                    $(TokenKind::$plain => $plain_text,)*
                    $(TokenKind::$word => $word_text,)*
                    $(TokenKind::$operator => $operator_text,)*
                }
            }
        }

        const WORDS: &[(&str, TokenKind)] = &[$(($word_text, TokenKind::$word)),*];
    };
}

token_kinds! {
    plain {
        // Structure.
        End "end of the file",
        Newline "end of the line",
        Indent "indentation",
        Dedent "unindent",
        Error "invalid text",
        // Literals and names.
        Int "integer",
        Float "number",
        Imaginary "imaginary number",
        Str "string",
        Name "name",
    }
    words {
        // Names wherever their construct cannot stand.
        Fn "fn", Struct "struct", Parallel "parallel", Atomic "atomic", Comptime "comptime",
        Raises "raises", Match "match", Case "case",
        Borrowed "borrowed", Read "read", Inout "inout", Mut "mut", Owned "owned", Var "var",
        Deinit "deinit", Out "out",
        // Python's.
        False "False", None "None", True "True", And "and", As "as", Assert "assert", Async "async",
        Await "await", Break "break", Class "class", Continue "continue", Def "def", Del "del",
        Elif "elif", Else "else", Except "except", Finally "finally", For "for", From "from",
        Global "global", If "if", Import "import", In "in", Is "is", Lambda "lambda",
        Nonlocal "nonlocal", Not "not", Or "or", Pass "pass", Raise "raise", Return "return",
        Try "try", While "while", With "with", Yield "yield",
    }
    operators {
        LeftParen "(", RightParen ")", LeftBracket "[", RightBracket "]", LeftBrace "{", RightBrace "}",
        Comma ",", Colon ":", Semicolon ";", Dot ".", Ellipsis "...", Arrow "->", Question "?",
        ColonEqual ":=", Equal "=",
        Plus "+", Minus "-", Star "*", StarStar "**", Slash "/", SlashSlash "//", Percent "%", At "@",
        LeftShift "<<", RightShift ">>", Pipe "|", Caret "^", Ampersand "&", Tilde "~",
        EqualEqual "==", NotEqual "!=", Less "<", LessEqual "<=", Greater ">", GreaterEqual ">=",
        PlusEqual "+=", MinusEqual "-=", StarEqual "*=", StarStarEqual "**=", SlashEqual "/=",
        SlashSlashEqual "//=", PercentEqual "%=", AtEqual "@=", LeftShiftEqual "<<=",
        RightShiftEqual ">>=", PipeEqual "|=", CaretEqual "^=", AmpersandEqual "&=",
    }
}

/// The keyword or contextual keyword that a word is.
pub(crate) fn keyword(word: &[u8]) -> Option<TokenKind> {
    if word.len() < 2 {
        return None;
    }
    let (text, kind) = WORDS.get(TABLE[slot(word, SEED)] as usize)?;
    (text.as_bytes() == word).then_some(*kind)
}

const SLOTS: usize = 512;

const fn slot(word: &[u8], seed: u32) -> usize {
    let (first, middle, last) = (word[0], word[word.len() / 2], word[word.len() - 1]);
    let mixed = u32::from_le_bytes([first, middle, last, word.len() as u8]).wrapping_mul(seed);
    (mixed >> 16) as usize % SLOTS
}

/// Where every word has a slot of its own under `seed`: the index of each slot's word.
const fn table(seed: u32) -> Option<[u8; SLOTS]> {
    let mut table = [u8::MAX; SLOTS];
    let mut index = 0;
    while index < WORDS.len() {
        let slot = slot(WORDS[index].0.as_bytes(), seed);
        if table[slot] != u8::MAX {
            return None;
        }
        table[slot] = index as u8;
        index += 1;
    }
    Some(table)
}

/// Found by trial; [`TABLE`] does not compile with one that lets two words meet.
const SEED: u32 = 0xe4b0_6ce7;

static TABLE: [u8; SLOTS] = match table(SEED) {
    Some(table) => table,
    None => panic!("two words share a slot: try another multiplier"),
};

impl TokenKind {
    /// A name, or a contextual keyword, which may be one.
    pub fn is_name(self) -> bool {
        TokenKind::Name <= self && self <= TokenKind::Out
    }

    pub fn is_keyword(self) -> bool {
        TokenKind::False <= self && self <= TokenKind::Yield
    }

    /// A word that can only start a statement or one of its clauses, never stand in an expression.
    pub(crate) fn starts_statement_only(self) -> bool {
        use TokenKind::*;
        matches!(
            self,
            Assert
                | Break
                | Class
                | Continue
                | Def
                | Del
                | Elif
                | Except
                | Finally
                | From
                | Global
                | Import
                | Nonlocal
                | Pass
                | Raise
                | Return
                | Try
                | While
                | With
        )
    }

    /// Whether an expression can start here.
    pub(crate) fn starts_expression(self) -> bool {
        use TokenKind::*;
        self.is_name()
            || matches!(
                self,
                Int | Float
                    | Imaginary
                    | Str
                    | Error
                    | False
                    | None
                    | True
                    | Not
                    | Lambda
                    | Await
                    | Yield
                    | LeftParen
                    | LeftBracket
                    | LeftBrace
                    | Ellipsis
                    | Plus
                    | Minus
                    | Tilde
            )
    }

    /// For "expected X, found Y".
    pub(crate) fn describe(self) -> String {
        match self {
            TokenKind::Name => "a name".to_owned(),
            TokenKind::Int | TokenKind::Imaginary | TokenKind::Indent | TokenKind::Dedent => {
                format!("an {}", self.text())
            }
            TokenKind::Float | TokenKind::Str => format!("a {}", self.text()),
            TokenKind::End | TokenKind::Newline => format!("the {}", self.text()),
            TokenKind::Error => self.text().to_owned(),
            _ => format!("`{}`", self.text()),
        }
    }
}
