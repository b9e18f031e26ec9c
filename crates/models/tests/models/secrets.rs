//! What holds a secret never shows it.

use gatelet_models::{asa, dt};

use gatelet_test_support::models::table::MODELS;

/// Models whose samples hold a secret, by the text that stands for one.
fn holds_secret(sample: &str) -> bool {
    sample.contains("hunter2")
}

// M27
#[test]
fn debug_of_every_model_shows_no_secret() {
    for model in MODELS.iter() {
        let shown = (model.show)(model.sample);
        assert!(!shown.contains("hunter2"), "{shown}");
        assert_eq!(
            shown.contains("[redacted]"),
            holds_secret(model.sample),
            "{shown}"
        );
    }
}

// M27
#[test]
fn the_length_of_a_secret_is_not_shown() {
    for model in MODELS.iter().filter(|model| holds_secret(model.sample)) {
        let longer = model.sample.replace("hunter2", &"hunter2".repeat(100));
        assert_eq!(
            (model.show)(model.sample),
            (model.show)(&longer),
            "{}",
            model.name
        );
    }
}

#[test]
fn every_secret_of_the_descriptions_is_in_the_table() {
    let described: usize = [
        include_str!("../../openapi/asa.yaml"),
        include_str!("../../openapi/dt.yaml"),
    ]
    .iter()
    .map(|description| description.matches("x-secret: true").count())
    .sum();
    let mut marked = 0;
    for model in MODELS.iter() {
        let secrets = model.properties.iter().filter(|it| it.has("x-secret"));
        let secrets = secrets.count();
        assert!(secrets == 0 || holds_secret(model.sample), "{}", model.name);
        marked += secrets;
    }
    assert_eq!(marked, described);
}

#[test]
fn a_secret_can_be_taken_out_and_sent() {
    let request = asa::ServiceTokenRequest::new("key", "hunter2");
    assert_eq!(request.key_secret.expose(), "hunter2");
    let sent = serde_json::to_string(&request).expect("writes");
    assert_eq!(sent, r#"{"key_id":"key","key_secret":"hunter2"}"#);
    let created: dt::ActiveGateTokenCreated =
        serde_json::from_str(r#"{"id":"a","token":"b"}"#).expect("a token");
    assert_eq!(created.token.expose(), "b");
}
