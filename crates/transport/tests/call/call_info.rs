//! Which call a request says that it belongs to.

use std::sync::{Arc, Mutex};

use gatelet_transport::{CallInfo, from_fn};

use super::*;

#[tokio::test]
async fn each_attempt_names_its_operation_and_whether_it_may_change_something() {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let sink = Arc::clone(&seen);
    let transport = from_fn(move |request| {
        sink.lock().unwrap().push(CallInfo::of(&request));
        async { Ok(http::Response::new(bytes::Bytes::from_static(b"{}"))) }
    });
    let channel = builder().build_with(transport, ManualClock::new()).unwrap();
    let check = Call::new("example Check", Method::POST, "/a").with_safe(true);
    let create = Call::new("example Create", Method::POST, "/a");
    for call in [check, create, Call::new("example Get", Method::GET, "/a")] {
        channel.call(call).await.unwrap();
    }
    let expected = [
        ("example Check", true),
        ("example Create", false),
        ("example Get", true),
    ];
    let expected = expected.map(|(name, is_safe)| Some(CallInfo::new(name, is_safe)));
    assert_eq!(*seen.lock().unwrap(), expected);
}
