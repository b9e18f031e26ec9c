//! The development credentials that every new emulator knows.
//!
//! They are public on purpose, like those of other vendors' emulators: they open nothing but an emulator that still has
//! them. The store holds only their keyed hashes.

/// The ASA team of the well-known keys and of the published examples.
pub const ASA_TEAM: &str = "example-team";

/// Key id of the ASA service user with the role `access_admin`.
pub const ASA_KEY_ID: &str = "5c1f3f0e-3a52-4a35-9a0c-2f6b6a0e0001";

/// Key secret of [`ASA_KEY_ID`].
pub const ASA_KEY_SECRET: &str = "gatelet-emulator-admin-key-secret-which-opens-nothing-else";

/// Key id of the ASA service user with the role `reporting_user`, which reads and cannot write.
pub const ASA_REPORTING_KEY_ID: &str = "5c1f3f0e-3a52-4a35-9a0c-2f6b6a0e0002";

/// Key secret of [`ASA_REPORTING_KEY_ID`].
pub const ASA_REPORTING_KEY_SECRET: &str =
    "gatelet-emulator-reporting-key-secret-which-opens-nothing-else";

/// Dynatrace access token with the scopes `activeGateTokenManagement.read`, `.create` and `.write`.
pub const DT_TOKEN: &str = "dt0c01.GATELETEMULATORREADWRITE.\
    THISDEVELOPMENTTOKENOPENSNOTHINGBUTANEMULATORONYOUROWNMACHINE234";

/// Dynatrace access token with the scope `activeGateTokenManagement.read` only.
pub const DT_READ_ONLY_TOKEN: &str = "dt0c01.GATELETEMULATORREADONLY2.\
    THISDEVELOPMENTTOKENREADSNOTHINGBUTANEMULATORONYOUROWNMACHINE234";

/// The Dynatrace user who owns both tokens, and so every token that is created with them.
pub const DT_OWNER: &str = "developer@example.com";
