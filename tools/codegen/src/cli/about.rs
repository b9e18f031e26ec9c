//! Commands are named by a request, as is usual on the command line; descriptions tell what operations do.

/// Returns a summary as a request: `Lists the doors` becomes `List the doors`. `None` if it does not begin with a verb in the third
/// person.
pub(super) fn about(summary: &str) -> Option<String> {
    let end = summary.find(' ').unwrap_or(summary.len());
    let (verb, rest) = summary.split_at(end);
    Some(infinitive(verb)? + rest)
}

fn infinitive(verb: &str) -> Option<String> {
    let is_capitalized = verb.starts_with(|c: char| c.is_ascii_uppercase())
        && verb.chars().skip(1).all(|c| c.is_ascii_lowercase());
    if !is_capitalized {
        return None;
    }
    let cut = |end: &str, infinitive: &str| Some(verb.strip_suffix(end)?.to_owned() + infinitive);
    match verb {
        "Is" => return Some("Be".into()),
        "Has" => return Some("Have".into()),
        // Words that end with an s and are no verbs, and verbs of three letters before it.
        "As" | "Its" | "This" | "Always" => return None,
        "Dies" | "Lies" | "Ties" | "Caches" => return cut("s", ""),
        _ => {}
    }
    if ["ss", "us", "is"].iter().any(|end| verb.ends_with(end)) {
        return None;
    }
    cut("ies", "y")
        .or_else(|| cut("sses", "ss"))
        .or_else(|| cut("shes", "sh"))
        .or_else(|| cut("ches", "ch"))
        .or_else(|| cut("xes", "x"))
        .or_else(|| cut("zzes", "zz"))
        .or_else(|| cut("oes", "o"))
        .or_else(|| cut("s", ""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_summary_becomes_a_request() {
        for (summary, request) in [
            ("Lists the doors", "List the doors"),
            ("Deletes a door's key", "Delete a door's key"),
            ("Exchanges a key", "Exchange a key"),
            ("Closes", "Close"),
            ("Uses a key", "Use a key"),
            ("Applies paint", "Apply paint"),
            ("Ties a knot", "Tie a knot"),
            ("Refreshes it", "Refresh it"),
            ("Passes it", "Pass it"),
            ("Searches it", "Search it"),
            ("Caches it", "Cache it"),
            ("Fixes it", "Fix it"),
            ("Does it", "Do it"),
            ("Has it", "Have it"),
        ] {
            assert_eq!(about(summary).as_deref(), Some(request));
        }
    }

    #[test]
    fn a_summary_that_does_not_begin_with_a_verb_has_no_request() {
        for summary in [
            "List the doors",
            "The doors",
            "This door",
            "Access to a door",
            "Status of a door",
            "lists the doors",
            "APIs of a door",
            "`Lists` a door",
            "",
        ] {
            assert_eq!(about(summary), None, "{summary}");
        }
    }
}
