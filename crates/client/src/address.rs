//! Normalizes addresses that users copy from documentation.

use gatelet_transport::{BaseUrl, Error};

/// Removes the path of a list, or the beginning of one, from the end of an address, because requests add it again.
///
/// `root` is the path of the API on the service's address, and each list is a path below it. If several lists match, the longest match
/// is removed.
///
/// # Errors
///
/// `InvalidInput` when what is left is not an address.
///
/// ```
/// use gatelet_client::without_list_path;
/// use gatelet_transport::BaseUrl;
///
/// # fn main() -> Result<(), gatelet_transport::Error> {
/// for url in ["https://h/e/abc", "https://h/e/abc/api", "https://h/e/abc/api/v2/things"] {
///     let service = without_list_path(&BaseUrl::parse(url)?, "/api/v2", &["/things"])?;
///     assert_eq!(service.as_str(), "https://h/e/abc");
/// }
/// # Ok(())
/// # }
/// ```
pub fn without_list_path(
    base: &BaseUrl,
    root: &str,
    lists: &[impl AsRef<str>],
) -> Result<BaseUrl, Error> {
    let mut service = base.clone();
    for list in lists {
        let shorter = base.without_path_suffix(&format!("{root}{}", list.as_ref()))?;
        if shorter.path().len() < service.path().len() {
            service = shorter;
        }
    }
    Ok(service)
}
