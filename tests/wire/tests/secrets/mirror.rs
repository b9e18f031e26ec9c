//! A server that repeats received secrets in every place of a response and in every notation.

use std::fmt::Write as _;
use std::sync::{Arc, Mutex};

use asa_client::ServiceUser;
use base64::prelude::{BASE64_STANDARD, Engine as _};
use bytes::Bytes;
use dt_client::ApiToken;
use gatelet_transport::testing::ManualClock;
use gatelet_transport::{
    Error, ErrorKind, RetryPolicy, Transport, TransportError, TransportErrorKind, from_fn,
};
use http::header::{CONTENT_TYPE, LOCATION};
use http::{HeaderValue, Request, Response, StatusCode};

use crate::error_texts;
use crate::log_capture::LogCapture;
use crate::traffic::Secret;

const TOKEN: &str =
    "dt0c01.ST2EY72KQINMH574WMNVI7YN.G3DFPBEJYMODIDAEX454M7YWBUVEFOWKPRVMWFASS64NFH52";
const BEARER: &str = "eyJhbGciOiJSUzI1NiJ9.eyJleHAiOjE3OTk5fQ.c2lnbmF0dXJl_-xYz";
/// A token in a response.
const RESPONSE_TOKEN: &str = "dt0g02.4KWZO5EF.XT47R5DRJNIAGBHLWUT7GQMPZ3EXAMPLEOFATOKEN";
const KEY_SECRET: &str = "k/3+q9vX=Zr7~tB.w2Lm-8Hd_5Np";

/// Returns every notation of a secret.
fn notations(secret: &str) -> Vec<String> {
    let each = |write: &dyn Fn(u8) -> String| secret.bytes().map(write).collect::<String>();
    let in_base64 = |text: String| BASE64_STANDARD.encode(text);
    vec![
        secret.to_owned(),
        each(&|byte| format!("%{byte:02x}")),
        each(&|byte| {
            if byte % 2 == 0 {
                format!("%{byte:02X}")
            } else {
                char::from(byte).into()
            }
        }),
        each(&|byte| format!("%25{byte:02X}")),
        each(&|byte| format!("\\u{byte:04x}")),
        each(&|byte| {
            if byte % 3 == 0 {
                format!("\\u{byte:04X}")
            } else {
                char::from(byte).into()
            }
        }),
        each(&|byte| format!("&#{byte};")),
        in_base64(secret.to_owned()),
        in_base64(format!(":{secret}")),
        in_base64(format!("id{secret}")),
        in_base64(format!("user:{secret}"))
            .trim_end_matches('=')
            .replace('+', "-")
            .replace('/', "_"),
        in_base64(secret.to_owned()).replace('/', "\\/"),
        each(&|byte| format!("{byte:02x}")),
        // Wrapped, converted, or as numbers, within a JSON string, where a line break is an escape.
        wrap(&in_base64(format!("Basic {secret}")), 20, "\\r\\n"),
        wrap(secret, 7, "\\n    "),
        wrap(secret, 5, "\\u200b"),
        wrap(secret, 1, "\\u0000"),
        wrap(secret, 6, "\u{ad}"),
        wrap(secret, 9, "=\\r\\n").replace('=', "=3D"),
        each(&|byte| format!("{byte}, ")),
        each(&|byte| format!("{byte} ")),
        each(&|byte| format!("0x{byte:02x}, ")),
        each(&|byte| format!("{byte:02X} ")),
        each(&|byte| format!("\\\\u{byte:04x}")),
        each(&|byte| format!("%2525{byte:02x}")),
        secret.to_ascii_uppercase(),
        secret
            .replace('/', "&sol;")
            .replace('+', "&plus;")
            .replace('.', "&period;"),
    ]
}

/// Inserts a text after every `width` characters.
fn wrap(text: &str, width: usize, between: &str) -> String {
    let lines = text.as_bytes().chunks(width);
    let lines: Vec<&str> = lines.map(|line| str::from_utf8(line).unwrap()).collect();
    lines.join(between)
}

/// The place of the secret in the response.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Place {
    Message(u16),
    Code(u16),
    ViolationPath,
    ViolationMessage,
    ViolationLocation,
    ContentType(u16),
    Location,
    RequestId,
    PlainBody(u16),
    Page,
    BrokenJson,
    Key,
    KeyOfAField,
    ResponseToken,
    Cause,
}

impl Place {
    const ALL: [Self; 19] = [
        Self::Message(400),
        Self::Message(401),
        Self::Message(404),
        Self::Message(429),
        Self::Message(500),
        Self::Code(400),
        Self::ViolationPath,
        Self::ViolationMessage,
        Self::ViolationLocation,
        Self::ContentType(200),
        Self::ContentType(403),
        Self::Location,
        Self::RequestId,
        Self::PlainBody(400),
        Self::PlainBody(503),
        Self::Page,
        Self::BrokenJson,
        Self::Key,
        Self::KeyOfAField,
    ];

    /// Returns the response, in the format of both vendors at once.
    fn response(self, text: &str) -> Result<Response<Bytes>, TransportError> {
        let json = |status: u16, message: &str, code: &str, violation: [&str; 3]| {
            let [path, problem, location] = violation;
            let body = format!(
                r#"{{"code": 400, "type": "{code}", "message": "{message}",
                "errors": [{{"path": "{path}", "message": "{problem}"}}],
                "error": {{"code": {status}, "message": "{message}", "constraintViolations":
                [{{"path": "{path}", "message": "{problem}", "parameterLocation": "{location}"}}]}}}}"#
            );
            (status, "application/json".to_owned(), body)
        };
        let around = format!("begin '{text}' end");
        let none = ["", "", ""];
        let (status, content_type, body) = match self {
            Self::Message(status) => json(status, &around, "word", none),
            Self::Code(status) => json(status, "no", &around, none),
            Self::ViolationPath => json(400, "no", "word", [&around, "", ""]),
            Self::ViolationMessage => json(400, "no", "word", ["", &around, ""]),
            Self::ViolationLocation => json(400, "no", "word", ["", "", &around]),
            Self::ContentType(status) => (status, format!("text/{text}"), "no".to_owned()),
            Self::Location | Self::RequestId => json(
                if self == Self::Location { 307 } else { 400 },
                "no",
                "word",
                none,
            ),
            Self::PlainBody(status) => (status, "text/plain".to_owned(), around),
            Self::Page => (502, "text/html".to_owned(), format!("<p>{around}")),
            Self::BrokenJson => (200, "application/json".to_owned(), format!(r#"{{"{text}"#)),
            Self::Key => (
                200,
                "application/json".to_owned(),
                format!(r#"{{"{text}": 1}}"#),
            ),
            // The secret first occurs in the response.
            Self::ResponseToken => {
                let message = format!("begin '{text}' end");
                let error = format!(r#"{{"code": 500, "message": "{message}"}}"#);
                let body = format!(
                    r#"{{"id": "dt0g02.a", "token": "{RESPONSE_TOKEN}", "message": "{message}", "error": {error}}}"#
                );
                (201, "application/json".to_owned(), body)
            }
            Self::KeyOfAField => {
                let gateway = format!(r#"{{"id": "a", "name": "b", "labels": {{"{text}": 5}}}}"#);
                (
                    200,
                    "application/json".to_owned(),
                    format!(r#"{{"list": [{gateway}], "token": "{text}"}}"#),
                )
            }
            Self::Cause => {
                let error = TransportError::new(TransportErrorKind::Protocol);
                return Err(error.with_source(around));
            }
        };
        let mut response = Response::new(Bytes::from(body));
        *response.status_mut() = StatusCode::from_u16(status).unwrap();
        let headers = response.headers_mut();
        let mut put =
            |name, value: String| headers.insert(name, HeaderValue::try_from(value).unwrap());
        put(CONTENT_TYPE, content_type);
        put(
            http::HeaderName::from_static("x-request-id"),
            text.to_owned(),
        );
        if self == Self::Location {
            put(LOCATION, format!("https://{text}.example/{text}?{text}"));
        }
        Ok(response)
    }
}

/// Returns every text that an error prints or contains.
fn all_texts(error: &Error) -> String {
    let mut text = error_texts(error);
    let mut kept = |error: &Error| {
        let body = String::from_utf8_lossy(error.body());
        let (code, message) = (error.code(), error.message());
        write!(
            text,
            "\n{body} {code:?} {message:?} {:?} {:?}",
            error.request_id(),
            error.kind()
        )
        .unwrap();
        for violation in error.violations() {
            write!(
                text,
                "\n{} {} {:?}",
                violation.path, violation.message, violation.location
            )
            .unwrap();
        }
    };
    kept(error);
    if let Some(exchange) =
        std::error::Error::source(error).and_then(|source| source.downcast_ref::<Arc<Error>>())
    {
        kept(exchange);
    }
    text
}

/// The pieces of a secret that must not be shown.
struct Pieces {
    /// All substrings of six characters of the secret part, in lower case.
    raw: Vec<String>,
    /// Pieces of its notations, such that every long substring of one contains a piece.
    encoded: Vec<String>,
}

impl Pieces {
    fn new(secret: &str) -> Self {
        let secret_part = secret
            .rsplit_once('.')
            .filter(|_| secret.starts_with("dt0"));
        let secret_part = secret_part.map_or(secret, |(_, secret)| secret);
        let text = |piece: &[u8]| str::from_utf8(piece).unwrap().to_owned();
        let encoded = notations(secret_part);
        let encoded = encoded.iter().skip(1);
        let encoded = encoded.flat_map(|encoded| encoded.as_bytes().windows(16).step_by(8));
        let folded = secret_part.to_ascii_lowercase();
        Self {
            raw: folded.as_bytes().windows(6).map(text).collect(),
            encoded: encoded.map(text).collect(),
        }
    }

    #[track_caller]
    fn assert_hidden(&self, text: &str, what: &dyn std::fmt::Debug) {
        let folded = text.to_ascii_lowercase();
        for piece in &self.raw {
            assert!(!folded.contains(piece), "{what:?}: {piece} in {text}");
        }
        for piece in &self.encoded {
            assert!(!text.contains(piece), "{what:?}: {piece} in {text}");
        }
    }
}

/// Calls one of three operations of either client, and returns the error, if any.
async fn call_for_error(
    transport: impl Transport + Clone,
    is_dynatrace: bool,
    operation: usize,
) -> Option<Error> {
    let clock = ManualClock::auto();
    if is_dynatrace {
        let client = dt_client::Client::builder("https://abc.live.dynatrace.com")
            .credentials(ApiToken::new(TOKEN).unwrap())
            .retry(RetryPolicy::never())
            .build_with(transport, clock)
            .unwrap();
        let tokens = client.active_gate_tokens();
        let new = dt_client::models::ActiveGateTokenCreate::new(
            "edge",
            dt_client::models::ActiveGateType::Environment,
        );
        let result = match operation % 3 {
            0 => tokens.get(&"dt0g02.a".into()).send().await.map(drop),
            1 => tokens.create(new).send().await.map(drop),
            _ => tokens.list().send().await.map(drop),
        };
        return result.err();
    }
    let client = asa_client::Client::builder("t")
        .credentials(ServiceUser::new(
            "5c1f3f0e-0000-4a35-9a0c-c4a2a27e0001",
            KEY_SECRET,
        ))
        .retry(RetryPolicy::never())
        .build_with(transport, clock)
        .unwrap();
    let tokens = client.gateway_setup_tokens();
    let new = asa_client::models::GatewaySetupTokenCreate::new();
    let result = match operation % 3 {
        0 => client.gateways().list().send().await.map(drop),
        1 => tokens.create(new).send().await.map(drop),
        _ => tokens.reveal(&"a".into()).send().await.map(drop),
    };
    result.err()
}

fn token_response() -> Response<Bytes> {
    let body = format!(
        r#"{{"bearer_token": "{BEARER}", "expires_at": "2026-01-01T01:00:00Z", "team_name": "t"}}"#
    );
    Response::new(body.into())
}

async fn check_place(logs: &LogCapture, secret: &'static str, pieces: &Pieces, place: Place) {
    for (number, text) in notations(secret).into_iter().enumerate() {
        let sent = Arc::new(Mutex::new(0));
        let (count, mirrored) = (sent.clone(), text.clone());
        let transport = Arc::new(from_fn(move |request: Request<Bytes>| {
            let is_exchange = request.uri().path().ends_with("/service_token");
            let response = match is_exchange && secret != KEY_SECRET {
                true => Ok(token_response()),
                false => place.response(&mirrored),
            };
            *count.lock().unwrap() += 1;
            std::future::ready(response)
        }));
        // The operations take turns, but only lists of gateways contain arbitrary field names.
        let operation = if place == Place::KeyOfAField {
            0
        } else {
            number
        };
        if let Some(error) = call_for_error(transport, secret.starts_with("dt0"), operation).await {
            let all = all_texts(&error);
            pieces.assert_hidden(&all, &(place, &text));
            check_rest(&error, place, &all);
        }
        assert!(*sent.lock().unwrap() > 0);
    }
    let found = logs.find(&Secret::token("secret", secret));
    assert_eq!(found, None, "{place:?}");
    logs.clear();
}

/// Checks that the rest of the text is kept.
#[track_caller]
fn check_rest(error: &Error, place: Place, all: &str) {
    let has_rest = |text: &str| {
        text.contains("begin '") && text.contains("[redacted]") && text.contains("' end")
    };
    if error.attempts() == 0 && std::error::Error::source(error).is_none() {
        // Nothing was sent, because of an earlier error.
        return;
    }
    match place {
        // Some operations do not expect a 201.
        Place::ResponseToken if *error.kind() != ErrorKind::Api => {}
        Place::Message(_)
        | Place::ViolationPath
        | Place::ViolationMessage
        | Place::PlainBody(_)
        | Place::Page
        | Place::ResponseToken
        | Place::Cause => assert!(has_rest(all), "{place:?}: {all}"),
        Place::ContentType(_) if matches!(error.kind(), ErrorKind::NotJson { .. }) => {
            let is_told = all.contains("[redacted]") || all.contains("a type that is not ASCII");
            assert!(is_told, "{place:?}: {all}");
        }
        Place::Location => {
            let exchange = std::error::Error::source(error)
                .and_then(|source| source.downcast_ref::<Arc<Error>>());
            let error = exchange.map_or(error, |exchange| exchange);
            if let ErrorKind::Redirect {
                target_origin: Some(origin),
            } = error.kind()
            {
                // Some notations are invalid in a host.
                assert!(
                    origin.contains("[redacted]") || origin.len() < "https://7bytes.".len(),
                    "{all}"
                );
            }
        }
        _ => {}
    }
}

// U1
#[tokio::test]
async fn a_secret_that_a_server_repeats_is_redacted_and_the_rest_is_shown() {
    let logs = LogCapture::start().await;
    for secret in [TOKEN, BEARER, KEY_SECRET] {
        let pieces = Pieces::new(secret);
        for place in Place::ALL.into_iter().chain([Place::Cause]) {
            check_place(&logs, secret, &pieces, place).await;
        }
    }
    check_place(
        &logs,
        RESPONSE_TOKEN,
        &Pieces::new(RESPONSE_TOKEN),
        Place::ResponseToken,
    )
    .await;
}
