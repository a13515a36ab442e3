//! The subscription queue's messages: an Instagram account that has to be subscribed to webhooks.

use serde::{Deserialize, Serialize};

use crate::domain::CorrelationId;

/// One account to subscribe.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Subscription {
    /// `instagram_accounts.id`.
    pub instagram_account_id: i32,
    /// Ties the work to the request that led to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub correlation_id: Option<CorrelationId>,
}

impl Subscription {
    /// The message.
    pub fn to_message(&self) -> String {
        serde_json::to_string(self).unwrap_or_else(|error| unreachable!("a number and a text: {error}"))
    }

    /// Reads a message; `None` when it's none of ours.
    pub fn parse(message: &str) -> Option<Self> {
        serde_json::from_str(message).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_read_as_it_was_written() {
        let subscription = Subscription { instagram_account_id: 7, correlation_id: CorrelationId::parse("12345678") };
        assert_eq!(Subscription::parse(&subscription.to_message()), Some(subscription));
        assert_eq!(Subscription::parse("{}"), None);
    }
}
