//! The development credentials for Dynatrace.

/// Dynatrace access token with every scope that an operation needs.
pub const DT_TOKEN: &str = "dt0c01.GATELETEMULATORREADWRITE.\
    THISDEVELOPMENTTOKENOPENSNOTHINGBUTANEMULATORONYOUROWNMACHINE234";

/// Dynatrace access token with the scopes of the operations that only read.
pub const DT_READ_ONLY_TOKEN: &str = "dt0c01.GATELETEMULATORREADONLY2.\
    THISDEVELOPMENTTOKENREADSNOTHINGBUTANEMULATORONYOUROWNMACHINE234";

/// Dynatrace platform token with every scope that an operation needs, for `Authorization: Bearer`.
pub const DT_PLATFORM_TOKEN: &str = "dt0s16.GATELETEMULATORPLATFORM2.\
    THISDEVELOPMENTTOKENCALLSNOTHINGBUTANEMULATORONYOUROWNMACHINE234";

/// Id of an OAuth client of Dynatrace that is registered with every scope that an operation needs.
pub const DT_OAUTH_CLIENT_ID: &str = "dt0s02.GATELET2";

/// Secret of that OAuth client.
pub const DT_OAUTH_CLIENT_SECRET: &str = "dt0s02.GATELET2.\
    THISDEVELOPMENTSECRETISFORNOTHINGBUTANEMULATORONYOUROWNMACHINE23";

/// Scopes with which that OAuth client may call every operation, separated by spaces.
pub const DT_OAUTH_SCOPES: &str = "fleet-management:activegate.tokens:read \
    fleet-management:activegate.tokens:create \
    fleet-management:activegate.tokens:write \
    fleet-management:activegates:read \
    fleet-management:activegates:write";

/// The Dynatrace user who owns these credentials and every token created with them.
pub const DT_OWNER: &str = "developer@example.com";
