//! The authorizer with published keys: the real binary, and a real HTTP server that publishes them.

use std::{
    net::Ipv4Addr,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
};

use aws_lc_rs::signature::Ed25519KeyPair;
use axum::{Router, extract::State, http::StatusCode, routing::get};
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode, jwk::Jwk};
use rcgen::{KeyPair, PKCS_ECDSA_P256_SHA256, PKCS_RSA_SHA256};
use serde_json::{Value, json};
use tokio::{net::TcpListener, task::AbortHandle};

use crate::support::{FunctionSandbox, World, http_event};

#[tokio::test]
async fn tokens_signed_with_any_kind_of_published_key_come_in() {
    let world = World::open().await;
    let keys = [Key::ec("ec"), Key::ed("ed"), Key::rsa("rsa")];
    let publisher = Publisher::start(&keys).await;
    let authorizer = publisher.authorizer(&world).await;
    for key in &keys {
        let answer = authorize(&authorizer, &key.sign(&claims())).await;
        assert_eq!(answer["isAuthorized"], true, "{:?}", key.algorithm);
        assert_eq!(answer["context"], json!({ "userId": "7", "expiresAt": "4000000000" }));
    }
    assert_eq!(publisher.fetches(), 1, "the keys are kept");
}

#[tokio::test]
async fn tokens_that_only_look_signed_by_a_published_key_stay_out() {
    let world = World::open().await;
    let (published, foreign) = (Key::ec("ec"), Key::ec("ec"));
    let publisher = Publisher::start(std::slice::from_ref(&published)).await;
    let authorizer = publisher.authorizer(&world).await;
    let public = published.jwk.to_string();
    let hmac_with_the_public_key =
        encode(&header(Algorithm::HS256, "ec"), &claims(), &EncodingKey::from_secret(public.as_bytes())).unwrap();
    let unknown = Key::ec("unknown");
    let mut other_audience = claims();
    other_audience["aud"] = json!("another");
    for (name, token) in [
        ("another key under the same id", foreign.sign(&claims())),
        ("a key id that nobody published", unknown.sign(&claims())),
        ("the public key as an HMAC secret", hmac_with_the_public_key),
        ("another audience", published.sign(&other_audience)),
    ] {
        assert_eq!(authorize(&authorizer, &token).await["isAuthorized"], false, "{name}");
    }
}

#[tokio::test]
async fn when_the_keys_cannot_be_fetched_nobody_comes_in() {
    let world = World::open().await;
    let key = Key::ec("ec");
    let publisher = Publisher::start(std::slice::from_ref(&key)).await;
    publisher.fail(true);
    let authorizer = publisher.authorizer(&world).await;
    let event = event(&key.sign(&claims()));
    assert!(authorizer.try_invoke(event.clone()).await.is_err());
    publisher.fail(false);
    assert_eq!(authorizer.invoke(event).await["isAuthorized"], true, "and once they can, it goes on");
}

fn claims() -> Value {
    json!({ "iss": "app", "aud": "social", "sub": "7", "exp": 4_000_000_000_u64 })
}

fn header(algorithm: Algorithm, id: &str) -> Header {
    Header { kid: Some(id.to_owned()), ..Header::new(algorithm) }
}

async fn authorize(authorizer: &FunctionSandbox, token: &str) -> Value {
    authorizer.invoke(event(token)).await
}

fn event(token: &str) -> Value {
    let mut event = http_event("GET", "/api/accounts", "GET /api/accounts");
    event["type"] = json!("REQUEST");
    event["identitySource"] = json!([format!("Bearer {token}")]);
    event
}

/// A key pair, with its public half as a JWK.
struct Key {
    id: &'static str,
    algorithm: Algorithm,
    jwk: Value,
    signs: EncodingKey,
}

impl Key {
    fn ec(id: &'static str) -> Self {
        let der = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).unwrap().serialize_der();
        Self::new(id, Algorithm::ES256, EncodingKey::from_ec_der(&der))
    }

    fn ed(id: &'static str) -> Self {
        let der = Ed25519KeyPair::generate().unwrap().to_pkcs8v1().unwrap();
        Self::new(id, Algorithm::EdDSA, EncodingKey::from_ed_der(der.as_ref()))
    }

    fn rsa(id: &'static str) -> Self {
        let der = KeyPair::generate_for(&PKCS_RSA_SHA256).unwrap().serialize_der();
        // PKCS #8 wraps what jsonwebtoken wants (PKCS #1) in 26 bytes, always the same for 2048 bits.
        Self::new(id, Algorithm::RS256, EncodingKey::from_rsa_der(&der[26..]))
    }

    fn new(id: &'static str, algorithm: Algorithm, signs: EncodingKey) -> Self {
        let mut jwk = Jwk::from_encoding_key(&signs, algorithm).unwrap();
        jwk.common.key_id = Some(id.to_owned());
        Self { id, algorithm, jwk: serde_json::to_value(jwk).unwrap(), signs }
    }

    fn sign(&self, claims: &Value) -> String {
        encode(&header(self.algorithm, self.id), claims, &self.signs).unwrap()
    }
}

/// An app's server that publishes its keys.
struct Publisher {
    url: String,
    state: Arc<Published>,
    server: AbortHandle,
}

struct Published {
    keys: String,
    fails: AtomicBool,
    fetches: AtomicUsize,
}

impl Publisher {
    async fn start(keys: &[Key]) -> Self {
        let keys: Vec<_> = keys.iter().map(|key| key.jwk.clone()).collect();
        let keys = json!({ "keys": keys }).to_string();
        let state = Arc::new(Published { keys, fails: AtomicBool::new(false), fetches: AtomicUsize::new(0) });
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let url = format!("http://{}/keys", listener.local_addr().unwrap());
        let router = Router::new().route("/keys", get(publish)).with_state(Arc::clone(&state));
        let server = tokio::spawn(async { axum::serve(listener, router).await.unwrap() }).abort_handle();
        Self { url, state, server }
    }

    /// An authorizer that trusts these keys.
    async fn authorizer(&self, world: &World) -> FunctionSandbox {
        let settings = [
            ("JWT_JWKS_URL", self.url.as_str()),
            ("JWT_ISSUER", "app"),
            ("JWT_AUDIENCE", "social"),
            ("JWT_USER_CLAIM", "sub"),
        ];
        FunctionSandbox::start(world, "authorizer", settings).await
    }

    fn fail(&self, fails: bool) {
        self.state.fails.store(fails, Ordering::SeqCst);
    }

    fn fetches(&self) -> usize {
        self.state.fetches.load(Ordering::SeqCst)
    }
}

impl Drop for Publisher {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn publish(State(published): State<Arc<Published>>) -> (StatusCode, String) {
    published.fetches.fetch_add(1, Ordering::SeqCst);
    if published.fails.load(Ordering::SeqCst) {
        return (StatusCode::SERVICE_UNAVAILABLE, String::new());
    }
    (StatusCode::OK, published.keys.clone())
}
