//! What a compiled module was made from, as far as it is known before anything is read but the source.

use crate::{ContentHash, ModuleName, Options, Source};

/// The version of the form in which modules are kept.
const FORMAT: u32 = 1;

/// Facts by name, and a hash of them all.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Key {
    facts: Vec<(String, String)>,
    hash: ContentHash,
}

/// What is made of a source.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Form {
    /// What a host calls.
    Module,
    /// What is run; with what the source is called among the packages that it is in.
    Program(Option<ModuleName>),
}

/// Which compiler it is, on which machine.
#[derive(Clone, Debug)]
pub(crate) struct Setting {
    pub version: String,
    pub build: String,
    /// Name and features.
    pub host: (String, String),
}

impl Setting {
    fn here() -> Setting {
        Setting {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            build: env!("MLC_BUILD_ID").to_owned(),
            host: mlc_codegen::host_cpu(),
        }
    }
}

impl Key {
    pub fn new(source: &Source, options: &Options, form: &Form) -> Key {
        Key::made_by(source, options, form, Setting::here())
    }

    pub fn made_by(source: &Source, options: &Options, form: &Form, setting: Setting) -> Key {
        // Every option that changes code is named, so that a new one cannot be forgotten here.
        let Options {
            target,
            opt_level,
            cpu,
            gpu_arch,
            fp,
            checks,
            race_checks,
            sanitize,
            defines,
            debug_info,
            // It finds bugs of the compiler's and changes no code.
            verify_each: _,
        } = options;
        let mut facts: Vec<(String, String)> = Vec::new();
        let mut fact = |name: &str, value: String| facts.push((name.to_owned(), value));
        fact("form", format!("{FORMAT}.{}", mlc_interface::VERSION));
        fact("compiler", setting.version);
        fact("build", setting.build);
        fact("LLVM", mlc_codegen::llvm_version());
        fact("runtime ABI", mlc_codegen::RUNTIME_ABI.to_string());
        fact("file", source.name().to_owned());
        let (made, name) = match form {
            Form::Module => ("a module", source.imported()),
            Form::Program(name) => ("a program", name.as_ref()),
        };
        fact("made to be", made.to_owned());
        let module =
            name.map(|name| format!("{}{}", name.path, if name.package { ".*" } else { "" }));
        fact("module", module.unwrap_or_default());
        fact("source", ContentHash::of(source.bytes()).to_string());
        fact("--target", target.to_string());
        fact("-O", opt_level.to_string());
        fact("--cpu", cpu.clone());
        if cpu == "native" {
            fact("this CPU", setting.host.0);
            fact("its features", setting.host.1);
        }
        fact("--gpu-arch", gpu_arch.clone());
        fact("--fp", fp.to_string());
        fact("--checks", checks.to_string());
        fact("--race-checks", race_checks.to_string());
        fact("--sanitize", sanitize.to_string());
        fact("-g", debug_info.to_string());
        for (name, value) in defines {
            fact(&format!("-D {name}"), value.clone());
        }
        // Lengths in front, so that no two lists of facts run together to one text.
        let mut text = String::new();
        for (name, value) in &facts {
            text += &format!("{} {name} {} {value}\n", name.len(), value.len());
        }
        let hash = ContentHash::of(text.as_bytes());
        Key { facts, hash }
    }

    pub fn facts(&self) -> &[(String, String)] {
        &self.facts
    }

    /// What the names of its files hold.
    pub fn short(&self) -> String {
        self.hash.short(16)
    }
}

#[cfg(test)]
mod tests {
    use super::{Form, Key, Setting};
    use crate::{Checks, Fp, ModuleName, OptLevel, Options, RaceChecks, Sanitize, Source, Target};

    fn setting() -> Setting {
        Setting {
            version: "1.0.0".to_owned(),
            build: "1".to_owned(),
            host: ("znver4".to_owned(), "+avx512f".to_owned()),
        }
    }

    #[test]
    fn everything_that_changes_code_changes_the_key() {
        let source = || Source::mlc("/a/hot.mlc", "x = 1\n");
        let options = Options::default;
        let with = |change: &dyn Fn(&mut Options)| {
            let mut options = options();
            change(&mut options);
            Key::made_by(&source(), &options, &Form::Module, setting())
        };
        let set = |change: &dyn Fn(&mut Setting)| {
            let mut setting = setting();
            change(&mut setting);
            Key::made_by(&source(), &options(), &Form::Module, setting)
        };
        let named = |path: &str, package| {
            let path = path.to_owned();
            let source = source().imported_as(ModuleName { path, package });
            Key::made_by(&source, &options(), &Form::Module, setting())
        };
        let keys = [
            with(&|_| ()),
            with(&|options| options.target = Target::CudaEmu),
            with(&|options| options.opt_level = OptLevel::O0),
            with(&|options| options.cpu = "znver4".to_owned()),
            with(&|options| options.gpu_arch = "sm_90".to_owned()),
            with(&|options| options.fp = Fp::Strict),
            with(&|options| options.checks = Checks::None),
            with(&|options| options.race_checks = RaceChecks::Static),
            with(&|options| options.sanitize = Sanitize::Race),
            with(&|options| options.debug_info = true),
            with(&|options| options.defines = vec![("N".into(), "1".into())]),
            with(&|options| options.defines = vec![("N".into(), "2".into())]),
            with(&|options| options.defines = vec![("N1".into(), String::new())]),
            set(&|setting| setting.version = "1.0.1".to_owned()),
            set(&|setting| setting.build = "2".to_owned()),
            set(&|setting| setting.host.0 = "znver5".to_owned()),
            set(&|setting| setting.host.1 = "+avx2".to_owned()),
            named("hot", false),
            named("hot", true),
            named("pack.hot", false),
            Key::made_by(&source(), &options(), &Form::Program(None), setting()),
            Key::made_by(
                &source(),
                &options(),
                &Form::Program(Some(ModuleName {
                    path: "pack.hot".to_owned(),
                    package: false,
                })),
                setting(),
            ),
            Key::made_by(
                &Source::mlc("/b/hot.mlc", "x = 1\n"),
                &options(),
                &Form::Module,
                setting(),
            ),
            Key::made_by(
                &Source::mlc("/a/hot.mlc", "x = 2\n"),
                &options(),
                &Form::Module,
                setting(),
            ),
        ];
        for (at, key) in keys.iter().enumerate() {
            for other in &keys[at + 1..] {
                assert_ne!(key.short(), other.short());
            }
        }
        assert_eq!(with(&|_| ()), with(&|options| options.verify_each ^= true));
    }
}
