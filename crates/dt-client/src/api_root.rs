//! The address of the API in an environment.

use gatelet_client::without_list_path;
use gatelet_models::dt::OperationId;
use gatelet_transport::{BaseUrl, Error};

/// The path of the API on an environment's own address.
const CLASSIC: &str = "/api/v2";

/// The path of the same API behind the platform's proxy.
const PLATFORM: &str = "/platform/classic/environment-api/v2";

/// The hosts of the platform, which serve the API behind the proxy only.
const PLATFORM_HOSTS: [&str; 2] = [".apps.dynatrace.com", ".apps.dynatracelabs.com"];

/// Computes the base address of all paths from an environment's address, which may already end in a part of the API's path or in the
/// path of a list.
pub(crate) fn from_environment(base: &BaseUrl) -> Result<BaseUrl, Error> {
    let operations = OperationId::ALL.iter().map(|id| id.operation());
    let lists = operations.filter(|operation| operation.paging.is_some());
    let lists: Vec<&str> = lists.map(|list| list.path).collect();
    let is_platform = PLATFORM_HOSTS.iter().any(|end| base.host().ends_with(end));
    let path = without_suffix(base.path(), &lists);
    let root = if is_platform || path.ends_with("/environment-api/v2") {
        PLATFORM
    } else {
        CLASSIC
    };
    let mut service = without_list_path(base, root, &lists)?;
    if is_platform && service == *base {
        service = without_list_path(base, CLASSIC, &lists)?;
    }
    service.with_path(&format!("{}{root}", service.path()))
}

fn without_suffix<'a>(path: &'a str, lists: &[&str]) -> &'a str {
    let mut lists = lists.iter();
    lists
        .find_map(|list| path.strip_suffix(list))
        .unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn assert_root(address: &str, expected: &str) {
        let base = BaseUrl::parse(address).unwrap();
        assert_eq!(
            from_environment(&base).unwrap().as_str(),
            expected,
            "{address}"
        );
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
