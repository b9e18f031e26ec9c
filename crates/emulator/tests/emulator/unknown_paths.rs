//! Paths that belong to no vendor.

use bytes::Bytes;

use crate::support::{Caller, memory};

#[test]
fn a_path_of_no_vendor_gets_a_404_in_no_vendors_form() {
    let emulator = memory();
    for path in ["/", "/v2", "/v10/teams", "/api/v21/x", "/emulator/v1/other"] {
        let response = Caller::developer(&emulator).get(path).expect(404);
        assert_eq!(
            response.headers["content-type"],
            "text/plain; charset=utf-8"
        );
        assert_eq!(response.text(), "Not Found\n", "{path}");
    }
}

#[test]
fn a_large_body_to_a_path_of_no_vendor_is_refused_by_its_size() {
    let emulator = memory();
    let large = Bytes::from(vec![b' '; (1 << 20) + 1]);
    let response = Caller::nobody(&emulator)
        .call("POST", "/other", large)
        .expect(413);
    assert_eq!(response.text(), "Payload Too Large\n");
}
