//! The passwords in the URLs of proxies.

use gatelet_models::Secret;
use percent_encoding::percent_decode_str;

use crate::env;
use crate::redaction::KnownSecrets;

/// The variables that `--proxy-from-environment` reads; their names may be in lower case.
const VARIABLES: [&str; 3] = ["HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY"];

/// Adds the password in the URL of a proxy to the secrets that no output shows.
pub(crate) fn add(url: &str, known: &KnownSecrets) {
    if let Some((user, password)) = of_url(url) {
        let decode = |text| percent_decode_str(text).decode_utf8_lossy();
        known.add(&Secret::new(decode(password).into_owned()));
        // As a header has them, which is no coincidence even if the password is short.
        let both = format!("{}:{}", decode(user), decode(password));
        known.add(&Secret::new(both));
    }
}

/// Adds the passwords in the variables that name proxies.
pub(crate) fn add_from_environment(known: &KnownSecrets) {
    for name in VARIABLES {
        for name in [name.to_owned(), name.to_ascii_lowercase()] {
            if let Some(url) = env::non_empty(&name) {
                add(&url.to_string_lossy(), known);
            }
        }
    }
}

fn of_url(url: &str) -> Option<(&str, &str)> {
    let (_, rest) = url.split_once("://").unwrap_or(("", url));
    let authority = rest.split(['/', '?', '#']).next()?;
    let (user, _) = authority.rsplit_once('@')?;
    user.split_once(':')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_password_is_hidden_with_its_user() {
        let known = KnownSecrets::default();
        add("http://web-user:s3cr3t@proxy", &known);
        let shown = known
            .redactor()
            .redact("Basic d2ViLXVzZXI6czNjcjN0")
            .into_owned();
        assert_eq!(shown, "Basic [redacted]");
    }

    #[test]
    fn the_password_of_a_proxy_is_hidden_in_any_encoding() {
        let known = KnownSecrets::default();
        add("http://user:Pass%77ord-of@proxy:3128/", &known);
        add("socks5h://user@proxy", &known);
        add("proxy:3128", &known);
        let redactor = known.redactor();
        for text in ["Password-of", "via dXNlcjpQYXNzd29yZC1vZg==", "pASSWORD-OF"] {
            assert!(redactor.redact(text).contains("[redacted]"), "{text}");
        }
        assert_eq!(redactor.redact("user@proxy:3128"), "user@proxy:3128");
    }
}
