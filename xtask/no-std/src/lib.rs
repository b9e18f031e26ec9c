//! The models without std: a static library with its own panic handler and its own allocator.
//!
//! If a dependency of the models linked std, there would be two panic handlers, and this would not compile.
//!
//! This crate is not published. It is the only place with `unsafe`: a panic handler can only call libc.
#![no_std]

extern crate alloc;

#[path = "../../../crates/models/examples/no_std_page/page.rs"]
mod page;
pub mod samples;

use core::fmt::{self, Write};
use core::panic::PanicInfo;

#[global_allocator]
static ALLOCATOR: dlmalloc::GlobalDlmalloc = dlmalloc::GlobalDlmalloc;

#[panic_handler]
fn panic(info: &PanicInfo<'_>) -> ! {
    // Even if standard error is closed, the signal below reports the failure.
    let _ = writeln!(StandardError, "{info}");
    // SAFETY: `abort` has no preconditions.
    unsafe { libc::abort() }
}

struct StandardError;

impl Write for StandardError {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        // SAFETY: the pointer and the length come from one live string.
        let written = unsafe { libc::write(libc::STDERR_FILENO, text.as_ptr().cast(), text.len()) };
        if written < 0 { Err(fmt::Error) } else { Ok(()) }
    }
}
