//! Connections: how they are opened, shared, kept and retired.
//!
//! | file | noun | is |
//! | --- | --- | --- |
//! | `connection` | `Connection` | one HTTP connection, or one of the handles that share it over HTTP/2 |
//! | `connections` | `Connections` | where an exchange acquires its connection: from the pool, from another request's handshake, or a new one |
//! | `pool` | `Pool` | the list of connections that another request can take now: idle ones, and HTTP/2 connections in use |
//! | `pooled_connection` | `PooledConnection` | a connection while an exchange uses it; releases it to the pool or discards it |
//! | `in_use` | `InUse` | what the caller of that exchange needs to judge the connection when it drops the call |
//! | `single_flight` | `Flights` | the handshakes in progress, and the requests that wait for one of them |
//! | `outgoing_request` | `OutgoingRequest` | a request, written differently for each protocol and proxy |
//! | `keep_alive` | `KeepAlive` | what an HTTP/1 server announces about further requests |
//! | `tasks` | `Driver` | the tasks that read and write a connection, and whether it is retired |
//! | `logical_time` | `LogicalTime` | which of two events was first: the opening of a connection or the start of an exchange |

pub(crate) mod connection;
pub(crate) mod connections;
pub(crate) mod in_use;
pub(crate) mod keep_alive;
pub(crate) mod logical_time;
pub(crate) mod outgoing_request;
pub(crate) mod pool;
pub(crate) mod pooled_connection;
#[cfg(feature = "_tls")]
pub(crate) mod single_flight;
pub(crate) mod tasks;
