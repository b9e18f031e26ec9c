//! One credential provider shared by several clients.

use std::sync::Arc;

use gatelet_transport::testing::{FakeTransport, ManualClock};
use gatelet_transport::{BaseUrl, CachedCredential, ErrorKind};
use http::Method;

use crate::credentials::{Login, bearer, ok, summaries};
use crate::{builder, call};

#[tokio::test]
async fn a_bearer_is_sent_only_to_its_own_server_and_account() {
    let credentials = Arc::new(CachedCredential::new(Login));
    let (home, clock) = (
        FakeTransport::script([bearer("home"), ok(), ok()]),
        ManualClock::auto(),
    );
    let client = |base: &str, account: &str, fake: &FakeTransport| {
        builder()
            .base_url(BaseUrl::parse(base).unwrap())
            .account(account)
            .credentials(credentials.clone())
            .build_with(fake.clone(), clock.clone())
            .unwrap()
    };
    let (url, get) = ("https://a.example.com/x", || call(Method::GET));
    client(url, "one", &home).call(get()).await.unwrap();
    for (base, account) in [
        ("https://b.example.com/x", "one"),
        ("https://a.example.com:8443/x", "one"),
        ("https://a.example.com/y", "one"),
        (url, "two"),
    ] {
        let foreign = FakeTransport::respond(|_| ok());
        let channel = client(base, account, &foreign);
        assert!(!channel.is_ready(), "{base} {account}");
        let error = channel.call(get()).await.unwrap_err();
        let parameter = "credentials";
        assert_eq!(error.kind(), &ErrorKind::InvalidInput { parameter });
        assert_eq!((error.attempts(), error.is_retryable()), (0, false));
        assert!(
            error.to_string().contains("https://a.example.com"),
            "{error}"
        );
        assert!(foreign.requests().is_empty(), "{base} {account}");
    }
    // Another client of the same server and account may use it.
    client(url, "one", &home).call(get()).await.unwrap();
    let requests = [
        "/x/login -",
        "/x/v1/things Bearer home",
        "/x/v1/things Bearer home",
    ];
    assert_eq!(summaries(&home.into_requests()), requests);
}
