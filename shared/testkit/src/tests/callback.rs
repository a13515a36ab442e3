//! An application's callback: it keeps what it gets and answers as it's told.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
};

use axum::{Router, body::Bytes, http::HeaderMap, http::StatusCode, routing::post};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use crate::{Server, control::held};

pub(super) struct Callback {
    server: Server,
    received: UnboundedReceiver<(HeaderMap, String)>,
}

impl Callback {
    /// Gives these answers, one after the other, and then 200 with nothing.
    pub(super) async fn start(answers: &[(u16, &str)]) -> Self {
        let answers: VecDeque<_> = answers.iter().map(|&(status, body)| (status, body.to_owned())).collect();
        let (answers, (sender, received)) = (Arc::new(Mutex::new(answers)), unbounded_channel());
        let receive = async move |headers: HeaderMap, body: Bytes| {
            sender.send((headers, String::from_utf8(body.to_vec()).unwrap())).unwrap();
            let (status, body) = held(&answers).pop_front().unwrap_or((200, String::new()));
            (StatusCode::from_u16(status).unwrap(), body)
        };
        let server = Server::start(Router::new().route("/", post(receive))).await.unwrap();
        Self { server, received }
    }

    pub(super) fn url(&self) -> &str {
        self.server.url()
    }

    /// The next delivery, whenever it comes.
    pub(super) async fn next(&mut self) -> (HeaderMap, String) {
        self.received.recv().await.unwrap()
    }

    /// Whether nothing more has come.
    pub(super) fn is_quiet(&mut self) -> bool {
        self.received.try_recv().is_err()
    }
}
