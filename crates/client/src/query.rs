//! Typed query parameters.

use std::fmt;

use gatelet_models::{Operation, QueryKind};
use gatelet_transport::Error;

/// The query of a request, checked against the parameters of its operation.
#[derive(Clone)]
pub struct Query {
    operation: &'static Operation,
    pairs: Vec<(&'static str, QueryValue)>,
}

/// The value of a query parameter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum QueryValue {
    /// Any text.
    Text(String),
    /// `true` or `false`.
    Boolean(bool),
    /// An integer.
    Integer(i64),
}

/// The typed query parameters of an operation, except those for paging. `()` has none.
///
/// ```
/// use gatelet_client::{ListQuery, Query};
///
/// /// Filters and sorts gateways.
/// #[derive(Clone, Debug, Default)]
/// struct ListGatewaysQuery {
///     contains: Option<String>,
///     descending: Option<bool>,
/// }
///
/// impl ListQuery for ListGatewaysQuery {
///     fn write_to(&self, query: &mut Query) {
///         query.set("contains", self.contains.as_deref());
///         query.set("descending", self.descending);
///     }
/// }
/// ```
pub trait ListQuery: Clone + Default + fmt::Debug + Send + Sync + 'static {
    /// Sets the parameters under the names of the description.
    fn write_to(&self, query: &mut Query);
}

impl ListQuery for () {
    fn write_to(&self, _: &mut Query) {}
}

impl Query {
    pub(crate) fn new(operation: &'static Operation) -> Self {
        Self {
            operation,
            pairs: Vec::new(),
        }
    }

    /// Sets a parameter if there is a value. An unknown parameter, a wrong type and an integer beyond its limits are reported when
    /// the request is sent.
    pub fn set<V: Into<QueryValue>>(&mut self, name: &'static str, value: Option<V>) {
        self.pairs.extend(value.map(|value| (name, value.into())));
    }

    /// Returns the percent-encoded query; `None` if nothing was set.
    pub(crate) fn encode(&self) -> Result<Option<String>, Error> {
        let mut query = form_urlencoded::Serializer::new(String::new());
        for (name, value) in &self.pairs {
            self.check(name, value)
                .map_err(|problem| Error::invalid_input(name, problem))?;
            query.append_pair(name, &value.to_string());
        }
        Ok(Some(query.finish()).filter(|query| !query.is_empty()))
    }

    fn check(&self, name: &str, value: &QueryValue) -> Result<(), String> {
        let parameter = self.operation.query.iter().find(|it| it.name == name);
        let parameter = parameter.ok_or("is not a query parameter of the operation")?;
        match (parameter.kind, value) {
            (QueryKind::Text, QueryValue::Text(_))
            | (QueryKind::Boolean, QueryValue::Boolean(_)) => Ok(()),
            (QueryKind::Integer { .. }, QueryValue::Integer(value)) => {
                parameter.check(*value).map_err(|error| error.to_string())
            }
            _ => Err("has another type in the description".into()),
        }
    }
}

/// Writes the names of the parameters without their values.
impl fmt::Debug for Query {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list()
            .entries(self.pairs.iter().map(|(name, _)| name))
            .finish()
    }
}

impl fmt::Display for QueryValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => f.write_str(text),
            Self::Boolean(value) => value.fmt(f),
            Self::Integer(value) => value.fmt(f),
        }
    }
}

impl From<&str> for QueryValue {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for QueryValue {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<bool> for QueryValue {
    fn from(value: bool) -> Self {
        Self::Boolean(value)
    }
}

impl From<i32> for QueryValue {
    fn from(value: i32) -> Self {
        Self::Integer(value.into())
    }
}

impl From<i64> for QueryValue {
    fn from(value: i64) -> Self {
        Self::Integer(value)
    }
}

impl From<u32> for QueryValue {
    fn from(value: u32) -> Self {
        Self::Integer(value.into())
    }
}
