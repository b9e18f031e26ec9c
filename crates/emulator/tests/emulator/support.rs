//! Requests to an emulator, without a client and without a socket.

use bytes::Bytes;
use gatelet_emulator::{Emulator, well_known};
use http::{Request, Response, StatusCode};
use serde_json::{Value, json};

pub(crate) const READ: &str = "activeGateTokenManagement.read";

/// An answer, its body read as JSON (null where it is empty).
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: http::HeaderMap,
    pub(crate) body: Bytes,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        match self.body.is_empty() {
            true => Value::Null,
            false => serde_json::from_slice(&self.body).unwrap(),
        }
    }

    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    /// The target of the `Link` with this relation.
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

impl From<Response<Bytes>> for Answer {
    fn from(response: Response<Bytes>) -> Self {
        let (head, body) = response.into_parts();
        Self {
            status: head.status,
            headers: head.headers,
            body,
        }
    }
}

/// Someone who calls: an emulator, an origin and an `Authorization` header.
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

    /// ASA's administrator.
    pub(crate) fn admin(emulator: &'a Emulator) -> Self {
        Self::service_user(emulator, well_known::ASA_KEY_ID, well_known::ASA_KEY_SECRET)
    }

    pub(crate) fn service_user(emulator: &'a Emulator, key_id: &str, key_secret: &str) -> Self {
        let body = json!({ "key_id": key_id, "key_secret": key_secret });
        let answer = Self::nobody(emulator)
            .post(&team("/service_token"), &body)
            .expect(200);
        let bearer = answer.json()["bearer_token"].as_str().unwrap().to_owned();
        Self::with(emulator, format!("Bearer {bearer}"))
    }

    /// Dynatrace's owner of the token with all scopes.
    pub(crate) fn developer(emulator: &'a Emulator) -> Self {
        Self::with(emulator, format!("Api-Token {}", well_known::DT_TOKEN))
    }

    pub(crate) fn get(&self, path: &str) -> Answer {
        self.call("GET", path, Bytes::new())
    }

    pub(crate) fn delete(&self, path: &str) -> Answer {
        self.call("DELETE", path, Bytes::new())
    }

    pub(crate) fn post(&self, path: &str, body: &Value) -> Answer {
        self.call("POST", path, body.to_string().into())
    }

    pub(crate) fn put(&self, path: &str, body: &Value) -> Answer {
        self.call("PUT", path, body.to_string().into())
    }

    /// `path` may also be a whole address, such as a link gives.
    pub(crate) fn call(&self, method: &str, path: &str, body: Bytes) -> Answer {
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

/// A path below the well-known team.
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

/// The `id`s (or another field) of a listing's objects.
pub(crate) fn field(list: &Value, name: &str) -> Vec<String> {
    let objects = list.as_array().unwrap();
    objects
        .iter()
        .map(|object| object[name].as_str().unwrap().to_owned())
        .collect()
}
