//! The addresses of the APIs in an environment.

use gatelet_client::without_list_path;
use gatelet_models::Method;
use gatelet_models::dt::OperationId;
use gatelet_transport::{BaseUrl, Error};

use crate::token_api::TokenApi;

/// The path of the API on an environment's own address.
const CLASSIC: &str = "/api/v2";

/// The path of the same API behind the platform's proxy.
const PLATFORM: &str = "/platform/classic/environment-api/v2";

/// The end of that path by which the proxy is known.
const PROXY_END: &str = "/environment-api/v2";

/// The path of the platform's own API of tokens.
const FLEET: &str = "/platform/fleet-management/v1";

/// The path of the same API as the vendor's pages print it, on hosts of the platform.
const PRINTED_FLEET: &str = "/v1";

/// The first segment of the web interface's paths, which are not those of an API.
const UI: &str = "/ui";

/// The hosts of the platform, which serve the classic API behind the proxy only.
const PLATFORM_HOSTS: [&str; 2] = [".apps.dynatrace.com", ".apps.dynatracelabs.com"];

/// The ends of environments' own hosts, in the order of those of the platform.
const OWN_HOSTS: [&str; 2] = [".live.dynatrace.com", ".dynatracelabs.com"];

/// Computes the base address of the classic API from an environment's address, which may already end in a part of an API's path or in the
/// path of a list.
pub(crate) fn classic(address: &BaseUrl) -> Result<BaseUrl, Error> {
    let root = classic_root(address);
    let service = environment(address)?;
    service.with_path(&format!("{}{root}", service.path()))
}

/// Computes the path of the platform's API of tokens from the same address.
pub(crate) fn fleet_path(address: &BaseUrl) -> Result<String, Error> {
    Ok(format!("{}{FLEET}", environment(address)?.path()))
}

/// Returns the API of the tokens for an address and the scheme of the credentials, as far as it is known.
pub(crate) fn default_api(address: &BaseUrl, scheme: Option<&str>) -> TokenApi {
    let by_scheme = match is_platform(address) && scheme == Some("Bearer") {
        true => TokenApi::Platform,
        false => TokenApi::Classic,
    };
    named_api(address).unwrap_or(by_scheme)
}

/// Returns the API to which the end of an address belongs: the path of the API, or of one of its lists.
fn named_api(address: &BaseUrl) -> Option<TokenApi> {
    let is_below = |api, root| without_suffix(address.path(), &lists(api)).ends_with(root);
    let is_printed = is_platform(address)
        && without_suffix(address.path(), &lists(TokenApi::Platform)) == PRINTED_FLEET;
    if is_printed || is_below(TokenApi::Platform, FLEET) {
        return Some(TokenApi::Platform);
    }
    let mut roots = [CLASSIC, PROXY_END].into_iter();
    let is_classic = roots.any(|root| is_below(TokenApi::Classic, root));
    is_classic.then_some(TokenApi::Classic)
}

/// Returns whether an address is on a host of the platform.
fn is_platform(address: &BaseUrl) -> bool {
    let mut ends = PLATFORM_HOSTS.iter();
    ends.any(|end| address.host().ends_with(end))
}

/// Returns the host of the platform for an environment's own host, which does not serve the platform's APIs; `None` for any other.
pub(crate) fn platform_host(address: &BaseUrl) -> Option<String> {
    if is_platform(address) {
        return None;
    }
    let mut ends = OWN_HOSTS.iter().zip(PLATFORM_HOSTS);
    ends.find_map(|(own, platform)| {
        let environment = address.host().strip_suffix(own)?;
        Some(format!("{environment}{platform}"))
    })
}

/// Returns the path of the classic API in an environment.
fn classic_root(address: &BaseUrl) -> &'static str {
    let path = without_suffix(address.path(), &lists(TokenApi::Classic));
    let is_proxy = path.ends_with(PROXY_END) || named_api(address) == Some(TokenApi::Platform);
    match is_proxy || is_platform(address) {
        true => PLATFORM,
        false => CLASSIC,
    }
}

/// Removes the path of an API, or the beginning of one, from an address.
fn environment(address: &BaseUrl) -> Result<BaseUrl, Error> {
    use TokenApi::{Classic, Platform};
    let root = classic_root(address);
    let mut roots = vec![(root, Classic)];
    if root == PLATFORM {
        roots.extend([(FLEET, Platform), (CLASSIC, Classic)]);
    }
    if is_platform(address) {
        roots.push((PRINTED_FLEET, Platform));
    }
    for (root, api) in roots {
        let service = without_list_path(address, root, &lists(api))?;
        if service != *address {
            return without_other_path(service);
        }
    }
    without_other_path(address.clone())
}

/// Refuses a path on a host of the vendor below which there is no API, such as that of a page that a browser shows.
fn without_other_path(service: BaseUrl) -> Result<BaseUrl, Error> {
    let path = service.path().trim_end_matches('/');
    let is_page = path == UI || path.strip_prefix(UI).is_some_and(|it| it.starts_with('/'));
    let is_own = platform_host(&service).is_some();
    match (is_platform(&service) && !path.is_empty()) || (is_own && is_page) {
        true => Err(Error::invalid_input(
            "base_url",
            format!(
                "has a path that is not of an API; use https://{}",
                service.host()
            ),
        )),
        false => Ok(service),
    }
}

/// Returns the paths of the lists of an API: of what it reads without an id.
fn lists(api: TokenApi) -> Vec<&'static str> {
    let operations = OperationId::ALL.iter().map(|id| id.operation());
    let is_of_api = |is_alternative: bool| is_alternative == (api == TokenApi::Platform);
    let lists = operations.filter(|it| it.method == Method::Get && !it.path.contains('{'));
    let lists = lists.filter(|it| is_of_api(it.alternative_to.is_some()));
    lists.map(|list| list.path).collect()
}

/// Removes the path of a list, or the beginning of one, from the end of a path.
fn without_suffix<'a>(path: &'a str, lists: &[&str]) -> &'a str {
    let mut ends = lists.iter().flat_map(|list| {
        let cuts = list.match_indices('/').skip(1);
        let cuts = cuts.filter_map(|(at, _)| list.get(..at));
        cuts.chain([*list])
    });
    ends.find_map(|end| path.strip_suffix(end)).unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn assert_root(address: &str, expected: &str) {
        let base = BaseUrl::parse(address).unwrap();
        assert_eq!(classic(&base).unwrap().as_str(), expected, "{address}");
    }

    // D21, U57
    #[test]
    fn every_form_of_an_address_leads_to_the_same_root() {
        for (environment, root) in [
            ("https://abc.live.dynatrace.com", "/api/v2"),
            ("https://abc.sprint.dynatracelabs.com", "/api/v2"),
            ("https://managed.example.com/e/abc", "/api/v2"),
            ("https://gate.example.com:9999/e/abc", "/api/v2"),
            ("http://127.0.0.1:8080", "/api/v2"),
            ("http://127.0.0.1:8080/e/abc", "/api/v2"),
            ("https://abc.apps.dynatrace.com", PLATFORM),
            ("https://abc.sprint.apps.dynatracelabs.com", PLATFORM),
        ] {
            let expected = format!("{environment}{root}");
            let list = format!("{root}/activeGateTokens");
            let cuts = list
                .match_indices('/')
                .map(|(at, _)| at)
                .chain([list.len()]);
            for cut in cuts {
                for slashes in ["", "/", "//"] {
                    assert_root(
                        &format!("{environment}{}{slashes}", &list[..cut]),
                        &expected,
                    );
                }
            }
        }
    }

    #[test]
    fn the_path_of_each_list_is_taken_off() {
        for list in [
            "activeGates",
            "activeGates/groups",
            "activeGates/updateJobs",
            "activeGates/",
        ] {
            assert_root(
                &format!("https://h.example/e/abc/api/v2/{list}"),
                "https://h.example/e/abc/api/v2",
            );
            let proxy = format!("https://abc.apps.dynatrace.com{PLATFORM}");
            assert_root(&format!("{proxy}/{list}"), &proxy);
        }
    }

    #[test]
    fn the_proxy_is_known_by_its_path_on_other_hosts_too() {
        let proxy = format!("http://localhost:1234{PLATFORM}");
        assert_root(&proxy, &proxy);
        assert_root(&format!("{proxy}/activeGateTokens"), &proxy);
    }

    // U57
    #[test]
    fn the_classic_path_on_a_host_of_the_platform_gives_way_to_the_proxy() {
        let platform = "https://abc.apps.dynatrace.com";
        for end in ["/api", "/api/v2", "/api/v2/activeGateTokens"] {
            assert_root(
                &format!("{platform}{end}"),
                &format!("{platform}{PLATFORM}"),
            );
        }
    }

    #[test]
    fn the_path_of_the_platforms_own_api_leads_to_both() {
        for environment in ["https://abc.apps.dynatrace.com", "http://localhost:1234"] {
            for end in [
                "",
                "/activegate",
                "/activegate/tokens",
                "/activegate/tokens/",
            ] {
                let address = format!("{environment}{FLEET}{end}");
                assert_root(&address, &format!("{environment}{PLATFORM}"));
                let base = BaseUrl::parse(&address).unwrap();
                assert_eq!(fleet_path(&base).unwrap(), FLEET, "{address}");
                assert_eq!(named_api(&base), Some(TokenApi::Platform), "{address}");
            }
        }
    }

    #[test]
    fn every_form_of_an_address_leads_to_the_same_path_of_the_platforms_own_api() {
        for (address, path) in [
            ("https://abc.apps.dynatrace.com", FLEET),
            ("https://abc.apps.dynatrace.com/platform", FLEET),
            (
                "https://abc.apps.dynatrace.com/platform/fleet-management",
                FLEET,
            ),
            ("https://abc.apps.dynatrace.com/api/v2", FLEET),
            (
                "https://abc.apps.dynatrace.com/platform/classic/environment-api/v2/activeGateTokens",
                FLEET,
            ),
            ("http://localhost:8080", FLEET),
            ("http://localhost:8080/api/v2", FLEET),
            (
                "http://localhost:8080/e/abc",
                "/e/abc/platform/fleet-management/v1",
            ),
        ] {
            let base = BaseUrl::parse(address).unwrap();
            assert_eq!(fleet_path(&base).unwrap(), path, "{address}");
        }
    }

    #[test]
    fn the_address_chooses_the_api_and_the_scheme_only_on_a_bare_host_of_the_platform() {
        use TokenApi::{Classic, Platform};
        let api = |address: &str, scheme| default_api(&BaseUrl::parse(address).unwrap(), scheme);
        for (address, by_bearer, otherwise) in [
            ("https://abc.apps.dynatrace.com", Platform, Classic),
            ("https://abc.apps.dynatrace.com/", Platform, Classic),
            ("https://abc.apps.dynatrace.com/platform", Platform, Classic),
            (
                "https://abc.apps.dynatrace.com/platform/fleet-management",
                Platform,
                Classic,
            ),
            (
                "https://abc.sprint.apps.dynatracelabs.com",
                Platform,
                Classic,
            ),
            (
                "https://abc.apps.dynatrace.com/platform/fleet-management/v1",
                Platform,
                Platform,
            ),
            (
                "https://abc.apps.dynatrace.com/platform/fleet-management/v1/activegate/tokens/",
                Platform,
                Platform,
            ),
            (
                "http://localhost:8080/platform/fleet-management/v1",
                Platform,
                Platform,
            ),
            (
                "https://abc.apps.dynatrace.com/platform/classic/environment-api/v2",
                Classic,
                Classic,
            ),
            (
                "https://abc.apps.dynatrace.com/platform/classic/environment-api/v2/activeGateTokens",
                Classic,
                Classic,
            ),
            ("https://abc.apps.dynatrace.com/api/v2", Classic, Classic),
            ("https://abc.live.dynatrace.com", Classic, Classic),
            ("https://abc.live.dynatrace.com/api/v2", Classic, Classic),
            ("https://m.example/e/abc", Classic, Classic),
            (
                "https://m.example/e/abc/api/v2/activeGateTokens",
                Classic,
                Classic,
            ),
            ("https://apps.dynatrace.com.example", Classic, Classic),
            ("https://notapps.dynatrace.com", Classic, Classic),
            ("http://localhost:8080", Classic, Classic),
        ] {
            assert_eq!(api(address, Some("Bearer")), by_bearer, "{address}");
            for scheme in [Some("Api-Token"), None] {
                assert_eq!(api(address, scheme), otherwise, "{address} {scheme:?}");
            }
        }
    }

    // U57
    #[test]
    fn the_path_that_the_vendors_pages_print_is_that_of_the_platforms_own_api() {
        for end in ["/v1", "/v1/activegate", "/v1/activegate/tokens", "/v1/"] {
            let address = format!("https://abc.apps.dynatrace.com{end}");
            let base = BaseUrl::parse(&address).unwrap();
            assert_eq!(fleet_path(&base).unwrap(), FLEET, "{address}");
            assert_eq!(named_api(&base), Some(TokenApi::Platform), "{address}");
            assert_root(
                &address,
                &format!("https://abc.apps.dynatrace.com{PLATFORM}"),
            );
        }
        // Elsewhere it may be the path of an environment.
        assert_root("https://h.example/v1", "https://h.example/v1/api/v2");
    }

    // U57
    #[test]
    fn a_path_of_the_web_interface_is_refused_and_the_error_names_the_address() {
        for (address, host) in [
            (
                "https://abc.apps.dynatrace.com/ui",
                "abc.apps.dynatrace.com",
            ),
            (
                "https://abc.apps.dynatrace.com/ui/apps/x",
                "abc.apps.dynatrace.com",
            ),
            (
                "https://abc.apps.dynatrace.com/ui/api/v2",
                "abc.apps.dynatrace.com",
            ),
            (
                "https://abc.apps.dynatrace.com/v2/activegate",
                "abc.apps.dynatrace.com",
            ),
            (
                "https://abc.live.dynatrace.com/ui/",
                "abc.live.dynatrace.com",
            ),
        ] {
            let base = BaseUrl::parse(address).unwrap();
            let error = classic(&base).unwrap_err().to_string();
            assert!(error.contains("not of an API"), "{error}");
            assert!(error.contains(&format!("use https://{host} ")), "{error}");
        }
        assert_root("https://h.example/ui", "https://h.example/ui/api/v2");
    }

    #[test]
    fn repeated_slashes_in_a_path_are_one() {
        assert_root(
            "https://abc.live.dynatrace.com//api//v2",
            "https://abc.live.dynatrace.com/api/v2",
        );
    }

    #[test]
    fn a_part_of_a_segment_is_not_removed() {
        assert_root(
            "https://h.example/e/rapi",
            "https://h.example/e/rapi/api/v2",
        );
        assert_root(
            "https://h.example/e/activeGateTokens",
            "https://h.example/e/activeGateTokens/api/v2",
        );
    }
}
