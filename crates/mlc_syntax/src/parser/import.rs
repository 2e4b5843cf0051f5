//! `import` and `from … import`.

use super::{Parsed, Parser};
use crate::ast::{Ident, ImportFrom, ImportedModule, ImportedName, ImportedNames, StmtKind};
use crate::token::TokenKind;

impl Parser<'_> {
    pub(super) fn import(&mut self) -> Parsed<StmtKind> {
        self.imports += 1;
        self.bump();
        let mut modules = Vec::new();
        loop {
            let path = self.path()?;
            let alias = self.alias()?;
            modules.push(ImportedModule { path, alias });
            if !self.eat(TokenKind::Comma) {
                return Ok(StmtKind::Import(modules));
            }
        }
    }

    pub(super) fn import_from(&mut self) -> Parsed<StmtKind> {
        self.imports += 1;
        self.bump();
        let mut level = 0;
        loop {
            match self.kind() {
                TokenKind::Dot => level += 1,
                TokenKind::Ellipsis => level += 3,
                _ => break,
            }
            self.bump();
        }
        let path = if level > 0 && self.at(TokenKind::Import) {
            Vec::new()
        } else {
            self.path()?
        };
        self.expect(TokenKind::Import)?;
        let names = self.imported_names()?;
        Ok(StmtKind::ImportFrom(Box::new(ImportFrom {
            level,
            path,
            names,
        })))
    }

    fn imported_names(&mut self) -> Parsed<ImportedNames> {
        if self.at(TokenKind::Star) {
            let star = self.bump();
            return Ok(ImportedNames::All(self.span_of(star)));
        }
        if self.eat(TokenKind::LeftParen) {
            if self.at(TokenKind::RightParen) {
                return Err(self.expected("a name"));
            }
            let names = self.comma_separated(TokenKind::RightParen, Self::imported_name)?;
            return Ok(ImportedNames::Some(names));
        }
        let mut names = vec![self.imported_name()?];
        while self.eat(TokenKind::Comma) {
            names.push(self.imported_name()?);
        }
        Ok(ImportedNames::Some(names))
    }

    fn imported_name(&mut self) -> Parsed<ImportedName> {
        let name = self.ident("a name")?;
        let alias = self.alias()?;
        Ok(ImportedName { name, alias })
    }

    fn path(&mut self) -> Parsed<Vec<Ident>> {
        let mut path = vec![self.ident("a module's name")?];
        while self.eat(TokenKind::Dot) {
            path.push(self.ident("a module's name")?);
        }
        Ok(path)
    }

    /// `as name`, if it is there.
    pub(super) fn alias(&mut self) -> Parsed<Option<Ident>> {
        if self.eat(TokenKind::As) {
            return self.ident("a name after `as`").map(Some);
        }
        Ok(None)
    }
}
