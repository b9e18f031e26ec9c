//! The transport over real sockets: hyper for HTTP, tokio for sockets and timers, rustls for TLS.
//!
//! It uses hyper's connections directly and has its own pool. A ready-made client does not report whether a byte of the request
//! was written, which the retry logic must know.
//!
//! # Events and their results
//!
//! | event | result |
//! | --- | --- |
//! | the name does not resolve, the port is closed, no file descriptor is free | `Connect`, not sent |
//! | the TLS peer is not trusted, does not speak TLS, or refuses our certificate or its absence | `Tls`, not sent |
//! | the TLS peer closes the connection during the handshake | `Connect`, not sent |
//! | the proxy refuses `CONNECT` with a status other than 2xx, whatever follows | `Connect(Proxy)` with that status and its `Retry-After`, not sent |
//! | the proxy's response to `CONNECT` is not HTTP, or continues after the head of a 2xx | `Connect(Proxy)`, not sent |
//! | the proxy requires credentials (407, or a method of SOCKS) | `Connect(ProxyCredentials)`, not sent |
//! | a SOCKS proxy refuses the connection | `Connect(Proxy)`, not sent |
//! | the proxy is not trusted, or does not speak TLS at an `https` address | `Tls`, not sent |
//! | no connection within the connect timeout, including name resolution and TLS | `Timeout(Connect)`, not sent |
//! | an idle connection turns out to be closed before it took a byte | the next connection is used, without an error |
//! | reset or end of stream, and the connection took no byte of the request | `Connect`, not sent |
//! | reset or end of stream after that, HTTP/2 stream reset | `Interrupted`, sent in part or as a whole |
//! | HTTP/2 stream refused (`REFUSED_STREAM`), or above the last stream of a `GOAWAY` | `Interrupted`, not sent |
//! | malformed status line, field, chunk, length or frame | `Protocol` |
//! | `Content-Length` that is negative, above 2^64, or repeated with another value | `Protocol` |
//! | a body with a `Transfer-Encoding` other than a single `chunked`, or one over HTTP/1.0 | `Protocol` |
//! | a body with a `Content-Encoding` that no `Accept-Encoding` requested, or invalid gzip | `Protocol` |
//! | status 101, or more than 16 informational responses (over HTTP/2 17, if the final response has no body) | `Protocol` |
//! | response head above its limit of bytes or fields | `TooLarge(Head)` |
//! | body announced or received above its limit | `TooLarge(Body)`; an announced one is not read |
//! | gzip that decodes to more than that limit | `TooLarge(Decoded)` |
//! | no response begins, or a body makes no progress | `Timeout(FirstByte)`, `Timeout(Stall)` |
//! | no tokio runtime, a URI without a host, TLS not built in | `Config`, not sent |
//! | the runtime is dropped during a call | `Interrupted` if the request may have been written, otherwise `Connect` |
//!
//! An error after the status arrived contains it, over HTTP/1.1 even if the head is incomplete.
//!
//! # Which connections are reused
//!
//! A connection returns to the pool only after a complete response with an unambiguous end. A 204 that announces a body closes its
//! connection, and so does a length (even 0) beside chunks. After a 421 no idle connection to the origin is reused. The most
//! recently used connection is taken first.
//!
//! | event | effect on connections |
//! | --- | --- |
//! | reset, end of stream, or a timeout of the transport or the attempt | idle connections to that origin which were opened before the exchange began are not reused, so the next attempt gets a fresh one; an HTTP/1.1 connection in use is kept if its own response completes |
//! | a 408 (HTTP/1) | the same: the server has timed out an idle connection |
//! | a malformed or too large response | this connection is closed, others are not affected |
//! | the caller drops the call | HTTP/1.1: the connection is closed; HTTP/2: the stream is reset, and the connection stays in use |
//! | the same, and waiting requests have received no part of any response on the connection for a second | as after a timeout |
//! | the server sends `Keep-Alive: timeout=N` or `max=N` (HTTP/1) | the connection is reused until a second before that, or for half of the time if it is shorter than two seconds; and for N more requests, even if later responses do not repeat it |
//! | the maximum age is reached ([`max_connection_age`](HyperTransportBuilder::max_connection_age)) | the connection takes no more requests |
//!
//! Requests in flight on a connection that is not reused continue. A channel reports a timeout with
//! [`SendTracker::mark_timed_out`](gatelet_transport::SendTracker::mark_timed_out), which distinguishes it from a caller that lost
//! interest. A caller with its own timeout around a call cannot do that, hence the limit of a second. Pings, settings and window
//! updates do not count as parts of a response: a peer whose streams have all stalled still sends them.
//!
//! Over TLS, concurrent first requests share a handshake, because the server may choose HTTP/2. One opens the connection, and the
//! others wait until the server has announced how many requests it takes at once (`MAX_CONCURRENT_STREAMS`; 100 if it does not
//! say). They wait at most the connect timeout from their own start, and at most half of it for one handshake. They do not wait if
//! the server is known to choose HTTP/1.1 or if no connections are kept.
//!
//! # How much was sent
//!
//! The bytes of a request are counted where hyper writes to the socket; with TLS, before encryption. hyper offers a request as a
//! whole, so it was sent in part if the last offer was not taken completely. An HTTP/2 connection has several users. There a
//! request counts as not sent only if it was never encoded or if the server says that it did not process the stream, and as sent
//! in part while hyper has not polled the end of its body.
//!
//! Its [`SendTracker`](gatelet_transport::SendTracker) holds back a request that waits for its turn, for a connection, or for the
//! peer to read. If the attempt times out there, the request counts as not sent, or as sent in part.
//!
//! # Tasks and sockets
//!
//! Before a pooled connection is reused, the operating system is asked whether the peer has closed it, because the runtime may not
//! have polled the socket since.
//!
//! Each exchange runs in its own task, so that dropping the runtime ends it instead of causing a panic in a timer.
//!
//! # Features
//!
//! No feature is on by default, and each only adds:
//!
//! | feature | adds |
//! | --- | --- |
//! | `ring` | TLS: rustls with the cryptography of ring |
//! | `aws-lc-rs` | TLS: rustls with the cryptography of AWS-LC, which wins if both are on |
//! | `webpki-roots` | Mozilla's trust roots, as an alternative to those of the platform; needs `ring` or `aws-lc-rs` |
//! | `socks` | SOCKS5 proxies |
//! | `gzip` | gzip responses, if enabled on the builder |
//! | `tracing` | a warning for each unusable root certificate |

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
