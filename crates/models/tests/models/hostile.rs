//! Texts that are no JSON, or are meant to do harm.

use std::thread;

use serde_json::Value;

use gatelet_test_support::models::table::{MODELS, path};

/// Runs with little stack.
fn on_a_small_stack(work: impl FnOnce() + Send + 'static) {
    let thread = thread::Builder::new()
        .stack_size(256 * 1024)
        .spawn(work)
        .expect("a thread");
    thread.join().expect("no overflow");
}

// M4
#[test]
fn deep_nesting_in_an_unknown_field_needs_no_stack() {
    on_a_small_stack(|| {
        for (open, close) in [("[", "]"), (r#"{"a":"#, "}")] {
            let deep = format!("{}0{}", open.repeat(100_000), close.repeat(100_000));
            for model in MODELS.iter() {
                let fields = model.sample.strip_prefix('{').expect("an object");
                let text = format!(r#"{{"x-new":{deep},{fields}"#);
                if model.keeps_unknown {
                    assert_eq!(model.refuse(&text).path, "x-new");
                } else {
                    assert_eq!(model.accept(&text), model.value(), "{}", model.name);
                }
            }
        }
    });
}

// M4
#[test]
fn deep_nesting_needs_no_stack_on_the_path_of_the_clients_either() {
    on_a_small_stack(|| {
        // What the quick reader takes at most, what it leaves to serde_json, and far beyond.
        for depth in [62, 63, 64, 65, 1000, 100_000] {
            for (open, close) in [("[", "]"), (r#"{"a":"#, "}")] {
                let deep = format!("{}0{}", open.repeat(depth), close.repeat(depth));
                for model in MODELS.iter() {
                    let fields = model.sample.strip_prefix('{').expect("an object");
                    let text = format!(r#"{{"x-new":{deep},{fields}"#);
                    if model.keeps_unknown {
                        let received = (model.receive)(text.as_bytes());
                        assert_eq!(received.is_ok(), depth <= 64, "{depth}");
                        continue;
                    }
                    let written = (model.receive)(text.as_bytes()).expect(model.name);
                    assert_eq!(written, (model.rewrite)(model.sample).expect(model.name));
                }
            }
        }
    });
}

// M4
#[test]
fn deep_nesting_in_a_known_field_is_refused() {
    on_a_small_stack(|| {
        for (open, close) in [("[", "]"), (r#"{"list":"#, "}"), (r#"{"labels":"#, "}")] {
            let deep = format!("{}{}", open.repeat(1000), close.repeat(1000));
            for model in MODELS.iter() {
                for (field, _) in model.fields {
                    let text = format!("{{\"{field}\":{deep}}}");
                    assert!((model.rewrite)(&text).is_err(), "{} {field}", model.name);
                }
            }
        }
    });
}

// M9
#[test]
fn lone_surrogates_are_refused_and_pairs_are_read() {
    for model in MODELS.iter() {
        for (place, _) in model.places().iter().filter(|(_, value)| value.is_string()) {
            for lone in [
                r#""\ud834""#,
                r#""\udd1e""#,
                r#""\udd1e\ud834""#,
                r#""\ud834x""#,
            ] {
                if model.is_lenient(place) {
                    continue;
                }
                assert_eq!(
                    model.refuse(&model.with(place, lone)).path,
                    path(place),
                    "{lone}"
                );
            }
            if !model.times().contains(place) {
                let written = model.accept(&model.with(place, r#""\ud834\udd1e""#));
                assert_eq!(written.pointer(place), Some(&Value::from("\u{1d11e}")));
            }
        }
    }
}

// M12
#[test]
fn invalid_json_is_refused_everywhere() {
    for model in MODELS.iter() {
        let fields = model
            .sample
            .strip_prefix('{')
            .and_then(|text| text.strip_suffix('}'))
            .expect("an object");
        for no_value in [
            "NaN",
            "Infinity",
            "-Infinity",
            "undefined",
            "'a'",
            "01",
            "+1",
            ".5",
            "1.",
            "0x1",
            "True",
            "",
        ] {
            model.refuse(&format!(r#"{{"x-new":{no_value},{fields}}}"#));
        }
        for text in [
            format!("{{{fields},}}"),
            format!("{{,{fields}}}"),
            format!("{{{fields}}} // done"),
            format!("/* a */{{{fields}}}"),
            format!("{{{fields}}}{{}}"),
            format!("{{{fields}"),
            format!("{{x:1,{fields}}}"),
            format!(r#"{{"x-new":[1,],{fields}}}"#),
            format!("{{\"x-new\":\"a\nb\",{fields}}}"),
            format!("\u{feff}\u{feff}{{{fields}}}"),
        ] {
            model.refuse(&text);
        }
    }
}

#[test]
fn a_text_cut_anywhere_is_refused() {
    for model in MODELS.iter() {
        for end in 0..model.sample.len() {
            model.refuse(&model.sample[..end]);
        }
    }
}
