//! Requests to an emulator, without a client or a socket.

use bytes::Bytes;
use gatelet_emulator::{Emulator, well_known};
use http::{Request, Response, StatusCode};
use serde_json::{Value, json};

pub(crate) const READ: &str = "activeGateTokenManagement.read";

/// A response.
#[derive(Debug)]
pub(crate) struct TestResponse {
    pub(crate) status: StatusCode,
    pub(crate) headers: http::HeaderMap,
    pub(crate) body: Bytes,
}

impl TestResponse {
    pub(crate) fn json(&self) -> Value {
        match self.body.is_empty() {
            true => Value::Null,
            false => serde_json::from_slice(&self.body).unwrap(),
        }
    }

    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    /// Returns the target of the `Link` with this relation.
    pub(crate) fn link(&self, rel: &str) -> Option<String> {
        let rel = format!("; rel=\"{rel}\"");
        let mut links = self
            .headers
            .get_all("link")
            .iter()
            .map(|link| link.to_str().unwrap());
        let link = links.find_map(|link| link.strip_suffix(&rel))?;
        Some(
            link.strip_prefix('<')
                .unwrap()
                .strip_suffix('>')
                .unwrap()
                .to_owned(),
        )
    }

    #[track_caller]
    pub(crate) fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", self.text());
        self
    }
}

impl From<Response<Bytes>> for TestResponse {
    fn from(response: Response<Bytes>) -> Self {
        let (head, body) = response.into_parts();
        Self {
            status: head.status,
            headers: head.headers,
            body,
        }
    }
}

/// A caller of an emulator: its base URL and `Authorization` header.
pub(crate) struct Caller<'a> {
    pub(crate) emulator: &'a Emulator,
    pub(crate) origin: &'static str,
    pub(crate) authorization: Option<String>,
}

impl<'a> Caller<'a> {
    pub(crate) fn nobody(emulator: &'a Emulator) -> Self {
        Self {
            emulator,
            origin: "https://asa.example:8443",
            authorization: None,
        }
    }

    pub(crate) fn with(emulator: &'a Emulator, authorization: impl Into<String>) -> Self {
        Self {
            authorization: Some(authorization.into()),
            ..Self::nobody(emulator)
        }
    }

    /// The ASA service user with the role `access_admin`.
    pub(crate) fn admin(emulator: &'a Emulator) -> Self {
        Self::service_user(emulator, well_known::ASA_KEY_ID, well_known::ASA_KEY_SECRET)
    }

    pub(crate) fn service_user(emulator: &'a Emulator, key_id: &str, key_secret: &str) -> Self {
        let body = json!({ "key_id": key_id, "key_secret": key_secret });
        let response = Self::nobody(emulator)
            .post(&team("/service_token"), &body)
            .expect(200);
        let bearer = response.json()["bearer_token"].as_str().unwrap().to_owned();
        Self::with(emulator, format!("Bearer {bearer}"))
    }

    /// The Dynatrace token with all scopes.
    pub(crate) fn developer(emulator: &'a Emulator) -> Self {
        Self::with(emulator, format!("Api-Token {}", well_known::DT_TOKEN))
    }

    pub(crate) fn get(&self, path: &str) -> TestResponse {
        self.call("GET", path, Bytes::new())
    }

    pub(crate) fn delete(&self, path: &str) -> TestResponse {
        self.call("DELETE", path, Bytes::new())
    }

    pub(crate) fn post(&self, path: &str, body: &Value) -> TestResponse {
        self.call("POST", path, body.to_string().into())
    }

    pub(crate) fn put(&self, path: &str, body: &Value) -> TestResponse {
        self.call("PUT", path, body.to_string().into())
    }

    /// Calls a path or an absolute URL, such as a link.
    pub(crate) fn call(&self, method: &str, path: &str, body: Bytes) -> TestResponse {
        let uri = match path.starts_with('/') {
            true => format!("{}{path}", self.origin),
            false => path.to_owned(),
        };
        let mut request = Request::builder().method(method).uri(uri);
        if let Some(authorization) = &self.authorization {
            request = request.header("authorization", authorization);
        }
        if !body.is_empty() {
            request = request.header("content-type", "application/json");
        }
        self.emulator.handle(request.body(body).unwrap()).into()
    }
}

/// Returns a path below the well-known team.
pub(crate) fn team(path: &str) -> String {
    format!("/v1/teams/{}{path}", well_known::ASA_TEAM)
}

pub(crate) fn memory() -> Emulator {
    Emulator::memory().unwrap()
}

pub(crate) fn seeded() -> Emulator {
    let emulator = memory();
    emulator.seed().unwrap();
    emulator
}

/// Returns a field of each object of a list.
pub(crate) fn field(list: &Value, name: &str) -> Vec<String> {
    let objects = list.as_array().unwrap();
    objects
        .iter()
        .map(|object| object[name].as_str().unwrap().to_owned())
        .collect()
}
