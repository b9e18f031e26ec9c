//! Runs the round trips and the example as a program without std: the C start-up code calls this `main`.
#![no_std]
#![no_main]

use core::ffi::c_int;

/// Returns 0; a failure aborts the process with a message.
// SAFETY: no other object of this program defines `main`.
#[unsafe(no_mangle)]
pub extern "C" fn main() -> c_int {
    no_std::samples::round_trips();
    no_std::samples::example();
    0
}

// The toolchain's `alloc` was compiled with unwinding and refers to these two symbols. A panic aborts here, so they are never
// called, but they must exist.

// SAFETY: std, which would define it too, is not linked.
#[unsafe(no_mangle)]
extern "C" fn rust_eh_personality() {}

// SAFETY: no unwinder, which would define it too, is linked.
#[unsafe(no_mangle)]
extern "C" fn _Unwind_Resume() {}
