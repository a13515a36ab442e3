//! The webhook queue's messages: a delivery as it came in, with the moment of its receipt.

use std::fmt::Write as _;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

use super::MAX_MESSAGE_BYTES;
use crate::domain::{CorrelationId, Platform};

/// One verified delivery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// Who delivered it.
    pub platform: Platform,
    /// When it came in, which the processing latency is counted from.
    pub received_at: OffsetDateTime,
    /// Ties the rows to the request.
    pub correlation_id: Option<CorrelationId>,
    /// The body, byte for byte.
    pub body: Vec<u8>,
}

impl Delivery {
    /// The most bytes of a body that fit into one message: three quarters, less the other members.
    pub const MAX_BODY_BYTES: usize = (MAX_MESSAGE_BYTES - 1024) / 4 * 3;

    /// The message: platform, time, correlation id or `-`, and the body in base64, since SQS refuses some characters and a
    /// body may be no text at all. Not JSON: the SDK puts it into JSON once more, and escaping costs more than all the
    /// rest. It fits when the body has at most [`Self::MAX_BODY_BYTES`].
    pub fn to_message(&self) -> String {
        let mut message = String::with_capacity(self.body.len() / 3 * 4 + 256);
        let time = self.received_at.format(&Rfc3339).unwrap_or_default();
        let id = self.correlation_id.as_ref().map_or("-", CorrelationId::as_str);
        // Writing to a string can't fail.
        let _ = write!(message, "{} {time} {id} ", self.platform);
        STANDARD.encode_string(&self.body, &mut message);
        message
    }

    /// Reads a message; `None` when it's none of ours.
    pub fn parse(message: &str) -> Option<Self> {
        let mut words = message.splitn(4, ' ');
        Some(Self {
            platform: words.next()?.parse().ok()?,
            received_at: OffsetDateTime::parse(words.next()?, &Rfc3339).ok()?,
            correlation_id: CorrelationId::parse(words.next()?),
            body: STANDARD.decode(words.next()?).ok()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_bytes_survive_the_queue() {
        let delivery = delivery((0..=255).collect());
        let message = delivery.to_message();
        assert_eq!(Delivery::parse(&message), Some(delivery));
    }

    #[test]
    fn the_largest_body_fits_into_a_message() {
        let message = delivery(vec![b'x'; Delivery::MAX_BODY_BYTES]).to_message();
        assert!(message.len() <= MAX_MESSAGE_BYTES);
    }

    #[test]
    fn what_is_no_delivery_is_not_taken_for_one() {
        let message = delivery(b"body".to_vec()).to_message();
        let unknown = message.replacen("instagram", "myspace", 1);
        for other in ["", "instagram", "{}", &unknown, &message.replacen('-', "/", 1), &format!("{message}!")] {
            assert_eq!(Delivery::parse(other), None, "{other}");
        }
    }

    fn delivery(body: Vec<u8>) -> Delivery {
        let correlation_id = CorrelationId::parse(&"x".repeat(64));
        Delivery { platform: Platform::Instagram, received_at: OffsetDateTime::now_utc(), correlation_id, body }
    }
}
