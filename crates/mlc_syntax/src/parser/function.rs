//! Functions: signatures and parameters.

use mlc_diagnostics::{Diagnostic, Span};
use rustc_hash::FxHashSet;

use super::{Parsed, Parser, out_result::take_out_result, take_docstring};
use crate::ast::{
    Convention, ConventionKind, Expr, Function, FunctionKeyword, GenericParam, Param, ParamKind,
    StmtKind,
};
use crate::token::TokenKind;

/// What has been seen of a parameter list.
struct Progress {
    kind: ParamKind,
    default: Option<Span>,
    star: Option<Span>,
    slash: bool,
}

impl Parser<'_> {
    /// Decorators, and what they decorate.
    pub(super) fn decorated(&mut self) -> Parsed<StmtKind> {
        let mut decorators = Vec::new();
        while self.eat(TokenKind::At) {
            decorators.push(self.named_expr()?);
            if !self.eat(TokenKind::Newline) {
                return Err(self.expected("the end of the line"));
            }
        }
        match self.kind() {
            TokenKind::Def => self.function(FunctionKeyword::Def, decorators),
            TokenKind::Fn => self.function(FunctionKeyword::Fn, decorators),
            TokenKind::Struct => self.structure(decorators),
            TokenKind::Class => Err(self.class()),
            TokenKind::Async => Err(self.asynchronous()),
            _ => Err(self.expected("`fn`, `def` or `struct` after a decorator")),
        }
    }

    /// At `fn` or `def`.
    pub(super) fn function(
        &mut self,
        keyword: FunctionKeyword,
        decorators: Vec<Expr>,
    ) -> Parsed<StmtKind> {
        let start = self.start();
        self.bump();
        let name = self.ident("a function's name")?;
        let generics = self.generics()?;
        self.expect(TokenKind::LeftParen)?;
        let mut params = self.params(TokenKind::RightParen, true)?;
        if !self.eat(TokenKind::RightParen) {
            return Err(self.expected("`,` or `)`"));
        }
        let raises = if self.at(TokenKind::Raises) {
            let word = self.bump();
            Some(self.span_of(word))
        } else {
            None
        };
        let mut returns = if self.eat(TokenKind::Arrow) {
            Some(self.expr()?)
        } else {
            None
        };
        let signature = self.span_from(start);
        let mut body = self.block("this function")?;
        let docstring = take_docstring(&mut body);
        take_out_result(&mut params, &mut returns, &mut body);
        Ok(StmtKind::Function(Box::new(Function {
            keyword,
            decorators,
            name,
            generics,
            params,
            raises,
            returns,
            docstring,
            body,
            signature,
        })))
    }

    /// `[T: Number, N: Int]`, if it is there.
    pub(super) fn generics(&mut self) -> Parsed<Vec<GenericParam>> {
        if !self.eat(TokenKind::LeftBracket) {
            return Ok(Vec::new());
        }
        if self.at(TokenKind::RightBracket) {
            return Err(self.expected("a generic parameter"));
        }
        self.comma_separated(TokenKind::RightBracket, |parser| {
            let start = parser.start();
            let name = parser.ident("a generic parameter")?;
            let bound = parser.annotation()?;
            let default = parser.default_value()?;
            Ok(GenericParam {
                name,
                bound,
                default,
                span: parser.span_from(start),
            })
        })
    }

    fn default_value(&mut self) -> Parsed<Option<Expr>> {
        if self.eat(TokenKind::Equal) {
            return self.expr().map(Some);
        }
        Ok(None)
    }

    /// Parameters up to `close`, which is left. Those of a lambda are not `typed`.
    pub(super) fn params(&mut self, close: TokenKind, typed: bool) -> Parsed<Vec<Param>> {
        let mut params: Vec<Param> = Vec::new();
        let mut progress = Progress {
            kind: ParamKind::Plain,
            default: None,
            star: None,
            slash: false,
        };
        while !self.at(close) {
            if self.at(TokenKind::Slash) {
                self.slash(&mut params, &mut progress);
            } else if self.at(TokenKind::Star) && matches!(self.ahead(1), TokenKind::Comma) {
                self.bare_star(&mut progress);
            } else {
                let param = self.param(typed, &mut progress)?;
                params.push(param);
            }
            if !self.eat(TokenKind::Comma) {
                break;
            }
        }
        if let Some(star) = progress.star
            && progress.kind == ParamKind::KeywordOnly
            && !params
                .iter()
                .any(|param| param.kind == ParamKind::KeywordOnly)
        {
            self.parameter_order(star, "`*` needs a keyword-only parameter after it");
        }
        self.check_repeated(&params);
        Ok(params)
    }

    fn parameter_order(&mut self, span: Span, message: &str) {
        self.report_and_go_on(Diagnostic::error("parameter-order", span, message));
    }

    fn slash(&mut self, params: &mut [Param], progress: &mut Progress) {
        let span = self.here();
        self.bump();
        if progress.slash {
            self.parameter_order(span, "only one `/` can stand in a parameter list");
        } else if progress.kind != ParamKind::Plain {
            self.parameter_order(span, "`/` must stand before `*`");
        } else if params.is_empty() {
            self.parameter_order(span, "`/` needs a parameter before it");
        }
        progress.slash = true;
        for param in params {
            if param.kind == ParamKind::Plain {
                param.kind = ParamKind::PositionalOnly;
            }
        }
    }

    fn bare_star(&mut self, progress: &mut Progress) {
        let span = self.here();
        self.bump();
        if progress.kind != ParamKind::Plain {
            self.parameter_order(span, "only one `*` can stand in a parameter list");
        }
        progress.kind = ParamKind::KeywordOnly;
        progress.star = Some(span);
    }

    fn param(&mut self, typed: bool, progress: &mut Progress) -> Parsed<Param> {
        let start = self.start();
        let convention = if typed { self.convention() } else { None };
        let star = self.here();
        let mut kind = progress.kind;
        if self.eat(TokenKind::StarStar) {
            kind = ParamKind::VarKeyword;
        } else if self.eat(TokenKind::Star) {
            if progress.kind != ParamKind::Plain {
                self.parameter_order(star, "only one `*` can stand in a parameter list");
            }
            kind = ParamKind::VarPositional;
        }
        if progress.kind == ParamKind::VarKeyword {
            self.parameter_order(star, "nothing can stand after a `**` parameter");
        }
        let name = self.ident("a parameter")?;
        let annotation = if typed { self.annotation()? } else { None };
        let default = self.default_value()?;
        let span = self.span_from(start);
        match kind {
            ParamKind::VarPositional | ParamKind::VarKeyword => {
                if let Some(default) = &default {
                    self.parameter_order(default.span, "a starred parameter has no default");
                }
                progress.kind = if kind == ParamKind::VarKeyword {
                    ParamKind::VarKeyword
                } else {
                    ParamKind::KeywordOnly
                };
                if kind == ParamKind::VarPositional {
                    progress.star = None;
                }
            }
            ParamKind::Plain => match (&default, progress.default) {
                (Some(_), _) => progress.default = Some(name.span),
                (None, Some(earlier)) => self.report_and_go_on(
                    Diagnostic::error(
                        "parameter-order",
                        name.span,
                        format!("`{}` needs a default: one before it has one", name.name),
                    )
                    .label(earlier, "has a default"),
                ),
                (None, None) => {}
            },
            _ => {}
        }
        Ok(Param {
            kind,
            convention,
            name,
            annotation,
            default,
            span,
        })
    }

    /// A convention's word, which is a parameter's name where no name follows.
    fn convention(&mut self) -> Option<Convention> {
        let kind = match self.kind() {
            TokenKind::Borrowed | TokenKind::Read => ConventionKind::Borrowed,
            TokenKind::Inout | TokenKind::Mut => ConventionKind::Inout,
            TokenKind::Owned | TokenKind::Var => ConventionKind::Owned,
            TokenKind::Deinit => ConventionKind::Deinit,
            TokenKind::Out => ConventionKind::Out,
            _ => return None,
        };
        let next = self.ahead(1);
        if !next.is_name() && !matches!(next, TokenKind::Star | TokenKind::StarStar) {
            return None;
        }
        let token = self.bump();
        Some(Convention {
            kind,
            span: self.span_of(token),
        })
    }

    fn check_repeated(&mut self, params: &[Param]) {
        let mut seen = FxHashSet::default();
        if params.len() < 2 {
            return;
        }
        for param in params {
            if !seen.insert(param.name.name) {
                let message = format!("parameter `{}` stands twice", param.name.name);
                self.report_and_go_on(Diagnostic::error(
                    "repeated-parameter",
                    param.name.span,
                    message,
                ));
            }
        }
    }
}
