//! The models with the examples of the descriptions, for the tests of this workspace. Not part of the public API.

use core::fmt::Debug;

use serde_core::Serialize;
use serde_core::de::DeserializeOwned;

/// A model's facts from its description.
#[derive(Clone, Copy, Debug)]
pub struct Sample {
    /// `asa` or `dt`.
    pub vendor: &'static str,
    /// The name of the schema and of the type.
    pub name: &'static str,
    /// JSON texts. The first has every property, in order and without nulls, and is what the model writes.
    pub examples: &'static [&'static str],
    /// The properties, in the order of the description.
    pub properties: &'static [Property],
    /// Whether unknown members are kept and written back.
    pub keeps_unknown: bool,
    /// Whether only requests contain it.
    pub is_request: bool,
}

/// A property's facts from its description.
#[derive(Clone, Copy, Debug)]
pub struct Property {
    /// The name in JSON.
    pub name: &'static str,
    /// The keywords that apply: `required`, `null` (may be null), `default`, `x-omittable`, `x-shown-once`, `x-lenient`, `x-secret`, `date-time`,
    /// `array`, `any-values` (an object whose members have values of any kind), and `count` (an integer that is never negative).
    pub keywords: &'static [&'static str],
    /// The model of its value, or of the values in its list.
    pub model: Option<&'static str>,
    /// The least and the greatest value of an integer, or of those in its list.
    pub range: Option<(i128, i128)>,
}

impl Property {
    pub(crate) const fn new(
        name: &'static str,
        keywords: &'static [&'static str],
        model: Option<&'static str>,
    ) -> Self {
        Self {
            name,
            keywords,
            model,
            range: None,
        }
    }

    pub(crate) const fn with_range(mut self, least: i128, most: i128) -> Self {
        self.range = Some((least, most));
        self
    }

    /// Returns whether a keyword applies.
    #[must_use]
    pub fn has(&self, keyword: &str) -> bool {
        self.keywords.contains(&keyword)
    }
}

/// A visitor of models, for `asa::samples::visit` and `dt::samples::visit`.
pub trait Visitor {
    /// Visits one model. `inexact` returns the name of a member with a number that cannot be written as it was read.
    fn visit<T: Debug + DeserializeOwned + PartialEq + Serialize + 'static>(
        &mut self,
        sample: &'static Sample,
        inexact: fn(&T) -> Option<&str>,
    );
}
