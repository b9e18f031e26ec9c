//! Transports that break one rule each, and the rules that find them.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use gatelet_transport::testing::contract::{self, OriginServer};
use gatelet_transport::testing::{FakeResponse, FakeTransport};
use gatelet_transport::{
    SendTracker, Sent, Transport, TransportError, TransportErrorKind, from_fn,
};
use http::{HeaderValue, Method, Request, Response, header};
use tokio::sync::Semaphore;

type Outcome = Result<Response<Bytes>, TransportError>;

/// Runs a check that must fail with the name of this rule.
async fn fails(rule: &str, check: impl Future<Output = ()> + Send + 'static) {
    let panic = tokio::spawn(check).await.unwrap_err().into_panic();
    let text = panic.downcast_ref::<String>().unwrap();
    assert!(text.contains(&format!("contract: {rule}: ")), "{text}");
}

/// Checks a transport that must break this rule and none before it.
async fn breaks<F>(
    rule: &str,
    lie: impl Fn(OriginServer, Request<Bytes>) -> F + Clone + Send + Sync + 'static,
) where
    F: Future<Output = Outcome> + Send + 'static,
{
    let make = move |origin: OriginServer| {
        let lie = lie.clone();
        from_fn(move |request| lie(origin.clone(), request))
    };
    fails(rule, contract::check_wrapper(make)).await;
}

#[tokio::test]
async fn a_transport_that_changes_the_request_is_found() {
    breaks(
        "a request arrives unchanged",
        async |origin: OriginServer, mut request| {
            request.headers_mut().remove(header::USER_AGENT);
            origin.send(request).await
        },
    )
    .await;
}

#[tokio::test]
async fn a_transport_that_changes_the_type_of_a_body_is_found() {
    for name in [header::ACCEPT, header::CONTENT_TYPE] {
        breaks(
            "a request arrives unchanged",
            move |origin: OriginServer, mut request: Request<_>| {
                let name = name.clone();
                async move {
                    let other = HeaderValue::from_static("*/*");
                    request.headers_mut().insert(name, other);
                    origin.send(request).await
                }
            },
        )
        .await;
    }
}

#[tokio::test]
async fn a_transport_that_adds_a_query_is_found() {
    breaks(
        "a request arrives unchanged",
        async |origin: OriginServer, mut request: Request<_>| {
            if request.uri().query().is_none() {
                *request.uri_mut() = format!("{}?", request.uri()).parse().unwrap();
            }
            origin.send(request).await
        },
    )
    .await;
}

#[tokio::test]
async fn a_transport_that_normalizes_the_path_is_found() {
    breaks(
        "a request arrives unchanged",
        async |origin: OriginServer, mut request: Request<_>| {
            let tidy = request.uri().to_string().replace("%2F", "/");
            *request.uri_mut() = tidy.parse().unwrap();
            origin.send(request).await
        },
    )
    .await;
}

#[tokio::test]
async fn a_transport_that_keeps_the_last_of_equal_fields_is_found() {
    breaks(
        "a response arrives unchanged",
        async |origin: OriginServer, request| {
            let mut response = origin.send(request).await?;
            let fields = response.headers_mut();
            let last = fields.get_all("x-opaque").iter().next_back().cloned();
            last.map(|value| fields.insert("x-opaque", value));
            Ok(response)
        },
    )
    .await;
}

#[tokio::test]
async fn a_transport_that_drops_a_field_of_a_response_is_found() {
    for name in [header::RETRY_AFTER, header::LINK, header::DATE] {
        breaks(
            "a response arrives unchanged",
            move |origin: OriginServer, request: Request<_>| {
                let name = name.clone();
                async move {
                    let mut response = origin.send(request).await?;
                    response.headers_mut().remove(name);
                    Ok(response)
                }
            },
        )
        .await;
    }
}

#[tokio::test]
async fn a_transport_that_drops_the_fields_of_an_unsuccessful_response_is_found() {
    breaks(
        "a response arrives unchanged",
        async |origin: OriginServer, request| {
            let mut response = origin.send(request).await?;
            if !response.status().is_success() {
                response.headers_mut().clear();
            }
            Ok(response)
        },
    )
    .await;
}

#[tokio::test]
async fn a_transport_that_changes_the_response_is_found() {
    breaks(
        "a response arrives unchanged",
        async |origin: OriginServer, request| {
            let mut response = origin.send(request).await?;
            response.body_mut().truncate(999);
            Ok(response)
        },
    )
    .await;
}

#[tokio::test]
async fn a_transport_that_turns_statuses_into_errors_is_found() {
    breaks(
        "every status is Ok",
        async |origin: OriginServer, request| {
            let response = origin.send(request).await?;
            if response.status() == 404 {
                return Err(TransportError::new(TransportErrorKind::Protocol));
            }
            Ok(response)
        },
    )
    .await;
}

#[tokio::test]
async fn a_transport_that_follows_redirects_is_found() {
    breaks(
        "no redirect is followed",
        async |origin: OriginServer, request: Request<_>| {
            let response = origin.send(request.clone()).await?;
            if response.headers().contains_key(header::LOCATION) {
                return origin.send(request).await;
            }
            Ok(response)
        },
    )
    .await;
}

#[tokio::test]
async fn a_transport_that_retries_one_method_is_found() {
    for method in [Method::GET, Method::PUT, Method::DELETE, Method::POST] {
        for retries_statuses in [true, false] {
            let method = method.clone();
            breaks(
                "nothing is retried",
                move |origin: OriginServer, request: Request<Bytes>| {
                    let is_retried = *request.method() == method;
                    async move {
                        let outcome = origin.send(request.clone()).await;
                        let has_failed = match &outcome {
                            Ok(response) => retries_statuses && response.status() == 503,
                            Err(_) => !retries_statuses,
                        };
                        match is_retried && has_failed {
                            true => origin.send(request).await,
                            false => outcome,
                        }
                    }
                },
            )
            .await;
        }
    }
}

#[tokio::test]
async fn a_transport_that_retries_is_found() {
    breaks(
        "nothing is retried",
        async |origin: OriginServer, request: Request<_>| match origin.send(request.clone()).await {
            Err(error) if error.sent() == Sent::Whole => origin.send(request).await,
            outcome => outcome,
        },
    )
    .await;
    breaks(
        "nothing is retried",
        async |origin: OriginServer, request: Request<_>| match origin.send(request.clone()).await {
            Ok(busy) if busy.status() == 503 && busy.headers().contains_key("retry-after") => {
                origin.send(request).await
            }
            outcome => outcome,
        },
    )
    .await;
}

#[tokio::test]
async fn a_transport_that_adds_a_credential_is_found() {
    breaks(
        "no credential or cookie is added",
        async |origin: OriginServer, mut request| {
            let fields = request.headers_mut();
            fields
                .entry(header::AUTHORIZATION)
                .or_insert(HeaderValue::from_static("Basic x"));
            origin.send(request).await
        },
    )
    .await;
}

#[tokio::test]
async fn a_transport_that_keeps_cookies_is_found() {
    let jar = Arc::new(Mutex::new(None));
    breaks(
        "no credential or cookie is added",
        move |origin: OriginServer, mut request: Request<_>| {
            let jar = jar.clone();
            async move {
                if let Some(cookie) = jar.lock().unwrap().clone() {
                    request.headers_mut().insert(header::COOKIE, cookie);
                }
                let response = origin.send(request).await?;
                if let Some(cookie) = response.headers().get(header::SET_COOKIE) {
                    *jar.lock().unwrap() = Some(cookie.clone());
                }
                Ok(response)
            }
        },
    )
    .await;
}

#[tokio::test]
async fn a_transport_that_hides_truncation_is_found() {
    const RULE: &str = "a body is complete or an error";
    breaks(RULE, async |origin: OriginServer, request| {
        match origin.send(request).await {
            Err(error) if error.status().is_some() => Ok(Response::new(Bytes::from("half"))),
            outcome => outcome,
        }
    })
    .await;
    breaks(RULE, async |origin: OriginServer, request| {
        let outcome = origin.send(request).await;
        outcome.map_err(|error| TransportError::new(error.kind()))
    })
    .await;
    breaks(RULE, async |origin: OriginServer, request| {
        let outcome = origin.send(request).await;
        outcome.map_err(|error| match error.status() {
            Some(status) => TransportError::new(error.kind()).with_status(status),
            None => error,
        })
    })
    .await;
    breaks(RULE, async |origin: OriginServer, request| {
        let outcome = origin.send(request).await;
        outcome.map_err(|error| match error.status() {
            Some(_) => error,
            None => error.with_sent(Sent::Nothing),
        })
    })
    .await;
}

#[tokio::test]
async fn a_transport_that_reports_an_unsent_request_as_sent_is_found() {
    breaks(
        "an unsent request is reported as unsent",
        async |origin: OriginServer, request| {
            let outcome = origin.send(request).await;
            outcome.map_err(|error| match error.kind() {
                TransportErrorKind::Connect(_) => {
                    TransportError::new(TransportErrorKind::Interrupted)
                }
                _ => error,
            })
        },
    )
    .await;
}

#[tokio::test]
async fn a_transport_that_responds_before_the_server_is_found() {
    breaks("dropping cancels", async |origin: OriginServer, request| {
        let mut sending = Box::pin(origin.send(request));
        std::future::poll_fn(|context| match sending.as_mut().poll(context) {
            std::task::Poll::Ready(outcome) => std::task::Poll::Ready(outcome),
            std::task::Poll::Pending => {
                std::task::Poll::Ready(Ok(Response::new(Bytes::from_static(b"early"))))
            }
        })
        .await
    })
    .await;
}

#[tokio::test]
async fn a_transport_that_queues_a_request_and_never_reports_its_start_is_found() {
    breaks(
        "a request that arrived counts as sent",
        async |origin: OriginServer, request: Request<_>| {
            SendTracker::of(&request).queued();
            origin.send(request).await
        },
    )
    .await;
}

#[tokio::test]
async fn a_transport_that_takes_a_start_back_after_writing_is_found() {
    breaks(
        "a request that arrived counts as sent",
        async |origin: OriginServer, request: Request<_>| {
            let tracker = SendTracker::of(&request);
            tracker.queued();
            let mut sending = Box::pin(origin.send(request));
            // Reports a write of which nothing was taken, after the request was written.
            let outcome = std::future::poll_fn(|context| {
                let outcome = sending.as_mut().poll(context);
                let _ = tracker.write_tracked(2, || std::task::Poll::Ready(Ok(0)));
                outcome
            });
            outcome.await
        },
    )
    .await;
}

#[tokio::test]
async fn a_transport_that_sends_a_canceled_request_is_found() {
    breaks(
        "a canceled request is not sent",
        async |origin: OriginServer, request: Request<_>| {
            let tracker = SendTracker::of(&request);
            tracker.queued();
            tokio::task::yield_now().await;
            let _may_write = tracker.try_start();
            origin.send(request).await
        },
    )
    .await;
}

#[tokio::test]
async fn a_transport_that_limits_requests_and_sends_a_canceled_one_is_found() {
    for limit in [1, 15] {
        let make = move |origin: OriginServer| {
            let permits = Arc::new(Semaphore::new(limit));
            from_fn(move |request| {
                let (origin, permits) = (origin.clone(), permits.clone());
                async move {
                    let tracker = SendTracker::of(&request);
                    tracker.queued();
                    let _permit = permits.acquire().await.unwrap();
                    let _may_send = tracker.hand_over();
                    origin.send(request).await
                }
            })
        };
        let rule = "a request canceled while it waits is not sent";
        fails(rule, contract::check_wrapper(make)).await;
    }
}

#[tokio::test]
async fn a_transport_that_drops_extensions_is_found() {
    const RULE: &str = "extensions are passed on";
    breaks(RULE, async |origin: OriginServer, request: Request<_>| {
        let tracker = SendTracker::of(&request);
        let (mut head, body) = request.into_parts();
        head.extensions.clear();
        head.extensions.insert(tracker);
        origin.send(Request::from_parts(head, body)).await
    })
    .await;
    breaks(RULE, async |origin: OriginServer, request| {
        let mut response = origin.send(request).await?;
        response.extensions_mut().clear();
        Ok(response)
    })
    .await;
}

#[tokio::test]
async fn a_server_that_fails_or_truncates_a_response_is_found() {
    const RULE: &str = "every request gets a complete response";
    let fails_some =
        FakeTransport::respond(|request: &Request<Bytes>| match request.body().len() {
            0 => FakeResponse::status(404),
            _ => FakeResponse::error(TransportErrorKind::Interrupted),
        });
    let cuts = FakeTransport::respond(|_| {
        FakeResponse::json(200, "{}").with_header("content-length", "3")
    });
    for server in [fails_some, cuts] {
        fails(
            RULE,
            contract::check_server(server, "https://api.example.com"),
        )
        .await;
    }
}

#[tokio::test]
async fn a_server_blocked_by_a_dropped_request_is_found() {
    let is_busy = Arc::new(AtomicBool::new(false));
    let server = from_fn(move |_| {
        let is_busy = is_busy.clone();
        async move {
            if is_busy.swap(true, Ordering::SeqCst) {
                return Err(TransportError::new(TransportErrorKind::Interrupted));
            }
            tokio::task::yield_now().await;
            is_busy.store(false, Ordering::SeqCst);
            Ok(Response::new(Bytes::new()))
        }
    });
    let check = contract::check_server(server, "https://api.example.com");
    fails("dropping cancels", check).await;
}
