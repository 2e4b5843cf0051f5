//! The entry point of executables, in place of the C toolchain's `crt1.o`.
//!
//! Linked with `--entry mlc_rt_start`, it hands `main` to the C library as `crt1.o` does, so an executable needs no
//! file of a C toolchain. Where nothing refers to it the linker leaves it out.

use std::arch::global_asm;

// The stack at the entry of a process (System V ABI, AMD64 supplement, 3.4.1): argc, then argv; rdx holds what the
// dynamic loader wants to run at exit. `__libc_start_main(main, argc, argv, init, fini, rtld_fini, stack_end)` takes
// no `init` and `fini` since glibc 2.34, which runs the arrays of the executable by itself.
global_asm!(
    ".pushsection .text.mlc_rt_start,\"ax\",@progbits",
    ".globl mlc_rt_start",
    // A shared library that exports the runtime must not export, and so keep, this.
    ".hidden mlc_rt_start",
    ".type mlc_rt_start,@function",
    "mlc_rt_start:",
    ".cfi_startproc",
    ".cfi_undefined rip",
    "xor ebp, ebp",
    "mov r9, rdx",
    "pop rsi",
    "mov rdx, rsp",
    "and rsp, -16",
    "push rax",
    "push rsp",
    "xor r8d, r8d",
    "xor ecx, ecx",
    "mov rdi, qword ptr [rip + main@GOTPCREL]",
    "call qword ptr [rip + __libc_start_main@GOTPCREL]",
    "hlt",
    ".cfi_endproc",
    ".size mlc_rt_start, . - mlc_rt_start",
    ".popsection",
);
