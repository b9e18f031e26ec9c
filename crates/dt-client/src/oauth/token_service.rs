//! The token endpoint of an environment.

use gatelet_models::dt::oauth::{RESOURCE_PREFIX, TOKEN_PATH};
use gatelet_transport::{BaseUrl, Credential, Error};

/// The suffixes of environments' hosts in production.
const PRODUCTION: [&str; 2] = [".live.dynatrace.com", ".apps.dynatrace.com"];

/// The suffix of the hosts of all stages.
const STAGES: &str = ".dynatracelabs.com";

/// The stages with a known login host.
const KNOWN_STAGES: [&str; 2] = ["sprint", "dev"];

/// Where a client's tokens are issued, and for what.
#[derive(Debug)]
pub(crate) struct TokenService {
    pub(crate) base: BaseUrl,
    /// The path below `base`.
    pub(crate) path: String,
    pub(crate) resource: String,
}

impl TokenService {
    /// Returns the token service of a client with this address; its settings replace what follows from the address.
    ///
    /// # Errors
    ///
    /// `InvalidInput` for a setting that is invalid, or missing and not shown by the address.
    pub(crate) fn of(
        address: &BaseUrl,
        token_url: Option<&str>,
        resource: Option<&str>,
    ) -> Result<Self, Error> {
        let (environment, stage) = parts(address.host());
        let resource = match (resource, environment) {
            (Some(resource), _) => {
                Credential::validate("resource", resource)?;
                resource.to_owned()
            }
            (None, Some(environment)) => format!("{RESOURCE_PREFIX}{environment}"),
            (None, None) => {
                let problem = format!(
                    "not set, and the address does not show the environment; set {RESOURCE_PREFIX} and its id"
                );
                return Err(Error::invalid_input("resource", problem));
            }
        };
        let (base, path) = match token_url {
            Some(url) => split(url)?,
            None => split(&default_url(stage)?)?,
        };
        Ok(Self {
            base,
            path,
            resource,
        })
    }
}

/// Returns the environment and the stage that a host shows.
fn parts(host: &str) -> (Option<&str>, Option<&str>) {
    let is_label = |label: &&str| !label.is_empty() && !label.contains('.');
    if let Some(rest) = host.strip_suffix(STAGES) {
        let rest = rest.strip_suffix(".apps").unwrap_or(rest);
        return match rest.split_once('.') {
            Some((environment, stage)) => (Some(environment).filter(is_label), Some(stage)),
            None => (None, Some(rest)),
        };
    }
    let environment = PRODUCTION.iter().find_map(|end| host.strip_suffix(end));
    (environment.filter(is_label), None)
}

fn default_url(stage: Option<&str>) -> Result<String, Error> {
    match stage {
        None => Ok(format!("https://sso.dynatrace.com{TOKEN_PATH}")),
        Some(stage) if KNOWN_STAGES.contains(&stage) => {
            Ok(format!("https://sso-{stage}{STAGES}{TOKEN_PATH}"))
        }
        Some(_) => Err(Error::invalid_input(
            "token_url",
            "not set, and the login host of this stage is not known",
        )),
    }
}

/// Splits a URL into a base address and a path below it. A slash at its end stays, because a server may know the path with it only.
fn split(url: &str) -> Result<(BaseUrl, String), Error> {
    let invalid = |problem| Error::invalid_input("token_url", problem);
    let whole = BaseUrl::parse(url).map_err(|_| {
        invalid("must be an https URL without user name, query and fragment; http works on loopback only")
    })?;
    let (parent, name) = whole
        .path()
        .rsplit_once('/')
        .ok_or_else(|| invalid("has no path"))?;
    let end = if url.trim_end().ends_with('/') {
        "/"
    } else {
        ""
    };
    Ok((whole.with_path(parent)?, format!("/{name}{end}")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use gatelet_transport::ErrorKind;

    fn service(
        address: &str,
        token_url: Option<&str>,
        resource: Option<&str>,
    ) -> Result<String, Error> {
        let address = BaseUrl::parse(address).unwrap();
        let TokenService {
            base,
            path,
            resource,
        } = TokenService::of(&address, token_url, resource)?;
        Ok(format!("{base}{path} {resource}"))
    }

    #[test]
    fn an_address_of_the_saas_shows_environment_and_login_host() {
        const SSO: &str = "https://sso.dynatrace.com/sso/oauth2/token";
        const SPRINT: &str = "https://sso-sprint.dynatracelabs.com/sso/oauth2/token";
        const DEV: &str = "https://sso-dev.dynatracelabs.com/sso/oauth2/token";
        for (address, url) in [
            ("https://abc.live.dynatrace.com/api/v2", SSO),
            (
                "https://ABC.apps.dynatrace.com/platform/classic/environment-api/v2",
                SSO,
            ),
            ("https://abc.sprint.dynatracelabs.com/api/v2", SPRINT),
            ("https://abc.sprint.apps.dynatracelabs.com", SPRINT),
            ("https://abc.dev.apps.dynatracelabs.com", DEV),
        ] {
            let expected = format!("{url} urn:dtenvironment:abc");
            assert_eq!(service(address, None, None).unwrap(), expected, "{address}");
        }
    }

    #[test]
    fn settings_replace_what_the_address_shows() {
        let url = "http://127.0.0.1:8080/token/";
        let resource = "urn:dtenvironment:xyz";
        for address in [
            "https://abc.live.dynatrace.com",
            "https://h/e/abc",
            "https://abc.hard.dynatracelabs.com",
        ] {
            let found = service(address, Some(url), Some(resource)).unwrap();
            assert_eq!(found, "http://127.0.0.1:8080/token/ urn:dtenvironment:xyz");
        }
        let found = service("https://h/e/abc", None, Some(resource)).unwrap();
        assert_eq!(
            found,
            "https://sso.dynatrace.com/sso/oauth2/token urn:dtenvironment:xyz"
        );
    }

    #[test]
    fn what_neither_address_nor_settings_say_is_named() {
        for address in [
            "https://managed.example.com/e/abc",
            "http://127.0.0.1:8080",
            "https://live.dynatrace.com",
            "https://a.b.live.dynatrace.com",
            "https://live.dynatrace.com.evil.example",
            "https://sprint.dynatracelabs.com",
        ] {
            let error = service(address, None, None).unwrap_err();
            let parameter = "resource";
            assert_eq!(
                error.kind(),
                &ErrorKind::InvalidInput { parameter },
                "{address}"
            );
        }
        let error = service("https://abc.hard.dynatracelabs.com", None, None).unwrap_err();
        let parameter = "token_url";
        assert_eq!(error.kind(), &ErrorKind::InvalidInput { parameter });
    }

    // T7
    #[test]
    fn a_token_url_that_would_expose_the_secret_is_refused_and_not_printed() {
        for url in [
            "http://sso.example.com/canary",
            "https://user:canary@sso.example.com/token",
            "https://sso.example.com/token?canary",
            "canary",
            "https://sso.example.com",
        ] {
            let error = service("https://abc.live.dynatrace.com", Some(url), None).unwrap_err();
            let parameter = "token_url";
            assert_eq!(
                error.kind(),
                &ErrorKind::InvalidInput { parameter },
                "{url}"
            );
            assert!(!format!("{error} {error:?}").contains("canary"), "{url}");
        }
    }
}
