//! What is compiled: text with a name.

use crate::{ContentHash, ModuleName};

/// The language of a source.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Language {
    /// The mlc language.
    Mlc,
    /// Textual MLIR of any stage, as other front ends write it.
    Mlir,
}

/// A source: bytes with a name. Whether they are text is found out when they are compiled.
#[derive(Clone, Debug)]
pub struct Source {
    name: String,
    bytes: Vec<u8>,
    language: Language,
    imported: Option<ModuleName>,
    kept: Option<String>,
}

impl Source {
    /// A source in the mlc language. Diagnostics and run-time errors show `name`, usually the path.
    pub fn mlc(name: impl Into<String>, text: impl Into<Vec<u8>>) -> Source {
        Source {
            name: name.into(),
            bytes: text.into(),
            language: Language::Mlc,
            imported: None,
            kept: None,
        }
    }

    /// A text that is no file: its name is that of no other text.
    pub fn text(text: impl Into<Vec<u8>>) -> Source {
        let text = text.into();
        let hash = ContentHash::of(&text).short(12);
        Source::mlc(format!("<mlc-{hash}>"), text)
    }

    /// Textual MLIR.
    pub fn mlir(name: impl Into<String>, text: impl Into<Vec<u8>>) -> Source {
        Source {
            name: name.into(),
            bytes: text.into(),
            language: Language::Mlir,
            imported: None,
            kept: None,
        }
    }

    /// A source whose language is that of its name's ending: `.mlir` is MLIR, all else is mlc.
    pub fn from_name(name: impl Into<String>, text: impl Into<Vec<u8>>) -> Source {
        let name = name.into();
        if name.ends_with(".mlir") {
            Source::mlir(name, text)
        } else {
            Source::mlc(name, text)
        }
    }

    /// The same source under another name.
    #[must_use]
    pub fn renamed(mut self, name: impl Into<String>) -> Source {
        self.name = name.into();
        self
    }

    /// The same source as a module that a host imports under a name: `__name__` is that name, where it is otherwise `"__main__"`.
    #[must_use]
    pub fn imported_as(mut self, name: ModuleName) -> Source {
        self.imported = Some(name);
        self
    }

    /// The same source, kept in the cache under a name of its own: of the sources of one name the oldest go.
    #[must_use]
    pub fn kept_as(mut self, name: impl Into<String>) -> Source {
        self.kept = Some(name.into());
        self
    }

    pub(crate) fn cache_name(&self) -> String {
        self.kept.clone().unwrap_or_else(|| self.module_name())
    }

    pub(crate) fn imported(&self) -> Option<&ModuleName> {
        self.imported.as_ref()
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    pub fn language(&self) -> Language {
        self.language
    }

    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The name of the module: the stem of the file, or of a package's file that of its folder, with everything that no identifier
    /// holds as `_`.
    pub fn module_name(&self) -> String {
        let mut parts = self.name.rsplit(['/', '\\']);
        let file = parts.next().unwrap_or_default();
        let stem = match (file.split('.').next().unwrap_or_default(), parts.next()) {
            ("__init__", Some(folder)) => folder,
            (stem, _) => stem,
        };
        mlc_syntax::identifier(stem)
    }
}
