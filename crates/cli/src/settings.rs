//! Settings: which there are, and where their values come from.

pub(crate) mod config_file;
pub(crate) mod config_path;
pub(crate) mod emulator_state;
pub(crate) mod environment;
pub(crate) mod form;
pub(crate) mod key;
pub(crate) mod origin;
pub(crate) mod profile;
pub(crate) mod profile_choice;
pub(crate) mod secret_source;
pub(crate) mod settings;
pub(crate) mod settings_file;
pub(crate) mod variable;
