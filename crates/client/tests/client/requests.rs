//! Requests of described operations: which values are refused, and in which order.

use gatelet_client::{ListQuery, ListRequest, OperationCall, PageBody, Query, QueryRequest};
use gatelet_models::{Operation, asa, dt};
use gatelet_transport::testing::{FakeResponse, FakeTransport, ManualClock};
use gatelet_transport::{ApiResponse, Channel, Error, ErrorKind, OperationRequest, Page};
use serde_json::Value;

use crate::support::{URL, authorized, builder};

fn channel(fake: &FakeTransport) -> Channel {
    authorized(URL)
        .build_with(fake.clone(), ManualClock::auto())
        .unwrap()
}

fn refused(error: &Error) -> (&str, Option<&str>) {
    match error.kind() {
        ErrorKind::InvalidInput { parameter } => (parameter, error.operation()),
        other => panic!("{other:?}"),
    }
}

/// Sends nothing, and returns why.
async fn refusal<T: std::fmt::Debug>(
    request: impl FnOnce(&Channel) -> OperationRequest<T>,
) -> Error {
    let fake = FakeTransport::script([]);
    let error = request(&channel(&fake)).send().await.unwrap_err();
    fake.finish();
    error
}

fn gateways() -> &'static Operation {
    asa::OperationId::ListGateways.operation()
}

#[tokio::test]
async fn the_order_of_the_errors_of_a_call_is_not_that_of_its_settings() {
    let failed = || Err(Error::invalid_input("check", "failed"));
    let body = std::collections::BTreeMap::from([(vec![1], 1)]);
    let invalid = || OperationCall::new(gateways(), &[""]).json(&body);
    let send = |call: OperationCall| {
        refusal(move |channel| {
            call.query("offset", Some(true))
                .request(channel, |_| Ok(()))
        })
    };
    let name = Some("asa ListGateways");
    assert_eq!(
        refused(&send(invalid().check(failed())).await),
        ("check", name)
    );
    assert_eq!(refused(&send(invalid()).await), ("team_name", name));
    let valid_path = OperationCall::new(gateways(), &["t"]).json(&body);
    assert_eq!(refused(&send(valid_path).await), ("offset", name));
    let request = |channel: &Channel| {
        let call = OperationCall::new(gateways(), &["t"]).json(&body);
        call.request(channel, |_| Ok(()))
    };
    assert_eq!(refused(&refusal(request).await), ("body", name));
}

#[tokio::test]
async fn a_query_parameter_that_the_operation_lacks_is_refused() {
    for (name, value, problem) in [
        ("page", Value::from("7"), "is not a query parameter"),
        ("contains", Value::from(true), "has another type"),
        ("descending", Value::from("true"), "has another type"),
        ("count", Value::from(0), "must be at least 1"),
    ] {
        let call = OperationCall::new(gateways(), &["t"]);
        let call = match value {
            Value::Bool(value) => call.query(name, Some(value)),
            Value::Number(value) => call.query(name, value.as_i64()),
            value => call.query(name, value.as_str()),
        };
        let error = refusal(|channel| call.request(channel, |_| Ok(()))).await;
        assert_eq!(refused(&error), (name, Some("asa ListGateways")));
        assert!(error.to_string().contains(problem), "{error}");
    }
}

/// A list of any operation, whose pages have a cursor if `cursor` is there.
async fn list(
    operation: &'static Operation,
    path: &[&str],
    cursor: bool,
) -> (Result<Page<Value>, Error>, usize) {
    let fake = FakeTransport::respond(|_| FakeResponse::json(200, r#"{"list": []}"#));
    let page: fn(Value) -> PageBody<Value> = match cursor {
        true => |_| PageBody::new("list", vec![]).with_cursor(None),
        false => |_| PageBody::new("list", vec![]),
    };
    let list: ListRequest<Value> = ListRequest::new(&channel(&fake), operation, path, page);
    let result = list.send().await;
    (result, fake.into_requests().len())
}

#[tokio::test]
async fn an_operation_that_does_not_list_is_refused() {
    let operation = dt::OperationId::GetToken.operation();
    let (result, requests) = list(operation, &["dt0g02.one"], true).await;
    let error = result.unwrap_err();
    assert_eq!(refused(&error), ("operation", Some("dt getToken")));
    assert_eq!(requests, 0);
}

#[tokio::test]
async fn a_page_that_does_not_fit_the_paging_of_its_operation_is_refused() {
    let tokens = dt::OperationId::ListTokens.operation();
    assert!(list(gateways(), &["t"], false).await.0.is_ok());
    assert!(list(tokens, &[], true).await.0.is_ok());
    for (operation, path, cursor) in [(gateways(), &["t"][..], true), (tokens, &[], false)] {
        let error = list(operation, path, cursor).await.0.unwrap_err();
        assert_eq!(refused(&error), ("operation", Some(operation.name)));
    }
}

/// A query parameter that no operation has.
#[derive(Clone, Debug, Default)]
struct Unknown;

impl ListQuery for Unknown {
    fn write_to(&self, query: &mut Query) {
        query.set("unknown", Some("x"));
    }
}

#[tokio::test]
async fn a_list_with_a_query_parameter_that_its_operation_lacks_is_refused() {
    let fake = FakeTransport::script([]);
    let list: ListRequest<Value, Unknown> =
        ListRequest::new(&channel(&fake), gateways(), &["t"], |_: Value| {
            PageBody::new("list", vec![])
        });
    let sent = list.clone().send().await.unwrap_err();
    let paged = list.pages().try_next().await.unwrap_err();
    for error in [sent, paged] {
        assert_eq!(refused(&error), ("unknown", Some("asa ListGateways")));
    }
    fake.finish();
}

#[test]
fn an_invalid_address_is_reported_before_missing_credentials() {
    for (url, parameter) in [("ftp://h", "base_url"), ("https://h", "credentials")] {
        let fake = FakeTransport::script([]);
        let error = builder(url)
            .build_with(fake, ManualClock::auto())
            .unwrap_err();
        assert_eq!(refused(&error).0, parameter, "{error}");
    }
    let again = builder("https://h").endpoint("ftp://h");
    let error = again
        .build_with(FakeTransport::script([]), ManualClock::auto())
        .unwrap_err();
    assert_eq!(refused(&error).0, "base_url", "{error}");
}

/// Filters of `getAllActiveGates`.
#[derive(Clone, Debug, Default)]
struct Filter {
    online: Option<bool>,
}

impl ListQuery for Filter {
    fn write_to(&self, query: &mut Query) {
        query.set("online", self.online);
    }
}

fn gates(channel: &Channel) -> QueryRequest<Value, Filter> {
    let call = OperationCall::new(dt::OperationId::GetAllActiveGates.operation(), &[]);
    QueryRequest::new(channel, call, ApiResponse::json)
}

fn online(_: Filter) -> Filter {
    let online = Some(true);
    Filter { online }
}

#[tokio::test]
async fn the_query_of_a_call_is_sent_if_it_was_set_and_is_valid() {
    let fake = FakeTransport::script([(); 2].map(|()| FakeResponse::json(200, "{}")));
    let channel = channel(&fake);
    gates(&channel).send().await.unwrap();
    let request = gates(&channel).query(online);
    let shown = format!("{request:?}");
    assert!(shown.contains("Filter { online: Some(true) }"), "{shown}");
    request.send().await.unwrap();
    let refused_query = gates(&channel)
        .check(|filter, _| match filter.online {
            Some(true) => Err(Error::invalid_input("online", "must not be true")),
            _ => Ok(()),
        })
        .query(online);
    let error = refused_query.send().await.unwrap_err();
    let name = Some(dt::OperationId::GetAllActiveGates.operation().name);
    assert_eq!(refused(&error), ("online", name));
    let sent = fake.into_requests();
    let queries: Vec<_> = sent.iter().map(|it| it.uri().query()).collect();
    assert_eq!(queries, [None, Some("online=true")]);
}

#[tokio::test]
async fn the_largest_pages_are_as_large_as_is_allowed_and_needed() {
    let page = r#"{"activeGateTokens":[]}"#;
    for (limit, page_size, expected) in [
        (None, None, Some("pageSize=3000")),
        (Some(1), None, Some("pageSize=100")),
        (Some(250), None, Some("pageSize=250")),
        (Some(9000), None, Some("pageSize=3000")),
        (Some(250), Some(500), Some("pageSize=500")),
    ] {
        let fake = FakeTransport::script([FakeResponse::json(200, page)]);
        let list = crate::support::list(&channel(&fake)).largest_pages();
        let list = list.limit(limit.unwrap_or(u64::MAX));
        let list = match page_size {
            Some(items) => list.page_size(items),
            None => list,
        };
        list.send().await.unwrap();
        let requests = fake.into_requests();
        assert_eq!(
            requests[0].uri().query(),
            expected,
            "{limit:?} {page_size:?}"
        );
    }
}

#[tokio::test]
async fn the_server_chooses_the_size_of_a_page_where_no_maximum_is_documented() {
    let fake = FakeTransport::script([FakeResponse::json(200, r#"{"list":[]}"#)]);
    let page = |page: asa::GatewayList| PageBody::new("list", page.list);
    let list: ListRequest<asa::Gateway> =
        ListRequest::new(&channel(&fake), gateways(), &["t"], page);
    list.largest_pages().send().await.unwrap();
    assert_eq!(fake.into_requests()[0].uri().query(), None);
}
