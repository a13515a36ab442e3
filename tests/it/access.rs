//! Who comes in: every route of the template is closed to everyone without a valid token, unless it's opened on purpose.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use reqwest::Method;
use serde_json::{Value, json};
use tests::template::Template;

use crate::support::{Answer, World};

/// The routes that are opened on purpose. A route that isn't in this list must be closed.
const OPEN: [(&str, &str); 9] = [
    ("GET", "/"),
    ("GET", "/api/auth/{platform}/callback"),
    ("GET", "/api/data-deletion/{code}"),
    ("GET", "/api/health"),
    ("GET", "/api/openapi.json"),
    ("GET", "/api/webhooks/{platform}"),
    ("POST", "/api/webhooks/instagram/data-deletion"),
    ("POST", "/api/webhooks/instagram/deauthorize"),
    ("POST", "/api/webhooks/{platform}"),
];

#[test]
fn only_the_listed_routes_are_open() {
    let template = Template::load().unwrap();
    let routes = template.routes();
    let open: Vec<_> =
        routes.iter().filter(|route| route.open).map(|route| (route.method.as_str(), route.path.as_str())).collect();
    for route in &open {
        assert!(OPEN.contains(route), "{route:?} is open, and nobody decided so");
    }
    assert_eq!(open.len(), OPEN.len(), "{open:?}");
    assert!(routes.len() > open.len(), "no route is closed, so nothing below tests anything");
}

#[tokio::test]
async fn closed_routes_turn_away_every_token_that_is_not_valid() {
    let world = World::open().await;
    let secret = world.aws.jwt_secret(&world.stack).await;
    let good = claims(&world.stack.users[0].token);
    for route in Template::load().unwrap().routes().iter().filter(|route| !route.open) {
        let path = route.path.replace("{platform}", "tiktok").replace("{accountId}", "0");
        let path = path.replace("{postId}", "0");
        let request = |header: Option<String>| {
            let request = world.api.request(Method::from_bytes(route.method.as_bytes()).unwrap(), &path);
            match header {
                Some(header) => request.header("authorization", header),
                None => request,
            }
        };
        assert_eq!(Answer::of(request(None)).await.status, 401, "{path} without a token");
        for (name, header) in invalid(&good, &secret) {
            let status = Answer::of(request(Some(header))).await.status;
            assert!(matches!(status, 401 | 403), "{path} with {name}: {status}");
        }
        let status = Answer::of(request(Some(format!("Bearer {}", sign(&good, &secret))))).await.status;
        assert!(!matches!(status, 401 | 403), "{path} with a valid token: {status}");
    }
}

/// Headers that must not open anything.
fn invalid(good: &Value, secret: &str) -> Vec<(&'static str, String)> {
    let with = |name: &str, value: Value| {
        let mut claims = good.clone();
        claims[name] = value;
        format!("Bearer {}", sign(&claims, secret))
    };
    let token = sign(good, secret);
    let (unsigned, signature) = token.rsplit_once('.').unwrap();
    let other_algorithm = encode(&Header::new(Algorithm::HS512), good, &EncodingKey::from_secret(secret.as_bytes()));
    vec![
        ("nothing behind the scheme", "Bearer ".to_owned()),
        ("another scheme", format!("Basic {token}")),
        ("no token at all", "Bearer not.a.token".to_owned()),
        ("an expired token", with("exp", json!(1_700_000_000))),
        ("a token without an end", with("exp", Value::Null)),
        ("a token that is not valid yet", with("nbf", json!(4_000_000_000_u64))),
        ("another audience", with("aud", json!("another"))),
        ("another issuer", with("iss", json!("another"))),
        ("no user", with("sub", Value::Null)),
        ("a user that is no number", with("sub", json!("root"))),
        ("another secret", format!("Bearer {}", sign(good, "another secret, as long as ours is, or longer"))),
        (
            "the signature of another token",
            format!("Bearer {}.{signature}", sign(&json!({}), secret).rsplit_once('.').unwrap().0),
        ),
        ("no signature", format!("Bearer {unsigned}.")),
        ("alg none", format!("Bearer {}", alg_none(good))),
        ("another algorithm", format!("Bearer {}", other_algorithm.unwrap())),
    ]
}

fn sign(claims: &Value, secret: &str) -> String {
    encode(&Header::default(), claims, &EncodingKey::from_secret(secret.as_bytes())).unwrap()
}

/// RFC 7519 §6: an unsecured JWT.
fn alg_none(claims: &Value) -> String {
    let part = |json: &Value| URL_SAFE_NO_PAD.encode(json.to_string());
    format!("{}.{}.", part(&json!({ "alg": "none", "typ": "JWT" })), part(claims))
}

/// What a token of the stack says.
fn claims(token: &str) -> Value {
    let payload = token.split('.').nth(1).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).unwrap()).unwrap()
}
