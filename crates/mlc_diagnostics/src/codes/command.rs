//! Codes about what was asked for, rather than about a program.

use super::Explanation;

pub(super) const PAGES: &[Explanation] = &[
    Explanation {
        code: "usage",
        title: "the command cannot be carried out as written",
        meaning: "A file does not exist or may not be read or written, or options exclude each other. The exit
status is 2, and nothing was written.",
        wrong: "",
        mend: "",
    },
    Explanation {
        code: "unknown-cpu",
        title: "code cannot be generated for a CPU of that name",
        meaning: "`--cpu` takes `native`, which is the CPU that compiles, or one of the names that `mlc targets`
lists.",
        wrong: "",
        mend: "",
    },
    Explanation {
        code: "unknown-gpu",
        title: "code cannot be generated for a GPU of that name",
        meaning: "`--gpu-arch` takes a compute capability such as `sm_80` or `sm_90`.",
        wrong: "",
        mend: "",
    },
    Explanation {
        code: "unavailable-target",
        title: "this build of the compiler does not generate code for the target",
        meaning: "`mlc targets` lists the targets there are.",
        wrong: "",
        mend: "",
    },
    Explanation {
        code: "unavailable-sanitizer",
        title: "a sanitizer cannot be used here",
        meaning: "`--sanitize=address` and `--sanitize=thread` link the runtime of Clang's sanitizers, which is a
package of its own, of the version of LLVM that this compiler is built with; `MLC_SANITIZERS` in the
environment names the folder of the runtimes where they are not found. A sanitizer takes over the
memory of a whole process, so that only executables and shared libraries can be instrumented.",
        wrong: "",
        mend: "",
    },
    Explanation {
        code: "cannot-emit",
        title: "a form was asked for that the source does not have",
        meaning: "Textual IR has no syntax tree, no typed program and no header, and IR that is already at a stage
cannot be shown at an earlier one. Forms of kernels need a target with kernels.",
        wrong: "",
        mend: "",
    },
    Explanation {
        code: "no-kernel",
        title: "kernels were asked for, and the source has none",
        meaning: "With `--target cuda` each outermost `parallel for` that can run on the GPU becomes a kernel. This
source has no such loop.",
        wrong: "",
        mend: "",
    },
    Explanation {
        code: "cannot-link",
        title: "a library or an executable cannot be linked, or code cannot be loaded",
        meaning: "The program declares a function that is nowhere defined, or a library of the system that every
program is loaded with could not be found.",
        wrong: "",
        mend: "",
    },
];
