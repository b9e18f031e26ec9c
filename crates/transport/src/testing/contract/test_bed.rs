//! A transport under test and its scripted server.

use super::scenario::Scenario;
use super::script::Action;
use crate::transport::transport::Transport;

/// Connects a transport to a scripted server.
pub(super) trait TestBed {
    type Transport: Transport;

    /// Returns a new transport, and a server that performs one action for each request.
    fn open(&self, actions: Vec<Action>) -> Scenario<Self::Transport>;

    /// Returns a new transport, and a server that refuses connections.
    fn refuse(&self) -> Scenario<Self::Transport>;
}
