//! Every key in Redis with its value, whatever its type.

use redis::{Client, cmd};
use tests::stack::StackDescription;

use crate::Text;

/// A text for each key.
pub(crate) async fn texts(stack: &StackDescription) -> Vec<Text> {
    let client = Client::open(stack.redis_url.as_str()).unwrap();
    let mut connection = client.get_multiplexed_async_connection().await.unwrap();
    // DUMP writes every type, and compresses unless it's told not to.
    cmd("CONFIG").arg(&["SET", "rdbcompression", "no"]).exec_async(&mut connection).await.unwrap();
    let keys: Vec<Vec<u8>> = cmd("KEYS").arg("*").query_async(&mut connection).await.unwrap();
    let mut texts = Vec::new();
    for key in keys {
        let value: Option<Vec<u8>> = cmd("DUMP").arg(&key).query_async(&mut connection).await.unwrap();
        texts.push(Text { place: "a key of Redis".to_owned(), bytes: key });
        texts.extend(value.map(|bytes| Text { place: "a value of Redis".to_owned(), bytes }));
    }
    texts
}
