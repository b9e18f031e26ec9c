//! How large an answer may be with the transport that is built in.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;
use std::thread;

use asa_client::{Bearer, Client, Error, ErrorKind};
use gatelet_transport::TooLarge;

use crate::support::GATEWAY;

const MIB: usize = 1024 * 1024;

/// A server on loopback that answers once, with so many bytes of white space behind the JSON.
fn serve(padding: usize) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut request = BufReader::new(stream.try_clone().unwrap()).lines();
        while request.next().is_some_and(|line| !line.unwrap().is_empty()) {}
        let body = GATEWAY.to_owned() + &" ".repeat(padding);
        let head = format!(
            "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
            body.len()
        );
        // A client to which this is too much hangs up.
        let _ = stream.write_all(head.as_bytes());
        let _ = stream.write_all(body.as_bytes());
    });
    url
}

async fn get(padding: usize, limit: usize) -> Result<(), Error> {
    let server = serve(padding);
    let client = Client::builder("t")
        .endpoint(server.as_str())
        .credentials(Bearer::new("token").unwrap())
        .body_limit(limit)
        .build()
        .unwrap();
    let gateway = client.gateways().get(&"a2dfd474".into()).send().await?;
    assert_eq!(gateway.name, "eu-1");
    Ok(())
}

#[tokio::test]
async fn the_limit_of_a_body_is_raised_and_lowered_for_the_transport_too() {
    get(11 * MIB, 12 * MIB).await.unwrap();
    let error = get(2 * MIB, MIB).await.unwrap_err();
    let (what, limit) = (TooLarge::Body, MIB as u64);
    assert_eq!(error.kind(), &ErrorKind::TooLarge { what, limit });
}
