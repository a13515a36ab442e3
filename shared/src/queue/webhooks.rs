//! The webhook queue's messages: a delivery as it came in, with the moment of its receipt.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use time::OffsetDateTime;

use super::MAX_MESSAGE_BYTES;
use crate::domain::{CorrelationId, Platform};

/// One verified delivery.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Delivery {
    /// Who delivered it.
    pub platform: Platform,
    /// When it came in, which the processing latency is counted from.
    #[serde(with = "time::serde::rfc3339")]
    pub received_at: OffsetDateTime,
    /// Ties the rows to the request.
    pub correlation_id: Option<CorrelationId>,
    /// The body, byte for byte. In base64 on the wire: SQS refuses some characters, and a body may be no text at all.
    #[serde(serialize_with = "to_base64", deserialize_with = "from_base64")]
    pub body: Vec<u8>,
}

impl Delivery {
    /// The most bytes of a body that fit into one message: three quarters, less the other members.
    pub const MAX_BODY_BYTES: usize = (MAX_MESSAGE_BYTES - 1024) / 4 * 3;

    /// The message. It fits when the body has at most [`Self::MAX_BODY_BYTES`].
    pub fn to_message(&self) -> String {
        match serde_json::to_string(self) {
            Ok(message) => message,
            Err(error) => unreachable!("text, a time and an id always become JSON: {error}"),
        }
    }
}

fn to_base64<S: Serializer>(body: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&STANDARD.encode(body))
}

fn from_base64<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
    STANDARD.decode(String::deserialize(deserializer)?).map_err(serde::de::Error::custom)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_bytes_survive_the_queue() {
        let delivery = delivery((0..=255).collect());
        let message = delivery.to_message();
        assert_eq!(serde_json::from_str::<Delivery>(&message).unwrap(), delivery);
    }

    #[test]
    fn the_largest_body_fits_into_a_message() {
        let message = delivery(vec![b'x'; Delivery::MAX_BODY_BYTES]).to_message();
        assert!(message.len() <= MAX_MESSAGE_BYTES);
    }

    fn delivery(body: Vec<u8>) -> Delivery {
        let correlation_id = CorrelationId::parse(&"x".repeat(64));
        Delivery { platform: Platform::Instagram, received_at: OffsetDateTime::now_utc(), correlation_id, body }
    }
}
