//! The transport over real sockets: hyper for HTTP, tokio for sockets and timers, rustls for TLS.
//!
//! It stands directly on hyper's connections and keeps its own pool, because what the retrying layer above must know is
//! lost in a ready-made client: whether a byte of the request was written.
//!
//! # What the stack does
//!
//! | event | result |
//! | --- | --- |
//! | the name does not resolve, the port is closed, no descriptor is free | `Connect`, not sent |
//! | the TLS peer is not whom we trust, does not speak TLS, or refuses our certificate or its lack | `Tls`, not sent |
//! | the TLS peer hangs up in the handshake | `Connect`, not sent |
//! | the proxy answers `CONNECT` with another status than 2xx, whatever follows | `Connect(Proxy)` with that status and its `Retry-After`, not sent |
//! | the proxy answers `CONNECT` not in HTTP, or sends more than the head of a 2xx | `Connect(Proxy)`, not sent |
//! | the proxy asks for credentials (407) | `Connect(ProxyCredentials)`, not sent |
//! | no connection within the connect timeout, name and TLS included | `Timeout(Connect)`, not sent |
//! | an idle connection turns out closed before it took a byte | the next connection is used; nobody sees it |
//! | reset or end of stream, and the connection took no byte of the request | `Connect`, not sent |
//! | reset or end of stream after that, HTTP/2 stream reset | `Interrupted`, sent in part or as a whole |
//! | HTTP/2 stream refused (`REFUSED_STREAM`), or above the last that a `GOAWAY` names | `Interrupted`, not sent |
//! | malformed status line, field, chunk, length or frame | `Protocol` |
//! | `Content-Length` that is negative, beyond 2^64 or twice with two values | `Protocol` |
//! | a body with a `Transfer-Encoding` other than one `chunked`, or with HTTP/1.0 | `Protocol` |
//! | a body with a `Content-Encoding` that no `Accept-Encoding` asked for, or gzip that is broken | `Protocol` |
//! | status 101, or more than 16 interim answers (in HTTP/2 17, if the answer has no body) | `Protocol` |
//! | head above its limit in bytes or fields | `TooLarge(Head)` |
//! | body announced or grown above its limit | `TooLarge(Body)`; an announced one is not read |
//! | gzip that decodes to more than that limit | `TooLarge(Decoded)` |
//! | no answer began, or a body stands still | `Timeout(FirstByte)`, `Timeout(Stall)` |
//! | no tokio runtime, a URI without host, TLS not built in | `Config`, not sent |
//! | the runtime is dropped during a call | `Interrupted` if the request may have been written, else `Connect` |
//!
//! An error after the status arrived carries it, even where the head never became whole (HTTP/1.1).
//!
//! # Which connections are used again
//!
//! A connection goes back to the pool only after a complete response whose end is beyond doubt; a 204 that announces a body,
//! or a length beside chunks (be it 0), closes it, and after a 421 no idle one to the same origin is used again. The one that was
//! used last is taken first.
//!
//! | event | what becomes of connections |
//! | --- | --- |
//! | reset, end of stream, or a timeout of the transport or of the attempt | no idle connection to that origin is used again that was opened before the exchange began, so the next attempt goes to a fresh one; an HTTP/1.1 connection that is in use is kept if its own response comes whole |
//! | a 408 (HTTP/1) | the same: the server has given up on a connection that was idle |
//! | a malformed or too large response | that connection is closed; others are not suspected |
//! | the caller drops the call | HTTP/1.1: its connection is closed; HTTP/2: its stream is reset, and the connection is used on |
//! | the same, and the connection has brought no part of any response for a second to those who wait | as after a timeout |
//! | the server says `Keep-Alive: timeout=N` or `max=N` (HTTP/1) | it is used until a second before that, or for half of the time if that is less; for N more requests, also where later responses say nothing |
//! | it reaches its maximum age ([`max_connection_age`](HyperTransportBuilder::max_connection_age)) | it takes no more requests |
//!
//! Requests that run on a connection which is not used again go on to their end. A channel tells a timeout from a caller that
//! goes away by [`SendTracker::expire`]; a caller with a timeout of its own around a call cannot, hence the second. Pings,
//! settings and window updates do not count as parts of a response: a peer whose streams stand still sends them too.
//!
//! Over TLS many first requests share a handshake, because the server may choose HTTP/2: one opens the connection, and the
//! others wait until its handshake is over and the server has said how many requests it takes at once
//! (`MAX_CONCURRENT_STREAMS`; 100 where it does not say). They wait no longer than the connect timeout from their own beginning,
//! and for one handshake no longer than half of it.
//! Where the server is known to speak HTTP/1.1, or no connection is kept, nobody waits.
//!
//! # How much was sent
//!
//! What a connection took is counted where hyper writes to the socket (with TLS: before encryption). hyper offers a request
//! as a whole, so it was sent in part if the last offer was not taken to its end. HTTP/2 connections have several users:
//! there only a request that was never encoded and a stream that the server says it has not processed count as not sent,
//! and one was sent in part while hyper has not asked for the end of its body.
//!
//! A request that waits for its turn, for a connection or for the peer to read on is held back by its [`SendTracker`], so an
//! attempt that runs out of time there counts as not sent, or as sent in part.
//!
//! # Tasks and sockets
//!
//! Before a pooled connection is used, the operating system is asked whether its peer has gone, because the runtime may not
//! have looked since.
//!
//! Each exchange runs in a task of its own, so that a runtime that is dropped ends it instead of panicking in its timers.
//!
//! # Features
//!
//! None is on by default, and each only adds:
//!
//! | feature | adds |
//! | --- | --- |
//! | `ring` | TLS: rustls, with the cryptography of ring |
//! | `aws-lc-rs` | the same with that of AWS-LC, which is taken where both are on |
//! | `webpki-roots` | Mozilla's trust roots, for those who choose them over the platform's; `ring` or `aws-lc-rs` must be on too |
//! | `gzip` | compressed responses, for those who ask for them |
//! | `tracing` | a warning for each root certificate that cannot be used |

mod body;
mod builder;
mod clock;
mod connect;
mod error;
mod exchange;
mod io;
mod origin;
mod pool;
mod settings;
mod shared;
mod task;
mod transport;

pub use builder::builder::HyperTransportBuilder;
pub use clock::TokioClock;
pub use connect::proxy::proxy::Proxies;
pub use transport::HyperTransport;
