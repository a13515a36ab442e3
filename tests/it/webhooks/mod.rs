//! Webhooks, from a platform's delivery through the API, the queue and the processor to rows.

mod confirmation;
mod deliveries;
mod effects;
mod neighbours;
mod order;
mod poison;
mod put_aside;
mod redrive;
mod replay;
mod scene;
mod storm;
mod sweep;
mod waiting;
