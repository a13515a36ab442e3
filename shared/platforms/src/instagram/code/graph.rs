//! The Graph's numbers: `code` and `error_subcode` of the error envelope.
//!
//! HTTP says little, since 400 stands for rate limits too, and `type` is nearly always `OAuthException`: the numbers
//! decide. A container's `status` names the subcode alone, as text.

use std::{fmt, ops::RangeInclusive};

/// Subcodes from here on mean the same under every code; the shorter ones of 190 belong to it.
const FIRST_GLOBAL_SUBCODE: i64 = *AUDIO_CATALOGUE.start();

/// The audio catalogue's subcodes, all of them about a search's parameters. Instagram Platform: error codes.
const AUDIO_CATALOGUE: RangeInclusive<i64> = 9050..=9064;

/// `session invalid`: Meta refers to the subcodes of 190 for the reason.
const SESSION_INVALID: i64 = 102;

/// The cell of a row, which may be empty.
macro_rules! cell {
    () => {
        None
    };
    ($number:literal) => {
        Some($number)
    };
}

/// A variant per row. The first row of a code also stands for subcodes of it that are missing or new.
macro_rules! graph_codes {
    ($(#[$about:meta])* $name:ident {
        $($(#[$doc:meta])* $variant:ident = $(code $code:literal)? $(subcode $subcode:literal)?;)+
    }) => {
        $(#[$about])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum $name {
            $($(#[$doc])* $variant,)+
            /// Numbers that aren't known here, as they came.
            Other {
                /// `error.code`.
                code: Option<i64>,
                /// `error.error_subcode`.
                subcode: Option<i64>,
            },
        }

        impl $name {
            /// Every known row, in the order of the table.
            pub const KNOWN: &'static [Self] = &[$(Self::$variant),+];

            /// The row's `code`; none for a container's failure that is known by its subcode alone.
            #[must_use]
            pub const fn code(self) -> Option<i64> {
                match self {
                    $(Self::$variant => cell!($($code)?),)+
                    Self::Other { code, .. } => code,
                }
            }

            /// The row's `error_subcode`, if it has one.
            #[must_use]
            pub const fn subcode(self) -> Option<i64> {
                match self {
                    $(Self::$variant => cell!($($subcode)?),)+
                    Self::Other { subcode, .. } => subcode,
                }
            }
        }
    };
}

graph_codes! {
    /// What went wrong, by number.
    ///
    /// developers.facebook.com, Graph API: handle errors, rate limiting; Instagram Platform: error codes. Rows that are
    /// only seen in production say so.
    GraphCode {
        /// Unknown trouble: downtime, or a request that makes no sense to Meta.
        UnknownError = code 1;
        /// The service is away for a moment.
        TemporarilyUnavailable = code 2;
        /// Our app lacks a capability.
        CapabilityMissing = code 3;
        /// Our app as a whole made too many calls.
        AppRateLimited = code 4;
        /// The action looks like spam. The post may be live all the same: ask the container first.
        SuspectedSpam = code 4 subcode 2207051;
        /// A permission was denied or taken away; for insights also a story with fewer than five viewers.
        PermissionDenied = code 10;
        /// The person made too many calls.
        UserRateLimited = code 17;
        /// Too many calls on a Page with a person's token.
        PageRateLimited = code 32;
        /// A parameter, field or metric isn't accepted: a mistake of ours.
        InvalidParameter = code 100;
        /// The object is gone, or this token may not see it. Seen for a moment on fresh containers too.
        ObjectMissing = code 100 subcode 33;
        /// The authorization code has expired. Seen in production.
        AuthorizationCodeExpired = code 100 subcode 36007;
        /// The authorization code has been used. Seen in production.
        AuthorizationCodeUsed = code 100 subcode 36009;
        /// The session behind the token is over.
        SessionInvalid = code 102;
        /// The token is expired, revoked or otherwise invalid.
        TokenInvalid = code 190;
        /// The person removed the app.
        AppRemoved = code 190 subcode 458;
        /// The person must log in at facebook.com and pass a check.
        UserCheckpointed = code 190 subcode 459;
        /// The person changed the password.
        PasswordChanged = code 190 subcode 460;
        /// The token has expired.
        TokenExpired = code 190 subcode 463;
        /// The person's Facebook account isn't confirmed.
        UserUnconfirmed = code 190 subcode 464;
        /// The session was ended: logged out, or by Meta.
        SessionEnded = code 190 subcode 467;
        /// The person has no role on the Page any more. Other Pages of the same person may live on.
        PageRoleMissing = code 190 subcode 492;
        /// A permission is missing: 200 to 299.
        PermissionMissing = code 200;
        /// Our app reached another limit.
        AppLimitReached = code 341;
        /// Blocked for a while for reasons of policy.
        PolicyBlocked = code 368;
        /// The same post was just made.
        DuplicatePost = code 506;
        /// A limit of its own on this call, also with subcode 1996 (inconsistent volume).
        CustomRateLimited = code 613;
        /// No object has this id or alias. Seen in production.
        AliasMissing = code 803;
        /// Business use case limit of a Page.
        PagesUseCaseLimited = code 80001;
        /// Business use case limit of an Instagram account.
        InstagramUseCaseLimited = code 80002;
        /// Business use case limit of Messenger.
        MessengerUseCaseLimited = code 80006;

        /// Meta took too long to download the media.
        MediaDownloadTimedOut = code -2 subcode 2207003;
        /// The container is older than a day.
        MediaExpired = code -2 subcode 2207020;
        /// Trouble on Instagram's side. Some clients call it spam; Meta's table doesn't.
        ServerError = code -1 subcode 2207001;
        /// The container couldn't be created.
        ContainerCreationFailed = code -1 subcode 2207032;
        /// A video's upload failed for an unknown reason.
        UploadFailed = code -1 subcode 2207053;
        /// Media of this type can't be deleted.
        DeletionUnsupported = code -1 subcode 2207073;
        /// The cover's `thumb_offset` lies outside the video.
        ThumbOffsetOutOfRange = code 1 subcode 2207057;
        /// The account's publishing quota of the last 24 hours is used up.
        PublishQuotaReached = code 9 subcode 2207042;
        /// The container can't be found; a missing permission or an expired token look the same.
        MediaNotFound = code 24 subcode 2207006;
        /// The container is unknown or expired; documented as possibly a passing trouble.
        ContainerNotFound = code 24 subcode 2207008;
        /// The Instagram account is restricted, inactive or must pass a check.
        AccountRestricted = code 25 subcode 2207050;
        /// The `media_type` isn't known.
        MediaTypeUnknown = code 100 subcode 2207023;
        /// A carousel needs two to ten children.
        CarouselSizeInvalid = code 100 subcode 2207028;
        /// A product tag in a video has a position.
        ProductTagPositionOnVideo = code 100 subcode 2207035;
        /// A product tag in a picture has no position.
        ProductTagPositionMissing = code 100 subcode 2207036;
        /// A tagged product isn't valid.
        ProductInvalid = code 100 subcode 2207037;
        /// More than twenty people are mentioned in the caption.
        TooManyMentions = code 100 subcode 2207040;
        /// The audio catalogue doesn't accept the search: 9050 to 9064, also under code 10.
        AudioSearchRefused = code 100 subcode 9050;
        /// The video's format isn't supported.
        VideoFormatUnsupported = code 352 subcode 2207026;
        /// The media's address couldn't be fetched. Often passing, whatever `is_transient` says.
        MediaFetchFailed = code 9004 subcode 2207052;
        /// The container isn't ready to be published.
        ContainerNotReady = code 9007 subcode 2207027;
        /// The image has more than 8 MiB.
        ImageTooLarge = code 36000 subcode 2207004;
        /// The image isn't a JPEG that Instagram takes.
        ImageFormatUnsupported = code 36001 subcode 2207005;
        /// The image is too wide or too tall.
        AspectRatioUnsupported = code 36003 subcode 2207009;
        /// The caption is too long.
        CaptionTooLong = code 36004 subcode 2207010;

        /// A container's failure while uploading or processing. Seen in production.
        ContainerFailed2207076 = subcode 2207076;
        /// A container's failure while uploading or processing. Seen in production.
        ContainerFailed2207077 = subcode 2207077;
        /// The account has no trial reels. Seen in production.
        TrialReelsUnavailable = subcode 2207081;
        /// A container's failure, among others mixing audio into a silent video. Seen in production.
        AudioMixFailed = subcode 2207082;
        /// A container's failure while uploading or processing. Seen in production.
        ContainerFailed2207085 = subcode 2207085;
        /// Insights of a post from before the account became professional. Seen in production.
        InsightsBeforeConversion = subcode 2108006;
    }
}

impl GraphCode {
    /// Reads the envelope's numbers. A new subcode of a known code is read as the code alone, so log the numbers as
    /// they came as well.
    #[must_use]
    pub fn from_numbers(code: Option<i64>, subcode: Option<i64>) -> Self {
        let exact = subcode.and_then(|subcode| Self::by_subcode(code, subcode));
        exact.or_else(|| Self::by_code(code?)).unwrap_or(Self::Other { code, subcode })
    }

    fn by_subcode(code: Option<i64>, subcode: i64) -> Option<Self> {
        let code = if code == Some(SESSION_INVALID) { Self::TokenInvalid.code() } else { code };
        let subcode = if AUDIO_CATALOGUE.contains(&subcode) { *AUDIO_CATALOGUE.start() } else { subcode };
        let same_code = |known: Self| known.code() == code || subcode >= FIRST_GLOBAL_SUBCODE;
        Self::KNOWN.iter().copied().find(|&known| known.subcode() == Some(subcode) && same_code(known))
    }

    fn by_code(code: i64) -> Option<Self> {
        match code {
            200..=299 => Some(Self::PermissionMissing),
            _ => Self::KNOWN.iter().copied().find(|known| known.code() == Some(code)),
        }
    }
}

impl fmt::Display for GraphCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.code(), self.subcode()) {
            (Some(code), Some(subcode)) => write!(f, "{code}/{subcode}"),
            (Some(code), None) => write!(f, "{code}"),
            (None, Some(subcode)) => write!(f, "-/{subcode}"),
            (None, None) => f.write_str("-"),
        }
    }
}

#[cfg(test)]
mod tests;
