//! The development credentials for Dynatrace.

/// Dynatrace access token with every scope that an operation needs.
pub const DT_TOKEN: &str = "dt0c01.GATELETEMULATORREADWRITE.\
    THISDEVELOPMENTTOKENOPENSNOTHINGBUTANEMULATORONYOUROWNMACHINE234";

/// Dynatrace access token with the scopes of the operations that only read.
pub const DT_READ_ONLY_TOKEN: &str = "dt0c01.GATELETEMULATORREADONLY2.\
    THISDEVELOPMENTTOKENREADSNOTHINGBUTANEMULATORONYOUROWNMACHINE234";

/// The Dynatrace user who owns both tokens and every token created with them.
pub const DT_OWNER: &str = "developer@example.com";
