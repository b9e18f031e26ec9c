//! The development credentials for ASA.

/// The ASA team of the well-known keys and of the published examples.
pub const ASA_TEAM: &str = "example-team";

/// Name of the ASA service user with the role `access_admin`.
pub const ASA_USER: &str = "administrator";

/// Key id of the ASA service user with the role `access_admin`.
pub const ASA_KEY_ID: &str = "5c1f3f0e-3a52-4a35-9a0c-2f6b6a0e0001";

/// Key secret of [`ASA_KEY_ID`].
pub const ASA_KEY_SECRET: &str = "gatelet-emulator-admin-key-secret-which-opens-nothing-else";

/// Name of the ASA service user with the role `reporting_user`.
pub const ASA_REPORTING_USER: &str = "reporter";

/// Key id of the ASA service user with the role `reporting_user`, which may only read.
pub const ASA_REPORTING_KEY_ID: &str = "5c1f3f0e-3a52-4a35-9a0c-2f6b6a0e0002";

/// Key secret of [`ASA_REPORTING_KEY_ID`].
pub const ASA_REPORTING_KEY_SECRET: &str =
    "gatelet-emulator-reporting-key-secret-which-opens-nothing-else";
