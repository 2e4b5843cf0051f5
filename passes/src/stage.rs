//! The stages of the flow: closed sets of legal dialects, in the order in which they are passed.

use std::{fmt, str::FromStr};

/// A stage. Its word is the same in `--emit`, `--stop-after`, dumps, docs and Python.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// Values with owners, parallel loops, structured control flow.
    Own,
    /// Ownership resolved: memory is explicit, loops still say that they are parallel.
    Par,
    /// Structured operations where loops could be raised to them.
    Linalg,
    /// CPU: SIMD, loops and calls of the runtime.
    Vector,
    /// CUDA: kernels and the host code that launches them.
    Gpu,
    /// The LLVM dialect, ready for translation.
    Llvm,
    /// CUDA: the LLVM dialect with kernels in the NVVM dialect.
    Nvvm,
}

impl Stage {
    /// All stages.
    pub const ALL: [Self; 7] = [
        Self::Own,
        Self::Par,
        Self::Linalg,
        Self::Vector,
        Self::Gpu,
        Self::Llvm,
        Self::Nvvm,
    ];

    /// The stage's word.
    pub fn name(self) -> &'static str {
        match self {
            Self::Own => "own",
            Self::Par => "par",
            Self::Linalg => "linalg",
            Self::Vector => "vector",
            Self::Gpu => "gpu",
            Self::Llvm => "llvm",
            Self::Nvvm => "nvvm",
        }
    }

    /// Whether the stage's IR may hold an operation, by its full name.
    pub fn allows(self, operation: &str) -> bool {
        let dialect = operation.split('.').next().unwrap_or_default();
        // Ways out of a function stay structured until `scf` becomes `cf`.
        let exit = matches!(operation, "par.exit_if" | "par.exit");
        // Kernels are code of a device's by then; what is left is what holds and launches them.
        let holds_kernels = matches!(operation, "gpu.module" | "gpu.launch_func" | "gpu.binary");
        self.legal_dialects().contains(&dialect)
            || (exit && matches!(self, Self::Vector | Self::Gpu))
            || (holds_kernels && self == Self::Nvvm)
    }

    /// The dialects that the stage's IR may hold.
    pub fn legal_dialects(self) -> &'static [&'static str] {
        match self {
            Self::Own => &[
                "builtin", "func", "own", "par", "scf", "arith", "math", "complex", "memref",
                "vector", "ub", "llvm",
            ],
            Self::Par => &[
                "builtin", "func", "par", "scf", "cf", "arith", "math", "complex", "memref",
                "vector", "ub", "llvm",
            ],
            Self::Linalg => &[
                "builtin", "func", "par", "scf", "cf", "arith", "math", "complex", "memref",
                "linalg", "vector", "ub", "llvm",
            ],
            Self::Vector => &[
                "builtin", "func", "scf", "cf", "arith", "math", "complex", "memref", "vector",
                "ub", "llvm",
            ],
            Self::Gpu => &[
                "builtin", "func", "scf", "cf", "arith", "math", "complex", "memref", "vector",
                "gpu", "ub", "llvm",
            ],
            Self::Llvm => &["builtin", "llvm"],
            Self::Nvvm => &["builtin", "llvm", "nvvm"],
        }
    }
}

impl fmt::Display for Stage {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

impl FromStr for Stage {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, String> {
        Self::ALL
            .into_iter()
            .find(|stage| stage.name() == word)
            .ok_or_else(|| {
                let words: Vec<_> = Self::ALL.iter().map(|stage| stage.name()).collect();
                format!(
                    "unknown stage `{word}`; the stages are {}",
                    words.join(", ")
                )
            })
    }
}
