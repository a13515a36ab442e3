//! The catalogue itself, one row per code.

use http::StatusCode;

use super::{Actor, Entry};

/// The statuses that we answer with; another one doesn't compile.
macro_rules! status {
    (200) => {
        StatusCode::OK
    };
    (400) => {
        StatusCode::BAD_REQUEST
    };
    (401) => {
        StatusCode::UNAUTHORIZED
    };
    (403) => {
        StatusCode::FORBIDDEN
    };
    (404) => {
        StatusCode::NOT_FOUND
    };
    (405) => {
        StatusCode::METHOD_NOT_ALLOWED
    };
    (409) => {
        StatusCode::CONFLICT
    };
    (413) => {
        StatusCode::PAYLOAD_TOO_LARGE
    };
    (422) => {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    (429) => {
        StatusCode::TOO_MANY_REQUESTS
    };
    (500) => {
        StatusCode::INTERNAL_SERVER_ERROR
    };
    (502) => {
        StatusCode::BAD_GATEWAY
    };
    (503) => {
        StatusCode::SERVICE_UNAVAILABLE
    };
}

/// `retry`: the same request may succeed later. `stop`: not before something has changed.
macro_rules! retryable {
    (retry) => {
        true
    };
    (stop) => {
        false
    };
}

/// A row: variant, code, status, retry or stop, who must act, what a person reads.
macro_rules! catalogue {
    ($($variant:ident = $code:literal $status:tt $retry:tt $actor:ident $message:literal;)+) => {
        /// Everything that can go wrong. Each variant's text is what a person reads.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum ErrorCode {
            $(#[doc = $message] $variant,)+
        }

        impl ErrorCode {
            /// Every code, in the order of the table.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// What there is to know about this code.
            #[must_use]
            pub const fn entry(self) -> Entry {
                match self {
                    $(Self::$variant => Entry {
                        code: $code,
                        status: status!($status),
                        retryable: retryable!($retry),
                        actor: Actor::$actor,
                        user_message: $message,
                    },)+
                }
            }
        }
    };
}

catalogue! {
    // The request: its shape, its address, its size.
    InvalidRequest = "invalid_request" 400 stop Caller
        "Something in this request is missing or misspelt. Please reload the page and try again.";
    InvalidJson = "invalid_json" 400 stop Caller
        "This request could not be read. Please reload the page and try again.";
    NotFound = "not_found" 404 stop Caller
        "We couldn't find this. It may have been removed, so please refresh the page.";
    UnknownPlatform = "unknown_platform" 404 stop Caller
        "We don't know this platform. Please choose TikTok or Instagram.";
    MethodNotAllowed = "method_not_allowed" 405 stop Caller
        "This can't be done here. Please reload the page and try again.";
    PayloadTooLarge = "payload_too_large" 413 stop Person
        "This is too large to send. Please choose a smaller file or shorten your text.";
    ValidationFailed = "validation_failed" 422 stop Person
        "Some details need another look. Please correct what is marked and try again.";
    ReturnAddressNotAllowed = "return_address_not_allowed" 422 stop Caller
        "We can't send you back to that page. Please start again from the application.";
    NotSupportedYet = "not_supported_yet" 422 stop Caller
        "This way of posting isn't available here yet. Please upload a video and post it to TikTok directly.";
    IdempotencyKeyRequired = "idempotency_key_required" 400 stop Caller
        "This wasn't sent, since it might be posted twice. Please reload the page and try again.";
    IdempotencyKeyReused = "idempotency_key_reused" 422 stop Caller
        "This was already sent with other details. Please reload the page and try again.";
    IdempotencyInFlight = "idempotency_in_flight" 409 retry Nobody
        "We're still working on this request. Please wait a moment before you look again.";

    // Who is asking. A wrong token in Meta's dashboard is the app owner's; a wrong secret of ours the operator's.
    Unauthenticated = "unauthenticated" 401 stop Person
        "Please sign in again to continue.";
    InvalidSignature = "invalid_signature" 401 stop Operator
        "We couldn't confirm who sent this, so it was ignored. If you miss something, please contact support.";
    InvalidVerifyToken = "invalid_verify_token" 403 stop AppOwner
        "The set-up word doesn't match ours. Please correct it in the platform's settings or contact support.";
    StateMismatch = "state_mismatch" 403 stop Person
        "This connection was started in another browser. Please start connecting the account again in this one.";
    StateExpired = "state_expired" 409 stop Person
        "This connection took too long or was already finished. Please start connecting the account again.";

    // Connecting an account. The platforms' login words.
    AccessDenied = "access_denied" 403 stop Person
        "Access was not granted, so the account is not connected. Please try again and allow everything that is asked.";
    InvalidScope = "invalid_scope" 422 stop AppOwner
        "This app may not ask for one of these permissions yet. Please contact support.";
    ServerError = "server_error" 502 retry Platform
        "The platform had a problem during the login. Please try again in a few minutes.";
    TemporarilyUnavailable = "temporarily_unavailable" 503 retry Platform
        "The platform can't answer at the moment. Please try again in a few minutes.";
    InvalidGrant = "invalid_grant" 409 stop Person
        "This login is used up or no longer valid. Please connect the account again.";
    InvalidClient = "invalid_client" 500 stop Operator
        "The platform doesn't recognise this app. Your account is fine; please contact support.";
    UnauthorizedClient = "unauthorized_client" 500 stop AppOwner
        "The platform doesn't allow this app to connect accounts yet. Please contact support.";
    UnsupportedGrantType = "unsupported_grant_type" 500 stop Operator
        "The platform didn't accept how this app connects accounts. Please contact support.";
    UnsupportedResponseType = "unsupported_response_type" 500 stop Operator
        "The platform didn't accept how this app starts a connection. Please contact support.";
    ParamError = "param_error" 500 stop AppOwner
        "This app isn't set up correctly with TikTok. Please contact support.";
    NonSandboxTarget = "non_sandbox_target" 409 stop AppOwner
        "This app is still being tested with a few TikTok accounts. To have yours added, please contact support.";
    NoProfessionalAccount = "no_professional_account" 422 stop Person
        "We found no Instagram business or creator account. Please switch yours, link it to your Page and try again.";
    AccountConnectedElsewhere = "account_connected_elsewhere" 409 stop Person
        "This account is already connected by someone else. Please ask them to disconnect it first.";

    // The account's health. `stop` even for a token: it has been refreshed before anyone reads this.
    ReconnectRequired = "reconnect_required" 409 stop Person
        "The connection to this account has ended. Please connect the account again.";
    AccessTokenInvalid = "access_token_invalid" 409 stop Person
        "The platform no longer accepts this connection. Please connect the account again.";
    ScopeNotAuthorized = "scope_not_authorized" 409 stop Person
        "A permission for this is missing. Please connect the account again and allow everything that is asked.";
    ScopePermissionMissed = "scope_permission_missed" 409 stop Person
        "A permission to read this is missing. Please connect the account again and allow everything that is asked.";
    AuthRemoved = "auth_removed" 409 stop Person
        "This app's access was removed in the account's settings. Please connect the account again to go on.";
    AccountDeleted = "account_deleted" 409 stop Person
        "This account no longer exists on the platform. Please connect another account.";
    AccountAgeChanged = "account_age_changed" 409 stop Person
        "Access ended because the age in this TikTok account has changed. Please check the account and connect again.";
    AccountBanned = "account_banned" 409 stop Person
        "TikTok has banned this account. Please open the TikTok app to see why and what you can do.";
    AccountCheckpointed = "account_checkpointed" 409 stop Person
        "Facebook wants to check that it's you. Please log in at facebook.com, follow the steps and connect again.";
    AccountUnconfirmed = "account_unconfirmed" 409 stop Person
        "Your Facebook account isn't confirmed yet. Please confirm it at facebook.com and connect again.";
    AccountRestricted = "account_restricted" 409 stop Person
        "Instagram has restricted this account. Please open the Instagram app and do what it asks for.";
    PageRoleMissing = "page_role_missing" 409 stop Person
        "You no longer have a role on this Facebook Page. Please ask its owner for one and connect again.";

    // Limits.
    RateLimitExceeded = "rate_limit_exceeded" 429 retry Nobody
        "That was too much at once. Please wait a few minutes and try again.";
    TooManyPosts = "spam_risk_too_many_posts" 429 retry Nobody
        "This TikTok account has reached its number of posts for today. Please try again tomorrow.";
    TooManyPendingShare = "spam_risk_too_many_pending_share" 429 retry Person
        "Too many drafts are waiting in your TikTok inbox. Please finish them in the TikTok app or wait a day.";
    ReachedActiveUserCap = "reached_active_user_cap" 429 retry AppOwner
        "Too many people have posted through this app today. Try again tomorrow, or contact support if it stays so.";
    PublishQuotaReached = "publish_quota_reached" 429 retry Nobody
        "This Instagram account has reached its number of posts for 24 hours. Please try again later.";
    ActionBlocked = "action_blocked" 429 retry Person
        "Instagram has paused this for your account. Please wait some hours and look for a notice in its app.";

    // A post: what it contains.
    InvalidParam = "invalid_param" 422 stop Person
        "TikTok didn't accept some details of this post. Please check its text and options and try again.";
    InvalidFileUpload = "invalid_file_upload" 422 stop Person
        "TikTok didn't accept this file. Please choose another one.";
    PrivacyLevelOptionMismatch = "privacy_level_option_mismatch" 422 stop Person
        "This TikTok account can't post to the chosen audience. Please choose again who may see the post.";
    UrlOwnershipUnverified = "url_ownership_unverified" 422 stop AppOwner
        "TikTok doesn't fetch files from this web address. Upload the file here instead, or contact support.";
    UnauditedClient = "unaudited_client_can_only_post_to_private_accounts" 409 stop AppOwner
        "Until TikTok has reviewed this app, it posts to private accounts only. Make yours private or contact support.";
    AppVersionCheckFailed = "app_version_check_failed" 409 stop Person
        "Your TikTok app is too old for this. Please update it on your phone and try again.";
    UserBannedFromPosting = "spam_risk_user_banned_from_posting" 409 stop Person
        "TikTok doesn't let this account post. Please open the TikTok app to see why.";
    SpamText = "spam_risk_text" 422 stop Person
        "TikTok takes this text for spam. Please change the text and post again.";
    Spam = "spam_risk" 422 stop Person
        "TikTok didn't publish this post because it looks like spam to them. Please change it before you try again.";
    FileFormatCheckFailed = "file_format_check_failed" 422 stop Person
        "TikTok can't use this file's format. Please use an MP4 video, or JPEG or WebP photos.";
    DurationCheckFailed = "duration_check_failed" 422 stop Person
        "This video's length isn't allowed for the account. Please cut the video and post again.";
    FrameRateCheckFailed = "frame_rate_check_failed" 422 stop Person
        "This video's frame rate isn't supported. Please export it with 23 to 60 frames per second.";
    PictureSizeCheckFailed = "picture_size_check_failed" 422 stop Person
        "TikTok doesn't take pictures of this size. Please use 360 to 4096 pixels a side for a video, 1080p for photos.";
    BrandedContentPrivate = "branded_content_private" 422 stop Person
        "Branded content can't be for yourself alone. Please choose a wider audience or turn the paid partnership off.";
    InteractionDisabled = "interaction_disabled" 422 stop Person
        "This TikTok account's settings don't allow this. Please turn it off and try again.";
    PublishAtOutOfRange = "publish_at_out_of_range" 422 stop Person
        "This time has passed or is too far ahead. Please choose one within the next 30 days.";
    CaptionTooLong = "caption_too_long" 422 stop Person
        "The caption is too long. Please shorten it and post again.";
    TooManyMentions = "too_many_mentions" 422 stop Person
        "The caption mentions too many people. Please mention 20 at most.";
    CarouselSizeInvalid = "carousel_size_invalid" 422 stop Person
        "A carousel needs 2 to 10 photos or videos. Please add or remove some.";
    ProductTagInvalid = "product_tag_invalid" 422 stop Person
        "A product tag in this post isn't accepted. Please check the tagged products and where they are placed.";
    InvalidLocationId = "invalid_location_id" 422 stop Person
        "Instagram doesn't know this place. Please choose another one or leave it out.";
    ThumbOffsetOutOfRange = "thumb_offset_out_of_range" 422 stop Person
        "The cover's moment lies outside the video. Please choose an earlier one.";
    TrialReelsUnavailable = "trial_reels_unavailable" 422 stop Person
        "This Instagram account has no trial reels. Please post it as a normal reel.";
    ImageTooLarge = "image_too_large" 422 stop Person
        "This image is too large for Instagram. Please use one of at most 8 MB.";
    ImageFormatUnsupported = "image_format_unsupported" 422 stop Person
        "Instagram can't use this image. Please save it as a JPEG and try again.";
    AspectRatioUnsupported = "aspect_ratio_unsupported" 422 stop Person
        "This image is too wide or too tall for Instagram. Please crop it to between 4:5 and 1.91:1.";
    VideoFormatUnsupported = "video_format_unsupported" 422 stop Person
        "Instagram can't use this video's format. Please export it as MP4 or MOV and try again.";
    DuplicateContent = "duplicate_content" 422 stop Person
        "This looks like a post that was just made. Please check the account, and change the post if it's a new one.";

    // A file for a post, before any platform sees it.
    MediaTypeUnsupported = "media_type_unsupported" 422 stop Person
        "This kind of file can't be published. Please choose an MP4, MOV or WebM video, or a JPEG or WebP picture.";
    MediaUnreadable = "media_unreadable" 422 stop Person
        "This file seems to be damaged. Please export it anew and upload it again.";
    MediaDiffers = "media_differs" 409 stop Person
        "What arrived isn't the file that was chosen. Please upload it again.";
    MediaExpired = "media_expired" 409 stop Person
        "This file is no longer kept here, or not for long enough. Please upload it again.";

    // A post: what became of it. Never `retry` where the post may be out already.
    MediaNotReady = "media_not_ready" 409 retry Person
        "The file hasn't arrived yet. Please wait until its upload is finished.";
    UploadExpired = "upload_expired" 409 retry Person
        "Sending the file took too long and the platform gave up. Please publish the post again.";
    Internal = "internal" 502 retry Platform
        "TikTok had a problem with this post and didn't publish it. Please publish it again in a few minutes.";
    VideoPullFailed = "video_pull_failed" 502 retry Person
        "TikTok couldn't download the video. Please check that its link opens for everyone and publish it again.";
    PhotoPullFailed = "photo_pull_failed" 502 retry Person
        "TikTok couldn't download a photo. Please check that its link opens for everyone and publish it again.";
    MediaFetchFailed = "media_fetch_failed" 502 retry Person
        "Instagram couldn't download the file. Please check that its link opens for everyone and publish it again.";
    MediaProcessingFailed = "media_processing_failed" 502 retry Person
        "Instagram couldn't process the file. Please publish it again; if that fails too, export the file anew.";
    ContainerNotReady = "container_not_ready" 409 retry Nobody
        "Instagram is still preparing this post. Please wait a few minutes.";
    ContainerGone = "container_gone" 409 retry Person
        "Instagram no longer has what was prepared for this post. Please publish it again.";
    PublishCancelled = "publish_cancelled" 409 stop Nobody
        "This post was cancelled before it was published.";
    PublishNotCancellable = "publish_not_cancellable" 409 stop Nobody
        "TikTok already has this post, so it can't be cancelled. You can delete it in the TikTok app.";
    PostNotCancellable = "post_not_cancellable" 409 stop Nobody
        "This post can't be cancelled any more. You can delete it in the platform's own app.";
    OutcomeUnknown = "outcome_unknown" 409 stop Person
        "We can't tell whether this post was published. Please look at the account and tell us what you see.";
    OutcomeNotUnknown = "outcome_not_unknown" 409 stop Nobody
        "It's already settled what became of this post. Refresh the page to see it.";
    InvalidPublishId = "invalid_publish_id" 404 stop Person
        "TikTok no longer knows this upload. Please look at the account before you publish it again.";
    TokenNotAuthorizedForPublishId = "token_not_authorized_for_specified_publish_id" 409 stop Operator
        "This post belongs to another TikTok account. Please contact support.";

    // Reading and moderating.
    ContentNotFound = "content_not_found" 404 stop Person
        "Instagram no longer shows this to us. Please check that it still exists and that the account is connected.";
    MediaNotDeletable = "media_not_deletable" 422 stop Person
        "Posts of this kind can't be deleted from here. Please delete it in the Instagram app.";
    InsightsUnavailable = "insights_unavailable" 422 stop Nobody
        "Instagram has no figures for this post, since it's older than the professional account.";

    // Webhooks. A repeated event is answered 200: with anything else the platform would send it for days.
    DuplicateEvent = "duplicate_event" 200 stop Nobody
        "We already have this update. There is nothing to do.";
    ProcessingFailed = "processing_failed" 500 retry Operator
        "An update from the platform couldn't be processed yet. If something is out of date, please contact support.";

    // The platforms in general.
    PlatformUnavailable = "platform_unavailable" 503 retry Platform
        "We can't reach the platform at the moment. Please try again in a few minutes.";
    PlatformInternalError = "platform_internal_error" 502 retry Platform
        "The platform has a problem of its own at the moment. Please try again in a few minutes.";
    PlatformAnswerUnreadable = "platform_answer_unreadable" 502 retry Platform
        "The platform gave an answer that we don't understand. Please try again in a few minutes.";
    PlatformInvalidRequest = "platform_invalid_request" 500 stop Operator
        "The platform didn't accept what we sent. Please start again, and contact support if it happens twice.";
    PlatformRefused = "platform_refused" 422 stop Operator
        "The platform refused this for a reason that we don't know. Please contact support.";
    AppCapabilityMissing = "app_capability_missing" 500 stop AppOwner
        "This app isn't allowed to do that on Instagram yet. Please contact support.";

    // We ourselves.
    InternalError = "internal_error" 500 retry Operator
        "Something went wrong on our side. Please try again, and contact support if it happens twice.";
    ServiceUnavailable = "service_unavailable" 503 retry Operator
        "We're not available at the moment. Please try again in a few minutes, or contact support if it lasts.";
}
