//! A reply without a call.

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, StatusCode};

use crate::redact::HeldSecrets;
use crate::{Applied, Reply};

/// The reply to a call that went well, with this body: for tests of what is made of a reply.
///
/// ```
/// use gatelet_transport::testing::reply;
///
/// let names: Vec<String> = reply(r#"["eu-1"]"#).json()?;
/// assert_eq!(names, ["eu-1"]);
/// # Ok::<(), gatelet_transport::Error>(())
/// ```
#[must_use]
pub fn reply(body: impl Into<Bytes>) -> Reply {
    Reply {
        operation: "testing reply",
        applied: Applied::Yes,
        attempts: 1,
        elapsed: Duration::ZERO,
        status: StatusCode::OK,
        headers: HeaderMap::new(),
        body: body.into(),
        secrets: HeldSecrets::default(),
    }
}
