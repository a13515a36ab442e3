//! A sealed token, bound by its type to what it opens to.

use std::{fmt, marker::PhantomData};

/// A sealed `T`, as it lies in a column. Whether it opens is known only when it's opened.
pub struct Sealed<T> {
    text: String,
    opens_to: PhantomData<fn() -> T>,
}

impl<T> Sealed<T> {
    /// What was read from a column.
    pub fn from_column(text: String) -> Self {
        Self { text, opens_to: PhantomData }
    }

    /// What to write into a column.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl<T> Clone for Sealed<T> {
    fn clone(&self) -> Self {
        Self::from_column(self.text.clone())
    }
}

/// Without its content: even sealed, a token has no business in a log.
impl<T> fmt::Debug for Sealed<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sealed")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sealed_token_is_not_in_its_debug_output() {
        let sealed = Sealed::<String>::from_column("AbCd".to_owned());
        assert_eq!(format!("{:?}", sealed.clone()), "Sealed");
        assert_eq!(sealed.as_str(), "AbCd");
    }
}
