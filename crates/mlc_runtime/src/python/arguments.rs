//! What Python calls a function of a program with: which parameter gets which argument.

use std::ptr::null_mut;

use super::api::Api;
use super::{Object, Owned};

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Kind {
    /// Given by position, and by name where that is set.
    Plain {
        by_name: bool,
    },
    KeywordOnly,
    /// `*args`: a tuple of all others by position.
    Rest,
    /// `**kwargs`: a dict of all others by name.
    Keywords,
}

struct Parameter {
    name: String,
    has_default: bool,
    kind: Kind,
}

/// The parameters of a function, in their order.
pub struct Parameters(Vec<Parameter>);

/// An object for each parameter, null where the default is to be taken.
pub struct Bound {
    pub objects: Vec<Object>,
    /// What was made for `*args` and `**kwargs`.
    _made: Vec<Owned>,
}

impl Parameters {
    /// Reads what the compiler wrote: the parameters as Python writes them, separated by commas, `name=` for one with a default.
    pub fn parse(list: &str) -> Parameters {
        let mut found: Vec<Parameter> = Vec::new();
        let mut only_by_name = false;
        for item in list.split(',').filter(|item| !item.is_empty()) {
            let kind = match item {
                "/" => {
                    let by_name = false;
                    (found.iter_mut()).for_each(|known| known.kind = Kind::Plain { by_name });
                    continue;
                }
                "*" => {
                    only_by_name = true;
                    continue;
                }
                _ if item.starts_with("**") => Kind::Keywords,
                _ if item.starts_with('*') => {
                    only_by_name = true;
                    Kind::Rest
                }
                _ if only_by_name => Kind::KeywordOnly,
                _ => Kind::Plain { by_name: true },
            };
            found.push(Parameter {
                name: item.trim_matches(['*', '=']).to_owned(),
                has_default: item.ends_with('='),
                kind,
            });
        }
        Parameters(found)
    }

    fn position(&self, wanted: Kind) -> Option<usize> {
        self.0.iter().position(|known| known.kind == wanted)
    }

    /// An object for each parameter; or what is wrong with the arguments of the function `shown`, `None` where that is the error of the
    /// interpreter.
    ///
    /// # Safety
    /// All must be live objects, the names texts, and the GIL held.
    pub unsafe fn bind(
        &self,
        api: &'static Api,
        shown: &str,
        by_position: &[Object],
        by_name: &[(Object, Object)],
    ) -> Result<Bound, Option<String>> {
        let mut objects: Vec<Object> = vec![null_mut(); self.0.len()];
        let is_plain = |known: &&Parameter| matches!(known.kind, Kind::Plain { .. });
        let most = self.0.iter().filter(is_plain).count();
        let (plain, rest) = by_position.split_at(most.min(by_position.len()));
        objects[..plain.len()].copy_from_slice(plain);
        let mut made = Vec::new();
        // SAFETY: the caller vouches for the objects; what is made gets references of its own.
        unsafe {
            if let Some(at) = self.position(Kind::Rest) {
                let tuple = Owned::new(api, (api.PyTuple_New)(rest.len() as isize)).ok_or(None)?;
                for (position, &item) in (0..).zip(rest) {
                    (api.PyTuple_SetItem)(tuple.object, position, api.share(item));
                }
                objects[at] = tuple.object;
                made.push(tuple);
            } else if !rest.is_empty() {
                let found = by_position.len();
                let plural = if most == 1 { "" } else { "s" };
                let text = format!(
                    "{shown}() takes {most} positional argument{plural} but {found} were given"
                );
                return Err(Some(text));
            }
            let keywords = self.position(Kind::Keywords);
            if let Some(at) = keywords {
                let dict = Owned::new(api, (api.PyDict_New)()).ok_or(None)?;
                objects[at] = dict.object;
                made.push(dict);
            }
            for &(key, value) in by_name {
                let name = api.characters(key).ok_or(None)?;
                let named = |known: &Parameter| {
                    let by_name = matches!(
                        known.kind,
                        Kind::KeywordOnly | Kind::Plain { by_name: true }
                    );
                    by_name && known.name == name
                };
                match (self.0.iter().position(named), keywords) {
                    (Some(at), _) if objects[at].is_null() => objects[at] = value,
                    (Some(_), _) => {
                        let text = format!("{shown}() got multiple values for argument '{name}'");
                        return Err(Some(text));
                    }
                    (None, Some(at)) if (api.PyDict_SetItem)(objects[at], key, value) < 0 => {
                        return Err(None);
                    }
                    (None, Some(_)) => {}
                    (None, None) => {
                        let text = format!("{shown}() got an unexpected keyword argument '{name}'");
                        return Err(Some(text));
                    }
                }
            }
        }
        for (known, value) in self.0.iter().zip(&objects) {
            if value.is_null() && !known.has_default {
                let name = &known.name;
                return Err(Some(format!(
                    "{shown}() missing required argument '{name}'"
                )));
            }
        }
        Ok(Bound {
            objects,
            _made: made,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{Kind, Parameters};

    #[test]
    fn parameters_are_read_as_they_are_written() {
        let kinds = |list| {
            let parameters = Parameters::parse(list).0;
            let parts = parameters.into_iter();
            let parts = parts.map(|known| (known.name, known.has_default, known.kind));
            parts.collect::<Vec<_>>()
        };
        let named = |name: &str, has_default, kind| (name.to_owned(), has_default, kind);
        assert_eq!(
            kinds("a,/,b,c=,*,d="),
            [
                named("a", false, Kind::Plain { by_name: false }),
                named("b", false, Kind::Plain { by_name: true }),
                named("c", true, Kind::Plain { by_name: true }),
                named("d", true, Kind::KeywordOnly),
            ]
        );
        assert_eq!(
            kinds("*args,d,**more"),
            [
                named("args", false, Kind::Rest),
                named("d", false, Kind::KeywordOnly),
                named("more", false, Kind::Keywords),
            ]
        );
        assert_eq!(kinds(""), []);
    }
}
