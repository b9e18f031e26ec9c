//! Bodies as bytes, through the decoding that the clients use: what is UTF-8, what is not, and byte order marks.

use gatelet_transport::{Error, ErrorKind};

use gatelet_test_support::models::table::{MODELS, Model};

const BOM: &str = "\u{feff}";

/// The error of a body that must be refused.
fn refuse(model: &Model, body: &[u8]) -> Error {
    match (model.receive)(body) {
        Ok(written) => panic!("{} takes {body:x?} as {written}", model.name),
        Err(error) => error,
    }
}

fn accept(model: &Model, body: &str) {
    let written = (model.receive)(body.as_bytes()).expect(model.name);
    assert_eq!(written, (model.rewrite)(model.sample).expect(model.name));
}

fn assert_not_utf8(model: &Model, error: &Error) {
    let is_decode = matches!(error.kind(), ErrorKind::Decode { .. });
    assert!(
        is_decode && error.to_string().contains("not UTF-8 JSON"),
        "{}: {error}",
        model.name
    );
}

// M8
#[test]
fn a_text_that_is_not_utf8_is_refused_at_its_offset() {
    let wrong: [&[u8]; 10] = [
        b"\xff",
        b"\x80",
        b"\xc0\xaf",
        b"\xe0\x80\xaf",
        b"\xf0\x80\x80\xaf",
        b"\xe2\x82",
        b"\xf0\x9f\x98",
        b"\xf4\x90\x80\x80",
        b"\xed\xa0\xb4",
        b"\xed\xa0\xb4\xed\xb4\x9e",
    ];
    for model in MODELS.iter() {
        for (place, _) in model.places().iter().filter(|(_, value)| value.is_string()) {
            let text = model.with(place, r#""hunter2|""#);
            let at = text.find("hunter2|").expect("the text") + "hunter2".len();
            for bytes in wrong {
                let body = [&text.as_bytes()[..at], bytes, &text.as_bytes()[at + 1..]].concat();
                let error = refuse(model, &body);
                assert_not_utf8(model, &error);
                let shown = format!("{error} {error:?}");
                assert!(
                    shown.contains(&format!("byte {at} ")) && !shown.contains("hunter2"),
                    "{place}: {shown}"
                );
            }
        }
    }
}

// M10
#[test]
fn one_byte_order_mark_in_front_changes_nothing() {
    for model in MODELS.iter() {
        accept(model, model.sample);
        accept(model, &format!("{BOM}{}", model.sample));
        accept(model, &format!("{BOM} \n{}", model.sample));
    }
}

// M11
#[test]
fn other_encodings_and_other_byte_order_marks_are_refused() {
    for model in MODELS.iter() {
        let utf16 = |order: fn(u16) -> [u8; 2], start: &str| -> Vec<u8> {
            let units = start.encode_utf16().chain(model.sample.encode_utf16());
            units.flat_map(order).collect()
        };
        let fields = model.sample.strip_prefix('{').expect("an object");
        for body in [
            utf16(u16::to_le_bytes, ""),
            utf16(u16::to_be_bytes, ""),
            utf16(u16::to_le_bytes, BOM),
            utf16(u16::to_be_bytes, BOM),
            format!("{BOM}{BOM}{}", model.sample).into(),
            format!("{{{BOM}{fields}").into(),
            format!("{}{BOM}", model.sample).into(),
            format!("{{\"x-new\":{BOM}1,{fields}").into(),
        ] {
            assert_not_utf8(model, &refuse(model, &body));
        }
    }
}

// M11
#[test]
fn the_character_of_the_mark_is_kept_inside_a_text() {
    for model in MODELS.iter() {
        for (place, _) in model.places().iter().filter(|(_, value)| value.is_string()) {
            if model.times().contains(place) {
                continue;
            }
            let body = model.with(place, &format!("\"{BOM}a{BOM}\""));
            let written = (model.receive)(body.as_bytes()).expect(place);
            let value: serde_json::Value = serde_json::from_str(&written).expect("JSON");
            assert_eq!(
                value.pointer(place).and_then(|text| text.as_str()),
                Some("\u{feff}a\u{feff}"),
                "{} {place}",
                model.name
            );
        }
    }
}
