//! What can be asked of a compiled module.

use crate::{Stage, words::words};

words! {
    /// A form in which a module is written out.
    pub enum Emit: "thing to emit" {
        /// The syntax tree.
        Ast = "ast",
        /// The typed program.
        Hir = "hir",
        /// IR with owned values and parallel loops.
        Own = "own",
        /// IR with ownership resolved.
        Par = "par",
        /// IR with structured operations.
        Linalg = "linalg",
        /// IR with explicit SIMD and runtime calls.
        Vector = "vector",
        /// IR with GPU kernels.
        Gpu = "gpu",
        /// IR in the LLVM dialect.
        Llvm = "llvm",
        /// IR in the LLVM dialect, kernels in the NVVM dialect.
        Nvvm = "nvvm",
        /// LLVM IR, optimized.
        LlvmIr = "llvm-ir",
        /// Assembly of the target.
        Asm = "asm",
        /// An object file.
        Obj = "obj",
        /// A static library, with the runtime.
        Staticlib = "staticlib",
        /// A shared library that needs no mlc.
        Shared = "shared",
        /// An executable that needs no mlc.
        Exe = "exe",
        /// A Python extension module that needs no mlc.
        Pyext = "pyext",
        /// Assembly of the kernels.
        Ptx = "ptx",
        /// Machine code of the kernels.
        Cubin = "cubin",
        /// The C header of the exported functions.
        Header = "header",
        /// The Python stub of the exported functions.
        Pyi = "pyi",
    }
}

impl Emit {
    /// What the name of a file of this kind ends in, with its dot; nothing for an executable.
    pub fn extension(self) -> &'static str {
        match self {
            Emit::Ast => ".ast",
            Emit::Hir => ".hir",
            Emit::Own => ".own.mlir",
            Emit::Par => ".par.mlir",
            Emit::Linalg => ".linalg.mlir",
            Emit::Vector => ".vector.mlir",
            Emit::Gpu => ".gpu.mlir",
            Emit::Llvm => ".llvm.mlir",
            Emit::Nvvm => ".nvvm.mlir",
            Emit::LlvmIr => ".ll",
            Emit::Asm => ".s",
            Emit::Obj => ".o",
            Emit::Staticlib => ".a",
            Emit::Shared => ".so",
            Emit::Exe => "",
            Emit::Pyext => ".abi3.so",
            Emit::Ptx => ".ptx",
            Emit::Cubin => ".cubin",
            Emit::Header => ".h",
            Emit::Pyi => ".pyi",
        }
    }

    /// The stage whose IR this is, if it is IR.
    pub fn stage(self) -> Option<Stage> {
        Stage::ALL
            .into_iter()
            .find(|stage| stage.name() == self.word())
    }
}
