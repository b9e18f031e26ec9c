//! Redacts and truncates the foreign texts of an error.

use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;

use bytes::Bytes;

use crate::error::api::{ApiError, Violation};
use crate::error::error::{Error, Inner};
use crate::error::kind::ErrorKind;
use crate::error::transport::BoxError;
use crate::future::catch_unwind::catch_unwind_sync;
use crate::redaction::secret_set::SecretSet;
use crate::wire::content_type::display_text;
use crate::wire::escape::{Escaped, is_all_visible, truncated};

/// The maximum length of a body, in bytes.
const BODY: usize = 16 * 1024;

/// The maximum length of a message, in bytes.
const TEXT: usize = 16 * 1024;

/// The maximum length of a word such as a code, in bytes.
const WORD: usize = 1024;

/// The maximum length of a content type or an origin, in bytes.
const NAME: usize = 128;

/// The maximum length of a path in a document, in bytes.
const PATH: usize = 200;

/// The maximum number of violations.
const VIOLATIONS: usize = 256;

/// The maximum length of all violations together, in bytes, because searching takes longer than receiving.
const ALL_VIOLATIONS: usize = 128 * 1024;

/// How far past its maximum length a text is searched, so that a secret across that boundary is found.
const MARGIN: usize = 16 * 1024;

/// The maximum depth of a chain of sources.
const DEPTH: usize = 16;

impl Error {
    /// Redacts secrets from all foreign texts, and then truncates these. Idempotent.
    ///
    /// Every error of a call passes here last. So errors are created with complete, unchanged texts: in a text that is
    /// already truncated or lowercased, a secret may not be found.
    pub(crate) fn redacted(mut self, secrets: &SecretSet) -> Self {
        let inner = &mut *self.0;
        match &mut inner.kind {
            ErrorKind::Redirect { target_origin } => clean_option(target_origin, secrets, NAME),
            ErrorKind::NotJson {
                content_type: Some(field),
            } => {
                clean(field, secrets, BODY);
                *field = display_text(field).into();
                clean(field, secrets, NAME);
            }
            ErrorKind::Decode { path } => clean(path, secrets, PATH),
            _ => {}
        }
        clean_option(&mut inner.resource, secrets, WORD);
        clean_option(&mut inner.detail, secrets, TEXT);
        if let Some(api) = &mut inner.api {
            clean_api(api, secrets);
        }
        inner.body = clean_body(&inner.body, secrets);
        inner.source = inner
            .source
            .take()
            .map(|source| clean_source(source, secrets));
        self
    }

    /// Returns whether any foreign text contains a secret.
    fn contains(&self, secrets: &SecretSet) -> bool {
        let inner = &*self.0;
        let of_kind = match &inner.kind {
            ErrorKind::Redirect {
                target_origin: text,
            }
            | ErrorKind::NotJson { content_type: text } => text.as_deref(),
            ErrorKind::Decode { path } => Some(&**path),
            _ => None,
        };
        let mut texts = vec![of_kind, inner.resource.as_deref(), inner.detail.as_deref()];
        if let Some(api) = &inner.api {
            texts.extend([
                api.code.as_deref(),
                api.message.as_deref(),
                api.request_id.as_deref(),
            ]);
            for Violation {
                path,
                message,
                location,
            } in &api.violations
            {
                texts.extend([Some(&**path), Some(&**message), location.as_deref()]);
            }
        }
        let mut texts = texts.into_iter().flatten();
        texts.any(|text| secrets.contains_secret(text))
            || secrets.contains_secret(&inner.body)
            || self.source().is_some_and(|source| !is_fit(source, secrets))
    }

    /// Returns a copy whose sources are kept as texts.
    fn copied(&self) -> Self {
        let inner = &*self.0;
        Self(Box::new(Inner {
            kind: inner.kind.clone(),
            resource: inner.resource.clone(),
            detail: inner.detail.clone(),
            api: inner.api.clone(),
            body: inner.body.clone(),
            resume: inner.resume.clone(),
            source: self
                .source()
                .map(|source| ForeignError::of(source, &SecretSet::new(), 0).into()),
            ..*inner
        }))
    }
}

fn clean_option(text: &mut Option<Box<str>>, secrets: &SecretSet, limit: usize) {
    if let Some(text) = text {
        clean(text, secrets, limit);
    }
}

fn clean(text: &mut Box<str>, secrets: &SecretSet, limit: usize) {
    let read = truncated(text, limit.saturating_add(MARGIN));
    let cleaned = secrets.redact(read);
    let kept = truncated(&cleaned, limit);
    if kept.len() < text.len() || kept != &**text {
        let mut kept = kept.to_owned();
        if kept.len() < cleaned.len() || read.len() < text.len() {
            // Truncated texts say so; names do not, because their maximum length is documented.
            kept.push_str(if limit == NAME { "" } else { "…" });
        }
        *text = kept.into();
    }
}

fn clean_api(api: &mut ApiError, secrets: &SecretSet) {
    clean_option(&mut api.code, secrets, WORD);
    clean_option(&mut api.message, secrets, TEXT);
    clean_option(&mut api.request_id, secrets, WORD);
    api.violations.truncate(readable(&api.violations));
    for Violation {
        path,
        message,
        location,
    } in &mut api.violations
    {
        clean(path, secrets, WORD);
        clean(message, secrets, WORD);
        clean_option(location, secrets, WORD);
    }
}

/// Returns how many violations are kept.
fn readable(violations: &[Violation]) -> usize {
    let read = |text: &str| text.len().min(WORD.saturating_add(MARGIN));
    let lengths = violations.iter().map(|violation| {
        let location = violation.location.as_deref().unwrap_or_default();
        read(&violation.path) + read(&violation.message) + read(location)
    });
    let sums = lengths.scan(0_usize, |sum, length| {
        *sum = sum.saturating_add(length);
        Some(*sum)
    });
    sums.take(VIOLATIONS)
        .take_while(|sum| *sum <= ALL_VIOLATIONS)
        .count()
}

/// Returns the start of a redacted body, copied so that the rest can be freed.
fn clean_body(body: &Bytes, secrets: &SecretSet) -> Bytes {
    let read = body.get(..BODY.saturating_add(MARGIN)).unwrap_or(body);
    let cleaned = secrets.redact_bytes(read);
    match cleaned.get(..BODY) {
        Some(kept) => Bytes::copy_from_slice(kept),
        None if *cleaned == **body => body.clone(),
        None => Bytes::copy_from_slice(&cleaned),
    }
}

/// Returns a source, or its texts alone if they contain a secret or invisible characters or never end.
fn clean_source(source: BoxError, secrets: &SecretSet) -> BoxError {
    if let Some(shared) = source.downcast_ref::<Arc<Error>>() {
        // Its own call redacted its own secrets. Others share it, so this error gets a copy.
        return match shared.contains(secrets) {
            true => Box::new(Arc::new(shared.copied().redacted(secrets))),
            false => source,
        };
    }
    match is_fit(&*source, secrets) {
        true => source,
        false => ForeignError::of(&*source, secrets, 0).into(),
    }
}

/// Returns whether a chain of sources may be kept as it is, in every format.
fn is_fit(error: &(dyn StdError + 'static), secrets: &SecretSet) -> bool {
    let mut next = Some(error);
    for _ in 0..DEPTH {
        let Some(error) = next else {
            return true;
        };
        let texts = catch_unwind_sync(|| {
            [
                format!("{error}"),
                format!("{error:#}"),
                format!("{error:?}"),
                format!("{error:#?}"),
            ]
        });
        let is_fit = |text: &String| {
            text.len() <= TEXT && is_all_visible(text) && !secrets.contains_secret(text)
        };
        if !texts.is_ok_and(|texts| texts.iter().all(is_fit)) {
            return false;
        }
        next = error.source();
    }
    // An endless chain may be a cycle.
    next.is_none()
}

/// The redacted texts of a foreign error.
struct ForeignError {
    text: Box<str>,
    source: Option<Box<Self>>,
}

impl ForeignError {
    fn of(error: &(dyn StdError + 'static), secrets: &SecretSet, depth: usize) -> Box<Self> {
        let text = catch_unwind_sync(|| error.to_string());
        let mut text = text
            .unwrap_or_else(|_| "it cannot be printed".into())
            .into();
        clean(&mut text, secrets, TEXT);
        let source = error.source().filter(|_| depth < DEPTH);
        let source = source.map(|source| Self::of(source, secrets, depth.saturating_add(1)));
        Box::new(Self { text, source })
    }
}

impl fmt::Display for ForeignError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Escaped(&self.text).fmt(f)
    }
}

impl fmt::Debug for ForeignError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", Escaped(&self.text))
    }
}

impl StdError for ForeignError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}
