//! Modules whose texts are made of parts of files, beside those that are files.

use std::collections::HashMap;

use mlc::{FileLoader, Found, Import, Missing, ModuleName, SourceLoader};

/// Finds the parts by their names, and files as they always are.
pub struct Parts {
    files: FileLoader,
    /// The file that messages show, and the text.
    parts: HashMap<String, (String, String)>,
}

impl Parts {
    pub fn new(files: FileLoader, parts: HashMap<String, (String, String)>) -> Parts {
        Parts { files, parts }
    }
}

impl SourceLoader for Parts {
    fn find(&self, import: &Import<'_>) -> Result<Found, Missing> {
        match self.parts.get(import.name) {
            // Several parts may be of one file.
            Some((file, text)) => Ok(Found {
                identity: format!("{}\n{file}", import.name),
                ..Found::text(file, text.as_bytes())
            }),
            None => self.files.find(import),
        }
    }

    fn locate(&self, source: &str) -> Option<ModuleName> {
        self.files.locate(source)
    }

    fn identity(&self, source: &str) -> String {
        self.files.identity(source)
    }
}
