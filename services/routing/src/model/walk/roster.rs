//! The roster's word in the walk: who is off it, or off duty, is given nothing.

use super::*;

/// The verbs of mediators to whom no work is given today.
pub(super) fn verbs() -> Vec<Verb> {
    vec![
        ("claim off the roster", |r| {
            let standing = Standing::Expired(RosterKind::CourtInvited);
            take(r, "mediator-2", &Room { standing, ..room(0) })
        }),
        ("claim off duty", |r| take(r, "mediator-2", &Room { standing: Standing::OffDuty, ..room(0) })),
        ("claim without a line", |r| {
            take(r, "mediator-2", &Room { listed_in: None, standing: Standing::Unlisted, ..room(0) })
        }),
        ("grant, a suspended one follows", |r| {
            let standing = Standing::Suspended(RosterKind::Unit);
            decided(r, followed_by("mediator-3", Room { standing, ..room(1) }))
        }),
    ]
}
