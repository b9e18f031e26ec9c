//! Some 500 JSON values and near misses, given to every model: raw, and as the value of a field that it does not know.

use serde_json::Value;

use gatelet_test_support::models::table::{MODELS, Model};

/// What every JSON parser takes.
fn accepted() -> Vec<String> {
    let mut texts = Vec::new();
    for sign in ["", "-"] {
        for integer in ["0", "7", "10", "123456789012345678901234567890"] {
            for fraction in ["", ".0", ".25"] {
                for exponent in ["", "e1", "E+2", "e-3", "E00"] {
                    texts.push(format!("{sign}{integer}{fraction}{exponent}"));
                }
            }
        }
    }
    let characters = [
        "",
        "a",
        " ",
        "'",
        "/",
        "\u{7f}",
        "\u{80}",
        "\u{e9}",
        "\u{2028}",
        "\u{feff}",
        "\u{fffe}",
        "\u{10ffff}",
    ];
    let escapes = [
        r#"\""#, r"\\", r"\/", r"\b", r"\f", r"\n", r"\r", r"\t", r"\u0000", r"\u00e9", r"\uABcd",
        r"\uffff",
    ];
    let pairs = [r"\ud834\udd1e", r"\uDBFF\uDFFF", r"\\u12", r"\u0022\u005c"];
    texts.extend(
        characters
            .iter()
            .chain(&escapes)
            .chain(&pairs)
            .map(|text| format!("\"{text}\"")),
    );
    let values = ["true", "false", "null", "0", r#""a""#, "[]", "{}"];
    for space in ["", " ", "\t", "\n", "\r", " \r\n\t "] {
        texts.extend(values.map(|value| format!("{space}{value}{space}")));
        texts.extend(values.map(|value| format!("[{space}{value}{space},{space}{value}{space}]")));
        texts.extend(
            values
                .map(|value| format!("{{{space}\"\"{space}:{space}{value}{space},\"\":{value}}}")),
        );
    }
    texts.push(format!("{}{}", "[".repeat(100), "]".repeat(100)));
    texts.push(format!("{}1{}", r#"{"a":"#.repeat(100), "}".repeat(100)));
    texts
}

/// What no JSON parser takes.
fn rejected() -> Vec<String> {
    let mut texts: Vec<String> = [
        // Numbers.
        "+1",
        "01",
        "-01",
        "00",
        "-",
        "--1",
        "1.",
        "-.5",
        ".5",
        "1.e1",
        "1e",
        "1e+",
        "1E-",
        "1e1.5",
        "1ee1",
        "0x10",
        "0b1",
        "1_000",
        "1 000",
        "1a",
        "1.5.5",
        "Infinity",
        "-Infinity",
        "NaN",
        "-NaN",
        "nan",
        "\u{661}",
        "\u{ff11}",
        "1\u{2212}",
        "e1",
        "1e\u{b2}",
        // Words.
        "True",
        "FALSE",
        "Null",
        "tru",
        "truee",
        "fals",
        "nul",
        "nulll",
        "undefined",
        "yes",
        "a",
        "\u{e9}",
        "t rue",
        // Texts.
        "\"",
        "\"a",
        "a\"",
        "'a'",
        "\"a\"\"",
        "\"\\\"",
        "`a`",
        "\u{201c}a\u{201d}",
        r#""\u""#,
        r#""\u0""#,
        r#""\u00""#,
        r#""\u000""#,
        r#""\u000g""#,
        r#""\u{41}""#,
        r#""\x41""#,
        r#""\0""#,
        r#""\'""#,
        r#""\ ""#,
        "\"\\\u{e9}\"",
        "\"\\\n\"",
        // Lists.
        "[",
        "]",
        "[[]",
        "[]]",
        "[1",
        "[1,",
        "[1,]",
        "[,]",
        "[,1]",
        "[1,,2]",
        "[1 2]",
        "[1:2]",
        "[1;2]",
        "[}",
        "(1)",
        "[1}",
        "<1>",
        "[...]",
        // Objects.
        "{",
        "}",
        "{]",
        "{}}",
        r#"{"a"}"#,
        r#"{"a":}"#,
        r#"{"a":1"#,
        r#"{"a":1,"#,
        r#"{"a":1,}"#,
        r#"{"a":1,,"b":2}"#,
        "{,}",
        r#"{,"a":1}"#,
        r#"{"a" 1}"#,
        r#"{"a"::1}"#,
        r#"{"a"=1}"#,
        "{a:1}",
        "{'a':1}",
        "{1:1}",
        "{null:1}",
        "{[]:1}",
        r#"{"a":1 "b":2}"#,
        r#"{"a":1;"b":2}"#,
        r#"{"a","b"}"#,
        r#"{:1}"#,
        r#"{"a":1]"#,
        r#"{"a":1}{"#,
        "{1}",
        "{true}",
        r#"{"a:1}"#,
        // What stands around.
        "",
        " ",
        "\u{a0}1",
        "\u{b}1",
        "\u{c}1",
        "\u{2003}1",
        "1\u{feff}",
        "1\0",
        "\u{1}1",
        "1//a",
        "/*a*/1",
        "#a\n1",
        "<!--a-->1",
        "1 2",
        "[][]",
        "1\\",
        "\\1",
        "\u{1b}[1m1",
    ]
    .map(str::to_owned)
    .into();
    texts.extend((0_u8..0x20).map(|control| format!("\"a{}b\"", char::from(control))));
    let unknown_escapes = (b'a'..=b'z')
        .chain(b'A'..=b'Z')
        .filter(|letter| !b"bfnrtu".contains(letter));
    texts.extend(unknown_escapes.map(|letter| format!("\"\\{}\"", char::from(letter))));
    texts.push("[".repeat(100_000));
    texts.push(r#"[{"a":"#.repeat(100_000));
    texts
}

/// What a parser may take or not.
const FREE: [&str; 12] = [
    "1e400",
    "-1e400",
    "1e-400",
    "1e99999999999999999999",
    "-0",
    r#""\ud800""#,
    r#""\udc00""#,
    r#""\udc00\ud800""#,
    r#""\ud800a""#,
    r#""\ud800\n""#,
    r#"{"\ud800":1}"#,
    r#"{"a":1,"a":2}"#,
];

fn as_unknown_field(model: &Model, text: &str) -> String {
    let fields = model.sample.strip_prefix('{').expect("an object");
    format!("{{\"x-new\":{text},{fields}")
}

/// What the clients' decoding makes of a text.
fn received(model: &Model, text: &str) -> Option<Value> {
    let written = (model.receive)(text.as_bytes()).ok()?;
    Some(serde_json::from_str(&written).expect("JSON"))
}

/// Whether a model that keeps what it does not know reads a value, and cannot write it back as it was.
fn is_inexact(text: &str) -> bool {
    text.contains("123456789012345678901234567890")
}

/// What was written, without the unknown field, whose value has to be the one that was read.
fn known(model: &Model, text: &str, mut written: Value) -> Value {
    let kept = written
        .as_object_mut()
        .and_then(|fields| fields.remove("x-new"));
    let read = || serde_json::from_str::<Value>(text).expect("JSON");
    assert_eq!(kept, model.keeps_unknown.then(read), "{text}");
    written
}

// M1
#[test]
fn a_json_value_in_an_unknown_field_changes_nothing() {
    for text in accepted() {
        for model in MODELS.iter() {
            let field = as_unknown_field(model, &text);
            let is_deep = text.starts_with(&"[".repeat(65)) || text.starts_with(r#"{"a":{"a":"#);
            if model.keeps_unknown && (is_deep || is_inexact(&text)) {
                // What is deep is refused, and a number that would lose digits is read: the failure is that of the writing.
                let failure = model.refuse(&field);
                assert_eq!(failure.path, "x-new");
                assert_eq!(failure.message == "inexact", !is_deep, "{failure:?}");
            } else {
                let written = model.accept(&field);
                assert_eq!(known(model, &text, written), model.value());
                let received = received(model, &field).expect(&field);
                assert_eq!(known(model, &text, received), model.value(), "{field}");
            }
            let is_object = text.trim_start().starts_with('{');
            assert!(
                (model.rewrite)(&text).is_err() || is_object,
                "{} takes {text}",
                model.name
            );
        }
    }
}

// M1
#[test]
fn an_invalid_json_value_is_refused_raw_and_in_an_unknown_field() {
    for text in rejected() {
        for model in MODELS.iter() {
            for text in [&text, &as_unknown_field(model, &text)] {
                model.refuse(text);
                assert_eq!(received(model, text), None, "{}", model.name);
            }
        }
    }
}

// M1
#[test]
fn json_that_parsers_disagree_on_is_read_safely() {
    for text in FREE {
        for model in MODELS.iter() {
            let _ = (model.rewrite)(text);
            let field = as_unknown_field(model, text);
            let rewritten = (model.rewrite)(&field).ok();
            let rewritten = rewritten.map(|it| serde_json::from_str::<Value>(&it).expect("JSON"));
            assert_eq!(received(model, &field), rewritten, "{field}");
            if let Some(written) = rewritten.filter(|_| !model.keeps_unknown) {
                assert_eq!(written, model.value(), "{field}");
            }
        }
    }
}
