//! The secrets of a running stack: what the platforms issued and saw, and what the stack itself is made with.

use reqwest::{Client, Url};
use serde_json::Value;
use testkit::{RemoteMeta, RemoteTikTok};
use tests::stack::{StackDescription, aws::sdk_config};
use tokio_postgres::Config;

/// What the simulators must have issued or seen, or this test would prove nothing.
const EXPECTED: [&str; 8] = [
    "access_token",
    "appsecret_proof",
    "client_secret",
    "code",
    "code_verifier",
    "page_token",
    "refresh_token",
    "state",
];

/// What must not lie open anywhere.
pub(crate) struct Secret {
    pub(crate) kind: String,
    pub(crate) value: String,
}

/// All of them.
pub(crate) async fn secrets(stack: &StackDescription) -> Vec<Secret> {
    let mut secrets = issued(stack).await;
    for kind in EXPECTED {
        assert!(secrets.iter().any(|secret| secret.kind == kind), "the simulators know of no {kind}");
    }
    secrets.extend(stacks_own(stack));
    secrets.push(secret("secret of the users' tokens", &token_secret(stack).await));
    secrets.push(secret("signature of an upload address", &upload_signature(stack).await));
    secrets
}

async fn issued(stack: &StackDescription) -> Vec<Secret> {
    let mut issued = RemoteTikTok::at(&stack.tiktok_url).unwrap().issued().await.unwrap();
    issued.extend(RemoteMeta::at(&stack.meta_url).unwrap().issued().await.unwrap());
    issued.into_iter().map(|issued| Secret { kind: issued.kind, value: issued.value }).collect()
}

fn stacks_own(stack: &StackDescription) -> Vec<Secret> {
    let apps = &stack.secrets;
    let database: Config = stack.database_url.parse().unwrap();
    let password = str::from_utf8(database.get_password().unwrap()).unwrap();
    let mut secrets = vec![
        secret("secret of the TikTok app", &apps.tiktok.client_secret),
        secret("secret of the Meta app", &apps.meta.app_secret),
        secret("secret of the Instagram app", &apps.instagram.app_secret),
        secret("verify token", &apps.meta.verify_token),
        secret("password of the database", password),
    ];
    secrets.extend(stack.users.iter().map(|user| secret("token of a user", &user.token)));
    secrets
}

/// The one that the authorizer verifies users' tokens with.
async fn token_secret(stack: &StackDescription) -> String {
    let config = sdk_config(&stack.aws_endpoint_url);
    let deployed = aws_sdk_lambda::Client::new(&config).get_function_configuration();
    let deployed = deployed.function_name(&stack.functions["authorizer"]).send().await.unwrap();
    let id = &deployed.environment().unwrap().variables().unwrap()["JWT_SECRET_ID"];
    let secrets = aws_sdk_secretsmanager::Client::new(&config);
    let answer = secrets.get_secret_value().secret_id(id).send().await.unwrap();
    let json: Value = serde_json::from_str(answer.secret_string().unwrap()).unwrap();
    json["secret"].as_str().unwrap().to_owned()
}

/// What opens an upload address, of one that is made now.
async fn upload_signature(stack: &StackDescription) -> String {
    let client = Client::builder().build().unwrap();
    let announced = client.post(format!("{}/api/media", stack.api_url)).bearer_auth(&stack.users[0].token);
    let announced = announced.body(r#"{"contentType":"video/mp4","size":9,"checksum":"y/Q5Jg=="}"#);
    let answer: Value = announced.send().await.unwrap().json().await.unwrap();
    let address: Url = answer["uploadUrl"].as_str().unwrap().parse().unwrap();
    let signature = address.query_pairs().find(|(name, _)| name == "X-Amz-Signature");
    signature.unwrap().1.into_owned()
}

fn secret(kind: &str, value: &str) -> Secret {
    Secret { kind: kind.to_owned(), value: value.to_owned() }
}
