//! Runs the round trips and the example as a program without std: the C start-up code calls this `main`.
#![no_std]
#![no_main]

use core::ffi::c_int;

/// Zero, or the process has aborted with a message.
// SAFETY: no other object of this program defines `main`.
#[unsafe(no_mangle)]
pub extern "C" fn main() -> c_int {
    no_std::samples::round_trips();
    no_std::samples::example();
    0
}

// The toolchain's own `alloc` was compiled to be able to unwind, and so names these two. A panic aborts here, so nothing
// ever calls them; they only have to exist.

// SAFETY: std, which would define it too, is not linked.
#[unsafe(no_mangle)]
extern "C" fn rust_eh_personality() {}

// SAFETY: no unwinder, which would define it too, is linked.
#[unsafe(no_mangle)]
extern "C" fn _Unwind_Resume() {}
