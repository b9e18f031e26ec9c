//! Calls of one client to other paths of its server, and to other servers.

use std::sync::Arc;

use gatelet_transport::testing::{FakeResponse, FakeTransport, ManualClock};
use gatelet_transport::{ApiToken, BaseUrl, CachedCredential, Call, Channel, ErrorKind};
use http::{HeaderValue, Method};

use crate::credentials::{Login, bearer, ok, summaries};
use crate::{Plain, builder, call};

fn channel(fake: &FakeTransport) -> Channel {
    builder()
        .credentials(CachedCredential::new(Login))
        .build_with(fake.clone(), ManualClock::auto())
        .unwrap()
}

fn login_host(channel: &Channel) -> gatelet_transport::AnonymousChannel {
    let base = BaseUrl::parse("https://login.example.com/sso").unwrap();
    channel.anonymous(base, Plain)
}

#[tokio::test]
async fn a_sibling_with_another_path_uses_the_cached_credential() {
    let fake = FakeTransport::script([bearer("one"), ok(), ok()]);
    let home = channel(&fake);
    let sibling = home.with_path("/y/z").unwrap();
    assert_eq!(sibling.base_url().as_str(), "https://api.example.com/y/z");
    assert!(!sibling.is_ready());
    // The sibling calls first: the exchange is made at the address of the client all the same.
    sibling.call(call(Method::GET)).await.unwrap();
    assert!(sibling.is_ready() && home.is_ready());
    home.call(call(Method::GET)).await.unwrap();
    let requests = [
        "/x/login -",
        "/y/z/v1/things Bearer one",
        "/x/v1/things Bearer one",
    ];
    assert_eq!(summaries(&fake.into_requests()), requests);
}

#[tokio::test]
async fn a_credential_that_a_sibling_saw_rejected_is_not_used_again() {
    let fake = FakeTransport::script([
        bearer("one"),
        ok(),
        FakeResponse::status(401),
        bearer("two"),
        ok(),
        ok(),
    ]);
    let home = channel(&fake);
    home.call(call(Method::GET)).await.unwrap();
    let sibling = home.with_path("y").unwrap();
    sibling.call(call(Method::GET)).await.unwrap();
    home.call(call(Method::GET)).await.unwrap();
    let requests = [
        "/x/login -",
        "/x/v1/things Bearer one",
        "/y/v1/things Bearer one",
        "/x/login -",
        "/y/v1/things Bearer two",
        "/x/v1/things Bearer two",
    ];
    assert_eq!(summaries(&fake.into_requests()), requests);
}

#[tokio::test]
async fn a_shared_cache_serves_siblings_of_one_environment_and_no_other_environment() {
    let credentials = Arc::new(CachedCredential::new(Login));
    let environment = |id: &str, fake: &FakeTransport| {
        let base = format!("https://managed.example.com/e/{id}/api/v2");
        builder()
            .base_url(BaseUrl::parse(&base).unwrap())
            .credentials(credentials.clone())
            .build_with(fake.clone(), ManualClock::auto())
            .unwrap()
    };
    let fake = FakeTransport::script([bearer("abc"), ok()]);
    let fleet = environment("abc", &fake).with_path("/e/abc/platform");
    fleet.unwrap().call(call(Method::GET)).await.unwrap();
    fake.finish();
    let foreign = FakeTransport::script([]);
    let other = environment("xyz", &foreign);
    for channel in [other.with_path("/e/xyz/platform").unwrap(), other] {
        let error = channel.call(call(Method::GET)).await.unwrap_err();
        let parameter = "credentials";
        assert_eq!(error.kind(), &ErrorKind::InvalidInput { parameter });
    }
    foreign.finish();
}

#[test]
fn a_path_cannot_lead_to_another_server() {
    let home = channel(&FakeTransport::script([]));
    for path in ["//evil.example/x", r"\\evil.example", "@evil.example"] {
        let base = home.with_path(path).unwrap().base_url().clone();
        assert_eq!(base.origin(), "https://api.example.com", "{path}");
    }
    for path in ["/a?b", "/a#b", "/../a", "/a b"] {
        let error = home.with_path(path).unwrap_err();
        let parameter = "base_url";
        assert_eq!(error.kind(), &ErrorKind::InvalidInput { parameter });
    }
}

#[tokio::test]
async fn another_server_gets_no_credentials() {
    let fake = FakeTransport::script([FakeResponse::json(200, "{}")]);
    let home = builder()
        .credentials(ApiToken::new("canary-token").unwrap())
        .build_with(fake.clone(), ManualClock::auto())
        .unwrap();
    let login = login_host(&home);
    let error = login.call(call(Method::GET)).await.unwrap_err();
    let parameter = "credentials";
    assert_eq!(error.kind(), &ErrorKind::InvalidInput { parameter });
    assert!(fake.requests().is_empty());

    let form = Call::new("test LogIn", Method::POST, "/token")
        .with_authenticated(false)
        .with_body("a=b")
        .with_content_type(HeaderValue::from_static(
            "application/x-www-form-urlencoded",
        ));
    login.call(form).await.unwrap();
    let request = fake.into_requests().remove(0);
    assert_eq!(request.uri(), "https://login.example.com/sso/token");
    assert!(!request.headers().contains_key("authorization"));
    let content_type = request.headers().get("content-type").unwrap();
    assert_eq!(content_type, "application/x-www-form-urlencoded");
}

#[tokio::test]
async fn another_server_is_tried_again_from_the_budget_of_the_client() {
    let fake = FakeTransport::respond(|_| FakeResponse::status(503));
    let home = channel(&fake);
    let login = login_host(&home);
    let call = || Call::new("test LogIn", Method::GET, "/token").with_authenticated(false);
    // 500 in the budget, 14 for each of two retries of a call.
    for _ in 0..20 {
        login.call(call()).await.unwrap_err();
    }
    let before = fake.requests().len();
    home.call(call()).await.unwrap_err();
    assert_eq!(fake.requests().len(), before + 1);
}

#[tokio::test]
async fn an_error_of_another_server_does_not_show_the_credential_of_the_client() {
    let echo = r#"{"code":"no","message":"Bearer canary-bearer-of-the-client is unknown"}"#;
    let fake = FakeTransport::script([
        bearer("canary-bearer-of-the-client"),
        ok(),
        FakeResponse::json(400, echo),
    ]);
    let home = channel(&fake);
    home.call(call(Method::GET)).await.unwrap();
    let call = Call::new("test LogIn", Method::GET, "/token").with_authenticated(false);
    let error = login_host(&home).call(call).await.unwrap_err();
    assert!(!format!("{error} {error:?}").contains("canary"), "{error}");
}
