//! Webhooks, from a platform's delivery through the API, the queue and the processor to rows.

mod deliveries;
mod effects;
mod replay;
mod storm;
mod sweep;
mod waiting;
