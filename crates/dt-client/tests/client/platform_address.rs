//! Which API of tokens an address and credentials choose, and which addresses do not serve it.

use dt_client::{
    ApiToken, Bearer, Client, CredentialProvider, Error, ErrorKind, FileToken, OAuthClient,
    TokenApi,
};
use gatelet_transport::testing::{FakeResponse, FakeTransport, ManualClock};
use gatelet_transport::{Channel, Credential};

use crate::platform::{HOST, PLATFORM_TOKEN, TOKENS};
use crate::support::*;

/// A provider that does not say what scheme its credentials have.
struct Unnamed;

impl CredentialProvider for Unnamed {
    async fn credential(&self, _: &Channel) -> Result<Credential, Error> {
        Credential::new("Bearer", PLATFORM_TOKEN)
    }
}

#[tokio::test]
async fn the_api_is_chosen_or_follows_from_address_and_credentials() {
    let file = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("platform-token");
    std::fs::write(&file, TOKEN).unwrap();
    let with = |builder: dt_client::ClientBuilder, credential: &str| match credential {
        "api token" => builder.credentials(ApiToken::new(TOKEN).unwrap()),
        "bearer" => builder.credentials(Bearer::new(PLATFORM_TOKEN).unwrap()),
        "file of an api token" => builder.credentials(FileToken::api_token(&file)),
        "file of a bearer" => builder.credentials(FileToken::bearer(&file)),
        _ => builder.credentials(Unnamed),
    };
    let all = [
        "api token",
        "bearer",
        "file of an api token",
        "file of a bearer",
        "unnamed",
    ];
    let classic = format!("{HOST}/platform/classic/environment-api/v2");
    let fleet = format!("{HOST}{TOKENS}");
    for (address, platform, refused) in [
        (HOST, &["bearer", "file of a bearer"][..], &[][..]),
        (
            &fleet,
            &["bearer", "file of a bearer", "unnamed"],
            &["api token", "file of an api token"],
        ),
        (&classic, &[], &[]),
        (URL, &[], &[]),
    ] {
        for credential in all {
            let fake = FakeTransport::script([]);
            let built =
                with(Client::builder(address), credential).build_with(fake, ManualClock::auto());
            let expected = match platform.contains(&credential) {
                true => TokenApi::Platform,
                false => TokenApi::Classic,
            };
            assert_eq!(
                built.is_err(),
                refused.contains(&credential),
                "{address} {credential}"
            );
            match built {
                Ok(client) => assert_eq!(client.api(), expected, "{address} {credential}"),
                Err(error) => {
                    assert!(error.to_string().contains("Bearer"), "{error}");
                    assert!(!everything(&error).contains("CANARY"));
                }
            }
            let is_api_token = credential.ends_with("api token");
            for api in [TokenApi::Classic, TokenApi::Platform] {
                let fake = FakeTransport::script([]);
                let built = with(Client::builder(address).api(api), credential)
                    .build_with(fake, ManualClock::auto());
                assert_eq!(
                    built.map(|client| client.api()).ok(),
                    Some(api).filter(|api| {
                        *api == TokenApi::Classic || !(is_api_token || address == URL)
                    }),
                    "{address} {credential} {api:?}"
                );
            }
        }
    }
}

#[test]
fn an_address_that_does_not_serve_the_platform_is_refused_with_the_one_to_use() {
    let build = |address: &str| {
        Client::builder(address)
            .credentials(Bearer::new(PLATFORM_TOKEN).unwrap())
            .api(TokenApi::Platform)
            .build_with(FakeTransport::script([]), ManualClock::auto())
    };
    for (address, host) in [
        (URL, "https://abc.apps.dynatrace.com"),
        (
            "https://abc.live.dynatrace.com/platform/fleet-management/v1",
            "https://abc.apps.dynatrace.com",
        ),
        (
            "https://abc.sprint.dynatracelabs.com",
            "https://abc.sprint.apps.dynatracelabs.com",
        ),
    ] {
        let error = build(address).unwrap_err();
        let parameter = "base_url";
        assert_eq!(error.kind(), &ErrorKind::InvalidInput { parameter });
        assert!(error.to_string().contains(host), "{error}");
    }
    for address in [
        HOST,
        "https://abc.sprint.apps.dynatracelabs.com",
        "http://127.0.0.1:8080",
        "https://gateway.example.com/e/abc",
    ] {
        assert_eq!(build(address).unwrap().api(), TokenApi::Platform);
    }
}

#[tokio::test]
async fn the_slash_at_the_end_of_a_token_url_is_sent() {
    for url in [
        "https://sso.example.com/oauth2/token",
        "https://sso.example.com/oauth2/token/",
    ] {
        let issued = r#"{"access_token": "CANARY.bearer.one", "expires_in": 300}"#;
        let fake = FakeTransport::script([FakeResponse::json(200, issued), page(&[], None)]);
        let user = OAuthClient::new("dt0s02.EXAMPLE2", "dt0s02.EXAMPLE2.CANARY", ["a"]);
        let client = Client::builder("https://abc.apps.dynatrace.com")
            .credentials(user.token_url(url))
            .build_with(fake.clone(), ManualClock::auto())
            .unwrap();
        client.active_gate_tokens().list().send().await.unwrap();
        assert_eq!(fake.into_requests()[0].uri(), url);
    }
}
