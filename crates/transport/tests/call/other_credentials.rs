//! A channel whose calls are authorized with other credentials than its client's.

use gatelet_transport::testing::{FakeTransport, ManualClock};
use gatelet_transport::{CachedCredential, ErrorKind, FileToken, TokenExchange};
use http::Method;

use crate::call;
use crate::credentials::{HOUR, Login, bearer, channel, ok, summaries};

#[tokio::test]
async fn a_channel_with_other_credentials_leaves_the_first_one_alone() {
    let fake = FakeTransport::script([bearer("one"), ok(), bearer("two"), ok(), ok(), ok()]);
    let clock = ManualClock::auto();
    let first = channel(&fake, &clock);
    first.call(call(Method::GET)).await.unwrap();
    let issued = Login.exchange(&first).await.unwrap();
    // The cache is bound to the endpoint of the client, whatever path the channel has.
    let elsewhere = first.with_path("/elsewhere").unwrap();
    let second = CachedCredential::new(Login).with_issued(&elsewhere, issued);
    let second = elsewhere.with_credentials(second).unwrap();
    assert!(second.is_ready());
    second.call(call(Method::GET)).await.unwrap();
    first.call(call(Method::GET)).await.unwrap();
    second.forget_credential();
    assert!(first.is_ready() && !second.is_ready());
    first.call(call(Method::GET)).await.unwrap();
    let requests = [
        "/x/login -",
        "/x/v1/things Bearer one",
        "/x/login -",
        "/elsewhere/v1/things Bearer two",
        "/x/v1/things Bearer one",
        "/x/v1/things Bearer one",
    ];
    assert_eq!(summaries(&fake.into_requests()), requests);
}

#[tokio::test]
async fn an_issued_credential_ends_and_is_renewed_as_any_other() {
    let fake = FakeTransport::script([bearer("one"), bearer("two"), ok()]);
    let clock = ManualClock::auto();
    let anonymous = channel(&fake, &clock);
    let issued = Login.exchange(&anonymous).await.unwrap();
    let cached = CachedCredential::new(Login).with_issued(&anonymous, issued);
    let channel = anonymous.with_credentials(cached).unwrap();
    clock.advance(HOUR);
    assert!(!channel.is_ready());
    channel.call(call(Method::GET)).await.unwrap();
    let requests = ["/x/login -", "/x/login -", "/x/v1/things Bearer two"];
    assert_eq!(summaries(&fake.into_requests()), requests);
}

#[tokio::test]
async fn other_credentials_are_checked_when_they_are_set() {
    let channel = channel(&FakeTransport::script([]), &ManualClock::auto());
    let file = FileToken::bearer("/no/such/file");
    let error = channel.with_credentials(file).unwrap_err();
    let parameter = "token_file";
    assert_eq!(error.kind(), &ErrorKind::InvalidInput { parameter });
}
