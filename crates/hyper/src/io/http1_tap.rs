//! What is observed of an HTTP/1.1 connection.

use std::io;
use std::task::Poll;

use crate::io::status_tap::StatusTap;
use crate::io::tapped::Tap;
use crate::io::write_gate::WriteGate;

/// Observes the status line of a response and how much of a request was written; clones share both.
#[derive(Clone, Debug, Default)]
pub(crate) struct Http1Tap {
    pub(crate) status: StatusTap,
    pub(crate) gate: WriteGate,
}

impl Tap for Http1Tap {
    fn on_read(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.status.observe(bytes)
    }

    fn on_write(
        &mut self,
        offered: usize,
        write: impl FnOnce() -> Poll<io::Result<usize>>,
    ) -> Poll<io::Result<usize>> {
        self.gate.write(offered, write)
    }
}
