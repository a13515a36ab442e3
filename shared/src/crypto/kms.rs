//! AWS KMS: makes data keys and unwraps them.

use aws_sdk_kms::{
    Client,
    error::{ProvideErrorMetadata, SdkError},
    types::DataKeySpec,
};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;

use super::{VaultError, data_key::DataKey, envelope::Header};
use crate::telemetry::causes;

/// What KMS is told that the key is for: a wrapped key opens only with the same words.
const CONTEXT: (&str, &str) = ("purpose", "social-token-vault");

/// The key service.
#[derive(Debug)]
pub(super) struct Kms {
    client: Client,
    key_id: String,
}

impl Kms {
    /// Wraps new data keys under the key with this ARN, id or alias.
    pub(super) fn new(client: Client, key_id: String) -> Self {
        Self { client, key_id }
    }

    /// A new data key.
    pub(super) async fn generate(&self) -> Result<(Header, DataKey), VaultError> {
        let request = self.client.generate_data_key().key_id(&self.key_id).key_spec(DataKeySpec::Aes256);
        // Boxed: the SDK's futures are deep, and nesting them overflows what the compiler follows.
        let answer = Box::pin(request.encryption_context(CONTEXT.0, CONTEXT.1).send()).await.map_err(verdict)?;
        let key = answer.plaintext.and_then(|plaintext| DataKey::new(plaintext.into_inner()));
        let header = answer.key_id.zip(answer.ciphertext_blob);
        let header = header.and_then(|(key_id, wrapped)| Header::new(key_id, wrapped.into_inner()));
        header.zip(key).ok_or_else(|| VaultError::Unavailable("the answer holds no data key".to_owned()))
    }

    /// The data key that a header names, whichever of our keys it's wrapped under.
    pub(super) async fn unwrap(&self, header: &Header) -> Result<DataKey, VaultError> {
        let request =
            self.client.decrypt().key_id(header.key_id()).ciphertext_blob(header.wrapped_key().to_vec().into());
        let answer = Box::pin(request.encryption_context(CONTEXT.0, CONTEXT.1).send()).await.map_err(verdict)?;
        // What KMS unwraps to something else was never one of our data keys.
        let key = answer.plaintext.and_then(|plaintext| DataKey::new(plaintext.into_inner()));
        key.ok_or(VaultError::Foreign)
    }
}

/// What a failed call means. An answer that can't be read is not quoted: it may hold a key.
fn verdict<E>(error: SdkError<E, HttpResponse>) -> VaultError
where
    E: ProvideErrorMetadata + std::error::Error + 'static,
{
    match error {
        SdkError::ServiceError(error) => {
            let (code, message) = (error.err().code().unwrap_or_default(), error.err().message().unwrap_or_default());
            refusal(code, format!("{code}: {message}"))
        }
        SdkError::ResponseError(_) => VaultError::Unavailable("the answer can't be read".to_owned()),
        other => VaultError::Unavailable(causes(&other)),
    }
}

/// What KMS's error codes mean (API reference, `Decrypt` and `GenerateDataKey`). Any other is its own trouble, or
/// throttling, and passes.
fn refusal(code: &str, told: String) -> VaultError {
    match code {
        "InvalidCiphertextException" | "IncorrectKeyException" => VaultError::Foreign,
        "AccessDeniedException"
        | "DisabledException"
        | "ExpiredTokenException"
        | "IncompleteSignature"
        | "InvalidClientTokenId"
        | "InvalidGrantTokenException"
        | "InvalidKeyUsageException"
        | "InvalidSignatureException"
        | "KMSInvalidStateException"
        | "NotFoundException"
        | "UnrecognizedClientException"
        | "ValidationException" => VaultError::Refused(told),
        _ => VaultError::Unavailable(told),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_refusal_says_what_to_do_about_it() {
        let told = || "told".to_owned();
        for code in ["AccessDeniedException", "DisabledException", "KMSInvalidStateException", "NotFoundException"] {
            assert_eq!(refusal(code, told()), VaultError::Refused(told()), "{code}");
        }
        for code in ["ThrottlingException", "KMSInternalException", "KeyUnavailableException", ""] {
            assert_eq!(refusal(code, told()), VaultError::Unavailable(told()), "{code}");
        }
        assert_eq!(refusal("InvalidCiphertextException", told()), VaultError::Foreign);
    }
}
